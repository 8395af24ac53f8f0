"""One setting in a form: label, editor, what is wrong, and what lies below."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from gradloom.core.settings import Setting
from gradloom.ui.forms.field import Field
from gradloom.ui.forms.parts import ElidedLabel, sentence
from gradloom.ui.theme import Theme, icon_pixmap

LIVE = "Changes while training, without a reset."
_NARROW = 220  # px, below which the words of a choice would be cut off beside its label
MIXED = "Differs among the selected layers; a change sets it for all."


class Row(QWidget):
    """A setting's row; `refuse` puts a sentence under the editor and a red hairline around it."""

    def __init__(self, setting: Setting, field: Field, theme: Theme) -> None:
        super().__init__()
        self.setting, self.field, self._theme = setting, field, theme
        self._sentence = ""
        self.label = ElidedLabel(setting.label)
        unit = f" In {setting.unit}." if setting.unit else ""
        self._tip = (setting.help or setting.label) + unit
        self.label.set_text(setting.label, self._tip)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._head = head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(4)
        self._mark = QLabel()
        self._mark.setFixedWidth(12)
        self._mark.setToolTip(LIVE)
        if not setting.live:  # to show it here would open a window: it has no parent yet
            self._mark.hide()
        left = QHBoxLayout()
        left.setSpacing(2)
        left.addWidget(self.label, 1)
        left.addWidget(self._mark)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        if field.wide:
            column.addLayout(left)
            column.addWidget(field)
        else:
            head.addLayout(left, 1)
            head.addWidget(field, 1)
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            column.addLayout(head)
        self.trouble = sentence(quiet=False)
        self.trouble.setVisible(False)
        column.addWidget(self.trouble)
        self._mixed = sentence(MIXED)
        self._mixed.setVisible(False)
        column.addWidget(self._mixed)
        if field.below is not None:
            column.addWidget(field.below)
        entry = field.focus_widget()
        name = setting.label + (f" ({setting.unit})" if setting.unit else "")
        entry.setAccessibleName(name)
        for slider in field.findChildren(QSlider):
            slider.setAccessibleName(f"{name}, slider")
        entry.setAccessibleDescription(self._tip + (f" {LIVE}" if setting.live else ""))
        field.set_tip(self._tip)
        field.refused.connect(self._field_refused)
        theme.changed.connect(self._paint)
        self._paint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        below = self.width() < _NARROW and self.field.findChild(QComboBox) is not None
        ways = QBoxLayout.Direction
        self._head.setDirection(ways.TopToBottom if below else ways.LeftToRight)

    @property
    def refusal(self) -> str:
        """The sentence that stands under the editor, or ""."""
        return self._sentence

    def refuse(self, words: str) -> None:
        """Show why a value is not taken ("" when all is well)."""
        if words != self._sentence:
            self._sentence = words
            self.trouble.setText(words)
            self.trouble.setVisible(bool(words))
            tip = f"{self._tip} {words}".strip()
            self.field.focus_widget().setAccessibleDescription(tip)
            self._paint()

    def set_mixed(self, mixed: bool) -> None:
        """Say that the selected layers differ here."""
        self._mixed.setVisible(mixed)

    def _field_refused(self, end: str) -> None:
        self.refuse(f"{self.setting.label} {end}." if end else "")

    def _paint(self) -> None:
        error = self._theme.tokens.error
        self.trouble.setStyleSheet(f"color: {error};" if self._sentence else "")
        self.field.focus_widget().setStyleSheet(
            f"QLineEdit, QComboBox, QListWidget {{ border: 1px solid {error}; }}"
            if self._sentence
            else ""
        )
        if self.setting.live:
            self._mark.setPixmap(icon_pixmap("zap", self._theme.tokens.quiet, 11))
