"""Operations and expressions that several optimisers are made of."""

from __future__ import annotations

from functools import partial

import numpy as np

from gradloom.engine.update import UpdateSite
from gradloom.layers.algebra import Item, add, call, minus, named, over, times, was
from gradloom.layers.explaining import Index, alone, element
from gradloom.layers.expression import Expression
from gradloom.layers.site import Equation, Value


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


def running_mean(kept: Value, index: Index, memory: Expression, fresh: Expression) -> Expression:
    """Memory * what was kept + (1 - memory) * what is fresh."""
    return add(times(memory, was(kept, *index)), times(minus(1, memory), fresh))


def in_units_of(slope: Item, square: Item, epsilon: float) -> Expression:
    """Slope / (sqrt(square) + epsilon): the slope in units of its usual size."""
    return over(slope, add(call("sqrt", square), named(epsilon, r"\epsilon")))
