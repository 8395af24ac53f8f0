"""Label noise only ever adds rows; the best possible error is what theory says."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
import pytest

from gradloom.data import SOURCES
from gradloom.data.bayes import (
    error_of_gaussians,
    error_of_shifts,
    error_of_strays,
    mislabelled,
)

PLANE = ["circles", "xor", "gaussians", "spiral", "moons", "checkerboard"]


@pytest.mark.parametrize("kind", PLANE)
def test_label_noise_adds_flips_and_leaves_the_points(kind):
    clean = SOURCES.make(kind).make(3)
    before = np.zeros(len(clean), bool)
    for share in (1, 5, 20, 50):
        made = SOURCES.make(kind, label_noise=share).make(3)
        assert np.array_equal(made.features, clean.features)
        flipped = (made.targets != clean.targets)[:, 0]
        assert not (before & ~flipped).any()
        before = flipped
    assert 0.35 < before.mean() < 0.65


def test_flips_go_to_every_other_class_and_stay_there():
    source = SOURCES.make("gaussians", classes=4, count=4000)
    clean = source.make(1).targets[:, 0]
    some = source.replace(label_noise=20).make(1).targets[:, 0]
    much = source.replace(label_noise=40).make(1).targets[:, 0]
    assert set(((some - clean) % 4).tolist()) == {0, 1, 2, 3}
    assert np.array_equal(much[some != clean], some[some != clean])


def test_two_gaussians():
    source = SOURCES.make("gaussians", noise=50)
    assert source.best_error() == pytest.approx(0.5 * erfc(3.2 / 1.9 / sqrt(2)), rel=1e-12)
    # three clouds in a row: the middle one errs on both sides
    centres = np.array([[-2.0, 0.0], [0.0, 0.0], [2.0, 0.0]])
    tail = 0.5 * erfc(1 / 0.8 / sqrt(2))
    assert error_of_gaussians(centres, 0.8) == pytest.approx(4 * tail / 3, abs=3e-4)


def test_squares_that_overlap():
    """Two points half a square apart: a quarter of the shares is shared."""

    def place(rng, labels):
        return np.stack([np.where(labels == 0, -0.5, 0.5), np.zeros(len(labels))], axis=1)

    assert error_of_strays(place, 2, 1.0) == pytest.approx(0.25, abs=0.03)
    assert error_of_strays(place, 2, 0.4) == 0


@pytest.mark.parametrize("noise", [10, 30, 50])
def test_xor_by_its_formula(noise):
    """Each sign is mistaken by (a - 0.3)^2 / (4 a 4.7); the two are independent."""
    a = noise / 100 * 5
    one = (a - 0.3) ** 2 / (4 * a * 4.7)
    expected = 0.5 - 2 * (0.5 - one) ** 2
    assert SOURCES.make("xor", noise=noise).best_error() == pytest.approx(expected, abs=5e-4)


def test_no_overlap_no_error():
    for kind in PLANE:
        assert SOURCES.make(kind, noise=0).best_error() < 1e-12
    assert SOURCES.make("gate").best_error() == 0
    assert SOURCES.make("iris").best_error() is None


def test_label_noise_in_the_best_error():
    assert SOURCES.make("xor", noise=0, label_noise=20).best_error() == pytest.approx(0.2)
    assert mislabelled(0.1, 0.2, 2) == pytest.approx(0.2 * 0.9 + 0.8 * 0.1)
    assert mislabelled(0.0, 0.3, 3) == pytest.approx(0.3)


def test_a_nearest_rule_is_not_better_than_the_best():
    source = SOURCES.make("checkerboard", noise=20, count=5000)
    made = source.make(2)
    x = np.clip(np.floor((made.features + 5) / 2.5), 0, 3)
    told = x.sum(axis=1) % 2
    wrong = (told != made.targets[:, 0]).mean()
    assert source.best_error() == pytest.approx(wrong, abs=0.02)


def test_real_targets():
    assert SOURCES.make("sine", noise=20).best_error() == pytest.approx(0.04)
    stray = SOURCES.make("sine", noise=20, feature_noise=10)
    moved = stray.make(1).features - SOURCES.make("sine", noise=20).make(1).features
    assert 0.3 < np.abs(moved).max() <= 0.5
    assert np.array_equal(stray.make(1).targets, SOURCES.make("sine", noise=20).make(1).targets)


def test_features_that_stray_leave_something_open():
    """A line of slope m seen through a window of width w leaves m^2 w^2 / 12 open."""
    half, slope = 0.5, 2.0
    whole = 2 * half

    def power(p):
        """The integral of w^p over all that can be seen: ramps at both ends, flat in between."""
        return whole**p * 2 * (5 - half) + 2 * whole ** (p + 1) / (p + 1)

    expected = slope**2 * power(3) / 12 / power(1)
    line = SOURCES.make("line", slope=slope, noise=20, feature_noise=10)
    assert line.best_error() == pytest.approx(0.04 + expected, rel=1e-5)
    # over a plane both features add up, each as a line does
    plane = SOURCES.make("plane", slope_x1=slope, slope_x2=-slope, noise=0, feature_noise=10)
    assert plane.best_error() == pytest.approx(2 * expected, rel=2e-3)


def test_what_a_wave_leaves_open_is_what_the_best_rule_misses():
    rng = np.random.default_rng(0)
    x = rng.uniform(-5, 5, 400_000)
    seen = x + 1.5 * rng.uniform(-1, 1, len(x))
    bins = np.clip(((seen + 6.5) / 13 * 200).astype(int), 0, 199)
    means = np.bincount(bins, np.sin(x), 200) / np.bincount(bins, minlength=200)
    missed = np.square(np.sin(x) - means[bins]).mean()
    assert error_of_shifts(lambda x: np.sin(x[:, 0]), 1, 5.0, 1.5) == pytest.approx(
        missed, rel=0.01
    )


def test_growing_noise():
    """From s = 0.1 to 3 s: the mean of sigma^2 is s^2 (1 + 3 + 9) / 3."""
    source = SOURCES.make("growing_noise", noise=20, growth=3.0, count=5000)
    assert source.deviation(np.array([[-5.0], [0.0], [5.0]])) == pytest.approx([0.1, 0.2, 0.3])
    assert source.best_error() == pytest.approx(0.01 * 13 / 3)
    made = source.make(3)
    miss = made.targets[:, 0] - np.sin(made.features[:, 0])
    assert np.square(miss).mean() == pytest.approx(source.best_error(), rel=0.05)
    for low, sigma in ((-5, 0.11), (4, 0.29)):
        inside = (made.features[:, 0] >= low) & (made.features[:, 0] < low + 1)
        assert miss[inside].std() == pytest.approx(sigma, rel=0.12)
