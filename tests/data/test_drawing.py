"""Strokes on a drawing are pure edits."""

from __future__ import annotations

import json

import numpy as np
import pytest

from gradloom.data import SOURCES, DataSpec, prepare
from gradloom.data.drawing import (
    MOST_POINTS,
    add_points,
    blank,
    erase,
    move,
    near,
    places,
    recolour,
)


def drawn():
    return add_points(add_points(blank(), [[0, 0], [1, 1]], 0), [[5, 5]], 1)


def test_adding_makes_a_new_value():
    empty = blank()
    one = add_points(empty, [[1.0, 2.0]], 1)
    assert len(empty.content) == 0
    assert one.content.features.tolist() == [[1, 2]]
    assert one.content.targets.tolist() == [[1]]
    assert add_points(one, np.zeros((0, 2)), 0) is one
    assert add_points(one, [[np.nan, 1]], 0) is one
    assert one != empty
    assert SOURCES.decode(json.loads(json.dumps(one.encode()))) == one


def test_near_erase_move_recolour():
    source = drawn()
    assert near(source, (0.9, 0.9), (2, 2)).tolist() == [1, 0]
    assert erase(source, near(source, (0, 0), (0.5, 0.5))).content.features.tolist() == [
        [1, 1],
        [5, 5],
    ]
    assert erase(source, []) is source
    moved = move(source, [2], (-1.0, 2.0))
    assert moved.content.features.tolist() == [[0, 0], [1, 1], [4, 7]]
    assert move(source, [], (1.0, 1.0)) is source
    assert recolour(source, [0], 1).content.targets[:, 0].tolist() == [1, 0, 1]
    with pytest.raises(ValueError, match="class 2 of 2"):
        recolour(source, [0], 2)
    assert source == drawn()


def test_regression_points_on_a_curve():
    source = add_points(blank((), 1), [[1.0, 2.0], [3.0, 4.0]], 0)
    assert source.content.features.tolist() == [[1], [3]]
    assert source.content.targets.tolist() == [[2], [4]]
    assert places(move(source, [1], (1.0, -1.0))).tolist() == [[1, 2], [4, 3]]
    assert prepare(DataSpec(source=source, train=100, validation=0, test=0), 1).problems == ()


def test_points_are_bounded():
    full = add_points(blank(), np.zeros((MOST_POINTS + 5, 2)), 0)
    assert len(full.content) == MOST_POINTS
    assert add_points(full, [[1, 1]], 0) is full
