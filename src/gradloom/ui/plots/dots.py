"""The points of the data on the map: one item for all of them, drawn from an atlas of markers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainterPath, QTransform

from gradloom.layers.shapes import Array
from gradloom.ui.plots.chart import KEPT
from gradloom.ui.plots.markers import RADIUS, shape
from gradloom.ui.plots.points import PART_NAMES, Points
from gradloom.ui.plots.shading import colour_of
from gradloom.ui.theme import Theme, Tokens, class_colours

_MOST_LOOKS = 1000  # in one atlas
_SHADES = 24  # colours that points of a real target are sorted into
_STRENGTHS = (1.0, 0.55, 0.28)  # of points on the plane, off it and far away


@dataclass(frozen=True, eq=False)
class Dots:
    """Points of one look: the same class (or colour), part of the data and distance."""

    x: Array
    y: Array
    marker: int
    part: str
    colour: str
    outline: str = ""  # the surface's colour unless given
    strength: float = 1.0  # its opacity
    rows: Array = field(default_factory=lambda: np.empty(0, np.intp))  # of the dataset, if known

    @property
    def look(self) -> tuple[object, ...]:
        """Everything but where they are."""
        return len(self.x), self.marker, self.part, self.colour, self.outline, self.strength


def dots_of(
    points: Points,
    classes: tuple[str, ...],
    parts: list[int],
    levels: tuple[float, float],
    tokens: Tokens,
) -> tuple[Dots, ...]:
    """The points of these parts, training points on top, near ones before far ones."""
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
    bands = [(1.0, np.ones(len(points.x), bool))]
    if points.away.any():
        band = np.minimum((points.away * len(_STRENGTHS)).astype(int), len(_STRENGTHS) - 1)
        bands = [(strength, band == i) for i, strength in reversed([*enumerate(_STRENGTHS)])]
    made = []
    for strength, near in bands:
        for part in reversed(parts):
            for marker, colour, members in groups:
                rows = members & near & (points.part == part)
                if rows.any():
                    x, y, name = points.x[rows], points.height[rows], PART_NAMES[part]
                    numbers = points.rows[rows]
                    made.append(Dots(x, y, marker, name, colour, outline, strength, numbers))
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

    data: Any  # pyqtgraph's record of every spot

    def __init__(self, theme: Theme) -> None:
        self._room = QRectF()
        super().__init__(pxMode=True, antialias=True)
        self.setCacheMode(KEPT)
        self._theme = theme
        self._shown: object = None
        self._copies: list[int] = []  # with how many looks each group is drawn
        self._rows = np.empty(0, np.intp)
        self.dots: tuple[Dots, ...] = ()
        self.radius = RADIUS  # px, of a point as it is drawn now

    def give_room(self, room: QRectF) -> None:
        """The ranges that the plot shows at most."""
        if room != self._room:
            self.prepareGeometryChange()
            self._room = room

    def boundingRect(self) -> QRectF:
        """Not worked out from the points, which are asked for it with every picture."""
        return self._room

    def show_dots(self, dots: tuple[Dots, ...], side: float, others: int = 0) -> None:
        """Points in this order on a plane of `side` px: smaller where there are many.

        `others` is how many there are beside these.
        """
        total = others + sum(len(group.x) for group in dots)
        most = RADIUS if total <= 600 else 3.2 if total <= 2000 else 2.4
        self.radius = radius = min(most, max(2.4, side / 62))
        looks = tuple(group.look for group in dots), radius, self._theme.tokens
        if dots is self.dots and looks == self._shown:
            return
        moved, self._shown, self.dots = looks == self._shown, looks, dots
        if moved:
            self._move()
            return
        surface = self._theme.tokens.surface
        made = [(group, _looks(group, radius, surface)) for group in dots]
        self._copies = [len(found) for _, found in made]
        self._fill([(group, look) for group, found in made for look in found])

    def _column(self, name: str) -> Array:
        """What the groups hold of this name, for every spot in the order that they are drawn in."""
        copies = zip(self.dots, self._copies, strict=True)
        found = [getattr(group, name) for group, count in copies for _ in range(count)]
        return np.concatenate([np.empty(0, np.intp if name == "rows" else float), *found])

    def _move(self) -> None:
        """The same points elsewhere: how they look is dear to make, and stays."""
        self.data["x"], self.data["y"] = self._column("x"), self._column("y")
        self.data["visible"] = True
        self._rows = self._column("rows")
        self.bounds = [None, None]
        self.update()

    def _fill(self, looks: list[tuple[Dots, _Look]]) -> None:
        """Do what `setData` does, look by look: point by point, 20 000 take a third of a second."""
        if len(self.fragmentAtlas) > _MOST_LOOKS:
            self.fragmentAtlas.clear()
        count = sum(len(group.x) for group, _ in looks)
        every: Any = np.zeros(count, self.data.dtype)
        every["x"], every["y"], every["visible"] = self._column("x"), self._column("y"), True
        at = 0
        for group, look in looks:
            spots = every[at : at + len(group.x)]
            spots["size"] = look.size
            for name in ("symbol", "pen", "brush"):
                spots[name].fill(getattr(look, name))
            style = look.symbol, look.size, look.pen, look.brush
            (spots["sourceRect"],) = self.fragmentAtlas[[style]]
            at += len(spots)
        for name in ("data", "item"):
            every[name].fill(None)
        self.data, self._rows = every, self._column("rows")
        self.bounds = [None, None]
        self.invalidate()

    def leave_out(self, gone: Array | None) -> None:
        """Hide the points of these rows, (rows of the dataset,) of bool; None: of none."""
        self.data["visible"] = True if gone is None else ~gone[self._rows]
        self.update()


def _looks(dots: Dots, radius: float, background: str) -> tuple[_Look, ...]:
    """What lies on what to show one of these dots."""
    kind = dots.marker, dots.part, dots.colour, dots.outline, dots.strength
    return _layers(*kind, radius, background)


@lru_cache(maxsize=512)
def _layers(
    marker: int,
    part: str,
    ink: str,
    edging: str,
    strength: float,
    radius: float,
    background: str,
) -> tuple[_Look, ...]:
    size = 2 * radius
    surface, colour = _thin(background, strength), _thin(ink, strength)
    outline = _thin(edging, strength) if edging else None
    path = _symbol(marker)
    if part == "train":
        edge = pg.mkPen(outline or surface, width=1.0)
        return (_Look(path, size, edge, pg.mkBrush(colour)),)
    looks = []
    if outline:
        looks.append(_Look(path, size, pg.mkPen(outline, width=3.2), pg.mkBrush(None)))
    looks.append(_Look(path, size, pg.mkPen(colour, width=1.6), pg.mkBrush(surface)))
    if part == "test":
        brush = pg.mkBrush(outline or colour)
        looks.append(_Look(_symbol(0), 0.42 * size, pg.mkPen(None), brush))
    return tuple(looks)


def _thin(colour: str, strength: float) -> QColor:
    """A colour that lets what lies below it through."""
    made = QColor(colour)
    made.setAlphaF(strength)
    return made


@cache
def _symbol(marker: int) -> QPainterPath:
    """The marker's outline about a circle of diameter 1."""
    return QTransform.fromScale(0.5, 0.5).map(shape(marker))
