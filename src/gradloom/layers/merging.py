"""What kinds that merge several tensors have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gradloom.layers.base import Kind
from gradloom.layers.projecting import meeting_shape
from gradloom.layers.shapes import Array, Refusal, Shape, words
from gradloom.layers.site import Call, Tensor


@dataclass(frozen=True)
class Merge(Kind):
    """Base of kinds that take two or more inputs of one shape, number by number."""

    category: ClassVar[str] = "Merging"
    icon: ClassVar[str] = "merge"
    least_inputs: ClassVar[int] = 2
    most_inputs: ClassVar[int | None] = None

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        different = next((shape for shape in shapes if shape != shapes[0]), None)
        if different is None:
            return shapes[0]
        sentence = f"{self.label} needs equal shapes, got {words(shapes[0])} and {words(different)}"
        if meeting_shape(shapes) is None:
            return Refusal(sentence)
        return Refusal(sentence, "project")


def listed(tensors: Sequence[Tensor], joint: str) -> str:
    """The symbols of tensors, joined: `x_{1} + x_{2}`."""
    return joint.join(tensor.symbol for tensor in tensors)


def in_turn(
    call: Callable[[Array, Array, Array], Call], arrays: Sequence[Array], out: Array
) -> list[Call]:
    """Calls that fold `arrays` into `out` from the left; `call` binds (left, right, out)."""
    calls = [call(arrays[0], arrays[1], out)]
    return calls + [call(out, array, out) for array in arrays[2:]]
