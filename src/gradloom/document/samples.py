"""Ready projects: the first network a person sees, and examples that train well."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from gradloom.data import DataSpec
from gradloom.document.state import Place, State
from gradloom.engine.plan import Plan
from gradloom.graph import Edge, Graph
from gradloom.graph.model import Layer
from gradloom.layers import ACTIVATIONS, LAYERS, Kind

_STEP = 220.0  # scene units from one card to the next


def first_project() -> State:
    """Two circles, two small hidden layers of tanh, one output unit: Space trains it at once."""
    return _state([_dense(4, "tanh"), _dense(2, "tanh"), _dense(1, "tanh")], DataSpec(), Plan())


def _state(hidden: Sequence[Kind], data: DataSpec, plan: Plan) -> State:
    """A chain from an Input through `hidden` to an Output, its cards in a row."""
    graph = chain(hidden)
    places = {la.id: Place(i * _STEP, 0.0) for i, la in enumerate(graph)}
    return State(graph, MappingProxyType(places), data, plan)


def chain(hidden: Sequence[Kind]) -> Graph:
    """Input, the given kinds and Output, one after the other."""
    layers: list[Layer] = []
    seen: dict[str, int] = {}
    for kind in (LAYERS.make("input"), *hidden, LAYERS.make("output")):
        number = seen[kind.kind] = seen.get(kind.kind, 0) + 1
        name = kind.label if number == 1 else f"{kind.label} {number}"
        layers.append(Layer(f"{kind.kind}_{number}", kind, name))
    edges = [Edge(a.id, b.id) for a, b in pairwise(layers)]
    return Graph(tuple(layers), tuple(edges))


def _dense(units: int, activation: str, **settings: Any) -> Kind:
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation), **settings)
