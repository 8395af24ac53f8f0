"""Sizes, ports, curves and hit tests as plain numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.ui.canvas.geometry import (
    ALIGNMENTS,
    Box,
    Frame,
    aligned,
    around,
    curve,
    free_spot,
    nearer_end,
    nearest_curve,
    sampled,
    snap,
    spread,
    within_world,
)
from gradloom.ui.canvas.neurons import Lines, Neurons, levels, scale_of, shades, width_of

whole = st.integers(-2000, 2000).map(float)


@given(whole, whole, whole, whole)
def test_a_curve_joins_its_ends_and_leaves_them_level(x0, y0, x1, y1):
    c = curve((x0, y0), (x1, y1))
    assert (c[0], c[1], c[6], c[7]) == (x0, y0, x1, y1)
    assert c[3] == y0
    assert c[5] == y1
    assert c[2] > x0
    assert c[4] < x1
    points = sampled(np.array([c]))[0]
    assert points[0] == pytest.approx((x0, y0))
    assert points[-1] == pytest.approx((x1, y1))


@given(whole, whole, st.floats(0, 1))
def test_a_point_on_a_curve_hits_it_and_one_beside_does_not(x, y, t):
    c = np.array([curve((0, 0), (300, 0)), curve((0, 400), (x, y + 5000))])
    samples = sampled(c)
    assert nearest_curve((300 * t, 3), samples, 7) == 0
    assert nearest_curve((300 * t, -20), samples, 7) is None


def test_no_curves_no_hit():
    assert nearest_curve((0, 0), np.zeros((0, 25, 2)), 7) is None


def test_the_nearer_end():
    assert nearer_end((10, 0), (0, 0), (100, 0)) == "source"
    assert nearer_end((90, 0), (0, 0), (100, 0)) == "target"


@pytest.mark.parametrize("inputs", [0, 1, 2, 3, 4, 9])
def test_ports_lie_on_the_edge_apart_and_are_found(inputs):
    frame = Frame(inputs)
    assert frame.height % 8 == 0
    places = [frame.input_at(i) for i in range(inputs)]
    assert all(x == 0 and 8 <= y <= frame.header - 8 for x, y in places)
    assert len(set(places)) == inputs
    for i, (x, y) in enumerate(places):
        assert frame.port_at(x - 10, y) == ("in", i)
        assert frame.port_at(x + 6, y) == ("in", i)
        assert frame.port_at(x + 12, y) is None
    x, y = frame.output_at()
    assert frame.port_at(x + 12, y + 9) == ("out", 0)
    assert frame.port_at(x - 12, y) is None
    assert Frame(1, has_output=False).port_at(x, y) is None


def test_free_spot_goes_below_what_stands_there():
    taken = [Box(0, 0, 100, 50), Box(20, 60, 100, 50)]
    x, y = free_spot(Box(10, 10, 100, 50), taken)
    assert x == 10
    assert not any(Box(x, y, 100, 50).meets(t) for t in taken)


@pytest.mark.parametrize("how", ALIGNMENTS)
def test_aligning_keeps_the_hull(how):
    boxes = {"a": Box(0, 0, 100, 50), "b": Box(300, 80, 100, 200), "c": Box(40, 400, 100, 56)}
    places = aligned(boxes, how)
    hull = around(boxes.values())
    moved = {i: boxes[i]._replace(x=x, y=y) for i, (x, y) in places.items()}
    assert all(hull.x <= b.x and b.right <= hull.right for b in moved.values())
    assert all(hull.y <= b.y and b.bottom <= hull.bottom for b in moved.values())
    key = {
        "left": lambda b: b.x,
        "right": lambda b: b.right,
        "top": lambda b: b.y,
        "bottom": lambda b: b.bottom,
        "centre": lambda b: b.middle[0],
        "middle": lambda b: b.middle[1],
    }[how]
    assert len({key(b) for b in moved.values()}) == 1


@pytest.mark.parametrize(("how", "side"), [("across", 0), ("down", 1)])
def test_spreading_makes_equal_gaps(how, side):
    boxes = {c: Box(n * n * 70, n * n * 90, 40, 50) for n, c in enumerate("abcd")}
    places = spread(boxes, how)
    at = [places[c][side] for c in "abcd"]
    assert np.diff(at) == pytest.approx([at[1] - at[0]] * 3)
    assert at[0] == 0
    assert spread({"a": boxes["a"], "b": boxes["b"]}, how) == {}


def test_nothing_to_align():
    assert aligned({}, "left") == {}
    assert around([]) is None


def test_places_from_a_file_stay_in_the_world():
    assert within_world(1e9, -1e300) == (100_000, -100_000)
    assert within_world(3, 4) == (3, 4)
    assert snap(11.9) == 8
    assert snap(-4.1) == -8


@pytest.mark.parametrize(
    ("units", "shown"), [(1, 1), (6, 6), (7, 7), (17, 17), (32, 32), (500, 32)]
)
def test_the_column_of_units_says_how_many_it_hides(units, shown):
    neurons = Neurons(units)
    assert (neurons.shown, neurons.hidden) == (shown, units - shown)
    last = neurons.corner(shown - 1)[1] + neurons.cell
    assert last <= neurons.height - (16 if neurons.hidden else 8)
    assert neurons.height % 8 == 0


def test_lines_find_the_weight_under_the_pointer():
    lines = Lines(np.array([[0, 0], [0, 100]]), np.array([[100, 0], [100, 100], [100, 200]]))
    # the line from unit 1 (0, 100) to unit 2 (100, 200) passes (30, 130)
    assert lines.nearest((30, 131)) == (1, 2)
    assert lines.nearest((30, 1)) == (0, 0)
    assert lines.nearest((60, 30)) is None
    assert Lines(np.zeros((0, 2)), np.zeros((3, 2))).nearest((0, 0)) is None


def test_levels_are_signed_and_relative_to_the_largest():
    # |w| / max = 0, 1/2, 1, and a trace: ceil(6 * share) = 0, 3, 6, 1
    assert levels(np.array([0.0, -2.0, 4.0, 1e-9])).tolist() == [0, -3, 6, 1]
    assert levels(np.zeros(3)).tolist() == [0, 0, 0]
    assert width_of(6) > width_of(-3) > width_of(0) > 0


def test_scale_is_the_bound_of_the_activation_or_the_largest_value():
    values = np.array([[-3.0, 1.0]])
    assert scale_of(values, (-1.0, 1.0)) == 1
    assert scale_of(values, (0.0, float("inf"))) == 3
    assert scale_of(np.zeros((1, 2)), (0.0, float("inf"))) == 1
    assert scale_of(np.array([np.nan]), (0.0, float("inf"))) == 1


def test_shades_turn_the_picture_upright_and_take_any_number():
    table = np.arange(256, dtype=np.uint32)
    values = np.array([[[-1.0, 0.0], [1.0, np.nan]], [[-9.0, np.inf], [-np.inf, 0.5]]])
    pixels = shades(values, 1.0, table)
    assert pixels.shape == (4, 2)
    # y ascends in the values and descends in pixels; -1 -> 0, 0 -> 127, 1 -> 255, NaN -> 127
    assert pixels.tolist() == [[255, 127], [0, 127], [0, 191], [0, 255]]
