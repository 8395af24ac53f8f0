"""What every registered loss must do."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import strategies

from gradloom.graph import analyse, edits
from gradloom.graph.model import Graph
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES
from gradloom.layers.base import Kind
from gradloom.layers.shapes import Refusal
from gradloom.layers.signature import Signature, Target

KINDS = LOSSES.kinds()
REAL = (Target("y1"), Target("y2"))
CLASSES = (Target("y", ("a", "b", "c")),)
BINARY = (Target("y", ("no", "yes")),)
FEEDERS = ("identity", "tanh", "sigmoid", "hard_sigmoid", "softmax", "log_softmax")


def ids(kind):
    return kind.kind


def cases():
    """(loss, activation before it, width, targets) wherever a loss can stand."""
    for loss in KINDS:
        for name in FEEDERS:
            feeder = ACTIVATIONS.make(name)
            if loss().why_not(feeder) is not None:
                continue
            if "real" in loss.tasks:
                yield pytest.param(loss(), feeder, 2 * loss.parts, REAL, id=f"{loss.kind}-{name}")
            if "classes" in loss.tasks:
                yield pytest.param(loss(), feeder, 3, CLASSES, id=f"{loss.kind}-{name}-classes")
            if "binary" in loss.tasks and not name.endswith("softmax"):
                yield pytest.param(loss(), feeder, 1, BINARY, id=f"{loss.kind}-{name}-binary")


def set_target(rig, rng=None):
    """Fill the target: random numbers, or coded classes."""
    rng = rng or np.random.default_rng(5)
    coding = analyse_of(rig)
    batch = rig.program.batch
    if coding.style == "real":
        table = rng.normal(size=(batch, len(coding.targets)))
    else:
        table = rng.integers(0, len(coding.targets[0].classes), (batch, 1)).astype(float)
    rig.program.targets["out"][...] = coding.encode(table)
    return rig.program.targets["out"]


def analyse_of(rig):
    (found,) = rig.graph.derived.values()
    return found.codings["out"]


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_it_introduces_itself_and_survives_a_round_trip(kind):
    assert kind.label
    assert kind.help.endswith(".")
    assert kind.__doc__
    assert kind().problems() == []
    assert LOSSES.decode(kind().encode()) == kind()
    assert set(kind.schema()["properties"]) == {"kind", *(s.name for s in kind.settings())}


@pytest.mark.parametrize("kind", [k for k in KINDS if k.settings()], ids=ids)
@settings(max_examples=20)
@given(data=st.data())
def test_bad_settings_are_refused_in_words(kind, data):
    name, value = data.draw(strategies.bad_settings(kind))
    assert re.match(r"must ", dict(kind().replace(**{name: value}).problems())[name])


def test_every_loss_has_a_case():
    assert {case.values[0].kind for case in cases()} == {k.kind for k in KINDS}


@pytest.mark.parametrize("weight", [1.0, 0.3])
@pytest.mark.parametrize(("loss", "feeder", "width", "targets"), list(cases()))
def test_gradient_equals_central_differences(loss, feeder, width, targets, weight, lab):
    rig = lab.loss(loss, feeder, width, targets, weight=weight)
    set_target(rig)
    rig.check_gradient(atol=5e-8)
    assert rig.program.total == pytest.approx(weight * rig.program.losses[0], rel=1e-15)


@pytest.mark.parametrize(("loss", "feeder", "width", "targets"), list(cases()))
def test_equations_name_what_they_read_and_write(loss, feeder, width, targets, lab):
    rig = lab.loss(loss, feeder, width, targets, weight=0.3)
    own = [op for op in rig.program.operations if op.layer == "out"]
    assert own
    for op in own:
        for value in (*op.reads, *op.writes):
            pattern = r"(?<![A-Za-z\\])" + re.escape(value.symbol) + r"(?![A-Za-z])"
            assert re.search(pattern, op.equation.latex), f"{value.symbol}: {op.equation.latex}"
        assert op.equation.words.endswith(".")
        assert op.equation.latex.count("{") == op.equation.latex.count("}")


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize(("loss", "feeder", "width", "targets"), list(cases()))
def test_extreme_numbers_give_no_warning_and_no_nan(loss, feeder, width, targets, dtype, lab):
    squares = loss.kind in ("mse", "half_squared", "gaussian_nll") and feeder.kind in (
        "identity",
        "log_softmax",
    )
    big = 1e4 if squares else float(np.finfo(dtype).max) * 1e-3
    values = np.array([-big, -1e4, -90, -1, 0, 1, 90, 1e4, big], dtype)
    if loss.kind == "gaussian_nll":  # beyond, its exact value has no room in float32
        values = np.clip(values, -20, 20)
    rig = lab.loss(loss, feeder, width, targets, batch=len(values), dtype=dtype)
    set_target(rig)
    for row in range(width):
        rig.free[0][row] = np.roll(values, 2 * row)
    loss_value = rig.run()
    assert np.isfinite(loss_value)
    assert np.isfinite(rig.parameters.gradient).all()


def test_cross_entropy_of_the_largest_logits_is_finite_or_infinite_never_nan(lab):
    for dtype in (np.float32, np.float64):
        top = np.finfo(dtype).max
        for name in ("softmax", "log_softmax"):
            rig = lab.loss(
                LOSSES.make("categorical_cross_entropy"),
                ACTIVATIONS.make(name),
                3,
                CLASSES,
                batch=2,
                dtype=dtype,
            )
            rig.free[0][...] = np.array([[top, -top], [-top, top], [0, 0]])
            rig.program.targets["out"][...] = np.array([[1, 0], [0, 1], [0, 0]])
            assert rig.run() == 0
            assert np.abs(rig.parameters.gradient).max() == 0


def test_binary_cross_entropy_keeps_tiny_losses_exact(lab):
    """log1p(exp(-z)) for the right answer: 9.357622968840175e-14 at z = 30, 0 cancellation."""
    rig = lab.loss(
        LOSSES.make("binary_cross_entropy"), ACTIVATIONS.make("sigmoid"), 1, BINARY, batch=1
    )
    rig.free[0][...] = 30
    rig.program.targets["out"][...] = 1
    assert rig.run() == pytest.approx(9.357622968839737e-14, rel=1e-12)


@pytest.mark.parametrize(
    ("loss", "feeder", "fix"),
    [
        ("binary_cross_entropy", "tanh", "sigmoid"),
        ("binary_cross_entropy", "relu", "sigmoid"),
        ("binary_cross_entropy", None, "sigmoid"),
        ("categorical_cross_entropy", "sigmoid", "softmax"),
        ("categorical_cross_entropy", None, "softmax"),
    ],
)
def test_cross_entropies_refuse_what_is_no_probability(loss, feeder, fix):
    before: Kind | None = None if feeder is None else ACTIVATIONS.make(feeder)
    refusal = LOSSES.make(loss).why_not(before)
    assert isinstance(refusal, Refusal)
    assert refusal.fix == fix


@pytest.mark.parametrize(
    ("loss", "feeder", "levels", "wanted"),
    [
        ("hinge", "identity", None, (-1, 1)),
        ("mse", "tanh", None, (-1, 1)),
        ("mse", "sigmoid", None, (0, 1)),
        ("mse", "sigmoid", "signed", (-1, 1)),
        ("binary_cross_entropy", "sigmoid", None, (0, 1)),
    ],
)
def test_class_levels(loss, feeder, levels, wanted, lab):
    rig = lab.loss(LOSSES.make(loss), ACTIVATIONS.make(feeder), 1, BINARY, levels=levels)
    coding = analyse_of(rig)
    assert (coding.low, coding.high) == wanted


@pytest.mark.parametrize(
    ("loss", "feeder", "levels"),
    [("hinge", "tanh", "unit"), ("binary_cross_entropy", "sigmoid", "signed")],
)
def test_class_levels_that_a_loss_cannot_take_are_refused(loss, feeder, levels):
    graph = edits.add(Graph(), LAYERS.make("input"))
    graph = edits.add(graph, LAYERS.make("dense", units=1, activation=ACTIVATIONS.make(feeder)))
    graph = edits.add(graph, LAYERS.make("output", loss=LOSSES.make(loss), levels=levels))
    graph = edits.connect(graph, "input_1", "dense_1")
    graph = edits.connect(graph, "dense_1", "output_1")
    analysis = analyse(graph, Signature(("x",), BINARY))
    assert not analysis.ready
    assert "needs the class levels" in analysis.problems[0].text
