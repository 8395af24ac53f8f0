"""Rectified linear unit, and its leaky form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Real
from gradloom.core.settings import param
from gradloom.layers.algebra import call, times
from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.elementwise import elementwise
from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Equation, Site, Tensor

_LARGE = 3000  # numbers
_PIECE = 1 << 16  # numbers; of larger arrays so many at a time, which then stay in the cache


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class ReLU(Activation):
    """a = max(z, 0), slope 0 at 0; torch.nn.ReLU."""

    kind, label, icon = "relu", "ReLU", "trending-up"
    help = (
        "Keeps positive numbers, turns negative ones to 0. A unit that is always 0 stops learning."
    )
    init = "he_normal"
    span = (0.0, float("inf"))

    def apply(self, at: Site, z: Tensor) -> Tensor:
        a = at.tensor("a", z.shape)
        # an array of zeros: NumPy compares with a single number up to three times slower
        zeros = at.scratch(min(z.array.size, _PIECE))

        def slope(da: Array, dz: Array) -> list[Call]:
            # sign(a) is 0 or 1 too, since a >= 0; quicker for small arrays, slower for large
            if a.array.size < _LARGE:
                return [partial(np.sign, a.array, dz), partial(np.multiply, dz, da, dz)]
            calls: list[Call] = []
            for up, down, sent in _pieces(a.array, dz, da):
                calls += [
                    partial(np.greater, up, zeros[: up.size], out=down),
                    partial(np.multiply, down, sent, down),
                ]
            return calls

        return elementwise(
            at,
            self,
            z,
            a,
            (
                Equation(
                    rf"a = \max({z.symbol}, 0)",
                    "Keep positive sums, turn negative ones to 0.",
                    "Nair & Hinton 2010",
                ),
                [
                    partial(np.maximum, part, zeros[: part.size], out=out)
                    for part, out in _pieces(z.array, a.array)
                ],
            ),
            (
                Equation(
                    "[a > 0]",
                    "Where the unit was on, the slope passes; where it was off, it is 0.",
                    "Glorot, Bordes & Bengio 2011",
                ),
                slope,
            ),
            [a],
            (lambda z: call("max", z, 0), lambda _, a: call("greater", a, 0)),
        )


def _pieces(*arrays: Array) -> Iterator[list[Array]]:
    """Like parts of contiguous arrays, flat."""
    flat = [array.reshape(-1) for array in arrays]
    for first in range(0, flat[0].size, _PIECE):
        yield [array[first : first + _PIECE] for array in flat]


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class LeakyReLU(Activation):
    """a = z where z > 0, else slope z; the smaller slope at 0; torch.nn.LeakyReLU."""

    kind, label, icon = "leaky_relu", "Leaky ReLU", "trending-up"
    help = "Like ReLU, but negative numbers keep a small slope, so no unit stops learning."
    init = "he_normal"
    slope: float = param(0.01, Real(0, 1), "Slope", "The slope for negative numbers.")

    def apply(self, at: Site, z: Tensor) -> Tensor:
        a, slope = at.tensor("a", z.shape), at.constant(self.slope)
        return elementwise(
            at,
            self,
            z,
            a,
            (
                Equation(
                    rf"a = \max({z.symbol},\, {self.slope:g}\,{z.symbol})",
                    f"Keep positive sums; multiply negative ones by {self.slope:g}.",
                    "Maas, Hannun & Ng 2013; torch.nn.LeakyReLU",
                ),
                [
                    partial(np.multiply, z.array, slope, a.array),
                    partial(np.maximum, a.array, z.array, out=a.array),
                ],
            ),
            (
                Equation(
                    rf"\max([{z.symbol} > 0],\, {self.slope:g})",
                    f"The slope is 1 for positive sums and {self.slope:g} for the others.",
                    "Maas, Hannun & Ng 2013",
                ),
                lambda da, dz: [
                    partial(np.sign, z.array, dz),
                    partial(np.maximum, dz, slope, out=dz),
                    partial(np.multiply, dz, da, dz),
                ],
            ),
            [z],
            (
                lambda z: call("max", z, times(self.slope, z)),
                lambda z, _: call("max", call("greater", z, 0), self.slope),
            ),
        )
