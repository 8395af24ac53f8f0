"""What every registered layer kind must do."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import strategies

from gradloom.core.errors import BadValue
from gradloom.layers import ACTIVATIONS, INITIALISERS, LAYERS
from gradloom.layers.base import Sink, Source
from gradloom.layers.shapes import Refusal

KINDS = LAYERS.kinds()
INNER = strategies.inner_kinds()
MERGES = [k for k in INNER if k.least_inputs > 1]
VARIANTS = {
    "dense": [
        {"units": 4},
        {"units": 4, "bias": False},
        {"units": 2, "activation": ACTIVATIONS.make("tanh")},
    ],
    "gelu": [{}, {"form": "tanh"}],
    "elu": [{}, {"alpha": 0.7}, {"alpha": 2.5}],
    "leaky_relu": [{}, {"slope": 0.3}, {"slope": 0}],
    "dropout": [{}, {"rate": 0.2}, {"rate": 0}],
    "batch_norm": [{}, {"momentum": 0.3, "epsilon": 0.01}],
    "conv2d": [
        {"filters": 3},
        {"filters": 4, "kernel_width": 2, "groups": 2, "padding": "same", "dilation": 2},
        {"filters": 2, "stride": 2, "padding": "number", "cells": 2, "bias": False},
        {"filters": 2, "kernel": 1, "activation": ACTIVATIONS.make("tanh")},
    ],
    "max_pool2d": [{}, {"size": 3, "stride": 1, "padding": 1}, {"size": 1}, {"stride": 3}],
    "average_pool2d": [{}, {"size": 3, "stride": 2, "padding": 1, "count_padding": False}],
    "reshape": [{"shape": "1 x 3 x 1"}, {"shape": "5, 3, 8"}],
    "upsample": [{"factor": 3}, {"factor": 1}],
    "zero_pad2d": [{}, {"top": 0, "bottom": 3, "right": 2}],
}
ICONS = Path(__file__).parents[2] / "resources" / "icons"


def ids(kind):
    return getattr(kind, "kind", None) or str(kind)


def instances(kinds=INNER):
    return [
        pytest.param(cls(**variant), id="-".join([cls.kind, *map(str, variant)]))
        for cls in kinds
        for variant in VARIANTS.get(cls.kind, [{}])
    ]


def arrivals(kind):
    """Lists of input shapes a kind takes, all sizes unlike each other."""
    if kind.least_inputs == 1:
        tried = [[(3,)], [(1,)], [(2, 3, 4)], [(4, 5, 6)]]
    elif kind.kind == "concatenate":
        tried = [[(3,), (2,)], [(3,), (1,), (4,)], [(2, 3, 4), (5, 3, 4)]]
    else:
        tried = [[(3,)] * 2, [(2, 3, 4)] * 2]
        if kind.most_inputs is None:
            tried.append([(4,)] * 3)
    return [shapes for shapes in tried if not isinstance(kind.infer(*shapes), Refusal)]


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_it_introduces_itself(kind):
    assert kind.label
    assert kind.help.endswith((".", "!"))
    assert kind.category
    assert (ICONS / f"{kind.icon}.svg").exists(), f"no icon {kind.icon}"
    assert kind.__doc__
    for setting in kind.settings():
        assert setting.label


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_defaults_are_valid_and_survive_a_round_trip(kind):
    record = kind()
    assert record.problems() == []
    assert LAYERS.decode(record.encode()) == record


@pytest.mark.parametrize("registry", [LAYERS, ACTIVATIONS, INITIALISERS], ids=lambda r: r.noun)
@settings(max_examples=50)
@given(data=st.data())
def test_any_valid_settings_survive_a_round_trip(registry, data):
    record = data.draw(strategies.kinds_of(registry))
    assert registry.decode(record.encode()) == record


@pytest.mark.parametrize("kind", [k for k in KINDS if k.settings()], ids=ids)
@settings(max_examples=30)
@given(data=st.data())
def test_bad_settings_are_refused_in_words(kind, data):
    name, value = data.draw(strategies.bad_settings(kind))
    problems = dict(kind().replace(**{name: value}).problems())
    assert name in problems
    assert re.match(r"(must|has|names|holds) ", problems[name])


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_unknown_settings_in_files_are_refused(kind):
    with pytest.raises(BadValue, match=r"layers\[0\]\.nonsense: is not a setting of"):
        LAYERS.decode({"kind": kind.kind, "nonsense": 1}, "layers[0]")


@pytest.mark.parametrize("kind", KINDS, ids=ids)
def test_its_schema_names_every_setting(kind):
    schema = kind.schema()
    assert set(schema["properties"]) == {"kind", *(s.name for s in kind.settings())}
    assert schema["additionalProperties"] is False
    assert schema["properties"]["kind"] == {"const": kind.kind}
    for setting in kind.settings():
        rules = schema["properties"][setting.name]
        assert {"type", "enum", "anyOf", "oneOf"} & set(rules)


@pytest.mark.parametrize("kind", instances())
def test_inferred_shape_is_the_shape_produced(kind, lab):
    assert arrivals(kind)
    for shapes in arrivals(kind):
        rig = lab.kind(kind, shapes, batch=6)
        rig.run()
        assert rig.output().shape == (6, *kind.infer(*shapes))


@pytest.mark.parametrize("training", [True, False], ids=["training", "prediction"])
@pytest.mark.parametrize("kind", [k for k in instances() if k.values[0].kind != "step"])
def test_gradient_equals_central_differences(kind, training, lab):
    for shapes in arrivals(kind):
        if shapes != [(4, 5, 6)] or kind.category == "Images":
            batch = 2 if len(shapes[0]) > 1 else 7
            lab.kind(kind, shapes, batch=batch, training=training).check_gradient()


@pytest.mark.parametrize("kind", instances(MERGES))
def test_the_same_tensor_may_enter_twice(kind, lab):
    if kind.kind == "maximum":
        return  # equal everywhere: the slope is a convention, see test_worked_cases
    for count in (2, 3) if kind.most_inputs is None else (2,):
        lab.kind(kind, [(3,)] * count, same=True).check_gradient()


@pytest.mark.parametrize("kind", instances(MERGES))
def test_merges_refuse_shapes_in_words(kind):
    refusal = kind.infer((3, 5), (3, 4))
    assert isinstance(refusal, Refusal)
    assert refusal.sentence.startswith(kind.label)
    assert "got 3 × 5 and 3 × 4" in refusal.sentence
    assert not refusal.sentence.endswith(".")


@pytest.mark.parametrize("kind", instances())
def test_equations_name_what_they_read_and_write(kind, lab):
    for shapes in arrivals(kind):
        rig = lab.kind(kind, shapes)
        own = [op for op in rig.program.operations if op.layer == "it"]
        for op in own:
            latex = op.equation.latex
            symbols = [v.symbol for v in (*op.reads, *op.writes)]
            for symbol in symbols:
                assert re.search(whole(symbol), latex), f"{symbol} is not in {latex}"
            assert op.equation.words.endswith(".")
            assert latex.count("{") == latex.count("}")
            assert not re.search(r"\de[-+]?\d", latex), "powers of ten are written as powers"
            assert not unknown_letters(latex, symbols), f"{latex} of {symbols}"
        names = [v.name for op in own for v in op.writes if "gradient" not in v.name]
        assert len(names) == len(set(names))


def whole(symbol):
    """A pattern that finds a symbol, not a part of a longer name."""
    return r"(?<![A-Za-z\\])" + re.escape(symbol) + r"(?![A-Za-z])"


def unknown_letters(latex, symbols):
    """Letters in an equation that are neither symbols nor usual signs (counts, indices, e ...)."""
    for symbol in sorted(set(symbols), key=len, reverse=True):
        latex = re.sub(whole(symbol), " ", latex)
    usual = set("BKnijkeLTPNUushvgqrdc")
    latex = re.sub(r"\\mathrm\{\w+\}|\\[a-zA-Z]+|\d", " ", latex)
    return [letter for letter in re.findall("[A-Za-z]", latex) if letter not in usual]


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("kind", instances())
def test_extreme_numbers_give_no_warning_and_no_nan(kind, dtype, lab):
    """Activations without any help; the others as the engine runs them, where inf is allowed."""
    big = np.finfo(dtype).max * 0.5
    tiny = np.finfo(dtype).tiny
    values = np.array([-big, -1e4, -800, -90, -tiny, 0, tiny, 90, 800, 1e4, big], dtype)
    for shapes in arrivals(kind):
        rig = lab.kind(kind, shapes, batch=len(values), dtype=dtype, scale=1e-3)
        rig.parameters.theta[...] = 1
        for port, free in enumerate(rig.free):
            rows = free.reshape(-1, len(values))
            for row in range(len(rows)):
                rows[row] = np.roll(values, 3 * row + port)
        if isinstance(kind, ACTIVATIONS.kinds()):
            rig.run()
            assert np.isfinite(rig.output()).all()
            for slope in rig.free_slopes:
                assert np.isfinite(slope).all()
        elif kind.kind in ("dropout", "add", "average", "maximum", "subtract", "concatenate"):
            for free in rig.free:  # the exact result must be representable
                free *= 0.3
            rig.run()
            assert np.isfinite(rig.output()).all()
        else:
            for free in rig.free:  # products and squares of these would be infinite
                np.clip(free, -1e4, 1e4, out=free)
            rig.run()
            assert np.isfinite(rig.parameters.gradient).all()


@pytest.mark.parametrize("kind", ACTIVATIONS.kinds(), ids=ids)
def test_activations_stay_in_their_span_and_name_an_initialiser(kind, lab):
    rig = lab.kind(kind(), [(3,)], batch=50)
    rig.free[0][...] *= 5
    rig.run()
    low, high = kind.span
    assert low - 1e-12 <= rig.output().min()
    assert rig.output().max() <= high + 1e-12
    assert kind.init in INITIALISERS
    assert kind in KINDS


def test_every_kind_of_a_flow_is_inner_source_or_sink():
    assert set(KINDS) == {*INNER, *(k for k in KINDS if issubclass(k, Source | Sink))}


def test_calls_allocate_nothing_that_grows(lab):
    """Running a program twice writes into the same memory."""
    for kind in INNER:
        made = kind(**VARIANTS.get(kind.kind, [{}])[0])
        for shapes in arrivals(made)[:1]:
            rig = lab.kind(made, shapes)
            rig.run()
            where = {n: t.array.ctypes.data for n, t in rig.program.tensors.items()}
            first = rig.output()
            rig.run()
            assert where == {n: t.array.ctypes.data for n, t in rig.program.tensors.items()}
            np.testing.assert_array_equal(rig.output(), first)
