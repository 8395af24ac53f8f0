"""From numbers over the plane to coloured pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtGui import QImage

from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array
from gradloom.ui.theme import Tokens, class_colours, diverging

STRENGTH = 0.62  # of a colour over the surface, so that points stand out
_DEEP = 0.85  # the same where a path is drawn, and no points


@dataclass(frozen=True, eq=False)
class Shade:
    """Pixels, first row at the bottom: places (ny, nx) in a table (256, 3) of colours.

    Without a table the colours themselves, (ny, nx, 3). All uint8.
    """

    pixels: Array
    table: Array | None = None

    def colours(self) -> Array:
        """The colour of every pixel, (ny, nx, 3)."""
        return self.pixels if self.table is None else self.table[self.pixels]


def shares_of(coding: Coding, picture: Array) -> Array:
    """Class shares (classes, ny, nx) of a picture (outputs, ny, nx)."""
    outputs, ny, nx = picture.shape
    with np.errstate(all="ignore"):
        shares = np.nan_to_num(coding.probabilities(picture.reshape(outputs, -1)))
    return shares.reshape(-1, ny, nx)


def shade_values(values: Array, low: float, high: float, tokens: Tokens) -> Shade:
    """Numbers (ny, nx), y ascending, from negative through neutral to positive."""
    with np.errstate(all="ignore"):
        scaled = np.nan_to_num((values - low) * (255.0 / ((high - low) or 1.0)), nan=127.0)
    return Shade(np.clip(scaled, 0, 255).astype(np.uint8), _table(tokens))


def shade_shares(shares: Array, tokens: Tokens) -> Shade:
    """Class shares (classes, ny, nx): each class's colour, paler the less sure."""
    if len(shares) <= 2:
        return shade_values(shares[-1], 0.0, 1.0, tokens)
    colours = _colours(tokens, len(shares))
    mixed = np.tensordot(shares, colours, (0, 0))
    least = 1.0 / len(shares)
    sure = np.clip((shares.max(axis=0) - least) / (1 - least), 0.0, 1.0)[..., None]
    neutral = _rgb(tokens.neutral)
    return Shade(_bytes(_soft(neutral + sure * (mixed - neutral), tokens)))


def shade_classes(shares: Array, tokens: Tokens, strength: float = STRENGTH) -> Shade:
    """The colour of the likeliest class everywhere."""
    table = _bytes(_soft(_colours(tokens, len(shares)), tokens, strength))
    return Shade(table[shares.argmax(axis=0)])  # a table of colours would be read again by Qt


def doubt_of(shares: Array) -> Array:
    """How unsure shares (classes, ny, nx) are, (ny, nx) in 0..1: their entropy over its largest.

    H = -sum p log p / log k (C. E. Shannon, "A Mathematical Theory of Communication", 1948); of a
    single class there is no doubt.
    """
    total = shares.sum(axis=0)
    shares = shares / np.where(total > 0, total, 1.0)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    doubt: Array = -(shares * logs).sum(axis=0) / np.log(max(len(shares), 2))
    return doubt


def shade_doubt(values: Array, high: float, tokens: Tokens) -> Shade:
    """Numbers (ny, nx) from 0, the surface's colour, to `high`, a dark grey."""
    with np.errstate(all="ignore"):
        scaled = np.nan_to_num(values * (255.0 / (high or 1.0)), nan=255.0)
    return Shade(np.clip(scaled, 0, 255).astype(np.uint8), _greys(tokens))


def shade_depth(values: Array, low: float, high: float, tokens: Tokens) -> Shade:
    """Numbers (ny, nx), from the accent where they are low to the surface where they are high."""
    with np.errstate(all="ignore"):
        scaled = np.nan_to_num((values - low) * (255.0 / ((high - low) or 1.0)), nan=255.0)
    return Shade(np.clip(scaled, 0, 255).astype(np.uint8), _depths(tokens))


def shade_veil(veil: Array, tokens: Tokens) -> Array:
    """A veil (ny, nx) in 0..1 as colours (ny, nx, 4) uint8: the surface over what lies below."""
    colours = np.empty((*veil.shape, 4), np.uint8)
    colours[..., :3] = _bytes(_rgb(tokens.surface))
    colours[..., 3] = np.rint(230 * veil)
    return colours


def colour_of(value: float, low: float, high: float, tokens: Tokens) -> str:
    """The full colour of a number, for a point on the surface of that colour."""
    share = float(np.clip((value - low) / ((high - low) or 1.0), 0.0, 1.0))
    red, green, blue, _ = diverging(tokens)[round(255 * share)]
    return f"#{red:02X}{green:02X}{blue:02X}"


def bar(tokens: Tokens, *, greys: bool = False) -> QImage:
    """The colours of `shade_values` from low (bottom) to high (top), one pixel wide.

    `greys`: those of `shade_doubt`.
    """
    colours = np.ascontiguousarray((_greys if greys else _table)(tokens)[::-1])
    return QImage(colours.data, 1, len(colours), 3, QImage.Format.Format_RGB888).copy()


def levels_of(target: Array) -> tuple[float, float]:
    """The numbers that get the full colours: zero is neutral if the targets have both signs.

    Few numbers far from all others have the full colour too, or the others would look alike: they
    are more than 1.5 quartile ranges beyond the quartiles (J. W. Tukey, "Exploratory Data
    Analysis", 1977).
    """
    low, high = float(target.min()), float(target.max())
    first, third = (float(q) for q in np.quantile(target, (0.25, 0.75)))
    if third > first:
        low = max(low, first - 1.5 * (third - first))
        high = min(high, third + 1.5 * (third - first))
    if low < 0 < high:
        bound = max(-low, high)
        return -bound, bound
    return low, high if high > low else low + 1


def levels_of_neuron(values: Array, span: tuple[float, float]) -> float:
    """The size that gets the full colour: the bound of the activation, else the largest value."""
    bound = max(abs(span[0]), abs(span[1]))
    if np.isfinite(bound):
        return float(bound)
    with np.errstate(all="ignore"):
        largest = float(np.nan_to_num(np.abs(values)).max(initial=0.0))
    return largest or 1.0


@lru_cache(maxsize=4)
def _table(tokens: Tokens) -> Array:
    return _bytes(_soft(diverging(tokens)[:, :3].astype(float), tokens))


@lru_cache(maxsize=4)
def _greys(tokens: Tokens) -> Array:
    surface, text = _rgb(tokens.surface), _rgb(tokens.text)
    return _bytes(surface + np.linspace(0, STRENGTH, 256)[:, None] * (text - surface))


@lru_cache(maxsize=4)
def _depths(tokens: Tokens) -> Array:
    surface, accent = _rgb(tokens.surface), _rgb(tokens.accent)
    return _bytes(accent + np.linspace(1 - _DEEP, 1, 256)[:, None] * (surface - accent))


@lru_cache(maxsize=16)
def _colours(tokens: Tokens, count: int) -> Array:
    return np.array([_rgb(colour) for colour in class_colours(tokens, count)])


def _soft(colours: Array, tokens: Tokens, strength: float = STRENGTH) -> Array:
    surface = _rgb(tokens.surface)
    soft: Array = surface + strength * (colours - surface)
    return soft


def _bytes(colours: Array) -> Array:
    whole: Array = np.clip(np.rint(colours), 0, 255).astype(np.uint8)
    return whole


def _rgb(colour: str) -> Array:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)
