from __future__ import annotations

import numpy as np
import pytest

from gradloom.data.summary import BINS, summary


def test_numbers_by_hand() -> None:
    found = summary(np.array([1.0, 2.0, 2.0, 5.0, np.nan]))
    assert (found.count, found.low, found.high, found.mean, found.distinct) == (4, 1, 5, 2.5, 3)
    assert found.deviation == pytest.approx(1.5)  # sqrt((2.25 + .25 + .25 + 6.25) / 4)
    places = np.flatnonzero(found.counts)
    assert places.tolist() == [0, 6, 23]
    assert found.counts[places].tolist() == [1, 2, 1]


def test_the_histogram_is_numpys() -> None:
    values = np.random.default_rng(1).normal(size=5000)
    counts, _ = np.histogram(values, BINS)
    assert summary(values).counts.sum() == 5000
    assert np.abs(summary(values).counts - counts).max() <= 1


def test_categories_are_counted() -> None:
    found = summary(np.array([2.0, 0.0, 2.0]), 4)
    assert found.counts.tolist() == [1, 0, 2, 0]
    assert found.distinct == 2


@pytest.mark.parametrize("values", [[], [np.nan], [np.inf]])
def test_nothing_there(values) -> None:
    found = summary(np.array(values))
    assert found.count == found.distinct == found.counts.sum() == 0


def test_constant_and_huge_columns_have_a_histogram() -> None:
    assert summary(np.full(7, 3.0)).counts.max() == 7
    assert summary(np.array([-1.7e308, 1.7e308])).counts.sum() == 0
    assert summary(np.array([1e308, 1.1e308])).counts.sum() == 2
