"""What the map draws, as values: from the numbers of the map service to colours, lines, legend."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gradloom.layers.shapes import Array
from gradloom.session.mapping import Extent, MapResult
from gradloom.ui.plots.contour import boundaries
from gradloom.ui.plots.frame import Range
from gradloom.ui.plots.legend import Legend, Scale, legend_of
from gradloom.ui.plots.scale import roomy
from gradloom.ui.plots.shading import Shade, shade_classes, shade_shares, shade_values, shares_of
from gradloom.ui.plots.subject import Points, Subject
from gradloom.ui.theme import Tokens, class_colours


@dataclass(frozen=True, eq=False)
class Curve:
    """A line over the one feature."""

    x: Array
    y: Array
    colour: str


@dataclass(frozen=True, eq=False)
class Drawing:
    """A picture under the points, lines (n, 2 ends, 2) in units of the data, curves, a legend."""

    shade: Shade | None = None
    segments: Array = field(default_factory=lambda: np.empty((0, 2, 2)))
    curves: tuple[Curve, ...] = ()
    legend: Legend = Legend()  # noqa: RUF009 - frozen


def draw_plane(
    subject: Subject, result: MapResult, levels: Range, tokens: Tokens, *, soft: bool
) -> Drawing:
    """An Output over two features; `soft` shades by probability, else by class."""
    picture = result.outputs[subject.sink]
    if not subject.classes:
        name = subject.coding.targets[subject.column].name
        shade = shade_values(picture[subject.column], *levels, tokens)
        return Drawing(shade, legend=Legend(scale=Scale(name, *levels)))
    shares = shares_of(subject.coding, picture)
    shade = (shade_shares if soft else shade_classes)(shares, tokens)
    segments = _in_data(boundaries(shares), shares, result.extent)
    return Drawing(shade, segments, legend=legend_of(subject.classes, tokens, shades=soft))


def draw_curve(subject: Subject, result: MapResult, tokens: Tokens) -> Drawing:
    """An Output over one feature: its value, or the share of each class (of two, the second)."""
    picture = result.outputs[subject.sink]
    x = np.linspace(*result.extent[:2], picture.shape[2])
    if not subject.classes:
        return Drawing(curves=(Curve(x, picture[subject.column, 0].astype(float), tokens.text),))
    shares = shares_of(subject.coding, picture)[:, 0]
    colours = class_colours(tokens, len(shares))
    if len(shares) == 2:
        shares, colours = shares[1:], (tokens.text,)
    curves = tuple(Curve(x, y, c) for y, c in zip(shares, colours, strict=True))
    return Drawing(curves=curves, legend=legend_of(subject.classes, tokens, shades=False))


def draw_neuron(picture: Array, bound: float, extent: Extent, tokens: Tokens) -> Drawing:
    """The output of one neuron (ny, nx); a single row is a curve."""
    if picture.shape[0] == 1:
        x = np.linspace(*extent[:2], picture.shape[1])
        return Drawing(curves=(Curve(x, picture[0].astype(float), tokens.text),))
    shade = shade_values(picture, -bound, bound, tokens)
    return Drawing(shade, legend=Legend(scale=Scale("Its output", -bound, bound)))


def height_range(curve: Array, subject: Subject, points: Points, now: Range | None) -> Range:
    """The y range of curves over one feature; `now` stays if it can."""
    if subject.classes:
        return -0.08, 1.08
    good = curve[np.isfinite(curve)]
    low, high = float(points.target.min()), float(points.target.max())
    room = 0.5 * ((high - low) or 1.0)  # a curve that runs away must not hide the points
    if len(good):
        low = max(min(low, float(good.min())), low - room)
        high = min(max(high, float(good.max())), high + room)
    return roomy(low, high, now)


def _in_data(segments: Array, shares: Array, extent: Extent) -> Array:
    """Segments in grid units, in units of the data."""
    x0, x1, y0, y1 = extent
    ny, nx = shares.shape[1:]
    placed: Array = segments * ((x1 - x0) / (nx - 1), (y1 - y0) / (ny - 1)) + (x0, y0)
    return placed
