"""Which prepared data is kept, and what is made anew."""

import gc

import numpy as np
import pytest

from gradloom.data import SOURCES, DataSpec, prepare
from gradloom.data.prepared import Cache
from gradloom.data.transform import Feature, fit

_SMALL = DataSpec(source=SOURCES.make("circles", count=20))


def _made(seed):
    return prepare(_SMALL, seed)


class TestCache:
    def test_two_are_kept_however_large(self):
        cache = Cache(8, 0)
        for number in range(3):
            cache.put(number, _made(number))
        gc.collect()
        kept = {number: cache.get(number) for number in (2, 1)}
        assert kept == {1: _made(1), 2: _made(2)}

    def test_what_was_used_last_stays(self):
        cache = Cache(2, 1 << 30)
        first = prepare(_SMALL.replace(train=30), 7)
        cache.put("first", first)
        cache.put("second", _made(11))
        assert cache.get("first") is first
        cache.put("third", _made(12))
        assert cache.get("first") is first

    def test_what_somebody_holds_is_found_again(self):
        cache = Cache(8, 0)
        held = prepare(_SMALL.replace(train=31), 1)
        cache.put("held", held)
        for number in range(4):
            cache.put(number, _made(number))
        assert cache.get("held") is held

    def test_what_nobody_holds_goes(self):
        source = SOURCES.make("circles", count=24)
        cache = Cache(8, 0)
        cache.put("gone", prepare(DataSpec(source=source), 1))
        for number in range(20):  # out of the cache of `prepare` too
            cache.put(number, prepare(DataSpec(source=source), 100 + number))
        gc.collect()
        assert cache.get("gone") is None


@pytest.mark.parametrize("change", [{"balance": True}, {"target_scaling": "minmax"}])
def test_features_are_made_once_for_one_dataset_and_one_scaling(change):
    """Large data takes seconds to transform: an edit that leaves it alone must not."""
    spec = DataSpec(source=SOURCES.make("wine"), scaling="standard")
    before = prepare(spec, 0)
    after = prepare(spec.replace(**change), 0)
    assert after is not before
    assert after.features is before.features


def test_other_scaling_makes_other_features():
    spec = DataSpec(source=SOURCES.make("wine"), scaling="standard")
    before, after = prepare(spec, 0), prepare(spec.replace(scaling="minmax"), 0)
    assert not np.array_equal(before.features, after.features)


def test_columns_as_they_are_get_the_numbers_of_columns_picked_one_by_one():
    """Means are sums, whose last bits hang on the order: a saved run must find its own again."""
    raw = np.random.default_rng(0).lognormal(size=(1000, 5))
    names = tuple("abcde")
    features = tuple(Feature(name, "copy", (name,)) for name in names)
    both = (*features, Feature("a^2", "square", ("a",)))
    quick, picked = (fit(names, chosen, raw, "standard") for chosen in (features, both))
    assert quick.offset == picked.offset[:5]
    assert quick.scale == picked.scale[:5]
    made, other = quick.apply(raw), picked.apply(raw)
    assert np.array_equal(made, other[:, :5])
    assert not np.shares_memory(made, raw)


def test_huge_columns_are_told_from_columns_with_no_number():
    """A column whose sum is beyond all numbers may still hold numbers alone."""
    from gradloom.data.prepare import _finite

    values = np.array([[1e308, 1.0, np.inf], [1e308, 2.0, 0.0]])
    assert _finite(values).tolist() == [True, True, False]
