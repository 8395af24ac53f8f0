"""The numbers of a parameter in cells that can be pointed at and edited in place."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gradloom.core.checks import Real
from gradloom.layers.shapes import Array
from gradloom.ui.forms.number import NumberField
from gradloom.ui.keys import ARROWS
from gradloom.ui.panels.scales import index_of, matrix, short
from gradloom.ui.theme import SMALL, Theme, font

Cell = tuple[int, int]


class NumbersView(QWidget):
    """Cells are (row, column) of `scales.matrix`. Arrow keys move, Enter or a click edits."""

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
        self._current: Cell | None = None
        self._hovered: Cell | None = None
        self._editor: NumberField | None = None
        self._editing: Cell | None = None
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
            self._editing = None  # the number that was typed for is no more
            self.close_editor()
            self._current = self._hovered = None
        if reshaped or labelled:
            self._arrange()
            shape = " × ".join(map(str, array.shape))
            self.setAccessibleName(f"{self.name}, {shape}")
        self.update()

    def words(self, cell: Cell | None) -> str:
        """A cell in words, "W[2, 3] = 0.412: x1 → unit 3"; "" for none."""
        rows, columns = self._matrix.shape
        if cell is None or not (cell[0] < rows and cell[1] < columns):
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
        return ""

    @abstractmethod
    def place(self, cell: Cell) -> QRectF:
        """Where a cell is in the widget's coordinates."""

    @abstractmethod
    def cell_at(self, at: QPointF) -> Cell | None:
        """The cell under a point."""

    @abstractmethod
    def _beside(self, cell: Cell, down: int, along: int) -> Cell:
        """The next cell that way, or the same at the edge."""

    @abstractmethod
    def _arrange(self) -> None:
        """Lay the cells out in this width, and take the height that they need."""

    def centre(self, row: int, column: int) -> QPointF:
        """The middle of a cell."""
        return self.place((row, column)).center()

    def close_editor(self) -> None:
        """Put the in-place editor away; what was typed is taken."""
        if self._editor is not None:
            self._editor.flush()
        editor, self._editor, self._editing = self._editor, None, None
        if editor is not None:
            editor.hide()
            editor.deleteLater()
            self.settled.emit()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.close_editor()
            self._current = self.cell_at(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell and cell == self._current:
            self._edit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            here = self._current
            self._current = (0, 0) if here is None else self._beside(here, *ARROWS[key])
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
            cell = self.cell_at(QPointF(event.pos()))
            if cell is not None:
                tip = f"{self.words(cell)}\nClick to set this number."
                QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def _hover(self, cell: Cell | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            self._tell(cell)

    def _tell(self, cell: Cell | None) -> None:
        self.setAccessibleDescription(self.words(cell))
        self.pointed.emit(cell)
        self.update()

    def _edit(self, cell: Cell) -> None:
        self.close_editor()
        value = float(self._matrix[cell])
        editor = NumberField(Real())
        editor.setParent(self)
        editor.setAutoFillBackground(True)
        place = self.place(cell)
        width = max(place.width(), 92.0)
        height = editor.sizeHint().height()
        at = min(place.center().x() - width / 2, self.width() - width)
        top = min(place.center().y() - height / 2, self.height() - height)
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
