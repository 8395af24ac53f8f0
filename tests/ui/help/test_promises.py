"""What "Try it" promises comes true: its steps are taken in order, on a real project."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from gradloom.core.errors import UserError
from gradloom.data.table_files import import_file
from gradloom.diagnosis import RULES, Watch
from gradloom.document import State
from gradloom.document.fixes import FIXES
from gradloom.document.samples import SAMPLES
from gradloom.engine.progress import Broken
from gradloom.engine.trainer import Trainer
from gradloom.session.answering import Question
from gradloom.session.mapping import MapStudy, MapWish
from gradloom.ui.help import links
from gradloom.ui.help.experiments import experiment
from gradloom.ui.help.topics import spots, topics
from gradloom.ui.help.words import table_path

TOPICS = topics()
EPOCHS, LOOKS = 300, 10


def table(state, name):
    """The state with a small table of a topic as its data, what is wrong then mended."""
    made = import_file(table_path(name))
    state = dataclasses.replace(state, data=state.data.replace(source=made.source))
    for problem in state.problems:
        if problem.fix in FIXES:
            state = FIXES[problem.fix].apply(state, problem)
    return state


def states(topic):
    """The project after each step of "Try it" that changes it."""
    state = State()
    for link in links.links_in(topic.text.partition("## Try it")[2]):
        if link.scheme == links.SAMPLE:
            state = SAMPLES[link.target].state
        elif link.scheme == links.TABLE:
            state = SAMPLES["circles"].state
            state = table(state, link.target)
        elif link.scheme == links.SET:
            after = experiment(state, link.target)
            assert after != state, f"{link.url} changes nothing"
            state = after
        else:
            continue
        yield state


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_every_step_can_be_taken(name):
    seen = list(states(TOPICS[name]))
    assert all(state.graph.layers for state in seen)


def findings(state, rule):
    """The rules that speak before training, or on the way, until `rule` does."""
    watch = Watch()
    found = {f.rule for f in watch.follow(state)}
    if rule in found or not state.ready:
        return found
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for look in range(LOOKS + 1):
        for _ in range(EPOCHS // LOOKS if look else 0):
            trainer.step_epoch()
        found = {f.rule for f in watch.measure(trainer.progress(1))}
        if rule in found or isinstance(trainer.outcome, Broken):
            break
    return found


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_the_page_of_a_rule_shows_its_illness(rule):
    topic = TOPICS[spots()[f"rule:{rule}"].topic]
    assert any(rule in findings(state, rule) for state in states(topic))


def test_the_page_on_divergence_makes_numbers_run_away():
    outcomes = []
    for state in states(TOPICS["divergence"]):
        trainer = Trainer(state.graph, state.prepared, state.plan)
        trainer.run(steps=200)
        outcomes.append(trainer.outcome)
    assert any(isinstance(outcome, Broken) for outcome in outcomes)


def sets(topic, word):
    """The links of a topic that set something with this word in them, in order."""
    return [la.target for la in topic.links if la.scheme == links.SET and word in la.target]


def test_the_gates_that_are_set_by_hand_are_right_and_stay_so():
    (target,) = sets(TOPICS["gates"], "listed")
    state = experiment(SAMPLES["xor_gate"].state, target)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.step_epoch()
    assert trainer.progress(1).loss == 0
    assert trainer.progress(1).accuracy == 1


def test_no_numbers_make_xor_of_one_step():
    state = experiment(SAMPLES["gate_by_hand"].state, "data.source.gate=xor")
    start = "dense_1.kernel_init=listed(numbers={};{})&dense_1.bias_init=constant(value={})"
    some = [-1.5, -1, -0.5, 0.5, 1, 1.5]
    best = 0.0
    for a, b, c in itertools.product(some[1:5], some[1:5], some):
        tried = experiment(state, start.format(a, b, c))
        trainer = Trainer(tried.graph, tried.prepared, tried.plan)
        trainer.step_epoch()
        best = max(best, trainer.progress(1).accuracy)
    assert best == 0.75


def test_temperature_scales_the_sums_and_a_shift_changes_no_share():
    state = SAMPLES["spiral_three_arms"].state

    def shares(*targets):
        made = state
        for target in targets:
            made = experiment(made, target)
        trainer = Trainer(made.graph, made.prepared, made.plan)
        result = MapStudy().answer(Question(made, trainer.progress(1), False, MapWish()))
        return result.outputs["output_1"]

    (shift,) = sets(TOPICS["softmax"], "bias_init")
    hot, cold = sets(TOPICS["softmax"], "kernel_init")
    np.testing.assert_allclose(shares(shift), shares(), atol=1e-5)
    pale, sure = shares(hot), shares(cold)
    assert np.abs(pale - 1 / 3).mean() < 0.06
    assert (sure.max(axis=0) > 0.9).mean() > 0.85
    assert (pale.argmax(axis=0) == sure.argmax(axis=0)).mean() > 0.99


def test_an_experiment_needs_the_layers_of_its_sample():
    state = SAMPLES["and_gate"].state
    with pytest.raises(UserError, match="open the sample"):
        experiment(state, "dense_9.units=3")
    with pytest.raises(ValueError, match="no setting"):
        experiment(state, "plan.nonsense=3")
    with pytest.raises(ValueError, match="no path"):
        experiment(state, "plan")


def test_an_experiment_reads_kinds_in_kinds_and_puts_layers_in():
    state = SAMPLES["circles"].state
    after = experiment(state, "dense_1.next=2*dense(units=3,activation=elu(alpha=2))")
    new = [layer for layer in after.graph if layer.id not in state.graph]
    assert [layer.kind.units for layer in new] == [3, 3]
    assert new[0].kind.activation.alpha == 2
    assert after.ready
