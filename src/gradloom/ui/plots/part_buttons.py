"""Buttons that show the points of a part of the data or hide them; they are their legend, too."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from gradloom.ui.plots.markers import stamp
from gradloom.ui.plots.points import PART_NAMES
from gradloom.ui.plots.scale import count
from gradloom.ui.theme import Theme


class PartButtons(QWidget):
    """One for each part that has rows."""

    chosen = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        self.buttons: list[QToolButton] = []
        for name in PART_NAMES:
            button = QToolButton()
            button.setCheckable(True)
            button.setChecked(True)
            button.setIconSize(QSize(14, 14))
            button.setAccessibleName(f"Show the {name} points")
            button.toggled.connect(self.chosen)
            line.addWidget(button)
            self.buttons.append(button)

    @property
    def shown(self) -> list[int]:
        """Indices of the parts whose points are shown."""
        return [i for i, button in enumerate(self.buttons) if button.isChecked()]

    def offer(self, rows: Sequence[int]) -> None:
        """The parts have so many rows."""
        for button, name, number in zip(self.buttons, PART_NAMES, rows, strict=True):
            button.setText(f"{name.capitalize()} {count(number)}")
            button.setToolTip(f"Show the {name} points ({count(number)}).")
            button.setVisible(number > 0)

    def widen(self, *, wide: bool) -> None:
        """With words beside the markers, or without."""
        style = Qt.ToolButtonStyle
        for button in self.buttons:
            button.setToolButtonStyle(
                style.ToolButtonTextBesideIcon if wide else style.ToolButtonIconOnly
            )

    def repaint_icons(self) -> None:
        """The markers in the colours of the theme."""
        t, ratio = self._theme.tokens, self.devicePixelRatioF()
        for button, name in zip(self.buttons, PART_NAMES, strict=True):
            button.setIcon(QIcon(stamp(0, name, t.text, t.surface, 4.5, ratio)))
