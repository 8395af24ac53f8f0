"""Conv2D: the same small kernels at every place of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradloom.core.checks import Choice, Flag, Optional, Whole
from gradloom.core.settings import param
from gradloom.layers.base import LAYERS, Activation, Block
from gradloom.layers.explaining import alone, by_name
from gradloom.layers.initialisers import Initialiser
from gradloom.layers.patches import Patches
from gradloom.layers.products import along_columns, over_columns
from gradloom.layers.shapes import Array, Refusal, Shape
from gradloom.layers.site import Back, Equation, Site, Tensor, Value
from gradloom.layers.sliding import Axis, Sliding, no_picture, no_room
from gradloom.layers.weighted import (
    Weighted,
    absolute_decay,
    activation_after,
    biases_start,
    decayed_bias,
    learning,
    square_decay,
    weights_start,
)

_SOURCE = "Goodfellow et al., Deep Learning, section 9.1; torch.nn.Conv2d"


@LAYERS.add
@dataclass(frozen=True)
class Conv2D(Weighted):
    """z_k = Σ_c W_kc ⋆ x_c + b_k (cross-correlation), then a = f(z); torch.nn.Conv2d.

    W is (filters, channels / groups, height, width). Padding "same" is PyTorch's: where it is odd,
    the extra cell is at the end. Stored as one block (channels / groups * height * width + 1,
    filters) whose last row is the bias; one product with all patches, under which lies a row of
    ones, does both.
    """

    kind, label, icon, category = "conv2d", "Conv2D", "scan-search", "Images"
    help = "Slides small kernels over a picture: each filter finds its pattern wherever it is."
    filters: int = param(
        8, Whole(1, 4096), "Filters", "How many kernels: the channels of the output."
    )
    kernel: int = param(3, Whole(1, 256), "Kernel", "Height of the kernel, and its width.")
    kernel_width: int | None = param(
        None, Optional(Whole(1, 256), "Square"), "Kernel width", "If not the height.", advanced=True
    )
    stride: int = param(1, Whole(1, 256), "Stride", "Cells from one place to the next.")
    padding: str = param(
        "valid",
        Choice(("valid", "None"), ("same", "Same size"), ("number", "Number of cells")),
        "Padding",
        "Zeros around the picture: none, so many that its size stays, or a number on every side.",
    )
    cells: int = param(
        1,
        Whole(0, 1024),
        "Padding cells",
        "Zeros on every side.",
        when=lambda conv: conv.padding == "number",
    )
    activation: Activation = activation_after("The function applied to each sum.")
    dilation: int = param(
        1, Whole(1, 256), "Dilation", "Cells between the kernel's numbers.", advanced=True
    )
    groups: int = param(
        1,
        Whole(1, 4096),
        "Groups",
        "Channels are split into so many groups that do not see each other.",
        advanced=True,
    )
    bias: bool = param(True, Flag(), "Bias", "Add a learnt number to each filter's sums.")
    kernel_init: Initialiser | None = weights_start("How the kernels are drawn.")
    bias_init: Initialiser | None = biases_start()
    l1: float = absolute_decay()
    l2: float = square_decay()
    regularise_bias: bool = decayed_bias()
    learn: str = learning()

    def rules(self) -> Iterator[tuple[str, str]]:
        if self.padding == "same" and self.stride != 1:
            yield "padding", f"must be none or a number with a stride of {self.stride}"

    def sliding(self, shape: Shape) -> Sliding:
        """How the kernel moves over a picture."""
        window = (self.kernel, self.kernel_width or self.kernel)
        sides = [self._sides(n) for n in window]
        rows, columns = (
            Axis(size, n, self.stride, self.dilation, *side)
            for size, n, side in zip(shape[1:], window, sides, strict=True)
        )
        return Sliding(rows, columns)

    def _sides(self, window: int) -> tuple[int, int]:
        if self.padding == "number":
            return self.cells, self.cells
        whole = self.dilation * (window - 1) if self.padding == "same" else 0
        return whole // 2, whole - whole // 2

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        (shape,) = shapes
        refusal = no_picture(self.label, shape)
        if refusal is not None:
            return refusal
        for number, what in ((shape[0], "channels"), (self.filters, "filters")):
            if number % self.groups:
                return Refusal(
                    f"Conv2D can't split {number} {what} into {self.groups} equal groups; choose"
                    f" groups that divide both {shape[0]} channels and {self.filters} filters"
                )
        sliding = self.sliding(shape)
        return no_room(self.label, "kernel", sliding) or (self.filters, *sliding.places)

    def blocks(self, *shapes: Shape) -> tuple[Block, ...]:
        height, width = self.sliding(shapes[0]).window
        inside = (shapes[0][0] // self.groups, height, width)
        rows, filters = int(np.prod(inside)), self.filters
        fans = (rows, filters // self.groups * height * width)
        return (
            self.block(
                rows,
                filters,
                (filters, *inside),
                fans,
                lambda weights: weights.T.reshape(filters, *inside),
                unit_axis=0,
            ),
        )

    def working(self, *shapes: Shape) -> int:
        sliding, channels = self.sliding(shapes[0]), shapes[0][0]
        padded = sliding.rows.padded * sliding.columns.padded if sliding.padding else 0
        patch = channels * int(np.prod(sliding.window)) + self.groups * self.bias
        return patch * int(np.prod(sliding.places)) + channels * padded

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        of = Patches(at, x, self.sliding(x.shape), self.filters, self.groups, bias=self.bias)
        z = at.tensor("z", (self.filters, *of.sliding.places))
        shown = self.shown(at)
        weights = _grouped(at.parameter("Wb"), self.groups)
        at.operation(
            Equation(
                r"z_k = \sum_c W_{k,c} \star x_c" + (" + b_k" if self.bias else ""),
                "Each filter slides over the picture and sums what it meets times its kernel"
                + (", plus its bias." if self.bias else "."),
                _SOURCE,
            ),
            [
                *of.gather(x),
                along_columns(
                    weights.transpose(0, 2, 1), of.patches, of.by_filter(z.flat), at.batch
                ),
            ],
            reads=[x, *shown],
            writes=[z],
            backward=lambda back: self._backward(at, back, x, z, of, shown),
            explain=alone(lambda index: of.sum_at(x, shown, index)),
        )
        return self.activation.apply(at, z)

    def _backward(
        self, at: Site, back: Back, x: Tensor, z: Tensor, of: Patches, shown: list[Value]
    ) -> None:
        dz = back.gradient_of(z)
        sent = of.by_filter(dz.flat)
        slopes = [at.shown_gradient(value.symbol) for value in shown]
        said = rf"{slopes[0].symbol} = x \star {dz.symbol}"
        if self.bias:
            said += rf",\quad {slopes[1].symbol} = \sum_{{n,u,v}} {dz.symbol}_{{n,u,v}}"
        back.operation(
            Equation(
                said,
                "Each weight's slope is what it met times the slope there, summed over all places"
                " and rows" + (" (the bias meets 1)." if self.bias else "."),
                _SOURCE,
            ),
            over_columns(at, of.patches, sent, _grouped(at.gradient("Wb"), self.groups)),
            reads=[x, dz],
            writes=slopes,
            explain=by_name(
                {
                    v.name: part
                    for v, part in zip(
                        slopes,
                        (
                            lambda index: of.weight_slope(x, dz, index),
                            lambda index: of.bias_slope(dz, index),
                        ),
                        strict=False,
                    )
                }
            ),
        )
        dx = back.into(x)
        if dx is None:
            return
        weights = _grouped(at.parameter("Wb"), self.groups)[:, : of.size]
        back.operation(
            Equation(
                rf"{dx.symbol} = {dz.symbol} \ast W",
                "Each cell's slope sums what flows back through every kernel that met it.",
                _SOURCE,
            ),
            # the patches are not needed any more: their slopes take their place
            [along_columns(weights, sent, of.patches[:, : of.size], at.batch), *of.scatter(dx)],
            reads=[dz, shown[0]],
            writes=[dx],
            explain=alone(lambda index: of.cell_slope(dz, shown[0], index)),
        )

    def summary(self) -> str:
        size = f"{self.kernel} × {self.kernel_width or self.kernel}"
        return size if self.activation.kind == "identity" else f"{size} · {self.activation.label}"


def _grouped(block: Array, groups: int) -> Array:
    """The stored block (rows, filters) as (groups, rows, filters of a group), a view."""
    rows, filters = block.shape
    return block.reshape(rows, groups, filters // groups).transpose(1, 0, 2)
