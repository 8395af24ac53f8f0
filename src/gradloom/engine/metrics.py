"""What is measured beside the loss: accuracy for classes, R² for real targets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array

ACCURACY = "Accuracy"
R2 = "R²"
_FEW = 3  # classes


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
    return r_squared_from(residual.tolist(), total_squares(truth).tolist())


def total_squares(truth: Array) -> Array:
    """Sum of squared distances from the mean, per column of (columns, rows)."""
    exact = truth.astype(np.float64)
    if not exact.size:
        return np.zeros(len(exact))
    squares: Array = np.square(exact - exact.mean(axis=1, keepdims=True)).sum(axis=1)
    return squares


def r_squared_from(residual: Sequence[float], total: Sequence[float]) -> float:
    """R² from both sums of squares, (columns,)."""
    shares = [1.0 - r / t if t else math.nan for r, t in zip(residual, total, strict=True)]
    return sum(shares) / len(shares) if shares else math.nan


def _first_largest(output: Array) -> Array:
    """As output.argmax(axis=0), which is slow for a few long rows; the same unless there is NaN."""
    told = np.zeros(output.shape[1], np.int64)
    top = output[0]
    for number, row in enumerate(output[1:], 1):
        np.copyto(told, number, where=row > top)
        top = np.maximum(row, top)
    return told


class Score:
    """The main metric over several batches: `add` each, then `value`."""

    def __init__(self, codings: Sequence[Coding], truths: Sequence[Array]) -> None:
        """`truths`: coded real targets (width, rows), or class numbers (rows,), per Output."""
        self._codings = tuple(codings)
        self._truths = tuple(truths)
        self._totals: list[list[float]] = [
            total_squares(truth).tolist() if coding.style == "real" else []
            for coding, truth in zip(codings, truths, strict=True)
        ]
        self._sums: list[list[float]] = []
        self.clear()

    def clear(self) -> None:
        """Start anew."""
        self._sums = [[0.0] * max(len(totals), 1) for totals in self._totals]

    def add(self, number: int, output: Array, first: int) -> None:
        """Take the result (outputs, rows) of Output `number` for the rows from `first` on."""
        coding = self._codings[number]
        truth = self._truths[number][..., first : first + output.shape[1]]
        if coding.style == "real":
            sums = self._sums[number]
            for i, row in enumerate(np.subtract(output[: coding.width], truth)):
                sums[i] += row.dot(row).item()
        else:
            few = coding.style == "one_hot" and len(output) <= _FEW
            told = _first_largest(output) if few else coding.classify(output)
            self._sums[number][0] += int(np.count_nonzero(told == truth))

    def value(self) -> float:
        """The metric, mean over the Outputs; NaN if there is nothing to measure."""
        values = [
            r_squared_from(found, total)
            if coding.style == "real"
            else (found[0] / truth.size if truth.size else math.nan)
            for coding, truth, found, total in zip(
                self._codings, self._truths, self._sums, self._totals, strict=True
            )
        ]
        return sum(values) / len(values) if values else math.nan
