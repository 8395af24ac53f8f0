"""What a kind sees while it is compiled: buffers to bind calls to, and where operations go.

Arrays in a program keep the batch in the LAST axis: a tensor of sample shape (4,) in a batch of 10
is stored as (4, 10). Under each tensor lies one more row, always 1, so that a dense layer's bias
is a last row of its weights and one GEMM does both. `Value.array` is the same memory seen
batch first, the way people write it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from gradloom.layers.shapes import Array, DType, Shape

if TYPE_CHECKING:
    from gradloom.layers.base import Kind
    from gradloom.layers.coding import Coding
    from gradloom.layers.expression import Explain

Call = Callable[[], object]


class Phase(StrEnum):
    """The four parts of a training step."""

    FORWARD = "forward"
    LOSS = "loss"
    BACKWARD = "backward"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Equation:
    """An operation in LaTeX and in one plain sentence; `source` cites where it is from."""

    latex: str
    words: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A named array of a program as a person sees it: batch first, weights (inputs, outputs).

    `symbol` is its name in the equation (LaTeX), `name` is unique in the program ("dense_1.z").
    """

    symbol: str
    name: str
    array: Array


@dataclass(frozen=True, eq=False)
class Tensor:
    """A value that flows: `array` (*shape, batch); `augmented` (size + 1, batch), last row ones.

    `made_by` and `made_from` say which activation made it from which tensor, so that a loss can
    be fused with it; `notes` are arrays of that computation which the loss may read.
    """

    symbol: str
    name: str
    shape: Shape
    array: Array
    augmented: Array
    made_by: Kind | None = None
    made_from: Tensor | None = None
    notes: Mapping[str, Array] = field(default_factory=dict)

    @property
    def flat(self) -> Array:
        """(size, batch)."""
        return self.augmented[:-1]

    @cached_property
    def value(self) -> Value:
        """This tensor as a person sees it, (batch, *shape)."""
        return Value(self.symbol, self.name, np.moveaxis(self.array, -1, 0))


Backward = Callable[["Back"], None]


class Back(Protocol):
    """Where an operation's backward part is put. Asked for in reverse order of the forward pass."""

    def gradient_of(self, tensor: Tensor) -> Tensor:
        """dL/dtensor, complete by now."""

    def into(self, tensor: Tensor) -> Tensor | None:
        """Where to WRITE this operation's share of dL/dtensor; None if nobody needs it.

        Shares of several consumers are added up by the compiler.
        """

    def operation(
        self,
        equation: Equation,
        calls: Sequence[Call],
        reads: Sequence[Tensor | Value],
        writes: Sequence[Tensor | Value],
        explain: Explain | None = None,
    ) -> None:
        """Append a backward operation; `explain` tells where one number of it comes from."""


class Site(Protocol):
    """The place of one layer in the program that is being compiled."""

    @property
    def layer(self) -> str:
        """The layer's id."""

    @property
    def batch(self) -> int:
        """Rows per run of the program."""

    @property
    def dtype(self) -> DType:
        """Of every buffer unless told otherwise."""

    @property
    def training(self) -> bool:
        """Whether dropout is on and statistics are the batch's."""

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """What arrives, by port."""

    @property
    def coding(self) -> Coding | None:
        """How the target of a sink is coded."""

    @property
    def target(self) -> Array | None:
        """The target of a sink, (width, batch); None when the program has no targets."""

    @property
    def loss(self) -> Array | None:
        """Where the loss of a sink goes, 0-d."""

    def parameter(self, block: str) -> Array:
        """A block of parameters as it is stored."""

    def gradient(self, block: str) -> Array:
        """The gradient of a block, to be written whole by the backward operation."""

    def shown(self, parameter: str) -> Value:
        """A parameter as a person sees it."""

    def shown_gradient(self, parameter: str) -> Value:
        """A parameter's gradient as a person sees it, with the symbol dL/dparameter."""

    def state(self, name: str) -> Array:
        """An array that is kept but not learnt (running mean ...)."""

    def tensor(self, symbol: str, shape: Shape) -> Tensor:
        """A new tensor that flows out of an operation."""

    def view(self, tensor: Tensor, symbol: str, shape: Shape) -> Tensor:
        """The same numbers under another shape."""

    def made(self, tensor: Tensor, by: Kind, source: Tensor, **notes: Array) -> Tensor:
        """`tensor` marked as what the activation `by` made from `source`."""

    def scratch(self, *shape: int, dtype: object = None) -> Array:
        """Working memory, (*shape), of the program's dtype unless told otherwise."""

    def constant(self, number: float) -> Array:
        """A 0-d array of the program's dtype (faster than a Python number in bound calls)."""

    def random(self) -> np.random.Generator:
        """The run's generator for dropout and noise."""

    def value(self, symbol: str, name: str, array: Array) -> Value:
        """A named array of this layer that does not flow (a mask, a mean), as a person sees it."""

    def operation(
        self,
        equation: Equation,
        calls: Sequence[Call],
        reads: Sequence[Tensor | Value],
        writes: Sequence[Tensor | Value],
        backward: Backward | None = None,
        phase: Phase = Phase.FORWARD,
        explain: Explain | None = None,
    ) -> None:
        """Append a forward (or loss) operation; `backward` is asked for later, if needed.

        `explain` tells where one number of what is written comes from.
        """
