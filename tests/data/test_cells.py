"""Names of columns."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from gradloom.data.cells import header_names


def test_names_alike_are_numbered_and_empty_ones_counted():
    assert header_names(["a", "b", "a", "a"]) == ("a", "b", "a 2", "a 3")
    assert header_names(["a", "", "b", ""]) == ("a", "column 2", "b", "column 4")


def test_a_number_that_is_taken_is_passed_over():
    assert header_names(["a", "a", "a 2"]) == ("a", "a 3", "a 2")
    assert header_names(["column 2", ""]) == ("column 2", "column 2 2")


@given(st.lists(st.sampled_from(["", "a", "a 2", "column 1", "column 2", "a 2 2"]), max_size=12))
def test_every_name_is_its_own_and_first_ones_stay(cells):
    names = header_names(cells)
    assert len(set(names)) == len(cells)
    for cell in set(cells) - {""}:
        assert names[cells.index(cell)] == cell


def test_many_names_alike_are_quick():
    start = time.perf_counter()
    assert header_names(["x"] * 10_000)[-1] == "x 10000"
    assert time.perf_counter() - start < 1
