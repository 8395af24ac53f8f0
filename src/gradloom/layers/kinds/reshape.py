"""Reshape: the same numbers under another shape."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.settings import param
from gradloom.layers.base import LAYERS, Kind
from gradloom.layers.explaining import Index, alone, element
from gradloom.layers.expression import Reference
from gradloom.layers.pullback import Pullback
from gradloom.layers.shapes import Refusal, Shape, size, words
from gradloom.layers.site import Equation, Site, Tensor
from gradloom.layers.sizes import Sizes, sizes_of


@LAYERS.add
@dataclass(frozen=True)
class Reshape(Kind):
    """The numbers of a sample, last axis quickest, under another shape; torch.reshape."""

    kind, label, icon, category = "reshape", "Reshape", "ratio", "Images"
    help = "Lays the numbers of a sample out in another shape: a row of 64 as a picture of 8 × 8."
    shape: str = param(
        "1 × 8 × 8", Sizes(), "Shape", "Channels × height × width for a picture, or any sizes."
    )

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        wanted, arriving = sizes_of(self.shape), shapes[0]
        if size(wanted) == size(arriving):
            return wanted
        got = words(arriving)
        got += f" = {size(arriving)}" if len(arriving) > 1 else ""
        need = words(wanted)
        need += f" = {size(wanted)}" if len(wanted) > 1 else ""
        need += " number" if size(wanted) == 1 else " numbers"
        return Refusal(f"Reshape to {need} needs as many, got {got}", "reshape_to_fit")

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        a = at.view(x, "a", sizes_of(self.shape))
        pullback = Pullback(
            Equation(
                r"\mathrm{reshape}({da})",
                "The slopes go back to where their numbers came from.",
                "torch.reshape",
            ),
            lambda da, dx: [partial(np.copyto, dx.flat, da.flat)],
            lambda da, index: _moved(da, x.shape, index),
        )
        at.operation(
            Equation(
                rf"a = \mathrm{{reshape}}({x.symbol})",
                "The same numbers in the same order, the last axis quickest.",
                "torch.reshape",
            ),
            [],
            reads=[x],
            writes=[a],
            backward=lambda back: pullback.put(back, a, x),
            explain=alone(lambda index: _moved(x, a.shape, index)),
        )
        return a


def _moved(source: Tensor, shape: Shape, index: Index) -> Reference:
    """The element of `source` that is at `index` under another shape."""
    place = np.unravel_index(int(np.ravel_multi_index(index[1:], shape)), source.shape)
    return element(source, (index[0], *map(int, place)))
