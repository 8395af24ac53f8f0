"""What samples are made of: the Sample itself, chains of layers, plans in one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from gradloom.data import SOURCES, DataSpec
from gradloom.document.inserting import STEP
from gradloom.document.state import Place, State
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.graph import Edge, Graph
from gradloom.graph.model import Layer
from gradloom.layers import ACTIVATIONS, LAYERS, Kind

_OPEN_STEP = 208.0


@dataclass(frozen=True)
class Sample:
    """A ready project. `name` is that of its file, `sentence` says what to do and what one sees.

    `shows` are the rules of the diagnosis that must speak in its run, and no others do: an illness
    to look at, and none in a healthy project.
    """

    name: str
    title: str
    sentence: str
    make: Callable[[], State]
    shows: tuple[str, ...] = ()

    @cached_property
    def state(self) -> State:
        """The project."""
        return self.make()


@dataclass(frozen=True)
class SampleGroup:
    """Samples under one heading."""

    title: str
    samples: tuple[Sample, ...]


def chain(hidden: Sequence[Kind], shape: str = "flat") -> Graph:
    """Input of this shape, the given kinds and Output, one after the other."""
    layers: list[Layer] = []
    seen: dict[str, int] = {}
    for kind in (LAYERS.make("input", shape=shape), *hidden, LAYERS.make("output")):
        number = seen[kind.kind] = seen.get(kind.kind, 0) + 1
        name = kind.label if number == 1 else f"{kind.label} {number}"
        layers.append(Layer(f"{kind.kind}_{number}", kind, name))
    edges = [Edge(a.id, b.id) for a, b in pairwise(layers)]
    return Graph(tuple(layers), tuple(edges))


def project(graph: Graph | Sequence[Kind], data: DataSpec, plan: Plan) -> State:
    """A network, or the layers between an Input and an Output, its cards in a row."""
    made = graph if isinstance(graph, Graph) else chain(graph)
    places = {layer.id: Place(i * STEP, 0.0) for i, layer in enumerate(made)}
    return State(made, MappingProxyType(places), data, plan)


def opened(state: State) -> State:
    """With every layer but the Output open, a little farther apart."""
    places = {
        layer.id: Place(i * _OPEN_STEP, 0.0, open=layer.kind.has_output)
        for i, layer in enumerate(state.graph)
    }
    return state.with_places(places)


def dense(units: int, activation: str, **settings: Any) -> Kind:
    """A Dense with this activation."""
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation), **settings)


def drawn(source: str, **settings: Any) -> DataSpec:
    """Data of this source with settings of its own, unscaled."""
    return DataSpec(source=SOURCES.make(source, **settings))


def scaled(source: str, scaling: str = "standard", **settings: Any) -> DataSpec:
    """A source as it is, its features scaled, with other settings of the data."""
    return DataSpec(source=SOURCES.make(source), scaling=scaling, **settings)


def plan(optimiser: str, rate: float, batch: int, epochs: int, **settings: Any) -> Plan:
    """A plan that ends after so many epochs."""
    made = OPTIMISERS.make(optimiser, rate=rate)
    return Plan(optimiser=made, batch_size=batch, epochs=epochs, **settings)
