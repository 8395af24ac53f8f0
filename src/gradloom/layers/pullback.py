"""How a slope goes back through an operation to one of its inputs: a vector-Jacobian product."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gradloom.layers.explaining import Index, alone
from gradloom.layers.expression import Expression
from gradloom.layers.site import Back, Call, Equation, Tensor, Value


@dataclass(frozen=True)
class Pullback:
    """dx made of da, where a was made of x (and perhaps of more).

    `equation` is the right side, with {da} for the slope that arrives. `calls` (da, dx) write dx,
    `told` (da, index) says where an element of dx comes from. `reads`: what else they need.
    """

    equation: Equation
    calls: Callable[[Tensor, Tensor], Sequence[Call]]
    told: Callable[[Tensor, Index], Expression]
    reads: Sequence[Tensor | Value] = ()

    def put(self, back: Back, a: Tensor, x: Tensor) -> None:
        """Put it at `back`, if anybody needs dx."""
        da, dx = back.gradient_of(a), back.into(x)
        if dx is None:
            return
        said = self.equation
        back.operation(
            Equation(
                f"{dx.symbol} = " + said.latex.replace("{da}", da.symbol), said.words, said.source
            ),
            self.calls(da, dx),
            reads=[da, *self.reads],
            writes=[dx],
            explain=alone(lambda index: self.told(da, index)),
        )
