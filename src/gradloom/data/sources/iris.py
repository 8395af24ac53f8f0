"""Fisher's irises: 150 flowers, four lengths, three species."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from gradloom.core.resources import resource_path
from gradloom.data.dataset import SOURCES, Dataset, DataSource
from gradloom.data.table import read_csv
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target


@cache
def _iris() -> Dataset:
    return read_csv(resource_path("data", "iris.csv"))


@SOURCES.add
@dataclass(frozen=True)
class Iris(DataSource):
    """Sepal and petal sizes in centimetres, and the species, as Fisher printed them in 1936.

    See `resources/data/README.md` for the source and the licence.
    """

    kind, label, help = "iris", "Iris", "150 real flowers of three species, measured in cm."
    shipped: ClassVar[bool] = True

    @property
    def feature_names(self) -> tuple[str, ...]:
        return _iris().feature_names

    @property
    def target_columns(self) -> tuple[Target, ...]:
        return _iris().target_columns

    def draw(self, rng: np.random.Generator) -> tuple[Array, Array]:
        return _iris().features, _iris().targets
