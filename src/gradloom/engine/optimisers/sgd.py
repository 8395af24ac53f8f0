"""Stochastic gradient descent with momentum, Nesterov and weight decay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Flag
from gradloom.core.settings import param
from gradloom.engine.optimisers.base import OPTIMISERS, Optimiser
from gradloom.engine.optimisers.parts import pull
from gradloom.engine.optimisers.settings import added_decay, momentum_kept
from gradloom.engine.update import UpdateSite
from gradloom.layers.algebra import add, minus, named, times, was
from gradloom.layers.explaining import alone, element
from gradloom.layers.site import Equation

_SOURCE = "torch.optim.SGD (dampening 0)"


@OPTIMISERS.add
@dataclass(frozen=True)
class SGD(Optimiser):
    """theta -= rate * g, with momentum b = mu b + g in PyTorch's form (the rate is outside b)."""

    kind, label, help = "sgd", "SGD", "Steps straight down the slope, with momentum if wanted."
    momentum: float = momentum_kept()
    nesterov: bool = param(
        False, Flag(), "Nesterov", "Look ahead along the momentum.", live=True, advanced=True
    )
    weight_decay: float = added_decay()

    def rules(self) -> Iterator[tuple[str, str]]:
        if self.nesterov and not self.momentum:
            yield "nesterov", "needs a momentum above 0"

    def build(self, at: UpdateSite) -> None:
        pull(at, self.weight_decay, _SOURCE)
        step = at.scratch()
        along = at.gradient
        theta, g, rate = at.shown.theta, at.shown.gradient, at.shown.rate
        towards = g
        if self.momentum:
            mu, kept = at.constant(self.momentum), at.slot("b")
            b, momentum = at.shown_slot("b", "b"), named(self.momentum, r"\mu")
            at.operation(
                Equation(
                    r"b = \mu b + g", "Keep most of the last direction, add the slope.", _SOURCE
                ),
                [partial(np.multiply, kept, mu, kept), partial(np.add, kept, at.gradient, kept)],
                reads=[b, g],
                writes=[b],
                explain=alone(lambda i: add(times(momentum, was(b, *i)), element(g, i))),
            )
            along, towards = kept, b
            if self.nesterov:
                along = at.scratch()
                ahead = towards = at.value("d", "ahead", along)
                at.operation(
                    Equation(r"d = g + \mu b", "Look one step ahead along the momentum.", _SOURCE),
                    [
                        partial(np.multiply, kept, mu, along),
                        partial(np.add, along, at.gradient, along),
                    ],
                    reads=[g, b],
                    writes=[ahead],
                    explain=alone(lambda i: add(element(g, i), times(momentum, element(b, i)))),
                )
        at.operation(
            Equation(
                rf"\theta = \theta - \eta\, {towards.symbol}", "Step against the slope.", _SOURCE
            ),
            [
                partial(np.multiply, along, at.rate, step),
                partial(np.subtract, at.theta, step, at.theta),
            ],
            reads=[theta, rate, towards],
            writes=[theta],
            explain=alone(
                lambda i: minus(was(theta, *i), times(element(rate, ()), element(towards, i)))
            ),
        )
