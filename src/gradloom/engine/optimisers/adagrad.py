"""AdaGrad."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Real
from gradloom.core.settings import param
from gradloom.engine.optimisers.base import OPTIMISERS, Optimiser
from gradloom.engine.optimisers.parts import in_units_of, pull
from gradloom.engine.optimisers.settings import added_decay, learning_rate, smallest_divisor
from gradloom.engine.update import UpdateSite
from gradloom.layers.algebra import add, minus, named, over, square, times, was
from gradloom.layers.explaining import alone, element
from gradloom.layers.expression import Expression
from gradloom.layers.site import Equation

_SOURCE = "Duchi, Hazan & Singer 2011; torch.optim.Adagrad"


@OPTIMISERS.add
@dataclass(frozen=True)
class AdaGrad(Optimiser):
    """s += g^2; theta -= rate_t * g / (sqrt(s) + eps), rate_t = rate / (1 + (t - 1) decay)."""

    kind, label = "adagrad", "AdaGrad"
    help = "Steps shrink for parameters whose slopes have been large; never grow again."
    rate: float = learning_rate(0.01)
    rate_decay: float = param(
        0.0,
        Real(0, 1e6),
        "Rate decay",
        "Divides the rate by 1 + steps · decay (PyTorch's lr_decay).",
        live=True,
        advanced=True,
    )
    weight_decay: float = added_decay()
    start: float = param(
        0.0, Real(0, 1e12), "Start value", "What the sum of squares starts with.", advanced=True
    )
    epsilon: float = smallest_divisor(1e-10)

    def build(self, at: UpdateSite) -> None:
        pull(at, self.weight_decay, _SOURCE)
        total, work = at.slot("sum", fill=self.start), at.scratch()
        theta, g, s = at.shown.theta, at.shown.gradient, at.shown_slot("s", "sum")
        at.operation(
            Equation(r"s = s + g^2", "Add the square of the slope to all before it.", _SOURCE),
            [
                partial(np.multiply, at.gradient, at.gradient, work),
                partial(np.add, total, work, total),
            ],
            reads=[s, g],
            writes=[s],
            explain=alone(lambda i: add(was(s, *i), square(element(g, i)))),
        )
        decay = self.rate_decay
        eta: Expression = element(at.shown.rate, ())
        if decay:
            past = minus(element(at.shown.step, ()), 1)
            eta = over(eta, add(1, times(past, named(decay, "d"))))
        step = at.scalar("adagrad_rate", lambda t, rate: rate / (1 + (t - 1) * decay))
        at.operation(
            Equation(
                r"\theta = \theta - \eta_t \cdot \frac{g}{\sqrt{s} + \epsilon}",
                "Step against the slope, in units of all slopes so far.",
                _SOURCE,
            ),
            [
                partial(np.sqrt, total, work),
                partial(np.add, work, at.constant(self.epsilon), work),
                partial(np.divide, at.gradient, work, work),
                partial(np.multiply, work, step, work),
                partial(np.subtract, at.theta, work, at.theta),
            ],
            reads=[theta, g, s, at.shown.rate, *([at.shown.step] if decay else [])],
            writes=[theta],
            explain=alone(
                lambda i: minus(
                    was(theta, *i),
                    times(eta, in_units_of(element(g, i), element(s, i), self.epsilon)),
                )
            ),
        )
