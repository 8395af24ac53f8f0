"""Rows of a dataset as points of a plot."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gradloom.data.spec import SHARES
from gradloom.layers.shapes import Array

PART_NAMES = SHARES


@dataclass(frozen=True, eq=False)
class Points:
    """Where n rows lie (x and y, or x and a height alone), what they are and how far away.

    `rows` are their numbers in the dataset; `away` (n,) in 0..1 is how far they lie off the plane
    that is shown, 0 on it.
    """

    x: Array
    y: Array | None
    height: Array  # on the plot: y, or over one feature the target (1 where there are many classes)
    target: Array
    part: Array  # index into PART_NAMES
    names: tuple[str, ...]
    rows: Array
    away: Array = field(default_factory=lambda: np.zeros(0))

    def nearest(self, x: float, y: float, reach: tuple[float, float], shown: Array) -> int | None:
        """The point nearest to a place among those `shown`, measured in `reach` per axis."""
        if not shown.any():
            return None
        away = ((self.x - x) / reach[0]) ** 2 + ((self.height - y) / reach[1]) ** 2
        away = np.where(shown, away, np.inf)
        return int(away.argmin())

    def among(self, rows: frozenset[int]) -> Array:
        """Which points are of these rows, (n,) of bool."""
        found: Array = np.isin(self.rows, np.fromiter(rows, np.intp, len(rows)))
        return found
