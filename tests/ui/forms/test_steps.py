"""How arrow keys move numbers, and how they are read and written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.core.checks import Choice, Flag, Names, Real, Text, Variant, Whole
from gradloom.layers import INITIALISERS
from gradloom.ui.forms.steps import ladder, read, rung, start_of, step, stops, write

# the learning rates that TensorFlow Playground offers
PLAYGROUND = (0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)


def test_arrows_reach_every_learning_rate_of_tensorflow_playground():
    rate, seen = Real(0, 1e6, log=True), []
    value = 0.0
    while value < 10:
        value = step(rate, value, 1)
        seen.append(value)
    assert set(PLAYGROUND) <= set(seen)
    assert seen == sorted(seen)
    for wanted in reversed(seen[:-1]):
        value = step(rate, value, -1)
        assert value == wanted
    assert step(rate, value, -1) == 0.0 == step(rate, 0.0, -1)


def test_ladder_is_what_a_slider_stops_at():
    assert ladder(Real(0, 1e6, log=True))[:4] == (0.0, 1e-5, 3e-5, 1e-4)
    assert ladder(Real(0, 1e6, log=True))[-1] == 10
    assert ladder(Real(0, 1, above=True, log=True))[0] == 1e-5
    assert stops(Whole(0, 50)) == tuple(range(51))
    assert stops(Whole(0, 10**6)) == stops(Real(0, 1)) == stops(Text()) == ()


@given(st.floats(1e-12, 1e12))
def test_rungs_are_the_nearest_above_and_below(value):
    above, below = rung(value, up=True), rung(value, up=False)
    assert below < value < above
    assert above / below <= 10.0000001


@pytest.mark.parametrize(
    ("check", "start", "count", "wanted"),
    [
        (Whole(1, 8), 4, 1, 5),
        (Whole(1, 8), 4, 10, 8),
        (Whole(1, 8), 4, -10, 1),
        (Real(0, 1), 0.5, 1, 0.55),
        (Real(0, 1), 0.5, -1, 0.45),
        (Real(0, 1), 0.97, 1, 1.0),
        (Real(), 0.0, 1, 0.1),
        (Real(), 0.1, -1, 0.09),
        (Real(), -2.0, 1, -1.9),
        (Real(0, 1, below=True), 0.95, 1, 0.95),  # 1 itself is not allowed
        (Real(0, 1e6, log=True), 0.02, 1, 0.03),
        (Real(0, 1e6, log=True), 0.02, -1, 0.01),
        (Real(0, 1e6, log=True), 1e6, 1, 1e6),
        (Real(log=True), -3.0, 1, -1.0),
    ],
)
def test_step(check, start, count, wanted):
    assert step(check, start, count) == wanted


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_is_written_reads_back_the_same(value):
    assert read(Real(), write(value)) == value


@pytest.mark.parametrize(
    ("text", "number"),
    [("1e-3", 0.001), ("0,03", 0.03), ("−2.5", -2.5), (" 1 000 ", 1000.0), ("+4", 4.0)],
)
def test_numbers_are_read_as_people_type_them(text, number):
    assert read(Real(), text) == number


def test_small_numbers_are_written_without_an_exponent():
    assert [write(v) for v in (1e-5, 0.03, 3.0, 12, 1e-12)] == [
        "0.00001",
        "0.03",
        "3",
        "12",
        "1e-12",
    ]


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "--1"])
def test_what_is_no_number_is_refused_in_words(text):
    found = read(Real(), text)
    assert isinstance(found, str)
    assert "number" in found


def test_whole_numbers_refuse_fractions_and_keep_all_digits():
    assert "whole number" in read(Whole(1, 9), "2.5")
    assert read(Whole(0, 2**63), "9007199254740993") == 9007199254740993
    assert read(Whole(0, 9), "2.0") == 2
    assert "number" in read(Whole(0, 9), "nan")
    assert "number" in read(Whole(0, 9), "inf")


@pytest.mark.parametrize(
    "check",
    [
        Whole(1, 10**9),
        Whole(500, 600),
        Real(0, 1e12, above=True, log=True),
        Real(high=1),
        Real(0.1, 0.3),
        Real(-5, -2),
        Choice(("a", "A"), ("b", "B")),
        Flag(),
        Text(),
        Variant(INITIALISERS),
    ],
)
def test_start_values_are_taken_by_their_checks(check):
    assert check.why_not(start_of(check)) is None


def test_start_of_names_is_all_of_them():
    assert start_of(Names(), ("a", "b")) == ("a", "b")
    assert math.isfinite(start_of(Real()))
