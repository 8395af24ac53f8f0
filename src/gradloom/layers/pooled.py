"""What kinds that make one number of each window of a picture have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Optional, Whole
from gradloom.core.settings import param
from gradloom.layers.base import Kind
from gradloom.layers.shapes import Array, Refusal, Shape
from gradloom.layers.site import Call
from gradloom.layers.sliding import Axis, Sliding, no_picture, no_room


@dataclass(frozen=True)
class Pool(Kind):
    """Base of kinds that make one number of each window, channel by channel."""

    category = "Images"
    size: int = param(2, Whole(1, 256), "Window", "Height of the window, and its width.")
    width: int | None = param(
        None, Optional(Whole(1, 256), "Square"), "Window width", "If not the height.", advanced=True
    )
    stride: int | None = param(
        None,
        Optional(Whole(1, 256), "As the window"),
        "Stride",
        "Cells from one window to the next. What is left at the end is not covered.",
    )
    padding: int = param(0, Whole(0, 128), "Padding", "Cells around the picture.", advanced=True)

    def rules(self) -> Iterator[tuple[str, str]]:
        most = min(self.size, self.width or self.size) // 2
        if self.padding > most:
            yield "padding", f"must be at most half the window, {most}, not {self.padding}"

    def sliding(self, shape: Shape) -> Sliding:
        """How the window moves over a picture."""
        windows = (self.size, self.width or self.size)
        rows, columns = (
            Axis(size, n, self.stride or n, 1, self.padding, self.padding)
            for size, n in zip(shape[1:], windows, strict=True)
        )
        return Sliding(rows, columns)

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        (shape,) = shapes
        refusal = no_picture(self.label, shape)
        if refusal is not None:
            return refusal
        sliding = self.sliding(shape)
        return no_room(self.label, "window", sliding) or (shape[0], *sliding.places)

    def summary(self) -> str:
        return f"{self.size} × {self.width or self.size}"


def give(sliding: Sliding, target: Array, share: Array) -> Call:
    """Write a share where no other window comes, else add it."""
    if sliding.disjoint:
        return partial(np.copyto, target, share)
    return partial(np.add, target, share, out=target)
