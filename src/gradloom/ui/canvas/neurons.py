"""The opened view of a layer: where each unit's picture stands, and the weights as lines. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.layers.shapes import Array

MOST_SHOWN = 32
_SIZES = (
    (6, 48.0, 8.0),
    (10, 40.0, 8.0),
    (16, 28.0, 6.0),
    (MOST_SHOWN, 20.0, 4.0),
)  # up to, cell, gap
WIDEST = 4.5  # px of the thickest line
LINE_REACH = 5.0
LEVELS = 6  # distinct widths: lines of one width and sign are drawn by one call


@dataclass(frozen=True, slots=True)
class Neurons:
    """A column of units, from the lower edge of a card's header; at most 32 are shown."""

    units: int

    @property
    def shown(self) -> int:
        """How many have a picture."""
        return min(self.units, MOST_SHOWN)

    @property
    def hidden(self) -> int:
        """How many have none."""
        return self.units - self.shown

    @property
    def cell(self) -> float:
        """The side of a picture."""
        return next(cell for most, cell, _ in _SIZES if self.shown <= most)

    @property
    def gap(self) -> float:
        """Between two pictures."""
        return next(gap for most, _, gap in _SIZES if self.shown <= most)

    @property
    def height(self) -> float:
        """Of the whole column, with its margins and the line that counts the hidden ones."""
        column = self.shown * (self.cell + self.gap) - self.gap + 20.0 * bool(self.hidden)
        return float(-(-(column + 20.0) // 8) * 8)

    def corner(self, unit: int) -> tuple[float, float]:
        """Top left of a unit's picture, from the column's left edge and the header's lower edge."""
        return 0.0, 4.0 + unit * (self.cell + self.gap)


@dataclass(frozen=True, eq=False)
class Lines:
    """The weights (n, m) between two columns as straight lines.

    `starts` (n, 2) are right edges of the feeding units, `ends` (m, 2) left edges of the fed ones.
    """

    starts: Array
    ends: Array

    def nearest(
        self, point: tuple[float, float], reach: float = LINE_REACH
    ) -> tuple[int, int] | None:
        """The weight (input, unit) whose line passes within `reach` of a point, the nearest."""
        n, m = len(self.starts), len(self.ends)
        if not n or not m:
            return None
        a = np.repeat(self.starts, m, axis=0)
        b = np.tile(self.ends, (n, 1))
        along, to = b - a, np.asarray(point) - a
        length = (along * along).sum(axis=1)
        t = np.clip((to * along).sum(axis=1) / np.where(length > 0, length, 1.0), 0.0, 1.0)
        off = to - along * t[:, None]
        d = np.hypot(off[:, 0], off[:, 1])
        # Lines meet at units; a point there means the unit, or whichever line is really nearest.
        best = int(d.argmin())
        return divmod(best, m) if d[best] <= reach else None


def levels(weights: Array) -> Array:
    """Signed width levels -LEVELS..LEVELS of weights, relative to the largest; 0 only for zero."""
    top = np.abs(weights).max(initial=0.0)
    if not np.isfinite(top) or top == 0:
        return np.zeros(weights.shape, int)
    share = np.abs(weights) / top
    return np.asarray(np.sign(weights) * np.ceil(share * LEVELS), int)


def width_of(level: int) -> float:
    """The width in px of a line of this level."""
    return max(0.6, abs(level) / LEVELS * WIDEST)


def scale_of(values: Array, span: tuple[float, float]) -> float:
    """What maps to the full colour: the activation's bound, or else the largest value seen."""
    bound = max(abs(span[0]), abs(span[1]))
    if np.isfinite(bound):
        return float(bound)
    top = float(np.abs(values).max(initial=0.0))
    return top if np.isfinite(top) and top > 0 else 1.0


def shades(values: Array, scale: float, table: Array) -> Array:
    """Values (units, ny, nx), y ascending, as RGB32 pixels (units * ny, nx), y downwards.

    `table` (256,) uint32 runs from -scale to scale.
    """
    index = np.nan_to_num(values * (127.5 / scale) + 127.5, nan=127.5, posinf=255.0, neginf=0.0)
    bytes_ = np.clip(index, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(table[bytes_[:, ::-1]]).reshape(-1, values.shape[2])
