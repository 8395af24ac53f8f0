"""Where the best possible error shows in a run, and as which number."""

from __future__ import annotations

import dataclasses

import pytest

from gradloom.data import SOURCES, DataSpec
from gradloom.document import State
from gradloom.document.samples import chain, first_project, samples
from gradloom.document.samples.build import dense as _dense
from gradloom.graph.edits import set_kind
from gradloom.layers import LAYERS, LOSSES
from gradloom.session.best import bound_of, scale_of


def state(source, units=1, loss=None, weight=1.0, **settings):
    graph = chain([_dense(4, "tanh"), _dense(units, "identity")])
    chosen = None if loss is None else LOSSES.make(loss)
    graph = set_kind(graph, "output_1", LAYERS.make("output", loss=chosen, weight=weight))
    return State(graph, data=DataSpec(source=SOURCES.make(source, **settings)))


def test_of_classes_it_is_an_accuracy():
    noisy = dataclasses.replace(
        first_project(), data=DataSpec(source=SOURCES.make("xor", noise=0, label_noise=20))
    )
    bound = bound_of(noisy)
    assert bound.column == "accuracy"
    assert bound.value == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("loss", "weight", "value"),
    [(None, 1.0, 0.04), ("mse", 2.0, 0.08), ("half_squared", 1.0, 0.02)],
)
def test_of_a_real_target_it_is_the_loss_if_that_is_of_squares(loss, weight, value):
    made = state("sine", loss=loss, weight=weight, noise=20)
    assert made.ready
    bound = bound_of(made)
    assert bound.column == "loss"
    assert bound.value == pytest.approx(value)


def test_scaled_targets_have_a_scaled_loss():
    made = state("sine", noise=20)
    scaled = dataclasses.replace(made, data=made.data.replace(target_scaling="standard"))
    deviation = made.prepared.targets[made.prepared.split.train].std()
    assert bound_of(scaled).value == pytest.approx(0.04 / deviation**2)


@pytest.mark.parametrize(
    "made",
    [
        state("sine", loss="mae"),
        state("sine", units=2, loss="gaussian_nll"),
        samples()["xor_gate"],
        samples()["iris"],
        State(),
    ],
    ids=["absolute", "gaussian", "gate", "real table", "nothing"],
)
def test_else_there_is_none(made):
    assert bound_of(made) is None


def test_two_real_outputs_add_up_to_no_known_loss():
    both = state("sine")
    graph = both.graph
    twice = graph.with_layers(
        [*graph.layers, dataclasses.replace(graph["output_1"], id="output_2", name="Output 2")]
    )
    edge = dataclasses.replace(graph.incoming("output_1")[0], target="output_2")
    assert scale_of(both) is not None
    assert scale_of(both.with_graph(twice.with_edges([*graph.edges, edge]))) is None
