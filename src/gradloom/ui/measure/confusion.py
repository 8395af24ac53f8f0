"""The confusion matrix as a heat map: counts and row shares, a click selects the rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gradloom.layers.shapes import Array
from gradloom.session.measuring import Answer, ClassPart
from gradloom.ui.measure import words
from gradloom.ui.measure.face import LINE, NOTHING, Face, Rows, Spot, ink_on, mixed, put
from gradloom.ui.plots.scale import THIN
from gradloom.ui.theme import NORMAL, SMALL, Theme, font

_WIDE, _TALL, _LEAST = 104.0, 60.0, 19.0  # px of a cell
_NAMES = 78.0  # px that class names take at most
_MOST_NAMED = 40  # classes; with more, cells are too small for names
_AXIS = 15.0


class ConfusionFace(Face):
    """Rows are the true classes, columns the predicted ones."""

    def __init__(
        self, theme: Theme, selected: Rows, name: str, answer: Answer, part: ClassPart
    ) -> None:
        super().__init__(theme, selected)
        self._name, self._classes, self._part = name, answer.classes, part
        self._counts, self._shares = part.confusion.counts, part.confusion.shares
        self.columns = len(self._counts)
        self._grid = QRectF()

    @cached_property
    def _picked(self) -> Array:
        """How many rows of each cell are selected."""
        part, n = self._part, self.columns
        here = np.isin(part.rows, list(self.selected)) if self.selected else np.zeros(0, bool)
        if not here.any():
            return np.zeros((n, n), np.int64)
        return np.bincount(part.truth[here] * n + part.told[here], minlength=n * n).reshape(n, n)

    def least(self, width: float) -> float:
        least = _LEAST if self.columns <= _MOST_NAMED else 4.0
        return _AXIS + LINE + self.columns * least + 2

    def lay(self, rect: QRectF) -> None:
        super().lay(rect)
        metrics = QFontMetricsF(font(SMALL))
        names = max(metrics.horizontalAdvance(name) for name in self._classes) + 8
        names = min(names, _NAMES, rect.width() / 3) if self.columns <= _MOST_NAMED else 4.0
        left, top = rect.left() + _AXIS + names, rect.top() + _AXIS + LINE
        wide = min((rect.right() - left - 1) / self.columns, _WIDE)
        tall = min((rect.bottom() - top - 1) / self.columns, _TALL)
        self._grid = QRectF(left, top, wide * self.columns, max(tall, 1.0) * self.columns)

    def paint(self, painter: QPainter) -> None:
        self._titles(painter)
        numbers, small = font(NORMAL, strong=True), font(SMALL)
        gap = 1.0 if self.columns <= _MOST_NAMED else 0.0
        box = self._cell(0, 0)
        longest = str(int(self._counts.max()))
        if QFontMetricsF(numbers).horizontalAdvance(longest) + 6 > box.width():
            numbers = small
        metrics, counted = QFontMetricsF(numbers), box.height() >= _LEAST - 4
        both = box.height() >= 32 and box.width() >= 40
        for true, told in np.ndindex(self._counts.shape):
            rect = self._cell(true, told).adjusted(gap, gap, -gap, -gap)
            ground = self._colour(true, told)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawRoundedRect(rect, 3 * gap, 3 * gap)
            count = int(self._counts[true, told])
            fits = metrics.horizontalAdvance(str(count)) + 2 < box.width()
            if counted and fits and (count or self.columns <= 12):
                painter.setPen(ink_on(ground, self.theme) if count else self.theme.colour("quiet"))
                painter.setFont(numbers if count else small)
                middle = rect.center().y()
                above = QRectF(rect.left(), middle - 16, rect.width(), 17)
                put(painter, above if both else rect, str(count))
                if both:
                    painter.setFont(small)
                    share = float(self._shares[true, told])
                    told_share = f"{100 * share:.0f}{THIN}%" if math.isfinite(share) else "–"
                    put(painter, above.translated(0, 16), told_share)
            if self._picked[true, told]:
                self._ring(painter, rect, 3 * gap)

    def _ring(self, painter: QPainter, rect: QRectF, radius: float) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inner = rect.adjusted(1.5, 1.5, -1.5, -1.5)  # so that it shows on a dark cell too
        for colour, width, at in (("surface", 1.5, inner), ("accent", 2.0, rect)):
            painter.setPen(QPen(self.theme.colour(colour), width))
            painter.drawRoundedRect(at, radius, radius)

    def spot(self, at: QPointF) -> Spot | None:
        if self._grid.contains(at):
            box = self._cell(0, 0)
            true = min(int((at.y() - self._grid.top()) / box.height()), self.columns - 1)
            told = min(int((at.x() - self._grid.left()) / box.width()), self.columns - 1)
            return self._spot(true, told)
        return next((s for s in self._heads() if s.rect.contains(at)), None)

    def spots(self) -> list[Spot]:
        return [self._spot(true, told) for true, told in np.ndindex(self._counts.shape)]

    def _spot(self, true: int, told: int) -> Spot:
        names, part = self._classes, self._part
        picked = int(self._picked[true, told])
        what = f"of class {names[true]} predicted as {names[told]}"
        return Spot(
            self._cell(true, told),
            words.cell(part, names, true, told, picked),
            lambda: self._rows((part.truth == true) & (part.told == told), what),
        )

    def _heads(self) -> list[Spot]:
        """The class names: all rows of a class, all rows predicted as one."""
        part, found, spots = self._part, self._part.confusion, []
        for i, name in enumerate(self._classes):
            row, column = self._cell(i, 0), self._cell(0, i)
            row.setLeft(self.rect.left() + _AXIS)
            row.setRight(self._grid.left())
            column.setTop(self._grid.top() - LINE)
            column.setBottom(self._grid.top())
            right, support, told = (int(v[i]) for v in (found.right, found.support, found.told))
            spots += [
                Spot(
                    row,
                    f"{words.rows(support)} of class {name}, {right} predicted so",
                    self._picker(part.truth == i, f"of class {name}"),
                ),
                Spot(
                    column,
                    f"{words.rows(told)} predicted as {name}, {right} of class {name}",
                    self._picker(part.told == i, f"predicted as {name}"),
                ),
            ]
        return spots

    def _picker(self, mask: Array, what: str) -> Callable[[], tuple[Rows, str]]:
        return lambda: self._rows(mask, what)

    def _rows(self, mask: Array, what: str) -> tuple[Rows, str]:
        rows = frozenset(self._part.rows[mask].tolist()) if mask.any() else NOTHING
        return rows, words.chosen(len(rows), self._name, what)

    def _titles(self, painter: QPainter) -> None:
        grid = self._grid
        painter.setFont(font(SMALL))
        painter.setPen(self.theme.colour("quiet"))
        across = QRectF(grid.left(), self.rect.top(), grid.width(), _AXIS)
        put(painter, across, "predicted")
        painter.save()
        painter.translate(self.rect.left() + _AXIS / 2, grid.center().y())
        painter.rotate(-90)
        put(painter, QRectF(-grid.height() / 2, -_AXIS / 2, grid.height(), _AXIS), "true")
        painter.restore()
        if self.columns > _MOST_NAMED:
            return
        painter.setPen(self.theme.colour("text"))
        beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for i, name in enumerate(self._classes):
            row, column = self._cell(i, 0), self._cell(0, i)
            row.setLeft(self.rect.left() + _AXIS)
            row.setRight(grid.left() - 6)
            put(painter, row, name, beside)
            column.setTop(grid.top() - LINE)
            column.setBottom(grid.top())
            put(painter, column.adjusted(1, 0, -1, 0), name)

    def _cell(self, true: int, told: int) -> QRectF:
        wide, tall = self._grid.width() / self.columns, self._grid.height() / self.columns
        left, top = self._grid.left() + told * wide, self._grid.top() + true * tall
        return QRectF(left, top, wide, tall)

    def _colour(self, true: int, told: int) -> QColor:
        share = float(np.nan_to_num(self._shares[true, told]))
        neutral = self.theme.colour("neutral")
        if true == told:
            return mixed(neutral, self.theme.colour("positive"), share)
        # a few mistakes must be seen among many right answers
        return mixed(neutral, self.theme.colour("negative"), math.sqrt(share))
