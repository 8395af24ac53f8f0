"""A dock, and its inside."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QWidget


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
        shown, before = self.in_sight, self.panel
        self.panel = panel
        self.insertWidget(0, panel)
        self.removeWidget(before)
        before.deleteLater()
        self.come(in_sight=shown)

    @property
    def in_sight(self) -> bool:
        """Whether anybody sees the panel."""
        return self.currentIndex() == 0

    def come(self, *, in_sight: bool) -> None:
        """The dock came into sight or went out of it."""
        self.setCurrentIndex(0 if in_sight else 1)


class Dock(QDockWidget):
    """A dock with a room that knows whether anybody sees it.

    Why by its place: `visibilityChanged` is not told of a dock that was behind and now floats.
    """

    def __init__(self, title: str, window: QMainWindow, panel: QWidget) -> None:
        super().__init__(title, window)
        self.room = Room(panel)
        self.setWidget(self.room)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            beside = self.isFloating() or self.geometry().right() >= 0
            self.room.come(in_sight=self.isVisible() and beside)
        return done
