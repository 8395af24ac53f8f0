"""Geometry and number formats of heat maps: without a window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.ui.panels.scales import (
    TALLEST,
    Cells,
    bins,
    index_of,
    limit_of,
    matrix,
    pooled,
    short,
    statistics,
    tiny,
)

SIDES = st.integers(1, 900)


@given(SIDES, SIDES, st.floats(1, 600))
def test_every_cell_is_inside_and_found_under_its_middle(rows, columns, width):
    cells = Cells.fit(rows, columns, width)
    assert cells.height <= TALLEST
    for row in {0, rows // 2, rows - 1}:
        for column in {0, columns // 2, columns - 1}:
            x, y, wide, high = cells.rect(row, column)
            assert x + wide <= cells.width * 1.0001
            assert y + high <= cells.height * 1.0001
            assert cells.at(x + wide / 2, y + high / 2) == (row, column)
    assert cells.at(-1, 0) is None
    assert cells.at(0, cells.height) is None


@given(SIDES, SIDES, st.floats(10, 600))
def test_no_drawn_cell_is_smaller_than_a_pixel(rows, columns, width):
    cells = Cells.fit(rows, columns, width)
    down, across = cells.block
    assert -(-columns // across) <= max(width, 1)
    assert -(-rows // down) <= cells.height


def test_small_matrices_are_drawn_cell_by_cell():
    cells = Cells.fit(2, 4, 200)
    assert cells.block == (1, 1)
    assert cells.cell == (50, 24)


def test_large_ones_say_how_many_numbers_a_pixel_stands_for():
    assert Cells.fit(784, 512, 256).block == (3, 2)  # 784 rows in 264 px, 512 columns in 256


def test_pooled_by_hand():
    array = np.array([[1.0, 3.0, 5.0], [5.0, 7.0, 9.0], [0.0, 2.0, -4.0]])
    # blocks of 2 × 2, the last ones smaller: (1 + 3 + 5 + 7) / 4, (5 + 9) / 2, (0 + 2) / 2, -4
    assert pooled(array, (2, 2)).tolist() == [[4.0, 7.0], [1.0, -4.0]]
    assert pooled(array, (1, 1)) is array


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 5), st.integers(1, 5))
def test_pooling_keeps_a_constant(rows, columns, down, across):
    found = pooled(np.full((rows, columns), 2.5), (down, across))
    assert found.shape == (-(-rows // down), -(-columns // across))
    assert np.allclose(found, 2.5)


@pytest.mark.parametrize("shape", [(), (5,), (3, 4), (2, 3, 4), (2, 3, 2, 2)])
def test_cells_of_a_matrix_are_indices_into_the_array(shape):
    array = np.arange(int(np.prod(shape)), dtype=float).reshape(shape)
    seen = matrix(array)
    for row in range(seen.shape[0]):
        for column in range(seen.shape[1]):
            assert array[index_of(shape, row, column)] == seen[row, column]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.41234, "0.412"),
        (-1.5, "−1.5"),
        (1e-5, "1e-5"),
        (123456.0, "1.23e5"),
        (1512.4, "1512"),
        (0.0, "0"),
    ],
)
def test_short(value, text):
    assert short(value) == text.replace("e-", "e−")


def test_short_tells_what_is_no_number():
    assert [short(v) for v in (np.nan, np.inf, -np.inf)] == ["NaN", "∞", "−∞"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(-0.412, "−.41"), (0.001, "0"), (1.26, "1.3"), (-12.6, "−13"), (0.996, "1.00")],
)
def test_tiny(value, text):
    assert tiny(value) == text


def test_statistics_by_hand():
    said = statistics(np.array([3.0, -4.0, 0.0, 0.0]))
    # mean -1/4, deviation sqrt(25/4 - 1/16) = 2.487, norm 5, two of four near zero
    assert said == "min −4 · max 3 · mean −0.25 · deviation 2.49 · norm 5 · 50 % near zero"
    assert statistics(np.array([1.0, np.nan])) == "1 of 2 are not finite"


def test_colours_end_at_the_largest_magnitude():
    assert limit_of(np.array([0.5, -2.0, np.inf])) == 2.0
    assert limit_of(np.zeros(3)) == 1.0


def test_bins_span_both_and_add_up():
    edges, first, second = bins(np.array([-1.0, 1.0]), np.array([3.0, 0.0, 0.0, np.nan]))
    assert edges[0] < -3 < 3 < edges[-1]
    assert first.sum() == pytest.approx(1)
    assert second.sum() == pytest.approx(1)
