"""MaxPool2D: the largest number of each window of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import call, times
from gradloom.layers.base import LAYERS
from gradloom.layers.explaining import Index, alone, element
from gradloom.layers.expression import Expression
from gradloom.layers.pooled import Pool, give
from gradloom.layers.pullback import Pullback
from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Equation, Site, Tensor
from gradloom.layers.sliding import Sliding, sum_of

_IN_CACHE = 1 << 19  # bytes of pictures that are worked on together


@LAYERS.add
@dataclass(frozen=True)
class MaxPool2D(Pool):
    """a = the largest number of each window; torch.nn.MaxPool2d.

    Of equal numbers the first one, row by row, takes the slope, as in PyTorch. Padding is never
    the largest.
    """

    kind, label, icon = "max_pool2d", "MaxPool2D", "grid-2x2"
    help = "Keeps the largest number of each window: what was found stays, its exact place goes."

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        sliding = self.sliding(x.shape)
        a = at.tensor("a", (x.shape[0], *sliding.places))
        pullback = Pullback(
            Equation(
                rf"\sum_{{\mathrm{{windows}}}} [{x.symbol} = a]\, {{da}}",
                "The slope goes to the number that was the largest of its window; of equal ones to"
                " the first.",
                "torch.nn.MaxPool2d",
            ),
            lambda da, dx: _to_the_largest(at, sliding, x, a, da, dx),
            lambda da, index: _share_of_largest(sliding, x, a, da, index),
            [x, a],
        )
        at.operation(
            Equation(
                rf"a = \max_{{\mathrm{{window}}}} {x.symbol}",
                "The largest number of each window.",
                "torch.nn.MaxPool2d",
            ),
            _largest(sliding, x.array, a.array),
            reads=[x],
            writes=[a],
            backward=lambda back: pullback.put(back, a, x),
            explain=alone(lambda index: _best(sliding, x, index)),
        )
        return a


def _largest(sliding: Sliding, x: Array, a: Array) -> list[Call]:
    taps = list(sliding.taps)
    calls: list[Call] = []
    if sliding.padding:
        calls.append(partial(a.fill, -np.inf))
    elif len(taps) == 1:
        return [partial(np.copyto, a, x[taps[0].cells])]
    else:
        first, second = taps[:2]
        calls.append(partial(np.maximum, x[first.cells], x[second.cells], out=a))
        taps = taps[2:]
    for tap in taps:
        best = a[tap.places]
        calls.append(partial(np.maximum, best, x[tap.cells], out=best))
    return calls


def _to_the_largest(
    at: Site, sliding: Sliding, x: Tensor, a: Tensor, da: Tensor, dx: Tensor
) -> list[Call]:
    """Each window offers its slope to its cells in turn; the first that is the largest takes it.

    A few channels at a time, so that what is passed on stays in the cache.
    """
    channels = x.shape[0]
    few = max(1, min(channels, _IN_CACHE * channels // x.array.nbytes))
    won, rest = (at.scratch(few, *a.array.shape[1:]) for _ in range(2))
    calls: list[Call] = []
    for first in range(0, channels, few):
        own = slice(first, min(first + few, channels))
        x_, a_, da_, dx_ = (tensor.array[own] for tensor in (x, a, da, dx))
        calls += _offered(sliding, x_, a_, da_, dx_, won[: len(x_)], rest[: len(x_)])
    return calls


def _offered(
    sliding: Sliding, x: Array, a: Array, da: Array, dx: Array, won: Array, rest: Array
) -> list[Call]:
    calls: list[Call] = [] if sliding.complete else [partial(dx.fill, 0)]
    left = da
    if not sliding.everywhere(sliding.taps[0]):
        calls.append(partial(np.copyto, rest, left))
        left = rest
    last = sliding.taps[-1]
    for tap in sliding.taps:
        offered, target = left[tap.places], dx[tap.cells]
        if tap is last and sliding.everywhere(tap):  # it is left to this one
            calls.append(give(sliding, target, offered))
            break
        share = won[tap.places]
        calls += [
            partial(np.equal, x[tap.cells], a[tap.places], out=share),
            partial(np.multiply, share, offered, out=share),
            give(sliding, target, share),
            partial(np.subtract, offered, share, out=rest[tap.places]),
        ]
        left = rest
    return calls


def _best(sliding: Sliding, x: Tensor, index: Index) -> Expression:
    seen = [element(x, (*index[:2], *cell)) for _, cell in sliding.cells(*index[2:])]
    return call("max", *seen) if len(seen) > 1 else seen[0]


def _share_of_largest(
    sliding: Sliding, x: Tensor, a: Tensor, da: Tensor, index: Index
) -> Expression:
    row, channel, *place = index
    here = (place[0], place[1])

    def taken(_: tuple[int, int], window: tuple[int, int]) -> Expression:
        best = element(a, (row, channel, *window))
        cells = [cell for _, cell in sliding.cells(*window)]
        before = cells[: cells.index(here)]
        return times(
            element(da, (row, channel, *window)),
            call("at_most", best, element(x, index)),
            *(call("less", element(x, (row, channel, *cell)), best) for cell in before),
        )

    return sum_of(sliding.windows(*here), taken)
