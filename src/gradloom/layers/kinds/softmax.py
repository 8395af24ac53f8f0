"""Softmax over the features."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.site import Back, Equation, Site, Tensor


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
        others = z.array.shape[1:]
        shifted, top, total = at.scratch(*z.array.shape), at.scratch(*others), at.scratch(*others)
        dot = at.scratch(*others)

        def backward(back: Back) -> None:
            da, dz = back.gradient_of(a), back.into(z)
            if dz is None:
                return
            back.operation(
                Equation(
                    rf"{dz.symbol} = a \odot ({da.symbol} - \sum_j {da.symbol}_j a_j)",
                    "Raising one share lowers the others.",
                    "Bishop, PRML, eq. 4.106",
                ),
                [
                    partial(np.multiply, da.array, a.array, dz.array),
                    partial(np.add.reduce, dz.array, axis=0, out=dot),
                    partial(np.subtract, da.array, dot, dz.array),
                    partial(np.multiply, dz.array, a.array, dz.array),
                ],
                reads=[da, a],
                writes=[dz],
            )

        at.operation(
            Equation(
                r"a_k = \frac{e^{z_k}}{\sum_j e^{z_j}}",
                "Exponentials, divided by their sum, so that they add up to 1.",
                "Goodfellow et al., Deep Learning, eq. 6.29; shifted by the largest z",
            ),
            [
                partial(np.maximum.reduce, z.array, axis=0, out=top),
                partial(np.subtract, z.array, top, shifted),
                partial(np.exp, shifted, a.array),
                partial(np.add.reduce, a.array, axis=0, out=total),
                partial(np.divide, a.array, total, a.array),
            ],
            reads=[z],
            writes=[a],
            backward=backward,
        )
        return at.made(a, self, z, shifted=shifted, total=total)
