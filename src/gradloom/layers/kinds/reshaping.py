"""Concatenate and Flatten: the same numbers in another arrangement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import accumulate

import numpy as np

from gradloom.layers.base import LAYERS, Kind
from gradloom.layers.explaining import Index, alone, element
from gradloom.layers.expression import Reference
from gradloom.layers.merging import Merge, listed
from gradloom.layers.pullback import Pullback
from gradloom.layers.shapes import Refusal, Shape, size, words
from gradloom.layers.site import Back, Equation, Site, Tensor


@LAYERS.add
@dataclass(frozen=True)
class Concatenate(Merge):
    """Inputs one after another along the first axis of a sample, torch.cat(dim=1)."""

    kind, label, icon = "concatenate", "Concatenate", "between-horizontal-start"
    help = "Sets its inputs side by side: 3 and 4 features become 7."

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        for shape in shapes[1:]:
            if shape[1:] != shapes[0][1:]:
                return Refusal(
                    "Concatenate needs shapes that differ in the first axis only, got"
                    f" {words(shapes[0])} and {words(shape)}",
                    "flatten_pictures",
                )
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])

    def build(self, at: Site) -> Tensor:
        shapes = [x.shape for x in at.inputs]
        a = at.tensor("a", (sum(shape[0] for shape in shapes), *shapes[0][1:]))
        stops = list(accumulate(shape[0] for shape in shapes))
        parts = [slice(stop - shape[0], stop) for stop, shape in zip(stops, shapes, strict=True)]

        def backward(back: Back) -> None:
            for part, x in zip(parts, at.inputs, strict=True):
                _own_part(part).put(back, a, x)

        def laid(index: Index) -> Reference:
            port = next(k for k, part in enumerate(parts) if index[1] < part.stop)
            place = (index[0], index[1] - parts[port].start, *index[2:])
            return element(at.inputs[port], place)

        at.operation(
            Equation(
                "a = [" + listed(at.inputs, r",\, ") + "]",
                "The inputs side by side.",
                "torch.cat",
            ),
            [
                partial(np.copyto, a.array[part], x.array)
                for part, x in zip(parts, at.inputs, strict=True)
            ],
            reads=at.inputs,
            writes=[a],
            backward=backward,
            explain=alone(laid),
        )
        return a


def _own_part(part: slice) -> Pullback:
    """The slope of some entries of the first axis of a sample."""
    return Pullback(
        Equation(
            rf"{{da}}_{{[{part.start + 1} \dots {part.stop}]}}",
            "Each input takes its own part of the slope.",
        ),
        lambda da, dx: [partial(np.copyto, dx.array, da.array[part])],
        lambda da, index: element(da, (index[0], part.start + index[1], *index[2:])),
    )


@LAYERS.add
@dataclass(frozen=True)
class Flatten(Kind):
    """A sample of any shape as one flat row, last axis quickest; torch.nn.Flatten."""

    kind, label, icon, category = "flatten", "Flatten", "rows-3", "Layers"
    help = "Lays the numbers of a sample out in one flat row, as Dense needs them."

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        return (size(shapes[0]),)

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        a = at.view(x, "a", (size(x.shape),))
        pullback = Pullback(
            Equation(
                r"\mathrm{reshape}({da})", "The slopes go back to where their numbers came from."
            ),
            lambda da, dx: [partial(np.copyto, dx.flat, da.flat)],
            lambda da, index: element(
                da, (index[0], int(np.ravel_multi_index(index[1:], x.shape)))
            ),
        )
        at.operation(
            Equation(
                rf"a = \mathrm{{flatten}}({x.symbol})",
                "The same numbers in one row, the last axis quickest.",
                "torch.nn.Flatten",
            ),
            [],
            reads=[x],
            writes=[a],
            backward=lambda back: pullback.put(back, a, x),
            explain=alone(
                lambda index: element(x, (index[0], *map(int, np.unravel_index(index[1], x.shape))))
            ),
        )
        return a
