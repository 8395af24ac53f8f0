"""The kernels of a parameter as pictures, each number of them editable in place."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen

from gradloom.layers.shapes import Array
from gradloom.ui.panels.editing import Cell, NumbersView
from gradloom.ui.panels.scales import TALLEST, limit_of, tiny
from gradloom.ui.panels.thumbnails import colours_of
from gradloom.ui.theme import SMALL, Theme, Tokens, font
from gradloom.ui.tiling import Kernels, Tiling

_LEGIBLE = 26  # px of a cell in which a number fits
_BAR = 24  # px: more than a scroll bar takes
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class KernelsView(NumbersView):
    """The kernels of a parameter (filters, channels, height, width), each a picture.

    Those of several channels stand below each other, a column for each filter.
    """

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._array = np.zeros((1, 1, 1, 1))
        self.tiling = Tiling(1, 1, 1, 1, 3)
        self._fitted = Kernels(0, 0, 0, 0), 0  # what the tiling is for, and its width

    @property
    def note(self) -> str:
        if self._array.shape[1] == 1:
            return "Each picture is one filter's kernel"
        return "Each column is a filter, each line a channel that it sees"

    def place(self, cell: Cell) -> QRectF:
        tile, row, column = self._kernels.place_of(cell)
        left, top = self.tiling.corner(tile)
        side = self.tiling.cell
        return QRectF(left + column * side, top + row * side, side, side)

    def cell_at(self, at: QPointF) -> Cell | None:
        found = self.tiling.at(int(at.x()), int(at.y()))
        return None if found is None else self._kernels.cell_of(*found)

    def _beside(self, cell: Cell, down: int, along: int) -> Cell:
        tile, row, column = self._kernels.place_of(cell)
        return self._kernels.cell_of(*self.tiling.beside(tile, row + down, column + along))

    @property
    def _kernels(self) -> Kernels:
        return Kernels(*self._array.shape)

    def _arrange(self) -> None:
        of, wide = self._kernels, self.width()
        if of == self._fitted[0] and still_fits(self.tiling, self._fitted[1], wide):
            return
        self._fitted = of, wide
        head = QFontMetrics(font(SMALL)).height()
        self.tiling = of.fitted(wide, round(TALLEST), head)
        self.setFixedHeight(self.tiling.size[1] + 2)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        tokens, tiling = self._theme.tokens, self.tiling
        limit = limit_of(self._array)
        pictures = self._array.transpose(1, 0, 2, 3).reshape(-1, *self._array.shape[2:])
        for tile, picture in enumerate(pictures):
            place = paint_tile(painter, tiling, tile, picture, limit, tokens)
            if tiling.cell >= _LEGIBLE:
                _numbers(painter, place, tiling.cell, picture, limit)
        for cell, ink, thick in (
            (self._hovered, tokens.text, 1.0),
            (self._current if self.hasFocus() else None, tokens.accent, 2.0),
        ):
            if cell is not None:
                painter.setPen(QPen(QColor(ink), thick))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.place(cell).adjusted(0.5, 0.5, -0.5, -0.5))


def still_fits(tiling: Tiling, before: int, now: int) -> bool:
    """Whether pictures laid out for one width may stay as they are at another.

    Why: larger pictures may need a scroll bar, which leaves less room, so that they get smaller
    and need none: without this the panel would be laid out for ever.
    """
    return tiling.size[0] <= now <= before + _BAR


def paint_tile(
    painter: QPainter, tiling: Tiling, tile: int, picture: Array, limit: float, tokens: Tokens
) -> QRectF:
    """Paint one picture (height, width) with its number above it; where it stands."""
    left, top = tiling.corner(tile)
    place = QRectF(left, top, tiling.columns * tiling.cell, tiling.rows * tiling.cell)
    if tiling.head:
        painter.setPen(QColor(tokens.quiet))
        above = QRectF(left, top - tiling.head, place.width(), tiling.head)
        painter.drawText(above, int(Qt.AlignmentFlag.AlignLeft), str(tile + 1))
    colours = np.ascontiguousarray(colours_of(np.nan_to_num(picture), limit, tokens))
    high, wide = picture.shape
    image = QImage(colours.tobytes(), wide, high, 4 * wide, QImage.Format.Format_RGBA8888)
    painter.drawImage(place, image)
    painter.setPen(QColor(tokens.hairline))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place.adjusted(-0.5, -0.5, 0.5, 0.5))
    return place


def _numbers(painter: QPainter, place: QRectF, side: int, picture: Array, limit: float) -> None:
    for row, line in enumerate(picture.tolist()):
        for column, number in enumerate(line):
            painter.setPen(QColor("#FFFFFF" if abs(number) > 0.6 * limit else "#14171C"))
            cell = QRectF(place.x() + column * side, place.y() + row * side, side, side)
            painter.drawText(cell, _CENTRE, tiny(number))
