"""Dropout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Real
from gradloom.core.settings import param
from gradloom.layers.algebra import call, over, times
from gradloom.layers.base import LAYERS, Kind
from gradloom.layers.explaining import alone, by_name, element
from gradloom.layers.expression import Drawn
from gradloom.layers.pullback import Pullback
from gradloom.layers.site import Equation, Site, Tensor


@LAYERS.add
@dataclass(frozen=True)
class Dropout(Kind):
    """a = x m / (1 - rate) with m drawn 0 or 1 in training; nothing at all otherwise.

    The inverted form of torch.nn.Dropout: averages stay the same, so prediction needs no scale.
    """

    kind, label, icon, category = "dropout", "Dropout", "droplets", "Regularising"
    help = "In training, sets a random part of the numbers to 0, so that none is relied upon."
    rate: float = param(0.5, Real(0, 1, below=True), "Rate", "The part of the numbers set to 0.")

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        if not at.training or self.rate == 0:
            return x
        a = at.tensor("a", x.shape)
        drawn, mask = at.scratch(*x.array.shape), at.scratch(*x.array.shape)
        uniform, scaled = at.value("u", "drawn", drawn), at.value("m", "mask", mask)
        keep = 1 - self.rate
        pullback = Pullback(
            Equation(
                r"{da} \odot m",
                "Where a number was set to 0, no slope passes.",
                "Srivastava et al. 2014",
            ),
            lambda da, dx: [partial(np.multiply, da.array, mask, dx.array)],
            lambda da, index: times(element(da, index), element(scaled, index)),
            [scaled],
        )
        at.operation(
            Equation(
                rf"m = \frac{{[u < {keep:g}]}}{{{keep:g}}},\quad u \sim U(0, 1)",
                f"Draw which numbers stay; they are divided by {keep:g} to keep the average.",
                "Srivastava et al. 2014; inverted as in torch.nn.Dropout",
            ),
            [
                partial(at.random().random, None, at.dtype, drawn),
                partial(np.less, drawn, at.constant(keep), out=mask),
                partial(np.multiply, mask, at.constant(1 / keep), mask),
            ],
            reads=[],
            writes=[uniform, scaled],
            explain=by_name(
                {
                    uniform.name: lambda index: Drawn(uniform, index),
                    scaled.name: lambda index: over(
                        call("less", element(uniform, index), keep), keep
                    ),
                }
            ),
        )
        at.operation(
            Equation(
                rf"a = {x.symbol} \odot m",
                "Keep the chosen numbers, set the others to 0.",
                "Srivastava et al. 2014",
            ),
            [partial(np.multiply, x.array, mask, a.array)],
            reads=[x, scaled],
            writes=[a],
            backward=lambda back: pullback.put(back, a, x),
            explain=alone(lambda index: times(element(x, index), element(scaled, index))),
        )
        return a

    def summary(self) -> str:
        return f"{self.rate:.0%}"
