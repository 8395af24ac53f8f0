"""The first network a person sees, and what every textbook begins with."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.document.inserting import STEP
from gradloom.document.samples.build import (
    Sample,
    SampleGroup,
    chain,
    dense,
    drawn,
    opened,
    plan,
    project,
)
from gradloom.document.state import Place, State
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.graph import Edge
from gradloom.graph.edits import set_kind
from gradloom.layers import INITIALISERS, LAYERS, LOSSES, Kind
from gradloom.layers.signature import Target


def first_project() -> State:
    """Two circles, two small hidden layers of tanh, one output unit: Space trains it at once.

    Its cards stand open, so that one sees every neuron's own picture from the first second.
    """
    layers = [dense(4, "tanh"), dense(2, "tanh"), dense(1, "tanh")]
    return opened(project(layers, DataSpec(), Plan()))


def _skip_connection() -> State:
    """A branch joins again: the input is handed on past a hidden layer."""
    straight = chain([dense(8, "tanh"), LAYERS.make("concatenate"), dense(1, "sigmoid")])
    graph = straight.with_edges([*straight.edges, Edge("input_1", "concatenate_1", 1)])
    made = project(graph, drawn("moons"), plan("adam", 0.02, 10, epochs=200))
    return made.with_places({"dense_1": Place(STEP, -STEP / 2)})


def _classic_step() -> State:
    """One row, two sigmoid layers, worked by hand: Mazur, "A Step by Step Backpropagation Example".

    Its biases do not learn. Step through it to find every printed number again.
    """

    def layer(weights: str, bias: str) -> Kind:
        start = {
            "kernel_init": INITIALISERS.make("listed", numbers=weights),
            "bias_init": INITIALISERS.make("listed", numbers=bias),
        }
        return dense(2, "sigmoid", learn="weights", **start)

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
    how = Plan(
        optimiser=OPTIMISERS.make("sgd", rate=0.5),
        batch_size=1,
        precision="float64",
        epochs=10_000,
    )
    places = {la.id: Place(i * STEP, 0.0) for i, la in enumerate(graph)}
    return State(graph, MappingProxyType(places), data, how)


FIRST_STEPS = SampleGroup(
    "First steps",
    (
        Sample(
            "circles",
            "Two circles",
            "Press Space: in a few seconds the map closes around the inner disc. Point at a neuron"
            " to see the one picture it adds.",
            first_project,
        ),
        Sample(
            "classic_step",
            "Classic step",
            "Press W and walk through one training step, operation by operation: the worked example"
            " of many textbooks, digit for digit.",
            _classic_step,
        ),
        Sample(
            "skip_connection",
            "Skip connection",
            "The inputs also go past the hidden layer and join it again. Press Space, then point at"
            " a cable to see what it carries.",
            _skip_connection,
        ),
    ),
)
