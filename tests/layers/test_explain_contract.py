"""Every number of every kind, activation and loss tells where it comes from."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from tests import explanations, strategies

from gradloom.data import Split
from gradloom.engine.plan import Plan
from gradloom.engine.rows import Rows
from gradloom.engine.trace import Trace
from gradloom.engine.trainer import Trainer
from gradloom.graph import Graph, analyse, edits
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.layers.losses import LOSSES
from gradloom.layers.shapes import Refusal
from gradloom.layers.signature import Signature, Target
from gradloom.layers.site import Phase

VARIANTS = {
    "reshape": [{"shape": "4 × 3 × 2"}],
    "dense": [{"units": 2}, {"units": 2, "bias": False}],
    "gelu": [{}, {"form": "tanh"}],
    "elu": [{"alpha": 0.7}],
    "leaky_relu": [{"slope": 0.3}],
    "dropout": [{"rate": 0.4}, {"rate": 0}],
    "batch_norm": [{"momentum": 0.3, "epsilon": 0.01}],
    "conv2d": [
        {"filters": 2},
        {"filters": 4, "groups": 2, "padding": "same", "dilation": 2, "kernel_width": 2},
        {"filters": 2, "stride": 2, "padding": "number", "bias": False},
        {"filters": 1, "kernel": 1, "stride": 3},
    ],
    "max_pool2d": [{}, {"size": 3, "stride": 2, "padding": 1}, {"size": 1}],
    "average_pool2d": [{}, {"size": 3, "stride": 1, "padding": 1, "count_padding": False}],
    "zero_pad2d": [{"top": 2, "right": 0}],
}
INNER = [
    pytest.param(cls(**variant), id="-".join([cls.kind, *variant]))
    for cls in strategies.inner_kinds()
    for variant in VARIANTS.get(cls.kind, [{}])
]
SHAPES = [(3,), (2, 3, 4), (2, 4, 6)]
REAL = Target("y")
CLASSES = {2: Target("y", ("no", "yes")), 3: Target("y", ("a", "b", "c"))}


def arriving(kind, shape):
    """What a kind with any number of inputs gets: three of them; else as many as it needs."""
    most = kind.most_inputs or 3
    return [shape] * (most if kind.least_inputs > 1 else 1)


def takes(kind, shape):
    return not isinstance(kind.infer(*arriving(kind, shape)), Refusal)


def dense(units, activation="tanh", **settings):
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation), **settings)


def prepared(targets, rows=9, seed=1):
    rng = np.random.default_rng(seed)
    columns = [
        rng.integers(0, len(t.classes), rows).astype(float) if t.classes else rng.normal(size=rows)
        for t in targets
    ]
    return SimpleNamespace(
        features=rng.normal(size=(rows, 3)),
        targets=np.stack(columns, axis=1),
        signature=Signature(("x1", "x2", "x3"), tuple(targets)),
        split=Split(np.arange(rows), np.arange(0), np.arange(0)),
    )


def trace_of(graph, data, rows=(0, 1, 2, 3, 4), *, targets=True, **plan):
    plan = Plan(precision="float64", batch_size=4, **plan)
    trainer = Trainer(graph, data, plan)
    theta = trainer.parameters.theta
    theta[...] = np.random.default_rng(5).normal(size=theta.size)
    picked = Rows.of(data, rows)
    if not targets:
        picked = Rows(picked.features, None, picked.numbers)
    return Trace(graph, data, plan, trainer.checkpoint(), picked)


def around(kind):
    """The kind between dense layers, with a skip past it where shapes allow."""
    graph = edits.add(Graph(), LAYERS.make("input"), "in")
    graph = edits.add(graph, dense(4), "a")
    graph = edits.add(graph, dense(4, "sigmoid"), "b")
    graph = edits.add(graph, kind, "it")
    graph = edits.add(graph, dense(2, "identity"), "end")
    graph = edits.add(graph, LAYERS.make("output"), "out")
    edges = [("in", "a"), ("a", "b"), ("it", "end"), ("end", "out")]
    for source, layer in edges:
        graph = edits.connect(graph, source, layer)
    graph = edits.connect(graph, "b", "it", 0)
    if kind.least_inputs > 1:
        graph = edits.connect(graph, "a", "it", 1)
        if kind.most_inputs is None:
            graph = edits.connect(graph, "b", "it", 2)
    return graph


FLAT = [p for p in INNER if takes(p.values[0], (4,))]


@pytest.mark.parametrize("kind", FLAT)
@pytest.mark.parametrize("way", ["training", "one row", "forward only"])
def test_kind(kind, way):
    rows = (2,) if way == "one row" else (0, 1, 2, 3, 4)
    data = prepared((REAL, Target("z")))
    trace = trace_of(around(kind), data, rows, targets=way != "forward only")
    assert len(trace.operations) > 4
    explanations.check_trace(trace)


@pytest.mark.parametrize("kind", INNER)
@pytest.mark.parametrize("training", [True, False], ids=["training", "prediction"])
def test_kind_writes_what_it_says(kind, training, lab):
    """Also of samples with several axes."""
    taken = [shape for shape in SHAPES if takes(kind, shape)]
    assert taken
    for shape in taken:
        rig = lab.kind(kind, arriving(kind, shape), batch=5, training=training)
        own = [op for op in rig.program.operations if op.layer == "it"]
        rig.run()
        p = rig.parameters
        explanations.check_run(own, [p.theta, p.state, p.gradient])


def networks_of(loss, outputs):
    """Networks of one dense layer that end in this loss, with the data for them."""
    for activation in ("identity", "sigmoid", "softmax", "log_softmax", "hard_sigmoid"):
        for task in loss.tasks:
            if task == "real":
                targets = tuple(Target(f"y{i}") for i in range(outputs))
                width = outputs * loss.parts
            else:
                targets, width = (CLASSES[max(outputs, 2)],), outputs
            weight = 0.4 if outputs == 2 else 1.0
            graph = edits.add(Graph(), LAYERS.make("input"), "in")
            graph = edits.add(graph, dense(width, activation), "end")
            graph = edits.add(graph, LAYERS.make("output", loss=loss, weight=weight), "out")
            graph = edits.connect(edits.connect(graph, "in", "end"), "end", "out")
            data = prepared(targets)
            if analyse(graph, data.signature).ready:
                yield graph, data


@pytest.mark.parametrize("loss", LOSSES.kinds(), ids=lambda loss: loss.kind)
def test_loss(loss):
    made = loss(delta=0.6) if loss.kind == "huber" else loss()
    seen = set()
    for outputs in (1, 2, 3):
        for graph, data in networks_of(made, outputs):
            for rows in ((0, 1, 2, 3, 4), (3,))[: 2 if outputs == 1 else 1]:
                trace = trace_of(graph, data, rows)
                explanations.check_trace(trace)
                seen |= {op.equation.latex for op in trace.operations if op.phase is Phase.LOSS}
    assert len(seen) > 1


def test_several_outputs_and_weights():
    graph = edits.add(Graph(), LAYERS.make("input"), "in")
    graph = edits.add(graph, dense(4), "a")
    graph = edits.connect(graph, "in", "a")
    for number, weight in ((1, 0.5), (2, 2.0)):
        graph = edits.add(graph, dense(number), f"end{number}")
        columns = ("y", "z")[:number]
        output = LAYERS.make("output", weight=weight, columns=columns)
        graph = edits.add(graph, output, f"out{number}")
        graph = edits.connect(graph, "a", f"end{number}")
        graph = edits.connect(graph, f"end{number}", f"out{number}")
    trace = trace_of(graph, prepared((REAL, Target("z"))))
    explanations.check_trace(trace)
    latex = [op.equation.latex for op in trace.operations]
    assert r"L = \sum_i w_i L_i" in latex
    assert any(r"\Delta" in text for text in latex)


def test_it_reads_like_a_textbook():
    graph = edits.add(Graph(), LAYERS.make("input"), "in")
    graph = edits.add(graph, dense(2), "d")
    graph = edits.add(graph, LAYERS.make("output"), "out")
    graph = edits.connect(edits.connect(graph, "in", "d"), "d", "out")
    trace = trace_of(graph, prepared((REAL, Target("z"))), (0, 1, 2))
    said = {
        value.name: operation.explain(value.name, (0, 1)[: value.array.ndim]).latex()
        for operation in trace.operations
        for value in operation.writes
    }
    assert said["d.z"] == r"x_{1,1}\, W_{1,2} + x_{1,2}\, W_{2,2} + x_{1,3}\, W_{3,2} + b_{2}"
    assert said["d.a"] == r"\tanh\left(z_{1,2}\right)"
    assert said["out.difference"] == "a_{1,2} - y_{1,2}"
    assert said["out.loss"].startswith(r"\frac{1}{6}\, \left(d_{1,1}^{2} + d_{1,2}^{2} + ")
    slope = r"\frac{\partial L}{\partial %s}"
    assert said["d.a.gradient"] == r"\frac{2}{6}\, d_{1,2}"
    assert said["d.z.gradient"] == slope % "a_{1,2}" + r"\, \left(1 - a_{1,2}^{2}\right)"
    assert said["d.dW"] == " + ".join(
        rf"x_{{{row},1}}\, {slope % f'z_{{{row},2}}'}" for row in (1, 2, 3)
    )
    assert said["d.db"] == " + ".join(slope % f"z_{{{row},1}}" for row in (1, 2, 3))
