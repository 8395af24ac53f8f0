"""The decision map: what the network answers over its inputs, with the points of the data."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.document import Document, State
from gradloom.layers.shapes import Array
from gradloom.session.mapping import MapResult, extent_of, why_no_map
from gradloom.ui.maps import MapService
from gradloom.ui.plots.controls import Controls, Reading
from gradloom.ui.plots.dots import dots_of
from gradloom.ui.plots.drawing import Drawing, draw_curve, draw_neuron, draw_plane, height_range
from gradloom.ui.plots.export import Columns
from gradloom.ui.plots.field import Field
from gradloom.ui.plots.scale import figure, roomy
from gradloom.ui.plots.shading import levels_of, levels_of_neuron
from gradloom.ui.plots.subject import (
    PART_NAMES,
    Points,
    Subject,
    lookup,
    neuron_picture,
    points_of,
    span_of,
    subjects_of,
    table_of,
    words_of_answer,
    words_of_point,
)
from gradloom.ui.theme import SMALL, Theme
from gradloom.ui.view import Neuron, View
from gradloom.ui.worker import TrainingBridge

_HINT = "Point at the map to read it."
_REACH = 12.0  # px around a point that belong to it


class DecisionMap(QWidget):
    """Shows an Output, or the neuron that is hovered anywhere in the window."""

    row_clicked = Signal(int)  # a row of the dataset, from 0

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
        self._points: Points | None = None
        self._levels = (0.0, 1.0)
        self._heights: tuple[float, float] | None = None  # of curves over one feature
        self._at: tuple[float, float] | None = None
        self._result: MapResult | None = None
        self.controls = Controls(theme)
        self.field = Field(theme)
        self.reading = Reading(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 2)
        column.setSpacing(2)
        column.addWidget(self.controls)
        column.addWidget(self.field, 1)
        column.addWidget(self.reading)
        self.controls.subject_chosen.connect(self._chosen)
        self.controls.shading_chosen.connect(self._redraw)
        self.controls.points_chosen.connect(self._place_points)
        self.field.hovered.connect(self._hover)
        self.field.left.connect(self._leave)
        self.field.clicked.connect(self._click)
        self.field.table = self.columns
        maps.updated.connect(self._show)
        view.neuron_hovered.connect(self._neuron)
        self._disconnect = document.changed.connect(self._changed)
        self.destroyed.connect(self._disconnect)
        theme.changed.connect(self._repaint)
        self._repaint()

    def sizeHint(self) -> QSize:
        return QSize(520, 400)

    def resizeEvent(self, event: object) -> None:
        self._make_room()

    def _make_room(self) -> None:
        self.reading.make_room(self.subject.classes if self.subject else (), self.width() - 16)

    @property
    def subject(self) -> Subject | None:
        """The answer that is chosen, or None while there is none."""
        index = self.controls.subject.currentIndex()
        return self._subjects[index] if 0 <= index < len(self._subjects) else None

    @property
    def title(self) -> str:
        """What is shown: the Output or the neuron."""
        return self.controls.title.text()

    def columns(self) -> Columns:
        """The picture as a table: a row for each of its points."""
        subject, result = self.subject, self._result
        if subject is None or result is None or subject.sink not in result.outputs:
            return {}
        return table_of(self._document.state, subject, result, self._view.neuron)

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
        self._make_room()
        self._leave()
        self._place_points()
        self._redraw()

    def _place_points(self) -> None:
        state, subject = self._document.state, self.subject
        if subject is None:
            self._points = None
            self.field.set_dots(())
            self.field.show_drawing(Drawing())
            return
        self._points = points_of(state, subject)
        self._heights = None
        self._levels = levels_of(self._points.target)
        extent = extent_of(state.prepared.dataset.features)
        names = self._points.names
        if self._points.y is None:
            self._heights = height_range(np.empty(0), subject, self._points, None)
            extent = (*extent[:2], *self._heights)
            names = (names[0], subject.coding.targets[subject.column].name)
        self.field.set_space(extent, (names[0], names[1]))
        parts = self.controls.shown_parts
        tokens = self._theme.tokens
        self.field.set_dots(dots_of(self._points, subject.classes, parts, self._levels, tokens))

    @Slot()
    def _redraw(self) -> None:
        subject, result, neuron = self.subject, self._result, self._view.neuron
        state = self._document.state
        classes = bool(subject and subject.classes)
        points = self._points
        plane = points is not None and points.y is not None
        self.controls.offer_shading(on=classes and plane and neuron is None)
        if subject is None or points is None or result is None or result.sentence:
            self.controls.title.setText("")
            if result is not None and result.sentence:
                self.field.notice = result.sentence
                self.field.show_drawing(Drawing())
            return
        self.field.notice = ""
        if neuron is not None and neuron.layer in state.graph:
            picture = neuron_picture(result, neuron)
            if picture is not None:
                self._draw_neuron(neuron, picture)
                return
        if subject.sink not in result.outputs:
            return
        self.controls.title.setText(subject.label if len(self._subjects) == 1 else "")
        if plane:
            soft, tokens = self.controls.soft.isChecked(), self._theme.tokens
            self.field.show_drawing(draw_plane(subject, result, self._levels, tokens, soft=soft))
        else:
            self._draw_curve(subject, points, result)
        self._read()

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
        self.controls.title.setText(f"{layer.name}, neuron {neuron.unit + 1}")
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
        self.field.set_mark(None)
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
        row = self._nearest(points, x, y)
        near = ""
        if row is not None:
            near = " " + words_of_point(subject, points, row)
            self.field.set_mark((float(points.x[row]), float(points.height[row])))
        self.reading.setText(inputs + told + near)

    @Slot(float, float)
    def _click(self, x: float, y: float) -> None:
        points, frame = self._points, self.field.frame()
        row = None if points is None else self._nearest(points, x, y)
        if points is None or row is None:
            return
        away = frame.at(float(points.x[row]), float(points.height[row])) - frame.at(x, y)
        if math.hypot(away.x(), away.y()) <= _REACH:
            self.row_clicked.emit(row)

    def _nearest(self, points: Points, x: float, y: float) -> int | None:
        """The shown row that is nearest on the screen."""
        frame = self.field.frame()
        shown = np.isin(points.part, self.controls.shown_parts)
        reach = (
            (frame.x[1] - frame.x[0]) / (frame.rect.width() or 1.0),
            (frame.y[1] - frame.y[0]) / (frame.rect.height() or 1.0),
        )
        return points.nearest(x, y, reach, shown)
