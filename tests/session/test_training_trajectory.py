"""The path of a run goes with its history: through reset, undo, going back and resuming."""

import dataclasses
import time

import numpy as np
import pytest

from gradloom.document import RunEdit
from gradloom.document.files import load_project, save_project
from gradloom.document.samples import first_project
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.run import TakenStep
from gradloom.session.runs import RunStore, _size
from gradloom.session.training import Status, Training


@pytest.fixture
def training():
    made = Training(first_project())
    made.settle()
    yield made
    assert made.shutdown()


def steps(training):
    return [point.steps for point in training.latest.trajectory.points]


def walk(training, count=5):
    """Some epochs of 15 steps; what is published in the middle of one is a point, too."""
    for _ in range(count):
        there = training.latest.steps + 15
        assert training.step_epoch() == ()
        deadline = time.monotonic() + 10
        while training.latest.steps < there or training.status is not Status.PAUSED:
            assert time.monotonic() < deadline
            time.sleep(0.002)
    return steps(training)


def follow(training, before, after):
    training.follow(before, after)
    training.settle()


def test_every_published_moment_is_a_point(training):
    assert steps(training) == [0]
    whole = walk(training)
    assert {0, 15, 30, 45, 60, 75} <= set(whole)
    assert whole == sorted(set(whole))
    assert training.latest.trajectory.points[-1].theta is training.latest.snapshot.theta


def test_a_reset_begins_a_new_path_and_going_back_brings_the_old_one(training):
    whole = walk(training)
    training.reset()
    training.settle()
    assert steps(training) == [0]
    training.go_back()
    training.settle()
    assert steps(training) == whole


def test_another_network_begins_a_new_path_and_undo_brings_the_old_one(training):
    before = first_project()
    whole = walk(training)
    layers = [
        dataclasses.replace(la, kind=la.kind.replace(units=7)) if la.id == "dense_1" else la
        for la in before.graph
    ]
    after = dataclasses.replace(before, graph=before.graph.with_layers(layers))
    follow(training, before, after)
    assert steps(training) == [0]
    follow(training, after, before)
    assert steps(training) == whole


def test_a_learning_rate_goes_on_with_the_path(training):
    before = first_project()
    whole = walk(training)
    plan = before.plan.replace(optimiser=OPTIMISERS.make("sgd", rate=0.5))
    follow(training, before, dataclasses.replace(before, plan=plan))
    assert steps(training) == whole


def test_a_weight_set_by_hand_moves_the_newest_point_and_undo_moves_it_back(training):
    before = first_project()
    whole = walk(training, 2)
    at = training.latest.snapshot.theta.copy()
    edit = RunEdit("dense_1", "W", (0, 0), before=float(at[0]), after=9.0)
    after = dataclasses.replace(before, run_edits=(edit,))
    follow(training, before, after)
    assert steps(training) == whole
    assert training.latest.trajectory.points[-1].theta[0] == 9.0
    follow(training, after, before)
    np.testing.assert_array_equal(training.latest.trajectory.points[-1].theta, at)


def test_a_taken_step_goes_on_with_the_path_and_undo_takes_it_back(training):
    before = first_project()
    whole = walk(training, 3)
    run = training.checkpoint()
    moved = dataclasses.replace(run, theta=run.theta * 2, steps=run.steps + 1)
    after = dataclasses.replace(before, taken=(TakenStep(run, moved),))
    follow(training, before, after)
    assert steps(training) == [*whole, whole[-1] + 1]
    follow(training, after, before)
    assert steps(training) == whole


def test_a_project_that_is_opened_has_a_path_from_there_on(training, tmp_path):
    walk(training, 3)
    path = tmp_path / "p.gradloom"
    save_project(path, first_project(), training.checkpoint())
    _, run = load_project(path)
    training.restore(run)
    training.settle()
    assert training.status is Status.PAUSED
    assert steps(training) == [45]
    after = walk(training, 1)
    assert (after[0], after[-1]) == (45, 60)


def test_runs_that_are_kept_count_their_paths(training):
    walk(training, 4)
    run = training.checkpoint()
    bare = dataclasses.replace(run, trajectory=type(run.trajectory)())
    points = len(run.trajectory.points)
    assert points >= 5
    assert _size(run) == _size(bare) + points * run.theta.nbytes
    store = RunStore()
    store.keep("a", run)
    assert store.take("a") is run
