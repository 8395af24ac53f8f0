"""Menus and QActions from the table in `actions`."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from gradloom.ui.actions import ACTIONS, Action
from gradloom.ui.parts import Parts

MENUS = ("File", "Edit", "View", "Network", "Train", "Help")


class Menus:
    """The menu bar; `refresh` brings texts, switches and what is enabled up to date."""

    def __init__(self, window: QMainWindow, parts: Parts) -> None:
        self._parts = parts
        self._menus: dict[str, QMenu] = {}
        self._groups: dict[str, int] = {}
        self.actions: dict[str, QAction] = {}
        for name in MENUS:
            self.menu(window, name)
        for action in ACTIONS:
            made = QAction(action.text, window)
            made.setShortcuts([QKeySequence(key) for key in action.keys])
            made.setStatusTip(action.tip)
            made.setToolTip(_tip(action))
            made.setCheckable(action.on is not None)
            made.triggered.connect(_runner(action, parts))
            menu = self.menu(window, action.menu)
            if self._groups.setdefault(action.menu, action.group) != action.group:
                menu.addSeparator()
                self._groups[action.menu] = action.group
            menu.addAction(made)
            window.addAction(made)
            self.actions[action.name] = made

    def menu(self, window: QMainWindow, path: str) -> QMenu:
        """The menu of a path such as "View/Theme", made when it is not there yet."""
        if path not in self._menus:
            outer, _, name = path.rpartition("/")
            menu = (
                self.menu(window, outer).addMenu(name) if outer else window.menuBar().addMenu(name)
            )
            menu.setToolTipsVisible(True)
            menu.aboutToShow.connect(self.refresh)
            self._menus[path] = menu
        return self._menus[path]

    def refresh(self) -> None:
        """Ask every action what it says and whether it makes sense now."""
        for action in ACTIONS:
            made = self.actions[action.name]
            made.setEnabled(action.when(self._parts))
            if action.words is not None:
                made.setText(action.words(self._parts))
            if action.on is not None:
                made.setChecked(action.on(self._parts))

    def paint(self) -> None:
        """Read the icons again in the theme's colours."""
        for action in ACTIONS:
            if action.icon:
                self.actions[action.name].setIcon(self._parts.theme.icon(action.icon))


def _tip(action: Action) -> str:
    return f"{action.tip} ({action.keys[0]})" if action.keys else action.tip


def _runner(action: Action, parts: Parts) -> Callable[[], None]:
    def run() -> None:
        if action.when(parts):
            action.do(parts)

    return run
