"""The picture of a landscape: a plane with lines of equal loss or a curve, and the run on it."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.engine.progress import Progress
from gradloom.layers.shapes import Array
from gradloom.session.landscape import Landscape
from gradloom.session.slices import GRADIENT, PATH
from gradloom.ui.landscape.drawing import (
    Scale,
    draw_line,
    draw_plane,
    height_range,
    line_scale,
    plane_scale,
    unit_words,
)
from gradloom.ui.landscape.trail import BEST, NOW, START, STEP, TrailItems
from gradloom.ui.landscape.words import loss_at
from gradloom.ui.map.drawing import Drawing
from gradloom.ui.map.field import Field
from gradloom.ui.plots.export import Columns
from gradloom.ui.plots.scale import log_ticks, log_words, tick_words, ticks
from gradloom.ui.theme import Theme

_REACH = 12.0  # px around a point of the path that belong to it


class LandscapeView(QWidget):
    """Places are given as (axes,) arrays in units of the axes."""

    pointed = Signal(object)  # a place
    left = Signal()
    clicked = Signal(object)  # a place

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._scale = Scale(0.0, 1.0, log=False)
        self._flat = True
        self.field = Field(theme)
        self.field.file = "landscape"
        self.field.setMinimumHeight(60)
        for widget in (self.field, self.field.sheet):
            widget.setAccessibleName("Loss landscape")
        self.trail = TrailItems(self.field.plot, theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)
        self.field.hovered.connect(lambda x, y: self.pointed.emit(self._place(x, y)))
        self.field.clicked.connect(lambda x, y: self.clicked.emit(self._place(x, y)))
        self.field.left.connect(self.left)
        theme.changed.connect(self.trail.refresh)

    @property
    def table(self) -> Callable[[], Columns]:
        """What the menu copies."""
        return self.field.table

    @table.setter
    def table(self, columns: Callable[[], Columns]) -> None:
        self.field.table = columns

    @property
    def notice(self) -> str:
        """Why there is nothing to see, or ""."""
        return self.field.notice

    @notice.setter
    def notice(self, sentence: str) -> None:
        self.field.notice = sentence

    def clear(self, notice: str) -> None:
        """Show nothing but a sentence."""
        self.field.show_drawing(Drawing())
        self.trail.clear()
        self.field.notice = notice

    def show_landscape(self, found: Landscape, *, log: bool) -> None:
        """Show this; the run's path is shown by `show_run`."""
        self._flat = found.axes.flat
        if self._flat:
            self._scale = plane_scale(found.losses, log=log)
        else:
            shown = found.trail.losses if found.wish.along == PATH else np.zeros(0)
            self._scale = line_scale(np.concatenate([found.losses[0], shown]), log=log)
        tokens, left = self._theme.tokens, self.field.plot.getAxis("left")
        exponents = self._scale.log and not self._flat
        left.find, left.say = (log_ticks, log_words) if exponents else (ticks, tick_words)
        left.refresh()
        if self._flat:
            self.field.set_space(found.extent, (found.axes.names[0], found.axes.names[1]))
            self.field.show_drawing(draw_plane(found, self._scale, tokens))
            self.trail.point(_pair(found.axes.origin), found.downhill)
        else:
            space = (*found.extent[:2], *height_range(self._scale))
            self.field.set_space(space, (found.axes.names[0], f"loss{unit_words(self._scale)}"))
            self.field.show_drawing(draw_line(found, self._scale, tokens))
            self.trail.point(None, None)
        self.field.notice = ""

    def show_run(self, found: Landscape, progress: Progress, places: Array) -> None:
        """The path of a run; `places` (points, axes) are those of its trajectory."""
        if not len(places):
            self.trail.show_path(np.zeros((0, 2)), {})
        elif self._flat:
            self._show_on_plane(found, progress, places)
        else:
            self._show_on_line(found, progress, places)

    def mark(self, found: Landscape | None, place: Array | None) -> None:
        """Mark a place; None: none."""
        self.trail.pick(None if found is None or place is None else self._spot(found, place))

    def point_near(self, found: Landscape, place: Array) -> int | None:
        """The point of the path under the pointer, if there is one."""
        if not self._flat and found.wish.along != PATH:
            return None
        spots = self._spots(found)
        x, y = self._spot(found, place)
        unit = self.field.frame().unit
        away = np.hypot((spots[:, 0] - x) / unit[0], (spots[:, 1] - y) / unit[1])
        best = int(np.nan_to_num(away, nan=np.inf).argmin())
        return best if away[best] <= _REACH else None

    def _show_on_plane(self, found: Landscape, progress: Progress, places: Array) -> None:
        spots = {NOW: _pair(places[-1])}
        if len(places) > 1:
            spots[START] = _pair(places[0])
        if progress.run == found.run:
            spots[BEST] = _pair(found.trail.places[found.trail.best])
        self.trail.show_path(places, spots)

    def _show_on_line(self, found: Landscape, progress: Progress, places: Array) -> None:
        """The points that were known when it was drawn, with their own losses, and the newest."""
        trail, spots = found.trail, self._spots(found)
        fresh = progress.snapshot.theta is not trail.points[-1].theta
        loss = progress.loss if fresh else found.here
        now = float(places[-1, 0]), float(self._scale.of(np.array(loss)))
        marks = {NOW: now if math.isfinite(loss) else (math.nan, math.nan)}
        path = np.zeros((0, 2))
        if found.wish.along == PATH and progress.run == found.run:
            path = np.concatenate([spots, [now]])
            marks[BEST] = _pair(spots[trail.best])
            if len(spots) > 1:
                marks[START] = _pair(spots[0])
        if found.wish.along == GRADIENT and found.stride <= found.extent[1]:
            marks[STEP] = self._spot(found, np.array([found.stride]))
        self.trail.show_path(path, marks)

    def _spots(self, found: Landscape) -> Array:
        """The points of the trail (points, 2) as they are drawn."""
        trail = found.trail
        if self._flat:
            return trail.places
        return np.stack([trail.places[:, 0], self._scale.of(trail.losses)], axis=1)

    def _spot(self, found: Landscape, place: Array) -> tuple[float, float]:
        """A place as it is drawn: along a line, on the curve."""
        if self._flat:
            return _pair(place)
        return float(place[0]), float(self._scale.of(np.array(loss_at(found, place))))

    @Slot(float, float)
    def _place(self, x: float, y: float) -> Array:
        return np.array([x, y] if self._flat else [x])


def _pair(place: Array) -> tuple[float, float]:
    return float(place[0]), float(place[1])
