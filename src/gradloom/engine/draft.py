"""A program in the making: tensors, their gradients, and the operations so far.

Forward operations are appended in topological order; each may leave a backward part that is asked
for in reverse order. A tensor's gradient is complete when its own operation is reached, because
every consumer came later in the forward order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gradloom.engine.memory import aligned
from gradloom.engine.parameters import Parameters
from gradloom.engine.program import Operation
from gradloom.layers.expression import Explain
from gradloom.layers.shapes import Array, DType, Shape, size
from gradloom.layers.site import Backward, Call, Equation, Phase, Tensor, Value


@dataclass(frozen=True, slots=True)
class Pending:
    """A forward operation's backward part, with the layer it belongs to."""

    layer: str
    backward: Backward


@dataclass
class Draft:
    """What has been compiled so far. `places` is memory chosen before, by tensor name."""

    parameters: Parameters
    batch: int
    training: bool
    rng: np.random.Generator
    places: Mapping[str, Array]
    operations: list[Operation] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    made: list[Tensor] = field(default_factory=list)
    gradients: dict[str, Tensor] = field(default_factory=dict)  # by the name of the tensor
    no_gradient: set[str] = field(default_factory=set)  # tensors whose gradient nobody needs

    @property
    def dtype(self) -> DType:
        """Of every buffer unless told otherwise."""
        dtype: DType = self.parameters.dtype
        return dtype

    def tensor(self, symbol: str, name: str, shape: Shape) -> Tensor:
        """A new tensor, in its chosen place or in memory of its own."""
        place = self.places.get(name)
        if place is None:
            place = aligned((size(shape) + 1, self.batch), self.dtype)
        return self.tensor_in(place, symbol, name, shape)

    def tensor_in(self, augmented: Array, symbol: str, name: str, shape: Shape) -> Tensor:
        """A new tensor in this memory, (size + 1, batch), whose last row becomes ones."""
        augmented[-1] = 1
        array = augmented[:-1].reshape(*shape, self.batch)
        made = Tensor(symbol, name, shape, array, augmented)
        self.made.append(made)
        return made

    def made_once(self) -> dict[str, Tensor]:
        """Tensors by name, without those that share a name with another."""
        names = Counter(tensor.name for tensor in self.made)
        return {tensor.name: tensor for tensor in self.made if names[tensor.name] == 1}

    def append(
        self,
        layer: str,
        phase: Phase,
        equation: Equation,
        calls: Sequence[Call],
        reads: Sequence[Tensor | Value],
        writes: Sequence[Tensor | Value],
        explain: Explain | None,
    ) -> None:
        """Put an operation after those that are there."""
        self.operations.append(
            Operation(layer, phase, equation, tuple(calls), _seen(reads), _seen(writes), explain)
        )


def _seen(items: Sequence[Tensor | Value]) -> tuple[Value, ...]:
    """As a person sees them, batch first."""
    return tuple(item.value if isinstance(item, Tensor) else item for item in items)
