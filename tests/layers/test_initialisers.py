"""Each initialiser against its source: moments, bounds, orthogonality."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from gradloom.layers import ACTIVATIONS, INITIALISERS, LAYERS

FAN_IN, FAN_OUT = 300, 200
N = FAN_IN * FAN_OUT
# standard deviation of a normal cut off at two deviations: 0.8796 (Johnson, Kotz & Balakrishnan)
CUT = 0.8796256610342398


def draw(kind, **settings):
    made = INITIALISERS.make(kind, **settings)
    return made.draw(np.random.default_rng(0), (FAN_IN, FAN_OUT), FAN_IN, FAN_OUT)


@pytest.mark.parametrize(
    ("kind", "settings", "mean", "deviation", "bound"),
    [
        ("zeros", {}, 0, 0, 0),
        ("ones", {}, 1, 0, 1),
        ("constant", {"value": -0.3}, -0.3, 0, 0.3),
        ("uniform", {"low": -1, "high": 3}, 1, 4 / sqrt(12), 3),
        ("normal", {"mean": 2, "deviation": 0.5}, 2, 0.5, None),
        ("truncated_normal", {"mean": 0, "deviation": 0.5}, 0, 0.5 * CUT, 1.0),
        ("glorot_uniform", {}, 0, sqrt(2 / 500), sqrt(6 / 500)),
        ("glorot_normal", {}, 0, sqrt(2 / 500), None),
        ("he_uniform", {}, 0, sqrt(2 / 300), sqrt(6 / 300)),
        ("he_normal", {}, 0, sqrt(2 / 300), None),
        ("lecun_uniform", {}, 0, sqrt(1 / 300), sqrt(3 / 300)),
        ("lecun_normal", {}, 0, sqrt(1 / 300), None),
        ("orthogonal", {"gain": 2.0}, 0, 2 / sqrt(300), None),
        ("listed", {"numbers": "-1 3"}, 1, 2, 3.0),
    ],
)
def test_moments(kind, settings, mean, deviation, bound):
    drawn = draw(kind, **settings)
    assert drawn.shape == (FAN_IN, FAN_OUT)
    assert drawn.dtype == np.float64
    # five standard errors of the mean, and of the deviation of a normal sample
    assert drawn.mean() == pytest.approx(mean, abs=5 * deviation / sqrt(N) + 1e-12)
    assert drawn.std() == pytest.approx(deviation, rel=5 / sqrt(2 * N), abs=1e-12)
    if bound is not None:
        assert np.abs(drawn).max() <= bound + 1e-15


def test_every_initialiser_is_covered_by_a_moment():
    marks = test_moments.pytestmark[0].args[1]
    assert {case[0] for case in marks} == {kind.kind for kind in INITIALISERS.kinds()}


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (4, 2, 3), (6,)])
def test_orthogonal(shape):
    drawn = INITIALISERS.make("orthogonal", gain=1.5).draw(np.random.default_rng(1), shape, 1, 1)
    flat = drawn.reshape(shape[0], -1)
    square = flat.T @ flat if len(flat) >= flat.shape[1] else flat @ flat.T
    np.testing.assert_allclose(square, 2.25 * np.eye(len(square)), atol=1e-12)


def test_listed_numbers_are_put_in_row_by_row():
    kind = INITIALISERS.make("listed", numbers="1, 2; 3 4e0")
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(kind.draw(rng, (2, 2), 2, 2), [[1, 2], [3, 4]])
    np.testing.assert_array_equal(kind.draw(rng, (6,), 2, 6), [1, 2, 3, 4, 1, 2])
    ((name, sentence),) = INITIALISERS.make("listed", numbers="1 two").problems()
    assert name == "numbers"
    assert "'two'" in sentence


def test_truncated_normal_is_cut_at_two_deviations():
    drawn = draw("truncated_normal", mean=1.0, deviation=0.1)
    assert 0.8 <= drawn.min() < 0.81
    assert 1.19 < drawn.max() <= 1.2


def test_the_same_generator_gives_the_same_bits():
    for kind in INITIALISERS.kinds():
        np.testing.assert_array_equal(draw(kind.kind), draw(kind.kind))


def test_scaled_initialisers_name_their_source():
    for name in ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "orthogonal"):
        assert INITIALISERS[name].source
    for name in ("lecun_uniform", "lecun_normal"):
        assert "LeCun" in INITIALISERS[name].source


def test_uniform_refuses_crossed_bounds():
    ((name, sentence),) = INITIALISERS.make("uniform", low=1.0, high=-1.0).problems()
    assert name == "high"
    assert "at least the low bound" in sentence


@pytest.mark.parametrize(
    ("activation", "label"),
    [
        ("identity", "Glorot uniform"),
        ("tanh", "Glorot uniform"),
        ("sigmoid", "Glorot uniform"),
        ("relu", "He normal"),
        ("leaky_relu", "He normal"),
        ("gelu", "He normal"),
        ("selu", "LeCun normal"),
    ],
)
def test_automatic_follows_the_activation(activation, label):
    dense = LAYERS.make("dense", activation=ACTIVATIONS.make(activation))
    assert dense.automatic("kernel_init") == label
    assert dense.automatic("bias_init") == "Zeros"
    assert dense.automatic("units") == ""
    (block,) = dense.blocks((3,))
    assert [p.init.label for p in block.parameters] == [label, "Zeros"]
