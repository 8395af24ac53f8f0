"""The inside of a dock."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget


class Room(QStackedWidget):
    """Holds a dock's panel and hides it while another tab is in front, its size kept.

    Why: Qt moves a dock that is behind another tab out of the window but leaves it visible, and
    what is visible is computed for and drawn.
    """

    def __init__(self, panel: QWidget) -> None:
        super().__init__()
        self.panel = panel
        self.addWidget(panel)
        self.setCurrentIndex(self.addWidget(QWidget()))

    def put(self, panel: QWidget) -> None:
        """Hold this from now on."""
        shown, before = self.currentIndex() == 0, self.panel
        self.panel = panel
        self.insertWidget(0, panel)
        self.removeWidget(before)
        before.deleteLater()
        self.come(in_sight=shown)

    def come(self, *, in_sight: bool) -> None:
        """The dock came into sight or went out of it."""
        self.setCurrentIndex(0 if in_sight else 1)
