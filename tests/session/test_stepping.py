"""Walking through a step: sources, moves, play, edits, why, take; all without a window."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gradloom.core.errors import UserError
from gradloom.document.samples import chain, first_project, samples
from gradloom.engine.trainer import Trainer
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.layers.site import Phase
from gradloom.session.picked import DataRows, NextBatch, Typed
from gradloom.session.stepping import Stepping


def _dense(units, activation="identity"):
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation))


@pytest.fixture
def state():
    return first_project()


@pytest.fixture
def stepping(state):
    made = Stepping()
    made.enter(state, None)
    return made


def _same(one, other):
    return one.theta.tobytes() == other.theta.tobytes() and one.rng == other.rng


def test_it_is_inactive_until_entered_and_after_leaving(state):
    stepping, told = Stepping(), []
    stepping.changed.connect(lambda: told.append(stepping.active))
    assert not stepping.active
    assert stepping.mark() is None
    stepping.forward()
    stepping.enter(state, None)
    assert stepping.active
    stepping.leave()
    assert not stepping.active
    assert told == [True, False]


def test_a_network_with_problems_is_refused_in_its_own_words(state):
    broken = dataclasses.replace(state, graph=state.graph.with_edges(state.graph.edges[1:]))
    with pytest.raises(UserError, match="connect"):
        Stepping().enter(broken, None)


def test_the_next_batch_is_the_one_the_run_would_take(state):
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=5)
    stepping = Stepping()
    stepping.enter(state, trainer.checkpoint())
    step = stepping.take()
    trainer.step_batch()
    assert _same(step.after, trainer.checkpoint())
    assert step.after.batch == 6
    assert step.before.batch == 5


@pytest.mark.parametrize("steps", range(10, 14))
def test_taking_the_last_batch_of_an_epoch_ends_the_epoch(state, steps):
    straight = Trainer(state.graph, state.prepared, state.plan)
    straight.run(steps=steps + 20)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=steps)
    stepping = Stepping()
    stepping.enter(state, trainer.checkpoint())
    on = Trainer(state.graph, state.prepared, state.plan, stepping.take().after)
    on.run(steps=19)
    expected, got = straight.checkpoint(), on.checkpoint()
    assert _same(expected, got)
    assert (expected.epoch, expected.batch) == (got.epoch, got.batch)
    np.testing.assert_array_equal(expected.history.loss, got.history.loss)


def test_rows_of_the_data_are_stepped_with_their_targets(state):
    stepping = Stepping()
    stepping.enter(state, None, DataRows((7, 2)))
    rows = stepping.trace.rows
    np.testing.assert_array_equal(rows.features, state.prepared.features[[7, 2]])
    np.testing.assert_array_equal(rows.targets, state.prepared.targets[[7, 2]])
    assert stepping.mark().rows == (7, 2)
    step = stepping.take()
    assert step.after.batch == step.before.batch
    assert step.after.steps == step.before.steps + 1
    assert not np.array_equal(step.after.theta, step.before.theta)
    for wrong in ((), (10_000,), (-1,)):
        with pytest.raises(UserError, match="rows 1 to"):
            stepping.enter(state, None, DataRows(wrong))


def test_typed_numbers_go_through_the_scaling_of_the_data():
    state = samples()["iris"]
    raw = state.prepared.dataset.features[11]
    stepping = Stepping()
    stepping.enter(state, None, Typed(tuple(raw)))
    np.testing.assert_allclose(stepping.trace.rows.features[0], state.prepared.features[11])
    assert stepping.forward_only
    stepping.enter(state, None, Typed(tuple(raw), (2.0,)))
    assert not stepping.forward_only
    with pytest.raises(UserError, match="4 features, 2 were given"):
        stepping.enter(state, None, Typed((1.0, 2.0)))


def test_inference_needs_no_targets_turns_chance_off_and_uses_running_values(state):
    kinds = [_dense(5), LAYERS.make("batch_norm"), LAYERS.make("dropout", rate=0.5), _dense(1)]
    state = dataclasses.replace(state, graph=chain(kinds))
    stepping = Stepping()
    stepping.enter(state, None, DataRows((0, 1)), forward_only=True)
    assert {o.phase for o in stepping.trace.operations} == {Phase.FORWARD}
    names = {v.name for o in stepping.trace.operations for v in (*o.reads, *o.writes)}
    assert not any("mask" in name for name in names)
    with pytest.raises(ValueError):
        stepping.take()
    stepping.to_end()
    assert stepping.mark().forward_only


def test_moves_by_operation_layer_and_phase(stepping):
    stepping.forward()
    assert stepping.position == 1
    stepping.next_layer()
    assert (stepping.current.layer, stepping.position) == ("dense_2", 3)
    stepping.forward()
    stepping.previous_layer()
    assert stepping.position == 3
    stepping.previous_layer()
    assert stepping.current.layer == "dense_1"
    phases = []
    stepping.home()
    for _ in range(4):
        stepping.next_phase()
        phases.append(str(stepping.current.phase))
    assert phases == ["forward", "loss", "backward", "update"]
    stepping.to_end()
    assert stepping.position == stepping.end
    stepping.forward()
    assert stepping.position == stepping.end
    for expected in ("update", "backward", "loss", "forward"):
        stepping.previous_phase()
        assert stepping.current.phase == expected
    stepping.previous_phase()
    assert stepping.position == 0
    stepping.back()
    assert stepping.position == 0


def test_layers_can_be_gone_to_in_the_phase_where_one_stands(stepping):
    assert stepping.to_layer("dense_2")
    assert stepping.current.phase is Phase.FORWARD
    stepping.next_phase()
    stepping.next_phase()
    assert stepping.to_layer("dense_2")
    assert (stepping.current.layer, stepping.current.phase) == ("dense_2", Phase.BACKWARD)
    assert not stepping.to_layer("nobody")


def test_play_is_a_clock_that_never_skips_an_end(stepping):
    stepping.set_speed(10)
    stepping.play(1)
    stepping.advance(100.0)
    assert stepping.position == 0
    stepping.advance(100.25)
    assert stepping.position == 2
    stepping.advance(100.31)
    assert stepping.position == 3
    stepping.advance(1000.0)
    assert (stepping.position, stepping.playing) == (stepping.end, 0)
    stepping.play(1)
    assert stepping.playing == 0
    stepping.play(-1)
    stepping.advance(0.0)
    stepping.advance(0.45)
    assert stepping.position == stepping.end - 4
    stepping.back()
    assert stepping.playing == 0


@pytest.mark.parametrize(("asked", "got"), [(0.01, 0.1), (0.1, 0.1), (1000, 1000), (5e6, 1000)])
def test_speeds_stay_between_a_tenth_and_a_thousand(stepping, asked, got):
    stepping.set_speed(asked)
    assert stepping.speed == got


def test_changing_the_speed_does_not_jump(stepping):
    stepping.play(1)
    stepping.set_speed(1)
    stepping.advance(0.0)
    stepping.advance(3.0)
    assert stepping.position == 3
    stepping.set_speed(1000)
    stepping.advance(3.001)
    stepping.advance(3.003)
    assert stepping.position == 5


def test_why_goes_to_the_maker_and_back_again(stepping):
    stepping.to_end()
    theta = next(v for v in stepping.current.writes if v.name == "theta")
    assert not stepping.why(stepping.trace.rows.features, (0, 0))
    slope = next(v for v in stepping.current.reads if v.name == "slot.m")
    assert stepping.why(slope.array, (0,))
    assert "slot.m" in {v.name for v in stepping.current.writes}
    gradient = next(v for v in stepping.current.reads if v.name == "gradient")
    assert stepping.why(gradient.array, (0,))
    assert stepping.current.phase is Phase.BACKWARD
    assert stepping.current.layer == "dense_1"
    assert stepping.can_return
    stepping.return_()
    stepping.return_()
    assert stepping.position == stepping.end
    assert not stepping.can_return
    assert not stepping.why(theta.array, (0,), before=True)


def test_any_number_leads_back_to_the_input(stepping):
    stepping.next_phase()
    stepping.next_phase()
    seen = set()
    value, index = stepping.current.writes[0], (0, 0)
    while stepping.why(value.array, index):
        operation = stepping.current
        told = operation.explain(value.name, index)
        reference = next(told.references())
        value, index = reference.value, reference.index
        seen.add(operation.layer)
        stepping.back()
    assert seen >= {"output_1", "dense_3", "dense_2", "dense_1"}
    assert value.name == "input_1.x"


def test_a_weight_changed_here_moves_everything_after_it_and_the_step(state, stepping):
    stepping.go(6)
    before = stepping.trace.program.tensors["dense_3"].array.copy()
    weight = stepping.trace.parameters["dense_1", "W"]
    assert stepping.editable(weight, (0, 1))
    assert stepping.edit(weight, (0, 1), 2.5)
    assert stepping.position == 6
    assert not np.array_equal(stepping.trace.program.tensors["dense_3"].array, before)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.set_parameter("dense_1", "W", (0, 1), 2.5)
    trainer.step_batch()
    assert stepping.take().after.theta.tobytes() == trainer.checkpoint().theta.tobytes()
    stepping.to_end()
    assert not stepping.editable(weight, (0, 1))
    assert not stepping.edit(weight, (0, 1), 1.0)


def test_an_input_can_be_changed_but_no_result(stepping):
    entering = stepping.trace.operations[0].reads[0].array
    assert stepping.edit(entering, (3, 1), 0.125)
    assert stepping.trace.rows.features[3, 1] == 0.125
    stepping.forward()
    assert not stepping.editable(stepping.current.writes[0].array, (0, 0))
    assert not stepping.edit(entering, (3, 1), float("nan"))
    assert not stepping.edit(entering, (3, 1), 1e39)  # more than float32 holds
    assert not stepping.edit(stepping.trace.parameters["dense_1", "W"], (0, 0), -1e39)


def test_chosen_input_columns_are_changed_in_the_data_where_they_are(state):
    graph = samples()["iris"].graph
    layer = graph["input_1"]
    kind = LAYERS.make("input", columns=("petal width", "sepal length"))
    columns = samples()["iris"].prepared.signature.features
    kind = LAYERS.make("input", columns=(columns[3], columns[0]))
    layers = [dataclasses.replace(la, kind=kind) if la is layer else la for la in graph]
    state = dataclasses.replace(samples()["iris"], graph=graph.with_layers(layers))
    stepping = Stepping()
    stepping.enter(state, None, DataRows((0,)))
    entering = stepping.trace.operations[0].reads[0].array
    assert stepping.edit(entering, (0, 0), 9.0)
    assert stepping.trace.rows.features[0, 3] == 9.0


def test_a_step_that_would_break_the_run_is_not_taken(state):
    state = dataclasses.replace(state, graph=chain([_dense(1)]))
    stepping = Stepping()
    stepping.enter(state, None)
    assert stepping.edit(stepping.trace.parameters["dense_1", "W"], (0, 0), 3e38)
    with pytest.raises(UserError, match="not finite"):
        stepping.take()
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.set_parameter("dense_1", "W", (0, 0), 3e38)
    stepping.enter(state, trainer.checkpoint())
    with pytest.raises(UserError):
        stepping.take()


def test_the_mark_says_where_one_stands_and_what_was_passed(stepping):
    mark = stepping.mark()
    assert (mark.position, mark.layer, mark.phase, mark.direction) == (0, "", None, 0)
    assert mark.passed.keys() == {"input_1"}
    stepping.forward()
    mark = stepping.mark()
    assert (mark.layer, mark.direction) == ("dense_1", 1)
    assert mark.sources == ("input_1",)
    assert mark.leaving == ()
    stepping.forward()
    mark = stepping.mark()
    assert mark.targets == ("dense_2",)
    output = mark.passed["dense_1"].output
    array = stepping.trace.program.tensors["dense_1"].flat
    assert output.shape == (4,)
    assert output.cells == pytest.approx(tuple(array[:, 0].tolist()))
    assert output.norm == pytest.approx(float(np.linalg.norm(array)))
    assert mark.passed["dense_1"].gradient is None
    stepping.to_end()
    assert stepping.mark().passed["dense_1"].gradient.norm > 0
    assert stepping.mark().direction == 0


def test_backward_numbers_run_against_the_cables(stepping):
    while stepping.current is None or stepping.current.phase is not Phase.BACKWARD:
        stepping.forward()
    assert stepping.mark().targets == ("dense_3",)
    arrived, left = [], []
    while stepping.current.phase is Phase.BACKWARD:
        mark = stepping.mark()
        assert mark.direction == -1
        arrived += [(edge.source, edge.target) for edge in mark.entering]
        left += [(edge.source, edge.target) for edge in mark.leaving]
        stepping.forward()
    assert ("dense_1", "dense_2") in arrived
    assert left[0] == ("dense_3", "output_1")
    assert left[-1] == ("dense_1", "dense_2")


def test_wide_layers_are_pooled_into_a_strip(state):
    state = dataclasses.replace(state, graph=chain([_dense(300, "tanh"), _dense(1, "tanh")]))
    stepping = Stepping()
    stepping.enter(state, None)
    stepping.to_end()
    strip = stepping.mark().passed["dense_1"].output
    assert len(strip.cells) == 64
    first = stepping.trace.program.tensors["dense_1"].flat[:, 0]
    assert max(map(abs, strip.cells)) == pytest.approx(float(np.abs(first).max()))


def test_the_batch_is_the_default_source(stepping):
    assert stepping.picked == NextBatch()
    assert len(stepping.trace.rows.numbers) == stepping.state.plan.batch_size


def test_weights_and_their_slopes_are_told_apart_from_other_numbers(stepping):
    trace = stepping.trace
    stepping.to_end()
    assert stepping.weight_of(trace.parameters["dense_2", "b"], (1,)) == ("dense_2", "b", (1,))
    slope = trace.parameters.layout.parameter(trace.parameters.gradient, "dense_2", "W")
    assert stepping.weight_of(slope, (3, 0)) == ("dense_2", "W", (3, 0))
    assert stepping.weight_of(trace.program.tensors["dense_1"].array, (0, 0)) is None


def test_the_gradient_check_of_a_step_is_of_its_rows_and_weights(stepping):
    weight = stepping.trace.parameters["dense_1", "W"]
    stepping.edit(weight, (0, 0), 1.5)
    checker = stepping.checker()
    stepping.to_end()
    assert checker.loss == pytest.approx(float(stepping.trace.program.total), rel=1e-5)
    report = checker.all()
    assert report.complete
    assert report.worst[0].error < 1e-6


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        ((3.0,), "number of a class, 0 "),
        ((-1.0,), "number of a class, 0 "),
        ((0.5,), "number of a class, 0 "),
        ((1.0, 0.0), "The data has 1 target, 2 were given"),
        ((), "The data has 1 target, 0 were given"),
    ],
)
def test_typed_targets_that_do_not_fit_are_refused_in_words(targets, sentence):
    with pytest.raises(UserError, match=sentence):
        Stepping().enter(samples()["iris"], None, Typed((5.0, 3.0, 1.4, 0.2), targets))
