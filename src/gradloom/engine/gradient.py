"""What happens to the gradient before the optimiser: L1 and L2, clipping by value and by norm."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from gradloom.engine.memory import aligned
from gradloom.engine.parameters import Parameters
from gradloom.engine.plan import Plan
from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Equation

Step = tuple[Equation, Sequence[Call]]


def penalties(parameters: Parameters, plan: Plan) -> tuple[Array, Array]:
    """The L1 and L2 coefficient of every learnable number: the layer's own plus the plan's."""
    l1, l2 = np.zeros(parameters.theta.size), np.zeros(parameters.theta.size)
    for slot, block in parameters.layout.blocks:
        for parameter in block.parameters:
            everywhere = parameter.weight
            parameter.view(slot.of(l1))[...] = parameter.l1 + (plan.l1 if everywhere else 0.0)
            parameter.view(slot.of(l2))[...] = parameter.l2 + (plan.l2 if everywhere else 0.0)
    return l1.astype(parameters.dtype), l2.astype(parameters.dtype)


def gradient_steps(parameters: Parameters, plan: Plan) -> list[Step]:
    """The operations over the whole gradient that the plan and the layers ask for, in order."""
    theta, gradient, work = parameters.theta, parameters.gradient, parameters.pair[1]
    l1, l2 = penalties(parameters, plan)
    steps: list[Step] = []
    if l1.any():
        steps.append(
            (
                Equation(
                    r"g = g + \lambda_1\, \mathrm{sign}(\theta)",
                    "L1: every weight is pulled towards 0 by the same amount.",
                    "Goodfellow et al., Deep Learning, section 7.1.2",
                ),
                [
                    partial(np.sign, theta, work),
                    partial(np.multiply, work, l1, work),
                    partial(np.add, gradient, work, gradient),
                ],
            )
        )
    if l2.any():
        steps.append(
            (
                Equation(
                    r"g = g + \lambda_2\, \theta",
                    "L2: every weight is pulled towards 0 in proportion to itself.",
                    "Goodfellow et al., Deep Learning, section 7.1.1",
                ),
                [
                    partial(np.multiply, theta, l2, work),
                    partial(np.add, gradient, work, gradient),
                ],
            )
        )
    if plan.clip_value is not None:
        steps.append(_by_value(parameters, plan.clip_value))
    if plan.clip_norm is not None:
        steps.append(_by_norm(parameters, plan.clip_norm))
    return steps


def _by_value(parameters: Parameters, most: float) -> Step:
    gradient, high = parameters.gradient, np.asarray(most, parameters.dtype)
    low = np.negative(high)
    return (
        Equation(
            r"g = \min(\max(g, -c), c)",
            "Cut each number of the gradient to the allowed range.",
            "torch.nn.utils.clip_grad_value_",
        ),
        [
            partial(np.maximum, gradient, low, out=gradient),
            partial(np.minimum, gradient, high, out=gradient),
        ],
    )


def _by_norm(parameters: Parameters, most: float) -> Step:
    gradient, dtype = parameters.gradient, parameters.dtype
    scale = aligned((), dtype)
    tiny, high, one = (np.asarray(x, dtype) for x in (1e-6, most, 1.0))
    return (
        Equation(
            r"g = g \cdot \min\left(1, \frac{c}{\lVert g \rVert + 10^{-6}}\right)",
            "Shorten the gradient to the allowed length, if it is longer.",
            "torch.nn.utils.clip_grad_norm_",
        ),
        [
            partial(gradient.dot, gradient, scale),
            partial(np.sqrt, scale, scale),
            partial(np.add, scale, tiny, scale),
            partial(np.divide, high, scale, scale),
            partial(np.minimum, scale, one, out=scale),
            partial(np.multiply, gradient, scale, gradient),
        ],
    )
