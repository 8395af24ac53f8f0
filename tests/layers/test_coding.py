"""Targets as the numbers a loss compares with, and outputs as classes and shares."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.layers.coding import Coding
from gradloom.layers.signature import Target

THREE = (Target("class", ("a", "b", "c")),)
TWO = (Target("class", ("no", "yes")),)


def test_classes_are_coded_one_hot() -> None:
    coding = Coding((1,), THREE, "one_hot", "mse", low=-1.0)
    table = np.array([[9.0, 2.0], [9.0, 0.0]])
    assert coding.encode(table).tolist() == [[-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]


def test_one_unit_is_read_at_the_middle_of_its_levels() -> None:
    coding = Coding((0,), TWO, "unit", "hinge", low=-1.0)
    output = np.array([[-3.0, -0.5, 0.5, 3.0]])
    assert coding.classify(output).tolist() == [0, 0, 1, 1]
    assert coding.probabilities(output)[1].tolist() == [0.0, 0.25, 0.75, 1.0]


def test_log_softmax_outputs_are_read_as_probabilities() -> None:
    coding = Coding((0,), THREE, "one_hot", "categorical_cross_entropy", logs=True)
    shares = np.array([[0.7, 0.1], [0.2, 0.1], [0.1, 0.8]])
    np.testing.assert_allclose(coding.probabilities(np.log(shares)), shares, rtol=1e-12)


HOURS = Target("hours", offset=2.0, scale=4.0)
PRICE = Target("price", offset=-300.0, scale=0.5)


def test_scaled_targets_by_hand_and_back() -> None:
    coding = Coding((2, 0), (HOURS, PRICE), "real", "mse")
    table = np.array([[-300.0, 7.0, 10.0], [-299.5, 7.0, 0.0]])
    assert coding.encode(table).tolist() == [[2.0, -0.5], [0.0, 1.0]]
    assert coding.decode(coding.encode(table)).tolist() == [[10.0, 0.0], [-300.0, -299.5]]
    assert table.tolist() == [[-300.0, 7.0, 10.0], [-299.5, 7.0, 0.0]]


def test_a_log_variance_is_told_in_the_square_of_the_targets_unit() -> None:
    coding = Coding((0,), (HOURS,), "real", "gaussian_nll", parts=2)
    mean, log_variance = coding.decode(np.array([[0.25], [math.log(9.0)]]))
    assert mean.tolist() == [3.0]
    assert math.sqrt(math.exp(log_variance[0])) == pytest.approx(3 * 4, rel=1e-15)


def test_pictures_are_decoded_as_rows_are() -> None:
    coding = Coding((0, 1), (HOURS, PRICE), "real", "mse")
    rows = np.arange(12.0).reshape(2, 6)
    picture = coding.decode(rows.reshape(2, 2, 3))
    np.testing.assert_array_equal(picture.reshape(2, 6), coding.decode(rows))


def test_what_is_not_scaled_is_handed_on_untouched() -> None:
    output = np.ones((3, 2), np.float32)
    for coding in (Coding((0,), THREE, "one_hot", "mse"), Coding((0,), (Target("y"),), "real", "")):
        assert coding.decode(output) is output
        assert coding.said == ""


def test_the_sentence_of_the_scaling_reads_well_with_any_sign() -> None:
    said = Coding((0, 1), (HOURS, PRICE), "real", "mse").said
    assert said == "Targets are scaled: y = (hours − 2) / 4; y = (price + 300) / 0.5."


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.lists(st.floats(-1e6, 1e6), max_size=5))
def test_decoding_undoes_encoding(offset: float, scale: float, numbers: list[float]) -> None:
    coding = Coding((0,), (Target("y", offset=offset, scale=scale),), "real", "mse")
    table = np.array(numbers)[:, None]
    again = coding.decode(coding.encode(table))
    bound = 1e-12 * (abs(offset) + np.abs(table.T) + 1)
    assert (np.abs(again - table.T) <= bound).all()
