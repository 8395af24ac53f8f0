"""A dataset as a value, and what can make one."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from math import prod
from sys import float_info
from typing import Any, ClassVar

import numpy as np

from gradloom.core.errors import BadValue
from gradloom.core.problem import Problem
from gradloom.core.settings import Declared, Registry
from gradloom.core.streams import stream
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target

Room = tuple[float, float, float, float]  # x from and to, y from and to


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows of numbers: `features` (rows, F) and `targets` (rows, T), float64 and read-only.

    A target column of classes holds class numbers, indices into its `Target.classes`.
    `feature_shape` is (channels, height, width) where a row of features is a picture.
    """

    name: str
    features: Array
    feature_names: tuple[str, ...]
    targets: Array
    target_columns: tuple[Target, ...]
    feature_shape: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        wanted = {"features": self.feature_names, "targets": self.target_columns}
        for name, columns in wanted.items():
            array = np.asarray(getattr(self, name))
            if array.flags.writeable or array.dtype != np.float64 or not array.flags.c_contiguous:
                array = frozen(np.array(array, dtype=np.float64, order="C"))
            if array.ndim != 2 or array.shape[1] != len(columns):
                raise ValueError(f"{name} of shape {array.shape} for {len(columns)} columns")
            object.__setattr__(self, name, array)
        if len(self.features) != len(self.targets):
            raise ValueError(f"{len(self.features)} rows, {len(self.targets)} targets")
        if self.feature_shape is not None and prod(self.feature_shape) != len(self.feature_names):
            raise ValueError(f"{self.feature_shape} for {len(self.feature_names)} columns")

    def __len__(self) -> int:
        return len(self.features)

    @cached_property
    def fingerprint(self) -> bytes:
        """Equal for equal content, so that tables can be compared and cached by value."""
        columns = (self.feature_names, self.target_columns, self.feature_shape)
        digest = blake2b(repr((self.name, *columns)).encode())
        digest.update(repr(self.features.shape).encode())
        digest.update(self.features.tobytes())
        digest.update(self.targets.tobytes())
        return digest.digest()


def frozen(array: Array) -> Array:
    """`array` itself, made read-only."""
    array.setflags(write=False)
    return array


def decode_numbers(plain: Any, path: str) -> tuple[float, ...]:
    """The finite numbers of a JSON list at `path`; raises BadValue for the first that is not."""
    if not isinstance(plain, list):
        raise BadValue(path, "must be a list of numbers")
    for i, number in enumerate(plain):
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise BadValue(f"{path}[{i}]", "must be a number")
        if not abs(number) <= float_info.max:
            raise BadValue(f"{path}[{i}]", "must be a finite number")
    return tuple(float(number) for number in plain)


SHAPE = {
    "type": "array",
    "items": {"type": "integer", "minimum": 1},
    "minItems": 3,
    "maxItems": 3,
}


def shape_from_plain(plain: Any, count: int, path: str) -> tuple[int, ...] | None:
    """(channels, height, width) of `count` numbers from a JSON list, or None; raises BadValue."""
    if plain is None:
        return None
    sizes = decode_numbers(plain, path)
    if len(sizes) != 3 or not all(n >= 1 and n == int(n) for n in sizes) or prod(sizes) != count:
        raise BadValue(path, f"must be three whole numbers whose product is {count}")
    return tuple(int(n) for n in sizes)


@dataclass(frozen=True)
class DataSource(Declared):
    """Base of everything that gives a dataset; the same seed gives the same bits.

    `task` is what its target asks for: "classes", "real", "gate" for a truth table, which is always
    trained on whole, or "table" where only the columns tell. `offered`: menus of ready-made data
    list it.
    """

    task: ClassVar[str] = "classes"
    offered: ClassVar[bool] = True
    shipped: ClassVar[bool] = False  # a real table that comes with the program

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns that `make` gives."""
        return ("x1", "x2")

    @property
    def target_columns(self) -> tuple[Target, ...]:
        """The target columns that `make` gives."""
        raise NotImplementedError

    @property
    def features(self) -> int:
        """How many feature columns there are."""
        return len(self.feature_names)

    @property
    def room(self) -> Room | None:
        """The plane that a map of it shows at least, where rows are drawn by hand; else None.

        Rows that come and go leave the parts (training ...) of the others as they are.
        """
        return None

    @property
    def stamp(self) -> Hashable:
        """What `make` depends on beside the settings and the seed; see `store`."""
        return None

    @property
    def bare(self) -> DataSource:
        """The same source without what its rows do not hang on, like where its files are."""
        return self

    @property
    def groups(self) -> tuple[slice, ...]:
        """Features that belong together, as they stand for the words of one column."""
        return ()

    def troubles(self) -> Iterator[Problem]:
        """What is wrong with the rows themselves."""
        return iter(())

    def best_error(self) -> float | None:
        """The error that no network can go below on new rows, or None if it is not known.

        For classes the share of wrong answers (the Bayes error); for a real target the mean
        squared error. It may take a second; equal settings give a cached answer.
        """
        return None

    def make(self, seed: int) -> Dataset:
        """The dataset for this project seed; NaN where a feature is missing."""
        features, targets = self.draw(stream(seed, "data", self.kind))
        return Dataset(self.label, features, self.feature_names, targets, self.target_columns)

    def draw(self, rng: np.random.Generator) -> tuple[Array, Array]:
        """Features (rows, F) and targets (rows, T)."""
        raise NotImplementedError


SOURCES: Registry[DataSource] = Registry("dataset")
