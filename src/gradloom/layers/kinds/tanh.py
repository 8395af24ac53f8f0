"""Hyperbolic tangent."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.site import Back, Equation, Site, Tensor


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

        def backward(back: Back) -> None:
            da, dz = back.gradient_of(a), back.into(z)
            if dz is None:
                return
            back.operation(
                Equation(
                    rf"{dz.symbol} = {da.symbol} \odot (1 - a^2)",
                    "The slope of tanh is one minus its value squared.",
                    "d tanh(z)/dz = 1 - tanh(z)^2",
                ),
                [
                    partial(np.multiply, a.array, a.array, dz.array),
                    partial(np.multiply, dz.array, da.array, dz.array),
                    partial(np.subtract, da.array, dz.array, dz.array),
                ],
                reads=[da, a],
                writes=[dz],
            )

        at.operation(
            Equation(r"a = \tanh(z)", "Squash each sum to between −1 and 1."),
            [partial(np.tanh, z.array, a.array)],
            reads=[z],
            writes=[a],
            backward=backward,
        )
        return at.made(a, self, z)
