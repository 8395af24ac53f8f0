"""What a network's answers are worth: measures of classes, of probabilities and of numbers.

The definitions are scikit-learn's (`sklearn.metrics`, `sklearn.calibration`). What it only answers
with a warning because there is nothing to divide by is NaN here, except the precision, recall and
F1 of a class, which count as 0 as they do there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradloom.layers.shapes import Array

BINS = 10
SIGMAS = (1, 2)


@dataclass(frozen=True, eq=False)
class Average:
    """Precision, recall and F1, mean over classes."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often a row of class i, `counts[i, j]`, was told to be of class j."""

    counts: Array

    @property
    def total(self) -> int:
        """Rows."""
        return int(self.counts.sum())

    @property
    def right(self) -> Array:
        """Rows of each class that were told right."""
        return self.counts.diagonal()

    @property
    def support(self) -> Array:
        """Rows of each class."""
        return np.asarray(self.counts.sum(axis=1))

    @property
    def told(self) -> Array:
        """Rows told to be of each class."""
        return np.asarray(self.counts.sum(axis=0))

    @property
    def accuracy(self) -> float:
        """The share of rows told right."""
        return int(self.right.sum()) / self.total if self.total else math.nan

    @property
    def precision(self) -> Array:
        """Of the rows told to be of a class, the share that is."""
        return _share(self.right, self.told)

    @property
    def recall(self) -> Array:
        """Of the rows of a class, the share that was told to be."""
        return _share(self.right, self.support)

    @property
    def f1(self) -> Array:
        """The harmonic mean of precision and recall, per class."""
        return _share(2 * self.right, self.support + self.told)

    @property
    def shares(self) -> Array:
        """The counts, each divided by the rows of its true class; NaN where there are none."""
        support = self.support[:, None]
        return np.where(support > 0, self.counts / np.maximum(support, 1), math.nan)

    @property
    def present(self) -> Array:
        """The classes that some row is of, or was told to be: `macro` is the mean over them."""
        return np.flatnonzero(self.support + self.told)

    @property
    def macro(self) -> Average:
        """The plain mean over the classes that occur."""
        return self._average(np.ones(len(self.counts)))

    @property
    def weighted(self) -> Average:
        """The mean over the classes, each counting as often as it has rows."""
        return self._average(self.support)

    def _average(self, weights: Array) -> Average:
        at = self.present
        if not at.size:
            return Average(math.nan, math.nan, math.nan)
        means = (
            float(np.average(values[at], weights=weights[at]))
            for values in (self.precision, self.recall, self.f1)
        )
        return Average(*means)


def confusion(truth: Array, told: Array, classes: int) -> Confusion:
    """The confusion matrix of class numbers (rows,)."""
    pairs = np.bincount(truth * classes + told, minlength=classes * classes)
    return Confusion(pairs.reshape(classes, classes))


@dataclass(frozen=True, eq=False)
class Roc:
    """False and true positive rate at each threshold: a row is positive if its score reaches it.

    Starts at (0, 0) with an infinite threshold; points on straight lines are left out.
    """

    false_rate: Array
    true_rate: Array
    thresholds: Array

    @property
    def area(self) -> float:
        """The area under the curve; NaN unless there are rows of both sorts."""
        return _area(self.false_rate, self.true_rate)


@dataclass(frozen=True, eq=False)
class PrecisionRecall:
    """Precision and recall at each threshold, recall falling; ends at recall 0, precision 1."""

    precision: Array
    recall: Array
    thresholds: Array

    @property
    def average(self) -> float:
        """Average precision: the sum of each step in recall times the precision reached there."""
        return float(-np.sum(np.diff(self.recall) * self.precision[:-1]))

    @property
    def area(self) -> float:
        """The area under the straight lines between the points (kinder than `average`)."""
        return -_area(self.recall, self.precision)


def roc(positive: Array, score: Array) -> Roc:
    """The ROC curve of scores (rows,) for rows that are positive or not (rows,)."""
    false, true, thresholds = _counted(positive, score)
    if len(false) > 2:
        bends = (np.diff(false, 2) != 0) | (np.diff(true, 2) != 0)
        kept = np.concatenate([[True], bends, [True]])
        false, true, thresholds = false[kept], true[kept], thresholds[kept]
    rates = [np.concatenate([[0.0], _rate(counts)]) for counts in (false, true)]
    return Roc(rates[0], rates[1], np.concatenate([[math.inf], thresholds]))


