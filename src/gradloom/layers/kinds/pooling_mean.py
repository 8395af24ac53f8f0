"""AveragePool2D and GlobalAveragePool2D: the mean of each window, or of each channel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Flag
from gradloom.core.settings import param
from gradloom.layers.base import LAYERS, Kind
from gradloom.layers.explaining import alone, element, part_of, sum_over
from gradloom.layers.pooled import Pool, give
from gradloom.layers.pullback import Pullback
from gradloom.layers.shapes import Array, Refusal, Shape
from gradloom.layers.site import Call, Equation, Site, Tensor
from gradloom.layers.sliding import Sliding, Tap, no_picture, sum_of


@LAYERS.add
@dataclass(frozen=True)
class AveragePool2D(Pool):
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
            given = [give(sliding, dx.array[t.cells], each[t.places]) for t in sliding.taps]
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
