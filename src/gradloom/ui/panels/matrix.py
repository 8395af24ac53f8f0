"""A parameter as a heat map: numbers in the cells where they fit, each one editable in place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gradloom.core.checks import Real
from gradloom.layers.shapes import Array
from gradloom.ui.forms.number import NumberField
from gradloom.ui.panels.scales import Cells, index_of, limit_of, matrix, pooled, short, steady, tiny
from gradloom.ui.panels.thumbnails import colours_of
from gradloom.ui.theme import SMALL, Theme, font

_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_TOP = 15.0  # px for the column labels
_MOST_LABELS = 32


class MatrixView(QWidget):
    """An array's numbers in the diverging colours. Arrow keys move, Enter or a click edits."""

    edited = Signal(object, float)  # index into the array, new value
    settled = Signal()
    pointed = Signal(object)  # (row, column) under the pointer or the keyboard, or None

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self.name = theme, name
        self._array: Array = np.zeros((1, 1))
        self._matrix: Array = self._array
        self._rows: Sequence[str] = ()
        self._columns: Sequence[str] = ()
        self._current: tuple[int, int] | None = None
        self._hovered: tuple[int, int] | None = None
        self._editor: NumberField | None = None
        self._editing: tuple[int, int] | None = None
        self.cells = Cells.fit(1, 1, 1)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFont(font(SMALL))
        theme.changed.connect(self.update)

    def show_array(
        self, array: Array, rows: Sequence[str] = (), columns: Sequence[str] = ()
    ) -> None:
        """Show these numbers; labels are for the rows and columns of the matrix."""
        reshaped = array.shape != self._array.shape
        labelled = (tuple(rows), tuple(columns)) != (tuple(self._rows), tuple(self._columns))
        self._array, self._matrix = array, matrix(array)
        self._rows, self._columns = tuple(rows), tuple(columns)
        if reshaped:
            self.close_editor()
            self._current = self._hovered = None
        if reshaped or labelled:
            self._arrange()
            shape = " × ".join(map(str, array.shape))
            self.setAccessibleName(f"{self.name}, {shape}")
        self.update()

    def words(self, cell: tuple[int, int] | None) -> str:
        """A cell in words, "W[2, 3] = 0.412: x1 → unit 3"; "" for none."""
        if cell is None or not (cell[0] < self.cells.rows and cell[1] < self.cells.columns):
            return ""
        index = index_of(self._array.shape, *cell)
        places = ", ".join(str(i + 1) for i in index)
        said = f"{self.name}[{places}] = {short(self._matrix[cell], 6)}"
        ends = [
            labels[i] for labels, i in zip((self._rows, self._columns), cell, strict=True) if labels
        ]
        return f"{said}: {' → '.join(ends)}" if ends else said

    @property
    def note(self) -> str:
        """What has to be said about the drawing, or ""."""
        down, across = self.cells.block
        return "" if (down, across) == (1, 1) else f"each pixel is the mean of {down} × {across}"

    def centre(self, row: int, column: int) -> QPointF:
        """The middle of a cell in the widget's coordinates."""
        x, y, wide, high = self.cells.rect(row, column)
        return QPointF(self._left + x + wide / 2, _TOP + y + high / 2)

    def close_editor(self) -> None:
        """Put the in-place editor away; what was typed is taken."""
        editor, self._editor, self._editing = self._editor, None, None
        if editor is not None:
            editor.flush()
            editor.hide()
            editor.deleteLater()
            self.settled.emit()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, round(_TOP + self.cells.height) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

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

    def _cell_at(self, at: QPointF) -> tuple[int, int] | None:
        return self.cells.at(at.x() - self._left, at.y() - _TOP)

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
                x, y, w, h = cells.rect(*cell)
                painter.setPen(QPen(QColor(ink), thick))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(left + x, _TOP + y, w, h).adjusted(0.5, 0.5, -0.5, -0.5))

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

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.close_editor()
            self._current = self._cell_at(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        cell = self._cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell and cell == self._current:
            self._edit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _MOVES:
            row, column = self._current or (0, 0)
            if self._current is not None:
                down, along = _MOVES[key]
                row = min(max(row + down, 0), self.cells.rows - 1)
                column = min(max(column + along, 0), self.cells.columns - 1)
            self._current = (row, column)
            self._tell(self._current)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2) and self._current:
            self._edit(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._current is None:
            self._current = (0, 0)
        if event.reason() != Qt.FocusReason.MouseFocusReason:
            self._tell(self._current)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._tell(None)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._cell_at(QPointF(event.pos()))
            if cell is not None:
                tip = f"{self.words(cell)}\nClick to set this number."
                QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def _hover(self, cell: tuple[int, int] | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self._tell(cell)

    def _tell(self, cell: tuple[int, int] | None) -> None:
        self.setAccessibleDescription(self.words(cell))
        self.pointed.emit(cell)
        self.update()

    def _edit(self, cell: tuple[int, int]) -> None:
        self.close_editor()
        value = float(self._matrix[cell])
        editor = NumberField(Real())
        editor.setParent(self)
        editor.setAutoFillBackground(True)
        x, y, wide, high = self.cells.rect(*cell)
        width = max(wide, 92.0)
        height = editor.sizeHint().height()
        at = min(self._left + x + wide / 2 - width / 2, self.width() - width)
        top = min(_TOP + y + high / 2 - height / 2, self.height() - height)
        editor.setGeometry(round(max(at, 0)), round(max(top, 0)), round(width), height)
        editor.show_value(float(f"{value:.6g}") if np.isfinite(value) else 0.0)
        editor.edit.setAccessibleName(self.words(cell))
        editor.proposed.connect(self._proposed)
        editor.settled.connect(self.close_editor)
        editor.escaped.connect(self._escaped)
        self._editor, self._editing = editor, cell
        editor.show()
        editor.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        editor.edit.selectAll()

    def _proposed(self, value: float, _: str) -> None:
        if self._editing is not None and self._editor is not None:
            cell = self._editing
            self.edited.emit(index_of(self._array.shape, *cell), float(value))
            self._editor.show_value(value)

    def _escaped(self) -> None:
        self.close_editor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)


_RIGHT_MIDDLE = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
