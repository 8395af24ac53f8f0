"""Parameters that do not learn: their slope is set to 0, and they are put back after the update.

Both are needed: without a slope they take no part in the gradient's norm and in the optimiser's
memory; putting them back keeps them to the bit, whatever decays weights past the slope.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from gradloom.engine.parameters import Layout, Parameters
from gradloom.engine.update import Rule, Step, UpdateSite
from gradloom.layers.algebra import at, was
from gradloom.layers.explaining import Index, alone, by_name
from gradloom.layers.expression import Expression, Number
from gradloom.layers.shapes import Array
from gradloom.layers.site import Equation, Value


def frozen_numbers(layout: Layout) -> Array:
    """Which numbers of the flat vector do not learn, (n,) of bool."""
    mask = np.zeros(layout.size, bool)
    for slot, block in layout.blocks:
        for parameter in block.parameters:
            parameter.view(slot.of(mask))[...] = not parameter.learns
    return mask


def freezing(parameters: Parameters) -> tuple[list[Step], list[Rule]]:
    """A step before all others and a rule after the optimiser; nothing if everything learns."""
    mask = frozen_numbers(parameters.layout)
    if not mask.any():
        return [], []
    theta, gradient = parameters.theta, parameters.gradient
    kept = np.zeros_like(theta)
    g, start = Value("g", "gradient", gradient), Value(r"\theta_0", "kept", kept)
    shown = Value(r"\theta", "theta", theta)

    def without(index: Index) -> Expression:
        return Number(0.0) if mask[index] else was(g, *index)

    first = Step(
        Equation(
            r"g_{\mathrm{fixed}} = 0",
            "Parameters that do not learn get no slope.",
            "torch.Tensor.requires_grad",
        ),
        [partial(np.copyto, gradient, 0, where=mask), partial(np.copyto, kept, theta)],
        (g, shown),
        (g, start),
        by_name({"gradient": without, "kept": lambda index: at(shown, *index)}),
    )
    return [first], [_Keep(mask, kept)]


class _Keep(Rule):
    """Puts the numbers that do not learn back."""

    def __init__(self, mask: Array, kept: Array) -> None:
        self._mask, self._kept = mask, kept

    def build(self, at_slice: UpdateSite) -> None:
        lo, hi = at_slice.lo, at_slice.hi
        mask, kept = self._mask, self._kept
        theta, start = at_slice.shown.theta, Value(r"\theta_0", "kept", kept)

        def put_back(index: Index) -> Expression:
            return at(start, *index) if mask[index] else was(theta, *index)

        at_slice.operation(
            Equation(
                r"\theta_{\mathrm{fixed}} = \theta_0",
                "Parameters that do not learn stay exactly as they were.",
                "torch.Tensor.requires_grad",
            ),
            [partial(np.copyto, at_slice.theta, kept[lo:hi], where=mask[lo:hi])],
            (theta, start),
            (theta,),
            alone(put_back),
        )
