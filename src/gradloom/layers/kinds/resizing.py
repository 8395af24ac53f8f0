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
from gradloom.layers.shapes import Refusal, Shape
from gradloom.layers.site import Back, Call, Equation, Site, Tensor
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

        def backward(back: Back) -> None:
            da, dx = back.gradient_of(a), back.into(x)
            if dx is not None:
                back.operation(
                    Equation(
                        rf"{dx.symbol} = \mathrm{{inside}}({da.symbol})",
                        "The slopes of the padding are of no use; the others pass.",
                        "torch.nn.ZeroPad2d",
                    ),
                    [partial(np.copyto, dx.array, da.array[:, rows, columns])],
                    reads=[da],
                    writes=[dx],
                    explain=alone(
                        lambda index: element(
                            da, (*index[:2], index[2] + self.top, index[3] + self.left)
                        )
                    ),
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
            backward=backward,
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

        def backward(back: Back) -> None:
            da, dx = back.gradient_of(a), back.into(x)
            if dx is None:
                return
            sent = da.array.reshape(squares)
            parts = [sent[:, :, i, :, j] for i in range(n) for j in range(n)]
            calls: list[Call]
            if n == 1:
                calls = [partial(np.copyto, dx.array, parts[0])]
            else:
                calls = [partial(np.add, parts[0], parts[1], out=dx.array)]
                calls += [partial(np.add, dx.array, part, out=dx.array) for part in parts[2:]]
            back.operation(
                Equation(
                    rf"{dx.symbol} = \sum_{{\mathrm{{square}}}} {da.symbol}",
                    "The slopes of all copies of a number add up.",
                    "torch.nn.Upsample",
                ),
                calls,
                reads=[da],
                writes=[dx],
                explain=alone(
                    lambda index: sum_over(
                        (n, n),
                        lambda step: element(
                            da, (*index[:2], index[2] * n + step[0], index[3] * n + step[1])
                        ),
                    )
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
            backward=backward,
            explain=alone(lambda index: element(x, (*index[:2], index[2] // n, index[3] // n))),
        )
        return a

    def summary(self) -> str:
        return f"× {self.factor}"
