"""Targets as the numbers a loss compares with, and outputs as classes and shares."""

from __future__ import annotations

import numpy as np

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
