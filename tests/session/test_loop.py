import threading
import time

import pytest

from gradloom.session.loop import Loop


@pytest.fixture
def loop():
    made = Loop("test-loop")
    yield made
    assert made.close()


def test_commands_run_in_order_on_one_other_thread(loop):
    seen = []
    for i in range(50):
        loop.post(lambda i=i: seen.append((i, threading.current_thread().name)))
    loop.post(lambda: None).result(2)
    assert seen == [(i, "test-loop") for i in range(50)]


def test_the_answer_of_a_command_comes_back(loop):
    assert loop.post(lambda: 6 * 7).result(2) == 42


@pytest.mark.expects_log
def test_what_a_command_raises_comes_back_and_the_thread_lives_on(loop):
    def bad():
        raise KeyError("x")

    with pytest.raises(KeyError):
        loop.post(bad).result(2)
    assert loop.post(lambda: 1).result(2) == 1


def test_work_goes_on_until_it_says_no_and_a_command_interrupts_it():
    rounds = []

    def work():
        loop.interrupted.wait(0.005)
        rounds.append(1)
        return not stopped.is_set()

    stopped = threading.Event()
    loop = Loop("test-loop", work)
    loop.post(lambda: None).result(2)
    deadline = time.monotonic() + 2
    while len(rounds) < 3 and time.monotonic() < deadline:
        time.sleep(0.005)
    loop.post(stopped.set).result(2)
    time.sleep(0.03)
    count = len(rounds)
    assert count >= 3
    time.sleep(0.03)
    assert len(rounds) == count, "it worked on without being asked to"
    assert loop.close()


def test_a_closed_loop_takes_no_commands():
    loop = Loop("test-loop")
    assert loop.close()
    assert loop.post(lambda: 1).cancelled()


@pytest.mark.expects_log
def test_work_that_fails_is_logged_and_stops(caplog):
    def work():
        raise ZeroDivisionError

    loop = Loop("test-loop", work)
    loop.post(lambda: None).result(2)
    loop.post(lambda: None).result(2)
    assert "A round of the thread test-loop failed" in caplog.text
    assert loop.close()
