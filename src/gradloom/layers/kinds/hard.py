"""Hard sigmoid and hard tanh: straight lines with two corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import add, call, over, times
from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.elementwise import elementwise
from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Equation, Site, Tensor


def _inside(at: Site, z: Array, edge: float, slope: float, dz: Array) -> Sequence[Call]:
    """Calls that write `slope` where |z| < edge, else 0."""
    return [
        partial(np.absolute, z, dz),
        partial(np.less, dz, at.constant(edge), out=dz),
        *([partial(np.multiply, dz, at.constant(slope), dz)] if slope != 1 else []),
    ]


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class HardSigmoid(Activation):
    """a = min(max(z + 3, 0), 6) / 6, slope 0 at the corners; torch.nn.Hardsigmoid."""

    kind, label, icon = "hard_sigmoid", "Hard sigmoid", "activity"
    help = "A straight line from 0 at −3 to 1 at 3, flat outside: a sigmoid without exponentials."
    span = (0.0, 1.0)

    def apply(self, at: Site, z: Tensor) -> Tensor:
        a = at.tensor("a", z.shape)
        return elementwise(
            at,
            self,
            z,
            a,
            (
                Equation(
                    rf"a = \frac{{\min(\max({z.symbol} + 3,\, 0),\, 6)}}{{6}}",
                    "A straight line from 0 at −3 to 1 at 3, flat outside.",
                    "Howard et al. 2019, MobileNetV3; torch.nn.Hardsigmoid",
                ),
                [
                    partial(np.add, z.array, at.constant(3), a.array),
                    partial(np.maximum, a.array, at.constant(0), out=a.array),
                    partial(np.minimum, a.array, at.constant(6), out=a.array),
                    partial(np.divide, a.array, at.constant(6), a.array),
                ],
            ),
            (
                Equation(
                    rf"\frac{{1}}{{6}}\,[\,|{z.symbol}| < 3\,]",
                    "A sixth on the line, 0 on the flat parts.",
                    "torch.nn.Hardsigmoid",
                ),
                lambda da, dz: [
                    *_inside(at, z.array, 3, 1 / 6, dz),
                    partial(np.multiply, dz, da, dz),
                ],
            ),
            [z],
            (
                lambda z: over(call("min", call("max", add(z, 3), 0), 6), 6),
                lambda z, _: times(over(1, 6), call("less", call("abs", z), 3)),
            ),
        )


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class HardTanh(Activation):
    """a = min(max(z, -1), 1), slope 0 at the corners; torch.nn.Hardtanh."""

    kind, label, icon = "hard_tanh", "Hard tanh", "activity"
    help = "Cuts off below −1 and above 1: a tanh made of straight lines."
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
                    rf"a = \min(\max({z.symbol},\, -1),\, 1)",
                    "Keep what lies between −1 and 1, cut the rest off.",
                    "Collobert 2004; torch.nn.Hardtanh",
                ),
                [
                    partial(np.maximum, z.array, at.constant(-1), out=a.array),
                    partial(np.minimum, a.array, at.constant(1), out=a.array),
                ],
            ),
            (
                Equation(
                    rf"[\,|{z.symbol}| < 1\,]",
                    "The slope passes between −1 and 1 and stops outside.",
                    "torch.nn.Hardtanh",
                ),
                lambda da, dz: [
                    *_inside(at, z.array, 1, 1, dz),
                    partial(np.multiply, dz, da, dz),
                ],
            ),
            [z],
            (
                lambda z: call("min", call("max", z, -1), 1),
                lambda z, _: call("less", call("abs", z), 1),
            ),
        )
