"""What activations that work number by number have in common: a = f(z), dz = da · f'(z)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from gradloom.layers.algebra import times
from gradloom.layers.base import Activation
from gradloom.layers.explaining import alone, element
from gradloom.layers.expression import Expression, Reference
from gradloom.layers.pullback import Pullback
from gradloom.layers.shapes import Array, DType
from gradloom.layers.site import Call, Equation, Site, Tensor

Slope = Callable[[Array, Array], Sequence[Call]]
Told = tuple[Callable[[Reference], Expression], Callable[[Reference, Reference], Expression]]


def elementwise(
    at: Site,
    by: Activation,
    z: Tensor,
    a: Tensor,
    forward: tuple[Equation, Sequence[Call]],
    backward: tuple[Equation, Slope],
    needs: Sequence[Tensor],
    told: Told,
) -> Tensor:
    """Put `forward`, which writes `a`, and the chain rule at `at`.

    `backward` is the equation of f' alone and a function (da, dz) -> calls that write dz; `needs`
    says which of z and a that equation names. `told` are f(z) and f' from (z, a), as expressions.
    """
    slope, slope_calls = backward
    pullback = Pullback(
        Equation(r"{da} \odot " + slope.latex, slope.words, slope.source),
        lambda da, dz: slope_calls(da.array, dz.array),
        lambda da, index: times(element(da, index), told[1](element(z, index), element(a, index))),
        needs,
    )
    equation, calls = forward
    at.operation(
        equation,
        calls,
        reads=[z],
        writes=[a],
        backward=lambda back: pullback.put(back, a, z),
        explain=alone(lambda index: told[0](element(z, index))),
    )
    return at.made(a, by, z)


def exp_limit(dtype: DType) -> float:
    """The largest whole number whose exponential is finite: 709 for float64, 88 for float32."""
    return float(np.floor(np.log(np.finfo(dtype).max)))
