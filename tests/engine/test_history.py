import json
import math
import time

import numpy as np
import pytest

from gradloom.core.errors import BadValue
from gradloom.engine.history import COLUMNS, History


def test_appending_leaves_the_shorter_history_as_it_was():
    short = History().append(1, 0.5, rate=0.1)
    one = short.append(2, 0.25, 0.3, 0.9, 0.8, 0.1)
    other = short.append(2, 99.0)
    assert len(short) == 1
    assert one.loss.tolist() == [0.5, 0.25]
    assert other.loss.tolist() == [0.5, 99.0]
    assert one.validation_accuracy[1] == 0.8
    assert math.isnan(short.validation_loss[0])


def test_columns_are_read_only():
    history = History().append(1, 0.5)
    with pytest.raises(ValueError, match="read-only"):
        history.loss[0] = 1


def test_appending_is_cheap():
    def seconds(rows):
        history, start = History(), time.perf_counter()
        for i in range(rows):
            history = history.append(i, 1.0)
        return (time.perf_counter() - start) / rows

    seconds(100)
    assert seconds(40_000) < 10 * seconds(2_000)


def test_round_trip_through_json_text():
    history = History()
    for i in range(600):
        history = history.append(i + 1, 1 / (i + 3), math.nan if i % 2 else 0.1 * i, 0.5)
    back = History.decode(json.loads(json.dumps(history.encode(), allow_nan=False)))
    assert back == history
    assert back.append(601, 0.0).epoch[-1] == 601


def test_what_is_not_finite_is_null():
    plain = History().append(1, math.inf).encode()
    assert plain["loss"] == [None]
    assert np.isnan(History.decode(plain).loss[0])


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p.pop("rate"),
        lambda p: p.update(more=[]),
        lambda p: p.update(loss=[1.0, 2.0]),
        lambda p: p.update(loss="no"),
        lambda p: p.update(loss=["a"]),
        lambda p: p.update(loss=[True]),
        lambda p: p.update(loss=[10**400]),
    ],
)
def test_bad_histories_are_refused_with_their_place(change):
    plain = {name: [1.0] for name in COLUMNS}
    change(plain)
    with pytest.raises(BadValue) as refused:
        History.decode(plain, "run.history")
    assert refused.value.path.startswith("run.history")
