"""Strokes on a drawing are pure edits."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.data import SOURCES, Dataset, DataSpec, prepare
from gradloom.data.drawing import (
    MOST_POINTS,
    add_class,
    add_points,
    blank,
    emptied,
    erase,
    fresh_class,
    heights,
    move,
    near,
    places,
    recolour,
    removal_words,
    remove_class,
    rename_class,
    room_of,
    same_form,
    swept,
    taken_over,
    why_not,
    why_not_class,
)
from gradloom.layers.signature import Target


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


def test_a_disc_has_a_reach_along_each_axis():
    source = add_points(blank(), [[0, 0], [3, 0], [0, 3]], 0)
    assert near(source, (0, 0), (4, 1)).tolist() == [0, 1]
    assert near(source, (0, 0), (1, 4)).tolist() == [0, 2]


def test_a_disc_touches_what_lies_along_its_way():
    source = add_points(blank(), [[0, 0], [5, 0.9], [5, 1.1], [10, 0], [11.1, 0]], 0)
    assert swept(source, (0, 0), (10, 0), (1, 1)).tolist() == [True, True, False, True, False]
    assert swept(source, (0, 0), (10, 0), (1, 2)).tolist() == [True, True, True, True, False]
    assert swept(source, (5, 0), (5, 0), (1, 1)).tolist() == [False, True, False, False, False]
    assert swept(blank(), (0, 0), (1, 1), (1, 1)).tolist() == []


def test_classes_over_one_feature_lie_at_heights_of_their_own():
    source = add_points(blank(("A", "B"), 1), [[1.0, 0.3], [2.0, 0.7]], 1)
    assert source.content.features.tolist() == [[1], [2]]
    assert source.content.targets.tolist() == [[1], [1]], "not where the pointer was"
    assert places(source).tolist() == [[1, 1], [2, 1]]
    assert places(move(source, [0], (2.0, 5.0))).tolist() == [[3, 1], [2, 1]]
    assert move(source, [0], (0.0, 5.0)) is source
    three = add_points(blank(("A", "B", "C"), 1), [[1.0, 0.0]], 2)
    assert places(three).tolist() == [[1, 1]]
    assert heights(np.array([0.5]), ()).tolist() == [0.5]


def test_what_changes_nothing_is_the_same_value():
    source = drawn()
    assert move(source, [1], (0.0, 0.0)) is source
    assert recolour(source, [2], 1) is source


def test_classes_are_added_renamed_and_removed():
    source = add_class(drawn())
    assert source.target_columns[0].classes == ("A", "B", "C")
    source = add_points(source, [[9, 9]], 2)
    assert removal_words(source, 0) == "Remove class A and its 2 points"
    left = remove_class(source, 0)
    assert left.target_columns[0].classes == ("B", "C")
    assert left.content.targets[:, 0].tolist() == [0, 1]
    assert left.content.features.tolist() == [[5, 5], [9, 9]]
    with pytest.raises(ValueError, match="two classes"):
        remove_class(left, 0)
    assert rename_class(source, 1, " cats ").target_columns[0].classes == ("A", "cats", "C")
    assert why_not_class(source, 1, "A") == "There is a class A already."
    assert why_not_class(source, 1, "B") == ""
    assert why_not_class(source, 1, "  ") == "A class needs a name."
    with pytest.raises(ValueError, match="already"):
        rename_class(source, 1, "C")
    assert fresh_class(("A", "C")) == "B"
    assert fresh_class(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == "class 1"
    assert removal_words(add_class(blank()), 2) == "Remove class C"


def test_any_flat_data_is_taken_over_with_its_names():
    circles = SOURCES.make("circles")
    dataset = circles.make(7)
    assert why_not(circles, dataset) == ""
    source = taken_over(dataset, (-6.0, 7.0, -8.0, 9.0))
    assert source.content.features.tobytes() == dataset.features.tobytes()
    assert source.feature_names == ("x1", "x2")
    assert source.target_columns == circles.target_columns
    assert source.room == (-6, 7, -8, 9)
    assert source.content.name == "Circles, edited"
    assert taken_over(source.content, source.room).content.name == "Circles, edited"
    assert SOURCES.decode(json.loads(json.dumps(source.encode()))) == source


def test_the_room_of_other_data_reaches_to_its_targets():
    sine = SOURCES.make("sine").make(1)
    low, high = sine.targets.min(), sine.targets.max()
    assert room_of(sine, (-6.0, 6.0, 0.0, 1.0)) == (-6, 6, low, high)
    circles = SOURCES.make("circles").make(1)
    assert room_of(circles, (-6.0, 6.0, -7.0, 7.0)) == (-6, 6, -7, 7)


def test_an_empty_plane_keeps_columns_and_classes():
    dataset = SOURCES.make("spiral", arms=3).make(1)
    source = emptied(dataset)
    assert len(source.content) == 0
    assert source.target_columns == dataset.target_columns
    only = Dataset("t", np.zeros((1, 2)), ("a", "b"), np.zeros((1, 1)), (Target("k", ("A",)),))
    assert emptied(only).target_columns[0].classes == ("A", "B")
    assert emptied(only).feature_names == ("a", "b")


def test_what_can_not_be_drawn_says_why():
    def why(kind):
        source = SOURCES.make(kind)
        return why_not(source, source.make(0))

    assert why("iris") == "Points are drawn in data of one or two features; this has 4."
    assert why("digits").startswith("Pictures can't be drawn")
    assert why("sine") == why("plane") == why("gate") == ""
    two = Dataset("t", np.zeros((2, 2)), ("a", "b"), np.zeros((2, 2)), (Target("c"), Target("d")))
    source = SOURCES.make("table", content=two)
    assert why_not(source, two) == "Points are drawn in data of one target; this has 2."
    many = Dataset("t", np.zeros((20_001, 1)), ("a",), np.zeros((20_001, 1)), (Target("c"),))
    assert why_not(SOURCES.make("table", content=many), many).endswith("this has 20,001 rows.")
    assert why_not(SOURCES.make("file"), SOURCES.make("file").make(0)).startswith("Read the file")


def test_drawings_of_one_form():
    assert same_form(blank(), drawn())
    assert same_form(blank(), add_class(blank()))
    assert not same_form(blank(), blank(()))
    assert not same_form(blank((), 1), blank((), 2))


def test_nothing_drawn_is_a_problem_and_so_is_no_other():
    spec = DataSpec(source=blank())
    (problem,) = prepare(spec, 1).problems
    assert problem.text == "Nothing is drawn yet; draw points on the map."
    assert problem.stops_training


def test_a_class_of_which_nothing_is_drawn_is_a_warning():
    source = add_class(add_points(drawn(), np.arange(20).reshape(10, 2), 1))
    (problem,) = prepare(DataSpec(source=source, train=100, validation=0, test=0), 1).problems
    assert problem.text == "No row is of class C; a network can't learn it."
    assert not problem.stops_training
    more = add_class(source)
    (problem,) = prepare(DataSpec(source=more, train=100, validation=0, test=0), 1).problems
    assert problem.text == "No row is of the classes C and D; a network can't learn them."


def test_the_room_is_what_its_edges_say():
    assert blank().room == (-5, 5, -5, 5)
    assert blank().replace(left=3.0, right=1.0).room == (1, 3, -5, 5), "in either order"
    assert blank().replace(left=2.0, right=2.0).room == (1, 3, -5, 5), "never empty"
    assert blank() != blank().replace(top=6.0)


@given(st.data())
def test_rows_that_come_and_go_leave_nearly_all_others_in_their_part(data):
    count = data.draw(st.integers(40, 120))
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    source = add_points(blank(), rng.uniform(-5, 5, (count, 2)), 0)
    gone = data.draw(st.integers(0, count - 1))
    parts = [_parts(source), _parts(erase(source, [gone]))]
    kept = np.delete(parts[0], gone)
    assert (kept != parts[1]).sum() <= 2
    moved = _parts(move(source, [gone], (1e-3, 0.0)))
    assert (moved != parts[0]).sum() <= 3


def _parts(source):
    split = prepare(DataSpec(source=source), 5).split
    part = np.zeros(len(source.content), int)
    part[split.validation], part[split.test] = 1, 2
    return part


def test_the_data_seed_deals_a_drawing_anew():
    rng = np.random.default_rng(0)
    spec = DataSpec(source=add_points(blank(), rng.uniform(-5, 5, (100, 2)), 0))
    one, same, other = (prepare(spec.replace(split_seed=s), 1).split.train for s in (3, 3, 4))
    assert one.tolist() == same.tolist() != other.tolist()
    assert len(one) == len(other) == 60
