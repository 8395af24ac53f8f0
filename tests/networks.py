"""Networks that several tests need."""

from __future__ import annotations

import dataclasses
from types import MappingProxyType

from gradloom.data import SOURCES, DataSpec
from gradloom.document.samples import chain, first_project
from gradloom.graph.edits import set_kind
from gradloom.layers import ACTIVATIONS, LAYERS


def dense(units, activation):
    """A Dense kind."""
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation))


def digits_state(*hidden, picture=False, **plan):
    """A ready project on the digits: Input, the given kinds, Dense of 10, Output."""
    graph = chain([*hidden, dense(10, "softmax")])
    if picture:
        graph = set_kind(graph, "input_1", LAYERS.make("input", shape="picture"))
    state = first_project()
    state = dataclasses.replace(
        state.with_graph(graph),
        places=MappingProxyType({}),
        data=DataSpec(source=SOURCES.make("digits"), scaling="minmax"),
        plan=state.plan.replace(**{"batch_size": 32, **plan}),
    )
    assert state.ready, state.problems
    return state


def small_cnn(**plan):
    """Conv2D of 4 filters, MaxPool2D, Conv2D of 3, Flatten on the digits."""
    relu = ACTIVATIONS.make("relu")
    return digits_state(
        LAYERS.make("conv2d", filters=4, padding="same", activation=relu),
        LAYERS.make("max_pool2d"),
        LAYERS.make("conv2d", filters=3, kernel=2),
        LAYERS.make("flatten"),
        picture=True,
        **plan,
    )
