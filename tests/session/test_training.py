import dataclasses
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from gradloom.data import SOURCES, DataSpec
from gradloom.data.drawing import add_points, blank
from gradloom.document import RunEdit
from gradloom.document.samples import first_project
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.trainer import Trainer
from gradloom.graph.model import Layer
from gradloom.session.training import Status, Training


@pytest.fixture
def state():
    return first_project()


@pytest.fixture
def make():
    """Trainings that are shut down when the test ends."""
    made = []

    def start(state):
        made.append(Training(state))
        made[-1].settle()
        return made[-1]

    yield start
    for training in made:
        assert training.shutdown()


def until(what, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


def units(state, layer, count):
    layers = [
        Layer(la.id, la.kind.replace(units=count), la.name) if la.id == layer else la
        for la in state.graph
    ]
    return dataclasses.replace(state, graph=state.graph.with_layers(layers))


def plan(state, **settings):
    return dataclasses.replace(state, plan=state.plan.replace(**settings))


def train_some(training):
    assert training.start() == ()
    until(lambda: training.latest is not None and training.latest.epoch >= 2)
    training.pause()
    training.settle()
    assert training.status is Status.PAUSED


def parameter(training, layer="dense_1", name="W"):
    return training.layout.parameter(training.latest.snapshot.theta, layer, name).copy()


def test_it_needs_no_qt():
    code = (
        "import sys; sys.modules['PySide6'] = None; sys.modules['pyqtgraph'] = None\n"
        "from gradloom.document.samples import first_project\n"
        "from gradloom.session.training import Training\n"
        "import gradloom.session.mapping\n"
        "t = Training(first_project()); t.step_epoch(); t.settle(); assert t.shutdown()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_run_that_has_not_begun_shows_its_start_values(make, state):
    training = make(state)
    assert training.status is Status.IDLE
    assert training.latest.steps == 0
    expected = Trainer(state.graph, state.prepared, state.plan).parameters["dense_1", "W"]
    np.testing.assert_array_equal(parameter(training), expected)


def test_it_trains_pauses_and_goes_on(make, state):
    training = make(state)
    told = []
    training.status_changed.connect(lambda status, _: told.append(status))
    train_some(training)
    steps = training.latest.steps
    time.sleep(0.05)
    assert training.latest.steps == steps, "it moved while it was paused"
    training.start()
    until(lambda: training.latest.steps > steps)
    training.pause()
    training.settle()
    assert told == [Status.RUNNING, Status.PAUSED, Status.RUNNING, Status.PAUSED]


def test_stepping_equals_training_to_the_bit(make, state):
    training = make(state)
    for _ in range(3):
        training.step_batch()
    training.step_epoch()
    training.step_epoch()
    training.settle()
    until(lambda: training.latest.epoch == 2 and training.status is Status.PAUSED)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=training.latest.steps)
    np.testing.assert_array_equal(training.latest.snapshot.theta, trainer.parameters.theta)
    assert training.latest.batch == 0


def test_a_pause_takes_effect_within_one_step(make, state, monkeypatch):
    slow, done = threading.Event(), []
    run = Trainer.run

    def one_slow_step(self, steps=None, deadline=None, stop=None):
        while not stop.is_set():
            run(self, steps=1)
            done.append(stop.is_set())
            slow.set()
            time.sleep(0.02)

    monkeypatch.setattr(Trainer, "run", one_slow_step)
    training = make(state)
    training.start()
    assert slow.wait(2)
    before = len(done)
    training.pause()
    training.settle()
    assert training.status is Status.PAUSED
    assert len(done) <= before + 1


def test_a_stepped_epoch_can_be_paused_in_the_middle(make, state, monkeypatch):
    run = Trainer.run
    monkeypatch.setattr("gradloom.session.runner._SLOW", 0.0)

    def slow(self, steps=None, deadline=None, stop=None):
        run(self, steps=1)
        time.sleep(0.01)

    monkeypatch.setattr(Trainer, "run", slow)
    training = make(state)
    training.step_epoch()
    until(lambda: training.status is Status.RUNNING)
    training.pause()
    training.settle()
    assert training.status is Status.PAUSED
    assert 0 < training.latest.batch < 15


def test_shutting_down_while_it_trains_is_quick(state):
    training = Training(state)
    training.start()
    until(lambda: training.latest is not None and training.latest.steps > 0)
    began = time.perf_counter()
    assert training.shutdown()
    assert time.perf_counter() - began < 1.0


def test_a_state_that_is_not_ready_is_refused_in_words(make, state):
    broken = dataclasses.replace(state, graph=state.graph.with_edges(state.graph.edges[1:]))
    training = make(broken)
    assert [p.text for p in training.start()] == [
        p.text for p in broken.problems if p.stops_training
    ]
    assert training.step_batch() != ()
    assert (training.latest, training.layout) == (None, None)
    assert training.checkpoint() is None
    training.follow(broken, state)
    training.settle()
    assert training.latest.steps == 0
    assert training.start() == ()


def test_the_end_of_the_plan_finishes_it_and_a_longer_plan_goes_on(make, state):
    short = plan(state, epochs=2)
    training = make(short)
    training.start()
    until(lambda: training.status is Status.FINISHED)
    assert training.latest.epoch == 2
    assert "2 epochs" in training.message
    assert "stop rules" in training.start()[0].text
    longer = plan(state, epochs=3)
    training.follow(short, longer)
    training.settle()
    assert training.status is Status.PAUSED
    training.start()
    until(lambda: training.status is Status.FINISHED)
    assert training.latest.epoch == 3


def test_a_longer_plan_goes_on_before_the_worker_has_read_it(make, state):
    short, longer = plan(state, epochs=2), plan(state, epochs=3)
    training = make(short)
    training.start()
    until(lambda: training.status is Status.FINISHED)
    held = threading.Event()
    training._loop.post(lambda: held.wait(5))
    training.follow(short, longer)
    try:
        assert training.status is Status.FINISHED
        assert training.start() == ()
    finally:
        held.set()
    training.settle()
    until(lambda: training.status is Status.FINISHED)
    assert training.latest.epoch == 3
    assert "stop rules" in training.start()[0].text


def test_reset_gives_the_same_start_and_can_be_undone(make, state):
    training = make(state)
    start = parameter(training)
    train_some(training)
    trained, steps = parameter(training), training.latest.steps
    training.reset()
    training.settle()
    assert (training.status, training.latest.steps) == (Status.IDLE, 0)
    np.testing.assert_array_equal(parameter(training), start)
    assert training.can_go_back
    training.go_back()
    training.settle()
    assert training.latest.steps == steps
    np.testing.assert_array_equal(parameter(training), trained)


# following the document


def test_a_new_name_and_a_new_place_change_nothing(make, state):
    training = make(state)
    train_some(training)
    run, steps = training.run, training.latest.steps
    named = dataclasses.replace(
        state,
        graph=state.graph.with_layers([Layer(x.id, x.kind, x.name + "!") for x in state.graph]),
    )
    training.follow(state, named)
    training.settle()
    assert (training.run, training.latest.steps) == (run, steps)
    assert training.status is Status.PAUSED


def test_the_learning_rate_changes_while_it_runs(make, state):
    training = make(state)
    training.start()
    other = plan(state, optimiser=OPTIMISERS.make("adam", rate=0.5))
    training.follow(state, other)
    until(lambda: training.latest is not None and training.latest.rate == 0.5)
    assert training.status is Status.RUNNING
    assert training.run == 1


def test_noise_changes_the_data_under_a_run_that_goes_on(make, state):
    training = make(state)
    train_some(training)
    steps, weights = training.latest.steps, parameter(training)
    noisy = dataclasses.replace(
        state, data=state.data.replace(source=state.data.source.replace(noise=50))
    )
    training.follow(state, noisy)
    training.settle()
    assert training.latest.steps == steps
    np.testing.assert_array_equal(parameter(training), weights)
    training.start()
    until(lambda: training.latest.steps > steps)


def test_a_weight_set_by_hand_and_its_undo(make, state):
    training = make(state)
    value = float(parameter(training)[0, 1])
    edited = dataclasses.replace(state, run_edits=(RunEdit("dense_1", "W", (0, 1), value, 2.5),))
    training.follow(state, edited)
    training.settle()
    assert parameter(training)[0, 1] == 2.5
    training.follow(edited, state)
    training.settle()
    assert parameter(training)[0, 1] == value


def test_another_network_is_another_run_and_undo_brings_the_old_one_back(make, state):
    training = make(state)
    train_some(training)
    steps, weights = training.latest.steps, parameter(training)
    wider = units(state, "dense_1", 7)
    training.follow(state, wider)
    assert training.latest is None, "pictures of another network must not be shown"
    training.settle()
    assert (training.status, training.latest.steps) == (Status.IDLE, 0)
    assert parameter(training).shape == (2, 7)
    training.follow(wider, state)
    training.settle()
    assert (training.status, training.latest.steps) == (Status.PAUSED, steps)
    np.testing.assert_array_equal(parameter(training), weights)
    assert len(training.latest.history) == training.latest.epoch


def test_another_network_stops_a_training_and_says_so(make, state):
    training = make(state)
    said = []
    training.status_changed.connect(lambda _, message: said.append(message))
    training.start()
    until(lambda: training.latest is not None and training.latest.steps > 0)
    training.follow(state, units(state, "dense_1", 5))
    training.settle()
    assert training.status is Status.IDLE
    assert said[-1] == "Training stopped because the network changed."
    assert not training.wanted


@pytest.mark.parametrize(
    "change",
    [
        lambda s: plan(s, seed=3),
        lambda s: plan(s, precision="float64"),
        lambda s: dataclasses.replace(s, data=DataSpec(source=SOURCES.make("xor"))),
    ],
    ids=["seed", "precision", "data"],
)
def test_seed_precision_and_data_start_anew(make, state, change):
    training = make(state)
    train_some(training)
    training.follow(state, change(state))
    training.settle()
    assert (training.status, training.latest.steps) == (Status.IDLE, 0)


def test_a_network_in_pieces_keeps_its_run_for_later(make, state):
    training = make(state)
    train_some(training)
    steps = training.latest.steps
    cut = dataclasses.replace(state, graph=state.graph.with_edges(state.graph.edges[:-1]))
    training.follow(state, cut)
    training.settle()
    assert training.latest is None
    training.follow(cut, state)
    training.settle()
    assert training.latest.steps == steps


def test_a_bad_live_setting_pauses_and_a_good_one_goes_on(make, state):
    training = make(state)
    training.start()
    until(lambda: training.latest is not None and training.latest.steps > 0)
    bad = plan(state, batch_size=0)
    training.follow(state, bad)
    training.settle()
    assert training.status is Status.PAUSED
    assert "Batch size" in training.message
    training.follow(bad, state)
    assert training.start() == ()


def test_a_run_asked_to_start_before_it_was_told_of_is_still_wanted(make, state):
    """Else the next press of Space would start it again rather than pause it."""
    training = make(state)
    other = units(state, "dense_1", 3)
    training.follow(state, other)  # its begin, still on its way, tells IDLE after the start
    training.start()
    training.settle()
    assert training.wanted
    training.pause()
    training.settle()
    assert training.status is Status.PAUSED


def drawn(state, count):
    points = np.random.default_rng(1).uniform(-5, 5, (count, 2))
    source = add_points(blank(), points, 0)
    return dataclasses.replace(state, data=state.data.replace(source=source))


def test_a_training_goes_on_while_one_draws(make, state):
    small, large = drawn(state, 40), drawn(state, 90)
    training = make(small)
    training.start()
    until(lambda: training.latest is not None and training.latest.epoch >= 2)
    run, steps = training.run, training.latest.steps
    training.follow(small, large)
    until(lambda: training.latest is not None and training.latest.steps > steps)
    training.follow(large, small)
    training.settle()
    assert (training.run, training.status) == (run, Status.RUNNING)
    training.pause()
    training.settle()


def test_other_rows_begin_an_epoch_of_their_own(make, state):
    large, small = drawn(state, 90), drawn(state, 20)  # 6 and 2 batches
    training = make(large)
    for _ in range(3):
        training.step_batch()
    until(lambda: training.latest.batch == 3 and training.status is Status.PAUSED)
    theta = training.latest.snapshot.theta
    training.follow(large, small)
    training.settle()
    assert (training.latest.batch, training.latest.steps, training.latest.epoch) == (0, 3, 0)
    np.testing.assert_array_equal(training.latest.snapshot.theta, theta)
    kept = training.checkpoint()
    training.step_epoch()
    until(lambda: training.latest.epoch == 1)
    again = Trainer(small.graph, small.prepared, small.plan, kept)
    again.step_epoch()
    np.testing.assert_array_equal(training.latest.snapshot.theta, again.parameters.theta)
    np.testing.assert_array_equal(training.latest.history.loss, again.progress().history.loss)


def test_nothing_left_to_learn_from_pauses_a_drawing(make, state):
    some, none = drawn(state, 40), drawn(state, 0)
    training = make(some)
    training.start()
    until(lambda: training.latest is not None and training.latest.steps > 0)
    training.follow(some, none)
    training.settle()
    assert training.status is Status.PAUSED
    assert training.message == "Nothing is drawn yet; draw points on the map."
    training.follow(none, some)
    assert training.start() == ()


def test_late_progress_of_an_older_run_is_dropped(make, state):
    training = make(state)
    old = training.latest
    seen = []
    training.progressed.connect(seen.append)
    training.follow(state, units(state, "dense_1", 5))
    training._shown(old)
    assert old not in seen
    assert training.latest is None or training.latest.run == training.run
    training.settle()
    assert {p.run for p in seen} == {training.run}


# breaking


def diverging(state):
    return plan(
        state,
        optimiser=OPTIMISERS.make("sgd", rate=10.0, weight_decay=1.0),
    )


def test_numbers_that_run_away_stop_it_and_it_can_go_back(make, state):
    training = make(state)
    train_some(training)
    steps, weights = training.latest.steps, parameter(training)
    wild = diverging(state)
    training.follow(state, wild)
    training.start()
    until(lambda: training.status is Status.BROKEN)
    assert "learning rate 10" in training.message
    assert np.isfinite(training.latest.snapshot.theta).all()
    assert training.start()[0].text == training.message
    assert training.can_go_back
    training.go_back()
    training.settle()
    assert (training.status, training.latest.steps) == (Status.PAUSED, steps)
    np.testing.assert_array_equal(parameter(training), weights)


@pytest.mark.expects_log
def test_an_error_of_our_own_is_a_sentence_and_in_the_log(make, state, monkeypatch, caplog):
    def bad(self, *args, **kwargs):
        raise RuntimeError("a bug")

    training = make(state)
    monkeypatch.setattr(Trainer, "run", bad)
    training.start()
    until(lambda: training.status is Status.BROKEN)
    assert "a bug" in training.message
    assert "Training failed" in caplog.text
    monkeypatch.undo()
    training.reset()
    training.settle()
    assert training.start() == ()


# saving


def test_a_checkpoint_goes_on_to_the_bit(make, state):
    training = make(state)
    train_some(training)
    kept = training.checkpoint()
    training.step_epoch()
    training.step_epoch()
    training.settle()
    until(lambda: training.status is Status.PAUSED and training.latest.epoch == kept.epoch + 2)
    expected = training.latest.snapshot.theta
    other = make(state)
    other.restore(kept)
    other.settle()
    assert other.status is Status.PAUSED
    other.step_epoch()
    other.step_epoch()
    other.settle()
    until(lambda: other.latest.epoch == kept.epoch + 2)
    np.testing.assert_array_equal(other.latest.snapshot.theta, expected)


def test_opening_another_project_forgets_older_runs(make, state):
    training = make(state)
    train_some(training)
    wider = units(state, "dense_1", 5)
    training.follow(state, wider)
    training.restore(None)
    training.follow(wider, state)
    training.settle()
    assert (training.status, training.latest.steps) == (Status.IDLE, 0)


@pytest.fixture
def broken(make, state):
    training = make(plan(state, optimiser=OPTIMISERS.make("sgd", rate=1e6), l2=0.4))
    training.start()
    until(lambda: training.status is Status.BROKEN)
    return training


def test_going_back_twice_is_going_back_once(broken):
    broken.go_back()
    broken.go_back()
    broken.settle()
    assert broken.latest is not None
    assert broken.latest.run == broken.run
    assert broken.status is not Status.BROKEN


def test_a_start_at_once_after_a_reset_is_not_refused_for_the_run_before(broken):
    broken.reset()
    assert broken.start() == ()
