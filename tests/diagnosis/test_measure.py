"""The meter against numbers worked out another way."""

from __future__ import annotations

import math
from time import perf_counter

import numpy as np
import pytest

from gradloom.data import SOURCES, DataSpec
from gradloom.diagnosis import Meter
from gradloom.diagnosis.measure import BINS, ROWS, histogram, rows_of
from gradloom.document.samples import first_project, samples
from gradloom.engine.progress import Snapshot
from gradloom.engine.trainer import Trainer
from gradloom.graph.edits import set_kind
from gradloom.layers import INITIALISERS, LAYERS


def trained(state, steps=50):
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=steps)
    return trainer


def test_activations_are_those_of_the_network(ward):
    state = first_project()
    trainer = trained(state)
    p = trainer.progress()
    found = Meter(state).measure(p.snapshot, p.rate, run=3, steps=50)
    x = state.prepared.features[rows_of(state)]
    w, b = trainer.parameters["dense_1", "W"], trainer.parameters["dense_1", "b"]
    a = np.tanh(x @ w + b)
    layer = found["dense_1"]
    assert (found.run, found.steps, found.rows) == (3, 50, len(x))
    assert layer.mean == pytest.approx(a.mean(), rel=1e-4)
    assert layer.deviation == pytest.approx(a.std(), rel=1e-4)
    assert sum(layer.values.counts) == a.size
    assert (layer.units, layer.activation, layer.depth) == (4, "tanh", 1)
    assert math.isnan(layer.dead)
    with pytest.raises(KeyError):
        found["output_1"]


def test_slopes_are_central_differences(ward):
    state = ward.planned(first_project(), precision="float64")
    p = trained(state).progress()
    meter = Meter(state)
    layout = meter._parameters.layout
    found = meter.measure(p.snapshot, p.rate)["dense_2"].parameters[0]

    def loss(i, j, by):
        theta = p.snapshot.theta.copy()
        layout.parameter(theta, "dense_2", "W")[i, j] += by
        return meter.measure(Snapshot(theta, p.snapshot.state), p.rate).loss

    h = 1e-6
    slopes = [(loss(i, j, h) - loss(i, j, -h)) / (2 * h) for i in range(4) for j in range(2)]
    assert found.gradient == pytest.approx(float(np.linalg.norm(slopes)), rel=1e-5)


def test_the_slope_of_one_row_does_not_depend_on_how_many_there_are(ward):
    """The loss is a mean over rows; twice the same rows are the same slopes."""
    one = ward.table([[1.0, 2.0]] * 4, [1.0] * 4)
    two = ward.table([[1.0, 2.0]] * 8, [1.0] * 8)
    found = []
    for data in (one, two):
        state = ward.state([ward.dense(3, "tanh"), ward.dense(1)], data)
        p = trained(state, 1).progress()
        start = Trainer(state.graph, state.prepared, state.plan).progress()
        found.append(Meter(state).measure(start.snapshot, p.rate)["dense_1"].gradient)
    assert found[0] == pytest.approx(found[1], rel=1e-5)


def test_the_update_is_the_optimisers_own(ward):
    state = ward.state([ward.dense(3, "tanh"), ward.dense(1)], optimiser="sgd", rate=0.5)
    p = trained(state).progress()
    w = Meter(state).measure(p.snapshot, p.rate)["dense_1"].parameters[0]
    rms = w.gradient / math.sqrt(6) * 0.5
    assert w.ratio == pytest.approx(rms / w.rms, rel=1e-4)


def test_a_checkpoint_gives_adams_memory():
    state = first_project()
    trainer = trained(state, 500)
    p, checkpoint = trainer.progress(), trainer.checkpoint()
    meter = Meter(state)
    kept = meter.measure(p.snapshot, p.rate, slots=checkpoint.slots, count=checkpoint.count)
    fresh = Meter(state).measure(p.snapshot, p.rate)
    # with an empty memory every number moves by the rate
    w = fresh["dense_1"].parameters[0]
    assert w.ratio * w.rms == pytest.approx(p.rate, rel=1e-2)
    assert kept["dense_1"].parameters[0].ratio < w.ratio


