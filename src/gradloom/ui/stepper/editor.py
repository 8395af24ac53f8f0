"""A field over a cell of an array, in which its number is changed."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gradloom.ui.stepper.cells import Cell, CellsView
from gradloom.ui.theme import SMALL, font


class CellEditor(QLineEdit):
    """Return sets the number, Esc leaves it; a text that is no number stays, framed as wrong."""

    def __init__(self, number: float, done: Callable[[float], object], parent: QWidget) -> None:
        super().__init__(f"{number:.9g}", parent)
        self._done = done
        self._over = False
        self.setFont(font(SMALL))
        self.setAccessibleName("New number")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setStyleSheet("padding: 0 2px; min-height: 0;")
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._close()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
        else:
            super().keyPressEvent(event)
        event.accept()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # letters are typed, not carried out
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._close()

    def _commit(self) -> None:
        try:
            number = float(self.text().replace("−", "-"))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.setStyleSheet("padding: 0 2px; min-height: 0; border-color: #C62828;")
            self.setToolTip("This is not a number; write it as 0.5 or −1.2e-3.")
            return
        self._close()
        self._done(number)

    def _close(self) -> None:
        if not self._over:
            self._over = True
            parent = self.parentWidget()
            self.hide()
            self.deleteLater()
            if parent is not None:
                parent.setFocus()


def edit_cell(
    view: CellsView, cell: Cell, number: float, done: Callable[[float], object]
) -> CellEditor:
    """Open a field over a cell."""
    editor = CellEditor(number, done, view.viewport())
    place = view.cell_rect(cell).adjusted(-2, -2, 2, 2)
    place.setWidth(max(place.width(), 90))
    editor.setGeometry(place)
    editor.show()
    editor.setFocus()
    return editor
