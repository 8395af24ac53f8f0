import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.layers.coding import Coding
from gradloom.layers.signature import Target
from gradloom.ui.map.subject import lookup
from gradloom.ui.plots.contour import boundaries, contour
from gradloom.ui.plots.decimate import Decimated
from gradloom.ui.plots.scale import (
    count,
    decade_words,
    decades,
    figure,
    percent,
    roomy,
    spaced,
    tick_words,
    ticks,
    whole_decades,
)
from gradloom.ui.plots.shading import (
    colour_of,
    levels_of,
    shade_classes,
    shade_shares,
    shade_values,
    shares_of,
)
from gradloom.ui.theme import DARK, LIGHT

# numbers and ranges


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.031, "0.0310"),
        (0.0, "0"),
        (-0.5, "−0.500"),
        (12.34, "12.3"),
        (98.4, "98.4"),
        (1240.0, "1\u202f240"),
        (7.1e-5, "7.1e−5"),
        (3.2e7, "3.2e7"),
        (math.nan, "–"),
        (math.inf, "∞"),
    ],
)
def test_figures_have_three_digits(number, words):
    assert figure(number) == words


def test_shares_and_counts_as_words():
    assert percent(0.984) == "98.4\u202f%"
    assert percent(math.nan) == "–"
    assert count(31000) == "31\u202f000"
    assert count(math.nan) == "–"


def test_ticks_are_round_and_inside():
    assert ticks(0, 1, 5) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert ticks(-6, 6, 4) == [-5, 0, 5]
    assert ticks(1, 1) == []
    assert ticks(80e3, 950e3, 4) == [2e5, 4e5, 6e5, 8e5]  # not 500 000 alone: it tells no scale
    assert tick_words([-1.0, -0.5, 0.0]) == ["−1.0", "−0.5", "0.0"]
    assert tick_words([0.0, 1000.0]) == ["0", "1\u202f000"]


def test_words_of_ticks_do_not_touch():
    words = ["−80", "−60", "−40", "−20", "0", "20"]
    assert spaced(words, [20.0] * 6, 30.0) == words
    assert spaced(words, [20.0] * 6, 20.0) == ["−80", "", "−40", "", "0", ""]
    assert spaced(words, [20.0] * 6, 10.0) == ["", "−60", "", "", "0", ""]
    assert spaced(["0", "100", "200 epochs"], [6.0, 18.0, 60.0], 50.0)[-1] == "200 epochs"


def test_powers_of_ten():
    assert decades(-3.2, 1.1) == [-3, -2, -1, 0, 1]
    assert len(decades(-40, 0, 5)) <= 6
    assert decade_words([-5.0, -2.0, 0.0, 2.0]) == ["1e−5", "0.01", "1", "100"]
    assert whole_decades(-2.3, 0.2, None) == (-3, 1)
    assert whole_decades(-2.5, 0.5, (-3, 1)) == (-3, 1)


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_a_roomy_range_holds_the_data_and_stays(low, span):
    high = low + span
    found = roomy(low, high, None)
    assert found[0] <= low + 1e-6 * span
    assert found[1] >= high - 1e-6 * span
    assert roomy(low, high, (low - span, high + 0.5 * span)) == (low - span, high + 0.5 * span)
    narrow = roomy(low, low + span / 1000, found)
    assert narrow[1] - narrow[0] < found[1] - found[0]


def test_a_range_of_nothing():
    assert roomy(math.inf, -math.inf, None) == (0, 1)
    low, high = roomy(3.0, 3.0, None)
    assert low < 3 < high


# long curves


def test_a_short_curve_is_itself():
    curve = Decimated()
    values = np.array([3.0, math.nan, 1.0])
    curve.follow(values)
    x, y = curve.points()
    assert x.tolist() == [0, 2]
    assert y.tolist() == [3, 1]


@pytest.mark.parametrize("pieces", [1, 37])
def test_a_long_curve_keeps_its_extremes_and_its_end(pieces):
    values = np.random.default_rng(0).normal(size=100_003)
    values[77_777] = 50
    curve = Decimated()
    for end in np.linspace(0, len(values), pieces + 1).astype(int)[1:]:
        curve.follow(values[:end])
    x, y = curve.points()
    assert len(x) == len(y) <= 2000
    assert y.max() == 50
    assert y.min() == values.min()
    assert abs(x[y.argmax()] - 77_777) < 512
    assert (x[-1], y[-1]) == (len(values) - 1, values[-1])
    assert (np.diff(x) >= 0).all()


def test_growing_and_at_once_are_the_same():
    values = np.random.default_rng(1).normal(size=5000)
    at_once, grown = Decimated(), Decimated()
    at_once.follow(values)
    for end in range(1, 5001, 7):
        grown.follow(values[:end])
    grown.follow(values)
    np.testing.assert_array_equal(at_once.points(), grown.points())


def test_a_shorter_curve_is_another_one():
    curve = Decimated()
    curve.follow(np.arange(9.0))
    curve.follow(np.array([5.0]))
    assert curve.points()[1].tolist() == [5]


