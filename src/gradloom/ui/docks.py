"""The panels around the canvas: where they stand, and how they make room for each other."""

from __future__ import annotations

import re
from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu, QTabBar, QTabWidget, QWidget

from gradloom.ui.room import Dock
from gradloom.ui.theme import SMALL

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea

_LAYOUT_VERSION = 7
# one behind the other, right of the map
_BEHIND = ("loss", "measures", "hidden", "landscape", "table", "sketch", "stepper")
_CLOSED = ("help",)  # at first; and beside a step that is walked through they may stay
_NARROW = 1100  # px; below, map and loss do not fit side by side
_LEAST = (200, 150)  # px
_ROOMY = 1440  # px; below, tabs stand closer together
_CLOSE_TABS = "QTabBar::tab { padding: 6px 4px; }"
_NARROW_TABS = f"QTabBar {{ font-size: {SMALL}px; }} QTabBar::tab {{ padding: 6px 3px; }}"
_MAP_AND_LOSS = [20, 27]  # the tabs behind the loss can be read in a window of 1280 px
_FLAT, _TALL = Qt.Orientation.Horizontal, Qt.Orientation.Vertical


class Docks(QObject):
    """The docks of one window, by name. Panels with tabs show no title as well."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[str, Dock] = {}
        self._titles: dict[str, str] = {}
        self._narrow = False
        self._tabs = ""  # the sheet of the tab bars
        self._first = QByteArray()
        self._aside: list[QDockWidget] = []  # hidden while a step is walked through
        window.setDockNestingEnabled(True)
        window.setDockOptions(window.dockOptions() | QMainWindow.DockOption.GroupedDragging)
        every = Qt.DockWidgetArea.AllDockWidgetAreas
        window.setTabPosition(every, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, LEFT)
        window.setCorner(Qt.Corner.BottomRightCorner, RIGHT)
        window.installEventFilter(self)

    def add(
        self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea, menu: QMenu
    ) -> None:
        """A new panel; panels of the left and right area stand behind each other.

        Those of `_CLOSED` are hidden until somebody opens them.
        """
        dock = Dock(title, self._window, widget)
        dock.setObjectName(f"dock_{name}")
        before = [
            d for d in self._docks.values() if self._window.dockWidgetArea(d) == area != BOTTOM
        ]
        self._window.addDockWidget(area, dock)
        if before:
            self._window.tabifyDockWidget(before[-1], dock)
            before[0].raise_()
        dock.toggleViewAction().setText(title)
        menu.addAction(dock.toggleViewAction())
        dock.dockLocationChanged.connect(self._tidy_later)
        dock.topLevelChanged.connect(self._tidy_later)
        if name in _CLOSED:
            dock.visibilityChanged.connect(self._tidy_later)
        self._docks[name], self._titles[name] = dock, title
        dock.setHidden(name in _CLOSED)

    def set(self, name: str, widget: QWidget) -> None:
        """Put a widget into its panel."""
        widget.setMinimumSize(*_LEAST)  # not what its texts ask for: the window must shrink freely
        self._docks[name].room.put(widget)

    def panel(self, name: str) -> QWidget:
        """What a panel holds."""
        return self._docks[name].room.panel

    @property
    def names(self) -> tuple[str, ...]:
        """The panels there are."""
        return tuple(self._docks)

    def show(self, name: str) -> None:
        """Bring a panel to the front."""
        self._docks[name].show()
        self._docks[name].raise_()

    def count(self, name: str, number: int) -> None:
        """Say behind a panel's title how much is in it; nothing for 0."""
        dock = self._docks[name]
        title = self._titles[name]
        dock.setWindowTitle(f"{title} ({number})" if number else title)

    def when_shown(self, name: str, do: Callable[[], object]) -> None:
        """Do something whenever a panel comes into sight."""
        room = self._docks[name].room
        room.currentChanged.connect(lambda _: do() if room.in_sight else None)

    def hide(self, name: str) -> None:
        """Close a panel."""
        self._docks[name].hide()

    def place(self) -> None:
        """The first layout: map and loss below the canvas, the stepper behind the loss."""
        self._window.splitDockWidget(self._docks["map"], self._docks["loss"], _FLAT)
        self._stack(*(self._docks[name] for name in _BEHIND))
        self._docks["loss"].raise_()
        self._narrow = False
        self._share_out()
        self._fit_width()
        self._tidy()
        self._first = self._window.saveState(_LAYOUT_VERSION)

    def _share_out(self) -> None:
        """Give every area its share of the window."""
        wide, high = self._window.width(), self._window.height()
        resize = self._window.resizeDocks
        sides = [max(208, round(wide * 0.185)), max(216, round(wide * 0.225))]
        resize([self._docks["palette"], self._docks["properties"]], sides, _FLAT)
        resize([self._docks["map"]], [round(high * 0.4)], _TALL)
        resize([self._docks["map"], self._docks["loss"]], _MAP_AND_LOSS, _FLAT)

    def reset(self) -> None:
        """All panels where they were at first."""
        self._aside = []
        self._window.restoreState(self._first, _LAYOUT_VERSION)
        for name in _CLOSED:
            self._docks[name].hide()
        self.place()

    def save(self, settings: QSettings) -> None:
        """Remember where everything stands."""
        self.walking(on=False)
        settings.setValue("window/geometry", self._window.saveGeometry())
        settings.setValue("window/state", self._window.saveState(_LAYOUT_VERSION))

    def restore(self, settings: QSettings) -> None:
        """What was remembered, if there is something."""
        geometry = settings.value("window/geometry", QByteArray(), type=QByteArray)
        state = settings.value("window/state", QByteArray(), type=QByteArray)
        if isinstance(geometry, QByteArray) and geometry.size():
            self._window.restoreGeometry(geometry)
        if isinstance(state, QByteArray) and state.size():
            self._window.restoreState(state, _LAYOUT_VERSION)
            tabbed = self._window.tabifiedDockWidgets(self._docks["map"])
            self._narrow = self._docks["loss"] in tabbed
        self._fit_width()

    def walking(self, *, on: bool) -> None:
        """Make room for the walk: the right panels go aside, and come back after it."""
        if on and not self._aside:
            right = [d for d in self._docks.values() if self._window.dockWidgetArea(d) == RIGHT]
            staying = [self._docks[name] for name in _CLOSED]
            self._aside = [d for d in right if not (d in staying or d.isHidden() or d.isFloating())]
            for dock in self._aside:
                dock.hide()
            self.show("stepper")
            both = [self._docks["map"], self._docks["stepper"]]
            self._window.resizeDocks(both, [10, 26], _FLAT)
        elif not on and self._aside:
            for dock in self._aside:
                dock.show()
            self._aside[0].raise_()
            self._aside = []
            self.show("loss")
            both = [self._docks["map"], self._docks["loss"]]
            self._window.resizeDocks(both, _MAP_AND_LOSS, _FLAT)
            self._tidy_later()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        resized = event.type() == QEvent.Type.Resize and watched is self._window
        if resized and self._docks:
            wide = self._window.width()
            if (wide < _NARROW) != self._narrow:
                QTimer.singleShot(0, self._fit_width)
            elif self._tab_sheet() != self._tabs:
                self._tidy_later()
        return False

    def _fit_width(self) -> None:
        """In a narrow window the plots stand behind each other, in a wide one side by side."""
        if (self._window.width() < _NARROW) == self._narrow:
            self._tidy_later()
            return
        self._narrow = not self._narrow
        first, others = self._docks["map"], [self._docks[name] for name in _BEHIND]
        if any(dock.isFloating() for dock in (first, *others)):
            return
        if self._narrow:
            self._stack(first, *others)
            first.raise_()
        elif others[0] in self._window.tabifiedDockWidgets(first):
            shown = [dock for dock in others if not dock.isHidden()]
            for dock in others:  # Qt splits nothing that has a tab: take it out first
                self._window.removeDockWidget(dock)
            self._window.addDockWidget(BOTTOM, others[0], _FLAT)
            self._stack(*others)
            for dock in shown:
                dock.show()
            others[0].raise_()
        self._share_out()
        self._tidy_later()

    def _stack(self, first: QDockWidget, *others: QDockWidget) -> None:
        """Put panels behind each other, in this order."""
        for dock in others:
            self._window.tabifyDockWidget(first, dock)
            first = dock

    def _tidy_later(self, *_: object) -> None:
        QTimer.singleShot(0, self, self._tidy)

    def _tidy(self) -> None:
        """A panel that has a tab needs no title as well: the tab can be dragged in its place."""
        for dock in self._docks.values():
            tabbed = bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating()
            if tabbed and dock.titleBarWidget() is None:
                dock.setTitleBarWidget(QWidget(dock))
            elif not tabbed and dock.titleBarWidget() is not None:
                dock.setTitleBarWidget(None)  # type: ignore[arg-type]
        self._tabs = self._tab_sheet()
        # Qt 6.11 leaves a dead copy of a tab bar behind when there are two groups of tabs: of bars
        # that hold the same panel, the one made last lives
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        bars = self._window.findChildren(QTabBar, options=direct)
        titles = [{_without_count(bar.tabText(i)) for i in range(bar.count())} for bar in bars]
        living = set()
        for name, dock in self._docks.items():
            holders = [b for b, has in zip(bars, titles, strict=True) if self._titles[name] in has]
            living |= set() if dock.isHidden() else set(holders[-1:])
        for bar in bars:
            if bar.count():
                bar.setVisible(bar in living)
            self._dress(bar)

    def _tab_sheet(self) -> str:
        """Tabs closer together where there is little room, and smaller ones in a narrow window."""
        close = _CLOSE_TABS if self._window.width() < _ROOMY else ""
        return _NARROW_TABS if self._narrow else close

    def _dress(self, bar: QTabBar) -> None:
        """Whole names as tips, for names that are cut off."""
        for i in range(bar.count()):
            bar.setTabToolTip(i, bar.tabText(i))
        if bar.styleSheet() != self._tabs:
            bar.setStyleSheet(self._tabs)


def _without_count(title: str) -> str:
    return re.sub(r" \(\d+\)$", "", title)
