"""A compiled program: operations over preallocated buffers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gradloom.layers.expression import Explain
from gradloom.layers.shapes import Array, DType
from gradloom.layers.site import Call, Equation, Phase, Tensor, Value


@dataclass(frozen=True, slots=True)
class Operation:
    """One equation of one layer in one phase; running `calls` in order computes it.

    `layer` is an id, or "" for operations over the whole parameter vector. `explain` tells where
    one number of what is written comes from, where that is known.
    """

    layer: str
    phase: Phase
    equation: Equation
    calls: tuple[Call, ...]
    reads: tuple[Value, ...]
    writes: tuple[Value, ...]
    explain: Explain | None = None


@dataclass(frozen=True)
class Program:
    """A graph compiled for one batch size, dtype and mode.

    Write rows into `inputs` (features, batch) and coded targets into `targets`, call `run`, read
    `tensors` and `losses`. `calls` does what all operations do, to the same bits, sometimes in
    fewer calls (see `stacking`). Inputs and targets lie in one array, `feed`, so that one copy
    fills them: for each input its features and a row of ones, then each target.
    """

    batch: int
    dtype: DType
    operations: tuple[Operation, ...]
    inputs: Mapping[str, Array]
    targets: Mapping[str, Array]
    tensors: Mapping[str, Tensor]  # what flows out of each layer, by layer id
    losses: Array  # one per Output, unweighted, in the order of `sinks`
    total: Array  # 0-d, the weighted sum
    sinks: tuple[str, ...]
    gradients: Mapping[str, Tensor]  # dL/dtensor by tensor name, where there is one
    feed: Array  # (rows, batch)
    calls: tuple[Call, ...]

    def run(self) -> None:
        """Run all operations once."""
        for call in self.calls:
            call()

    def output(self, sink: str) -> Array:
        """What arrives at an Output, (outputs, batch), a live view."""
        return self.tensors[sink].flat
