"""ZeroPad2D and Upsample: larger pictures from the same numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Whole
from gradloom.core.settings import param
from gradloom.layers.base import LAYERS, Kind
from gradloom.layers.explaining import Index, alone, element, sum_over
from gradloom.layers.expression import Expression, Number
from gradloom.layers.pullback import Pullback
from gradloom.layers.shapes import Refusal, Shape
from gradloom.layers.site import Call, Equation, Site, Tensor
from gradloom.layers.sliding import no_picture


@LAYERS.add
@dataclass(frozen=True)
class ZeroPad2D(Kind):
    """Zeros around a picture, each side by itself; torch.nn.ZeroPad2d."""

    kind, label, icon, category = "zero_pad2d", "ZeroPad2D", "frame", "Images"
    help = "Puts rows and columns of zeros around a picture."
    top: int = param(1, Whole(0, 1024), "Top", "Rows of zeros above.")
    bottom: int = param(1, Whole(0, 1024), "Bottom", "Rows of zeros below.")
    left: int = param(1, Whole(0, 1024), "Left", "Columns of zeros on the left.")
    right: int = param(1, Whole(0, 1024), "Right", "Columns of zeros on the right.")

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        (shape,) = shapes
        refusal = no_picture(self.label, shape)
        if refusal is not None:
            return refusal
        channels, height, width = shape
        return (channels, height + self.top + self.bottom, width + self.left + self.right)

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        _, height, width = x.shape
        padded = self.infer(x.shape)
        assert not isinstance(padded, Refusal)
        a = at.tensor("a", padded)
        rows = slice(self.top, self.top + height)
        columns = slice(self.left, self.left + width)

        pullback = Pullback(
            Equation(
                r"\mathrm{inside}({da})",
                "The slopes of the padding are of no use; the others pass.",
                "torch.nn.ZeroPad2d",
            ),
            lambda da, dx: [partial(np.copyto, dx.array, da.array[:, rows, columns])],
            lambda da, index: element(da, (*index[:2], index[2] + self.top, index[3] + self.left)),
        )

        def laid(index: Index) -> Expression:
            h, w = index[2] - self.top, index[3] - self.left
            inside = 0 <= h < height and 0 <= w < width
            return element(x, (*index[:2], h, w)) if inside else Number(0.0)

        at.operation(
            Equation(
                rf"a = \mathrm{{pad}}({x.symbol})",
                "The picture in a frame of zeros.",
                "torch.nn.ZeroPad2d",
            ),
            # the frame is 0 from the start: nothing else is ever written there
            [partial(np.copyto, a.array[:, rows, columns], x.array)],
            reads=[x],
            writes=[a],
            backward=lambda back: pullback.put(back, a, x),
            explain=alone(laid),
        )
        return a

    def summary(self) -> str:
        sides = (self.top, self.bottom, self.left, self.right)
        return str(self.top) if len(set(sides)) == 1 else " ".join(map(str, sides))


@LAYERS.add
@dataclass(frozen=True)
class Upsample(Kind):
    """Every number becomes a square of the same number; torch.nn.Upsample(mode="nearest")."""

    kind, label, icon, category = "upsample", "Upsample", "image-upscale", "Images"
    help = "Makes a picture larger by repeating every number down and across."
    factor: int = param(2, Whole(1, 64), "Factor", "How many times as high and as wide.")

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        (shape,) = shapes
        refusal = no_picture(self.label, shape)
        if refusal is not None:
            return refusal
        return (shape[0], shape[1] * self.factor, shape[2] * self.factor)

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        channels, height, width = x.shape
        n = self.factor
        a = at.tensor("a", (channels, height * n, width * n))
        squares = (channels, height, n, width, n, at.batch)

        def added(da: Tensor, dx: Tensor) -> list[Call]:
            sent = da.array.reshape(squares)
            parts = [sent[:, :, i, :, j] for i in range(n) for j in range(n)]
            if n == 1:
                return [partial(np.copyto, dx.array, parts[0])]
            calls: list[Call] = [partial(np.add, parts[0], parts[1], out=dx.array)]
            return calls + [partial(np.add, dx.array, part, out=dx.array) for part in parts[2:]]

        pullback = Pullback(
            Equation(
                r"\sum_{\mathrm{square}} {da}",
                "The slopes of all copies of a number add up.",
                "torch.nn.Upsample",
            ),
            added,
            lambda da, index: sum_over(
                (n, n),
                lambda step: element(
                    da, (*index[:2], index[2] * n + step[0], index[3] * n + step[1])
                ),
            ),
        )
        at.operation(
            Equation(
                rf"a_{{u,v}} = {x.symbol}_{{\lceil u / {n} \rceil,\, \lceil v / {n} \rceil}}",
                "Every number, repeated down and across.",
                "torch.nn.Upsample",
            ),
            [partial(np.copyto, a.array.reshape(squares), x.array[:, :, None, :, None])],
            reads=[x],
            writes=[a],
            backward=lambda back: pullback.put(back, a, x),
            explain=alone(lambda index: element(x, (*index[:2], index[2] // n, index[3] // n))),
        )
        return a

    def summary(self) -> str:
        return f"× {self.factor}"
