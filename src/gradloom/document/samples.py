"""Ready projects: the first network a person sees, and examples that train well."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.document.state import Place, State
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.graph import Edge, Graph
from gradloom.graph.edits import set_kind
from gradloom.graph.model import Layer
from gradloom.layers import ACTIVATIONS, INITIALISERS, LAYERS, LOSSES, Kind
from gradloom.layers.signature import Target

_STEP = 192.0  # scene units from one card to the next, on the 8 px grid
_OPEN_STEP = 208.0


def first_project() -> State:
    """Two circles, two small hidden layers of tanh, one output unit: Space trains it at once.

    Its cards stand open, so that one sees every neuron's own picture from the first second.
    """
    layers = [_dense(4, "tanh"), _dense(2, "tanh"), _dense(1, "tanh")]
    return _opened(_state(layers, DataSpec(), Plan()))


def samples() -> Mapping[str, State]:
    """The projects in `resources/samples`, by file name without the ending."""
    return {
        "circles": first_project(),
        "and_gate": _perceptron(),
        "xor_gate": _xor_gate(),
        "xor_points": _xor_points(),
        "spiral": _spiral(),
        "spiral_three_arms": _spiral_three_arms(),
        "iris": _iris(),
        "sine": _sine(),
        "skip_connection": _skip_connection(),
        "classic_step": _classic_step(),
    }


def _perceptron() -> State:
    """One neuron learns AND. A step can't be learnt by its slope (0), so it is a sigmoid."""
    return _state([_dense(1, "sigmoid")], _gate("and"), _plan("sgd", 1.0, 4, epochs=1000))


def _xor_gate() -> State:
    """The smallest network that is taught everywhere: two hidden neurons solve XOR."""
    layers = [_dense(2, "tanh"), _dense(1, "sigmoid")]
    return _state(layers, _gate("xor"), _plan("adam", 0.05, 4, epochs=1000))


def _xor_points() -> State:
    layers = [_dense(6, "relu"), _dense(4, "relu"), _dense(1, "sigmoid")]
    spec = DataSpec(source=SOURCES.make("xor"))
    return _opened(_state(layers, spec, _plan("adam", 0.02, 10, epochs=200)))


def _spiral() -> State:
    layers = [_dense(16, "tanh"), _dense(16, "tanh"), _dense(1, "sigmoid")]
    source = SOURCES.make("spiral", count=400, noise=5)
    return _state(layers, DataSpec(source=source), _plan("adam", 0.01, 16, epochs=500))


def _spiral_three_arms() -> State:
    layers = [_dense(24, "relu"), _dense(24, "relu"), _dense(3, "softmax")]
    source = SOURCES.make("spiral", arms=3, count=600, noise=5, turns=1.0)
    return _state(layers, DataSpec(source=source), _plan("adam", 0.01, 32, epochs=400))


def _iris() -> State:
    data = DataSpec(source=SOURCES.make("iris"), scaling="standard")
    return _state(
        [_dense(8, "tanh"), _dense(3, "softmax")], data, _plan("adam", 0.01, 16, epochs=200)
    )


def _sine() -> State:
    layers = [_dense(12, "tanh"), _dense(12, "tanh"), _dense(1, "identity")]
    return _state(
        layers, DataSpec(source=SOURCES.make("sine")), _plan("adam", 0.01, 16, epochs=400)
    )


def _skip_connection() -> State:
    """A branch joins again: the input is handed on past a hidden layer."""
    chain_ = chain([_dense(8, "tanh"), LAYERS.make("concatenate"), _dense(1, "sigmoid")])
    graph = chain_.with_edges([*chain_.edges, Edge("input_1", "concatenate_1", 1)])
    places = {la.id: Place(i * _STEP, 0.0) for i, la in enumerate(graph)}
    places["dense_1"] = Place(_STEP, -_STEP / 2)
    data = DataSpec(source=SOURCES.make("moons"))
    return State(graph, MappingProxyType(places), data, _plan("adam", 0.02, 10, epochs=200))


def _classic_step() -> State:
    """One row, two sigmoid layers, worked by hand: Mazur, "A Step by Step Backpropagation Example".

    Its biases do not learn. Step through it to find every printed number again.
    """

    def layer(weights: str, bias: str) -> Kind:
        start = {
            "kernel_init": INITIALISERS.make("listed", numbers=weights),
            "bias_init": INITIALISERS.make("listed", numbers=bias),
        }
        return _dense(2, "sigmoid", learn="weights", **start)

    # the text numbers weights unit by unit: w1 w2 enter h1, w3 w4 enter h2; W has inputs as rows
    graph = chain([layer("0.15 0.25 0.20 0.30", "0.35"), layer("0.40 0.50 0.45 0.55", "0.60")])
    output = LAYERS.make("output", loss=LOSSES.make("half_squared"))
    graph = set_kind(graph, "output_1", output)
    content = Dataset(
        "Classic step",
        np.array([[0.05, 0.10]]),
        ("i1", "i2"),
        np.array([[0.01, 0.99]]),
        (Target("o1"), Target("o2")),
    )
    data = DataSpec(source=SOURCES.make("table", content=content), train=100, validation=0, test=0)
    plan = Plan(
        optimiser=OPTIMISERS.make("sgd", rate=0.5),
        batch_size=1,
        precision="float64",
        epochs=10_000,
    )
    places = {la.id: Place(i * _STEP, 0.0) for i, la in enumerate(graph)}
    return State(graph, MappingProxyType(places), data, plan)


def _gate(name: str) -> DataSpec:
    return DataSpec(source=SOURCES.make("gate", gate=name))


def _plan(optimiser: str, rate: float, batch: int, epochs: int) -> Plan:
    return Plan(optimiser=OPTIMISERS.make(optimiser, rate=rate), batch_size=batch, epochs=epochs)


def _state(hidden: Sequence[Kind], data: DataSpec, plan: Plan) -> State:
    """A chain from an Input through `hidden` to an Output, its cards in a row."""
    graph = chain(hidden)
    places = {la.id: Place(i * _STEP, 0.0) for i, la in enumerate(graph)}
    return State(graph, MappingProxyType(places), data, plan)


def _opened(state: State) -> State:
    """With every layer but the Output open, a little farther apart."""
    places = {
        layer.id: Place(i * _OPEN_STEP, 0.0, open=layer.kind.has_output)
        for i, layer in enumerate(state.graph)
    }
    return state.with_places(places)


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
