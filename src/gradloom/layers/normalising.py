"""What the normalising kinds have in common: centre, scale, then a learnt gain and shift."""

from __future__ import annotations

from gradloom.layers.base import Block, Parameter
from gradloom.layers.functions import number_latex
from gradloom.layers.initialisers import INITIALISERS
from gradloom.layers.shapes import Shape, size


def gain_and_shift(shape: Shape) -> tuple[Block, ...]:
    """Blocks for gamma (starts at 1) and beta (starts at 0), not counted as weights."""
    return tuple(
        Block(
            name,
            shape,
            (
                Parameter(
                    name, shape, INITIALISERS.make(start), size(shape), size(shape), weight=False
                ),
            ),
        )
        for name, start in (("gamma", "ones"), ("beta", "zeros"))
    )


def spread(epsilon: float) -> str:
    """The LaTeX of what the distance from the mean is divided by."""
    return rf"\sqrt{{v + {number_latex(epsilon)}}}"