def precision_recall(positive: Array, score: Array) -> PrecisionRecall:
    """The precision-recall curve of scores (rows,) for rows that are positive or not (rows,)."""
    false, true, thresholds = _counted(positive, score)
    precision = true / np.maximum(true + false, 1)
    return PrecisionRecall(
        np.concatenate([precision[::-1], [1.0]]),
        np.concatenate([_rate(true)[::-1], [0.0]]),
        thresholds[::-1],
    )


@dataclass(frozen=True, eq=False)
class Calibration:
    """Rows by what they were told, in bins of equal width from 0 to 1, of the right edge each.

    `mean` is the mean probability told in a bin and `share` how many of its rows were so; NaN
    where `count` is 0.
    """

    count: Array
    mean: Array
    share: Array

    @property
    def error(self) -> float:
        """Expected calibration error: the mean gap between told and true, weighted by rows."""
        total = self.count.sum()
        gaps = np.nan_to_num(np.abs(self.mean - self.share)) * self.count
        return float(gaps.sum() / total) if total else math.nan


def calibration(happened: Array, probability: Array, bins: int = BINS) -> Calibration:
    """How well probabilities (rows,) agree with what happened (rows,)."""
    edges = np.linspace(0.0, 1.0, bins + 1)
    bin_of = np.searchsorted(edges[1:-1], probability)
    count = np.bincount(bin_of, minlength=bins)
    sums = (
        np.bincount(bin_of, weights=values, minlength=bins) for values in (probability, happened)
    )
    mean, share = (np.where(count > 0, s / np.maximum(count, 1), math.nan) for s in sums)
    return Calibration(count, mean, share)


def brier(truth: Array, shares: Array) -> float:
    """The mean squared error of probabilities (classes, rows) for class numbers (rows,).

    For two classes of the second one alone (0 to 1), else the sum over all classes (0 to 2).
    """
    if not truth.size:
        return math.nan
    if len(shares) <= 2:
        return float(np.mean(np.square(shares[-1] - truth)))
    errors = shares.astype(np.float64)
    errors[truth, np.arange(len(truth))] -= 1.0
    return float(np.mean(np.square(errors).sum(axis=0)))


@dataclass(frozen=True, eq=False)
class Fit:
    """Numbers told (rows,) against the true ones (rows,).

    `sigma` (rows,), or None, is the standard deviation that the network tells with each.
    """

    told: Array
    truth: Array
    sigma: Array | None = None

    @property
    def residuals(self) -> Array:
        """True minus told."""
        return np.asarray(self.truth - self.told)

    @property
    def total_squares(self) -> float:
        """The sum of squared distances of the true numbers from their mean."""
        return float(np.square(self.truth - self.truth.mean()).sum()) if self.truth.size else 0.0

    @property
    def residual_squares(self) -> float:
        """The sum of squared residuals."""
        return float(np.square(self.residuals).sum())

    @property
    def r2(self) -> float:
        """1 - residual / total sum of squares; NaN where the true numbers do not vary."""
        total = self.total_squares
        return 1.0 - self.residual_squares / total if total else math.nan

    @property
    def mae(self) -> float:
        """The mean absolute error."""
        return float(np.mean(np.abs(self.residuals))) if self.truth.size else math.nan

    @property
    def rmse(self) -> float:
        """The root of the mean squared error."""
        return math.sqrt(self.residual_squares / self.truth.size) if self.truth.size else math.nan

    def within(self, sigmas: float) -> int:
        """How many true numbers lie no farther than so many told deviations from the told ones."""
        if self.sigma is None:
            return 0
        return int(np.count_nonzero(np.abs(self.residuals) <= sigmas * self.sigma))


def _share(part: Array, whole: Array) -> Array:
    return np.asarray(np.where(whole > 0, part / np.maximum(whole, 1), 0.0))


def _rate(counts: Array) -> Array:
    """Counts that rise to their last, as shares of it."""
    last = counts[-1] if counts.size else 0
    return counts / last if last else np.full(counts.shape, math.nan)


def _area(x: Array, y: Array) -> float:
    """By trapezoids; NaN without a second point."""
    if len(x) < 2:
        return math.nan
    return float(np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2)


def _counted(positive: Array, score: Array) -> tuple[Array, Array, Array]:
    """False and true positives from each distinct score on, highest first, and these scores."""
    order = np.argsort(-score, kind="stable")
    score = score[order].astype(np.float64)
    true = np.cumsum(positive[order], dtype=np.int64)
    ends = np.concatenate([np.flatnonzero(np.diff(score)), [len(score) - 1]])
    if not len(score):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    true = true[ends]
    return 1 + ends - true, true, score[ends]
