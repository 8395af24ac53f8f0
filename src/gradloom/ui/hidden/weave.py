"""The lines of the input plane as a layer sees them, in the colours of what is told along them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from gradloom.layers.shapes import Array
from gradloom.ui.plots.chart import Line

_WEAVE, _DIVIDE = 0.8, 1.5  # heights; the points are at 2
_STRENGTH = 0.5


class Weave:
    """A line item for each shade, and one for straight boundaries: few calls for many pieces."""

    def __init__(self, plot: Any) -> None:
        self._plot = plot
        self._strands: list[Line] = []
        self._drawn: set[Line] = set()  # those that show something
        self._painted: object = None
        self._room = QRectF()
        self._divide = self._added(_DIVIDE)

    @property
    def pieces(self) -> int:
        """How many pieces of lines are shown."""
        return sum(len(line.xData) // 2 for line in self._strands if line in self._drawn)

    @property
    def divided(self) -> bool:
        """Whether a boundary is shown."""
        return self._divide in self._drawn

    def give_room(self, room: QRectF) -> None:
        """The ranges that the plot shows at most."""
        if room == self._room:
            return
        self._room = room
        for line in (*self._strands, self._divide):
            line.give_room(room)

    def paint(self, colours: Sequence[str], text: str) -> None:
        """A colour for each shade, and one for boundaries."""
        if (colours, text) == self._painted:
            return
        self._painted = colours, text
        while len(self._strands) < len(colours):
            self._strands.append(self._added(_WEAVE))
        for line, name in zip(self._strands, colours, strict=False):
            colour = QColor(name)
            colour.setAlphaF(_STRENGTH)
            line.setPen(pg.mkPen(colour, width=1))
        self._divide.setPen(pg.mkPen(text, width=2))

    def show_lines(self, weave: Array, strands: Array) -> None:
        """Lines (lines, m, 2) whose pieces have the shades `strands` (lines, m - 1)."""
        pieces = np.stack([weave[:, :-1], weave[:, 1:]], axis=2)  # (lines, m - 1, 2 ends, 2)
        for number, line in enumerate(self._strands):
            self._put(line, pieces[strands == number])

    def show_boundary(self, segments: Array) -> None:
        """Segments (n, 2 ends, 2) where the class that is told changes."""
        self._put(self._divide, segments)

    def _put(self, line: Line, segments: Array) -> None:
        ends = segments.reshape(-1, 2)
        if len(ends) or line in self._drawn:
            line.show_points(ends[:, 0], ends[:, 1])
        if len(ends):
            self._drawn.add(line)
        else:
            self._drawn.discard(line)

    def _added(self, height: float) -> Line:
        line = Line(connect="pairs")
        line.setZValue(height)
        line.give_room(self._room)
        self._plot.addItem(line, ignoreBounds=True)
        return line
