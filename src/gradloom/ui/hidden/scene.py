"""A picture of hidden space on a field: what is drawn there, and which point is where."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QRectF

from gradloom.layers.shapes import Array
from gradloom.ui.hidden.picture import Picture
from gradloom.ui.hidden.weave import Weave
from gradloom.ui.map.drawing import Drawing
from gradloom.ui.map.field import Field
from gradloom.ui.map.legend import Legend, Scale, legend_of
from gradloom.ui.map.subject import Subject
from gradloom.ui.map.tools import inside
from gradloom.ui.plots.dots import dots_of
from gradloom.ui.plots.points import Points
from gradloom.ui.plots.scale import ticks
from gradloom.ui.plots.shading import levels_of, shade_classes
from gradloom.ui.theme import Theme, class_colours

_FAINT = 0.13  # of a class's colour where it is read
_REACH = 12.0  # px around a point that belong to it


class Scene:
    """Puts pictures on a field."""

    def __init__(self, field: Field, theme: Theme) -> None:
        self._field, self._theme = field, theme
        self._parts: list[int] = []
        self._laid: object = None
        self.weave = Weave(field.plot)
        self.points: Points | None = None

    def draw(self, picture: Picture, subject: Subject, parts: list[int], *, resting: bool) -> None:
        """Draw a picture with the points of these parts; straight rules only while it rests."""
        t, classes = self._theme.tokens, subject.classes
        self.points, self._parts = picture.points, parts
        levels = levels_of(picture.points.target)
        self._lay(picture)
        self.weave.paint(class_colours(t, len(classes)) if classes else (t.quiet,), t.text)
        self.weave.show_lines(picture.weave, picture.strands)
        self.weave.show_boundary(picture.segments if resting else picture.segments[:0])
        self._field.set_dots(dots_of(picture.points, classes, parts, levels, t))
        read = resting and len(picture.scores) > 0
        shade = shade_classes(picture.scores, t, _FAINT) if read else None
        name = subject.coding.targets[subject.column].name
        legend = Legend(scale=None if classes else Scale(name, *levels))
        if classes:
            legend = legend_of(classes, t, shades=False)
        self._field.show_drawing(Drawing(shade, legend=legend))

    def _lay(self, picture: Picture) -> None:
        """Ranges and names of the axes."""
        laid = picture.extent, picture.names, picture.banded
        if laid == self._laid:  # nearly always: each call into Qt may wait for the training
            return
        self._laid = laid
        self._number_heights(on=not picture.banded)
        self._field.set_space(picture.extent, picture.names)
        x0, x1, y0, y1 = picture.extent
        self.weave.give_room(QRectF(x0, y0, x1 - x0, y1 - y0))

    def _number_heights(self, *, on: bool) -> None:
        axis, find = self._field.plot.getAxis("left"), ticks if on else _none
        if axis.find is not find:
            axis.find = find
            axis.refresh()

    def choose(self, rows: frozenset[int]) -> None:
        """Mark these rows as selected."""
        if self.points is not None:
            chosen = self.points.among(rows) & self._visible(self.points)
            x, y = self.points.x[chosen], self.points.height[chosen]
            self._field.overlay.choose(x, y, self._field.radius)

    def point_out(self, point: int | None) -> None:
        """Ring the point that is read; None: none."""
        points = self.points
        at = None
        if points is not None and point is not None:
            at = float(points.x[point]), float(points.height[point])
        self._field.overlay.mark(at)

    def nearest(self, x: float, y: float) -> int | None:
        """The visible point at a place, if one is near enough."""
        points, frame = self.points, self._field.frame()
        if points is None:
            return None
        point = points.nearest(x, y, frame.unit, self._visible(points))
        if point is None:
            return None
        there = frame.at(float(points.x[point]), float(points.height[point]))
        away = there - frame.at(x, y)
        return point if math.hypot(away.x(), away.y()) <= _REACH else None

    def within(self, polygon: Array) -> frozenset[int]:
        """The rows of the visible points in a polygon (corners, 2)."""
        points = self.points
        if points is None:
            return frozenset()
        caught = inside(points.x, points.height, polygon) & self._visible(points)
        return frozenset(points.rows[caught].tolist())

    def _visible(self, points: Points) -> Array:
        return np.isin(points.part, self._parts)


def _none(*_: float) -> list[float]:
    """No numbers on an axis."""
    return []
