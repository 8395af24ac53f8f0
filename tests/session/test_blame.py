"""Contributions add up: what a layer's numbers are blamed for is what changed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradloom.document.samples import chain, first_project, samples
from gradloom.engine.rows import Rows
from gradloom.engine.trainer import Trainer
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.session.blame import Target, contributions, targets_of


def _trained(state, steps=40):
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=steps)
    return trainer.checkpoint()


def _row(state, number=3):
    return Rows.of(state.prepared, (number,))


def _dense(units, activation="identity"):
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation))


@pytest.mark.parametrize("name", ["circles", "xor_points", "spiral_three_arms", "iris"])
@pytest.mark.parametrize("points", [200])
def test_shares_of_every_layer_add_up_to_the_change(name, points):
    state = samples()[name]
    run = _trained(state)
    for target in targets_of(state):
        found = contributions(state, run, _row(state), target, points)
        scale = max(1.0, abs(found.value), abs(found.base))
        assert found.layers[0].layer == "input_1"
        for shares in found.layers:
            assert shares.whole
            assert found.gap(shares) == pytest.approx(0, abs=0.02 * scale), (target, shares.layer)


def test_a_finer_line_leaves_less_unexplained():
    state = first_project()
    run = _trained(state)
    gaps = []
    for points in (8, 32, 128):
        found = contributions(state, run, _row(state), Target("output_1", 0), points)
        gaps.append(max(abs(found.gap(shares)) for shares in found.layers))
    assert gaps[0] > 4 * gaps[1] > 16 * gaps[2]


def test_a_linear_network_is_explained_exactly_by_weight_times_input():
    state = dataclasses.replace(first_project(), graph=chain([_dense(3), _dense(1)]))
    run = _trained(state, steps=5)
    trainer = Trainer(state.graph, state.prepared, state.plan, run)
    w = trainer.parameters["dense_1", "W"].astype(float)
    w = w @ trainer.parameters["dense_2", "W"].astype(float)
    found = contributions(state, run, _row(state), Target("output_1", 0))
    base = state.prepared.features[state.prepared.split.train].mean(axis=0)
    expected = (state.prepared.features[3] - base) * w[:, 0]
    np.testing.assert_allclose(found.layers[0].shares, expected, rtol=1e-9)
    for shares in found.layers:
        assert found.gap(shares) == pytest.approx(0, abs=1e-9)


def test_layers_beside_a_skip_connection_do_not_claim_the_whole():
    state = samples()["skip_connection"]
    run = _trained(state)
    found = contributions(state, run, _row(state), Target("output_1", 0), 200)
    whole = {shares.layer: shares.whole for shares in found.layers}
    assert whole["dense_1"] is False
    assert whole["input_1"] is whole["concatenate_1"] is whole["dense_2"] is True
    joined = next(s for s in found.layers if s.layer == "concatenate_1")
    assert found.gap(joined) == pytest.approx(0, abs=1e-3)


def test_chance_is_off_and_running_values_are_used():
    kinds = [_dense(6, "relu"), LAYERS.make("batch_norm"), LAYERS.make("dropout", rate=0.5)]
    state = dataclasses.replace(first_project(), graph=chain([*kinds, _dense(1, "tanh")]))
    run = _trained(state)
    one, other = (
        contributions(state, run, _row(state), Target("output_1", 0), 400) for _ in range(2)
    )
    for a, b in zip(one.layers, other.layers, strict=True):
        np.testing.assert_array_equal(a.shares, b.shares)
        assert one.gap(a) == pytest.approx(0, abs=0.02)


def test_a_row_without_targets_has_no_loss_to_explain():
    state = first_project()
    run = _trained(state, steps=1)
    row = Rows(np.array([[0.5, -0.5]]), None, (-1,))
    assert np.isfinite(contributions(state, run, row, Target("output_1", 0)).value)
    with pytest.raises(ValueError):
        contributions(state, run, row, Target(""))
