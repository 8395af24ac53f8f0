"""The main window: canvas in the middle, panels around it, title, what is remembered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from gradloom.core.problem import Problem, Severity
from gradloom.diagnosis import Finding
from gradloom.document import State
from gradloom.document.samples import Sample
from gradloom.ui.commands import CommandPalette
from gradloom.ui.dialogs import AboutDialog, ShortcutsDialog
from gradloom.ui.docks import BOTTOM, LEFT, RIGHT, Docks
from gradloom.ui.forms.parts import ElidedLabel, restore_folds, save_folds
from gradloom.ui.garbage import Garbage
from gradloom.ui.help.guide import Guide
from gradloom.ui.importing import Importer
from gradloom.ui.menus import Menus
from gradloom.ui.parts import Parts
from gradloom.ui.tables import TableProgress, TableService
from gradloom.ui.transport import Transport

if TYPE_CHECKING:
    from gradloom.ui.map import DecisionMap
    from gradloom.ui.measure import MeasuresPanel
    from gradloom.ui.samples import Previews
    from gradloom.ui.stepper import StepperPanel


class Window(QMainWindow):
    """Puts the parts in their places. It knows no one's business but the frame's."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("gradloom")
        self.setWindowTitle("Gradloom")
        self.resize(1440, 900)
        self.docks: Docks = Docks(self)
        self.stepper: StepperPanel | None = None
        self.measures: MeasuresPanel | None = None
        self._previews: Previews | None = None
        self._garbage = Garbage(self)
        self._ends: list[Callable[[], None]] = []  # of panels with a thread of their own
        self.map: DecisionMap | None = None
        self._parts: Parts | None = None

    def furnish(self, parts: Parts) -> None:
        """Take the parts in: menus, bar, canvas, the panels that need no plotting library."""
        from gradloom.ui.panels import DataPanel, Palette, ProblemsPanel, Properties
        from gradloom.ui.panels.health import HealthPanel
        from gradloom.ui.panels.trouble import show_trouble

        self._parts = p = parts
        self.tables = TableService(p.document, lambda: _folder(p.files.path))
        self.importer: Importer = Importer(
            p.document, p.view, p.theme, self.tables, self, p.files.open_path
        )
        self.menus = Menus(self, parts)
        self.transport = Transport(parts, self.menus)
        self.addToolBar(self.transport)
        self.setCentralWidget(parts.canvas)
        self.palette_panel = Palette(parts.theme)
        self.palette_panel.chosen.connect(parts.canvas.add_kind)
        restore_folds(QSettings())
        problems = ProblemsPanel(p.document, p.view, p.theme, self.importer, p.bridge)
        health = HealthPanel(p.document, p.view, p.theme, p.health)
        properties = Properties(p.document, p.view, p.theme, p.bridge, p.features)
        panels: tuple[tuple[str, str, QWidget, Qt.DockWidgetArea], ...] = (
            ("palette", "Layers", self.palette_panel, LEFT),
            ("data", "Data", DataPanel(p.document, p.view, p.theme, self.importer), LEFT),
            ("properties", "Properties", properties, RIGHT),
            ("problems", "Problems", problems, RIGHT),
            ("health", "Health", health, RIGHT),
            ("help", "Help", QWidget(), RIGHT),
            ("map", "Decision map", QWidget(), BOTTOM),
            ("loss", "Loss", QWidget(), BOTTOM),
            ("measures", "Measures", QWidget(), BOTTOM),
            ("hidden", "Hidden", QWidget(), BOTTOM),
            ("landscape", "Landscape", QWidget(), BOTTOM),
            ("table", "Table", QWidget(), BOTTOM),
            ("sketch", "Sketch", QWidget(), BOTTOM),
            ("stepper", "Steps", QWidget(), BOTTOM),
        )
        for name, title, widget, area in panels:
            self.docks.add(name, title, widget, area, self.menus.menu(self, "View/Panels"))
        problems.counted.connect(lambda number: self.docks.count("problems", number))
        health.counted.connect(lambda number: self.docks.count("health", number))
        p.view.trouble_asked.connect(lambda layer: show_trouble(parts, layer))
        self.guide: Guide = Guide(parts)
        self._message = ElidedLabel()
        self.statusBar().setContentsMargins(6, 0, 6, 0)
        self.statusBar().addWidget(self._message, 1)
        self.statusBar().addPermanentWidget(TableProgress(self.tables))
        self.statusBar().setSizeGripEnabled(False)
        self.menus.paint()
        p.theme.changed.connect(self.menus.paint)
        p.view.message.connect(self._message.set_text)
        p.canvas.samples_asked.connect(self.show_samples)
        p.view.selection_changed.connect(lambda _: self.menus.refresh())
        p.document.changed.connect(self._followed)
        p.bridge.progressed.connect(self._progressed)
        p.health.findings_changed.connect(self._found)
        self.menus.refresh()
        self.show_title()

    def add_plots(self) -> None:
        """Take in what needs large libraries, after the first paint: their import takes a while."""
        from gradloom.ui.hidden import HiddenPanel
        from gradloom.ui.landscape import LandscapePanel
        from gradloom.ui.map import DecisionMap
        from gradloom.ui.measure import MeasuresPanel
        from gradloom.ui.plots import LossPlot, SpeedLine
        from gradloom.ui.sketch import SketchPanel
        from gradloom.ui.stepper import StepperPanel
        from gradloom.ui.table import DataPage

        p = self._parts
        assert p is not None
        decision = DecisionMap(p.document, p.bridge, p.maps, p.view, p.theme)
        self.docks.set("map", decision)
        self.map = decision
        decision.drawing.asked.connect(self._tool_asked)
        loss = LossPlot(p.document, p.bridge, p.theme)
        self.docks.set("loss", loss)
        self.measures = MeasuresPanel(p.document, p.view, p.theme, p.bridge)
        self.docks.set("measures", self.measures)
        hidden = HiddenPanel(p.document, p.view, p.theme, p.bridge)
        self.docks.set("hidden", hidden)
        landscape = LandscapePanel(p.document, p.view, p.theme, p.bridge)
        self.docks.set("landscape", landscape)
        page = DataPage(p.document, p.view, p.theme, p.bridge)
        page.walk_row.connect(self._walk_row)
        self.docks.set("table", page)
        sketch = SketchPanel(p.document, p.view, p.theme, p.bridge)
        self.docks.set("sketch", sketch)
        self.stepper = StepperPanel(p.document, p.view, p.theme, p.bridge)
        self.docks.set("stepper", self.stepper)
        panels = (self.stepper, self.measures, loss, hidden, landscape, page, sketch)
        self._ends = [each.shutdown for each in panels]
        self.stepper.steps.moved.connect(p.canvas.show_step)
        self.stepper.steps.moved.connect(self._walked)
        p.canvas.layer_activated.connect(self.stepper.to_layer)
        decision.row_clicked.connect(self._row_clicked)
        decision.walk_asked.connect(self._walk_row)
        self.stepper.steps.moved.connect(lambda mark: decision.walking(on=mark is not None))
        stepping = self.stepper.stepping
        p.canvas.step_asked.connect(lambda move: getattr(stepping, move)())
        self.statusBar().addPermanentWidget(SpeedLine(p.bridge, p.maps, p.theme))
        self.menus.refresh()  # there is a map to draw on now

    def choose_theme(self, mode: str) -> None:
        """Light, dark or as the system has it; remembered."""
        assert self._parts is not None
        QSettings().setValue("theme", mode)
        self._parts.theme.set_mode(mode)
        self.menus.refresh()

    def focus_palette(self) -> None:
        """Bring the palette to the front with the cursor in its search field."""
        self.docks.show("palette")
        self.palette_panel.focus_search()

    def walk(self) -> None:
        """Stop time: walk through a training step, operation by operation."""
        if self.stepper is not None:
            self.docks.show("stepper")
            self.stepper.setFocus()
            self.stepper.enter()

    def draw(self) -> None:
        """Take the map's pencil in hand, or lay it down."""
        if self.map is not None:
            self.docks.show("map")
            self.map.take("pointer" if self.drawing else "pencil")

    @property
    def drawing(self) -> bool:
        """Whether the map's pencil is in hand."""
        return self.map is not None and self.map.drawing.on

    @property
    def can_draw(self) -> bool:
        """Whether points can be drawn into this data."""
        return self.map is not None and not self.map.drawing.refusal

    def show_commands(self) -> None:
        """Search everything the program can do."""
        assert self._parts is not None
        CommandPalette(self._parts, self).open()

    def show_samples(self) -> None:
        """The gallery of ready projects."""
        from gradloom.ui.samples import Previews, SamplesDialog

        p = self._parts
        assert p is not None
        if self._previews is None:
            self._previews = Previews(p.bridge, self)
        SamplesDialog(p.theme, self._previews, self.open_sample, self).open()

    def open_sample(self, sample: Sample) -> bool:
        """Open a sample, ready for Space; False when the person wants to stay."""
        assert self._parts is not None
        opened = self._parts.files.open_sample(sample)
        if opened:
            self._parts.canvas.focus()
        return opened

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

    def closeEvent(self, event: QCloseEvent) -> None:
        parts = self._parts
        if parts is None:
            return
        if not parts.files.may_leave():
            event.ignore()
            return
        self.docks.save(QSettings())
        save_folds(QSettings())
        parts.files.leave()
        for end in self._ends:
            end()
        if self._previews is not None:
            self._previews.shutdown()
        self.tables.shutdown()
        parts.features.shutdown()
        parts.maps.shutdown()
        parts.health.shutdown()
        parts.bridge.shutdown()
        self._garbage.stop()
        event.accept()

    def _tool_asked(self, tool: str) -> None:
        if tool == "pencil":
            self.docks.show("map")

    def _walked(self, mark: object) -> None:
        self.docks.walking(on=mark is not None)

    def _found(self, findings: tuple[Finding, ...]) -> None:
        """Badges on the cards for what the diagnosis found."""
        assert self._parts is not None
        found: dict[str, tuple[Problem, ...]] = {}
        for finding in findings:
            said = Problem(finding.sentence, severity=Severity.WARNING)
            for layer in finding.places:
                found[layer] = (*found.get(layer, ()), said)
        self._parts.canvas.show_findings(found)

    def _walk_row(self, row: int) -> None:
        """A row of the data table is to be walked through."""
        if self.stepper is not None:
            self.docks.show("stepper")
            self.stepper.setFocus()
            self.stepper.step_row(row)

    def _row_clicked(self, row: int) -> None:
        """A point of the map was clicked: while a step is walked through, walk that row."""
        if self.stepper is not None and self.stepper.stepping.active:
            self.stepper.step_row(row)

    def _progressed(self, _: object) -> None:
        """A training that went on is something to save as well."""
        assert self._parts is not None
        if self._parts.files.unsaved != self.isWindowModified():
            self.show_title()

    def _followed(self, before: State, after: State) -> None:
        if before.data.source is not after.data.source:
            self._message.set_text("")  # it was about other data
        self.show_title()
        QTimer.singleShot(0, self, self.menus.refresh)


def _folder(path: Path | None) -> Path | None:
    """Where a project stands; None while it is in no file."""
    return None if path is None else path.parent
