"""Points drawn by hand on the map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradloom.core.checks import Real
from gradloom.core.problem import Problem
from gradloom.core.settings import param
from gradloom.data.dataset import SOURCES, Dataset, Room
from gradloom.data.sources.table import Kept, Rows
from gradloom.layers.signature import Target


def _nothing() -> Dataset:
    target = Target("class", ("A", "B"))
    return Dataset("Drawing", np.zeros((0, 2)), ("x1", "x2"), np.zeros((0, 1)), (target,))


def _edge(default: float, label: str, which: str, *, flat: bool = False) -> Any:
    """A border of the plane; a `flat` drawing (classes over one feature) has no height."""
    words = f"Where the plane ends {which}; points beyond it make it larger."
    check = Real(-1e9, 1e9)
    when = None if flat else _has_height
    return param(default, check, label, words, live=True, advanced=True, when=when)


def _has_height(drawing: Drawing) -> bool:
    return drawing.features == 2 or not drawing.target_columns[0].classes


@SOURCES.add
@dataclass(frozen=True, eq=False)
class Drawing(Kept):
    """Points of a person's own hand, equal by content; edited by the functions of `drawing`.

    Its rows are live: a run goes on with its weights while one draws.
    """

    kind, label = "drawing", "Drawing"
    help = "Points you draw on the map yourself, with its pencil."
    content: Dataset = param(
        _nothing, Rows(), "Content", "The points.", live=True, when=lambda _: False
    )
    left: float = _edge(-5.0, "Left edge", "on the left", flat=True)
    right: float = _edge(5.0, "Right edge", "on the right", flat=True)
    bottom: float = _edge(-5.0, "Lower edge", "below")
    top: float = _edge(5.0, "Upper edge", "above")

    @property
    def room(self) -> Room:
        return (*_range(self.left, self.right), *_range(self.bottom, self.top))

    def troubles(self) -> Iterator[Problem]:
        if not len(self.content):
            yield Problem("Nothing is drawn yet; draw points on the map.", field="source")


def _range(a: float, b: float) -> tuple[float, float]:
    low, high = min(a, b), max(a, b)
    return (low, high) if low < high else (low - 1.0, high + 1.0)