# lines of equal value


def test_the_contour_of_a_cone_is_a_circle():
    y, x = np.mgrid[-1:1:81j, -1:1:81j]
    lines = contour(np.hypot(x, y), 0.6)
    radii = np.hypot(*(lines / 40 - 1).reshape(-1, 2).T)
    assert len(lines) > 50
    np.testing.assert_allclose(radii, 0.6, atol=0.002)
    length = np.hypot(*(lines[:, 0] - lines[:, 1]).T).sum() / 40
    assert length == pytest.approx(2 * math.pi * 0.6, rel=0.01)


def test_a_contour_by_hand():
    # one cell, 1 below and 1 above: the line crosses in the middle of both upright edges
    lines = contour(np.array([[-1.0, -1.0], [1.0, 1.0]]))
    assert sorted(map(tuple, lines[0].tolist())) == [(0.0, 0.5), (1.0, 0.5)]
    assert contour(np.ones((4, 4))).shape == (0, 2, 2)
    assert np.isfinite(contour(np.array([[np.inf, -1.0], [np.nan, 1.0]]))).all()


def test_the_boundary_of_three_classes_meets_in_a_point():
    y, x = np.mgrid[-1:1:61j, -1:1:61j]
    angles = [0, 2 * math.pi / 3, 4 * math.pi / 3]
    lines = boundaries(np.stack([x * math.cos(a) + y * math.sin(a) for a in angles]))
    places = lines.reshape(-1, 2) / 30 - 1
    assert np.hypot(*places.T).min() < 0.06
    sides = [places @ (math.cos(a), math.sin(a)) for a in angles]
    off = [np.abs(sides[i] - sides[i - 1]) for i in range(3)]
    assert np.min(off, axis=0).max() < 0.06


# colours


def rgb(shade, x, y):
    return tuple(shade.colours()[y, x].tolist())


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_low_is_orange_high_is_blue_and_the_first_row_is_below(tokens):
    image = shade_values(np.array([[-1.0, -1.0], [1.0, 1.0]]), -1, 1, tokens)
    red, _, blue = rgb(image, 0, 0)
    assert red > blue
    red, _, blue = rgb(image, 0, 1)
    assert blue > red


def test_values_beyond_the_levels_and_none_at_all():
    image = shade_values(np.array([[-9.0, np.nan, np.inf]]), 0, 1, LIGHT)
    plain = shade_values(np.array([[0.0, 0.5, 1.0]]), 0, 1, LIGHT)
    assert rgb(image, 0, 0) == rgb(plain, 0, 0)
    assert rgb(image, 2, 0) == rgb(plain, 2, 0)


def test_three_classes_have_three_colours_and_doubt_is_pale():
    sure = np.eye(3).reshape(3, 1, 3)
    colours = [rgb(shade_classes(sure, LIGHT), i, 0) for i in range(3)]
    assert len(set(colours)) == 3
    assert [rgb(shade_shares(sure, LIGHT), i, 0) for i in range(3)] == colours
    doubt = rgb(shade_shares(np.full((3, 1, 1), 1 / 3), LIGHT), 0, 0)
    assert max(doubt) - min(doubt) < 12


def test_a_colour_of_the_scale():
    assert colour_of(9, 0, 1, LIGHT) == LIGHT.positive
    assert colour_of(0, 0, 1, LIGHT) == LIGHT.negative


def test_a_few_numbers_far_from_all_others_do_not_take_the_colours():
    assert levels_of(np.array([0.0, 1.0, 2.0, 3.0, 4.0])) == (0.0, 4.0)
    assert levels_of(np.array([0.0, 1.0, 2.0, 3.0, 90.0])) == (0.0, 6.0)  # 3 + 1.5 (3 - 1)
    assert levels_of(np.array([-90.0, -1.0, 1.0, 3.0, 4.0])) == (-7.0, 7.0)
    assert levels_of(np.array([5.0, 5.0, 5.0, 5.0, 9.0])) == (5.0, 9.0)
    assert levels_of(np.array([2.0])) == (2.0, 3.0)


def test_shares_of_a_signed_unit():
    coding = Coding((0,), (Target("class", ("A", "B")),), "unit", "mse", low=-1.0, high=1.0)
    shares = shares_of(coding, np.array([[[-1.0, 0.0, 1.0, 5.0, np.nan]]]))
    np.testing.assert_allclose(shares[1, 0], [0, 0.5, 1, 1, 0])
    assert shares.shape == (2, 1, 5)


def test_a_place_in_a_picture_is_linear_between_its_points():
    picture = np.array([[[0.0, 1.0], [2.0, 3.0]]])
    extent = (10.0, 20.0, 0.0, 1.0)
    assert lookup(picture, extent, 10, 0) == [0]
    assert lookup(picture, extent, 20, 1) == [3]
    assert lookup(picture, extent, 15, 0.5) == [1.5]
    assert lookup(picture, extent, 99, -9) == [1]
    assert lookup(picture[:, :1], extent, 15, 0.5) == [0.5]
