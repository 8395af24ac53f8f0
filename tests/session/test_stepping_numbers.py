"""Where single numbers come from, term by term, and how equations read as plain text."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.document.samples import chain, first_project, samples
from gradloom.engine.trace import Trace
from gradloom.layers import LAYERS
from gradloom.layers.algebra import summed
from gradloom.layers.compound import Product, Sum
from gradloom.layers.expression import Number
from gradloom.layers.signature import Target
from gradloom.session.explaining import explain, parameter_keys, shown_arrays, walked_sum
from gradloom.session.picked import DataRows
from gradloom.session.plain import plain
from gradloom.session.stepping import Stepping
from gradloom.session.terms import TermWalk


def _walk(name, **more):
    stepping = Stepping()
    stepping.enter(samples()[name], None, **more)
    return stepping


@pytest.mark.parametrize("name", ["circles", "iris", "xor_points", "skip_connection"])
def test_every_number_of_the_walk_is_explained_and_the_code_gives_it(name):
    stepping = _walk(name, picked=DataRows((0, 5, 9)))
    trace: Trace = stepping.trace
    for position in range(1, trace.end + 1):
        stepping.go(position)
        for value in trace.changed(position - 1):
            index = tuple(n - 1 for n in value.array.shape)
            told = explain(trace, value, index)
            assert told.expression is not None, trace.current.equation.latex
            assert told.expression.evaluate(trace.read) == pytest.approx(
                told.number, rel=2e-5, abs=2e-6
            )
            room = {}
            exec(told.code(trace), room)
            assert room["value"] == pytest.approx(told.number, rel=2e-5, abs=2e-6)


def test_images_are_walked_and_every_number_is_explained():
    kinds = [
        LAYERS.make("reshape", shape="1, 8, 8"),
        LAYERS.make("conv2d"),
        LAYERS.make("max_pool2d"),
        LAYERS.make("batch_norm"),
        LAYERS.make("dropout"),
        LAYERS.make("flatten"),
        LAYERS.make("dense", units=1),
    ]
    rng = np.random.default_rng(0)
    names = tuple(f"p{i}" for i in range(64))
    content = Dataset("d", rng.normal(size=(9, 64)), names, rng.normal(size=(9, 1)), (Target("y"),))
    data = DataSpec(source=SOURCES.make("table", content=content))
    state = dataclasses.replace(first_project(), graph=chain(kinds), data=data)
    stepping = Stepping()
    stepping.enter(state, None)
    trace = stepping.trace
    for position in range(1, trace.end + 1):
        stepping.go(position)
        for shown in shown_arrays(trace, parameter_keys(trace)[0]):
            if shown.result:
                row, column = (n // 2 for n in shown.grid)
                told = explain(trace, shown.value, shown.index_of(row, column))
                number = told.expression.evaluate(trace.read)
                assert number == pytest.approx(told.number, rel=2e-5, abs=1e-5)
    assert all(mark.output is not None for mark in stepping.mark().passed.values())


def test_the_latex_of_a_number_has_symbols_numbers_and_the_result():
    stepping = _walk("classic_step")
    stepping.go(3)
    (z,) = stepping.trace.changed(2)
    latex = explain(stepping.trace, z, (0, 1)).latex(stepping.trace)
    symbols, numbers, result = latex.split(" = ")[1:]
    assert r"x_{1,1}\, W_{1,2}" in symbols
    assert r"0.59327 \cdot 0.5" in numbers
    assert result == "1.22492"


def test_results_come_first_and_overwritten_values_are_shown_before_and_after():
    stepping = _walk("circles")
    stepping.to_end()
    arrays = shown_arrays(stepping.trace, ("dense_1", "W"))
    assert [a.title for a in arrays if a.result] == ["θ"]
    before = next(a for a in arrays if a.before)
    after = arrays[0]
    assert before.array.shape == after.array.shape == (2, 4)
    assert not np.array_equal(before.array, after.array)
    np.testing.assert_array_equal(after.array, stepping.trace.parameters["dense_1", "W"])


def test_the_update_shows_one_parameter_at_a_time():
    stepping = _walk("circles")
    stepping.to_end()
    for layer, name in parameter_keys(stepping.trace):
        shape = stepping.trace.parameters[layer, name].shape
        arrays = shown_arrays(stepping.trace, (layer, name))
        assert {a.array.shape for a in arrays if a.array.size > 1} <= {shape}
        told = explain(stepping.trace, arrays[0].value, (0,) * len(shape))
        assert told.expression.evaluate(stepping.trace.read) == pytest.approx(told.number, rel=1e-5)


def test_results_are_empty_before_the_first_operation():
    stepping = _walk("circles")
    results = [a for a in shown_arrays(stepping.trace, None) if a.result]
    assert results
    assert not any(a.known for a in results)
    stepping.forward()
    assert all(a.known for a in shown_arrays(stepping.trace, None))


@pytest.mark.parametrize(
    "shape", [(), (3,), (2, 3), (2, 3, 4)], ids=lambda s: "x".join(map(str, s)) or "0d"
)
def test_cells_and_indices_belong_together(shape):
    from gradloom.layers.site import Value
    from gradloom.session.explaining import Shown

    array = np.arange(math.prod(shape), dtype=float).reshape(shape)
    shown = Shown(Value("a", "a", array), array, "a", result=True, before=False, known=True)
    rows, columns = shown.grid
    assert rows * columns == array.size
    for row in range(rows):
        line = shown.rows(row, row + 1) if array.ndim > 1 else shown.rows(0, 1)
        for column in range(columns):
            index = shown.index_of(row, column)
            assert line[0, column] == array[index]
            assert shown.cell_of(index) == (row, column)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20), st.data())
def test_a_walk_through_terms_goes_both_ways_and_ends_at_the_sum(numbers, data):
    whole = summed(len(numbers), lambda k: Number(numbers[k]))
    walk = TermWalk(whole, float)
    assert len(walk) == len(numbers)
    for _ in range(10):
        walk.move(data.draw(st.integers(-3, 3)))
        assert 0 <= walk.at <= len(numbers)
        assert walk.partial() == math.fsum(numbers[: walk.at])
        assert walk.number() == (numbers[walk.at - 1] if walk.at else 0.0)
    walk.move(100)
    assert walk.partial() == whole.evaluate()
    walk.move(-100)
    assert (walk.at, walk.term, walk.partial()) == (0, None, 0.0)


def test_a_term_is_told_with_the_sum_so_far():
    walk = TermWalk(Sum((Number(0.5), Number(-0.25), Number(1))), float)
    walk.move(2)
    assert walk.said() == "term 2 of 3: 0.5 − 0.25 = 0.25"


def test_the_outermost_sum_is_walked():
    inner = Sum((Number(1), Number(2)))
    outer = Product((Number(3), Sum((inner, Number(4)))))
    assert walked_sum(outer) is outer.factors[1]
    assert walked_sum(Product((Number(1), Number(2)))) is None
    assert walked_sum(None) is None


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        ("z = x W + b", "z = x W + b"),
        (
            r"\frac{\partial L}{\partial W} = x^{T} \frac{\partial L}{\partial z}",
            "∂L/∂W = xᵀ ∂L/∂z",
        ),
        (r"z_{1,2}", "z₁,₂"),
        (r"\frac{1}{1 + e^{-z}}", "1/(1 + e^(-z))"),
        (r"\theta = \theta - \eta\, g", "θ = θ - η g"),
        (r"\hat{x} \odot \gamma", "x̂ ⊙ γ"),
        (r"\sqrt{v} + \epsilon", "√(v) + ε"),
        (r"\beta_1^t", "β₁ᵗ"),
        (r"\mathrm{sign}(\theta)", "sign(θ)"),
        (r"a,\quad b", "a, b"),
        (r"\unknown{x} {unclosed", "unknownx unclosed"),
        ("", ""),
    ],
)
def test_plain_text(latex, text):
    assert plain(latex) == text


def test_every_equation_of_every_sample_reads_without_backslashes():
    for name in samples():
        for operation in _walk(name).trace.operations:
            text = plain(operation.equation.latex)
            assert text
            assert "\\" not in text
            assert "{" not in text


def test_first_project_is_ready_for_a_walk():
    stepping = Stepping()
    stepping.enter(first_project(), None)
    assert stepping.end > 15
