"""Principal components by hand, and how they stand still."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.session.principal import principal, turned, upright

SEEDS = st.integers(0, 2**31 - 1)


def turn(angle):
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


def orthonormal(rng, d, k=2):
    return np.linalg.qr(rng.normal(size=(d, k)))[0]


def test_a_case_worked_by_hand():
    """Rows along (3, 4)/5 with variance 25, along (-4, 3)/5 with 1, the third with 0.25."""
    u, v, w = np.array([[1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]])
    along = np.array([[0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, 1]])
    rows = np.stack([5 * u, v, 0.5 * w], axis=1) @ along + [7, -2, 1]
    found = principal(rows)
    np.testing.assert_allclose(found.centre, [7, -2, 1], atol=1e-12)
    # the largest entry of each is positive: 0.8 as it is, -0.8 is not
    np.testing.assert_allclose(found.axes.T, [[0.6, 0.8, 0], [0.8, -0.6, 0]], atol=1e-12)
    assert found.share == pytest.approx(26 / 26.25)
    np.testing.assert_allclose(found.places(rows)[0], [5, -1], atol=1e-12)


@given(SEEDS, st.integers(2, 12))
def test_it_is_the_svd_of_the_centred_rows(seed, d):
    rows = np.random.default_rng(seed).normal(size=(40, d)) * np.arange(1, d + 1)
    found = principal(rows)
    _, s, vt = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(vt[:2] @ found.axes), np.eye(2), atol=1e-6)
    assert found.share == pytest.approx((s[:2] ** 2).sum() / (s**2).sum())


@pytest.mark.parametrize("rows", [60, 900])
def test_of_many_columns_it_is_the_same(rows):
    rng = np.random.default_rng(2)
    scales = np.concatenate([[9.0, 6.0, 4.0], rng.uniform(0, 2, 397)])
    made = rng.normal(size=(rows, 400)) * scales
    made = made @ orthonormal(rng, 400, 400)
    found = principal(made)
    _, s, vt = np.linalg.svd(made - made.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(vt[:2] @ found.axes), np.eye(2), atol=2e-5)
    assert found.share == pytest.approx((s[:2] ** 2).sum() / (s**2).sum(), rel=1e-6)
    again = principal(made, found.axes)
    np.testing.assert_allclose(again.axes, found.axes, atol=2e-5)


@pytest.mark.parametrize("d", [2, 5, 300])
def test_rows_that_do_not_vary(d):
    found = principal(np.full((10, d), 3.0))
    np.testing.assert_allclose(found.axes.T @ found.axes, np.eye(2), atol=1e-12)
    assert found.share == 1
    assert not found.places(np.full((10, d), 3.0)).any()


@given(SEEDS, st.integers(2, 9), st.floats(-3.1, 3.1), st.booleans())
def test_turning_takes_back_every_turn_and_mirror_in_the_plane(seed, d, angle, mirrored):
    last = orthonormal(np.random.default_rng(seed), d)
    moved = last @ turn(angle) @ np.diag([1, -1 if mirrored else 1])
    np.testing.assert_allclose(turned(moved, last), last, atol=1e-9)


@given(SEEDS, st.floats(0, 0.2))
def test_no_other_turn_comes_nearer(seed, away):
    rng = np.random.default_rng(seed)
    last = orthonormal(rng, 6)
    axes, _ = np.linalg.qr(last + away * rng.normal(size=last.shape))
    best = np.linalg.norm(turned(axes, last) - last)
    for angle in np.linspace(-np.pi, np.pi, 50):
        for sign in (1, -1):
            other = axes @ turn(angle) @ np.diag([1, sign])
            assert best <= np.linalg.norm(other - last) + 1e-12


def test_components_that_change_places_do_not_make_the_picture_jump():
    """Variances that cross while the rows slowly turn: every frame is near the last."""
    rng = np.random.default_rng(4)
    base = rng.normal(size=(300, 5)) * [1, 1, 0.3, 0.2, 0.1]
    last, places, jumps = None, None, []
    for t in np.linspace(0, 1, 60):
        rows = base * [1.5 - t, 0.5 + t, 1, 1, 1]
        rows = rows @ np.linalg.qr(np.eye(5) + 0.3 * t * np.triu(np.ones((5, 5)), 1))[0]
        found = principal(rows, last)
        now = found.places(rows)
        if places is not None:
            jumps.append(np.abs(now - places).max())
        last, places = found.axes, now
    assert max(jumps) < 0.25
    flips = (
        principal(base * [1.5, 0.5, 1, 1, 1]).places(base),
        principal(base * [0.5, 1.5, 1, 1, 1]),
    )
    assert np.abs(flips[0] - flips[1].places(base)).max() > 1, "without turning they would jump"


def test_upright():
    axes = np.array([[0.1, -0.9], [-0.9, 0.1]])
    np.testing.assert_array_equal(upright(axes), [[-0.1, 0.9], [0.9, -0.1]])
