"""Checks that every number of a walk is explained, and that an operation writes what it says."""

from __future__ import annotations

import functools
import math
import re
import warnings

import numpy as np

from gradloom.layers.expression import Reference

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # its own imports, on Python 3.11
    import ziamath
ziamath.config.svg2 = False


def places(array, rng, most=3):
    """Indices into an array: all of a small one, else the corners and some between."""
    everywhere = list(np.ndindex(array.shape))
    if len(everywhere) <= most:
        return everywhere
    inner = rng.choice(len(everywhere) - 2, most - 2, replace=False) + 1
    return [everywhere[0], *(everywhere[int(i)] for i in inner), everywhere[-1]]


def check_drawing(latex):
    """It can be drawn. Other numbers, signs and heights of brackets make no difference."""
    assert latex.count(r"\left") == latex.count(r"\right")
    latex = re.sub(r"\\left(?=[(|[])|\\right(?=[)|\]])", "", latex)
    latex = re.sub(r"\d+(\.\d+)?", "1", latex).replace(r"1 \times 1^{-1}", "1")
    latex = re.sub(r"(?<=[(|{])-|^-|\(-1\)", "", latex.replace("(-1)", "1")).replace(" - ", " + ")
    assert _renders(latex.replace("{1}^", "1^")), latex


@functools.cache
def _renders(latex):
    return "<svg" in ziamath.Latex(latex).svg()


def check_element(operation, value, index, read, *, drawn=True):
    """One number: the expression's value, its code, its two equations, what it refers to."""
    where = f"{operation.layer} {operation.phase} {value.name}{index}: {operation.equation.latex}"
    expression = operation.explain(value.name, index)
    wanted = float(value.array[index])
    np.testing.assert_allclose(expression.evaluate(read), wanted, 1e-9, 1e-12, err_msg=where)
    with np.errstate(all="ignore"):
        computed = eval(expression.code(read), {"np": np, "math": math})
    np.testing.assert_allclose(computed, wanted, 1e-9, 1e-12, err_msg=where)
    known = {(v.name, v.symbol): v for v in (*operation.reads, *operation.writes)}
    written = {v.name for v in operation.writes}
    for reference in expression.references():
        named = known[reference.value.name, reference.value.symbol]
        assert np.shares_memory(reference.value.array, named.array), where
        assert not reference.before or reference.value.name in written, where
        reference.value.array[reference.index]
    symbols, numbers = expression.latex(most=3), expression.latex(read=read, most=3)
    assert "nan" not in numbers.lower()
    if drawn:  # 0.1 s each
        for latex in (symbols, numbers, Reference(value, index).latex()):
            check_drawing(latex)


def check_trace(trace, seed=0):
    """Every written value of every operation of a trace, at some places; both ways."""
    rng = np.random.default_rng(seed)
    for number, operation in enumerate(trace.operations):
        trace.go(number + 1)
        assert operation.explain is not None, operation.equation.latex
        for value in operation.writes:
            for i, index in enumerate(places(value.array, rng)):
                check_element(operation, value, index, trace.read, drawn=i < 1)
    trace.go(0)


def check_run(operations, others=(), seed=0):
    """Run operations for real, one by one: explained, and all they change is what they write.

    `others` are further arrays that nothing but named writes may change.
    """
    rng = np.random.default_rng(seed)
    values = [v for op in operations for v in (*op.reads, *op.writes)]
    watched = [*(v.array for v in values), *others]
    for operation in operations:
        where = f"{operation.layer} {operation.phase} {operation.equation.latex}"
        for i, one in enumerate(operation.writes):
            for other in operation.writes[:i]:
                assert not np.shares_memory(one.array, other.array), where
        before = [array.copy() for array in watched]
        earlier = {value.name: value.array.copy() for value in operation.writes}
        for call in operation.calls:
            call()
        after = [value.array.copy() for value in operation.writes]

        def read(reference, earlier=earlier):
            array = reference.value.array
            if reference.before:
                array = earlier[reference.value.name]
            return float(array[reference.index])

        assert operation.explain is not None, where
        for value in operation.writes:
            for index in places(value.array, rng):
                check_element(operation, value, index, read, drawn=False)
        for value in operation.writes:  # undone as the trace does it
            value.array[...] = earlier[value.name]
        for array, was in zip(watched, before, strict=True):
            np.testing.assert_array_equal(array, was, err_msg=where)
        for value, made in zip(operation.writes, after, strict=True):
            value.array[...] = made
