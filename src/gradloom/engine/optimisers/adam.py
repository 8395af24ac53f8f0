"""Adam and AdamW."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import inf, sqrt

import numpy as np

from gradloom.core.checks import Flag, Real
from gradloom.core.settings import param
from gradloom.engine.optimisers.base import OPTIMISERS, Optimiser
from gradloom.engine.optimisers.parts import in_units_of, pull, running_mean
from gradloom.engine.optimisers.settings import added_decay, learning_rate, smallest_divisor
from gradloom.engine.update import UpdateSite
from gradloom.layers.algebra import call, minus, named, over, times, was
from gradloom.layers.algebra import square as squared
from gradloom.layers.explaining import alone, by_name, element
from gradloom.layers.expression import Expression, Number
from gradloom.layers.site import Equation, Value

_SHORT = 8192  # numbers
_NO_STEP = 1e-30  # below this the reciprocals leave float32; the step is made 0


@dataclass(frozen=True)
class _Moments(Optimiser):
    """What Adam and AdamW share. Gradient and squared gradient are rows of one (2, n) array."""

    rate: float = learning_rate(0.001)
    beta1: float = param(
        0.9, Real(0, 1, below=True), "β₁", "Memory of the mean slope.", live=True, advanced=True
    )
    beta2: float = param(
        0.999, Real(0, 1, below=True), "β₂", "Memory of the mean square.", live=True, advanced=True
    )
    epsilon: float = smallest_divisor(1e-8)
    amsgrad: bool = param(
        False,
        Flag(),
        "AMSGrad",
        "Divide by the largest mean square so far.",
        live=True,
        advanced=True,
    )

    def _moments(self, at: UpdateSite, source: str) -> None:
        beta1, beta2 = self.beta1, self.beta2
        kept, fresh, pair = at.slot("mv", 2), at.scratch(2), at.pair
        (mean, square), denominator = kept, fresh[0]
        theta, g = at.shown.theta, at.shown.gradient
        m, v = at.shown_slot("m", "mv", 0), at.shown_slot("v", "mv", 1)
        memory1, memory2 = named(beta1, r"\beta_1"), named(beta2, r"\beta_2")
        betas = np.asarray([[beta1], [beta2]], at.theta.dtype)
        rest = np.asarray([[1 - beta1], [1 - beta2]], at.theta.dtype)
        if kept.flags.c_contiguous and kept.size <= _SHORT:
            # one long row takes a third of the time of two short ones under broadcasting
            betas, rest = (np.repeat(b, kept.shape[1], axis=1).reshape(-1) for b in (betas, rest))
            kept, fresh, pair = (rows.reshape(-1) for rows in (kept, fresh, pair))
        at.operation(
            Equation(
                r"m = \beta_1 m + (1 - \beta_1) g,\quad v = \beta_2 v + (1 - \beta_2) g^2",
                "Running means of the slope and of its square.",
                source,
            ),
            [
                partial(np.square, at.gradient, at.pair[1]),
                partial(np.multiply, pair, rest, fresh),
                partial(np.multiply, kept, betas, kept),
                partial(np.add, kept, fresh, kept),
            ],
            reads=[m, v, g],
            writes=[m, v],
            explain=by_name(
                {
                    m.name: lambda i: running_mean(m, i, memory1, element(g, i)),
                    v.name: lambda i: running_mean(v, i, memory2, squared(element(g, i))),
                }
            ),
        )
        # rate and both corrections go into two numbers, so that one array pass is saved:
        # step * m / (sqrt(v / c2) + eps) is m over (sqrt(v) * root + offset)
        epsilon = self.epsilon

        def root(t: int, rate: float) -> float:
            step = rate / (1 - beta1**t)
            return 1 / (step * sqrt(1 - beta2**t)) if step > _NO_STEP else 0.0

        def offset(t: int, rate: float) -> float:
            step = rate / (1 - beta1**t)
            return epsilon / step if step > _NO_STEP else inf

        scale, shift = at.scalar("root", root), at.scalar("offset", offset)
        under, spread = square, v
        if self.amsgrad:
            under = at.slot("largest")
            largest = spread = at.shown_slot(r"\hat{v}", "largest")
            at.operation(
                Equation(
                    r"\hat{v} = \max(\hat{v}, v)",
                    "Remember the largest mean square, so that steps never grow again.",
                    "Reddi, Kale & Kumar 2018; torch.optim.Adam(amsgrad=True)",
                ),
                [partial(np.maximum, under, square, out=under)],
                reads=[largest, v],
                writes=[largest],
                explain=alone(lambda i: call("max", was(largest, *i), element(v, i))),
            )
        at.operation(
            Equation(
                r"\theta = \theta - \frac{\eta}{1 - \beta_1^t} \cdot"
                rf" \frac{{m}}{{\sqrt{{{spread.symbol} / (1 - \beta_2^t)}} + \epsilon}}",
                "Step along the mean slope, in units of its usual size.",
                source,
            ),
            [
                partial(np.sqrt, under, denominator),
                partial(np.multiply, denominator, scale, denominator),
                partial(np.add, denominator, shift, denominator),
                partial(np.divide, mean, denominator, denominator),
                partial(np.subtract, at.theta, denominator, at.theta),
            ],
            reads=[theta, at.shown.rate, m, spread, at.shown.step],
            writes=[theta],
            explain=alone(
                lambda i: minus(
                    was(theta, *i),
                    times(
                        over(element(at.shown.rate, ()), _rest(memory1, at.shown.step)),
                        in_units_of(
                            element(m, i),
                            over(element(spread, i), _rest(memory2, at.shown.step)),
                            epsilon,
                        ),
                    ),
                )
            ),
        )


def _rest(memory: Number, step: Value) -> Expression:
    """1 - memory^t: what a mean that began at 0 lacks."""
    return minus(1, call("power", memory, element(step, ())))


@OPTIMISERS.add
@dataclass(frozen=True)
class Adam(_Moments):
    """torch.optim.Adam: bias-corrected moments, epsilon outside the root."""

    kind, label, help = "adam", "Adam", "Each parameter gets a step of its own size."
    weight_decay: float = added_decay()

    def build(self, at: UpdateSite) -> None:
        source = "Kingma & Ba 2015, algorithm 1; torch.optim.Adam"
        pull(at, self.weight_decay, source)
        self._moments(at, source)


@OPTIMISERS.add
@dataclass(frozen=True)
class AdamW(_Moments):
    """torch.optim.AdamW: the decay goes past the moments, scaled by the learning rate."""

    kind, label, help = "adamw", "AdamW", "Adam with weight decay apart from the slope."
    weight_decay: float = param(
        0.01,
        Real(0, 1e3, log=True),
        "Weight decay",
        "Shrinks every parameter by rate times λ each step, biases too.",
        live=True,
    )

    def build(self, at: UpdateSite) -> None:
        source = "Loshchilov & Hutter 2019, algorithm 2; torch.optim.AdamW"
        if self.weight_decay:
            decay = self.weight_decay
            theta, rate = at.shown.theta, at.shown.rate
            shrink = at.scalar("shrink", lambda _, rate: 1 - rate * decay)
            at.operation(
                Equation(
                    r"\theta = (1 - \eta \lambda)\, \theta", "Shrink every parameter.", source
                ),
                [partial(np.multiply, at.theta, shrink, at.theta)],
                reads=[theta, rate],
                writes=[theta],
                explain=alone(
                    lambda i: times(
                        minus(1, times(element(rate, ()), named(decay, r"\lambda"))),
                        was(theta, *i),
                    )
                ),
            )
        self._moments(at, source)
