"""The shipped tables are scikit-learn's, number for number; houses are those of the paper."""

from __future__ import annotations

import time
from zlib import crc32

import numpy as np
import pytest

from gradloom.data import SOURCES, DataSpec, prepare

# rows, features, sum of all features, sum of all targets; all but houses by scikit-learn 1.9.1
FIGURES = {
    "wine": (178, 13, 159975.295999, 167),
    "breast_cancer": (569, 30, 1056474.4596356, 357),
    "diabetes": (442, 10, 276404.2336, 67243),
    "houses": (2930, 12, 50064921.34513, 529732456),
    "linnerud": (20, 3, 4506, 5402),
    "digits": (1797, 64, 561718, 8070),
}


@pytest.mark.parametrize("kind", FIGURES)
def test_figures(kind):
    made = SOURCES.make(kind).make(0)
    rows, features, total, answers = FIGURES[kind]
    assert made.features.shape == (rows, features)
    assert made.features.sum() == pytest.approx(total, rel=1e-6)
    assert made.targets.sum() == answers


@pytest.mark.parametrize("kind", sorted(set(FIGURES) - {"houses"}))
def test_all_numbers_are_those_of_scikit_learn(kind):
    datasets = pytest.importorskip("sklearn.datasets")
    more = {"scaled": False} if kind == "diabetes" else {}
    theirs = getattr(datasets, f"load_{kind}")(**more)
    made = SOURCES.make(kind).make(0)
    assert np.array_equal(made.features, theirs.data)
    assert np.array_equal(made.targets, np.reshape(theirs.target, made.targets.shape))
    if kind != "digits":
        assert list(made.feature_names) == list(theirs.feature_names)


def test_houses_are_those_of_the_paper():
    """De Cock (2011): 2930 sales from 2006 to 2010, five of more than 4000 square feet."""
    made = SOURCES.make("houses").make(0)
    column = dict(zip(made.feature_names, made.features.T, strict=True))
    assert (column["gr_liv_area"] > 4000).sum() == 5
    assert made.targets.mean() == pytest.approx(180796.06, abs=0.01)
    assert (made.targets.min(), made.targets.max()) == (12789, 755000)
    assert column["year_built"].min() == 1872


def test_digits_are_pictures():
    source = SOURCES.make("digits")
    made = source.make(0)
    assert made.feature_shape == (1, 8, 8)
    assert made.feature_names[:9] == (*(f"p0_{i}" for i in range(8)), "p1_0")
    assert crc32(made.features.astype("u1").tobytes()) == 4087501628
    ready = prepare(DataSpec(source=source, scaling="minmax"), 1)
    assert ready.signature.feature_shape == (1, 8, 8)


def test_digits_are_prepared_quickly():
    source = SOURCES.make("digits")
    source.make(0)
    times = []
    for seed in range(4):
        start = time.perf_counter()
        prepare(DataSpec(source=source, scaling="standard"), seed)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.06
