"""Points drawn by hand on the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gradloom.core.settings import param
from gradloom.data.dataset import SOURCES, Dataset, DataSource
from gradloom.data.sources.table import Rows
from gradloom.layers.signature import Target


def _nothing() -> Dataset:
    target = Target("class", ("A", "B"))
    return Dataset("Drawing", np.zeros((0, 2)), ("x1", "x2"), np.zeros((0, 1)), (target,))


@SOURCES.add
@dataclass(frozen=True, eq=False)
class Drawing(DataSource):
    """Points of a person's own hand, equal by content; edited by the functions of `drawing`."""

    kind, label, help = "drawing", "Drawing", "Points you draw on the map yourself."
    task: ClassVar[str] = "table"
    offered: ClassVar[bool] = False
    content: Dataset = param(_nothing, Rows(), "Content", "The points.", when=lambda _: False)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Drawing):
            return NotImplemented
        return self.content.fingerprint == other.content.fingerprint

    def __hash__(self) -> int:
        return hash(self.content.fingerprint)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return self.content.feature_names

    @property
    def target_columns(self) -> tuple[Target, ...]:
        return self.content.target_columns

    def make(self, seed: int) -> Dataset:
        return self.content
