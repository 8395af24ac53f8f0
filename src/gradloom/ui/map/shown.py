"""What the field shows now: the points of the data, the picture below them, the marks on them."""

from __future__ import annotations

import numpy as np

from gradloom.data.dataset import Room
from gradloom.document import State
from gradloom.layers.shapes import Array
from gradloom.session.mapping import MapResult
from gradloom.session.planes import Ground
from gradloom.ui.map.drawing import (
    Drawing,
    PlanePainter,
    Style,
    draw_curve,
    draw_neuron,
    height_range,
)
from gradloom.ui.map.field import Field
from gradloom.ui.map.legend import Legend, Scale, legend_of
from gradloom.ui.map.subject import Subject, neuron_picture, points_of, span_of, wrong_of
from gradloom.ui.plots.dots import dots_of
from gradloom.ui.plots.points import Points
from gradloom.ui.plots.scale import roomy
from gradloom.ui.plots.shading import levels_of, levels_of_neuron
from gradloom.ui.theme import Theme
from gradloom.ui.view import Neuron

_NOTHING = np.zeros(0)


class Shown:
    """Puts an answer of the network, or a neuron, and the rows of the data on a field."""

    def __init__(self, field: Field, theme: Theme) -> None:
        self._field, self._theme = field, theme
        self._subject: Subject | None = None
        self._levels = (0.0, 1.0)
        self._heights: tuple[float, float] | None = None  # of curves over one feature
        self._room: Room | None = None
        self._parts: list[int] = []
        self._result: MapResult | None = None
        self.ground: Ground | None = None
        self.points: Points | None = None

    @property
    def subject(self) -> Subject | None:
        """The answer that is shown, or None while there is none."""
        return self._subject

    @property
    def levels(self) -> tuple[float, float]:
        """The targets that have the full colours."""
        return self._levels

    def place_points(
        self, state: State, subject: Subject | None, ground: Ground | None, parts: list[int]
    ) -> None:
        """Put the rows of these parts of the data on the ground; without either, nothing."""
        self._subject, self.ground, self._parts = subject, ground, parts
        if subject is None or ground is None:
            self.points = None
            self._field.set_dots(())
            self._field.show_drawing(Drawing())
            return
        self.points = points = points_of(state, subject, ground)
        self._heights = None
        self._room = room = state.data.source.room
        drawn_small = room is not None and np.abs(points.target).max(initial=0.0) <= 1.0
        # so that the colours of a drawing stay as they are while one draws
        self._levels = (-1.0, 1.0) if drawn_small else levels_of(points.target)
        extent, names = ground.extent, points.names
        if points.y is None:
            self._heights = height_range(np.empty(0), subject, points, None, room)
            extent = (*extent[:2], *self._heights)
            names = (names[0], subject.coding.targets[subject.column].name)
        self._field.set_space(extent, (names[0], names[1]))
        tokens = self._theme.tokens
        self._field.set_dots(dots_of(points, subject.classes, parts, self._levels, tokens))

    def draw(self, result: MapResult, style: Style) -> None:
        """Draw the answer of the subject, if the result has it."""
        self._result = result
        subject, points, tokens = self._subject, self.points, self._theme.tokens
        if subject is None or points is None or subject.sink not in result.outputs:
            return
        self._field.overlay.show_veil(result.veil, result.extent)
        if points.y is not None:
            painter = self.painter(style)
            drawing: Drawing | None = result.finished if result.finish == painter else None
            if (
                drawing is None and painter is not None
            ):  # another style, and no training to renew it
                drawing = painter(result)
            if drawing is not None:
                self._field.show_drawing(drawing)
            return
        drawing = draw_curve(subject, result, tokens)
        curve = drawing.curves[0].y
        self._heights = height_range(curve, subject, points, self._heights, self._room)
        names = points.names[0], subject.coding.targets[subject.column].name
        self._field.set_space((*result.extent[:2], *self._heights), names)
        self._field.show_drawing(drawing)

    def painter(self, style: Style) -> PlanePainter | None:
        """What draws the subject over a plane, for the map's own thread."""
        if self._subject is None:
            return None
        return PlanePainter(self._subject, self._levels, self._theme.tokens, style)

    def draw_points(self) -> None:
        """Draw nothing below the points: there is no network yet that answers."""
        subject, points, tokens = self._subject, self.points, self._theme.tokens
        if subject is None or points is None:
            self._field.show_drawing(Drawing())
            return
        legend = Legend()
        if subject.classes:
            legend = legend_of(subject.classes, tokens, shades=False)
        elif points.y is not None:
            name = subject.coding.targets[subject.column].name
            legend = Legend(scale=Scale(name, *self._levels))
        self._field.show_drawing(Drawing(legend=legend, wide=points.y is None))

    def draw_neuron(self, state: State, result: MapResult, neuron: Neuron) -> bool:
        """Draw a neuron in place of an answer; False if the result does not have it."""
        picture = neuron_picture(result, neuron) if neuron.layer in state.graph else None
        if picture is None:
            return False
        bound = levels_of_neuron(picture, span_of(state, neuron.layer))
        drawing = draw_neuron(picture, bound, self._field.extent, self._theme.tokens)
        if drawing.curves and self.points is not None:
            good = picture[np.isfinite(picture)]
            low, high = (float(good.min()), float(good.max())) if len(good) else (-1.0, 1.0)
            space = (*self._field.extent[:2], *roomy(low, high, None))
            self._field.set_space(space, (self.points.names[0], state.graph[neuron.layer].name))
        self._field.show_drawing(drawing)
        return True

    def mark(self, rows: frozenset[int], *, rings: bool) -> None:
        """Mark these rows as selected, and with `rings` those that are told wrong."""
        points, subject, overlay = self.points, self._subject, self._field.overlay
        chosen = wrong = np.zeros(0 if points is None else len(points.x), bool)
        if points is not None and subject is not None:
            shown = self._visible(points)
            chosen = points.among(rows) & shown
            told = self.told() if rings else None
            wrong = wrong if told is None else wrong_of(subject, points, told) & shown
        x, y = (_NOTHING, _NOTHING) if points is None else (points.x, points.height)
        overlay.choose(x[chosen], y[chosen], self._field.radius)
        overlay.ring(x[wrong], y[wrong], self._field.radius)

    def told(self) -> Array | None:
        """What is answered to the points' rows (outputs, n), if it is known."""
        result, subject, points = self._result, self._subject, self.points
        if result is None or subject is None or points is None or subject.sink not in result.told:
            return None
        told = result.told[subject.sink]
        return told if told.shape[1] == len(points.x) else None

    def nearest(self, x: float, y: float) -> int | None:
        """The visible point that is nearest on the screen."""
        if self.points is None:
            return None
        unit = self._field.frame().unit
        return self.points.nearest(x, y, unit, self._visible(self.points))

    def within(self, inside: Array) -> frozenset[int]:
        """The rows of the visible points among those marked (n,)."""
        if self.points is None:
            return frozenset()
        return frozenset(self.points.rows[inside & self._visible(self.points)].tolist())

    def _visible(self, points: Points) -> Array:
        return np.isin(points.part, self._parts)
