"""Activation curves run by the engine, and the points where a network works on them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradloom.data.split import evenly
from gradloom.document.samples import first_project
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.engine.progress import Snapshot
from gradloom.graph import edits
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES
from gradloom.session.curves import Probe, activation_of, curve, loss_curve

# where the slope jumps, finite differences say nothing
KINKS = {
    "relu": (0.0,),
    "leaky_relu": (0.0,),
    "elu": (0.0,),
    "selu": (0.0,),
    "step": (0.0,),
    "softsign": (0.0,),
    "hard_tanh": (-1.0, 1.0),
    "hard_sigmoid": (-3.0, 3.0),
}
SMOOTH = [kind for kind in ACTIVATIONS.kinds() if kind.elementwise]


@pytest.mark.parametrize("cls", SMOOTH, ids=lambda cls: cls.kind)
def test_slope_is_the_slope_of_the_curve(cls):
    made = curve(cls(), -4, 4, 4001)
    numeric = np.gradient(made.value, made.z)
    far = np.ones(len(made.z), bool)
    for kink in KINKS.get(cls.kind, ()):
        far &= np.abs(made.z - kink) > 0.01
    assert np.abs(made.slope - numeric)[far][1:-1].max() < 1e-5


def test_tanh_by_hand():
    made = curve(ACTIVATIONS.make("tanh"), -1, 1, 3)
    assert made.z.tolist() == [-1, 0, 1]
    # tanh(1) = 0.76159..., 1 - tanh(1)^2 = 0.41997...
    assert made.value == pytest.approx([-math.tanh(1), 0, math.tanh(1)], abs=1e-15)
    assert made.slope == pytest.approx([0.4199743416140261, 1, 0.4199743416140261], abs=1e-12)


@pytest.mark.parametrize("name", ["mse", "mae", "huber", "half_squared"])
def test_a_loss_and_its_slope_over_the_miss(name):
    made = loss_curve(LOSSES.make(name), ACTIVATIONS.make("identity"), 0.0, -3, 3, 601)
    numeric = np.gradient(made.value, made.z)
    assert np.abs(made.slope - numeric)[np.abs(made.z) > 0.02][1:-1].max() < 0.01
    at = {round(z, 2): (v, s) for z, v, s in zip(made.z, made.value, made.slope, strict=True)}
    by_hand = {"mse": (4, 4), "mae": (2, 1), "huber": (1.5, 1), "half_squared": (2, 2)}
    assert at[2.0] == pytest.approx(by_hand[name])


def test_cross_entropy_pulls_where_squares_let_go():
    sigmoid = ACTIVATIONS.make("sigmoid")
    entropy, squares = (
        loss_curve(LOSSES.make(name), sigmoid, 1.0, -6, 6, 3)
        for name in ("binary_cross_entropy", "mse")
    )
    # at z = 0 the answer is a half: log 2 with slope a - y, and 1/4 with slope 2 (a - y) a (1 - a)
    assert (entropy.value[1], entropy.slope[1]) == pytest.approx((math.log(2), -0.5))
    assert (squares.value[1], squares.slope[1]) == pytest.approx((0.25, -0.25))
    assert entropy.slope[0] < -0.99
    assert abs(squares.slope[0]) < 0.01


def test_softmax_has_no_single_curve():
    assert curve(ACTIVATIONS.make("softmax"), -1, 1) is None


def test_bad_settings_have_no_curve():
    assert curve(ACTIVATIONS.make("leaky_relu", slope=float("nan")), -1, 1) is None


def test_activation_of_a_layer():
    state = first_project()
    assert activation_of(state, "dense_1").kind == "tanh"
    assert activation_of(state, "input_1") is None
    plain = state.graph["dense_1"].kind.replace(activation=ACTIVATIONS.make("identity"))
    assert (
        activation_of(state.with_graph(edits.set_kind(state.graph, "dense_1", plain)), "dense_1")
        is None
    )


@pytest.fixture
def drawn():
    """A network with an activation layer of its own, and start values for it."""
    state = first_project()
    graph = edits.add(state.graph, LAYERS.make("relu"), "act")
    state = state.with_graph(edits.splice(graph, "act", graph.edges[1]))
    layout = layout_of(state.graph, state.analysis)
    parameters = Parameters(layout, state.plan.dtype)
    parameters.initialise(3)
    snapshot = Snapshot(parameters.theta.copy(), parameters.state.copy())
    return state, layout, parameters, snapshot


def test_points_are_what_arrives_at_the_activation(drawn):
    state, layout, parameters, snapshot = drawn
    probe = Probe(state, layout, 50)
    prepared = state.prepared
    x = prepared.features[evenly(prepared.split.train, 50)]
    z = x @ parameters["dense_1", "W"].astype(float) + parameters["dense_1", "b"]
    assert probe.points(snapshot, "dense_1") == pytest.approx(z, rel=1e-5, abs=1e-6)
    assert probe.points(snapshot, "act") == pytest.approx(np.tanh(z), rel=1e-5, abs=1e-6)


def test_points_follow_the_snapshot(drawn):
    state, layout, _, snapshot = drawn
    probe = Probe(state, layout, 20)
    before = probe.points(snapshot, "dense_1")
    other = Snapshot(snapshot.theta * 2, snapshot.state)
    assert probe.points(other, "dense_1") == pytest.approx(2 * before, rel=1e-5)
    assert probe.points(snapshot, "dense_1") == pytest.approx(before)
    assert probe.points(snapshot, "input_1").size == 0
