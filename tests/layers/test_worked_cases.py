"""One case per kind and loss worked by hand, with the numbers in comments; its documentation."""

from __future__ import annotations

from math import e, exp, log, sqrt

import numpy as np
import pytest
from tests import strategies

from gradloom.layers import ACTIVATIONS, LOSSES
from gradloom.layers.signature import Target

# kind: settings, samples in, samples out, slope of the sum of the outputs at each input
ACTIVATION_CASES = {
    "identity": ({}, [-2, 3], [-2, 3], [1, 1]),
    # the perceptron's step: step(0) = 0
    "step": ({}, [-0.5, 0, 0.5], [0, 0, 1], [0, 0, 0]),
    "relu": ({}, [-2, 0, 3], [0, 0, 3], [0, 0, 1]),
    "leaky_relu": ({"slope": 0.1}, [-2, 0, 3], [-0.2, 0, 3], [0.1, 0.1, 1]),
    # sigmoid(log 3) = 3 / (1 + 3); its slope 3/4 · 1/4
    "sigmoid": ({}, [0, log(3), -log(3)], [0.5, 0.75, 0.25], [0.25, 0.1875, 0.1875]),
    # tanh(log 2) = (2 - 1/2) / (2 + 1/2) = 3/5; slope 1 - 9/25
    "tanh": ({}, [0, log(2)], [0, 0.6], [1, 0.64]),
    # below zero alpha (e^z - 1): 2 (1/2 - 1) = -1; slope 2 · 1/2
    "elu": ({"alpha": 2.0}, [-log(2), 3], [-1, 3], [1, 1]),
    # scale 1.0507009873554805; scale · alpha = 1.7580993408473766; at -log 2 half of it
    "selu": (
        {},
        [-log(2), 2],
        [-0.8790496704236883, 2.101401974710961],
        [0.8790496704236883, 1.0507009873554805],
    ),
    # Φ(1) = 0.8413447460685429; slope Φ(1) + φ(1), φ(1) = 0.24197072451914337; Φ(-1) = 1 - Φ(1)
    "gelu": (
        {},
        [0, 1, -1],
        [0, 0.8413447460685429, -0.15865525393145707],
        [0.5, 1.0833154705876862, -0.08331547058768629],
    ),
    # z s with s = 3/4 at log 3; slope s (1 + z (1 - s))
    "silu": (
        {},
        [0, log(3)],
        [0, 0.75 * log(3)],
        [0.5, 0.75 * (1 + log(3) / 4)],
    ),
    # log(1 + e^log 3) = log 4; its slope is the sigmoid
    "softplus": ({}, [0, log(3)], [log(2), log(4)], [0.5, 0.75]),
    "softsign": ({}, [-3, 1], [-0.75, 0.5], [1 / 16, 0.25]),
    # (z + 3) / 6 between -3 and 3
    "hard_sigmoid": ({}, [-4, -3, 0, 1.5, 3], [0, 0, 0.5, 0.75, 1], [0, 0, 1 / 6, 1 / 6, 0]),
    "hard_tanh": ({}, [-2, -1, 0.5, 1], [-1, -1, 0.5, 1], [0, 0, 1, 0]),
}


@pytest.mark.parametrize("kind", ACTIVATION_CASES)
def test_elementwise_activation(kind, lab):
    settings, entering, leaving, slopes = ACTIVATION_CASES[kind]
    rig = lab.kind(ACTIVATIONS.make(kind, **settings), [(1,)], batch=len(entering))
    rig.free[0][0] = entering
    rig.run()
    np.testing.assert_allclose(rig.output()[:, 0], leaving, rtol=1e-15, atol=1e-16)
    probe = np.sin(np.arange(1, len(entering) + 1) * 1.7)  # what the lab sends back
    np.testing.assert_allclose(rig.free_slopes[0][0], slopes * probe, rtol=2e-15, atol=1e-16)


def test_softmax(lab):
    """e^0, e^log 2, e^log 5 = 1, 2, 5 of 8; dz = a (c - c·a)."""
    rig = lab.kind(ACTIVATIONS.make("softmax"), [(3,)], batch=1)
    rig.free[0][:, 0] = [0, log(2), log(5)]
    rig.run()
    a = np.array([1 / 8, 2 / 8, 5 / 8])
    np.testing.assert_allclose(rig.output()[0], a, rtol=1e-15)
    c = np.sin(np.array([1, 2, 3]) * 1.7)
    np.testing.assert_allclose(rig.free_slopes[0][:, 0], a * (c - c @ a), rtol=1e-14)


