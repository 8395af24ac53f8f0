"""Rules that judge a run: each against one that is ill and one that is not."""

from __future__ import annotations

import numpy as np
import pytest

from gradloom.data import SOURCES, DataSpec
from gradloom.diagnosis import REMEDIES
from gradloom.diagnosis.facts import constant_loss
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.layers import INITIALISERS, LOSSES


def deep(ward, activation, count=20, **settings):
    layers = [ward.dense(16, activation, **settings) for _ in range(count)]
    return ward.state([*layers, ward.dense(1, "sigmoid")], optimiser="sgd", rate=0.1)


def test_a_large_negative_bias_kills_relus(ward):
    start = INITIALISERS.make("constant", value=-100.0)
    layers = [ward.dense(8, "relu", bias_init=start), ward.dense(1, "sigmoid")]
    ill = ward.state(layers)
    found = ward.trained(ill)["dead_units"]
    assert found.places == ("dense_1",)
    assert found.sentence.startswith("All units of Dense give 0")
    assert "8 of 8 units are 0 on all" in found.evidence
    mended = REMEDIES[found.remedies[0]].mend(ill, found)
    assert "dead_units" not in ward.trained(mended)


def test_living_relus_are_left_alone(ward):
    well = ward.state([ward.dense(8, "relu"), ward.dense(1, "sigmoid")])
    assert ward.trained(well) == {}


def test_only_the_first_dead_layer_is_told(ward):
    start = INITIALISERS.make("constant", value=-100.0)
    layers = [ward.dense(8, "relu", bias_init=start), ward.dense(8, "relu")]
    found = ward.trained(ward.state([*layers, ward.dense(1, "sigmoid")]))
    assert found["dead_units"].places == ("dense_1",)


def test_large_start_values_saturate_tanh(ward):
    start = INITIALISERS.make("normal", deviation=30.0)
    layers = [ward.dense(8, "tanh", kernel_init=start), ward.dense(8, "tanh", kernel_init=start)]
    ill = ward.state([*layers, ward.dense(1, "sigmoid")], rate=0.001)
    found = ward.trained(ill)["saturated_units"]
    assert "flat ends of Tanh" in found.sentence
    assert found.remedies[0] == "automatic_start"
    assert found.places == ("dense_1", "dense_2")
    well = REMEDIES["automatic_start"].mend(ill, found)
    assert "saturated_units" not in ward.trained(well)


def test_a_sure_answer_is_not_saturated(ward):
    gaussians = DataSpec(source=SOURCES.make("gaussians"))
    state = ward.state([ward.dense(4, "tanh"), ward.dense(1, "sigmoid")], gaussians, rate=0.1)
    assert "saturated_units" not in ward.trained(state, epochs=60)


def test_a_step_is_told_of_once(ward):
    """It has no steep middle to be away from: `no_slope` says what there is to say."""
    found = ward.trained(ward.state([ward.dense(4, "step"), ward.dense(1, "sigmoid")]))
    assert "no_slope" in found
    assert "saturated_units" not in found


def test_twenty_sigmoid_layers_lose_the_gradient(ward):
    ill = deep(ward, "sigmoid")
    found = ward.trained(ill, epochs=6)["vanishing_gradient"]
    assert found.remedies == ("tanh", "relu")
    assert len(found.layers) == 20
    mended = REMEDIES["tanh"].mend(ill, found)
    assert mended.graph["dense_7"].kind.activation.kind == "tanh"
    assert "vanishing_gradient" not in ward.trained(mended, epochs=6)


def test_twenty_tanh_layers_with_good_starts_keep_it(ward):
    assert "vanishing_gradient" not in ward.trained(deep(ward, "tanh"), epochs=6)


def test_too_large_start_values_explode(ward):
    start = INITIALISERS.make("normal", deviation=1.0)
    layers = [ward.dense(16, "relu", kernel_init=start) for _ in range(8)]
    data = DataSpec(source=SOURCES.make("plane"))
    ill = ward.state([*layers, ward.dense(1)], data, "sgd", 1e-15)
    found = ward.trained(ill, epochs=6)["exploding_gradient"]
    assert found.remedies[0] == "automatic_start"
    assert "exploding_gradient" not in ward.trained(REMEDIES["automatic_start"].mend(ill, found))


def test_clipping_is_offered_and_done(ward):
    start = INITIALISERS.make("normal", deviation=1.0)
    layers = [ward.dense(16, "relu", kernel_init=start) for _ in range(8)]
    ill = ward.state([*layers, ward.dense(1)], DataSpec(source=SOURCES.make("plane")), "sgd", 1e-15)
    found = ward.trained(ill, epochs=6)["exploding_gradient"]
    assert REMEDIES["clip"].mend(ill, found).plan.clip_norm == 1.0


