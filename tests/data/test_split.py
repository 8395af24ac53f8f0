"""Rows are dealt completely, fairly and the same way for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gradloom.core.streams import stream
from gradloom.data.split import Split, drawn_lots, evenly, repeats, split_rows

SHARES = st.tuples(st.integers(1, 100), st.integers(0, 100)).map(
    lambda pair: (pair[0], (100 - pair[0]) * pair[1] // 100)
)


@st.composite
def cases(draw):
    train, validation = draw(SHARES)
    labels = draw(st.lists(st.integers(0, 4), max_size=120))
    return np.array(labels, dtype=float), (train, validation, 100 - train - validation)


@given(cases(), st.integers(0, 1000), st.booleans())
def test_parts_are_disjoint_and_complete(case, seed, stratify):
    labels, shares = case
    split = split_rows(len(labels), shares, stream(seed, "split"), labels if stratify else None)
    together = np.concatenate([split.train, split.validation, split.test])
    assert sorted(together.tolist()) == list(range(len(labels)))
    for part in (split.train, split.validation, split.test):
        assert part.tolist() == sorted(part.tolist())
        assert not part.flags.writeable


# the last class has whole shares for a part that is owed rows from the classes before
@example((np.repeat([0.0, 1.0, 2.0], [8, 6, 8]), (55, 25, 20)), 0)
@given(cases(), st.integers(0, 1000))
def test_every_class_has_its_share_within_one_row(case, seed):
    labels, shares = case
    split = split_rows(len(labels), shares, stream(seed, "split"), labels)
    parts = (split.train, split.validation, split.test)
    for label in np.unique(labels):
        whole = (labels == label).sum()
        for part, share in zip(parts, shares, strict=True):
            assert abs((labels[part] == label).sum() - whole * share / 100) < 1
    for part, share in zip(parts, shares, strict=True):
        assert abs(len(part) - len(labels) * share / 100) < 2


@given(st.integers(0, 500), SHARES)
def test_plain_split_keeps_its_shares_within_one_row(count, pair):
    shares = (*pair, 100 - sum(pair))
    split = split_rows(count, shares, stream(1, "split"))
    for part, share in zip((split.train, split.validation, split.test), shares, strict=True):
        assert abs(len(part) - count * share / 100) < 1


def test_same_seed_same_split_and_another_seed_another():
    first, again, other = (split_rows(250, (60, 20, 20), stream(s, "split")) for s in (4, 4, 5))
    assert first.train.tolist() == again.train.tolist()
    assert first.test.tolist() == again.test.tolist()
    assert first.train.tolist() != other.train.tolist()


def test_sizes_worked_by_hand():
    # 7 rows at 50/30/20: 3.5, 2.1, 1.4 -> 3, 2, 1 and the last row where most was lost: training
    split = split_rows(7, (50, 30, 20), stream(0, "split"))
    assert [len(split.train), len(split.validation), len(split.test)] == [4, 2, 1]


def test_whole():
    split = Split.whole(4)
    assert split.train.tolist() == [0, 1, 2, 3]
    assert len(split.validation) == len(split.test) == 0


@given(st.lists(st.integers(0, 4), min_size=1, max_size=80))
def test_repeats_make_every_class_equally_frequent_and_every_row_nearly(labels):
    labels = np.array(labels, float)
    rows = np.arange(100, 100 + len(labels))
    split = Split(rows, np.arange(0), np.arange(0), repeats(rows, labels))
    found, times = np.unique(split.epoch, return_counts=True)
    assert found.tolist() == rows.tolist()
    most = max((labels == label).sum() for label in labels)
    for label in np.unique(labels):
        of = times[labels == label]
        assert of.sum() == most
        assert of.max() - of.min() <= 1


def test_an_epoch_takes_the_training_rows_unless_something_else_is_said():
    split = Split(np.array([4, 1]), np.array([2]), np.array([0]))
    assert split.epoch.tolist() == [1, 4]
    assert not split.epoch.flags.writeable


def test_a_rare_class_of_three_rows_is_taken_four_times():
    """By hand: 12 of one class, 3 of the other: 9 more, each of the three 3 times more."""
    labels = np.repeat([0.0, 1.0], [12, 3])
    assert sorted(repeats(np.arange(15), labels).tolist()) == [12] * 3 + [13] * 3 + [14] * 3


def test_lots_hang_on_the_row_alone_and_are_spread_evenly():
    rows = np.random.default_rng(1).uniform(-5, 5, (4000, 2))
    lots = drawn_lots(rows, stream(3, "split"))
    assert drawn_lots(rows[::-1], stream(3, "split")).tolist() == lots[::-1].tolist()
    assert drawn_lots(rows, stream(4, "split")).tolist() != lots.tolist()
    assert drawn_lots(np.array([[0.0]]), stream(1)) == drawn_lots(np.array([[-0.0]]), stream(1))
    counts, _ = np.histogram(lots / 2**64, 10, (0, 1))
    assert counts.min() > 330
    assert counts.max() < 470
    assert abs(np.corrcoef(lots / 2**64, rows[:, 0])[0, 1]) < 0.05


@given(cases(), st.integers(0, 1000))
def test_lots_deal_the_shares_too(case, seed):
    labels, shares = case
    lots = np.arange(len(labels))[::-1]
    split = split_rows(len(labels), shares, stream(seed, "split"), None, lots)
    together = np.concatenate([split.train, split.validation, split.test])
    assert sorted(together.tolist()) == list(range(len(labels)))
    for part, share in zip((split.train, split.validation, split.test), shares, strict=True):
        assert abs(len(part) - share * len(labels) / 100) < 1
    if len(split.train) and len(split.test):
        assert split.train.min() > split.test.max(), "the smallest lots are trained on"


def test_evenly_takes_the_first_and_the_last_and_some_between():
    first, *between, last = evenly(np.arange(10, 20), 4).tolist()
    assert (first, last) == (10, 19)
    assert between[0] in range(12, 15)
    assert between[1] in range(15, 17)
    assert evenly(np.arange(3), 4).tolist() == [0, 1, 2]
    assert evenly(np.arange(0), 4).tolist() == []


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("count", [400, 600, 1000])
def test_evenly_takes_of_every_class_though_they_take_turns(count, classes):
    chosen = evenly(np.arange(count), 200)
    assert (np.diff(chosen) > 0).all()
    shares = np.bincount(chosen % classes) * classes / 200
    assert shares.min() > 0.6
