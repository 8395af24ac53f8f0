"""How far the landscape looks, how it is scaled, and whether it is drawn by itself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from gradloom.ui.forms.choice import Combo
from gradloom.ui.forms.parts import Switch
from gradloom.ui.forms.popup import Popup
from gradloom.ui.theme import Theme

_REACHES = (
    (0.1, "A tenth"),
    (0.3, "A third"),
    (1.0, "Automatic"),
    (3.0, "3 times as far"),
    (10.0, "10 times as far"),
)


class OptionsPopup(Popup):
    """Range, logarithmic scale, and drawing by itself."""

    ranged = Signal()
    rescaled = Signal()
    switched = Signal()

    def __init__(self, theme: Theme, button: QToolButton) -> None:
        super().__init__(theme, button, "Landscape")
        self.setFixedWidth(300)
        self.range, self.log, self.auto = Combo(), Switch(), Switch()
        for _, label in _REACHES:
            self.range.addItem(label)
        self.range.setCurrentIndex([value for value, _ in _REACHES].index(1.0))
        for switch in (self.log, self.auto):
            switch.setChecked(True)
        rows: tuple[tuple[str, QWidget, str], ...] = (
            ("Range", self.range, "As far as the path and the directions ask for, or a multiple."),
            ("Logarithmic", self.log, "Colours and lines by powers of ten of the loss."),
            (
                "Draw by itself",
                self.auto,
                "When the run comes to rest, and now and then when it has left the picture.",
            ),
        )
        for name, control, words in rows:
            self._add_row(name, control, words)
        self.range.activated.connect(self.ranged)
        self.log.toggled.connect(self.rescaled)
        self.auto.toggled.connect(self.switched)

    @property
    def reach(self) -> float:
        """How many times as far as by itself."""
        return _REACHES[self.range.currentIndex()][0]

    def _add_row(self, name: str, control: QWidget, words: str) -> None:
        label, row = QLabel(name), QWidget()
        label.setBuddy(control)
        control.setAccessibleName(name)
        control.setAccessibleDescription(words)
        row.setToolTip(words)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label, 1)
        line.addWidget(control, 1 if isinstance(control, Combo) else 0)
        self.add(row, words)
