"""A taken step is real, and undone like every other edit; what was trained after it comes back."""

from __future__ import annotations

import dataclasses
from time import perf_counter, sleep

import pytest

from gradloom.document import Document
from gradloom.document.codec import project_from_plain, project_to_plain
from gradloom.document.samples import first_project
from gradloom.engine.trainer import Trainer
from gradloom.session.stepping import Stepping
from gradloom.session.training import Status, Training


@pytest.fixture
def document():
    return Document(first_project())


@pytest.fixture
def training(document):
    made = Training(document.state)
    document.changed.connect(made.follow)
    yield made
    made.shutdown()


def _take(document, training):
    stepping = Stepping()
    stepping.enter(document.state, training.checkpoint())
    step = stepping.take()
    document.edit("Take Step", lambda s: dataclasses.replace(s, taken=(*s.taken, step)))
    return step


def _epoch(training):
    """Step to the end of the epoch, and wait for it."""
    training.step_epoch()
    deadline = perf_counter() + 10
    while training.checkpoint().batch and perf_counter() < deadline:
        sleep(0.01)


def _theta(training):
    found = training.checkpoint()
    return None if found is None else found.theta.tobytes()


def test_training_goes_on_from_exactly_there(document, training):
    step = _take(document, training)
    assert _theta(training) == step.after.theta.tobytes()
    assert training.status is Status.PAUSED
    _epoch(training)
    state = document.state
    straight = Trainer(state.graph, state.prepared, state.plan)
    straight.step_epoch()
    assert _theta(training) == straight.checkpoint().theta.tobytes()


def test_undo_and_redo_lose_nothing(document, training):
    training.step_batch()
    training.settle()
    first = _take(document, training)
    second = _take(document, training)
    _epoch(training)
    later = _theta(training)
    document.undo()
    assert _theta(training) == second.before.theta.tobytes() == first.after.theta.tobytes()
    document.undo()
    assert _theta(training) == first.before.theta.tobytes()
    document.redo()
    assert _theta(training) == first.after.theta.tobytes()
    document.redo()
    assert _theta(training) == later


def test_a_weight_set_by_hand_before_and_a_taken_step_are_undone_one_by_one(document, training):
    from gradloom.document import RunEdit

    start = Trainer(document.state.graph, document.state.prepared, document.state.plan)
    before = float(start.parameters["dense_1", "W"][0, 0])
    edit = RunEdit("dense_1", "W", (0, 0), before, 0.5)
    document.edit("Set W", lambda s: dataclasses.replace(s, run_edits=(*s.run_edits, edit)))
    set_ = _theta(training)
    _take(document, training)
    document.undo()
    assert _theta(training) == set_
    document.undo()
    assert _theta(training) == start.checkpoint().theta.tobytes()


def test_taken_steps_are_not_saved(document, training):
    _take(document, training)
    state, _ = project_from_plain(project_to_plain(document.state))
    assert state.taken == ()
