"""When numbers go to infinity or NaN: which layer's went first, and why that is likely."""

from __future__ import annotations

import numpy as np

from gradloom.engine.parameters import Parameters
from gradloom.engine.plan import Plan
from gradloom.engine.program import Program
from gradloom.engine.progress import Broken
from gradloom.graph import Graph
from gradloom.layers.site import Phase


def explain(
    graph: Graph, program: Program, parameters: Parameters, plan: Plan, rate: float, steps: int
) -> Broken:
    """What a person is told; read from the buffers of the step that went wrong."""
    for arriving in (program.inputs, program.targets):
        for layer, array in arriving.items():
            if not np.isfinite(array).all():
                sentence = (
                    f"A number of the data at {graph[layer].name} is beyond what {plan.precision}"
                    " holds. Scale the data, or choose 64 bit precision in the plan."
                )
                return Broken(sentence, layer, steps)
    layer, where = _first_bad(program) or _largest(parameters)
    name = graph[layer].name if layer in graph else "the network"
    when = f"after step {steps:,}" if steps else "in the first step"
    sentence = (
        f"The {where} of {name} grew beyond what {plan.precision} holds {when};"
        f" {_why(plan, rate, steps)} The last finite parameters are kept."
    )
    return Broken(sentence, layer, steps, fix="lower_rate") if steps else Broken(sentence, layer, 0)


def _why(plan: Plan, rate: float, steps: int) -> str:
    extra = [f"{label} {value:g}" for label, value in (("L1", plan.l1), ("L2", plan.l2)) if value]
    decay = getattr(plan.optimiser, "weight_decay", 0.0)
    if decay:
        extra.append(f"weight decay {decay:g}")
    together = f" with {' and '.join(extra)}" if extra else ""
    if steps == 0:
        return "the start values of the weights or the features are likely too large. Lower them."
    return f"learning rate {rate:g}{together} is likely too large. Lower the rate."


def _first_bad(program: Program) -> tuple[str, str] | None:
    """The layer of the first operation that wrote a number which is not finite, and what it was."""
    for operation in program.operations:
        for value in operation.writes:
            if not np.isfinite(value.array).all():
                words = {Phase.LOSS: "loss", Phase.BACKWARD: "slopes"}
                return operation.layer, words.get(operation.phase, "numbers")
    return None


def _largest(parameters: Parameters) -> tuple[str, str]:
    """Where the largest parameter or gradient is; their squares are what was too large."""
    found, most = ("", "numbers"), -1.0
    for vector, words in ((parameters.theta, "weights"), (parameters.gradient, "slopes")):
        for slot, _ in parameters.layout.blocks:
            here = float(np.abs(slot.of(vector)).max(initial=0.0))
            if here > most:
                found, most = (slot.layer, words), here
    return found
