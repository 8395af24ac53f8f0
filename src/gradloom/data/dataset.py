"""A dataset as a value, and what can make one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from sys import float_info
from typing import Any, ClassVar

import numpy as np

from gradloom.core.errors import BadValue
from gradloom.core.settings import Declared, Registry
from gradloom.core.streams import stream
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows of numbers: `features` (rows, F) and `targets` (rows, T), float64 and read-only.

    A target column of classes holds class numbers, indices into its `Target.classes`.
    """

    name: str
    features: Array
    feature_names: tuple[str, ...]
    targets: Array
    target_columns: tuple[Target, ...]

    def __post_init__(self) -> None:
        wanted = {"features": self.feature_names, "targets": self.target_columns}
        for name, columns in wanted.items():
            array = frozen(np.array(getattr(self, name), dtype=np.float64, order="C"))
            if array.ndim != 2 or array.shape[1] != len(columns):
                raise ValueError(f"{name} of shape {array.shape} for {len(columns)} columns")
            object.__setattr__(self, name, array)
        if len(self.features) != len(self.targets):
            raise ValueError(f"{len(self.features)} rows, {len(self.targets)} targets")

    def __len__(self) -> int:
        return len(self.features)

    @cached_property
    def fingerprint(self) -> bytes:
        """Equal for equal content, so that tables can be compared and cached by value."""
        digest = blake2b(repr((self.name, self.feature_names, self.target_columns)).encode())
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


@dataclass(frozen=True)
class DataSource(Declared):
    """Base of everything that gives a dataset; the same seed gives the same bits.

    `task` is what its target asks for: "classes", "real", "gate" for a truth table, which is always
    trained on whole, or "table" where only the columns tell. `offered`: menus of ready-made data
    list it.
    """

    task: ClassVar[str] = "classes"
    offered: ClassVar[bool] = True

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

    def make(self, seed: int) -> Dataset:
        """The dataset for this project seed."""
        features, targets = self.draw(stream(seed, "data", self.kind))
        return Dataset(self.label, features, self.feature_names, targets, self.target_columns)

    def draw(self, rng: np.random.Generator) -> tuple[Array, Array]:
        """Features (rows, F) and targets (rows, T)."""
        raise NotImplementedError


SOURCES: Registry[DataSource] = Registry("dataset")
