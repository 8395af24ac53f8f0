"""Real tables that ship with the program; see `resources/data/README.md` for their sources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np

from gradloom.core.resources import resource_path
from gradloom.data.dataset import SOURCES, Dataset, DataSource, frozen
from gradloom.data.format import TableFormat
from gradloom.data.idx import read_idx
from gradloom.data.table import numbers, read_table
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target


@cache
def _shipped(file: str, targets: tuple[Target, ...], label: str) -> Dataset:
    """A file's columns: the last ones are these targets, all others features."""
    table = read_table(resource_path("data", file), TableFormat())  # so they are all written
    names = table.columns[: -len(targets)]
    answers = np.empty((len(table.rows), len(targets)))
    for i, target in enumerate(targets):
        if target.classes:
            answers[:, i] = [target.classes.index(cell) for cell in table.column(target.name)]
        else:
            answers[:, i] = numbers(table, (target.name,))[:, 0]
    return Dataset(label, frozen(numbers(table, names)), names, frozen(answers), targets)


@dataclass(frozen=True)
class Shipped(DataSource):
    """Base: a table in `resources/data`, read once when it is first asked for."""

    shipped: ClassVar[bool] = True
    file: ClassVar[str] = ""
    targets: ClassVar[tuple[Target, ...]] = ()

    @property
    def _content(self) -> Dataset:
        return _shipped(self.file, self.targets, self.label)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return self._content.feature_names

    @property
    def target_columns(self) -> tuple[Target, ...]:
        return self._content.target_columns

    def make(self, seed: int) -> Dataset:
        return self._content

    def draw(self, rng: np.random.Generator) -> tuple[Array, Array]:
        return self._content.features, self._content.targets


@SOURCES.add
@dataclass(frozen=True)
class Wine(Shipped):
    """178 wines of one region by three growers, with thirteen measurements of each."""

    kind, label, help = "wine", "Wine", "178 real wines of three growers, analysed chemically."
    file: ClassVar[str] = "wine.csv"
    targets: ClassVar[tuple[Target, ...]] = (Target("cultivar", ("class 1", "class 2", "class 3")),)


@SOURCES.add
@dataclass(frozen=True)
class BreastCancer(Shipped):
    """569 tumours, malignant or benign, by thirty figures of the shape of their cell nuclei."""

    kind, label = "breast_cancer", "Breast cancer"
    help = "569 real tumours, malignant or benign, by the shape of their cell nuclei."
    file: ClassVar[str] = "breast_cancer.csv"
    targets: ClassVar[tuple[Target, ...]] = (Target("diagnosis", ("malignant", "benign")),)


@SOURCES.add
@dataclass(frozen=True)
class Diabetes(Shipped):
    """442 patients: ten measurements, and how far the illness had gone a year later.

    In the units they were measured in (scikit-learn's `load_diabetes(scaled=False)`).
    """

    kind, label = "diabetes", "Diabetes"
    help = "442 real patients; how far the illness goes within a year."
    task: ClassVar[str] = "real"
    file: ClassVar[str] = "diabetes.csv"
    targets: ClassVar[tuple[Target, ...]] = (Target("progression"),)


@SOURCES.add
@dataclass(frozen=True)
class Houses(Shipped):
    """2930 houses sold in Ames, Iowa: twelve of the assessor's figures, and the price in dollars.

    A part of the columns of De Cock (2011), "Ames, Iowa: Alternative to the Boston Housing Data".
    """

    kind, label = "houses", "Houses"
    help = "2930 real houses sold in Ames, Iowa; the price by size, age and place."
    task: ClassVar[str] = "real"
    file: ClassVar[str] = "ames.csv"
    targets: ClassVar[tuple[Target, ...]] = (Target("sale_price"),)


@SOURCES.add
@dataclass(frozen=True)
class Linnerud(Shipped):
    """20 men in a fitness club: three exercises, and three measures of the body to tell."""

    kind, label, help = "linnerud", "Linnerud", "20 real men; three real targets at once."
    task: ClassVar[str] = "real"
    file: ClassVar[str] = "linnerud.csv"
    targets: ClassVar[tuple[Target, ...]] = (Target("Weight"), Target("Waist"), Target("Pulse"))


@cache
def _digits() -> Dataset:
    images = resource_path("data", "digits-images-idx3-ubyte.gz")
    made = read_idx(images, resource_path("data", "digits-labels-idx1-ubyte.gz")).dataset()
    return Dataset(
        "Digits",
        made.features,
        made.feature_names,
        made.targets,
        (Target("digit", tuple("0123456789")),),
        made.feature_shape,
    )


@SOURCES.add
@dataclass(frozen=True)
class Digits(Shipped):
    """1797 handwritten digits as pictures of 8 × 8, each cell 0 to 16.

    The features are p0_0 .. p7_7: row, then column.
    """

    kind, label, help = "digits", "Digits", "1797 real handwritten digits, 8 × 8 cells each."

    @property
    def _content(self) -> Dataset:
        return _digits()
