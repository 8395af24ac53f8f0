"""Softsign."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import add, call, over, square
from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.elementwise import elementwise
from gradloom.layers.site import Equation, Site, Tensor


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class Softsign(Activation):
    """a = z / (1 + |z|), torch.nn.Softsign."""

    kind, label, icon = "softsign", "Softsign", "activity"
    help = "Squashes to −1 … 1 more gently than tanh: it is still learning far from zero."
    span = (-1.0, 1.0)

    def apply(self, at: Site, z: Tensor) -> Tensor:
        a, below = at.tensor("a", z.shape), at.scratch(*z.array.shape)
        return elementwise(
            at,
            self,
            z,
            a,
            (
                Equation(
                    rf"a = \frac{{{z.symbol}}}{{1 + |{z.symbol}|}}",
                    "Squash each sum to between −1 and 1, gently.",
                    "Turian, Bergstra & Bengio 2009",
                ),
                [
                    partial(np.absolute, z.array, below),
                    partial(np.add, below, at.constant(1), below),
                    partial(np.divide, z.array, below, a.array),
                ],
            ),
            (
                Equation(
                    rf"\frac{{1}}{{(1 + |{z.symbol}|)^2}}",
                    "The slope falls with the square of the distance from zero.",
                    "Glorot & Bengio 2010",
                ),
                lambda da, dz: [
                    partial(np.reciprocal, below, dz),
                    partial(np.multiply, dz, dz, dz),
                    partial(np.multiply, dz, da, dz),
                ],
            ),
            [z],
            (
                lambda z: over(z, add(1, call("abs", z))),
                lambda z, _: over(1, square(add(1, call("abs", z)))),
            ),
        )