def test_log_softmax(lab):
    """The logarithms of 1/8, 2/8, 5/8; dz = c - a sum(c)."""
    rig = lab.kind(ACTIVATIONS.make("log_softmax"), [(3,)], batch=1)
    rig.free[0][:, 0] = [0, log(2), log(5)]
    rig.run()
    a = np.array([1 / 8, 2 / 8, 5 / 8])
    np.testing.assert_allclose(rig.output()[0], np.log(a), rtol=1e-15)
    c = np.sin(np.array([1, 2, 3]) * 1.7)
    np.testing.assert_allclose(rig.free_slopes[0][:, 0], c - a * c.sum(), rtol=1e-14)


def test_dense(lab):
    """One row (1, 2), W = [[1, 3], [2, 4]], b = (10, 20): z = (1+4+10, 3+8+20)."""
    rig = lab.kind(strategies.LAYERS.make("dense", units=2), [(2,)], batch=1)
    shown = rig.shown(rig.parameters.theta, "it")
    rig.free[0][:, 0] = [1, 2]
    shown["W"][...] = [[1, 3], [2, 4]]
    shown["b"][...] = [10, 20]
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[15, 31]])
    c = np.sin(np.array([1, 2]) * 1.7)
    slopes = rig.shown(rig.parameters.gradient, "it")
    np.testing.assert_allclose(slopes["W"], [[c[0], c[1]], [2 * c[0], 2 * c[1]]], rtol=1e-15)
    np.testing.assert_allclose(slopes["b"], c, rtol=1e-15)
    np.testing.assert_allclose(
        rig.free_slopes[0][:, 0], [c[0] + 3 * c[1], 2 * c[0] + 4 * c[1]], rtol=1e-15
    )


# kind: inputs (one sample each), output, slopes for a slope of 1 on every output
MERGE_CASES = {
    "add": ([[1, 2], [3, 5], [10, 20]], [14, 27], [[1, 1], [1, 1], [1, 1]]),
    "subtract": ([[1, 2], [3, 5]], [-2, -3], [[1, 1], [-1, -1]]),
    "multiply": ([[1, 2], [3, 5], [10, 20]], [30, 200], [[30, 100], [10, 40], [3, 10]]),
    "average": ([[1, 2], [3, 5], [8, 20]], [4, 9], [[1 / 3, 1 / 3]] * 3),
    # the second column is a tie of two: half each; folded from the left as torch.maximum
    "maximum": ([[1, 5], [3, 5], [2, 4]], [3, 5], [[0, 0.5], [1, 0.5], [0, 0]]),
    "concatenate": ([[1, 2], [3]], [1, 2, 3], [[1, 1], [1]]),
}


@pytest.mark.parametrize("kind", MERGE_CASES)
def test_merge(kind, lab):
    entering, leaving, slopes = MERGE_CASES[kind]
    rig = lab.kind(strategies.LAYERS.make(kind), [(len(x),) for x in entering], batch=1)
    for free, numbers in zip(rig.free, entering, strict=True):
        free[:, 0] = numbers
    rig.run()
    np.testing.assert_allclose(rig.output()[0], leaving, rtol=1e-15)
    c = np.sin(np.arange(1, len(leaving) + 1) * 1.7)
    at = 0
    for slope, wanted in zip(rig.free_slopes, slopes, strict=True):
        sent = c[at : at + len(wanted)] if kind == "concatenate" else c
        at += len(wanted)
        np.testing.assert_allclose(slope[:, 0], np.array(wanted) * sent, rtol=1e-15)


def test_maximum_of_three_equal_numbers_folds_from_the_left(lab):
    """max(max(x1, x2), x3): x3 takes a half, x1 and x2 a quarter each, as torch.maximum twice."""
    rig = lab.kind(strategies.LAYERS.make("maximum"), [(1,)] * 3, batch=1)
    for free in rig.free:
        free[...] = 7
    rig.run()
    c = np.sin(1.7)
    slopes = [float(slope[0, 0]) for slope in rig.free_slopes]
    np.testing.assert_allclose(slopes, [c / 4, c / 4, c / 2], rtol=1e-15)


def test_subtract_names_its_ports():
    subtract = strategies.LAYERS.make("subtract")
    assert [subtract.port_label(port) for port in (0, 1)] == ["minuend", "subtrahend"]
    assert strategies.LAYERS.make("add").port_label(0) == ""


def test_flatten(lab):
    """A 2 × 3 sample, last axis quickest."""
    rig = lab.kind(strategies.LAYERS.make("flatten"), [(2, 3)], batch=2)
    rig.free[0][..., 0] = [[1, 2, 3], [4, 5, 6]]
    rig.run()
    np.testing.assert_array_equal(rig.output()[0], [1, 2, 3, 4, 5, 6])


