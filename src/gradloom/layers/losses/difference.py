"""The difference between prediction and target, which several losses are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import minus, times
from gradloom.layers.explaining import Index, Part, element, part_of
from gradloom.layers.expression import Expression
from gradloom.layers.losses.base import Slope, factor
from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Equation, Site, Tensor, Value


@dataclass(frozen=True, eq=False)
class Difference:
    """d = a - y as an array of its own, (outputs, batch); `write` is the call that makes it.

    `shown` and `y` are the difference and the target as a person sees them.
    """

    array: Array
    shown: Value
    y: Value
    write: Call
    told: Mapping[str, Part]


def difference(at: Site, prediction: Tensor, target: Array) -> Difference:
    """The difference of a loss, with memory at `at`."""
    d = at.scratch(*prediction.flat.shape)
    shown, y = at.value("d", "difference", d), at.value("y", "target", target)
    return Difference(
        d,
        shown,
        y,
        partial(np.subtract, prediction.flat, target, d),
        {shown.name: lambda index: minus(element(prediction, index), element(y, index))},
    )


def scaled_difference(
    at: Site, a: Array, target: Array, out: Array, scale: float
) -> Sequence[Call]:
    """Calls that write (a - y) * scale."""
    return [
        partial(np.subtract, a, target, out),
        partial(np.multiply, out, at.constant(scale), out),
    ]


def fused_slope(
    at: Site,
    prediction: Tensor,
    y: Value,
    target: Array,
    weight: float,
    share: tuple[str, int],
    source: str,
) -> tuple[Slope, Part]:
    """The slope with respect to what enters the activation that made `prediction`: (a - y) / n.

    `share` is 1 / n in LaTeX, and n.
    """
    latex, count = share
    slope: Slope = (
        Equation(
            factor(weight) + rf"{latex}\,({prediction.symbol} - y)",
            "Activation and loss together have a simple slope: prediction minus target.",
            source,
        ),
        [prediction, y],
        lambda out: scaled_difference(at, prediction.flat, target, out, weight / count),
    )

    def told(index: Index) -> Expression:
        return times(
            weight, part_of(1, count, minus(element(prediction, index), element(y, index)))
        )

    return slope, told
