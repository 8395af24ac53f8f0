"""The decision map: what the network answers over its inputs, with the points of the data."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.document import Document, State
from gradloom.layers.shapes import Array
from gradloom.session.mapping import MapResult, why_no_map
from gradloom.session.planes import Ground, Look, ground_of
from gradloom.ui.map.card import PlaceCard
from gradloom.ui.map.controls import Controls, Reading
from gradloom.ui.map.drawing import (
    Drawing,
    Style,
    draw_curve,
    draw_neuron,
    draw_plane,
    height_range,
)
from gradloom.ui.map.field import Field
from gradloom.ui.map.inspector import Inspector
from gradloom.ui.map.slices import SliceBar
from gradloom.ui.map.subject import (
    Subject,
    lookup,
    neuron_picture,
    points_of,
    span_of,
    subjects_of,
    table_of,
    words_of_answer,
    words_of_point,
    wrong_of,
)
from gradloom.ui.map.tools import Grip, Lasso, Tool, inside
from gradloom.ui.maps import MapService
from gradloom.ui.plots.dots import dots_of
from gradloom.ui.plots.export import Columns
from gradloom.ui.plots.points import PART_NAMES, Points
from gradloom.ui.plots.scale import figure, roomy
from gradloom.ui.plots.shading import levels_of, levels_of_neuron
from gradloom.ui.theme import SMALL, Theme
from gradloom.ui.view import Neuron, View
from gradloom.ui.worker import TrainingBridge

_HINT = "Point at the map to read it; click a place to look closer."
_REACH = 12.0  # px around a point that belong to it


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
        self._document, self._bridge, self._maps = document, bridge, maps
        self._view, self._theme = view, theme
        self._subjects: tuple[Subject, ...] = ()
        self._ground: Ground | None = None
        self._points: Points | None = None
        self._levels = (0.0, 1.0)
        self._heights: tuple[float, float] | None = None  # of curves over one feature
        self._at: tuple[float, float] | None = None
        self._result: MapResult | None = None
        self._walking = False
        self.controls = Controls(theme)
        self.slices = SliceBar(theme)
        self.field = Field(theme)
        self.reading = Reading(theme)
        self.inspector = Inspector(PlaceCard(theme, self.field))
        self.grip = Grip(self.field)
        self.tools: dict[str, Tool | None] = {
            "pointer": None,
            "lasso": Lasso(self.field, self._lassoed),
        }
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 2)
        column.setSpacing(2)
        for widget in (self.controls, self.slices):
            column.addWidget(widget)
        column.addWidget(self.field, 1)
        column.addWidget(self.reading)
        self._listen()
        self._repaint()

    def _listen(self) -> None:
        self.controls.subject_chosen.connect(self._chosen)
        self.controls.shading_chosen.connect(self._redraw)
        self.controls.points_chosen.connect(self._place_points)
        self.controls.options_changed.connect(self._options_changed)
        self.controls.tool_chosen.connect(self.take)
        self.slices.chosen.connect(self.look)
        self.inspector.card.walk_asked.connect(self.walk_asked)
        self.field.hovered.connect(self._hover)
        self.field.left.connect(self._leave)
        self.field.clicked.connect(self._click)
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

    def hideEvent(self, event: object) -> None:
        self.inspector.card.dismiss()

    def _make_room(self) -> None:
        self.reading.make_room(self.subject.classes if self.subject else (), self.width() - 16)

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
        self.inspector.card.dismiss()

    def walking(self, *, on: bool) -> None:
        """While a step is walked through, a click chooses its row and opens no card."""
        self._walking = on
        if on:
            self.inspector.card.dismiss()

    # listening

    def _changed(self, before: State, after: State) -> None:
        same = (
            before.graph is after.graph
            and before.data is after.data
            and before.plan.seed == after.plan.seed
        )
        if not same:
            self._prepare()

    @Slot(object)
    def _show(self, result: MapResult) -> None:
        self._result = result
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
        self._mark_chosen()

    @Slot()
    def _repaint(self) -> None:
        """Read every colour again."""
        t = self._theme.tokens
        self.controls.repaint_icons()
        self.setStyleSheet(
            f"QWidget#decision_map {{ background: {t.surface}; }}"
            f"QToolButton {{ font-size: {SMALL}px; padding: 2px 5px; border-color: {t.hairline}; }}"
            f"QToolButton:checked {{ border-color: {t.quiet}; }}"
        )
        self._prepare()

    # what is shown

    def _prepare(self) -> None:
        """Another document: what can be shown, its points, ranges and words."""
        state = self._document.state
        self._result = self._maps.latest
        sentence = why_no_map(state)
        self._subjects = () if sentence else subjects_of(state)
        split = state.prepared.split
        self.controls.offer(
            [s.label for s in self._subjects], [len(getattr(split, name)) for name in PART_NAMES]
        )
        self.field.notice = sentence
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
        self._redraw()

    def _place_points(self) -> None:
        state, subject, ground = self._document.state, self.subject, self._ground
        if subject is None or ground is None:
            self._points = None
            self.field.set_dots(())
            self.field.show_drawing(Drawing())
            self._mark_chosen()
            return
        if not ground.plane.whole:
            self.slices.show_ground(ground)
        self._points = points = points_of(state, subject, ground)
        self._heights = None
        self._levels = levels_of(points.target)
        extent, names = ground.extent, points.names
        if points.y is None:
            self._heights = height_range(np.empty(0), subject, points, None)
            extent = (*extent[:2], *self._heights)
            names = (names[0], subject.coding.targets[subject.column].name)
        self.field.set_space(extent, (names[0], names[1]))
        parts, tokens = self.controls.shown_parts, self._theme.tokens
        self.field.set_dots(dots_of(points, subject.classes, parts, self._levels, tokens))
        self._mark_chosen()

    def _mark_chosen(self) -> None:
        """Mark the selected rows, and those told wrong if that is wanted."""
        points, subject = self._points, self.subject
        overlay, nothing = self.field.overlay, np.zeros(0)
        if points is None or subject is None:
            overlay.choose(nothing, nothing)
            overlay.ring(nothing, nothing)
            return
        shown = np.isin(points.part, self.controls.shown_parts)
        chosen = points.among(self._view.rows) & shown
        overlay.choose(points.x[chosen], points.height[chosen])
        told = self._told()
        if told is None or not self.controls.options.rings:
            overlay.ring(nothing, nothing)
        else:
            wrong = wrong_of(subject, points, told) & shown
            overlay.ring(points.x[wrong], points.height[wrong])

    def _told(self) -> Array | None:
        """What is answered to the rows that are drawn (outputs, n), if it is known."""
        result, subject, points = self._result, self.subject, self._points
        if result is None or subject is None or points is None or subject.sink not in result.told:
            return None
        told = result.told[subject.sink]
        return told if told.shape[1] == len(points.x) else None

    def _ask_veil(self) -> None:
        whole = self._document.state.prepared.dataset.features.shape[1] <= 2
        self._maps.veil(on=self.controls.options.veiled(whole=whole))

    @Slot()
    def _redraw(self) -> None:
        subject, result, neuron = self.subject, self._result, self._view.neuron
        state, points = self._document.state, self._points
        plane = points is not None and points.y is not None
        if subject is None or points is None or result is None or result.sentence:
            self.controls.offer_shading(())
            self.controls.title.set_text("")
            if result is not None and result.sentence:
                self.field.notice = result.sentence
                self.field.show_drawing(Drawing())
            return
        self.field.notice = ""
        self.controls.offer_shading(subject.shadings if plane else (), shown=neuron is None)
        whole = self._ground is None or self._ground.plane.whole
        self.controls.popup.offer(classes=bool(subject.classes), whole=whole)
        if neuron is not None and neuron.layer in state.graph:
            picture = neuron_picture(result, neuron)
            if picture is not None:
                self._draw_neuron(neuron, picture)
                return
        if subject.sink not in result.outputs:
            return
        self.controls.title.set_text("")
        if plane:
            self.field.overlay.show_veil(result.veil, result.extent)
            drawing = draw_plane(subject, result, self._levels, self._theme.tokens, self._style())
            self.field.show_drawing(drawing)
        else:
            self._draw_curve(subject, points, result)
        self._mark_chosen()
        self.inspector.refresh(state, subject, self._bridge.latest)
        self._read()

    def _style(self) -> Style:
        options = self.controls.options
        return Style(self.controls.shaded_by, options.levels if options.lines else ())

    def _draw_curve(self, subject: Subject, points: Points, result: MapResult) -> None:
        drawing = draw_curve(subject, result, self._theme.tokens)
        curve = drawing.curves[0].y
        self._heights = height_range(curve, subject, points, self._heights)
        names = points.names[0], subject.coding.targets[subject.column].name
        self.field.set_space((*result.extent[:2], *self._heights), names)
        self.field.show_drawing(drawing)

    def _draw_neuron(self, neuron: Neuron, picture: Array) -> None:
        state = self._document.state
        layer = state.graph[neuron.layer]
        self.controls.title.set_text(f"{layer.name}, neuron {neuron.unit + 1}")
        bound = levels_of_neuron(picture, span_of(state, neuron.layer))
        drawing = draw_neuron(picture, bound, self.field.extent, self._theme.tokens)
        if drawing.curves and self._points is not None:
            good = picture[np.isfinite(picture)]
            low, high = (float(good.min()), float(good.max())) if len(good) else (-1.0, 1.0)
            space = (*self.field.extent[:2], *roomy(low, high, None))
            self.field.set_space(space, (self._points.names[0], layer.name))
        self.field.show_drawing(drawing)

    # reading

    @Slot(float, float)
    def _hover(self, x: float, y: float) -> None:
        self._at = (x, y)
        self._read()

    @Slot()
    def _leave(self) -> None:
        self._at = None
        self.field.overlay.mark(None)
        self.reading.setText("" if self.field.notice else _HINT)

    def _read(self) -> None:
        subject, result, points = self.subject, self._result, self._points
        if self._at is None or subject is None or result is None or points is None:
            return
        x, y = self._at
        inputs = f"{points.names[0]} {figure(x)}"
        if points.y is not None:
            inputs += f", {points.names[1]} {figure(y)}"
        told = ""
        if subject.sink in result.outputs:
            output = lookup(result.outputs[subject.sink], result.extent, x, y)
            told = f" → {words_of_answer(subject, output)}."
        point = self._nearest(points, x, y)
        near = ""
        if point is not None:
            answers = None if self._ground is None or self._ground.plane.whole else self._told()
            answer = None if answers is None else answers[:, point]
            near = " " + words_of_point(subject, points, point, answer)
            self.field.overlay.mark((float(points.x[point]), float(points.height[point])))
        self.reading.setText(inputs + told + near)

    @Slot(float, float)
    def _click(self, x: float, y: float) -> None:
        points, ground, frame = self._points, self._ground, self.field.frame()
        if points is None or ground is None:
            return
        at, point = frame.at(x, y), self._nearest(points, x, y)
        row = None
        if point is not None:
            there = frame.at(float(points.x[point]), float(points.height[point]))
            if math.hypot(there.x() - at.x(), there.y() - at.y()) <= _REACH:
                at, row = there, int(points.rows[point])
        self._view.select_rows(frozenset() if row is None else frozenset([row]))
        if row is not None:
            self.row_clicked.emit(row)
        if not self._walking:
            self._look_at(ground, (x, y), row, at)

    def _look_at(
        self, ground: Ground, place: tuple[float, float], row: int | None, at: QPointF
    ) -> None:
        """Open the card of a place."""
        state = self._document.state
        raw = ground.plane.lift(np.array([place[: len(ground.plane.along)]]))[0]
        if row is not None:
            raw = state.prepared.dataset.features[row]
        window = self.window()  # the card may hang over the map's edges
        self.inspector.card.setParent(window)
        there = QPointF(self.field.sheet.mapTo(window, at.toPoint()))
        self.inspector.look(raw, row, there, QRectF(window.rect()).adjusted(8, 8, -8, -8))
        self.inspector.refresh(state, self.subject, self._bridge.latest)

    def _lassoed(self, polygon: Array, adding: bool) -> None:
        points = self._points
        if points is None:
            return
        shown = np.isin(points.part, self.controls.shown_parts)
        caught = points.rows[inside(points.x, points.height, polygon) & shown]
        rows = frozenset(caught.tolist())
        self._view.select_rows(self._view.rows | rows if adding else rows)
        self._view.say(f"{len(self._view.rows):,} rows are selected." if rows else "")

    def _nearest(self, points: Points, x: float, y: float) -> int | None:
        """The shown point that is nearest on the screen."""
        frame = self.field.frame()
        shown = np.isin(points.part, self.controls.shown_parts)
        reach = (
            (frame.x[1] - frame.x[0]) / (frame.rect.width() or 1.0),
            (frame.y[1] - frame.y[0]) / (frame.rect.height() or 1.0),
        )
        return points.nearest(x, y, reach, shown)
