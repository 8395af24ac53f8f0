import threading
import time

import numpy as np
import pytest

from gradloom.document.samples import first_project
from gradloom.engine.trainer import Trainer
from gradloom.session import pace as module
from gradloom.session.pace import Pace
from gradloom.session.training import Status, Training


@pytest.fixture
def training():
    made = Training(first_project())
    made.settle()
    yield made
    assert made.shutdown()


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(module, "perf_counter", lambda: now[0])
    return now


def until(what, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)


def paced(epochs_per_second):
    made = Pace()
    made.epochs_per_second = epochs_per_second
    made.begin()
    return made


@pytest.mark.parametrize("epochs_per_second", [0.2, 1.0, 60.0, 200.0])
def test_steps_are_spread_evenly_by_the_clock(clock, epochs_per_second):
    pace, done, rounds = paced(epochs_per_second), 0, 0
    while clock[0] < 110.0:
        clock[0] += max(pace.wait(), 1e-9)
        done += pace.steps(15)
        rounds += 1
    assert done == pytest.approx(10 * 15 * epochs_per_second, rel=0.04, abs=2)
    assert rounds <= 302, "more than thirty rounds a second"


def test_a_late_round_is_made_up_for_but_not_a_long_sleep(clock):
    pace = paced(60)
    pace.steps(15)
    clock[0] += 0.04
    assert pace.steps(15) == pytest.approx(0.04 * 900, abs=2)
    clock[0] += 1000.0
    assert pace.steps(15) < 100


def test_full_speed_waits_for_nothing():
    pace = paced(None)
    assert pace.wait() == 0
    assert pace.steps(15) is None
    assert pace.rate(7) is None


def test_the_rate_is_what_the_clock_says(clock):
    pace = paced(20)
    assert np.isnan(pace.rate(0))
    for second in range(1, 6):
        clock[0] = 100.0 + second
        rate = pace.rate(300 * second)
    assert rate == pytest.approx(300)


def test_it_keeps_to_the_pace_and_tells_the_rate_by_the_clock(training):
    training.set_pace(20)
    training.start()
    began = time.monotonic()
    until(lambda: training.latest.epoch >= 6)
    assert time.monotonic() - began > 0.25
    assert training.latest.epochs_per_second < 40
    training.set_pace(None)
    until(lambda: training.latest.epoch >= 100)


def test_numbers_are_the_same_bits_at_any_pace(training):
    training.set_pace(60)
    training.start()
    until(lambda: training.latest.epoch >= 2)
    training.set_pace(500)
    until(lambda: training.latest.epoch >= 6)
    training.set_pace(None)
    until(lambda: training.latest.epoch >= 9)
    training.pause()
    training.settle()
    state, latest = first_project(), training.latest
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=latest.steps)
    np.testing.assert_array_equal(latest.snapshot.theta, trainer.parameters.theta)


@pytest.mark.parametrize("what", ["pause", "shutdown", "faster"])
def test_waiting_for_the_next_step_ends_at_once(training, what):
    training.set_pace(0.001)  # 66 seconds between two steps
    training.start()
    until(lambda: training.latest.steps == 1)
    time.sleep(0.05)
    assert training.latest.steps == 1
    began = time.monotonic()
    if what == "pause":
        training.pause()
        training.settle()
        assert training.status is Status.PAUSED
    elif what == "shutdown":
        assert training.shutdown()
    else:
        training.set_pace(None)
        until(lambda: training.latest.steps > 100)
    assert time.monotonic() - began < 0.5


def test_a_stepped_epoch_is_not_paced(training):
    training.set_pace(0.001)
    training.step_epoch()
    until(lambda: training.latest.epoch == 1 and training.status is Status.PAUSED)


def test_waiting_takes_no_processor_time(training):
    training.set_pace(1)
    training.start()
    until(lambda: training.latest.steps >= 1)
    before = time.process_time()
    threading.Event().wait(0.3)
    assert time.process_time() - before < 0.2


@pytest.mark.parametrize("pace", [0, -1.0, float("nan")])
def test_a_pace_is_more_than_nothing(training, pace):
    with pytest.raises(ValueError, match="more than 0"):
        training.set_pace(pace)
