"""Kinds that choose other calls for large arrays or many classes give the same numbers."""

from __future__ import annotations

from math import erfc, exp, pi, sqrt

import numpy as np
import pytest

from gradloom.layers import ACTIVATIONS, LOSSES
from gradloom.layers.signature import Target


@pytest.mark.parametrize("batch", [7, 25_000])
def test_gelu(batch, lab):
    rig = lab.kind(ACTIVATIONS.make("gelu"), [(1,)], batch=batch)
    rig.free[0][0] = np.linspace(-12, 12, batch)
    rig.run()
    z, a, slope = rig.free[0][0], rig.output()[:, 0], rig.free_slopes[0][0]
    probe = np.sin(np.arange(1, batch + 1) * 1.7)
    for i in range(0, batch, max(1, batch // 50)):
        below = erfc(-z[i] / sqrt(2)) / 2
        assert a[i] == pytest.approx(z[i] * below, rel=5e-14, abs=0)
        bell = exp(-(z[i] ** 2) / 2) / sqrt(2 * pi)
        wanted = (below + z[i] * bell) * probe[i]
        assert slope[i] == pytest.approx(wanted, rel=1e-11, abs=1e-300)


@pytest.mark.parametrize("width", [3, 4000, 70_000])
def test_relu(width, lab):
    rig = lab.kind(ACTIVATIONS.make("relu"), [(width,)], batch=1)
    rig.free[0][0] = 0
    rig.run()
    z = rig.free[0][:, 0]
    np.testing.assert_array_equal(rig.output()[0], np.where(z > 0, z, 0))
    probe = np.sin(np.arange(1, width + 1) * 1.7)
    np.testing.assert_array_equal(rig.free_slopes[0][:, 0], np.where(z > 0, probe, 0))


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("classes", [16, 17, 40])
def test_cross_entropy_with_many_classes(name, classes, lab):
    """L = mean of log sum e^z - z of the right class; dz = (softmax - y) / rows."""
    rig = lab.loss(
        LOSSES.make("categorical_cross_entropy"),
        ACTIVATIONS.make(name),
        classes,
        (Target("y", tuple(map(str, range(classes)))),),
        batch=5,
    )
    right = np.array([0, 3, 7, 15, classes - 1])
    y = np.zeros((classes, 5))
    y[right, np.arange(5)] = 1
    rig.program.targets["out"][...] = y
    loss = rig.run()
    z = rig.free[0]
    share = np.exp(z) / np.exp(z).sum(axis=0)
    assert loss == pytest.approx(-np.log(share[right, np.arange(5)]).mean(), rel=1e-14)
    np.testing.assert_allclose(rig.free_slopes[0], (share - y) / 5, rtol=1e-13, atol=1e-16)
    np.testing.assert_allclose(
        rig.output(), share.T if name == "softmax" else np.log(share.T), rtol=1e-13
    )


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_slope_with_many_classes(name, lab):
    lab.kind(ACTIVATIONS.make(name), [(19,)], batch=3).check_gradient()
