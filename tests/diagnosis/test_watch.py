"""Findings stand when they are right twice, and go when they are gone twice."""

from __future__ import annotations

import dataclasses

from gradloom.data import SOURCES
from gradloom.diagnosis import REMEDIES, RULES, Finding, Rule, Watch
from gradloom.document import Document
from gradloom.document.samples import first_project
from gradloom.engine.trainer import Trainer


def scripted(script):
    """A dynamic rule that finds something where the script says so."""
    told = iter(script)

    def find(_):
        if next(told):
            yield Finding("x", "X", "It is so.", "1", "Because.")

    return Rule("x", find, dynamic=True)


def stands(script, **options):
    state = first_project()
    watch = Watch((scripted(script),))
    watch.follow(state)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    said = []
    for _ in script:
        trainer.run(steps=10)
        said.append(bool(watch.measure(trainer.progress(1), **options)))
    return said


def test_right_twice_in_a_row_and_wrong_twice_in_a_row():
    assert stands([1, 0, 1, 0, 1]) == [False] * 5
    assert stands([1, 1, 0, 1, 1]) == [False, True, True, True, True]
    assert stands([1, 1, 0, 0, 1]) == [False, True, True, False, False]


def test_a_run_at_rest_is_believed_at_once():
    assert stands([1, 0], sure=True) == [True, False]


def test_the_first_steps_say_nothing():
    state = first_project()
    watch = Watch((scripted([1, 1, 1]),))
    watch.follow(state)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for _ in range(3):
        trainer.run(steps=1)
        assert watch.measure(trainer.progress(1), sure=True) == ()
    assert watch.measured is not None


def test_another_run_starts_anew():
    state = first_project()
    watch = Watch((scripted([1, 1, 1, 1]),))
    watch.follow(state)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=10)
    watch.measure(trainer.progress(1))
    assert watch.measure(trainer.progress(1))
    assert watch.measure(trainer.progress(2)) == ()
    assert len(watch.course) == 1


def test_edits_are_judged_at_once_and_undone():
    document = Document(first_project())
    watch = Watch()
    assert watch.follow(document.state) == ()

    def wide(state):
        return dataclasses.replace(state, data=state.data.replace(source=source))

    source = SOURCES.make("wine")
    document.edit("Wine", wide)
    (found,) = [f for f in watch.follow(document.state) if f.rule == "unscaled_features"]
    remedy = REMEDIES[found.remedies[0]]
    label = remedy.label(document.state, found)
    document.edit(label, lambda state: remedy.mend(state, found))
    assert label == "Standardise the features" == document.undo_label
    assert "unscaled_features" not in {f.rule for f in watch.follow(document.state)}
    document.undo()
    assert "unscaled_features" in {f.rule for f in watch.follow(document.state)}


def test_the_course_is_kept_short():
    state = first_project()
    watch = Watch(())
    watch.follow(state)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for _ in range(300):
        trainer.run(steps=1)
        watch.measure(trainer.progress(1))
    steps = [mark.steps for mark in watch.course]
    assert len(steps) <= 120
    assert steps == sorted(set(steps))
    assert steps[-1] == 300
    assert [layer for layer, _ in watch.course[0].gradients] == ["dense_1", "dense_2", "dense_3"]


def test_the_course_goes_on_while_the_run_does():
    state = first_project()
    watch = Watch(())
    watch.follow(state)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    watch.measure(trainer.progress(1))
    noisier = state.with_data(source=state.data.source.replace(noise=30))  # live
    watch.follow(noisier)
    trainer.run(steps=9)
    watch.measure(trainer.progress(1))
    assert [mark.steps for mark in watch.course] == [0, 9]


def test_every_rule_has_a_name_of_its_own():
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_a_remedy_for_a_layer_that_is_gone_changes_nothing():
    state = first_project()
    gone = Finding("dead_units", "", "", "", "", "nowhere")
    assert REMEDIES["leaky_relu"].mend(state, gone) is state
    assert not REMEDIES["leaky_relu"].fits(state, gone)


def test_early_rules_judge_start_values_at_once():
    """Nothing changes them, so being right once is enough; the first steps are no proof yet."""
    state = first_project()
    rule = dataclasses.replace(scripted([1, 1, 0, 0]), early=True)
    watch = Watch((rule,))
    watch.follow(state)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    assert watch.measure(trainer.progress(1)) != ()
    said = []
    for _ in range(3):
        trainer.run(steps=1)
        said.append(bool(watch.measure(trainer.progress(1))))
    assert said == [True, True, False]