def test_a_rate_of_three_is_too_large(ward):
    layers = [ward.dense(8, "tanh"), ward.dense(1, "sigmoid")]
    found = ward.trained(ward.state(layers, rate=3.0))["rate_too_large"]
    assert "learning rate of 3" in found.evidence
    assert REMEDIES["lower_rate"].label(ward.state(layers, rate=3.0), found) == (
        "Set the learning rate to 0.3"
    )
    assert "rate_too_large" not in ward.trained(ward.state(layers, rate=0.03))


def test_a_run_that_broke_says_so(ward):
    data = DataSpec(source=SOURCES.make("plane"))
    ill = ward.state([ward.dense(8, "relu"), ward.dense(1)], data, "sgd", 50.0)
    found = ward.trained(ill)["rate_too_large"]
    assert "beyond all bounds" in found.evidence


@pytest.mark.parametrize("size", [1e20, 1e39])
def test_numbers_too_large_from_the_start_are_not_the_rate_s_fault(ward, size):
    """1e20 has no square in float32, 1e39 is beyond it."""
    rng = np.random.default_rng(0)
    data = ward.table(size * rng.normal(size=(30, 2)), rng.normal(size=30))
    found = ward.trained(ward.state([ward.dense(4, "relu"), ward.dense(1)], data), epochs=1)
    assert "unscaled_features" in found
    assert "rate_too_large" not in found


def test_large_targets_take_their_time(ward):
    """Above a constant answer for long, with growing weights, but on its way."""
    data = DataSpec(source=SOURCES.make("diabetes"), scaling="standard")
    state = ward.state([ward.dense(8, "relu"), ward.dense(1)], data, batch_size=32)
    assert "rate_too_large" not in ward.trained(state, epochs=18, looks=6)


@pytest.mark.parametrize("delta", [0.1, 1.0, 100.0])
def test_the_best_constant_of_a_huber_loss(ward, delta):
    rng = np.random.default_rng(0)
    target = rng.exponential(size=31)
    data = ward.table(np.zeros((31, 1)), target)
    output = {"loss": LOSSES.make("huber", delta=delta)}
    state = ward.state([ward.dense(1)], data, output=output)
    away = np.abs(np.linspace(target.min(), target.max(), 2001)[:, None] - target)
    losses = np.where(away <= delta, away**2 / 2, delta * (away - delta / 2)).mean(axis=1)
    assert constant_loss(state) == pytest.approx(losses.min(), rel=1e-5)


def test_a_solved_huber_task_may_do_with_few_units(ward):
    """Units that never fire harm nobody when everything is learnt, whatever the loss."""
    x = np.linspace(0, 1, 40)[:, None]
    start = INITIALISERS.make("listed", numbers="1 -1 -1 -1")
    layers = [ward.dense(4, "relu", kernel_init=start), ward.dense(1)]
    output = {"loss": LOSSES.make("huber")}
    data = ward.table(x, x[:, 0])
    state = ward.state(layers, data, rate=0.05, output=output)
    found = ward.trained(state, epochs=300)
    assert "dead_units" not in found
    slow = ward.planned(state, optimiser=OPTIMISERS.make("sgd", rate=1e-6))
    assert "dead_units" in ward.trained(slow)


def test_a_rate_of_a_millionth_is_too_small(ward):
    layers = [ward.dense(8, "tanh"), ward.dense(1, "sigmoid")]
    ill = ward.state(layers, rate=1e-6)
    found = ward.trained(ill, epochs=60)["rate_too_small"]
    assert REMEDIES["raise_rate"].mend(ill, found).plan.optimiser.rate == 1e-5
    assert "rate_too_small" not in ward.trained(ward.state(layers, rate=0.01), epochs=60)


def test_a_large_network_on_noise_overfits(ward):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 4))
    y = (rng.random(60) < 0.5).astype(float)
    table = ward.table(x, y, ("no", "yes")).replace(train=50, validation=50, test=0)
    layers = [ward.dense(64, "relu"), ward.dense(64, "relu"), ward.dense(1, "sigmoid")]
    ill = ward.state(layers, table, rate=0.01)
    found = ward.trained(ill, epochs=90)["overfitting"]
    assert found.remedies == ("stop_early", "l2")
    mended = REMEDIES["stop_early"].mend(ill, found)
    assert (mended.plan.patience, mended.plan.restore_best) == (20, True)
    assert REMEDIES["l2"].mend(ill, found).plan.l2 == 1e-3
    small = ward.state([ward.dense(1, "sigmoid")], table, rate=0.003)
    assert "overfitting" not in ward.trained(small, epochs=90)
