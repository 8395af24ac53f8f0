"""What one may add to the map: lines of equal value, rings around wrong points, a veil."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from gradloom.ui.forms.parts import Switch, sentence
from gradloom.ui.forms.popup import Popup
from gradloom.ui.theme import Theme

_LINES = (0.1, 0.25, 0.75, 0.9)
_MOST = 9


@dataclass(frozen=True, slots=True)
class Options:
    """`levels` are shares of a class that lines are drawn at while `lines` is on.

    `veil` None: where the data has features that the plane does not show.
    """

    lines: bool = False
    levels: tuple[float, ...] = _LINES
    rings: bool = False
    veil: bool | None = None

    def veiled(self, *, whole: bool) -> bool:
        """Whether to fade what is far from data, on a plane that shows the `whole` or not."""
        return not whole if self.veil is None else self.veil


def levels_in(text: str) -> tuple[float, ...] | str:
    """Shares from percentages as typed ("10, 25 75%"), or the sentence what is wrong with them."""
    words = text.replace("%", " ").replace(";", " ").replace(", ", " ").replace(",", " ").split()
    found = []
    for word in words:
        try:
            value = float(word)
        except ValueError:
            return f"“{word}” is no percentage; type numbers between 0 and 100."
        if not 0 < value < 100:
            return f"{word} % has no line; type numbers between 0 and 100."
        found.append(value / 100)
    if not found:
        return "Type at least one percentage, such as 25, 75."
    if len(found) > _MOST:
        return f"At most {_MOST} lines are drawn."
    return tuple(sorted(set(found)))


class OptionsPopup(Popup):
    """The options as switches; `changed` says that one was flipped."""

    changed = Signal()

    def __init__(self, theme: Theme, button: QToolButton) -> None:
        super().__init__(theme, button, "Show on the map")
        self.setFixedWidth(300)
        self.options = Options()
        self._classes = True
        self._rows: dict[str, QWidget] = {}
        self.rings = self._switch("rings", "Wrong points", "A red ring around each row told wrong.")
        self.lines = self._switch("lines", "Lines of equal value", "Where it is just so sure.")
        self.percentages = QLineEdit(", ".join(f"{100 * share:g}" for share in _LINES))
        self.percentages.setAccessibleName("Percentages of the lines")
        self.percentages.setToolTip("At which probabilities, in percent: 25, 75")
        self.fault = sentence(quiet=False)
        self.fault.hide()
        self._at = QWidget()
        row = QVBoxLayout(self._at)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.percentages)
        row.addWidget(self.fault)
        self.column.insertWidget(self.column.count(), self._at)
        self.veil = self._switch("veil", "Fade far from data", "Where no training row is near.")
        self.rings.toggled.connect(lambda on: self._set(rings=on))
        self.lines.toggled.connect(lambda on: self._set(lines=on))
        self.veil.clicked.connect(lambda on: self._set(veil=on))
        self.percentages.textEdited.connect(self._typed)
        self._at.hide()

    def offer(self, *, classes: bool, whole: bool, plane: bool) -> None:
        """What makes sense for this answer, on a plane or along a curve."""
        self._classes = classes
        self._rows["rings"].setVisible(classes)
        for name in ("lines", "veil"):
            self._rows[name].setVisible(plane)
        self._at.setVisible(plane and classes and self.options.lines)
        self.veil.setChecked(self.options.veiled(whole=whole))

    def _switch(self, name: str, text: str, tip: str) -> Switch:
        switch, row = Switch(), QWidget()
        switch.setAccessibleName(text)
        switch.setAccessibleDescription(tip)
        row.setToolTip(tip)
        words = QVBoxLayout()
        words.setSpacing(0)
        label = QLabel(text)
        label.setBuddy(switch)
        words.addWidget(label)
        words.addWidget(sentence(tip))
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addLayout(words, 1)
        line.addWidget(switch, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addWidget(row)
        self._rows[name] = row
        return switch

    def _set(self, **changes: object) -> None:
        self.options = replace(self.options, **changes)  # type: ignore[arg-type]
        if "lines" in changes:
            self._at.setVisible(self.options.lines and self._classes)
            self.adjustSize()
        self.changed.emit()

    def _typed(self, text: str) -> None:
        found = levels_in(text)
        self.fault.setVisible(isinstance(found, str))
        if isinstance(found, str):
            self.fault.setText(found)
            self.adjustSize()
        else:
            self._set(levels=found)
