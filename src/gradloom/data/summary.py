"""What is in a column of a dataset, in a few numbers and as a histogram."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.layers.shapes import Array

BINS = 24


@dataclass(frozen=True, eq=False)
class Summary:
    """Of the values that are there. `counts` are of equal bins from `low` to `high`.

    For categories `counts` are by category, and `mean` and `deviation` mean nothing.
    """

    count: int
    low: float
    high: float
    mean: float
    deviation: float
    distinct: int
    counts: Array


def summary(values: Array, categories: int = 0) -> Summary:
    """The summary of numbers (rows,), or of the numbers of so many categories."""
    values = np.asarray(values, np.float64)
    there = values[np.isfinite(values)]
    if not len(there):
        return Summary(0, np.nan, np.nan, np.nan, np.nan, 0, np.zeros(categories or BINS, int))
    low, high = float(there.min()), float(there.max())
    if categories:
        counts = np.bincount(there.astype(np.intp), minlength=categories)
    else:
        with np.errstate(over="ignore"):
            wide = high - low
        room = (low, high) if 0 < wide < np.inf else (low - 0.5, low + 0.5)
        counts = _histogram(there, *room) if np.isfinite(wide) else np.zeros(BINS, int)
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = float(there.mean()), float(there.std())
    ordered = np.sort(there)
    distinct = 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1]))
    return Summary(len(there), low, high, mean, deviation, distinct, counts)


def _histogram(values: Array, low: float, high: float) -> Array:
    places = (values - low) * (BINS / (high - low))
    return np.bincount(np.minimum(places, BINS - 1).astype(np.intp), minlength=BINS)
