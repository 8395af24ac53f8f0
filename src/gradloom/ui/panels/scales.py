"""Numbers in pictures: cells of a heat map, honest shrinking, bins, and short texts. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from gradloom.layers.shapes import Array

CELL = 24.0  # px, the height of a cell with a number in it
TALLEST = 264.0  # px, of a whole heat map
_LONG = 99_999.5  # from here on whole numbers have more than five digits


@dataclass(frozen=True, slots=True)
class Cells:
    """Where the cells of a matrix (rows, columns) lie in a rectangle from (0, 0).

    `block` (k, l): how many rows and columns one drawn cell stands for; its colour is their mean.
    """

    rows: int
    columns: int
    width: float
    height: float
    block: tuple[int, int]

    @classmethod
    def fit(cls, rows: int, columns: int, width: float) -> Cells:
        """As large as `width` and TALLEST allow, no drawn cell smaller than a pixel."""
        width = max(width, 1.0)
        across = ceil(columns / max(floor(width), 1))
        drawn = ceil(columns / across)
        side = min(CELL, max(width / drawn, 1.0)) if drawn > 24 else CELL
        height = min(rows * side, TALLEST)
        down = ceil(rows / max(floor(height), 1))
        return cls(rows, columns, width, max(height, 8.0), (down, across))

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a single cell, px (below 1 where cells are drawn in blocks)."""
        return self.width / self.columns, self.height / self.rows

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """The (row, column) under a point, if there is one."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        wide, high = self.cell
        return min(int(y / high), self.rows - 1), min(int(x / wide), self.columns - 1)

    def rect(self, row: int, column: int) -> tuple[float, float, float, float]:
        """(x, y, width, height) of a cell."""
        wide, high = self.cell
        return column * wide, row * high, wide, high


def pooled(array: Array, block: tuple[int, int]) -> Array:
    """The means of blocks of a matrix; the last row and column of blocks may be smaller."""
    down, across = block
    if block == (1, 1):
        return array
    rows = np.add.reduceat(array, np.arange(0, array.shape[0], down), axis=0)
    sums = np.add.reduceat(rows, np.arange(0, array.shape[1], across), axis=1)
    high = np.diff(np.append(np.arange(0, array.shape[0], down), array.shape[0]))
    wide = np.diff(np.append(np.arange(0, array.shape[1], across), array.shape[1]))
    return np.asarray(sums / (high[:, None] * wide))


def matrix(array: Array) -> Array:
    """An array as a matrix: a vector is one row, further axes go into the columns."""
    if array.ndim < 2:
        return array.reshape(1, -1)
    return array.reshape(array.shape[0], -1)


def index_of(shape: tuple[int, ...], row: int, column: int) -> tuple[int, ...]:
    """The index into an array of a cell of `matrix(array)`."""
    flat = row * (int(np.prod(shape[1:])) if len(shape) > 1 else 0) + column
    return tuple(int(i) for i in np.unravel_index(flat, shape)) if shape else ()


def limit_of(array: Array) -> float:
    """The largest finite magnitude, where the colours end; 1 if all is 0."""
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size and finite.max() > 0 else 1.0


def short(value: float, digits: int = 3) -> str:
    """A number in a few significant digits, with a true minus sign."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else ("∞" if value > 0 else "−∞")
    text = f"{value:.{digits}g}"
    if "e" in text and 1 <= abs(value) < _LONG:
        text = f"{value:.0f}"  # no longer than with an exponent, and read at once
    if "e" in text:
        mantissa, _, power = text.partition("e")
        text = f"{mantissa}e{int(power)}"
    return text.replace("-", "−")


def steady(value: float) -> str:
    """A number in three significant digits that keeps its zeros, so that columns stand still."""
    if not np.isfinite(value) or not 1e-3 <= abs(value) < 1e3:
        return short(value, 2)
    return f"{value:#.3g}".rstrip(".").replace("-", "−")


def tiny(value: float) -> str:
    """A number in at most four signs, where it can be, such as −.41."""
    if abs(value) >= 9.95 or not np.isfinite(value):
        return short(value, 2)
    text = f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}".replace("0.", ".", 1)
    return "0" if text in (".00", "-.00") else text.replace("-", "−")


def statistics(array: Array) -> str:
    """Lowest, highest, mean, deviation, norm and the share near zero, in one line."""
    if not array.size:
        return "no numbers"
    values = np.asarray(array, dtype=np.float64).ravel()
    if not np.isfinite(values).all():
        bad = int((~np.isfinite(values)).sum())
        return f"{bad} of {values.size:,} are not finite"
    near = float((np.abs(values) < 1e-3).mean())
    parts = {
        "min": short(values.min()),
        "max": short(values.max()),
        "mean": short(float(values.mean()) if abs(values.mean()) > 1e-12 else 0.0),
        "deviation": short(values.std()),
        "norm": short(float(np.linalg.norm(values))),
    }
    said = " · ".join(f"{name} {text}" for name, text in parts.items())
    return f"{said} · {100 * near:.0f} % near zero"


def bins(first: Array, second: Array, count: int = 33) -> tuple[Array, Array, Array]:
    """Edges (count + 1,) around 0 that span both, and each one's share per bin (count,)."""
    both = np.concatenate([np.ravel(first), np.ravel(second)])
    both = both[np.isfinite(both)]
    limit = float(np.abs(both).max()) if both.size else 1.0
    edges = np.linspace(-1, 1, count + 1) * (limit * 1.02 or 1.0)

    def share(values: Array) -> Array:
        finite = values[np.isfinite(values)]
        return np.histogram(finite, edges)[0] / max(finite.size, 1)

    return edges, share(np.ravel(first)), share(np.ravel(second))
