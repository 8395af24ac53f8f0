import threading

import pytest

from gradloom.document.samples import first_project
from gradloom.session.runner import Runner


@pytest.mark.parametrize(("cost", "burst"), [(0.0, 1 / 30), (0.01, 0.11), (5.0, 1 / 8)])
def test_what_is_dear_to_show_is_shown_less_often(cost, burst):
    runner = Runner(threading.Event(), lambda *_: None, lambda _: None)
    runner.begin(1, first_project(), None, "")
    runner.shown_cost = cost
    runner.step_batch()
    runner.work()
    assert runner._burst == pytest.approx(burst, rel=0.25)
