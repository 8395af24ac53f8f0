"""What the map draws, as values: from the numbers of the map service to colours, lines, legend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from gradloom.data.dataset import Room
from gradloom.layers.shapes import Array
from gradloom.session.mapping import MapResult
from gradloom.session.planes import Extent
from gradloom.ui.map.legend import Legend, Scale, legend_of
from gradloom.ui.map.subject import Subject
from gradloom.ui.plots.contour import boundaries, contour
from gradloom.ui.plots.frame import Range
from gradloom.ui.plots.points import Points
from gradloom.ui.plots.scale import THIN, figure, roomy, ticks
from gradloom.ui.plots.shading import (
    Shade,
    doubt_of,
    shade_classes,
    shade_doubt,
    shade_shares,
    shade_values,
    shares_of,
)
from gradloom.ui.theme import Tokens, class_colours


@dataclass(frozen=True, slots=True)
class Style:
    """How the plane is shown.

    `shading`: "share" (how sure the network is of a class), "class" (the likeliest), "value", or
    "doubt" (how unsure it is). `lines`: shares of a class that lines are drawn at; of a real
    target any number of them stands for lines at round numbers.
    """

    shading: str = "share"
    lines: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Curve:
    """A line over the one feature."""

    x: Array
    y: Array
    colour: str


@dataclass(frozen=True, eq=False)
class Band:
    """A strip over the one feature between two curves, in a colour of some opacity."""

    x: Array
    low: Array
    high: Array
    colour: str
    opacity: float


@dataclass(frozen=True, eq=False)
class Level:
    """A line of equal value: segments (n, 2 ends, 2) in units of the data, and its number."""

    segments: Array
    words: str


@dataclass(frozen=True, eq=False)
class Drawing:
    """A picture under the points, lines (n, 2 ends, 2) in units of the data, curves, a legend.

    `wide`: in the whole room, not on a square, as curves are.
    """

    shade: Shade | None = None
    segments: Array = field(default_factory=lambda: np.empty((0, 2, 2)))
    levels: tuple[Level, ...] = ()
    curves: tuple[Curve, ...] = ()
    bands: tuple[Band, ...] = ()
    legend: Legend = Legend()  # noqa: RUF009 - frozen
    wide: bool = False

    @property
    def fills(self) -> bool:
        """Whether it takes the whole room, and not a square."""
        return self.wide or bool(self.curves)


@dataclass(frozen=True, slots=True)
class PlanePainter:
    """Draws an Output over a plane, on any thread; equal painters draw the same."""

    subject: Subject
    levels: Range
    tokens: Tokens
    style: Style

    def __call__(self, result: MapResult) -> Drawing | None:
        """The drawing of this result; None if it has no such Output or no plane."""
        if self.subject.sink not in result.outputs:
            return None
        if result.ground is None or not result.ground.plane.flat:
            return None
        return draw_plane(self.subject, result, self.levels, self.tokens, self.style)


def draw_plane(
    subject: Subject, result: MapResult, levels: Range, tokens: Tokens, style: Style
) -> Drawing:
    """An Output over two features."""
    picture = result.outputs[subject.sink]
    doubt = style.shading == "doubt" and "doubt" in subject.shadings
    if not subject.classes:
        values, name = picture[subject.column], subject.coding.targets[subject.column].name
        lines = _levels(values, _round_levels(values, style), result.extent, figure)
        if doubt:
            sigma = subject.coding.deviation(picture, subject.column)
            return _doubtful(sigma, f"σ of {name}", sigma_range(sigma), tokens, lines)
        shade = shade_values(values, *levels, tokens)
        return Drawing(shade, levels=lines, legend=Legend(scale=Scale(name, *levels)))
    shares = shares_of(subject.coding, picture)
    segments = _in_data(boundaries(shares), shares, result.extent)
    sure = shares[1] if len(shares) == 2 else shares.max(axis=0)
    lines = _levels(sure, style.lines, result.extent, percent_of)
    if doubt:
        drawn = _doubtful(doubt_of(shares), "Uncertainty", 1.0, tokens, lines)
        legend = replace(legend_of(subject.classes, tokens, shades=False), scale=drawn.legend.scale)
        return replace(drawn, segments=segments, legend=legend)
    soft = style.shading != "class"
    shade = (shade_shares if soft else shade_classes)(shares, tokens)
    legend = legend_of(subject.classes, tokens, shades=soft)
    return Drawing(shade, segments, lines, legend=legend)


def percent_of(share: float) -> str:
    """A share as a whole or half percent: "75 %"."""
    return f"{100 * share:.3g}{THIN}%"


def sigma_range(sigma: Array) -> float:
    """A round number that the deviations keep below."""
    good = sigma[np.isfinite(sigma)]
    return roomy(0.0, float(good.max()) if len(good) else 1.0, None)[1]


def _doubtful(
    doubt: Array, title: str, high: float, tokens: Tokens, lines: tuple[Level, ...]
) -> Drawing:
    shade = shade_doubt(doubt, high, tokens)
    return Drawing(shade, levels=lines, legend=Legend(scale=Scale(title, 0.0, high, greys=True)))


def _round_levels(values: Array, style: Style) -> Sequence[float]:
    good = values[np.isfinite(values)]
    if not style.lines or not len(good):
        return ()
    return ticks(float(good.min()), float(good.max()), 7)


def _levels(
    values: Array, levels: Sequence[float], extent: Extent, say: Callable[[float], str]
) -> tuple[Level, ...]:
    found = ((level, contour(values, level)) for level in levels)
    shape = values[None]
    return tuple(Level(_in_data(s, shape, extent), say(level)) for level, s in found if len(s))


def draw_curve(subject: Subject, result: MapResult, tokens: Tokens) -> Drawing:
    """An Output over one feature: its value, or the share of each class (of two, the second)."""
    picture = result.outputs[subject.sink]
    x = np.linspace(*result.extent[:2], picture.shape[2])
    if not subject.classes:
        y = picture[subject.column, 0].astype(float)
        return Drawing(curves=(Curve(x, y, tokens.text),), bands=_bands(subject, result, x, tokens))
    shares = shares_of(subject.coding, picture)[:, 0]
    colours = class_colours(tokens, len(shares))
    if len(shares) == 2:
        shares, colours = shares[1:], (tokens.text,)
    curves = tuple(Curve(x, y, c) for y, c in zip(shares, colours, strict=True))
    return Drawing(curves=curves, legend=legend_of(subject.classes, tokens, shades=False))


def _bands(subject: Subject, result: MapResult, x: Array, tokens: Tokens) -> tuple[Band, ...]:
    """One and two standard deviations around the mean, if the network gives them."""
    if not subject.spreads:
        return ()
    picture = result.outputs[subject.sink][:, 0]
    mean = picture[subject.column].astype(float)
    sigma = subject.coding.deviation(picture, subject.column)
    return tuple(Band(x, mean - k * sigma, mean + k * sigma, tokens.positive, 0.16) for k in (2, 1))


def draw_neuron(picture: Array, bound: float, extent: Extent, tokens: Tokens) -> Drawing:
    """The output of one neuron (ny, nx); a single row is a curve."""
    if picture.shape[0] == 1:
        x = np.linspace(*extent[:2], picture.shape[1])
        return Drawing(curves=(Curve(x, picture[0].astype(float), tokens.text),))
    shade = shade_values(picture, -bound, bound, tokens)
    return Drawing(shade, legend=Legend(scale=Scale("Its output", -bound, bound)))


def height_range(
    curve: Array, subject: Subject, points: Points, now: Range | None, room: Room | None = None
) -> Range:
    """The y range of curves over one feature; `now` stays if it can.

    Data with a room of its own has the height of that, or of the points that lie beyond it.
    """
    if subject.classes:
        return -0.08, 1.08
    if room is not None:
        bottom, top = room[2:]
        least, most = points.target.min(initial=bottom), points.target.max(initial=top)
        beyond = least < bottom or most > top
        return roomy(float(least), float(most), now) if beyond else (bottom, top)
    good = curve[np.isfinite(curve)]
    low, high = float(points.target.min()), float(points.target.max())
    more = 0.5 * ((high - low) or 1.0)  # a curve that runs away must not hide the points
    if len(good):
        low = max(min(low, float(good.min())), low - more)
        high = min(max(high, float(good.max())), high + more)
    return roomy(low, high, now)


def _in_data(segments: Array, shares: Array, extent: Extent) -> Array:
    """Segments in grid units, in units of the data."""
    x0, x1, y0, y1 = extent
    ny, nx = shares.shape[1:]
    placed: Array = segments * ((x1 - x0) / (nx - 1), (y1 - y0) / (ny - 1)) + (x0, y0)
    return placed
