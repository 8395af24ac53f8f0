"""Which features of two-column data enter the network: small pictures as switches."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.data import DataSpec, Feature
from gradloom.ui.forms.flow import FlowLayout
from gradloom.ui.forms.parts import sentence
from gradloom.ui.panels.thumbnails import Thumbnail, feature_picture
from gradloom.ui.theme import Theme

SWITCHES = {
    "use_x1": Feature("x1", "copy", ("x1",)),
    "use_x2": Feature("x2", "copy", ("x2",)),
    "square_x1": Feature("x1^2", "square", ("x1",)),
    "square_x2": Feature("x2^2", "square", ("x2",)),
    "product": Feature("x1*x2", "product", ("x1", "x2")),
    "sin_x1": Feature("sin(x1)", "sin", ("x1",)),
    "sin_x2": Feature("sin(x2)", "sin", ("x2",)),
}


class FeatureSwitches(QWidget):
    """One switch per feature; the last one that is on can't be switched off."""

    edited = Signal(object)  # DataSpec

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._spec = theme, DataSpec()
        self.thumbnails: dict[str, Thumbnail] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        flow = FlowLayout(spacing=3)
        labels = {s.name: s for s in DataSpec.settings()}
        for name in SWITCHES:
            setting = labels[name]
            thumb = Thumbnail(setting.label, setting.help, 33, caption=True)
            thumb.clicked.connect(partial(self._toggle, name))
            self.thumbnails[name] = thumb
            flow.addWidget(thumb)
        column.addLayout(flow)
        self.trouble = sentence(quiet=False)
        self.trouble.setVisible(False)
        column.addWidget(self.trouble)
        theme.changed.connect(self._repaint)
        self._repaint()

    def show_spec(self, spec: DataSpec) -> None:
        """Show which features are on."""
        self._spec = spec
        self.trouble.setVisible(False)
        for name, thumb in self.thumbnails.items():
            if thumb.isChecked() != getattr(spec, name):
                thumb.setChecked(getattr(spec, name))

    def _toggle(self, name: str) -> None:
        after = self._spec.replace(**{name: not getattr(self._spec, name)})
        if after.problems():
            self.show_spec(self._spec)
            self.trouble.setText("At least one feature must enter the network.")
            self.trouble.setVisible(True)
            return
        self.edited.emit(after)

    def _repaint(self) -> None:
        tokens = self._theme.tokens
        self.trouble.setStyleSheet(f"color: {tokens.error};")

        def draw(feature: Feature, size: QSize, _: float) -> QPixmap:
            return feature_picture(feature, tokens, size)

        for name, feature in SWITCHES.items():
            self.thumbnails[name].set_picture(partial(draw, feature))