def test_nothing_of_the_run_is_touched():
    state = first_project()
    trainer = trained(state)
    p = trainer.progress()
    before = p.snapshot.theta.copy()
    meter = Meter(state)
    one = meter.measure(p.snapshot, p.rate)
    np.testing.assert_array_equal(before, p.snapshot.theta)
    np.testing.assert_array_equal(before, trainer.parameters.theta)
    assert meter.measure(p.snapshot, p.rate).loss == one.loss


def test_dead_and_saturated_units_are_counted(ward):
    start = INITIALISERS.make("listed", numbers="-9 -9 9")
    layers = [
        ward.dense(3, "relu", bias_init=start, kernel_init=INITIALISERS.make("constant")),
        ward.dense(4, "tanh", bias_init=INITIALISERS.make("listed", numbers="99 -99 0 0")),
        ward.dense(1),
    ]
    state = ward.state(
        layers, ward.table(np.random.default_rng(1).normal(size=(40, 2)), [0.0] * 40)
    )
    start_of = Trainer(state.graph, state.prepared, state.plan).progress()
    found = Meter(state).measure(start_of.snapshot, 0.01)
    assert found["dense_1"].dead == pytest.approx(2 / 3)
    assert math.isnan(found["dense_1"].saturated)
    assert found["dense_2"].saturated >= 0.5
    assert math.isnan(found["dense_3"].dead)


def test_weights_are_compared_with_their_start():
    state = first_project()
    trainer = Trainer(state.graph, state.prepared, state.plan)
    meter = Meter(state)
    before = meter.measure(trainer.progress().snapshot, 0.01)["dense_1"].parameters[0]
    assert before.now.counts == before.start.counts
    trainer.run(steps=300)
    after = meter.measure(trainer.progress().snapshot, 0.01)["dense_1"].parameters[0]
    assert (after.now.low, after.now.high) == (after.start.low, after.start.high)
    assert after.now.counts != after.start.counts
    assert after.start_rms == before.rms


def test_histograms_count_everything_once():
    values = np.array([0.0, 0.1, 0.5, 1.0])
    assert sum(histogram(values, 0.0, 1.0).counts) == 4
    assert histogram(values, 0.0, 1.0).counts[0] == 1
    assert histogram(values, 0.0, 1.0).counts[-1] == 1
    assert histogram(np.zeros(5), 0.0, 0.0).counts[BINS // 2] == 5
    assert sum(histogram(values, math.nan, 1.0).counts) == 0


def test_layers_for_pictures_and_normalising_are_measured(ward):
    layers = [
        LAYERS.make("conv2d", filters=3),
        LAYERS.make("relu"),
        LAYERS.make("batch_norm"),
        LAYERS.make("flatten"),
        ward.dense(10, "softmax"),
    ]
    state = ward.state(layers, DataSpec(source=SOURCES.make("digits")))
    picture = LAYERS.make("input", shape="picture")
    state = state.with_graph(set_kind(state.graph, "input_1", picture))
    assert state.ready, state.problems
    p = Trainer(state.graph, state.prepared, state.plan).progress()
    found = Meter(state).measure(p.snapshot, p.rate)
    assert found.rows <= ROWS
    assert found["relu_1"].units == 3
    assert found["relu_1"].dead == 0
    assert found["conv2d_1"].gradient > 0
    assert found["batch_norm_1"].parameters[0].name == "gamma"


def test_it_is_cheap():
    for name in ("circles", "spiral_three_arms", "iris"):
        state = samples()[name]
        p = Trainer(state.graph, state.prepared, state.plan).progress()
        meter = Meter(state)
        times = []
        for _ in range(8):
            began = perf_counter()
            meter.measure(p.snapshot, p.rate)
            times.append(perf_counter() - began)
        assert min(times) < 0.010
