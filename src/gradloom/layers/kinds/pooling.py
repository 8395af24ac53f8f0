"""MaxPool2D, AveragePool2D and GlobalAveragePool2D: one number for each window of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Flag, Optional, Whole
from gradloom.core.settings import param
from gradloom.layers.algebra import call, times
from gradloom.layers.base import LAYERS, Kind
from gradloom.layers.explaining import Index, alone, element, part_of, sum_over
from gradloom.layers.expression import Expression
from gradloom.layers.pullback import Pullback
from gradloom.layers.shapes import Array, Refusal, Shape
from gradloom.layers.site import Call, Equation, Site, Tensor
from gradloom.layers.sliding import Axis, Sliding, Tap, no_picture, no_room, sum_of

_IN_CACHE = 1 << 19  # bytes of pictures that are worked on together


@dataclass(frozen=True)
class _Pool(Kind):
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


@LAYERS.add
@dataclass(frozen=True)
class MaxPool2D(_Pool):
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
            calls.append(_give(sliding, target, offered))
            break
        share = won[tap.places]
        calls += [
            partial(np.equal, x[tap.cells], a[tap.places], out=share),
            partial(np.multiply, share, offered, out=share),
            _give(sliding, target, share),
            partial(np.subtract, offered, share, out=rest[tap.places]),
        ]
        left = rest
    return calls


def _give(sliding: Sliding, target: Array, share: Array) -> Call:
    """Write a share where no other window comes, else add it."""
    if sliding.disjoint:
        return partial(np.copyto, target, share)
    return partial(np.add, target, share, out=target)


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


@LAYERS.add
@dataclass(frozen=True)
class AveragePool2D(_Pool):
    """a = the mean of each window; torch.nn.AvgPool2d.

    With `count_padding` (PyTorch's count_include_pad, its default) zeros of the padding are in the
    mean; without, the sum is divided by the cells that are inside the picture.
    """

    kind, label, icon = "average_pool2d", "AveragePool2D", "layout-grid"
    help = "Averages each window: a smaller, smoother picture."
    count_padding: bool = param(
        True,
        Flag(),
        "Count padding",
        "Take the zeros of the padding into the mean.",
        advanced=True,
        when=lambda pool: pool.padding > 0,
    )

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        sliding = self.sliding(x.shape)
        a = at.tensor("a", (x.shape[0], *sliding.places))
        counts = self._counts(sliding)
        part = np.ascontiguousarray(
            np.broadcast_to(1 / counts[..., None], a.array.shape[1:])
        ).astype(at.dtype)
        if (counts == counts[0, 0]).all():
            part = at.constant(1 / counts[0, 0])

        def spread(da: Tensor, dx: Tensor) -> list[Call]:
            each = at.scratch(*a.array.shape)
            calls: list[Call] = [partial(np.multiply, da.array, part, out=each)]
            if not sliding.complete:
                calls.append(partial(dx.array.fill, 0))
            given = [_give(sliding, dx.array[t.cells], each[t.places]) for t in sliding.taps]
            return calls + given

        pullback = Pullback(
            Equation(
                r"\sum_{\mathrm{windows}} \frac{1}{n}\, {da}",
                "Every number of a window takes an equal part of its slope.",
                "torch.nn.AvgPool2d",
            ),
            spread,
            lambda da, index: sum_of(
                sliding.windows(*index[2:]),
                lambda _, window: part_of(
                    1.0, float(counts[window]), element(da, (*index[:2], *window))
                ),
            ),
        )
        at.operation(
            Equation(
                rf"a = \frac{{1}}{{n}} \sum_{{\mathrm{{window}}}} {x.symbol}",
                "The mean of each window.",
                "torch.nn.AvgPool2d",
            ),
            _mean(sliding, x.array, a.array, part),
            reads=[x],
            writes=[a],
            backward=lambda back: pullback.put(back, a, x),
            explain=alone(
                lambda index: part_of(
                    1.0,
                    float(counts[index[2:]]),
                    sum_of(
                        sliding.cells(*index[2:]),
                        lambda _, cell: element(x, (*index[:2], *cell)),
                    ),
                )
            ),
        )
        return a

    def _counts(self, sliding: Sliding) -> Array:
        """What each window's sum is divided by, (height, width)."""
        if self.count_padding:
            return np.full(sliding.places, sliding.window[0] * sliding.window[1])
        rows, columns = (
            np.array([len(axis.cells(place)) for place in range(axis.places)])
            for axis in (sliding.rows, sliding.columns)
        )
        return np.asarray(np.outer(rows, columns))


def _mean(sliding: Sliding, x: Array, a: Array, share: Array) -> list[Call]:
    taps: list[Tap] = list(sliding.taps)
    calls: list[Call] = []
    if sliding.padding or len(taps) == 1:
        calls.append(partial(a.fill, 0))
    else:
        first, second = taps[:2]
        calls.append(partial(np.add, x[first.cells], x[second.cells], out=a))
        taps = taps[2:]
    for tap in taps:
        total = a[tap.places]
        calls.append(partial(np.add, total, x[tap.cells], out=total))
    return [*calls, partial(np.multiply, a, share, out=a)]


@LAYERS.add
@dataclass(frozen=True)
class GlobalAveragePool2D(Kind):
    """a_c = the mean of channel c, a flat row; torch.nn.AdaptiveAvgPool2d(1), then Flatten."""

    kind, label, icon, category = "global_average_pool2d", "GlobalAveragePool2D", "focus", "Images"
    help = "Averages each channel over the whole picture: one number per channel, as Dense needs."

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        (shape,) = shapes
        return no_picture(self.label, shape) or shape[:1]

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        channels, *places = x.shape
        count = places[0] * places[1]
        a = at.tensor("a", (channels,))
        part = at.constant(1 / count)
        entering = x.flat.reshape(channels, count, at.batch)

        def spread(da: Tensor, dx: Tensor) -> list[Call]:
            each = at.scratch(channels, 1, at.batch)
            return [
                partial(np.multiply, da.array, part, out=each[:, 0]),
                partial(np.copyto, dx.flat.reshape(entering.shape), each),
            ]

        pullback = Pullback(
            Equation(
                r"\frac{1}{n}\, {da}",
                "Every number of a channel takes an equal part of its slope.",
                "torch.nn.AdaptiveAvgPool2d",
            ),
            spread,
            lambda da, index: part_of(1.0, float(count), element(da, index[:2])),
        )
        at.operation(
            Equation(
                rf"a_c = \frac{{1}}{{n}} \sum_{{u,v}} {x.symbol}_{{c,u,v}}",
                "The mean of each channel.",
                "torch.nn.AdaptiveAvgPool2d",
            ),
            [
                partial(np.add.reduce, entering, 1, None, a.array),
                partial(np.multiply, a.array, part, out=a.array),
            ],
            reads=[x],
            writes=[a],
            backward=lambda back: pullback.put(back, a, x),
            explain=alone(
                lambda index: part_of(
                    1.0,
                    float(count),
                    sum_over(tuple(places), lambda place: element(x, (*index, *place))),
                )
            ),
        )
        return a
