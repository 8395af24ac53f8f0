"""What an optimiser is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Real
from gradloom.core.settings import Declared, Registry, param
from gradloom.engine.update import Rule, UpdateSite
from gradloom.layers.algebra import add, named, times, was
from gradloom.layers.explaining import alone, element
from gradloom.layers.site import Equation


@dataclass(frozen=True)
class Optimiser(Declared, Rule):
    """Turns the gradient into a step of the parameters."""

    rate: float = param(
        0.03,
        Real(0, 1e6, log=True),
        "Learning rate",
        "How far each step goes along the slope.",
        live=True,
    )

    def build(self, at: UpdateSite) -> None:
        """Put theta's update at one slice."""
        raise NotImplementedError


def pull(at: UpdateSite, decay: float, source: str) -> None:
    """PyTorch's weight_decay: decay * theta is added to the gradient, of biases too."""
    if not decay:
        return
    work, theta, gradient = at.scratch(), at.shown.theta, at.shown.gradient
    at.operation(
        Equation(r"g = g + \lambda \theta", "Pull every parameter towards 0.", source),
        [
            partial(np.multiply, at.theta, at.constant(decay), work),
            partial(np.add, at.gradient, work, at.gradient),
        ],
        reads=[gradient, theta],
        writes=[gradient],
        explain=alone(
            lambda i: add(was(gradient, *i), times(named(decay, r"\lambda"), element(theta, i)))
        ),
    )


OPTIMISERS: Registry[Optimiser] = Registry("optimiser")
