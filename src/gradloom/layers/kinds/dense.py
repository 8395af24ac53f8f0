"""Dense: every output is a weighted sum of all inputs, plus a bias, through an activation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from gradloom.core.checks import Flag, Whole
from gradloom.core.settings import param
from gradloom.layers.algebra import summed, times
from gradloom.layers.base import LAYERS, Activation, Block
from gradloom.layers.explaining import Index, alone, by_name, element
from gradloom.layers.expression import Explain, Expression
from gradloom.layers.initialisers import Initialiser
from gradloom.layers.shapes import Array, Refusal, Shape
from gradloom.layers.site import Back, Call, Equation, Site, Tensor, Value
from gradloom.layers.weighted import (
    Weighted,
    absolute_decay,
    activation_after,
    biases_start,
    decayed_bias,
    learning,
    square_decay,
    weights_start,
)

_COPIED = (30_000, 1_000_000)  # multiplications


@LAYERS.add
@dataclass(frozen=True)
class Dense(Weighted):
    """z = xW + b with W (inputs, outputs), then a = f(z); torch.nn.Linear with W transposed.

    Stored as one block (inputs + 1, outputs) whose last row is the bias, so that one GEMM with the
    row of ones under x does both. Outputs last: the rows of W then start where the CPU likes them,
    which makes its GEMMs a fifth quicker than with the inputs last.
    """

    kind, label, icon, category = "dense", "Dense", "share-2", "Layers"
    help = "Each unit sums all inputs, weighted, adds a bias and applies the activation."
    units: int = param(4, Whole(1, 65536), "Units", "How many neurons: the size of the output.")
    activation: Activation = activation_after("The function each unit applies to its sum.")
    bias: bool = param(True, Flag(), "Bias", "Add a learnt number to each unit's sum.")
    kernel_init: Initialiser | None = weights_start("How the weights are drawn.")
    bias_init: Initialiser | None = biases_start()
    l1: float = absolute_decay()
    l2: float = square_decay()
    regularise_bias: bool = decayed_bias()
    learn: str = learning()

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        (shape,) = shapes
        if len(shape) != 1:
            return Refusal(
                f"Dense takes a flat row of features, got ({', '.join(map(str, shape))});"
                " add a Flatten before it",
                "flatten",
            )
        return (self.units,)

    def blocks(self, *shapes: Shape) -> tuple[Block, ...]:
        n, m = shapes[0][0], self.units
        return (self.block(n, m, (n, m), (n, m), lambda weights: weights),)

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        z = at.tensor("z", (self.units,))
        block, gradient = at.parameter("Wb"), at.gradient("Wb")
        entering = x.augmented if self.bias else x.flat
        shown = self.shown(at)

        def backward(back: Back) -> None:
            dz = back.gradient_of(z)
            slopes = [at.shown_gradient(value.symbol) for value in shown]
            bias_latex = rf",\quad {slopes[1].symbol} = \sum_i {dz.symbol}_i" if self.bias else ""
            back.operation(
                Equation(
                    rf"{slopes[0].symbol} = x^{{T}} {dz.symbol}{bias_latex}",
                    "Each weight's slope is its input times its unit's slope, summed over rows"
                    + (" (the bias's input is 1)." if self.bias else "."),
                    "Goodfellow et al., Deep Learning, algorithm 6.4",
                ),
                _slopes_calls(at, entering, dz.flat, gradient),
                reads=[x, dz],
                writes=slopes,
                explain=_slopes(slopes, x, dz),
            )
            dx = back.into(x)
            if dx is not None:
                back.operation(
                    Equation(
                        rf"{dx.symbol} = {dz.symbol} W^{{T}}",
                        "Each input's slope sums what flows back through its weights.",
                        "Goodfellow et al., Deep Learning, algorithm 6.4",
                    ),
                    [partial(_kernel(block, x).dot, dz.flat, dx.flat)],
                    reads=[dz, shown[0]],
                    writes=[dx],
                    explain=alone(
                        lambda index: summed(
                            self.units,
                            lambda unit: times(
                                element(dz, (index[0], unit)), element(shown[0], (index[1], unit))
                            ),
                        )
                    ),
                )

        at.operation(
            Equation(
                "z = x W" + (" + b" if self.bias else ""),
                "Each unit sums its inputs times its weights"
                + (" and adds its bias." if self.bias else "."),
                "Goodfellow et al., Deep Learning, section 6.1",
            ),
            [partial(block.T.dot, entering, z.flat)],
            reads=[x, *shown],
            writes=[z],
            backward=backward,
            explain=alone(lambda index: _weighted(x, shown, *index)),
        )
        return self.activation.apply(at, z)

    def summary(self) -> str:
        if self.activation.kind == "identity":
            return ""
        return self.activation.label


def _weighted(x: Tensor, shown: list[Value], row: int, unit: int) -> Expression:
    """The inputs of a row times a unit's weights, and its bias."""
    inputs = x.shape[0]
    return summed(
        inputs + len(shown) - 1,
        lambda i: (
            times(element(x, (row, i)), element(shown[0], (i, unit)))
            if i < inputs
            else element(shown[1], (unit,))
        ),
    )


def _slopes(slopes: list[Value], x: Tensor, dz: Tensor) -> Explain:
    """Sums over rows: of input times the unit's slope for weights, of that slope for biases."""
    rows = x.array.shape[-1]

    def weight(index: Index) -> Expression:
        i, unit = index
        return summed(rows, lambda row: times(element(x, (row, i)), element(dz, (row, unit))))

    def bias(index: Index) -> Expression:
        return summed(rows, lambda row: element(dz, (row, *index)))

    return by_name({v.name: part for v, part in zip(slopes, (weight, bias), strict=False)})


def _slopes_calls(at: Site, entering: Array, dz: Array, gradient: Array) -> Sequence[Call]:
    """Calls that write entering · dzᵀ, by way of a transposed copy where that is quicker.

    OpenBLAS multiplies matrices below a million steps without packing them; there a transposed
    second factor takes it nearly twice the time of a straight one.
    """
    if _COPIED[0] <= len(entering) * dz.size <= _COPIED[1]:
        turned = at.scratch(dz.shape[1], dz.shape[0])
        return [partial(turned.__setitem__, ..., dz.T), partial(entering.dot, turned, gradient)]
    return [partial(entering.dot, dz.T, gradient)]


def _kernel(block: Array, x: Tensor) -> Array:
    """The stored block (inputs [+ 1], outputs) without its bias row."""
    return block[: x.shape[0]]
