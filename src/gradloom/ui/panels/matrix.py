"""A parameter as a heat map: numbers in the cells where they fit."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen

from gradloom.layers.shapes import Array
from gradloom.ui.panels.editing import Cell, NumbersView
from gradloom.ui.panels.scales import Cells, limit_of, pooled, steady, tiny
from gradloom.ui.panels.thumbnails import colours_of
from gradloom.ui.theme import Theme

_TOP = 15.0  # px for the column labels
_MOST_LABELS = 32


class MatrixView(NumbersView):
    """An array's numbers in the diverging colours, as rows and columns."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self.cells = Cells.fit(1, 1, 1)

    @property
    def note(self) -> str:
        down, across = self.cells.block
        return (
            ""
            if (down, across) == (1, 1)
            else f"In the heat map each pixel is the mean of {down} × {across}"
        )

    def place(self, cell: Cell) -> QRectF:
        x, y, wide, high = self.cells.rect(*cell)
        return QRectF(self._left + x, _TOP + y, wide, high)

    def cell_at(self, at: QPointF) -> Cell | None:
        return self.cells.at(at.x() - self._left, at.y() - _TOP)

    def _beside(self, cell: Cell, down: int, along: int) -> Cell:
        row = min(max(cell[0] + down, 0), self.cells.rows - 1)
        column = min(max(cell[1] + along, 0), self.cells.columns - 1)
        return row, column

    @property
    def _left(self) -> float:
        """Room for the row labels, px."""
        if not self._rows or len(self._rows) > _MOST_LABELS:
            return 0.0
        metrics = QFontMetricsF(self.font())
        widest = max(metrics.horizontalAdvance(label) for label in self._rows)
        return min(widest, self.width() * 0.25) + 6

    def _arrange(self) -> None:
        rows, columns = self._matrix.shape
        self.cells = Cells.fit(rows, columns, self.width() - self._left)
        self.setFixedHeight(round(_TOP + self.cells.height) + 2)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens, cells, left = self._theme.tokens, self.cells, self._left
        numbers = pooled(self._matrix, cells.block)
        limit = limit_of(self._matrix)
        colours = np.ascontiguousarray(colours_of(np.nan_to_num(numbers), limit, tokens))
        bad = ~np.isfinite(numbers)
        if bad.any():
            wrong = QColor(tokens.error)
            colours[bad] = (wrong.red(), wrong.green(), wrong.blue(), 255)
        high, wide = numbers.shape
        image = QImage(colours.tobytes(), wide, high, 4 * wide, QImage.Format.Format_RGBA8888)
        painter.drawImage(QRectF(left, _TOP, cells.width, cells.height), image)
        self._paint_grid(painter, colours)
        self._paint_labels(painter)
        for cell, ink, thick in (
            (self._hovered, tokens.text, 1.0),
            (self._current if self.hasFocus() else None, tokens.accent, 2.0),
        ):
            if cell is not None and cells.block == (1, 1):
                painter.setPen(QPen(QColor(ink), thick))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.place(cell).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_grid(self, painter: QPainter, colours: Array) -> None:
        wide, high = self.cells.cell
        if wide < 8 or high < 8:
            return
        tokens, left = self._theme.tokens, self._left
        painter.setPen(QPen(QColor(tokens.surface), 1))
        right, foot = left + self.cells.width, _TOP + self.cells.height
        ys = [_TOP + row * high for row in range(self.cells.rows + 1)]
        xs = [left + column * wide for column in range(self.cells.columns + 1)]
        painter.drawLines(
            [QLineF(left, y, right, y) for y in ys] + [QLineF(x, _TOP, x, foot) for x in xs]
        )
        painter.setFont(self.font())
        room = wide - 4
        fits = [
            write
            for write, sample in ((steady, "−0.0412"), (tiny, "−.41"))
            if painter.fontMetrics().horizontalAdvance(sample) <= room and high >= 15
        ]
        if not fits:
            return
        bright = colours[..., :3] @ (0.299, 0.587, 0.114) > 140
        for ink, here in (("#14171C", bright), ("#FFFFFF", ~bright)):
            painter.setPen(QColor(ink))
            for row, column in zip(*np.nonzero(here), strict=True):
                text = fits[0](float(self._matrix[row, column]))
                cell = QRectF(left + column * wide, _TOP + row * high, wide, high)
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_labels(self, painter: QPainter) -> None:
        wide, high = self.cells.cell
        painter.setFont(self.font())
        painter.setPen(QColor(self._theme.tokens.quiet))
        metrics = painter.fontMetrics()
        left = self._left
        if left and high >= metrics.height() - 3:
            for row, label in enumerate(self._rows):
                room = QRectF(0, _TOP + row * high, left - 4, high)
                text = metrics.elidedText(label, Qt.TextElideMode.ElideRight, int(left - 4))
                painter.drawText(room, int(_RIGHT_MIDDLE), text)
        if len(self._columns) <= _MOST_LABELS and all(
            metrics.horizontalAdvance(label) <= wide for label in self._columns
        ):
            for column, label in enumerate(self._columns):
                room = QRectF(left + column * wide, 0, wide, _TOP - 1)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, label)


_RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
