"""Points drawn by hand on the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.core.settings import param
from gradloom.data.dataset import SOURCES, Dataset
from gradloom.data.sources.table import Kept, Rows
from gradloom.layers.signature import Target


def _nothing() -> Dataset:
    target = Target("class", ("A", "B"))
    return Dataset("Drawing", np.zeros((0, 2)), ("x1", "x2"), np.zeros((0, 1)), (target,))


@SOURCES.add
@dataclass(frozen=True, eq=False)
class Drawing(Kept):
    """Points of a person's own hand, equal by content; edited by the functions of `drawing`."""

    kind, label, help = "drawing", "Drawing", "Points you draw on the map yourself."
    content: Dataset = param(_nothing, Rows(), "Content", "The points.", when=lambda _: False)
