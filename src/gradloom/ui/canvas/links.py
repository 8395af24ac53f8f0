"""The weights between two opened layers: one item paints all lines of a pair."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gradloom.layers.shapes import Array
from gradloom.ui.canvas.geometry import Box
from gradloom.ui.canvas.ink import Ink
from gradloom.ui.canvas.neurons import Lines, levels, width_of

MOST_LINES = 400  # drawn per pair of layers, the strongest; the others can still be pointed at


class Links(QGraphicsItem):
    """Lines from the units of `source` to the units of `layer`; thickness |w|, colour its sign."""

    def __init__(self, source: str, layer: str, ink: Ink) -> None:
        super().__init__()
        self.source = source
        self.layer = layer
        self.ink = ink
        self.lines = Lines(np.zeros((0, 2)), np.zeros((0, 2)))
        self.weights: Array | None = None
        self.hot: tuple[int, int] | None = None
        self._lit: tuple[int | None, int | None] = (None, None)
        self._products: tuple[tuple[int, int], ...] | None = None
        self._bounds = QRectF()
        self._all: list[QLineF] = []
        self._levels: Array | None = None
        self._drawn: list[tuple[int, list[QLineF]]] = []
        self.setZValue(2)

    def join(self, starts: list[Box], ends: list[Box]) -> None:
        """Run between these units' pictures."""
        self.prepareGeometryChange()
        a = np.array([(b.right, b.y + b.height / 2) for b in starts]).reshape(-1, 2)
        b = np.array([(b.x, b.y + b.height / 2) for b in ends]).reshape(-1, 2)
        self.lines = Lines(a, b)
        both = np.concatenate([a, b])
        if len(both):
            (x0, y0), (x1, y1) = both.min(axis=0), both.max(axis=0)
            self._bounds = QRectF(x0 - 4, y0 - 4, x1 - x0 + 8, y1 - y0 + 8)
        tails = [QPointF(x, y) for x, y in b]
        self._all = [QLineF(QPointF(x, y), end) for x, y in a for end in tails]
        self._levels = None
        self._sort()

    def set_weights(self, weights: Array | None) -> None:
        """W (inputs, units) as it is now, or None before there is a run."""
        self.weights = weights
        self._sort()

    def set_hot(self, hot: tuple[int, int] | None) -> None:
        """The line under the pointer."""
        if hot != self.hot:
            self.hot = hot
            self.update()

    def set_lit(self, unit: int | None, feeding: int | None) -> None:
        """The unit under the pointer, fed or feeding: its lines stand out from the others."""
        if (unit, feeding) != self._lit:
            self._lit = (unit, feeding)
            self.update()

    def set_products(self, weights: tuple[tuple[int, int], ...] | None) -> None:
        """The weights a step is about stand out, all others are pale; None: all alike."""
        if weights != self._products:
            self._products = weights
            self.update()

    def weight(self, i: int, j: int) -> float | None:
        """The weight of a line."""
        return None if self.weights is None else float(self.weights[i, j])

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        lit = self._lit != (None, None) or self._products is not None
        pens = self.ink.pale_weights if lit else self.ink.weights
        for level, lines in self._drawn:
            painter.setPen(pens[level])
            painter.drawLines(lines)
        for k in self._lit_lines() if lit else ():
            level = 0 if self._levels is None else int(self._levels.flat[k])
            painter.setPen(self.ink.weights[level])
            painter.drawLine(self._all[k])
        if self.hot is not None:
            i, j = self.hot
            level = 0 if self._levels is None else int(self._levels[i, j])
            line = self._all[i * len(self.lines.ends) + j]
            # an outline: the colour of the sign must stay what it is
            painter.setPen(QPen(self.ink.text.color(), width_of(level) + 3))
            painter.drawLine(line)
            painter.setPen(QPen(self.ink.weights[level].color(), width_of(level) + 1))
            painter.drawLine(line)

    def _lit_lines(self) -> Sequence[int]:
        n, m = len(self.lines.starts), len(self.lines.ends)
        unit, feeding = self._lit
        if self._products and self._lit == (None, None):
            return [i * m + j for i, j in self._products if i < n and j < m]
        if unit is not None and unit < m:
            return range(unit, n * m, m)
        if feeding is not None and feeding < n:
            return range(feeding * m, feeding * m + m)
        return range(0)

    def _sort(self) -> None:
        """Group lines by width and sign, thin ones first, so that paint makes few calls."""
        n, m = len(self.lines.starts), len(self.lines.ends)
        grid = np.zeros((n, m), int)
        if self.weights is not None and self.weights.shape[0] >= n and self.weights.shape[1] >= m:
            grid = levels(self.weights)[:n, :m]
        if self._levels is not None and np.array_equal(grid, self._levels):
            return
        self._levels = grid
        shown = range(n * m)
        if n * m > MOST_LINES:
            shown = np.sort(np.argsort(-np.abs(grid).ravel(), kind="stable")[:MOST_LINES]).tolist()
        found: dict[int, list[QLineF]] = {}
        flat = grid.ravel().tolist()
        for k in shown:
            found.setdefault(flat[k], []).append(self._all[k])
        self._drawn = sorted(found.items(), key=lambda pair: (abs(pair[0]), pair[0]))
        self.update()
