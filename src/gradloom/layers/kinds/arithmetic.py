"""Add, subtract, multiply, average and take the largest of several inputs, number by number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import add, call, minus, times
from gradloom.layers.base import LAYERS
from gradloom.layers.explaining import Index, alone, element, part_of
from gradloom.layers.expression import Expression
from gradloom.layers.merging import Merge, in_turn, listed
from gradloom.layers.pullback import Pullback
from gradloom.layers.shapes import Array
from gradloom.layers.site import Back, Call, Equation, Site, Tensor


@LAYERS.add
@dataclass(frozen=True)
class Add(Merge):
    """a = x_1 + x_2 + ..., number by number."""

    kind, label, icon = "add", "Add", "plus"
    help = "Sums its inputs number by number: the end of a skip connection."

    def build(self, at: Site) -> Tensor:
        a = at.tensor("a", at.inputs[0].shape)
        pullback = _unchanged("A sum hands its slope to each input unchanged.")

        def backward(back: Back) -> None:
            for x in at.inputs:
                pullback.put(back, a, x)

        at.operation(
            Equation(
                f"a = {listed(at.inputs, ' + ')}",
                "The inputs added number by number.",
                "He et al. 2016, Deep residual learning",
            ),
            in_turn(
                lambda left, right, out: partial(np.add, left, right, out),
                [x.array for x in at.inputs],
                a.array,
            ),
            reads=at.inputs,
            writes=[a],
            backward=backward,
            explain=alone(lambda index: add(*(element(x, index) for x in at.inputs))),
        )
        return a


@LAYERS.add
@dataclass(frozen=True)
class Subtract(Merge):
    """a = x_1 - x_2, number by number."""

    kind, label, icon = "subtract", "Subtract", "minus"
    help = "The first input minus the second, number by number."
    most_inputs = 2

    def port_label(self, port: int) -> str:
        return ("minuend", "subtrahend")[port]

    def build(self, at: Site) -> Tensor:
        first, second = at.inputs
        a = at.tensor("a", first.shape)
        kept = _unchanged("The first input takes the slope unchanged.")
        turned = Pullback(
            Equation("-{da}", "The second input takes the slope with its sign turned."),
            lambda da, dx: [partial(np.negative, da.array, dx.array)],
            lambda da, index: times(-1, element(da, index)),
        )

        def backward(back: Back) -> None:
            kept.put(back, a, first)
            turned.put(back, a, second)

        at.operation(
            Equation(
                f"a = {first.symbol} - {second.symbol}",
                "The first input minus the second, number by number.",
            ),
            [partial(np.subtract, first.array, second.array, a.array)],
            reads=at.inputs,
            writes=[a],
            backward=backward,
            explain=alone(lambda index: minus(element(first, index), element(second, index))),
        )
        return a


@LAYERS.add
@dataclass(frozen=True)
class Multiply(Merge):
    """a = x_1 x_2 ..., number by number."""

    kind, label, icon = "multiply", "Multiply", "x"
    help = "Multiplies its inputs number by number: one input can gate another."

    def build(self, at: Site) -> Tensor:
        a = at.tensor("a", at.inputs[0].shape)

        def product(left: Array, right: Array, out: Array) -> Call:
            return partial(np.multiply, left, right, out)

        def gated(others: Sequence[Tensor]) -> Pullback:
            return Pullback(
                Equation(
                    r"{da} \odot " + listed(others, r" \odot "),
                    "Each input's slope is what arrives, times the other inputs.",
                ),
                lambda da, dx: in_turn(product, [da.array, *(y.array for y in others)], dx.array),
                lambda da, index: times(*(element(y, index) for y in (da, *others))),
                others,
            )

        def backward(back: Back) -> None:
            for port, x in enumerate(at.inputs):
                others = [y for other, y in enumerate(at.inputs) if other != port]
                gated(others).put(back, a, x)

        at.operation(
            Equation(
                "a = " + listed(at.inputs, r" \odot "),
                "The inputs multiplied number by number.",
                "Hochreiter & Schmidhuber 1997 (gates)",
            ),
            in_turn(product, [x.array for x in at.inputs], a.array),
            reads=at.inputs,
            writes=[a],
            backward=backward,
            explain=alone(lambda index: times(*(element(x, index) for x in at.inputs))),
        )
        return a


@LAYERS.add
@dataclass(frozen=True)
class Average(Merge):
    """a = (x_1 + ... + x_n) / n, number by number; divided first, so that no sum overflows."""

    kind, label, icon = "average", "Average", "equal"
    help = "The mean of its inputs, number by number."

    def build(self, at: Site) -> Tensor:
        n = len(at.inputs)
        a, work = at.tensor("a", at.inputs[0].shape), at.scratch(*at.inputs[0].array.shape)
        share = at.constant(1 / n)
        equal = Pullback(
            Equation(
                rf"\frac{{1}}{{{n}}}\,{{da}}",
                f"Each of the {n} inputs takes an equal part of the slope.",
            ),
            lambda da, dx: [partial(np.multiply, da.array, share, dx.array)],
            lambda da, index: part_of(1, n, element(da, index)),
        )

        def backward(back: Back) -> None:
            for x in at.inputs:
                equal.put(back, a, x)

        calls: list[Call] = [partial(np.multiply, at.inputs[0].array, share, a.array)]
        for x in at.inputs[1:]:
            calls.append(partial(np.multiply, x.array, share, work))
            calls.append(partial(np.add, a.array, work, a.array))
        at.operation(
            Equation(
                rf"a = \frac{{1}}{{{n}}}\,({listed(at.inputs, ' + ')})",
                "The mean of the inputs, number by number.",
            ),
            calls,
            reads=at.inputs,
            writes=[a],
            backward=backward,
            explain=alone(
                lambda index: part_of(1, n, add(*(element(x, index) for x in at.inputs)))
            ),
        )
        return a


@LAYERS.add
@dataclass(frozen=True)
class Maximum(Merge):
    """a = max(x_1, max(x_2, ...)) from the left; equal numbers share the slope (torch.maximum)."""

    kind, label, icon = "maximum", "Maximum", "chevron-up"
    help = "The largest of its inputs, number by number. Equal ones share the slope."

    def build(self, at: Site) -> Tensor:
        shape = at.inputs[0].array.shape
        a = at.tensor("a", at.inputs[0].shape)
        # the largest so far before each input from the second on
        largest = [at.inputs[0].array, *(at.scratch(*shape) for _ in at.inputs[2:])]
        results = [*largest[1:], a.array]
        pairs = list(zip(largest, at.inputs[1:], results, strict=True))
        largest_of = r"a = \max(" + listed(at.inputs, r",\, ") + ")"

        def backward(back: Back) -> None:
            """From the last input to the first: each takes its part of what is left."""
            da = back.gradient_of(a)
            rest, work, unused = (at.scratch(*shape) for _ in range(3))
            calls: list[Call] = [partial(np.copyto, rest, da.array)]
            for port in reversed(range(len(at.inputs))):
                x = at.inputs[port]
                dx = back.into(x)
                part = unused if dx is None else dx.array
                if port:
                    calls += _won(at, x.array, largest[port - 1], part, work)
                    calls.append(partial(np.multiply, part, rest, part))
                    calls.append(partial(np.subtract, rest, part, rest))
                else:
                    calls.append(partial(np.copyto, part, rest))
                if dx is not None:
                    back.operation(
                        Equation(
                            rf"{dx.symbol} = {da.symbol} \odot [{x.symbol} = a],\quad {largest_of}",
                            "The slope goes to the input that was the largest; two equal ones take"
                            " half each.",
                            "torch.maximum",
                        ),
                        calls,
                        reads=[da, *at.inputs, a],
                        writes=[dx],
                        explain=alone(partial(_winners_part, da, at.inputs, port)),
                    )
                    calls = []

        at.operation(
            Equation(
                largest_of,
                "The largest of the inputs, number by number.",
                "Goodfellow et al. 2013, Maxout networks",
            ),
            [partial(np.maximum, so_far, x.array, out=out) for so_far, x, out in pairs],
            reads=at.inputs,
            writes=[a],
            backward=backward,
            explain=alone(lambda index: call("max", *(element(x, index) for x in at.inputs))),
        )
        return a


def _unchanged(words: str) -> Pullback:
    """The slope as it arrives."""
    return Pullback(
        Equation("{da}", words), lambda da, dx: [partial(np.copyto, dx.array, da.array)], element
    )


def _winners_part(da: Tensor, inputs: Sequence[Tensor], port: int, index: Index) -> Expression:
    """The slope times H(x - the largest before it), and H(0) = 1/2, at every comparison it wins."""
    values = [element(x, index) for x in inputs]

    def largest(count: int) -> Expression:
        return values[0] if count == 1 else call("max", *values[:count])

    own = [call("heaviside", minus(values[port], largest(port)))] if port else []
    later = [
        call("heaviside", minus(largest(other), values[other]))
        for other in range(max(port + 1, 1), len(values))
    ]
    return times(element(da, index), *own, *later)


def _won(at: Site, x: Array, other: Array, out: Array, work: Array) -> Sequence[Call]:
    """Calls that write 1 where x > other, a half where they are equal, else 0."""
    return [
        partial(np.greater, x, other, out=out),
        partial(np.greater_equal, x, other, out=work),
        partial(np.add, out, work, out),
        partial(np.multiply, out, at.constant(0.5), out),
    ]
