"""An array of pictures as pictures: feature maps of one row, or kernels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gradloom.layers.shapes import Array
from gradloom.session.explaining import Shown
from gradloom.ui.stepper.cells import Cell, CellsView
from gradloom.ui.stepper.matrix import shade_colours, shades_of
from gradloom.ui.theme import SMALL, Theme, diverging, font
from gradloom.ui.tiling import Kernels, Tiling, tiled

_LEGIBLE = 34  # px of a cell in which a number fits
_FRAMED = 6  # px of a cell that has a frame of its own
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


class TilesView(CellsView):
    """Pictures (channels, height, width) of row `sample`, or all kernels (filters, channels, ...).

    Kernels of several channels stand below each other, a column for each filter.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._sample: int | None = None
        self._tiling = Tiling(1, 1, 1, 1, 2)

    @property
    def tiling(self) -> Tiling:
        """How the pictures stand."""
        return self._tiling

    def show_sample(
        self, shown: Shown, scale: float, row_names: Sequence[str], sample: int | None
    ) -> None:
        """Show the pictures of one row of the batch; None: the array is one of kernels."""
        self._sample = sample
        self.show_array(shown, scale, row_names)

    def wanted(self, room: QSize) -> QSize:
        width, height = self._fitted(room.width(), room.height()).size
        return QSize(width, height)

    def sizeHint(self) -> QSize:
        return self.wanted(QSize(260, 200))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 40)

    def cell_at(self, place: QPoint) -> Cell | None:
        x = place.x() + self.horizontalScrollBar().value()
        y = place.y() + self.verticalScrollBar().value()
        found = self._tiling.at(x, y)
        if found is None or self._shown is None:
            return None
        return self._cell_of(*found)

    def cell_rect(self, cell: Cell) -> QRect:
        tile, row, column = self._place_of(cell)
        left, top = self._tiling.corner(tile)
        side = self._tiling.cell
        return QRect(
            left + column * side - self.horizontalScrollBar().value(),
            top + row * side - self.verticalScrollBar().value(),
            side,
            side,
        )

    def show_cell(self, cell: Cell) -> None:
        place = self.cell_rect(cell)
        for bar, low, high, room in (
            (self.verticalScrollBar(), place.top(), place.bottom(), self.viewport().height()),
            (self.horizontalScrollBar(), place.left(), place.right(), self.viewport().width()),
        ):
            if low < 0:
                bar.setValue(bar.value() + low)
            elif high >= room:
                bar.setValue(bar.value() + high + 1 - room)

    # which cell is where

    @property
    def _kernels(self) -> Kernels:
        """The array as if it were one of kernels; of one row's pictures there is one filter."""
        if self._shown is None:
            return Kernels(1, 1, 1, 1)
        filters, channels, height, width = self._shown.array.shape
        return Kernels(filters if self._sample is None else 1, channels, height, width)

    def _fitted(self, wide: int, high: int) -> Tiling:
        head = QFontMetrics(font(SMALL)).height()
        of = self._kernels
        if self._sample is None:
            return of.fitted(wide, high, head)
        maps = Tiling(of.channels, of.rows, of.columns, 1, 2, head if of.channels > 1 else 0)
        return tiled(maps, wide, high, flowing=True)

    def _cell_of(self, tile: int, row: int, column: int) -> Cell:
        kernel, inside = self._kernels.cell_of(tile, row, column)
        return kernel if self._sample is None else self._sample, inside

    def _place_of(self, cell: Cell) -> tuple[int, int, int]:
        return self._kernels.place_of(cell if self._sample is None else (0, cell[1]))

    def _seen(self, cells: Iterable[Cell]) -> list[Cell]:
        """Those that belong to the pictures."""
        return [c for c in cells if self._sample is None or c[0] == self._sample]

    def _moved(self, cell: Cell | None, down: int, across: int) -> Cell:
        if cell is None or not self._seen([cell]):
            return self._cell_of(0, 0, 0)
        tile, row, column = self._place_of(cell)
        return self._cell_of(*self._tiling.beside(tile, row + down, column + across))

    def _arrange(self) -> None:
        whole = self.maximumViewportSize()
        self._tiling = self._fitted(whole.width(), whole.height())
        step = 2 * self._tiling.cell
        self._reach(self._tiling.size, (whole.width(), whole.height()), (step, step))

    # paint

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._shown
        if shown is None:
            return
        painter = QPainter(self.viewport())
        painter.setFont(font(SMALL))
        painter.translate(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())
        pictures = self._pictures(shown) if shown.known else None
        for tile in range(self._tiling.count):
            self._paint_tile(painter, tile, None if pictures is None else pictures[tile])
        if shown.known:
            painter.resetTransform()
            self._frames(painter)

    def _pictures(self, shown: Shown) -> Array:
        """All of them, (tiles, height, width)."""
        if self._sample is not None:
            return np.asarray(shown.array[self._sample], np.float64)
        kernels = shown.array.astype(np.float64).transpose(1, 0, 2, 3)
        return np.asarray(kernels.reshape(self._tiling.count, *kernels.shape[2:]))

    def _paint_tile(self, painter: QPainter, tile: int, picture: Array | None) -> None:
        tiling = self._tiling
        left, top = tiling.corner(tile)
        place = QRect(left, top, tiling.columns * tiling.cell, tiling.rows * tiling.cell)
        if tiling.head and place.width() >= 12:
            painter.setPen(self._theme.colour("quiet"))
            above = QRect(left, top - tiling.head, place.width(), tiling.head)
            painter.drawText(above, int(Qt.AlignmentFlag.AlignLeft), str(tile + 1))
        frame = place.adjusted(-1, -1, 0, 0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if picture is None:
            painter.setPen(QPen(self._theme.colour("hairline"), 1, Qt.PenStyle.DotLine))
            painter.drawRect(frame)
            return
        shades = shades_of(picture, self._scale)
        pixels = np.ascontiguousarray(diverging(self._theme.tokens)[shades])
        high, wide = shades.shape
        image = QImage(pixels.tobytes(), wide, high, 4 * wide, QImage.Format.Format_RGBA8888)
        painter.drawImage(place, image)
        painter.setPen(self._theme.colour("hairline"))
        painter.drawRect(frame)
        if tiling.cell >= _LEGIBLE:
            self._numbers(painter, place, picture, shades)

    def _numbers(self, painter: QPainter, place: QRect, picture: Array, shades: Array) -> None:
        side, colours = self._tiling.cell, shade_colours(self._theme.tokens)
        for row, line in enumerate(picture.tolist()):
            for column, number in enumerate(line):
                painter.setPen(colours[int(shades[row, column])][1])
                cell = QRect(place.x() + column * side, place.y() + row * side, side, side)
                painter.drawText(cell, _CENTRE, f"{number:.2f}".replace("-", "−"))

    def _frames(self, painter: QPainter) -> None:
        """A frame around what is lit in each picture, and around each cell that is strong."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        accent = self._theme.colour("accent")
        lit: dict[int, QRect] = {}
        painter.setPen(QPen(accent, 1))
        for cell in self._seen(self._lit):
            rect = self.cell_rect(cell)
            tile = self._place_of(cell)[0]
            lit[tile] = lit[tile].united(rect) if tile in lit else rect
            if self._tiling.cell >= _FRAMED and cell not in self._strong:
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
        painter.setPen(QPen(accent, 2))
        for rect in lit.values():
            painter.drawRect(rect.adjusted(-1, -1, 0, 0))
        for cell in self._seen(self._held()):
            painter.drawRect(self.cell_rect(cell).adjusted(0, 0, -1, -1))
