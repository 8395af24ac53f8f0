"""What is measured beside the loss: accuracy for classes, R² for real targets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array

ACCURACY = "Accuracy"
R2 = "R²"


def metric_of(coding: Coding) -> str:
    """The name of the metric for a target coded like this."""
    return R2 if coding.style == "real" else ACCURACY


def main_metric(codings: Mapping[str, Coding]) -> tuple[str, tuple[str, ...]]:
    """The metric of a network, that of its first Output, and all Outputs that have it."""
    if not codings:
        return ACCURACY, ()
    name = metric_of(next(iter(codings.values())))
    return name, tuple(id_ for id_, coding in codings.items() if metric_of(coding) == name)


def accuracy(coding: Coding, output: Array, truth: Array) -> float:
    """The share of rows whose class (rows,) is told by `output` (outputs, rows)."""
    if not truth.size:
        return math.nan
    return int(np.count_nonzero(coding.classify(output) == truth)) / truth.size


def r_squared(prediction: Array, truth: Array) -> float:
    """1 - residual / total sum of squares, mean over the target columns; both (columns, rows).

    NaN where a column does not vary. sklearn.metrics.r2_score with uniform_average.
    """
    residual = np.square(prediction - truth, dtype=np.float64).sum(axis=1)
    return r_squared_from(residual, total_squares(truth))


def total_squares(truth: Array) -> Array:
    """Sum of squared distances from the mean, per column of (columns, rows)."""
    exact = truth.astype(np.float64)
    if not exact.size:
        return np.zeros(len(exact))
    squares: Array = np.square(exact - exact.mean(axis=1, keepdims=True)).sum(axis=1)
    return squares


def r_squared_from(residual: Array, total: Array) -> float:
    """R² from both sums of squares, (columns,)."""
    if not total.size or not total.all():
        return math.nan
    return float((1.0 - residual / total).mean())


class Score:
    """The main metric over several batches: `add` each, then `value`."""

    def __init__(self, codings: Sequence[Coding], truths: Sequence[Array]) -> None:
        """`truths`: coded real targets (width, rows), or class numbers (rows,), per Output."""
        self._codings = tuple(codings)
        self._truths = tuple(truths)
        self._totals = [
            total_squares(truth) if coding.style == "real" else np.zeros(0)
            for coding, truth in zip(codings, truths, strict=True)
        ]
        self._sums: list[Array | int] = []
        self.clear()

    def clear(self) -> None:
        """Start anew."""
        self._sums = [0 for _ in self._codings]

    def add(self, number: int, output: Array, first: int) -> None:
        """Take the result (outputs, rows) of Output `number` for the rows from `first` on."""
        coding = self._codings[number]
        truth = self._truths[number][..., first : first + output.shape[1]]
        if coding.style == "real":
            difference = np.subtract(output[: coding.width], truth, dtype=np.float64)
            self._sums[number] += np.einsum("ij,ij->i", difference, difference)
        else:
            self._sums[number] += int(np.count_nonzero(coding.classify(output) == truth))

    def value(self) -> float:
        """The metric, mean over the Outputs; NaN if there is nothing to measure."""
        values = [
            r_squared_from(np.asarray(found), total)
            if coding.style == "real"
            else (int(found) / truth.size if truth.size else math.nan)
            for coding, truth, found, total in zip(
                self._codings, self._truths, self._sums, self._totals, strict=True
            )
        ]
        return sum(values) / len(values) if values else math.nan
