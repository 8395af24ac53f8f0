"""Expressions by themselves: how they are written, and that extreme numbers do no harm."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests import explanations

from gradloom.layers.algebra import add, at, call, minus, over, square, summed, times, was
from gradloom.layers.compound import LogSum, Share
from gradloom.layers.expression import live
from gradloom.layers.functions import FUNCTIONS, number_latex
from gradloom.layers.site import Value

A = Value("a", "one.a", np.array([[-0.5, 0.25], [2.0, 0.0]]))
SLOPE = Value(r"\frac{\partial L}{\partial a}", "one.a.gradient", np.ones((2, 2)))
PORT = Value("x_{2}", "two.a", np.ones((2, 2)))
LONG = Value("w", "long", np.arange(1000.0))
a, b = at(A, 0, 0), at(A, 0, 1)


@pytest.mark.parametrize(
    ("expression", "symbols", "numbers"),
    [
        (times(a, b), r"a_{1,1}\, a_{1,2}", r"-0.5 \cdot 0.25"),
        (times(b, a), r"a_{1,2}\, a_{1,1}", r"0.25 \cdot \left(-0.5\right)"),
        (minus(b, a), "a_{1,2} - a_{1,1}", r"0.25 - \left(-0.5\right)"),
        (add(b, a), "a_{1,2} + a_{1,1}", "0.25 - 0.5"),
        (times(a, add(b, 1)), r"a_{1,1}\, \left(a_{1,2} + 1\right)", None),
        (minus(1, add(a, b)), r"1 - \left(a_{1,1} + a_{1,2}\right)", None),
        (times(-1, -1, a), "a_{1,1}", "-0.5"),
        (times(1, a), "a_{1,1}", "-0.5"),
        (times(2, 3, a), r"2 \cdot 3\, a_{1,1}", None),
        (square(a), "a_{1,1}^{2}", r"{\left(-0.5\right)}^{2}"),
        (square(b), "a_{1,2}^{2}", "0.25^{2}"),
        (square(add(a, b)), r"{\left(a_{1,1} + a_{1,2}\right)}^{2}", None),
        (over(times(-1, b), 2), r"-\frac{a_{1,2}}{2}", None),
        (over(a, 1), "a_{1,1}", "-0.5"),
        (call("exp", times(-1, a)), "e^{-a_{1,1}}", None),
        (was(A, 1, 1), r"a_{2,2}^{\mathrm{old}}", "0"),
        (square(was(A, 1, 1)), r"{\left(a_{2,2}^{\mathrm{old}}\right)}^{2}", "0^{2}"),
        (at(SLOPE, 1, 0), r"\frac{\partial L}{\partial a_{2,1}}", "1"),
        (at(PORT, 1, 0), "(x_{2})_{2,1}", "1"),
    ],
)
def test_brackets_and_signs(expression, symbols, numbers):
    assert expression.latex() == symbols
    if numbers is not None:
        assert expression.latex(read=live) == numbers
    computed = eval(expression.code(), {"np": np, "math": math})
    assert computed == pytest.approx(expression.evaluate(), rel=1e-15)
    assert explanations._renders(symbols)
    assert explanations._renders(expression.latex(read=live))


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0.123456, "0.1235"),
        (-0.0, "0"),
        (12345.0, "12345"),
        (1e-5, "10^{-5}"),
        (-1.2344e-9, r"-1.234 \times 10^{-9}"),
        (math.inf, r"\infty"),
        (math.nan, r"\mathrm{NaN}"),
    ],
)
def test_numbers_are_readable(number, said):
    assert number_latex(number) == said


def test_long_sums_are_made_when_asked_for_and_shortened():
    made = []

    def term(i):
        made.append(i)
        return at(LONG, i)

    total = summed(1000, term)
    assert total.latex(most=4) == r"w_{1} + w_{2} + w_{3} + \cdots + w_{1000}"
    assert made == [0, 1, 2, 999]
    assert total.evaluate() == 499500
    assert len(list(total.references())) == 1000


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("extreme", [0.0, -1e308, 1e308, math.inf, -math.inf, math.nan])
def test_functions_take_any_number(name, extreme):
    count = 2 if "{1}" in FUNCTIONS[name].template else 1
    assert isinstance(float(FUNCTIONS[name].of(*[extreme] * count)), float)


def test_softmax_does_not_overflow():
    z = Value("z", "z", np.array([900.0, 899.0, -900.0]))
    powers = [call("exp", at(z, i)) for i in range(3)]
    share = Share(powers[0], add(*powers))
    assert share.evaluate() == pytest.approx(1 / (1 + math.exp(-1)), rel=1e-12)
    assert eval(share.code(), {"np": np}) == pytest.approx(share.evaluate(), rel=1e-12)
    assert Share(powers[2], add(*powers)).evaluate() == 0
    logarithm = LogSum(add(*powers))
    assert logarithm.evaluate() == pytest.approx(900 + math.log1p(math.exp(-1)), rel=1e-12)
    assert share.latex() == r"\frac{e^{z_{1}}}{e^{z_{1}} + e^{z_{2}} + e^{z_{3}}}"


def test_division_by_zero_gives_what_numpy_gives():
    assert over(1.0, at(A, 1, 1)).evaluate() == math.inf
    assert over(-1.0, at(A, 1, 1)).evaluate() == -math.inf
    assert math.isnan(over(at(A, 1, 1), at(A, 1, 1)).evaluate())


def test_references_are_told_apart_by_element():
    assert at(A, 0, 1) == at(A, 0, 1)
    assert at(A, 0, 1) != was(A, 0, 1)
    assert len({at(A, 0, 1), at(A, 0, 1), at(A, 1, 0)}) == 2
