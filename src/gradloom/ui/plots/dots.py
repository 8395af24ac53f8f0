"""The points of the data on the map: one item for all of them, drawn from an atlas of markers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath, QTransform

from gradloom.layers.shapes import Array
from gradloom.ui.plots.chart import KEPT
from gradloom.ui.plots.markers import RADIUS, shape
from gradloom.ui.plots.shading import colour_of
from gradloom.ui.plots.subject import PART_NAMES, Points
from gradloom.ui.theme import Theme, Tokens, class_colours

_SHADES = 24  # colours that points of a real target are sorted into


@dataclass(frozen=True, eq=False)
class Dots:
    """Points of one look: the same class (or colour), the same part of the data."""

    x: Array
    y: Array
    marker: int
    part: str
    colour: str
    outline: str = ""  # the surface's colour unless given


def dots_of(
    points: Points,
    classes: tuple[str, ...],
    parts: list[int],
    levels: tuple[float, float],
    tokens: Tokens,
) -> tuple[Dots, ...]:
    """The points of these parts, training points on top, sorted by look."""
    outline = "" if classes else tokens.quiet
    if classes:
        colours = class_colours(tokens, len(classes))
        groups = [(i, colours[i], points.target == i) for i in range(len(classes))]
    else:
        low, high = levels
        bins = np.rint((points.target - low) / (high - low) * (_SHADES - 1)).astype(int)
        groups = [
            (0, colour_of(low + b / (_SHADES - 1) * (high - low), low, high, tokens), bins == b)
            for b in np.unique(bins).tolist()
        ]
    made = []
    for part in reversed(parts):
        for marker, colour, members in groups:
            rows = members & (points.part == part)
            if rows.any():
                name = PART_NAMES[part]
                made.append(
                    Dots(points.x[rows], points.height[rows], marker, name, colour, outline)
                )
    return tuple(made)


@dataclass(frozen=True)
class _Look:
    """A marker as pyqtgraph draws it."""

    symbol: QPainterPath
    size: float
    pen: Any
    brush: Any


class DotsItem(pg.ScatterPlotItem):  # type: ignore[misc]
    """Train filled, validation hollow, test hollow with a dot inside."""

    def __init__(self, theme: Theme) -> None:
        self._room = QRectF()
        super().__init__(pxMode=True, antialias=True)
        self.setCacheMode(KEPT)
        self._theme = theme
        self._shown: object = None
        self.dots: tuple[Dots, ...] = ()

    def give_room(self, room: QRectF) -> None:
        """The ranges that the plot shows at most."""
        if room != self._room:
            self.prepareGeometryChange()
            self._room = room

    def boundingRect(self) -> QRectF:
        """Not worked out from the points, which are asked for it with every picture."""
        return self._room

    def show_dots(self, dots: tuple[Dots, ...], side: float) -> None:
        """Points in this order on a plane of `side` px: smaller where there are many."""
        total = sum(len(group.x) for group in dots)
        most = RADIUS if total <= 600 else 3.2 if total <= 2000 else 2.4
        radius = min(most, max(2.4, side / 62))
        made_for = dots, radius, self._theme.tokens
        if made_for == self._shown:
            return
        self._shown, self.dots = made_for, dots
        spots: dict[str, list[Any]] = {name: [] for name in ("symbol", "size", "pen", "brush")}
        xs, ys = [np.empty(0)], [np.empty(0)]
        for group in dots:
            for look in self._looks(group, radius):
                xs.append(group.x)
                ys.append(group.y)
                for name, column in spots.items():
                    column += [getattr(look, name)] * len(group.x)
        self.setData(x=np.concatenate(xs), y=np.concatenate(ys), **spots)

    def _looks(self, dots: Dots, radius: float) -> list[_Look]:
        surface, size = self._theme.tokens.surface, 2 * radius
        path, filled = _symbol(dots.marker), dots.part == "train"
        if filled:
            edge = pg.mkPen(dots.outline or surface, width=1.0)
            return [_Look(path, size, edge, pg.mkBrush(dots.colour))]
        looks = []
        if dots.outline:
            looks.append(_Look(path, size, pg.mkPen(dots.outline, width=3.2), pg.mkBrush(None)))
        edge = pg.mkPen(dots.colour, width=1.6)
        looks.append(_Look(path, size, edge, pg.mkBrush(surface)))
        if dots.part == "test":
            brush = pg.mkBrush(dots.outline or dots.colour)
            looks.append(_Look(_symbol(0), 0.42 * size, pg.mkPen(None), brush))
        return looks


@cache
def _symbol(marker: int) -> QPainterPath:
    """The marker's outline about a circle of diameter 1."""
    return QTransform.fromScale(0.5, 0.5).map(shape(marker))
