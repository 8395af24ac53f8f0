"""RMSProp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Flag, Real
from gradloom.core.settings import param
from gradloom.engine.optimisers.base import OPTIMISERS, Optimiser
from gradloom.engine.optimisers.parts import in_units_of, pull, running_mean
from gradloom.engine.optimisers.settings import (
    added_decay,
    learning_rate,
    momentum_kept,
    smallest_divisor,
)
from gradloom.engine.update import UpdateSite
from gradloom.layers.algebra import add, call, minus, named, times, was
from gradloom.layers.algebra import square as squared
from gradloom.layers.explaining import Index, alone, element
from gradloom.layers.expression import Expression
from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Equation, Value

_SOURCE = "Tieleman & Hinton 2012, lecture 6.5; torch.optim.RMSprop"


@OPTIMISERS.add
@dataclass(frozen=True)
class RMSProp(Optimiser):
    """v = alpha v + (1 - alpha) g^2; theta -= rate * g / (sqrt(v) + eps).

    Centred: v - (mean g)^2 under the root. With momentum mu: b = mu b + g / (...), theta -= rate b.
    """

    kind, label = "rmsprop", "RMSProp"
    help = "Each parameter's step is measured in units of its recent slopes."
    rate: float = learning_rate(0.01)
    alpha: float = param(
        0.99, Real(0, 1, below=True), "α", "Memory of the mean square.", live=True, advanced=True
    )
    momentum: float = momentum_kept()
    centred: bool = param(
        False,
        Flag(),
        "Centred",
        "Measure the spread of the slopes around their mean (PyTorch's centered).",
        live=True,
        advanced=True,
    )
    weight_decay: float = added_decay()
    epsilon: float = smallest_divisor(1e-8)

    def build(self, at: UpdateSite) -> None:
        pull(at, self.weight_decay, _SOURCE)
        square, work = at.slot("v"), at.scratch()
        g, v = at.shown.gradient, at.shown_slot("v", "v")
        at.operation(
            Equation(
                r"v = \alpha v + (1 - \alpha) g^2", "Running mean of the squared slope.", _SOURCE
            ),
            [
                partial(np.multiply, at.gradient, at.gradient, work),
                *self._running(at, square, work, work),
            ],
            reads=[v, g],
            writes=[v],
            explain=alone(lambda i: self._told(v, i, squared(element(g, i)))),
        )
        measured = [v]
        spread: Sequence[Call] = [partial(np.sqrt, square, work)]
        under = "v"
        if self.centred:
            mean = at.slot("mean")
            m = at.shown_slot("m", "mean")
            measured.append(m)
            at.operation(
                Equation(
                    r"m = \alpha m + (1 - \alpha) g", "Running mean of the slope.", "Graves 2013"
                ),
                self._running(at, mean, at.gradient, work),
                reads=[m, g],
                writes=[m],
                explain=alone(lambda i: self._told(m, i, element(g, i))),
            )
            under = "v - m^2"
            spread = [
                partial(np.multiply, mean, mean, work),
                partial(np.subtract, square, work, work),
                # rounding may leave a small negative number, whose root PyTorch makes NaN
                partial(np.maximum, work, at.constant(0), out=work),
                partial(np.sqrt, work, work),
            ]
        self._step(at, spread, under, work, measured)

    def _running(self, at: UpdateSite, kept: Array, fresh: Array, work: Array) -> list[Call]:
        return [
            partial(np.multiply, fresh, at.constant(1 - self.alpha), work),
            partial(np.multiply, kept, at.constant(self.alpha), kept),
            partial(np.add, kept, work, kept),
        ]

    def _told(self, kept: Value, index: Index, fresh: Expression) -> Expression:
        """Where a number of a running mean comes from."""
        return running_mean(kept, index, named(self.alpha, r"\alpha"), fresh)

    def _scaled(self, g: Value, measured: Sequence[Value], index: Index) -> Expression:
        """The slope in units of the root of v, or of v - m^2."""
        v, *mean = (element(value, index) for value in measured)
        under = call("max", minus(v, squared(mean[0])), 0) if mean else v
        return in_units_of(element(g, index), under, self.epsilon)

    def _step(
        self,
        at: UpdateSite,
        spread: Sequence[Call],
        under: str,
        work: Array,
        measured: Sequence[Value],
    ) -> None:
        theta, g, rate = at.shown.theta, at.shown.gradient, at.shown.rate
        fraction = rf"\frac{{g}}{{\sqrt{{{under}}} + \epsilon}}"
        scaled: list[Call] = [
            *spread,
            partial(np.add, work, at.constant(self.epsilon), work),
            partial(np.divide, at.gradient, work, work),
        ]
        step: list[Call] = [
            partial(np.multiply, work, at.rate, work),
            partial(np.subtract, at.theta, work, at.theta),
        ]
        if not self.momentum:
            at.operation(
                Equation(
                    rf"\theta = \theta - \eta\, {fraction}",
                    "Step against the slope, in units of its usual size.",
                    _SOURCE,
                ),
                [*scaled, *step],
                reads=[theta, rate, g, *measured],
                writes=[theta],
                explain=alone(
                    lambda i: minus(
                        was(theta, *i), times(element(rate, ()), self._scaled(g, measured, i))
                    )
                ),
            )
            return
        kept = at.slot("b")
        b = at.shown_slot("b", "b")
        at.operation(
            Equation(rf"b = \mu b + {fraction}", "Keep most of the last direction.", _SOURCE),
            [
                *scaled,
                partial(np.multiply, kept, at.constant(self.momentum), kept),
                partial(np.add, kept, work, kept),
            ],
            reads=[b, g, *measured],
            writes=[b],
            explain=alone(
                lambda i: add(
                    times(named(self.momentum, r"\mu"), was(b, *i)),
                    self._scaled(g, measured, i),
                )
            ),
        )
        step[0] = partial(np.multiply, kept, at.rate, work)
        at.operation(
            Equation(r"\theta = \theta - \eta\, b", "Step along that direction.", _SOURCE),
            step,
            reads=[theta, rate, b],
            writes=[theta],
            explain=alone(lambda i: minus(was(theta, *i), times(element(rate, ()), element(b, i)))),
        )
