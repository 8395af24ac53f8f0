"""What several rules ask of a network, and how they say numbers."""

from __future__ import annotations

from gradloom.document import State
from gradloom.layers import Activation
from gradloom.layers.base import Sink


def percent(share: float) -> str:
    """A share in words: "12 %", never "0 %" or "100 %" for what is not."""
    number = round(100 * share)
    if number == 0 and share > 0:
        return "less than 1 %"
    return "more than 99 %" if number == 100 and share < 1 else f"{number} %"


def figure(number: float) -> str:
    """A number in three significant digits, or more where a whole one needs them: 2,714."""
    if 999.5 <= abs(number) < 1e6:
        return f"{number:,.0f}"
    digits, _, power = f"{number:.3g}".partition("e")
    return f"{digits}e{int(power)}" if power else digits


def feeds_output(state: State, layer: str) -> bool:
    """Whether this layer gives the answer: only activations stand between it and an Output.

    Its ends mean something else: an answer near 0 or 1 is a sure one.
    """
    graph = state.graph
    for edge in graph.outgoing(layer):
        kind = graph[edge.target].kind
        if isinstance(kind, Sink):
            return True
        if isinstance(kind, Activation) and feeds_output(state, edge.target):
            return True
    return False


def custom_start(state: State, layer: str) -> bool:
    """Whether a person chose how the layer's weights or biases start."""
    kind = state.graph[layer].kind
    return any(getattr(kind, name, None) is not None for name in ("kernel_init", "bias_init"))
