"""Rectified linear unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.site import Back, Equation, Site, Tensor


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

        def backward(back: Back) -> None:
            da, dz = back.gradient_of(a), back.into(z)
            if dz is None:
                return
            back.operation(
                Equation(
                    rf"{dz.symbol} = {da.symbol} \odot [a > 0]",
                    "Where the unit was on, the slope passes; where it was off, it is 0.",
                    "Glorot, Bordes & Bengio 2011",
                ),
                # sign(a) is 0 or 1 here (a >= 0) and keeps NaN; far quicker than a boolean mask
                [
                    partial(np.sign, a.array, dz.array),
                    partial(np.multiply, dz.array, da.array, dz.array),
                ],
                reads=[da, a],
                writes=[dz],
            )

        at.operation(
            Equation(r"a = \max(z, 0)", "Keep positive sums, turn negative ones to 0."),
            [partial(np.maximum, z.array, at.constant(0), out=a.array)],
            reads=[z],
            writes=[a],
            backward=backward,
        )
        return at.made(a, self, z)