def test_dropout(lab):
    """Rate 1/4: numbers are 0 or 4/3 of themselves, about three of four stay."""
    rig = lab.kind(strategies.LAYERS.make("dropout", rate=0.25), [(50,)], batch=40)
    rig.free[0][...] = 3
    rig.run()
    assert set(np.round(np.unique(rig.output()), 12)) == {0, 4}
    # 2000 draws: five standard errors of a share of 3/4 are 0.048
    assert (rig.output() > 0).mean() == pytest.approx(0.75, abs=0.048)
    mask = next(v for op in rig.program.operations for v in op.writes if v.symbol == "m")
    np.testing.assert_allclose(mask.array, rig.output() / 3, rtol=1e-15)


def test_dropout_does_nothing_in_prediction(lab):
    rig = lab.kind(strategies.LAYERS.make("dropout", rate=0.25), [(5,)], training=False)
    assert not [op for op in rig.program.operations if op.layer == "it"]


def test_batch_norm(lab):
    """Rows 1 and 5: mean 3, variance 4 (unbiased 8); with epsilon 1 the divisor is sqrt(5)."""
    kind = strategies.LAYERS.make("batch_norm", momentum=0.1, epsilon=1.0)
    rig = lab.kind(kind, [(1,)], batch=2)
    shown = rig.shown(rig.parameters.theta, "it")
    shown["gamma"][...], shown["beta"][...] = 2, 10
    rig.free[0][0] = [1, 5]
    rig.run()
    # ∓2 / sqrt(4 + 1), times 2, plus 10
    np.testing.assert_allclose(rig.output()[:, 0], [10 - 4 / sqrt(5), 10 + 4 / sqrt(5)], rtol=1e-15)
    # running mean 0.9 · 0 + 0.1 · 3, running variance 0.9 · 1 + 0.1 · 8
    np.testing.assert_allclose(rig.parameters.state, [0.3, 1.7], rtol=1e-15)


def test_batch_norm_predicts_with_the_running_values(lab):
    """(7 - 3) / sqrt(3 + 1) = 2, times 5, plus 1."""
    kind = strategies.LAYERS.make("batch_norm", epsilon=1.0)
    rig = lab.kind(kind, [(1,)], batch=1, training=False)
    rig.state["kept"][...] = [3, 3]
    shown = rig.shown(rig.parameters.theta, "it")
    shown["gamma"][...], shown["beta"][...] = 5, 1
    rig.free[0][...] = 7
    rig.run()
    np.testing.assert_allclose(rig.output(), [[11]], rtol=1e-15)


def test_batch_norm_of_a_single_row_gives_beta_and_keeps_its_running_values(lab):
    rig = lab.kind(strategies.LAYERS.make("batch_norm"), [(2,)], batch=1)
    shown = rig.shown(rig.parameters.theta, "it")
    shown["beta"][...] = [3, 4]
    rig.run()
    np.testing.assert_array_equal(rig.output(), [[3, 4]])
    np.testing.assert_array_equal(rig.parameters.state, [0, 0, 1, 1])
    assert np.abs(rig.free_slopes[0]).max() == 0


def test_layer_norm(lab):
    """A row (1, 5): mean 3, variance 4; epsilon 1: ∓2 / sqrt(5); gamma (2, 3), beta (10, 20)."""
    rig = lab.kind(strategies.LAYERS.make("layer_norm", epsilon=1.0), [(2,)], batch=1)
    shown = rig.shown(rig.parameters.theta, "it")
    shown["gamma"][...], shown["beta"][...] = [2, 3], [10, 20]
    rig.free[0][:, 0] = [1, 5]
    rig.run()
    wanted = [[10 - 4 / sqrt(5), 20 + 6 / sqrt(5)]]
    np.testing.assert_allclose(rig.output(), wanted, rtol=1e-15)


def test_every_inner_kind_has_a_worked_case():
    own = ["softmax", "log_softmax", "dense", "flatten", "dropout", "batch_norm", "layer_norm"]
    pictures = ["conv2d", "max_pool2d", "average_pool2d", "global_average_pool2d"]
    pictures += ["zero_pad2d", "upsample", "reshape"]  # see test_pictures
    covered = {*ACTIVATION_CASES, *MERGE_CASES, *own, *pictures}
    assert covered == {kind.kind for kind in strategies.inner_kinds()}


REAL = (Target("y"),)
BINARY = (Target("y", ("no", "yes")),)
CLASSES = (Target("y", ("a", "b", "c")),)

