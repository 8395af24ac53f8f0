"""A matrix with its numbers: only the cells in sight are painted, so 784 × 512 is no burden."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gradloom.layers.shapes import Array
from gradloom.ui.stepper.cells import Cell, CellsView, bar_width
from gradloom.ui.theme import SMALL, Theme, Tokens, diverging, font

DIGITS = 4


class MatrixView(CellsView):
    """One array as rows and columns of numbers."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._measure()

    def show_cell(self, cell: Cell) -> None:
        for bar, place, size, room in (
            (self.verticalScrollBar(), cell[0], self._high, self._room().height()),
            (self.horizontalScrollBar(), cell[1], self._wide, self._room().width()),
        ):
            if place * size < bar.value():
                bar.setValue(place * size)
            elif (place + 1) * size > bar.value() + room:
                bar.setValue((place + 1) * size - room)

    def wanted(self, room: QSize) -> QSize:
        rows, columns = self._shown.grid if self._shown else (1, 1)
        return QSize(
            min(self._left + columns * self._wide, 4000),
            min(self._top + rows * self._high, 4000),
        )

    def sizeHint(self) -> QSize:
        return self.wanted(QSize())

    def minimumSizeHint(self) -> QSize:
        return QSize(self._left + self._wide + 14, self._top + 2 * self._high)

    def cell_at(self, place: QPoint) -> Cell | None:
        if self._shown is None or place.x() < self._left or place.y() < self._top:
            return None
        row = (place.y() - self._top + self.verticalScrollBar().value()) // self._high
        column = (place.x() - self._left + self.horizontalScrollBar().value()) // self._wide
        rows, columns = self._shown.grid
        return (row, column) if row < rows and column < columns else None

    def cell_rect(self, cell: Cell) -> QRect:
        return QRect(
            self._left + cell[1] * self._wide - self.horizontalScrollBar().value(),
            self._top + cell[0] * self._high - self.verticalScrollBar().value(),
            self._wide,
            self._high,
        )

    def _moved(self, cell: Cell | None, down: int, across: int) -> Cell:
        rows, columns = self._shown.grid if self._shown else (1, 1)
        row, column = (0, 0) if cell is None else (cell[0] + down, cell[1] + across)
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)

    def _arrange(self) -> None:
        self._measure()
        self._range()

    def _measure(self) -> None:
        metrics = QFontMetrics(font(SMALL))
        self._wide = metrics.horizontalAdvance("−0.0000") + 9
        self._high = metrics.height() + 5
        rows, columns = self._shown.grid if self._shown else (1, 1)
        names = [str(rows), *self._row_names[:200]]
        widest = max(metrics.horizontalAdvance(name) for name in names)
        self._left = widest + 8 if rows > 1 or self._row_names else 2
        self._top = metrics.height() + 2 if columns > 1 else 2

    def _room(self) -> QSize:
        port = self.viewport()
        return QSize(max(1, port.width() - self._left), max(1, port.height() - self._top))

    def _range(self) -> None:
        rows, columns = self._shown.grid if self._shown else (0, 0)
        whole = self.maximumViewportSize()
        wanted = self.wanted(whole)
        thick = bar_width(self)
        # each bar takes room from the other one: decide from the room without any
        high = whole.height() - (thick if wanted.width() > whole.width() else 0)
        wide = whole.width() - (thick if wanted.height() > high else 0)
        high = whole.height() - (thick if wanted.width() > wide else 0)
        room = QSize(max(1, wide - self._left), max(1, high - self._top))
        step = self._wide, self._high
        full = columns * self._wide, rows * self._high
        self._reach(full, (room.width(), room.height()), step)

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._shown
        if shown is None:
            return
        painter = QPainter(self.viewport())
        painter.setFont(font(SMALL))
        rows, columns = shown.grid
        x0, y0 = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        room = self._room()
        first_row, last_row = y0 // self._high, min(rows, -(-(y0 + room.height()) // self._high))
        first, last = x0 // self._wide, min(columns, -(-(x0 + room.width()) // self._wide))
        self._headers(painter, first_row, last_row, first, last)
        painter.setClipRect(QRect(QPoint(self._left, self._top), room))
        if not shown.known:
            self._empty(painter, first_row, last_row, first, last)
            return
        numbers = shown.rows(first_row, last_row)[:, first:last].astype(np.float64)
        shades = shades_of(numbers, self._scale).tolist()
        colours = shade_colours(self._theme.tokens)
        wide, high = self._wide, self._high
        ink: QColor | None = None
        for row, (line, tones) in enumerate(zip(numbers.tolist(), shades, strict=True), first_row):
            y = self._top + row * high - y0
            for column, (number, tone) in enumerate(zip(line, tones, strict=True), first):
                x = self._left + column * wide - x0
                ground, wanted = colours[tone]
                painter.fillRect(x, y, wide - 1, high - 1, ground)
                if wanted is not ink:
                    ink = wanted
                    painter.setPen(ink)
                painter.drawText(x + 2, y, wide - 7, high, _RIGHT, said(number))
        self._frames(painter)

    def _frames(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        accent = self._theme.colour("accent")
        painter.setPen(QPen(accent, 1))
        for cell in self._lit:
            if cell not in self._strong:
                painter.drawRect(self.cell_rect(cell).adjusted(0, 0, -2, -2))
        painter.setPen(QPen(accent, 2))
        for cell in self._held():
            painter.drawRect(self.cell_rect(cell).adjusted(1, 1, -2, -2))

    def _empty(self, painter: QPainter, top: int, bottom: int, first: int, last: int) -> None:
        painter.setPen(QPen(self._theme.colour("hairline"), 1, Qt.PenStyle.DotLine))
        for row in range(top, bottom):
            for column in range(first, last):
                painter.drawRect(self.cell_rect((row, column)).adjusted(0, 0, -2, -2))

    def _headers(self, painter: QPainter, top: int, bottom: int, first: int, last: int) -> None:
        rows, columns = self._shown.grid if self._shown else (0, 0)
        painter.setPen(self._theme.colour("quiet"))
        if columns > 1:
            painter.setClipRect(self._left, 0, self.viewport().width(), self._top)
            for column in range(first, last):
                place = self.cell_rect((0, column))
                head = QRect(place.x(), 0, self._wide - 5, self._top)
                painter.drawText(head, _RIGHT, self._column_name(column))
        if rows > 1 or self._row_names:
            painter.setClipRect(0, self._top, self._left, self.viewport().height())
            for row in range(top, bottom):
                place = self.cell_rect((row, 0))
                name = self._row_names[row] if row < len(self._row_names) else str(row + 1)
                painter.drawText(QRect(0, place.y(), self._left - 5, self._high), _RIGHT, name)

    def _column_name(self, column: int) -> str:
        """Its number; of images channel, row and column."""
        if self._shown is None or self._shown.array.ndim < 3:
            return str(column + 1)
        return ",".join(str(i + 1) for i in self._shown.index_of(0, column)[1:])


def said(number: float) -> str:
    """A number in at most eight letters."""
    if number == 0:
        return "0"
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else ("∞" if number > 0 else "−∞")
    size = abs(number)
    if 1e-3 <= size < 1e5:
        text = f"{number:.{DIGITS}g}" if size >= 1e-1 else f"{number:.{DIGITS}f}"
        if "e" in text:
            text = f"{number:.0f}"
    else:
        mantissa, power = f"{number:.1e}".split("e")
        text = f"{mantissa}e{int(power)}"
    return text.replace("-", "−")


def shades_of(numbers: Array, scale: float) -> Array:
    """The colours (0 .. 255) of numbers; roots make small ones visible beside large ones."""
    with np.errstate(all="ignore"):
        part = np.sqrt(np.minimum(np.abs(numbers) / scale, 1.0)) if scale > 0 else numbers * 0
        return np.rint(127.5 + np.nan_to_num(127.5 * np.copysign(part, numbers))).astype(np.int64)


@lru_cache(maxsize=4)
def shade_colours(tokens: Tokens) -> list[tuple[QColor, QColor]]:
    """Ground and legible ink for each of 256 shades."""
    text, paper = QColor(tokens.text), QColor(tokens.surface)
    dark_ink, light_ink = (text, paper) if text.lightness() < 128 else (paper, text)
    found = []
    for red, green, blue, _ in diverging(tokens).tolist():
        light = 0.299 * red + 0.587 * green + 0.114 * blue
        found.append((QColor(red, green, blue), dark_ink if light > 140 else light_ink))
    return found


_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
