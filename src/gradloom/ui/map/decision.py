"""The decision map: what the network answers over its inputs, with the points of the data."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.document import Document, State
from gradloom.session.mapping import MapResult, why_no_map
from gradloom.session.planes import Ground, Look, ground_of
from gradloom.ui.map.controls import Controls
from gradloom.ui.map.drawing import Style
from gradloom.ui.map.drawmode import DrawMode
from gradloom.ui.map.field import Field
from gradloom.ui.map.picking import Picking
from gradloom.ui.map.reading import Body, Reading, words_at
from gradloom.ui.map.shown import Shown
from gradloom.ui.map.slices import SliceBar
from gradloom.ui.map.subject import Subject, like, shown_of, table_of
from gradloom.ui.map.tools import Grip, Tool
from gradloom.ui.maps import MapService
from gradloom.ui.plots.export import Columns
from gradloom.ui.plots.points import PART_NAMES
from gradloom.ui.theme import Theme, small_buttons
from gradloom.ui.view import Neuron, View
from gradloom.ui.worker import TrainingBridge

_HINT = "Point at the map to read it; click a place to look closer."
_WAITING = "The map is being drawn."


class DecisionMap(QWidget):
    """Shows an Output, or the neuron that is hovered anywhere in the window."""

    row_clicked = Signal(int)  # a row of the dataset, from 0
    walk_asked = Signal(int)

    def __init__(
        self,
        document: Document,
        bridge: TrainingBridge,
        maps: MapService,
        view: View,
        theme: Theme,
    ) -> None:
        super().__init__()
        self.setObjectName("decision_map")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._document, self._maps = document, maps
        self._view, self._theme = view, theme
        self._subjects: tuple[Subject, ...] = ()
        self._ground: Ground | None = None
        self._at: tuple[float, float] | None = None
        self._result: MapResult | None = None
        self.controls = Controls(theme)
        self.slices = SliceBar(theme)
        self.field = Field(theme)
        self.shown = Shown(self.field, theme)
        self.reading = Reading(theme)
        self.picking = Picking(document, bridge, view, theme, self.field, self.shown)
        self.inspector = self.picking.inspector
        self.grip = Grip(self.field)
        parts = self.controls, self.field, self.shown
        self.drawing = DrawMode(document, bridge, view, theme, *parts)
        self.drawing.serve(self)
        self.tools: dict[str, Tool | None] = {
            "pointer": None,
            "lasso": self.picking.lasso,
            "pencil": self.drawing.pen,
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 2)
        column.setSpacing(2)
        for widget in (self.controls, self.slices, self.drawing.bar):
            column.addWidget(widget)
        self._body = Body(self.field, self.reading)
        column.addLayout(self._body, 1)
        self._listen()
        self._repaint()

    def _listen(self) -> None:
        self.controls.subject_chosen.connect(self._chosen)
        self.controls.shading_chosen.connect(self._redraw)
        self.controls.points_chosen.connect(self._place_points)
        self.controls.options_changed.connect(self._options_changed)
        self.controls.tool_chosen.connect(self.take)
        self.drawing.asked.connect(self.take)
        self.drawing.tools.changed.connect(self._leave)
        self.slices.chosen.connect(self.look)
        self.inspector.card.walk_asked.connect(self.walk_asked)
        self.field.hovered.connect(self._hover)
        self.field.left.connect(self._leave)
        self.picking.row_clicked.connect(self.row_clicked)
        self.field.table = self.columns
        self._maps.updated.connect(self._show)
        self._view.neuron_hovered.connect(self._neuron)
        self._view.rows_selected.connect(self._rows_selected)
        disconnect = self._document.changed.connect(self._changed)
        self.destroyed.connect(disconnect)
        self._theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        return QSize(520, 400)

    def resizeEvent(self, event: object) -> None:
        self._make_room()
        self.inspector.card.dismiss()

    def showEvent(self, event: object) -> None:
        if self._result is not None:
            self._show(self._result)

    def hideEvent(self, event: object) -> None:
        self._maps.finish(None)
        self.grip.cancel()  # the button comes up where nobody sees it
        self.inspector.card.dismiss()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.inspector.open:
            self.inspector.card.dismiss()
        else:
            super().keyPressEvent(event)

    @property
    def _whole(self) -> bool:
        """Whether the plane shows every feature there is."""
        return self._ground is None or self._ground.plane.whole

    def _make_room(self) -> None:
        classes = self.subject.classes if self.subject else ()
        room = self.size() - QSize(16, 0)
        self._body.make_room(classes, room, told=not self._whole, drawing=self.drawing.on)

    @property
    def subject(self) -> Subject | None:
        """The answer that is chosen, or None while there is none."""
        index = self.controls.subject.currentIndex()
        return self._subjects[index] if 0 <= index < len(self._subjects) else None

    @property
    def title(self) -> str:
        """The neuron that is shown in place of an Output, or ""."""
        return self.controls.title.text

    def columns(self) -> Columns:
        """The picture as a table: a row for each of its points."""
        subject, result = self.subject, self._result
        if subject is None or result is None or subject.sink not in result.outputs:
            return {}
        return table_of(self._document.state, subject, result, self._view.neuron)

    def look(self, look: Look) -> None:
        """Look at another plane of data with more than two features."""
        state = self._document.state
        self.inspector.card.dismiss()
        self.slices.show_state(state, look, self._view.rows)
        self._maps.look(look)

    def take(self, tool: str) -> None:
        """Take a tool in hand."""
        self.grip.take(self.tools[tool])
        self.controls.tools[tool].setChecked(True)
        self.drawing.in_hand(on=tool == "pencil")
        self.inspector.card.dismiss()
        self._make_room()
        self._leave()

    def walking(self, *, on: bool) -> None:
        """While a step is walked through, a click chooses its row and opens no card."""
        self.picking.walking = on
        if on:
            self.inspector.card.dismiss()

    # listening

    def _changed(self, before: State, after: State) -> None:
        if not after.asks_the_same(before):
            self._prepare(other_data=not like(before, after))
            self.drawing.follow(before, after)

    @Slot(object)
    def _show(self, result: MapResult) -> None:
        self._result = result
        if not self.isVisible():
            return
        ground = result.ground
        if ground is not None and not ground.plane.whole and ground is not self._ground:
            self._ground = ground
            self._place_points()
        self._redraw()

    @Slot(object)
    def _neuron(self, neuron: Neuron | None) -> None:
        self._maps.focus(None if neuron is None else neuron.layer)
        self._redraw()

    @Slot()
    def _chosen(self) -> None:
        self._place_points()
        self._redraw()

    @Slot()
    def _options_changed(self) -> None:
        self._ask_veil()
        self._redraw()

    @Slot(object)
    def _rows_selected(self, rows: frozenset[int]) -> None:
        self.slices.show_state(self._document.state, self.slices.look, rows)
        self._mark()

    @Slot()
    def _repaint(self) -> None:
        """Read every colour again."""
        t = self._theme.tokens
        self.controls.repaint_icons()
        self.setStyleSheet(
            f"QWidget#decision_map {{ background: {t.surface}; }}" + small_buttons(t, 3, t.quiet)
        )
        self._prepare()

    # what is shown

    def _prepare(self, *, other_data: bool = False) -> None:
        """Another document: what can be shown, its points, ranges and words."""
        state = self._document.state
        self._result = None if other_data else self._maps.latest
        self._subjects, self._ground = shown_of(state), None
        split = state.prepared.split
        self.controls.offer(
            [s.label for s in self._subjects], [len(getattr(split, name)) for name in PART_NAMES]
        )
        self.field.notice = "" if self._subjects else why_no_map(state)
        look = self.slices.look.fitting(state.prepared.dataset.feature_names)
        whole = state.prepared.dataset.features.shape[1] <= 2
        self.slices.setVisible(bool(self._subjects) and not whole)
        self.slices.show_state(state, look, self._view.rows)
        self._maps.look(look)
        self._ground = ground_of(state, look) if whole else None
        if not whole and self._result is not None and not self._result.sentence:
            self._ground = self._result.ground
        self._ask_veil()
        self._make_room()
        self._leave()
        self._place_points()
        if other_data:
            self.shown.draw_points()
            if self._subjects and self._ground is None:
                self.field.notice = _WAITING
        self.drawing.show_state()
        self._redraw()

    @Slot()
    def _place_points(self) -> None:
        ground = self._ground
        self.shown.place_points(
            self._document.state, self.subject, ground, self.controls.shown_parts
        )
        if ground is not None and not ground.plane.whole:
            self.slices.show_ground(ground)
        self._mark()

    def _mark(self) -> None:
        self.shown.mark(self._view.rows, rings=self.controls.options.rings)

    def _ask_veil(self) -> None:
        whole = self._document.state.prepared.dataset.features.shape[1] <= 2
        self._maps.veil(on=self.controls.options.veiled(whole=whole))

    @Slot()
    def _redraw(self) -> None:
        subject, result, neuron = self.subject, self._result, self._view.neuron
        state, points = self._document.state, self.shown.points
        if subject is None or points is None or result is None or result.sentence:
            self.controls.offer_shading(())
            self.controls.title.set_text("")
            if result is not None and result.sentence:
                self.field.notice = "" if points is not None else result.sentence
                self.shown.draw_points()
            return
        self.field.notice = ""
        plane = points.y is not None
        self.controls.offer_shading(subject.shadings if plane else (), shown=neuron is None)
        classes = bool(subject.classes)
        self.controls.offer_options(classes=classes, whole=self._whole, plane=plane)
        if neuron is not None and self.shown.draw_neuron(state, result, neuron):
            layer = state.graph[neuron.layer]
            self.controls.title.set_text(f"{layer.name}, neuron {neuron.unit + 1}")
            return
        self.controls.title.set_text("")
        style = self._style()
        self.shown.draw(result, style)
        self._maps.finish(self.shown.painter(style))
        self._mark()
        self.picking.refresh()
        self._read()

    def _style(self) -> Style:
        options = self.controls.options
        return Style(self.controls.shaded_by, options.levels if options.lines else ())

    # reading

    @Slot(float, float)
    def _hover(self, x: float, y: float) -> None:
        self._at = (x, y)
        self._read()

    @Slot()
    def _leave(self) -> None:
        self._at = None
        self.field.overlay.mark(None)
        self.reading.setText("" if self.field.notice else self.drawing.hint or _HINT)

    def _read(self) -> None:
        subject, result, points = self.subject, self._result, self.shown.points
        if self._at is None or subject is None or result is None or points is None:
            return
        words, point = words_at(subject, result, self.shown, self._at, told=not self._whole)
        self.reading.setText(words)
        if point is not None and not self.drawing.on:
            self.field.overlay.mark((float(points.x[point]), float(points.height[point])))
