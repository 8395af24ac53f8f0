"""Softmax and log-softmax over the features.

Both work with half the distance to the largest number, which is finite for all finite numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import call, minus, times
from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.compound import LogSum, Share
from gradloom.layers.explaining import alone, element, over_classes
from gradloom.layers.pullback import Pullback
from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Equation, Site, Tensor

_FEW = 16  # up to so many classes, a sum repeated for each class by one GEMM is quicker
_FEWER = 4  # up to so many classes, the largest repeated for each class is quicker


def _rows(array: Array) -> Array:
    """(classes, everything else), the same memory."""
    return array.reshape(array.shape[0], -1)


def _summing(at: Site, classes: int, columns: int) -> tuple[Array, Array]:
    """A matrix of ones whose `dot` sums over the classes, and where that sum goes."""
    if classes <= _FEW:
        return np.ones((classes, classes), at.dtype), at.scratch(classes, columns)
    return np.ones(classes, at.dtype), at.scratch(columns)


def _half_distance(at: Site, z: Array, half: Array) -> Sequence[Call]:
    """Calls that write (z − max z) / 2."""
    classes, columns = z.shape
    if 1 < classes <= _FEWER:
        return _half_distance_of_few(at, z, half)
    top = at.scratch(columns)
    return [
        partial(np.multiply, z, at.constant(0.5), half),
        partial(np.maximum.reduce, half, 0, None, top),
        partial(np.subtract, half, top, half),
    ]


def _half_distance_of_few(at: Site, z: Array, half: Array) -> Sequence[Call]:
    """The same without reduction and broadcasting, which are slow for small arrays.

    The halves are written twice, one below the other; then the larger of each row and the next,
    of these two rows down, and so on, is the largest of all classes in every row.
    """
    classes, columns = z.shape
    rows = 2 * classes - 1
    halves = np.zeros((rows, classes), at.dtype)
    halves[np.arange(rows), np.arange(rows) % classes] = 0.5
    twice, top = at.scratch(rows, columns), at.scratch(rows, columns)
    calls: list[Call] = [partial(halves.dot, z, twice)]
    below, seen = twice, 1
    while seen < classes:
        down = min(seen, classes - seen)
        rows -= down
        # fmax: only NaN would tell it from maximum, and stays NaN in the difference
        calls.append(partial(np.fmax, below[:rows], below[down : down + rows], top[:rows]))
        below, seen = top, seen + down
    return [*calls, partial(np.subtract, twice[:classes], top[:classes], half)]


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class Softmax(Activation):
    """a_k = exp(z_k) / sum_j exp(z_j) over the first axis, torch.nn.Softmax(dim=1)."""

    kind, label, icon = "softmax", "Softmax", "pie-chart"
    help = "Turns numbers into shares that add up to 1: the probability of each class."
    span = (0.0, 1.0)
    elementwise = False

    def apply(self, at: Site, z: Tensor) -> Tensor:
        a = at.tensor("a", z.shape)
        entering, leaving = _rows(z.array), _rows(a.array)
        classes, columns = entering.shape
        # one row more than classes: there a loss keeps the logarithm of the sum
        noted = at.scratch(classes + 1, columns)
        half = noted[:-1]
        ones, total = _summing(at, classes, columns)

        def slope(da: Tensor, dz: Tensor) -> list[Call]:
            arriving, out = _rows(da.array), _rows(dz.array)
            return [
                partial(np.multiply, arriving, leaving, out),
                partial(ones.dot, out, total),
                partial(np.subtract, arriving, total, out),
                partial(np.multiply, out, leaving, out),
            ]

        pullback = Pullback(
            Equation(
                r"a \odot ({da} - \sum_j {da}_j a_j)",
                "Raising one share lowers the others.",
                "Bishop, PRML, eq. 4.106",
            ),
            slope,
            lambda da, index: times(
                element(a, index),
                minus(
                    element(da, index),
                    over_classes(z, index, lambda j: times(element(da, j), element(a, j))),
                ),
            ),
            [a],
        )
        at.operation(
            Equation(
                rf"a_k = \frac{{e^{{{z.symbol}_k}}}}{{\sum_j e^{{{z.symbol}_j}}}}",
                "Exponentials, divided by their sum, so that they add up to 1.",
                "Goodfellow et al., Deep Learning, eq. 6.29; shifted by the largest",
            ),
            [
                *_half_distance(at, entering, half),
                partial(np.exp, half, leaving),
                partial(np.multiply, leaving, leaving, leaving),
                partial(ones.dot, leaving, total),
                partial(np.divide, leaving, total, leaving),
            ],
            reads=[z],
            writes=[a],
            backward=lambda back: pullback.put(back, a, z),
            explain=alone(
                lambda index: Share(
                    call("exp", element(z, index)),
                    over_classes(z, index, lambda j: call("exp", element(z, j))),
                )
            ),
        )
        return at.made(a, self, z, noted=noted, total=total)


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class LogSoftmax(Activation):
    """a_k = z_k - log sum_j exp(z_j) over the first axis, torch.nn.LogSoftmax(dim=1)."""

    kind, label, icon = "log_softmax", "Log-softmax", "pie-chart"
    help = "The logarithm of softmax: exact even where a probability is tiny."
    span = (float("-inf"), 0.0)
    elementwise = False

    def apply(self, at: Site, z: Tensor) -> Tensor:
        a = at.tensor("a", z.shape)
        entering, leaving = _rows(z.array), _rows(a.array)
        work = at.scratch(*entering.shape)
        ones, total = _summing(at, *entering.shape)
        lowest = at.constant(-float(np.finfo(at.dtype).max) / 2)

        def slope(da: Tensor, dz: Tensor) -> list[Call]:
            arriving, out = _rows(da.array), _rows(dz.array)
            return [
                partial(np.exp, leaving, out),
                partial(ones.dot, arriving, total),
                partial(np.multiply, out, total, out),
                partial(np.subtract, arriving, out, out),
            ]

        pullback = Pullback(
            Equation(
                r"{da} - e^a \sum_j {da}_j",
                "Raising one log-probability lowers the others by their share.",
                "torch.nn.LogSoftmax",
            ),
            slope,
            lambda da, index: minus(
                element(da, index),
                times(
                    call("exp", element(a, index)),
                    over_classes(z, index, lambda j: element(da, j)),
                ),
            ),
            [a],
        )
        at.operation(
            Equation(
                rf"a_k = {z.symbol}_k - \log \sum_j e^{{{z.symbol}_j}}",
                "Each number minus the logarithm of the summed exponentials.",
                "Goodfellow et al., Deep Learning, eq. 6.30; shifted by the largest",
            ),
            [
                *_half_distance(at, entering, leaving),
                partial(np.maximum, leaving, lowest, out=leaving),
                partial(np.add, leaving, leaving, leaving),
                partial(np.exp, leaving, work),
                partial(ones.dot, work, total),
                partial(np.log, total, total),
                partial(np.subtract, leaving, total, leaving),
            ],
            reads=[z],
            writes=[a],
            backward=lambda back: pullback.put(back, a, z),
            explain=alone(
                lambda index: minus(
                    element(z, index),
                    LogSum(over_classes(z, index, lambda j: call("exp", element(z, j)))),
                )
            ),
        )
        return at.made(a, self, z)
