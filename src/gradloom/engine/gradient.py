"""What happens to the gradient before the optimiser: L1 and L2, clipping by value and by norm."""

from __future__ import annotations

from functools import partial

import numpy as np

from gradloom.engine.memory import aligned
from gradloom.engine.parameters import Parameters
from gradloom.engine.plan import Plan
from gradloom.engine.update import Step
from gradloom.layers.algebra import add, call, named, over, square, times, was
from gradloom.layers.explaining import Index, alone, element, sum_over
from gradloom.layers.expression import Expression
from gradloom.layers.shapes import Array
from gradloom.layers.site import Equation, Value


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
    shown, g = Value(r"\theta", "theta", theta), Value("g", "gradient", gradient)

    def pulled_equally(index: Index) -> Expression:
        share = named(l1[index], r"\lambda_1")
        return add(was(g, *index), times(share, call("sign", element(shown, index))))

    def pulled(index: Index) -> Expression:
        share = named(l2[index], r"\lambda_2")
        return add(was(g, *index), times(share, element(shown, index)))

    steps: list[Step] = []
    if l1.any():
        steps.append(
            Step(
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
                (g, shown),
                (g,),
                alone(pulled_equally),
            )
        )
    if l2.any():
        steps.append(
            Step(
                Equation(
                    r"g = g + \lambda_2\, \theta",
                    "L2: every weight is pulled towards 0 in proportion to itself.",
                    "Goodfellow et al., Deep Learning, section 7.1.1",
                ),
                [
                    partial(np.multiply, theta, l2, work),
                    partial(np.add, gradient, work, gradient),
                ],
                (g, shown),
                (g,),
                alone(pulled),
            )
        )
    if plan.clip_value is not None:
        steps.append(_by_value(parameters, plan.clip_value))
    if plan.clip_norm is not None:
        steps += _by_norm(parameters, plan.clip_norm)
    return steps


def _by_value(parameters: Parameters, most: float) -> Step:
    gradient, high = parameters.gradient, np.asarray(most, parameters.dtype)
    low, shown, limit = np.negative(high), Value("g", "gradient", gradient), named(most, "c")
    return Step(
        Equation(
            r"g = \min(\max(g, -c), c)",
            "Cut each number of the gradient to the allowed range.",
            "torch.nn.utils.clip_grad_value_",
        ),
        [
            partial(np.maximum, gradient, low, out=gradient),
            partial(np.minimum, gradient, high, out=gradient),
        ],
        (shown,),
        (shown,),
        alone(lambda i: call("min", call("max", was(shown, *i), times(-1, limit)), limit)),
    )


def _by_norm(parameters: Parameters, most: float) -> list[Step]:
    gradient, dtype = parameters.gradient, parameters.dtype
    length, scale = aligned((), dtype), aligned((), dtype)
    tiny, high, one = (np.asarray(x, dtype) for x in (1e-6, most, 1.0))
    shown = Value("g", "gradient", gradient)
    norm = Value(r"\lVert g \rVert", "gradient_norm", length)
    source = "torch.nn.utils.clip_grad_norm_"
    return [
        Step(
            Equation(
                r"\lVert g \rVert = \sqrt{\sum_i g_i^2}",
                "The length of the whole gradient.",
                source,
            ),
            [partial(gradient.dot, gradient, length), partial(np.sqrt, length, length)],
            (shown,),
            (norm,),
            alone(
                lambda _: call(
                    "sqrt", sum_over(gradient.shape, lambda i: square(element(shown, i)))
                )
            ),
        ),
        Step(
            Equation(
                r"g = g \cdot \min\left(1, \frac{c}{\lVert g \rVert + 10^{-6}}\right)",
                "Shorten the gradient to the allowed length, if it is longer.",
                source,
            ),
            [
                partial(np.add, length, tiny, scale),
                partial(np.divide, high, scale, scale),
                partial(np.minimum, scale, one, out=scale),
                partial(np.multiply, gradient, scale, gradient),
            ],
            (shown, norm),
            (shown,),
            alone(
                lambda i: times(
                    was(shown, *i),
                    call("min", 1, over(named(most, "c"), add(element(norm, ()), 1e-6))),
                )
            ),
        ),
    ]
