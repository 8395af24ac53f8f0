"""Strokes as values: what each brush makes of a way of the pointer; no window."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt

from gradloom.data import DataSpec
from gradloom.data.drawing import MOST_POINTS, add_class, add_points, blank, places
from gradloom.document import Document
from gradloom.document.samples import first_project
from gradloom.ui.map.brushes import BRUSHES
from gradloom.ui.map.strokes import (
    Beads,
    Dot,
    Erase,
    Ink,
    Move,
    Recolour,
    Spray,
    beads,
)
from gradloom.ui.map.tools import Touch
from gradloom.ui.plots.frame import Frame

ROOM = (-5.0, 5.0, -5.0, 5.0)
FRAME = Frame(QRectF(0, 0, 200, 100), ROOM[:2], ROOM[2:])  # 20 px and 10 px a unit


def touch(x, y, keys=Qt.KeyboardModifier.NoModifier):
    return Touch(x, y, FRAME.at(x, y), FRAME, keys)


def drawn(stroke, *way, keys=Qt.KeyboardModifier.NoModifier):
    """The stroke after its pointer went this way."""
    stroke.press(touch(*way[0]))
    for place in way[1:]:
        stroke.drag(touch(*place, keys=keys))
    return stroke


def some(*points, value=0):
    return add_points(blank(), np.array(points, float), value)


def test_beads_lie_two_radii_apart_along_the_way():
    stroke = drawn(Beads(blank(), Ink(1, radius=5), ROOM), (-4, 0), (-2, 0), (1, 0))
    points, values = stroke.wet  # 10 px are half a unit across
    np.testing.assert_allclose(points, [[x, 0] for x in np.arange(-4, 1.01, 0.5)], atol=1e-12)
    assert values.tolist() == [1] * 11
    assert stroke.label == "Draw 11 points"
    after = stroke.after()
    assert after.content.features.tolist() == points.tolist()
    assert after.content.targets[:, 0].tolist() == [1] * 11


def test_beads_are_as_far_apart_around_a_corner():
    found, owed = beads(QPointF(0, 0), QPointF(7, 0), 4, 0)
    assert [at.x() for at in found] == [4]
    assert owed == 3
    found, owed = beads(QPointF(7, 0), QPointF(7, 6), 4, owed)
    assert [(at.x(), at.y()) for at in found] == [(7, 1), (7, 5)]
    assert owed == pytest.approx(1)
    assert beads(QPointF(1, 1), QPointF(1, 1), 4, 2) == ([], 2)


def test_shift_draws_a_straight_line_that_can_be_turned():
    stroke = Beads(blank(), Ink(0, radius=10), ROOM)
    shift = Qt.KeyboardModifier.ShiftModifier
    drawn(stroke, (0, 0), (1, 3), (3, 0), keys=shift)
    np.testing.assert_allclose(stroke.wet[0], [[0, 0], [1, 0], [2, 0], [3, 0]], atol=1e-12)


def test_what_lies_off_the_plane_is_not_drawn():
    stroke = drawn(Beads(blank(), Ink(0, radius=10), ROOM), (4, 0), (9, 0))
    assert stroke.wet[0][:, 0].tolist() == [4, 5]


def test_a_spray_fills_its_disc_evenly_and_only_while_it_is_held():
    stroke = Spray(blank(), Ink(1, radius=40, rate=100), ROOM)
    stroke.press(touch(0, 0))
    assert len(stroke.wet[0]) == 1
    assert not stroke.wait(0.005), "half a point"
    for _ in range(200):
        stroke.wait(0.05)
    points, _ = stroke.wet
    assert len(points) == 1001
    away = np.hypot(points[:, 0] * 20, points[:, 1] * 10)  # px
    assert away.max() <= 40
    assert 0.6 < np.median(away) / 40 < 0.8, "half of a disc lies beyond 0.71 of its radius"
    again = Spray(blank(), Ink(1, radius=40, rate=100), ROOM)
    again.press(touch(0, 0))
    assert again.wet[0].tolist() == points[:1].tolist(), "no chance of its own"


def test_a_dot_is_one_point_where_the_button_came_up():
    stroke = drawn(Dot(some((1, 1)), Ink(1), ROOM), (0, 0), (2, 2), (9, 2))
    assert stroke.wet[0].tolist() == [[2, 2]], "off the plane it stays"
    assert stroke.label == "Draw 1 point"
    assert stroke.after().content.features.tolist() == [[1, 1], [2, 2]]


def test_an_eraser_takes_what_its_way_touches():
    source = some((0, 0), (1, 0), (2, 0.4), (4, 0))
    stroke = drawn(Erase(source, Ink(0, radius=5), ROOM), (-1, 0), (3, 0))
    assert stroke.gone.tolist() == [True, True, True, False]
    assert stroke.label == "Erase 3 points"
    assert stroke.after().content.features.tolist() == [[4, 0]]
    nothing = drawn(Erase(source, Ink(0, radius=5), ROOM), (0, 4), (1, 4))
    assert nothing.after() is source


def test_moving_drags_the_nearest_point_and_no_other():
    source = some((0, 0), (0.3, 0), (4, 4))
    stroke = drawn(Move(source, Ink(), ROOM), (0.1, 0), (1.1, -2))
    assert stroke.gone.tolist() == [True, False, False]
    np.testing.assert_allclose(stroke.wet[0], [[1, -2]], atol=1e-12)
    np.testing.assert_allclose(places(stroke.after()), [[1, -2], [0.3, 0], [4, 4]], atol=1e-12)
    far = drawn(Move(source, Ink(), ROOM), (-3, -3), (0, 0))
    assert far.after() is source


def test_moving_a_selected_point_moves_all_selected_ones_within_the_plane():
    source = some((0, 0), (2, 0), (4, 4))
    stroke = Move(source, Ink(), ROOM)
    stroke.chosen = frozenset([0, 1, 99])
    drawn(stroke, (2, 0), (9, 1))
    assert stroke.label == "Move 2 points"
    np.testing.assert_allclose(places(stroke.after())[:2], [[3, 1], [5, 1]], atol=1e-12)
    other = Move(source, Ink(), ROOM)
    other.chosen = frozenset([0, 1])
    drawn(other, (4, 4), (3, 3))
    assert other.gone.tolist() == [False, False, True], "it is none of them"


def test_recolouring_takes_only_points_of_other_classes():
    source = add_points(some((0, 0), (1, 0)), [[2, 0]], 1)
    stroke = drawn(Recolour(source, Ink(1, radius=5), ROOM), (-1, 0), (3, 0))
    assert stroke.label == "Recolour 2 points"
    assert stroke.after().content.targets[:, 0].tolist() == [1, 1, 1]
    points, values = stroke.wet
    assert points.tolist() == [[0, 0], [1, 0]]
    assert values.tolist() == [1, 1]


def test_a_curve_takes_its_target_from_the_height():
    stroke = drawn(Beads(blank((), 1), Ink(7, radius=10), ROOM), (0, 1), (2, 1))
    assert stroke.wet[1].tolist() == [1, 1, 1]
    assert stroke.after().content.targets[:, 0].tolist() == [1, 1, 1]
    moved = drawn(Move(stroke.after(), Ink(), ROOM), (0, 1), (0, 3))
    assert moved.wet[1].tolist() == [3]
    assert moved.after().content.targets[:, 0].tolist() == [3, 1, 1]


def test_a_surface_takes_the_target_that_is_chosen():
    stroke = drawn(Dot(blank(()), Ink(0.25), ROOM), (0, 1))
    assert stroke.after().content.targets.tolist() == [[0.25]]


def test_classes_over_one_feature_are_shown_at_their_height():
    stroke = drawn(Dot(blank(("A", "B"), 1), Ink(1), (-5, 5, -0.08, 1.08)), (2, 0.3))
    assert stroke.wet[0].tolist() == [[2, 1]]
    assert stroke.after().content.features.tolist() == [[2]]


def test_a_drawing_that_is_full_takes_what_fits_and_says_so():
    near = add_points(blank(), np.zeros((MOST_POINTS - 2, 2)), 0)
    stroke = drawn(Beads(near, Ink(0, radius=10), ROOM), (0, 0), (4, 0))
    assert stroke.full
    assert stroke.label == "Draw 2 points"
    assert len(stroke.after().content) == MOST_POINTS
    assert not drawn(Dot(near, Ink(), ROOM), (0, 0)).full


def test_every_brush_has_a_key_and_words_of_its_own():
    for part in ("name", "key", "icon", "label", "tip"):
        assert len({getattr(brush, part) for brush in BRUSHES}) == len(BRUSHES)
    assert all(len(brush.tip) < 60 and brush.tip.endswith(".") for brush in BRUSHES)


WAY = st.lists(st.tuples(st.floats(-6, 6), st.floats(-6, 6)), min_size=1, max_size=4)
STROKES = st.lists(
    st.tuples(st.sampled_from(BRUSHES), st.integers(0, 2), st.floats(2, 40), WAY, st.booleans()),
    min_size=1,
    max_size=8,
)


@given(STROKES, st.sampled_from(["classes", "curve", "surface"]))
def test_undo_gives_back_every_state_of_any_drawing(strokes, form):
    forms = {"classes": add_class(blank()), "curve": blank((), 1), "surface": blank(())}
    document = Document(dataclasses.replace(first_project(), data=DataSpec(source=forms[form])))
    past = [document.state]
    for brush, value, radius, way, chosen in strokes:
        source = document.state.data.source
        if form == "curve" and brush.stroke is Recolour:
            continue
        stroke = brush.stroke(source, Ink(value, radius), ROOM)
        if chosen and isinstance(stroke, Move):
            stroke.chosen = frozenset(range(0, len(source.content), 2))
        drawn(stroke, *way)
        stroke.wait(0.1)
        shown, values = stroke.wet
        assert len(shown) == len(values)
        after = stroke.after()
        assert after.problems() == []
        assert len(after.content) == len(source.content) + _change(stroke, len(shown))
        edited = document.edit(
            stroke.label, lambda s, a=after: dataclasses.replace(s, data=s.data.replace(source=a))
        )
        assert edited == (after != source)
        if edited:
            past.append(document.state)
    for state in reversed(past[:-1]):
        assert document.undo()
        assert document.state.data.source.content.fingerprint == (
            state.data.source.content.fingerprint
        )
    assert not document.undo()
    while document.redo():
        pass
    assert document.state == past[-1]


def _change(stroke, shown):
    """By how many points a stroke makes a drawing longer."""
    if isinstance(stroke, Erase):
        return -int(stroke.gone.sum())
    return 0 if isinstance(stroke, Move | Recolour) else shown
