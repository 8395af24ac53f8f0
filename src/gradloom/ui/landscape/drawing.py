"""What the landscape draws, as values: colours and lines of equal loss, or a curve."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradloom.layers.shapes import Array
from gradloom.session.landscape import Landscape
from gradloom.ui.map.drawing import Curve, Drawing, Level
from gradloom.ui.plots.contour import contour
from gradloom.ui.plots.frame import Range
from gradloom.ui.plots.scale import figure, roomy, ticks
from gradloom.ui.plots.shading import shade_depth
from gradloom.ui.theme import Tokens

_MOST = 8  # lines of equal loss
_NAMED = 0.4  # of the plane's width, from which a line has its number beside it
_TOP = 0.95  # share of the places that the colours tell apart: corners may be very high
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_DECADES = 4  # powers of ten below that which are told apart


@dataclass(frozen=True)
class Scale:
    """The range of losses that is told apart; `log`: evenly by powers of ten, else in `unit`s."""

    low: float
    high: float
    log: bool
    unit: float = 1.0

    def of(self, loss: Array) -> Array:
        """Losses as they are drawn: exponents on a logarithmic scale; the highest if not finite."""
        known: Array = np.where(np.isfinite(loss), loss, self.high)
        return np.log10(np.clip(known, self.low, None)) if self.log else known / self.unit

    @property
    def range(self) -> Range:
        """Of what `of` gives."""
        if self.log:
            return math.log10(self.low), math.log10(self.high)
        return self.low / self.unit, self.high / self.unit


def plane_scale(losses: Array, *, log: bool) -> Scale:
    """The scale of a plane; not logarithmic where a loss is 0 or less."""
    good = losses[np.isfinite(losses)]
    if not good.size:
        return Scale(0.0, 1.0, log=False)
    low, high = float(good.min()), float(np.quantile(good, _TOP))
    if log and low > 0:
        return Scale(min(max(low, high / 10**_DECADES), 0.999 * high), high, log=True)
    return Scale(low, high if high > low else low + 1.0, log=False)


def line_scale(losses: Array, *, log: bool) -> Scale:
    """The scale of a line: all of it, logarithmic only over more than a power of ten."""
    good = losses[np.isfinite(losses)]
    if not good.size:
        return Scale(0.0, 1.0, log=False)
    low, high = float(good.min()), float(good.max())
    if log and low > 0 and high > 10 * low:
        return Scale(low, high, log=True)
    size = max(abs(low), abs(high))
    short = size < 1000 and high - low >= 0.03  # numbers that there is room for beside the axis
    unit = 1.0 if short or not size else 10.0 ** math.floor(math.log10(size))
    return Scale(low, high, log=False, unit=unit)


def levels_of(scale: Scale) -> list[float]:
    """Round losses that lines are drawn at."""
    if not scale.log:
        return [v for v in ticks(scale.low, scale.high, _MOST) if scale.low < v < scale.high]
    first, last = math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high))
    for steps in ((1, 2, 5), (1, 3), (1,)):
        found = [m * 10.0**e for e in range(first, last + 1) for m in steps]
        found = [v for v in found if scale.low < v < scale.high]
        if len(found) <= _MOST:
            break
    every = -(-len(found) // _MOST)
    if len(found) < 3:
        return [v for v in ticks(scale.low, scale.high, _MOST) if scale.low < v < scale.high]
    return found[::every]


def draw_plane(landscape: Landscape, scale: Scale, tokens: Tokens) -> Drawing:
    """A plane: low places in the accent's colour, high ones fading, with lines of equal loss."""
    values = scale.of(landscape.losses)
    x0, x1, y0, y1 = landscape.extent
    ny, nx = values.shape
    unit, corner = ((x1 - x0) / (nx - 1), (y1 - y0) / (ny - 1)), (x0, y0)
    levels = []
    for level in levels_of(scale):
        at = math.log10(level) if scale.log else level
        segments = contour(values, at)
        if len(segments):
            wide = float(np.ptp(segments.reshape(-1, 2), axis=0).max()) > _NAMED * nx
            levels.append(Level(segments * unit + corner, _plain(level) if wide else ""))
    return Drawing(shade_depth(values, *scale.range, tokens), levels=tuple(levels))


def _plain(level: float) -> str:
    """A round number without the zeros at its end."""
    text = figure(level)
    return text.rstrip("0").removesuffix(".") if "." in text and "e" not in text else text


def draw_line(landscape: Landscape, scale: Scale, tokens: Tokens) -> Drawing:
    """A line: the loss as a curve."""
    x = np.linspace(*landscape.extent[:2], landscape.losses.shape[1])
    return Drawing(curves=(Curve(x, scale.of(landscape.losses[0]), tokens.accent),))


def height_range(scale: Scale) -> Range:
    """The range of a curve's axis."""
    low, high = scale.range
    if scale.log:
        return low - 0.05 * (high - low), high + 0.05 * (high - low)
    return roomy(low, high, None)


def unit_words(scale: Scale) -> str:
    """What the numbers of a curve's axis are to be multiplied by: " × 10⁻⁸", or ""."""
    if scale.log or scale.unit == 1:
        return ""
    return f" × 10{str(round(math.log10(scale.unit))).translate(_RAISED)}"
