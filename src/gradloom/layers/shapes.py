"""Shapes of one sample (the batch is not in them), and the sentence when shapes do not fit."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

Shape = tuple[int, ...]
Array = NDArray[Any]
DType = np.dtype[Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a layer can't take the shapes it is given: one sentence without the layer's name.

    `fix` names a one-click remedy (see `document.fixes`) or is "".
    """

    sentence: str
    fix: str = ""


def words(shape: Shape) -> str:
    """A shape as people read it: `4` for a flat row, `3 × 4` for more axes."""
    return " × ".join(str(n) for n in shape) if shape else "1"


def size(shape: Shape) -> int:
    """How many numbers one sample of this shape has."""
    return prod(shape)
