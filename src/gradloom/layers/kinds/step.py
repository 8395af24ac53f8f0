"""The perceptron's step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import call
from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.explaining import alone, element
from gradloom.layers.expression import Number
from gradloom.layers.site import Back, Equation, Site, Tensor


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class Step(Activation):
    """a = 1 where z > 0, else 0; step(0) = 0 as in Rosenblatt's perceptron; its slope is 0."""

    kind, label, icon = "step", "Step", "step-forward"
    help = (
        "1 for positive numbers, else 0; step(0) = 0. Its slope is 0 everywhere, so nothing before"
        " it learns by gradient."
    )
    span = (0.0, 1.0)

    def apply(self, at: Site, z: Tensor) -> Tensor:
        a = at.tensor("a", z.shape)

        def backward(back: Back) -> None:
            dz = back.into(z)
            if dz is None:
                return
            back.operation(
                Equation(
                    rf"{dz.symbol} = 0",
                    "A step is flat on both sides: no slope passes, nothing before it learns.",
                ),
                [partial(dz.array.fill, 0)],
                reads=[],
                writes=[dz],
                explain=alone(lambda _: Number(0.0)),
            )

        at.operation(
            Equation(
                rf"a = [{z.symbol} > 0]",
                "1 where the sum is positive, else 0.",
                "Rosenblatt 1958, The perceptron; step(0) = 0",
            ),
            [partial(np.greater, z.array, at.constant(0), out=a.array)],
            reads=[z],
            writes=[a],
            backward=backward,
            explain=alone(lambda index: call("greater", element(z, index), 0)),
        )
        return at.made(a, self, z)
