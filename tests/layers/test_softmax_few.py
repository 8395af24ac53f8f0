"""The distance to the largest class, made with and without a reduction."""

from types import SimpleNamespace

import numpy as np
import pytest

from gradloom.layers.kinds import softmax

SITE = SimpleNamespace(
    dtype=np.dtype(np.float64),
    scratch=lambda *shape: np.zeros(shape),
    constant=lambda number: np.asarray(number, np.float64),
)


@pytest.mark.parametrize("classes", [1, 2, 3, 4, 5, 9])
def test_half_the_distance_to_the_largest(classes):
    rng = np.random.default_rng(0)
    z = rng.normal(size=(classes, 50)) * 10.0 ** rng.integers(-3, 308, 50)
    z[:, 0], z[0, 1] = 1.0, -1.7e308
    half = np.empty_like(z)
    with np.errstate(all="raise", under="ignore"):
        for call in softmax._half_distance(SITE, z, half):
            call()
    np.testing.assert_array_equal(half, 0.5 * z - (0.5 * z).max(axis=0))


def test_nan_stays_in_sight():
    z = np.array([[1.0, 2.0], [np.nan, 3.0], [0.0, 1.0]])
    half = np.empty_like(z)
    for call in softmax._half_distance(SITE, z, half):
        call()
    assert np.isnan(half[:, 0]).any()
    np.testing.assert_array_equal(half[:, 1], [-0.5, 0.0, -1.0])
