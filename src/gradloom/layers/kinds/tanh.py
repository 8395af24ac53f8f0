"""Hyperbolic tangent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import call, minus, square
from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.elementwise import elementwise
from gradloom.layers.site import Equation, Site, Tensor


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class Tanh(Activation):
    """a = tanh(z), torch.nn.Tanh."""

    kind, label, icon = "tanh", "Tanh", "activity"
    help = "Squashes to −1 … 1. Flat far from zero, where learning fades."
    span = (-1.0, 1.0)

    def apply(self, at: Site, z: Tensor) -> Tensor:
        a = at.tensor("a", z.shape)
        return elementwise(
            at,
            self,
            z,
            a,
            (
                Equation(
                    rf"a = \tanh({z.symbol})",
                    "Squash each sum to between −1 and 1.",
                    "LeCun et al. 1998, Efficient BackProp",
                ),
                [partial(np.tanh, z.array, a.array)],
            ),
            (
                Equation(
                    "(1 - a^2)",
                    "The slope of tanh is one minus its value squared.",
                    "d tanh(z)/dz = 1 - tanh(z)^2",
                ),
                lambda da, dz: [
                    partial(np.square, a.array, dz),
                    partial(np.subtract, at.constant(1), dz, dz),
                    partial(np.multiply, dz, da, dz),
                ],
            ),
            [a],
            (lambda z: call("tanh", z), lambda _, a: minus(1, square(a))),
        )
