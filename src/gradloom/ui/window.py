"""The main window: canvas in the middle, docks around it, title, layout that is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QTabBar, QTabWidget, QWidget

from gradloom.document import State
from gradloom.ui.commands import CommandPalette
from gradloom.ui.dialogs import AboutDialog, ShortcutsDialog
from gradloom.ui.menus import Menus
from gradloom.ui.parts import Parts
from gradloom.ui.transport import Transport

if TYPE_CHECKING:
    from gradloom.ui.stepper import StepperPanel

LAYOUT_VERSION = 2
_NARROW = 1100  # px; below, map and loss do not fit side by side
_LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
_RIGHT = Qt.DockWidgetArea.RightDockWidgetArea
_BOTTOM = Qt.DockWidgetArea.BottomDockWidgetArea


class Window(QMainWindow):
    """Puts the parts in their places. It knows no one's business but the frame's."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("gradloom")
        self.setWindowTitle("Gradloom")
        self.setDockNestingEnabled(True)
        self.setDockOptions(self.dockOptions() | QMainWindow.DockOption.GroupedDragging)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCorner(Qt.Corner.BottomLeftCorner, _LEFT)
        self.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        self.resize(1440, 900)
        self._narrow = False
        self.stepper: StepperPanel | None = None
        self._parts: Parts | None = None
        self._first_layout = QByteArray()
        self._docks: dict[str, QDockWidget] = {}

    def furnish(self, parts: Parts) -> None:
        """Take the parts in: menus, bar, canvas, the panels that need no plotting library."""
        from gradloom.ui.panels import DataPanel, Palette, ProblemsPanel, Properties

        self._parts = parts
        self.menus = Menus(self, parts)
        self.transport = Transport(parts, self.menus)
        self.addToolBar(self.transport)
        self.setCentralWidget(parts.canvas)
        self.palette_panel = Palette(parts.theme)
        self.palette_panel.chosen.connect(parts.canvas.add_kind)
        p = parts
        self._dock("palette", "Layers", self.palette_panel, _LEFT)
        self._dock("data", "Data", DataPanel(p.document, p.view, p.theme), _LEFT)
        self.tabifyDockWidget(self._docks["palette"], self._docks["data"])
        self._dock(
            "properties", "Properties", Properties(p.document, p.view, p.theme, p.bridge), _RIGHT
        )
        self._dock("problems", "Problems", ProblemsPanel(p.document, p.view, p.theme), _RIGHT)
        self.tabifyDockWidget(self._docks["properties"], self._docks["problems"])
        self._dock("map", "Decision map", QWidget(), _BOTTOM)
        self._dock("loss", "Loss and accuracy", QWidget(), _BOTTOM)
        self._dock("stepper", "Step by step", QWidget(), _BOTTOM)
        self.tabifyDockWidget(self._docks["loss"], self._docks["stepper"])
        self._docks["loss"].raise_()
        self._docks["palette"].raise_()
        self._docks["properties"].raise_()
        self._message = QLabel()
        self._message.setAccessibleName("Message")
        self.statusBar().addWidget(self._message, 1)
        self.statusBar().setSizeGripEnabled(False)
        self.menus.paint()
        p.theme.changed.connect(self.menus.paint)
        p.view.message.connect(self._message.setText)
        p.view.selection_changed.connect(lambda _: self.menus.refresh())
        p.document.changed.connect(self._followed)
        self.menus.refresh()
        self.show_title()

    def add_plots(self) -> None:
        """Take in what needs pyqtgraph, after the first paint: it takes half a second to import."""
        from gradloom.ui.plots import DecisionMap, LossPlot, SpeedLine
        from gradloom.ui.stepper import StepperPanel

        p = self._parts
        assert p is not None
        self._docks["map"].setWidget(DecisionMap(p.document, p.bridge, p.maps, p.view, p.theme))
        self._docks["loss"].setWidget(LossPlot(p.document, p.bridge, p.theme))
        self.stepper = StepperPanel(p.document, p.view, p.theme, p.bridge)
        self._docks["stepper"].setWidget(self.stepper)
        self.statusBar().addPermanentWidget(SpeedLine(p.bridge, p.maps, p.theme))

    def place_docks(self) -> None:
        """The first layout, and then the one that was left last time."""
        wide = self.width()
        side = max(232, round(wide * 0.2))
        self.resizeDocks(
            [self._docks["palette"], self._docks["properties"]],
            [side, max(240, round(wide * 0.23))],
            Qt.Orientation.Horizontal,
        )
        self.resizeDocks(
            [self._docks["map"]], [round(self.height() * 0.4)], Qt.Orientation.Vertical
        )
        self.resizeDocks(
            [self._docks["map"], self._docks["loss"]], [10, 12], Qt.Orientation.Horizontal
        )
        self._tidy()
        self._first_layout = self.saveState(LAYOUT_VERSION)

    def restore_layout(self) -> None:
        """What was remembered, if there is something."""
        settings = QSettings()
        geometry = settings.value("window/geometry", QByteArray(), type=QByteArray)
        state = settings.value("window/state", QByteArray(), type=QByteArray)
        if isinstance(geometry, QByteArray) and geometry.size():
            self.restoreGeometry(geometry)
        if isinstance(state, QByteArray) and state.size():
            self.restoreState(state, LAYOUT_VERSION)

    def reset_layout(self) -> None:
        """All panels where they were at first."""
        self.restoreState(self._first_layout, LAYOUT_VERSION)
        self.place_docks()

    def choose_theme(self, mode: str) -> None:
        """Light, dark or as the system has it; remembered."""
        assert self._parts is not None
        QSettings().setValue("theme", mode)
        self._parts.theme.set_mode(mode)
        self.menus.refresh()

    def focus_palette(self) -> None:
        """Bring the palette to the front with the cursor in its search field."""
        self._docks["palette"].show()
        self._docks["palette"].raise_()
        self.palette_panel.setFocus()

    def walk(self) -> None:
        """Stop time: walk through a training step, operation by operation."""
        if self.stepper is not None:
            self.show_dock("stepper")
            self.stepper.setFocus()
            self.stepper.enter()

    def show_dock(self, name: str) -> None:
        """Bring a panel to the front."""
        self._docks[name].show()
        self._docks[name].raise_()

    def show_commands(self) -> None:
        """Search everything the program can do."""
        assert self._parts is not None
        CommandPalette(self._parts, self).open()

    def show_shortcuts(self) -> None:
        """All keys in one list."""
        ShortcutsDialog(self).open()

    def show_about(self) -> None:
        """Version and licences."""
        AboutDialog(self).open()

    def show_title(self) -> None:
        """`name[*] - Gradloom`, the star when something is not saved."""
        assert self._parts is not None
        self.setWindowTitle(f"{self._parts.files.name}[*] - Gradloom")
        self.setWindowModified(self._parts.files.unsaved)

    def sizeHint(self) -> QSize:
        return QSize(1440, 900)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._docks and (self.width() < _NARROW) != self._narrow:
            QTimer.singleShot(0, self._fit_width)

    def _fit_width(self) -> None:
        """In a narrow window the plots stand behind each other, in a wide one side by side."""
        self._narrow = self.width() < _NARROW
        first, second = self._docks["map"], self._docks["loss"]
        if first.isFloating() or second.isFloating():
            return
        if self._narrow:
            self.tabifyDockWidget(first, second)
            self.tabifyDockWidget(second, self._docks["stepper"])
            first.raise_()
        elif second in self.tabifiedDockWidgets(first):
            self.splitDockWidget(first, second, Qt.Orientation.Horizontal)
            self.tabifyDockWidget(second, self._docks["stepper"])
            second.raise_()
        self._tidy_later()

    def closeEvent(self, event: QCloseEvent) -> None:
        parts = self._parts
        if parts is None:
            return
        if not parts.files.may_leave():
            event.ignore()
            return
        settings = QSettings()
        settings.setValue("window/geometry", self.saveGeometry())
        settings.setValue("window/state", self.saveState(LAYOUT_VERSION))
        parts.files.leave()
        if self.stepper is not None:
            self.stepper.shutdown()
        parts.maps.shutdown()
        parts.bridge.shutdown()
        event.accept()

    def _followed(self, before: State, after: State) -> None:
        self.show_title()
        QTimer.singleShot(0, self.menus.refresh)

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> None:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock_{name}")
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        if area == _BOTTOM and name == "loss":
            self.splitDockWidget(self._docks["map"], dock, Qt.Orientation.Horizontal)
        toggle = dock.toggleViewAction()
        toggle.setText(title)
        self.menus.menu(self, "View/Panels").addAction(toggle)
        dock.dockLocationChanged.connect(self._tidy_later)
        dock.topLevelChanged.connect(self._tidy_later)
        self._docks[name] = dock

    def _tidy_later(self, *_: object) -> None:
        QTimer.singleShot(0, self._tidy)

    def _tidy(self) -> None:
        """A panel that has a tab needs no title as well: the tab can be dragged in its place."""
        for dock in self._docks.values():
            tabbed = bool(self.tabifiedDockWidgets(dock)) and not dock.isFloating()
            if tabbed and dock.titleBarWidget() is None:
                dock.setTitleBarWidget(QWidget(dock))
            elif not tabbed and dock.titleBarWidget() is not None:
                dock.setTitleBarWidget(None)  # type: ignore[arg-type]
        # Qt 6.11 leaves a dead copy of a tab bar behind when there are two groups of tabs
        last: dict[tuple[str, ...], QTabBar] = {}
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for bar in self.findChildren(QTabBar, options=direct):
            names = tuple(bar.tabText(i) for i in range(bar.count()))
            if names in last:
                last[names].hide()
                bar.show()
            last[names] = bar
