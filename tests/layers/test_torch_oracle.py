"""Values and slopes agree with PyTorch's in float64, for every kind, loss and random network."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from tests import strategies

from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES
from gradloom.layers.base import Sink, Source
from gradloom.layers.signature import Target

torch = pytest.importorskip("torch")
F = torch.nn.functional

# ours is exact where PyTorch cancels (GELU's tail) or cuts off (softplus at 20): 1e-15 absolute
CLOSE = {"rtol": 1e-9, "atol": 1e-14}
CLOSE_SLOPE = {"rtol": 1e-9, "atol": 1e-13}


def _layer_norm(kind, xs, p):
    shape = xs[0].shape[1:]
    return F.layer_norm(xs[0], shape, p["gamma"], p["beta"], kind.epsilon)


def _batch_norm(kind, xs, p):
    mean, var = torch.zeros_like(p["gamma"]), torch.ones_like(p["gamma"])
    out = F.batch_norm(xs[0], mean, var, p["gamma"], p["beta"], True, kind.momentum, kind.epsilon)
    p["running"] = (mean, var)
    return out


def _fold(function):
    def folded(kind, xs, p):
        out = xs[0]
        for x in xs[1:]:
            out = function(out, x)
        return out

    return folded


def _dense(kind, xs, p):
    z = xs[0] @ p["W"] + (p["b"] if kind.bias else 0)
    return ORACLE[kind.activation.kind](kind.activation, [z], {})


def _conv2d(kind, xs, p):
    z = F.conv2d(
        xs[0],
        p["W"],
        p["b"] if kind.bias else None,
        kind.stride,
        kind.cells if kind.padding == "number" else kind.padding,
        kind.dilation,
        kind.groups,
    )
    return ORACLE[kind.activation.kind](kind.activation, [z], {})


def _pool(function):
    def pooled(kind, xs, p):
        extra = (kind.count_padding,) if kind.kind == "average_pool2d" else ()
        window = (kind.size, kind.width or kind.size)
        return function(
            xs[0], window, kind.stride, kind.padding, *(((False, *extra)) if extra else ())
        )

    return pooled


# kind: (kind, inputs batch first, parameters) -> output
ORACLE = {
    "dense": _dense,
    "identity": lambda kind, xs, p: xs[0],
    "step": lambda kind, xs, p: (xs[0] > 0).double() + 0 * xs[0],
    "sigmoid": lambda kind, xs, p: torch.sigmoid(xs[0]),
    "tanh": lambda kind, xs, p: torch.tanh(xs[0]),
    "relu": lambda kind, xs, p: F.relu(xs[0]),
    "leaky_relu": lambda kind, xs, p: F.leaky_relu(xs[0], kind.slope),
    "elu": lambda kind, xs, p: F.elu(xs[0], kind.alpha),
    "selu": lambda kind, xs, p: F.selu(xs[0]),
    "gelu": lambda kind, xs, p: F.gelu(
        xs[0], approximate="tanh" if kind.form == "tanh" else "none"
    ),
    "silu": lambda kind, xs, p: F.silu(xs[0]),
    "softplus": lambda kind, xs, p: F.softplus(xs[0], threshold=40),
    "softsign": lambda kind, xs, p: F.softsign(xs[0]),
    # F.hardsigmoid's own slope is 1/6 in float32 even for float64, 3e-8 away
    "hard_sigmoid": lambda kind, xs, p: F.relu6(xs[0] + 3) / 6,
    "hard_tanh": lambda kind, xs, p: F.hardtanh(xs[0]),
    "softmax": lambda kind, xs, p: torch.softmax(xs[0], 1),
    "log_softmax": lambda kind, xs, p: torch.log_softmax(xs[0], 1),
    "layer_norm": _layer_norm,
    "batch_norm": _batch_norm,
    "conv2d": _conv2d,
    "max_pool2d": _pool(F.max_pool2d),
    "average_pool2d": _pool(F.avg_pool2d),
    "global_average_pool2d": lambda kind, xs, p: F.adaptive_avg_pool2d(xs[0], 1).flatten(1),
    "zero_pad2d": lambda kind, xs, p: F.pad(xs[0], (kind.left, kind.right, kind.top, kind.bottom)),
    "upsample": lambda kind, xs, p: F.interpolate(xs[0], scale_factor=kind.factor, mode="nearest"),
    "reshape": lambda kind, xs, p: xs[0].reshape(-1, *kind.infer(tuple(xs[0].shape[1:]))),
    "flatten": lambda kind, xs, p: torch.flatten(xs[0], 1),
    "concatenate": lambda kind, xs, p: torch.cat(xs, 1),
    "add": _fold(torch.add),
    "subtract": _fold(torch.subtract),
    "multiply": _fold(torch.multiply),
    "maximum": _fold(torch.maximum),
    "average": lambda kind, xs, p: torch.stack(xs).mean(0),
}
WITHOUT = {"dropout": "random; see test_worked_cases"}
VARIANTS = {
    "dense": [{"units": 4}, {"units": 4, "bias": False, "activation": ACTIVATIONS.make("selu")}],
    "gelu": [{}, {"form": "tanh"}],
    "elu": [{}, {"alpha": 0.3}, {"alpha": 2.5}],
    "leaky_relu": [{}, {"slope": 0.3}],
    "batch_norm": [{}, {"momentum": 0.3, "epsilon": 0.01}],
}
# settings of kinds for pictures, each with the pictures it gets
PICTURES = {
    "conv2d": [
        ({"filters": 3}, (2, 5, 4)),
        ({"filters": 3, "bias": False}, (1, 3, 3)),
        ({"filters": 5, "kernel": 1}, (3, 4, 2)),
        ({"filters": 2, "kernel": 1, "stride": 3}, (3, 7, 5)),
        ({"filters": 3, "padding": "same"}, (2, 4, 5)),
        ({"filters": 3, "kernel": 4, "padding": "same"}, (2, 3, 5)),
        ({"filters": 3, "kernel": 2, "kernel_width": 5, "padding": "same"}, (2, 4, 3)),
        ({"filters": 2, "kernel": 4, "padding": "same", "dilation": 3}, (2, 5, 6)),
        ({"filters": 2, "stride": 2}, (2, 6, 8)),
        ({"filters": 2, "stride": 3, "padding": "number", "cells": 2}, (2, 6, 9)),
        ({"filters": 2, "padding": "number", "cells": 5}, (1, 2, 3)),
        ({"filters": 2, "kernel": 2, "stride": 2, "dilation": 2}, (2, 7, 6)),
        ({"filters": 2, "kernel": 1, "kernel_width": 3}, (2, 1, 9)),
        ({"filters": 6, "groups": 2}, (4, 4, 5)),
        ({"filters": 4, "groups": 4, "padding": "same", "bias": False}, (4, 3, 4)),
        ({"filters": 6, "groups": 3, "stride": 2, "dilation": 2}, (3, 8, 7)),
        ({"filters": 2, "activation": ACTIVATIONS.make("selu")}, (1, 4, 4)),
        ({"filters": 3, "activation": ACTIVATIONS.make("softmax")}, (1, 4, 4)),
    ],
    "max_pool2d": [
        ({}, (2, 4, 6)),
        ({}, (2, 5, 7)),
        ({"size": 1}, (1, 3, 2)),
        ({"size": 1, "stride": 2}, (1, 3, 4)),
        ({"size": 2, "width": 3}, (2, 5, 7)),
        ({"size": 3, "stride": 2}, (2, 6, 8)),
        ({"size": 3, "stride": 1, "padding": 1}, (2, 4, 3)),
        ({"size": 2, "stride": 3, "padding": 1}, (2, 6, 7)),
        ({"size": 4, "padding": 2}, (1, 5, 6)),
    ],
    "average_pool2d": [
        ({}, (2, 5, 7)),
        ({"size": 1}, (1, 3, 2)),
        ({"size": 3, "width": 2, "stride": 1}, (2, 4, 5)),
        ({"size": 3, "stride": 2, "padding": 1}, (2, 6, 5)),
        ({"size": 3, "stride": 2, "padding": 1, "count_padding": False}, (2, 6, 5)),
        ({"size": 4, "padding": 2, "count_padding": False}, (1, 5, 6)),
    ],
    "global_average_pool2d": [({}, (3, 4, 5)), ({}, (1, 1, 1))],
    "zero_pad2d": [({}, (2, 3, 4)), ({"top": 0, "bottom": 3, "left": 2}, (2, 3, 4))],
    "upsample": [({}, (2, 3, 4)), ({"factor": 3}, (1, 2, 1)), ({"factor": 1}, (2, 2, 3))],
    "reshape": [({"shape": "1 x 4 x 3"}, (12,)), ({"shape": "4,6"}, (2, 3, 4))],
}
CASES = [
    *(
        pytest.param(
            LAYERS.make(kind, **variant),
            [shape],
            id=f"{kind}-{'-'.join(f'{n}_{v}' for n, v in variant.items())}-{shape}",
        )
        for kind, cases in PICTURES.items()
        for variant, shape in cases
    ),
    *(
        pytest.param(
            LAYERS.make(kind, **variant),
            shapes,
            id=f"{kind}-{'-'.join(map(str, variant.values()))}-{shapes}",
        )
        for kind in sorted({*ORACLE} - {*PICTURES})
        for variant in VARIANTS.get(kind, [{}])
        for shapes in (
            [[(3,)], [(1,)], [(2, 3, 4)]]
            if LAYERS[kind].least_inputs == 1 and kind != "dense"
            else [[(3,)], [(5,)]]
            if kind == "dense"
            else [[(3,), (2,)], [(2, 3, 4), (5, 3, 4)]]
            if kind == "concatenate"
            else [[(3,)] * 2, [(2, 3, 4)] * 2] + ([[(4,)] * 3] if kind != "subtract" else [])
        )
    ),
]


def leaf(array):
    return torch.tensor(np.ascontiguousarray(array), dtype=torch.float64, requires_grad=True)


def batch_first(array):
    return np.moveaxis(array, -1, 0)


def test_every_inner_kind_has_an_oracle_or_a_reason():
    assert {k.kind for k in strategies.inner_kinds()} == {*ORACLE, *WITHOUT}


# that PyTorch copies the picture where "same" padding is odd
@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")
@pytest.mark.parametrize("spread", [1.0, 6.0])
@pytest.mark.parametrize(("kind", "shapes"), CASES)
def test_kind(kind, shapes, spread, lab):
    rig = lab.kind(kind, shapes, batch=7)
    for free in rig.free:
        free *= spread
    check(kind, rig)


@pytest.mark.filterwarnings("ignore:Using padding='same':UserWarning")
@pytest.mark.parametrize(
    ("kind", "shapes"), [case for case in CASES if case.values[0].category == "Images"]
)
def test_one_picture_with_many_equal_numbers(kind, shapes, lab):
    """Batch 1; of equal numbers in a window the same one takes the slope."""
    rig = lab.kind(kind, shapes, batch=1)
    for free in rig.free:
        np.round(free, out=free)
    check(kind, rig)


def test_large_products_are_cut(lab):
    """So large that the matrix products are made in pieces."""
    check(kind := LAYERS.make("conv2d", filters=16), lab.kind(kind, [(1, 28, 28)], batch=64))
    kind = LAYERS.make("conv2d", filters=12, groups=2, padding="same")
    check(kind, lab.kind(kind, [(8, 16, 16)], batch=64))


def check(kind, rig):
    """Outputs, slopes of inputs and of parameters, and what is kept, against PyTorch."""
    rig.run()
    xs = [leaf(batch_first(free)) for free in rig.free]
    p = {name: leaf(v) for name, v in rig.shown(rig.parameters.theta, "it").items()}
    out = ORACLE[kind.kind](kind, xs, p)
    np.testing.assert_allclose(rig.output(), out.detach().numpy(), **CLOSE)
    flat = out.movedim(0, -1).reshape(-1)
    (torch.tensor(np.sin(np.arange(1, flat.numel() + 1) * 1.7)) * flat).sum().backward()
    for slope, x in zip(rig.free_slopes, xs, strict=True):
        np.testing.assert_allclose(batch_first(slope), x.grad.numpy(), **CLOSE_SLOPE)
    for name, slope in rig.shown(rig.parameters.gradient, "it").items():
        np.testing.assert_allclose(slope, p[name].grad.numpy(), rtol=1e-9, atol=1e-12)
    if "running" in p:
        np.testing.assert_allclose(
            rig.parameters.state, torch.cat(p["running"]).numpy(), rtol=1e-12
        )


def test_batch_norm_in_prediction(lab):
    rig = lab.kind(LAYERS.make("batch_norm"), [(2, 3, 4)], batch=3, training=False)
    mean, var = np.array([0.5, -2.0]), np.array([0.3, 4.0])
    rig.state["kept"][...] = [*mean, *var]
    rig.run()
    p = rig.shown(rig.parameters.theta, "it")
    out = F.batch_norm(
        torch.tensor(np.ascontiguousarray(batch_first(rig.free[0]))),
        torch.tensor(mean),
        torch.tensor(var),
        torch.tensor(p["gamma"]),
        torch.tensor(p["beta"]),
        False,
        0.1,
        1e-5,
    )
    np.testing.assert_allclose(rig.output(), out.numpy(), **CLOSE)


REAL = (Target("y1"), Target("y2"))
CLASSES = (Target("y", ("a", "b", "c")),)


def _gaussian(loss, a, y, kind):
    return F.gaussian_nll_loss(a[:, :2], y, torch.exp(a[:, 2:]), full=False)


def _cross_entropy(loss, a, y, z):
    return F.cross_entropy(z, y)


def _bce(loss, a, y, z):
    return F.binary_cross_entropy_with_logits(z, y)


# (loss, activation, width, targets): (loss, output, target, what entered the activation) -> loss
LOSS_ORACLE = [
    (LOSSES.make("mse"), "identity", 2, REAL, lambda k, a, y, z: F.mse_loss(a, y)),
    (LOSSES.make("mse"), "softmax", 3, CLASSES, lambda k, a, y, z: F.mse_loss(a, y)),
    (
        LOSSES.make("half_squared"),
        "tanh",
        2,
        REAL,
        lambda k, a, y, z: 0.5 * F.mse_loss(a, y, reduction="sum") / len(y),
    ),
    (LOSSES.make("mae"), "identity", 2, REAL, lambda k, a, y, z: F.l1_loss(a, y)),
    (LOSSES.make("huber"), "identity", 2, REAL, lambda k, a, y, z: F.huber_loss(a, y)),
    (
        LOSSES.make("huber", delta=0.3),
        "identity",
        2,
        REAL,
        lambda k, a, y, z: F.huber_loss(a, y, delta=0.3),
    ),
    (LOSSES.make("categorical_cross_entropy"), "softmax", 3, CLASSES, _cross_entropy),
    (LOSSES.make("categorical_cross_entropy"), "log_softmax", 3, CLASSES, _cross_entropy),
    (LOSSES.make("binary_cross_entropy"), "sigmoid", 3, CLASSES, _bce),
    (LOSSES.make("binary_cross_entropy"), "sigmoid", 1, (Target("y", ("n", "y")),), _bce),
    (
        LOSSES.make("binary_cross_entropy"),
        "hard_sigmoid",
        3,
        CLASSES,
        lambda k, a, y, z: F.binary_cross_entropy(a, y),
    ),
    (
        LOSSES.make("binary_cross_entropy"),
        "softmax",
        3,
        CLASSES,
        lambda k, a, y, z: F.binary_cross_entropy(a, y),
    ),
    (
        LOSSES.make("hinge"),
        "identity",
        3,
        CLASSES,
        lambda k, a, y, z: torch.clamp(1 - y * a, min=0).mean(),
    ),
    (LOSSES.make("gaussian_nll"), "identity", 4, REAL, _gaussian),
]


def test_every_loss_has_an_oracle():
    assert {case[0].kind for case in LOSS_ORACLE} == {kind.kind for kind in LOSSES.kinds()}


@pytest.mark.parametrize("spread", [1.0, 5.0])
@pytest.mark.parametrize(
    ("loss", "feeder", "width", "targets", "oracle"),
    [pytest.param(*case, id=f"{case[0].kind}-{case[1]}-{case[2]}") for case in LOSS_ORACLE],
)
def test_loss(loss, feeder, width, targets, oracle, spread, lab):
    batch = 8
    rig = lab.loss(loss, ACTIVATIONS.make(feeder), width, targets, batch=batch, weight=0.7)
    rig.free[0][...] *= spread
    rng = np.random.default_rng(1)
    (analysis,) = rig.graph.derived.values()
    coding = analysis.codings["out"]
    classes = len(targets[0].classes)
    table = rng.integers(0, classes, (batch, 1)) if classes else rng.normal(size=(batch, 2))
    y = coding.encode(table.astype(float))
    rig.program.targets["out"][...] = y
    rig.run()
    z = leaf(batch_first(rig.free[0]))
    a = ORACLE[feeder](ACTIVATIONS.make(feeder), [z], {})
    wanted = oracle(loss, a, torch.tensor(np.ascontiguousarray(batch_first(y))), z)
    (0.7 * wanted).backward()
    np.testing.assert_allclose(rig.program.losses[0], wanted.item(), rtol=1e-9)
    np.testing.assert_allclose(batch_first(rig.free_slopes[0]), z.grad.numpy(), **CLOSE_SLOPE)


def torch_loss(rig, p, features, targets):
    """The total loss of a network by PyTorch, walking the graph as it is drawn."""
    (analysis,) = rig.graph.derived.values()
    values, total = {}, 0
    names = strategies.SIGNATURE.features
    for id_ in analysis.trained:
        kind = rig.graph[id_].kind
        xs = [values[source] for source in rig.graph.sources_of(id_)]
        if isinstance(kind, Source):
            columns = kind.columns or names
            values[id_] = torch.tensor(features[:, [names.index(name) for name in columns]])
        elif isinstance(kind, Sink):
            y = torch.tensor(np.ascontiguousarray(batch_first(targets[id_])))
            square = F.mse_loss(xs[0], y)
            total = total + kind.weight * square * (0.5 if kind.loss.kind != "mse" else 1)
        else:
            own = {name: value for (layer, name), value in p.items() if layer == id_}
            values[id_] = ORACLE[kind.kind](kind, xs, own)
    return total


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graph=strategies.networks())
def test_network(graph, lab):
    rig = lab.graph(graph, strategies.SIGNATURE, 6)
    rng = np.random.default_rng(2)
    features = rng.normal(size=(6, 3))
    for id_, array in rig.program.inputs.items():
        columns = graph[id_].kind.columns or strategies.SIGNATURE.features
        array[...] = features[:, [strategies.SIGNATURE.features.index(c) for c in columns]].T
    for array in rig.program.targets.values():
        array[...] = rng.normal(size=array.shape)
    rig.run()
    layout, theta = rig.parameters.layout, rig.parameters.theta
    p = {(la, q.name): leaf(layout.parameter(theta, la, q.name)) for la, q in layout.parameters()}
    total = torch_loss(rig, p, features, rig.program.targets)
    total.backward()
    np.testing.assert_allclose(rig.program.total, total.item(), rtol=1e-9)
    for (layer, name), value in p.items():
        found = layout.parameter(rig.parameters.gradient, layer, name)
        wanted = np.zeros_like(found) if value.grad is None else value.grad.numpy()
        scale = max(1.0, np.abs(wanted).max(initial=0))
        np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-11 * scale)
