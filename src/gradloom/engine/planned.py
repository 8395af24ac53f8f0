"""The update that a plan asks for, from the slope as it comes to the parameters as they become."""

from __future__ import annotations

from gradloom.engine.freezing import freezing
from gradloom.engine.gradient import gradient_steps
from gradloom.engine.parameters import Parameters
from gradloom.engine.plan import Plan
from gradloom.engine.update import Slots, Update, compile_update
from gradloom.layers.shapes import Array


def planned_update(
    parameters: Parameters, slots: Slots, rate: Array, plan: Plan, *, sliced: bool = True
) -> Update:
    """Penalties and clipping, the optimiser, and what does not learn put back.

    `rate` is a 0-d array that may change between steps; `sliced` as in `compile_update`. Of what
    the slots keep, only what this update needs is left.
    """
    first, last = freezing(parameters)
    update = compile_update(
        parameters,
        slots,
        rate,
        [*first, *gradient_steps(parameters, plan)],
        [plan.optimiser, *last],
        sliced=sliced,
    )
    slots.forget_others()
    return update
