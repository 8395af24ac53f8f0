"""Which sheet of a workbook is read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gradloom.ui.forms.choice import Combo
from gradloom.ui.forms.parts import ElidedLabel


class SheetChoice(QWidget):
    """A row of the import dialog; hidden where there is nothing to choose."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.combo = Combo()
        self.combo.setAccessibleName("Sheet")
        self.combo.setToolTip("The sheet of the workbook that is read.")
        self.combo.textActivated.connect(self.chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(ElidedLabel("Sheet"), 1)
        row.addWidget(self.combo, 1)
        self.hide()

    def offer(self, sheets: Sequence[str], current: str) -> None:
        """These are there; `current` is read, or the first if it is none of them."""
        if [self.combo.itemText(i) for i in range(self.combo.count())] != list(sheets):
            self.combo.clear()
            self.combo.addItems(sheets)
        self.combo.setCurrentIndex(max(self.combo.findText(current), 0))
        self.setVisible(len(sheets) > 1)
