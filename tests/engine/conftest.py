"""Small networks and data for the engine's tests."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from gradloom.data import Split
from gradloom.engine.compile import TRAIN, compile_graph
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.graph import Graph, analyse, edits
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.layers.signature import Signature, Target


def _chain(*kinds, loss=None):
    """Input, these kinds one after another, Output."""
    graph, before = edits.add(Graph(), LAYERS.make("input")), "input_1"
    for kind in kinds:
        graph = edits.add(graph, kind)
        here = graph.layers[-1].id
        graph, before = edits.connect(graph, before, here), here
    graph = edits.add(graph, LAYERS.make("output", loss=loss))
    return edits.connect(graph, before, "output_1")


def _dense(units, activation="identity", **settings):
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation), **settings)


def _data(rows=23, features=2, classes=2, validation=5, seed=0, targets=1):
    """Random rows: the last `validation` are for validation; classes 0: real targets."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, features))
    if classes:
        y = rng.integers(0, classes, (rows, targets)).astype(float)
    else:
        y = rng.normal(size=(rows, targets))
    names = tuple(str(i) for i in range(classes))
    signature = Signature(
        tuple(f"x{i + 1}" for i in range(features)),
        tuple(Target(f"y{i + 1}", names) for i in range(targets)),
    )
    index = np.arange(rows)
    cut = rows - validation
    split = Split(index[:cut], index[cut:], index[:0])
    return SimpleNamespace(features=x, targets=y, signature=signature, split=split)


def _program(graph, signature, batch, seed=0, mode=TRAIN, dtype="float64"):
    """(program, parameters) of a network, initialised."""
    analysis = analyse(graph, signature)
    assert analysis.ready, analysis.problems
    parameters = Parameters(layout_of(graph, analysis), dtype)
    parameters.initialise(seed)
    return compile_graph(graph, analysis, parameters, batch, mode), parameters


@pytest.fixture(scope="session")
def chain():
    return _chain


@pytest.fixture(scope="session")
def dense():
    return _dense


@pytest.fixture(scope="session")
def data():
    return _data


@pytest.fixture(scope="session")
def program():
    return _program
