"""Hidden space: what a layer answers, where it is shown, lines of the input, straight rules."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradloom.core.errors import UserError
from gradloom.data import SOURCES, DataSpec
from gradloom.document import State
from gradloom.document.samples import chain, first_project, samples
from gradloom.document.samples.build import dense as _dense
from gradloom.engine.parameters import layout_of
from gradloom.engine.predictor import Predictor
from gradloom.engine.progress import Snapshot
from gradloom.engine.trainer import Trainer
from gradloom.graph.edits import set_kind
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.session.answering import Question, answered
from gradloom.session.hidden import (
    MOST_ROWS,
    STITCHES,
    THREADS,
    HiddenSpace,
    HiddenStudy,
    HiddenWish,
    layers_of,
    shown_for,
    units_for,
)
from gradloom.session.principal import principal
from gradloom.session.readout import rule_of


def trained(state, epochs=3):
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for _ in range(epochs):
        trainer.step_epoch()
    return trainer.progress(run=4)


def project(source, *layers, **settings):
    return State(chain(layers), data=DataSpec(source=SOURCES.make(source, **settings)))


def convolutional():
    layers = [
        LAYERS.make("conv2d", filters=8),
        LAYERS.make("flatten"),
        _dense(10, "softmax"),
    ]
    state = project("digits", *layers)
    picture = LAYERS.make("input", shape="picture")
    state = state.with_graph(set_kind(state.graph, "input_1", picture))
    assert state.ready
    return state


def by_hand(state, progress, features):
    """Every Dense of a chain by plain NumPy: {layer: (units, rows)}."""
    layout = layout_of(state.graph, state.analysis)
    a, found = features, {"input_1": features}
    for id_ in layers_of(state)[1:]:
        w = layout.parameter(progress.snapshot.theta, id_, "W").astype(float)
        b = layout.parameter(progress.snapshot.theta, id_, "b").astype(float)
        a = found[id_] = np.tanh(w.T @ a + b[:, None])
    return found


def test_values_and_places_are_those_of_the_layer():
    state = first_project()
    progress = trained(state)
    space = HiddenSpace(state)
    expected = by_hand(state, progress, state.prepared.features.T)
    for layer in layers_of(state):
        found = space.look(progress, HiddenWish(layer, (1, 0)))
        assert (found.run, found.steps, found.layer) == (4, progress.steps, layer)
        assert found.rows.tolist() == list(range(250))
        np.testing.assert_allclose(found.values, expected[layer], atol=1e-5)
        shown = expected[layer][:1] if layer == "dense_3" else expected[layer][[1, 0]]
        np.testing.assert_allclose(found.places.T, shown, atol=1e-5)
    predictor = Predictor(state.graph, state.analysis, space._layout, state.plan.dtype)
    predictor.load(progress.snapshot.theta, progress.snapshot.state)
    (outputs,) = predictor.outputs(state.prepared.features.T).values()
    np.testing.assert_array_equal(found.told["output_1"], outputs)


def test_without_units_it_is_the_principal_plane():
    state = first_project()
    found = HiddenSpace(state).look(trained(state), HiddenWish("dense_1"))
    expected = principal(found.values.T)
    np.testing.assert_allclose(found.places, expected.places(found.values.T), atol=1e-9)
    assert found.share == pytest.approx(expected.share)
    assert found.units is None


def test_while_it_trains_the_principal_plane_does_not_jump():
    state = samples()["iris"]
    trainer = Trainer(state.graph, state.prepared, state.plan)
    space, last, jumps = HiddenSpace(state), None, []
    for _ in range(40):
        trainer.step_epoch()
        found = space.look(trainer.progress(run=1), HiddenWish("dense_1")).places
        if last is not None:
            jumps.append(np.abs(found - last).max() / np.abs(found).max())
        last = found
    assert max(jumps) < 0.2


def test_a_layer_seen_for_the_first_time_is_turned_to_the_one_before():
    state = first_project()
    space, progress = HiddenSpace(state), trained(state)
    before = space.look(progress, HiddenWish("input_1", (0, 1))).places
    found = space.look(progress, HiddenWish("dense_1"))
    assert found.share == pytest.approx(principal(found.values.T).share)
    before = before - before.mean(axis=0)
    for angle in np.linspace(0, 2 * np.pi, 40):
        c, s = np.cos(angle), np.sin(angle)
        for turned in (found.places @ [[c, -s], [s, c]], found.places @ [[c, s], [s, -c]]):
            assert (found.places * before).sum() >= (turned * before).sum() - 1e-6


def test_lines_of_the_input_plane_as_the_layer_sees_them():
    state = first_project()
    progress = trained(state)
    space = HiddenSpace(state)
    flat = space.look(progress, HiddenWish("input_1", (0, 1))).weave
    assert flat.shape == (2 * THREADS, STITCHES, 2)
    raw = state.prepared.dataset.features
    assert (flat.min(axis=(0, 1)) < raw.min(axis=0)).all()
    assert (flat.max(axis=(0, 1)) > raw.max(axis=0)).all()
    across, down = flat[:THREADS], flat[THREADS:]
    assert np.ptp(across[..., 1], axis=1).max() < 1e-6, "lines along x1 hold x2"
    assert np.ptp(down[..., 0], axis=1).max() < 1e-6
    bent = space.look(progress, HiddenWish("dense_2", (0, 1)))
    expected = by_hand(state, progress, flat.reshape(-1, 2).T)["dense_2"]
    np.testing.assert_allclose(bent.weave.reshape(-1, 2), expected.T, atol=1e-5)
    assert bent.woven["output_1"].shape == (1, 2 * THREADS, STITCHES)


def test_a_single_input_is_a_line_and_more_than_two_are_none():
    curve = project("sine", _dense(3, "tanh"), _dense(1, "identity"))
    found = HiddenSpace(curve).look(trained(curve), HiddenWish())
    assert found.layer == "dense_1"
    assert found.weave.shape == (1, 400, 2)
    iris = samples()["iris"]
    found = HiddenSpace(iris).look(trained(iris), HiddenWish())
    assert found.weave.size == 0


def test_a_convolution_is_looked_at_flattened():
    state = convolutional()
    found = HiddenSpace(state).look(trained(state, 1), HiddenWish("conv2d_1"))
    assert found.size == len(found.values) > 100
    assert found.places.shape == (MOST_ROWS, 2)
    assert 0 < found.share < 1
    rows = found.rows
    assert len(set(rows.tolist())) == MOST_ROWS
    assert rows[0] == 0
    assert rows[-1] == len(state.prepared.features) - 1


def test_which_layer_is_shown():
    state = first_project()
    assert layers_of(state) == ("input_1", "dense_1", "dense_2", "dense_3")
    assert shown_for(state, "") == "dense_2"
    assert shown_for(state, "gone") == "dense_2"
    assert shown_for(state, "dense_1") == "dense_1"
    assert shown_for(state, "output_1") == "dense_3", "an Output shows what arrives there"
    assert shown_for(project("circles", _dense(1, "sigmoid")), "") == "input_1"
    assert shown_for(State(), "") == ""


def test_which_units_are_shown():
    assert units_for(4, None) is None
    assert units_for(1, (0, 1)) is None
    assert units_for(4, (3, 1)) == (3, 1)
    assert units_for(4, (9, -1)) == (3, 0)
    assert units_for(4, (2, 2)) == (2, 3)
    assert units_for(2, (7, 7)) == (1, 0)


def told_by(found, state):
    (coding,) = state.analysis.codings.values()
    return coding.classify(found.told["output_1"])


TAILS = {
    "tanh": [_dense(2, "tanh"), _dense(1, "tanh")],
    "sigmoid": [_dense(2, "relu"), _dense(1, "sigmoid")],
    "identity": [_dense(2, "tanh"), _dense(1, "identity")],
    "softmax": [_dense(2, "tanh"), _dense(2, "softmax")],
    "apart": [_dense(2, "tanh"), _dense(2, "identity"), ACTIVATIONS.make("softmax")],
    "relu": [_dense(2, "tanh"), _dense(1, "relu")],
}


@pytest.mark.parametrize("wish", [HiddenWish("", (0, 1)), HiddenWish("", (1, 0)), HiddenWish()])
@pytest.mark.parametrize("tail", TAILS)
def test_the_line_before_the_last_dense_divides_as_the_network_does(tail, wish):
    state = project("gaussians", *TAILS[tail], noise=30)
    assert state.ready
    progress = trained(state, 4)
    wish = dataclasses.replace(wish, layer="dense_1")
    found = HiddenSpace(state).look(progress, wish)
    scores = found.readout.scores(found.places)
    clear = np.abs(scores[1] - scores[0]) > 1e-3
    assert clear.mean() > 0.9
    assert (scores.argmax(axis=0) == told_by(found, state))[clear].all()


@pytest.mark.parametrize("layer", ["dense_2", "softmax_1"])
def test_what_arrives_at_the_output_is_read_as_it_is(layer):
    state = project("gaussians", *TAILS["apart"], noise=30)
    found = HiddenSpace(state).look(trained(state), HiddenWish(layer, (0, 1)))
    assert (found.readout.scores(found.places).argmax(axis=0) == told_by(found, state)).all()


def test_the_line_of_a_layer_of_one_unit():
    state = first_project()
    found = HiddenSpace(state).look(trained(state), HiddenWish("dense_3"))
    assert found.places.shape == (250, 1)
    assert (found.readout.scores(found.places).argmax(axis=0) == told_by(found, state)).all()


def test_three_classes():
    state = project("spiral", _dense(2, "tanh"), _dense(3, "softmax"), arms=3)
    found = HiddenSpace(state).look(trained(state, 5), HiddenWish("dense_1", (0, 1)))
    assert (found.readout.scores(found.places).argmax(axis=0) == told_by(found, state)).all()


@pytest.mark.parametrize(
    ("state", "layer"),
    [
        (first_project(), "dense_1"),  # another layer bends it
        (project("sine", _dense(2, "tanh"), _dense(1, "identity")), "dense_1"),  # no classes
        (project("circles", _dense(2, "tanh"), _dense(1, "gelu")), "dense_1"),  # not in order
    ],
    ids=["deeper", "real", "wavy"],
)
def test_else_there_is_no_straight_rule(state, layer):
    assert rule_of(state, layer) is None


def test_four_units_have_no_line_in_their_plane():
    state = project("gaussians", _dense(4, "tanh"), _dense(1, "sigmoid"))
    assert rule_of(state, "dense_1") is not None
    assert HiddenSpace(state).look(trained(state), HiddenWish("dense_1")).readout is None


def test_numbers_that_broke_are_said():
    state = first_project()
    progress = trained(state)
    bad = Snapshot(np.full_like(progress.snapshot.theta, np.nan), progress.snapshot.state)
    broken = dataclasses.replace(progress, snapshot=bad)
    with pytest.raises(UserError, match="not finite"):
        HiddenSpace(state).look(broken, HiddenWish())
    said = answered(HiddenStudy(), Question(state, broken, running=True))
    assert "not finite" in said.sentence
    assert said.run == 4


def test_a_network_in_pieces_says_why_there_is_nothing():
    state = first_project()
    cut = state.with_graph(state.graph.with_edges(state.graph.edges[1:]))
    assert HiddenStudy().why_not(state) == ""
    assert "ready to train" in HiddenStudy().why_not(cut)
