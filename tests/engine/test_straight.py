"""Calls written out as one function."""

from functools import partial

import numpy as np

from gradloom.engine import straight as module
from gradloom.engine.straight import straight


def test_the_calls_are_made_in_order_with_their_arguments():
    done = []
    a, b, out = np.arange(3.0), np.full(3, 2.0), np.zeros(3)
    run = straight(
        [
            partial(np.multiply, a, b, out),
            lambda: done.append(out.copy()),
            partial(np.maximum, out, b, out=out),
            partial(done.append, "end"),
        ]
    )
    run()
    a += 1
    run()
    assert np.array_equal(done[0], [0, 2, 4])
    assert np.array_equal(done[2], [2, 4, 6])
    assert done[1] == done[3] == "end"
    assert np.array_equal(out, [2, 4, 6])


def test_equal_arrays_stay_apart():
    one, other = np.zeros(2), np.zeros(2)
    straight([partial(np.add, one, np.ones(2), one), partial(np.add, other, np.ones(2), other)])()
    assert np.array_equal(one, [1, 1])
    assert np.array_equal(other, [1, 1])


def test_no_calls_and_very_many(monkeypatch):
    straight([])()
    monkeypatch.setattr(module, "_MANY", 10)
    done = []
    straight([partial(done.append, i) for i in range(11)])()
    assert done == list(range(11))