# loss: settings, activation, targets, what enters (outputs, rows), target, loss, dL/dentering
LOSS_CASES = {
    # differences 1 and -3: (1 + 9) / 2; slopes 2d/2
    "mse": ({}, "identity", REAL, [[3, 1]], [[2, 4]], 5, [[1, -3]]),
    # (1/2 + 9/2) / 2; slopes d/2
    "half_squared": ({}, "identity", REAL, [[3, 1]], [[2, 4]], 2.5, [[0.5, -1.5]]),
    # (1 + 3) / 2; slopes sign/2, 0 where equal
    "mae": ({}, "identity", REAL, [[3, 1]], [[2, 4]], 2, [[0.5, -0.5]]),
    # delta 2: 1/2 for d = 1, 2 (3 - 1) = 4 for d = -3; mean 2.25; slopes 1/2, -2/2
    "huber": ({"delta": 2.0}, "identity", REAL, [[3, 1]], [[2, 4]], 2.25, [[0.5, -1]]),
    # sigmoid(log 3) = 3/4; -log 3/4 for yes and -log 1/4 for no; slopes (a - y) / 2
    "binary_cross_entropy": (
        {},
        "sigmoid",
        BINARY,
        [[log(3), log(3)]],
        [[1, 0]],
        (log(4 / 3) + log(4)) / 2,
        [[-1 / 8, 3 / 8]],
    ),
    # shares 1/8, 2/8, 5/8, right class the second: -log 1/4; slopes a - y
    "categorical_cross_entropy": (
        {},
        "softmax",
        CLASSES,
        [[0], [log(2)], [log(5)]],
        [[0], [1], [0]],
        log(4),
        [[1 / 8], [-3 / 4], [5 / 8]],
    ),
    # yes at 0.25 lacks 0.75; no at -3 has margin enough; slopes -y/2 and 0
    "hinge": ({}, "identity", BINARY, [[0.25, -3]], [[1, -1]], 0.375, [[-0.5, 0]]),
    # mean 3, target 1, log variance log 4: r = 2 / 2 = 1; (log 4 + 1) / 2;
    # slopes r / 2 = 1/2 and (1 - 1) / 2 = 0
    "gaussian_nll": (
        {},
        "identity",
        REAL,
        [[3], [log(4)]],
        [[1]],
        (log(4) + 1) / 2,
        [[0.5], [0]],
    ),
}


@pytest.mark.parametrize("weight", [1.0, 3.0])
@pytest.mark.parametrize("kind", LOSS_CASES)
def test_loss(kind, weight, lab):
    settings, feeder, targets, entering, target, loss, slopes = LOSS_CASES[kind]
    rig = lab.loss(
        LOSSES.make(kind, **settings),
        ACTIVATIONS.make(feeder),
        len(entering),
        targets,
        batch=len(entering[0]),
        weight=weight,
    )
    rig.free[0][...] = entering
    rig.program.targets["out"][...] = target
    rig.run()
    assert rig.program.losses[0] == pytest.approx(loss, rel=1e-14)
    np.testing.assert_allclose(
        rig.free_slopes[0], weight * np.array(slopes), rtol=1e-14, atol=1e-16
    )


def test_every_loss_has_a_worked_case():
    assert set(LOSS_CASES) == {kind.kind for kind in LOSSES.kinds()}


def test_binary_cross_entropy_of_a_certain_wrong_answer_is_100(lab):
    """hard sigmoid(-4) = 0 for yes: the logarithm ends at -100, as torch.nn.BCELoss."""
    rig = lab.loss(
        LOSSES.make("binary_cross_entropy"), ACTIVATIONS.make("hard_sigmoid"), 1, BINARY, batch=1
    )
    rig.free[0][...] = -4
    rig.program.targets["out"][...] = 1
    assert rig.run() == 100


def test_gelu_by_tanh(lab):
    """0.5 (1 + tanh(sqrt(2/pi) 1.044715)) = 0.8411919906082768 at 1."""
    rig = lab.kind(ACTIVATIONS.make("gelu", form="tanh"), [(1,)], batch=1)
    rig.free[0][...] = 1
    rig.run()
    np.testing.assert_allclose(rig.output(), [[0.8411919906082768]], rtol=1e-14)


def test_gelu_is_exact_far_below_zero(lab):
    """Φ(-10) = 7.619853024160527e-24 and Φ(-30) = 4.906713927148187e-198 (60-digit arithmetic)."""
    rig = lab.kind(ACTIVATIONS.make("gelu"), [(1,)], batch=2)
    rig.free[0][...] = [-10, -30]
    rig.run()
    wanted = [[-7.619853024160527e-23], [-1.4720141781444561e-196]]
    np.testing.assert_allclose(rig.output(), wanted, rtol=1e-13)


def test_sigmoid_is_exact_on_both_sides(lab):
    """sigmoid(-700) = e^-700 / (1 + e^-700)."""
    rig = lab.kind(ACTIVATIONS.make("sigmoid"), [(1,)], batch=3)
    rig.free[0][...] = [-700, -1, 40]
    rig.run()
    wanted = [exp(-700), 1 / (1 + e), 1.0]
    np.testing.assert_allclose(rig.output()[:, 0], wanted, rtol=1e-15)
