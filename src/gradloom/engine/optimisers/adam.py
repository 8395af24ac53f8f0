"""Adam and AdamW."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import sqrt

import numpy as np

from gradloom.core.checks import Flag, Real
from gradloom.core.settings import param
from gradloom.engine.optimisers.base import OPTIMISERS, Optimiser, pull
from gradloom.engine.update import UpdateSite
from gradloom.layers.site import Equation


@dataclass(frozen=True)
class _Moments(Optimiser):
    """What Adam and AdamW share. Gradient and squared gradient are rows of one (2, n) array."""

    rate: float = param(
        0.001,
        Real(0, 1e6, log=True),
        "Learning rate",
        "How far each step goes along the slope.",
        live=True,
    )
    beta1: float = param(
        0.9, Real(0, 1, below=True), "β₁", "Memory of the mean slope.", live=True, advanced=True
    )
    beta2: float = param(
        0.999, Real(0, 1, below=True), "β₂", "Memory of the mean square.", live=True, advanced=True
    )
    epsilon: float = param(
        1e-8, Real(0, 1, above=True, log=True), "ε", "Keeps the division finite.", advanced=True
    )
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
        kept, fresh = at.slot("mv", 2), at.scratch(2)
        mean, square = kept
        betas = np.asarray([[beta1], [beta2]], at.theta.dtype)
        rest = np.asarray([[1 - beta1], [1 - beta2]], at.theta.dtype)
        at.operation(
            Equation(
                r"m = \beta_1 m + (1 - \beta_1) g,\quad v = \beta_2 v + (1 - \beta_2) g^2",
                "Running means of the slope and of its square.",
                source,
            ),
            [
                partial(np.multiply, at.gradient, at.gradient, at.pair[1]),
                partial(np.multiply, at.pair, rest, fresh),
                partial(np.multiply, kept, betas, kept),
                partial(np.add, kept, fresh, kept),
            ],
        )
        inverse = at.scalar("inverse_root", lambda t, _: 1 / sqrt(1 - beta2**t))
        step = at.scalar("step_size", lambda t, rate: rate / (1 - beta1**t))
        denominator, under = fresh[0], square
        if self.amsgrad:
            under = at.slot("largest")
            at.operation(
                Equation(
                    r"\hat{v} = \max(\hat{v}, v)",
                    "Remember the largest mean square, so that steps never grow again.",
                    "Reddi, Kale & Kumar 2018; torch.optim.Adam(amsgrad=True)",
                ),
                [partial(np.maximum, under, square, out=under)],
            )
        symbol = r"\hat{v}" if self.amsgrad else "v"
        at.operation(
            Equation(
                r"\theta = \theta - \frac{\eta}{1 - \beta_1^t} \cdot"
                rf" \frac{{m}}{{\sqrt{{{symbol} / (1 - \beta_2^t)}} + \epsilon}}",
                "Step along the mean slope, in units of its usual size.",
                source,
            ),
            [
                partial(np.sqrt, under, denominator),
                partial(np.multiply, denominator, inverse, denominator),
                partial(np.add, denominator, at.constant(self.epsilon), denominator),
                partial(np.divide, mean, denominator, denominator),
                partial(np.multiply, denominator, step, denominator),
                partial(np.subtract, at.theta, denominator, at.theta),
            ],
        )


@OPTIMISERS.add
@dataclass(frozen=True)
class Adam(_Moments):
    """torch.optim.Adam: bias-corrected moments, epsilon outside the root."""

    kind, label, help = "adam", "Adam", "Each parameter gets a step of its own size."
    weight_decay: float = param(
        0.0,
        Real(0, 1e3, log=True),
        "Weight decay",
        "Adds λθ to the slope of every parameter, biases too (PyTorch's weight_decay).",
        live=True,
        advanced=True,
    )

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
            shrink = at.scalar("shrink", lambda _, rate: 1 - rate * decay)
            at.operation(
                Equation(
                    r"\theta = (1 - \eta \lambda)\, \theta", "Shrink every parameter.", source
                ),
                [partial(np.multiply, at.theta, shrink, at.theta)],
            )
        self._moments(at, source)
