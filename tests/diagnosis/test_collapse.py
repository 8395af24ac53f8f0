"""A stack of linear layers as one layer, with the same outputs to rounding."""

from __future__ import annotations

import numpy as np
import pytest

from gradloom.diagnosis.collapse import collapse, linear_stacks
from gradloom.engine.trainer import Trainer
from gradloom.graph import Edge
from gradloom.layers import LAYERS


@pytest.mark.parametrize(("precision", "most"), [("float32", 1e-5), ("float64", 1e-13)])
def test_the_product_gives_the_same_outputs(ward, precision, most):
    layers = [ward.dense(5), ward.dense(4, bias=False), ward.dense(3), ward.dense(1, "sigmoid")]
    state = ward.state(layers, precision=precision)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=200)
    (stack,) = linear_stacks(state.graph)
    assert stack == ("dense_1", "dense_2", "dense_3", "dense_4")
    found = collapse(state, stack, trainer.progress().snapshot)
    p = trainer.parameters
    w = [p[la, "W"].astype(float) for la in stack]
    np.testing.assert_allclose(found.weights, w[0] @ w[1] @ w[2] @ w[3], rtol=1e-12)
    assert found.difference <= most * max(found.largest, 1)
    assert found.largest > 0.01
    assert [la.id for la in found.graph] == ["input_1", "dense_4", "output_1"]
    assert f"{found.rows} training rows" in found.sentence


def test_two_stacks_and_what_ends_them(ward):
    layers = [
        ward.dense(5),
        ward.dense(4, "tanh"),
        ward.dense(3),
        ward.dense(3),
        LAYERS.make("relu"),
        ward.dense(1),
    ]
    graph = ward.state(layers).graph
    assert list(linear_stacks(graph)) == [("dense_1", "dense_2"), ("dense_3", "dense_4")]


def test_a_layer_that_feeds_two_is_no_part_of_a_stack(ward):
    graph = ward.state([ward.dense(2), ward.dense(2), LAYERS.make("add"), ward.dense(1)]).graph
    assert list(linear_stacks(graph)) == [("dense_1", "dense_2")]
    branched = graph.with_edges([*graph.edges, Edge("dense_1", "add_1", 1)])
    assert list(linear_stacks(branched)) == []
