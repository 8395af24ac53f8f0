"""How arrays of pictures are looked at: as pictures of one row of the batch, or as numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from gradloom.ui.forms.choice import Combo, Segmented
from gradloom.ui.theme import SMALL, font


class Looking(QWidget):
    """Two buttons, and the row whose pictures are shown."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.ways = Segmented(["Pictures", "Numbers"])
        for button, tip in zip(
            self.ways.buttons,
            ("Feature maps and kernels as pictures.", "Every array as rows and columns."),
            strict=True,
        ):
            button.setToolTip(tip)
            button.setFont(font(SMALL))
        self.ways.buttons[0].setChecked(True)
        self.rows = Combo(narrow=False)
        self.rows.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.rows.setFont(font(SMALL))
        self.rows.setAccessibleName("Row whose pictures are shown")
        self.rows.setToolTip("Which row of the mini-batch the pictures are of.")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self.ways)
        line.addWidget(self.rows)
        self.ways.group.idClicked.connect(lambda _: self._change())
        self.rows.activated.connect(lambda _: self.changed.emit())
        self.hide()

    @property
    def sample(self) -> int | None:
        """The row of the batch whose pictures are shown; None where numbers are."""
        pictures = self.ways.buttons[0].isChecked() and not self.isHidden()
        return max(self.rows.currentIndex(), 0) if pictures else None

    def offer(self, names: Sequence[str], *, pictures: bool) -> None:
        """There are `pictures` to look at or not; `names` are those of the batch's rows."""
        if list(names) != [self.rows.itemText(i) for i in range(self.rows.count())]:
            self.rows.clear()
            self.rows.addItems(names)
        self.setVisible(pictures)
        self.rows.setVisible(len(names) > 1 and self.ways.buttons[0].isChecked())

    def see(self, row: int) -> None:
        """Look at another row's pictures."""
        if row != self.rows.currentIndex():
            self.rows.setCurrentIndex(row)
            self.changed.emit()

    def _change(self) -> None:
        self.rows.setVisible(self.rows.count() > 1 and self.ways.buttons[0].isChecked())
        self.changed.emit()
