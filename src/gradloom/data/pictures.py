"""Pictures with their classes as files hold them, and a first look at a set of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from math import prod

import numpy as np

from gradloom.core.errors import UserError
from gradloom.core.memory import available_bytes
from gradloom.data.dataset import Dataset, frozen
from gradloom.layers.shapes import Array, Shape, words
from gradloom.layers.signature import Target

TARGET = "class"
_COPIES = 3  # of 8 bytes a cell: the dataset, its scaled features, one in the making
_LABEL = np.dtype("<u2")


@dataclass(frozen=True, eq=False)
class Pictures:
    """`pixels` (rows, channels, height, width) of bytes and `labels` (rows,) into `classes`."""

    name: str
    pixels: Array
    labels: Array
    classes: tuple[str, ...]

    @property
    def shape(self) -> Shape:
        """(channels, height, width) of one picture."""
        return tuple(self.pixels.shape[1:])

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return int(self.pixels.nbytes + self.labels.nbytes)

    @cached_property
    def digest(self) -> str:
        """The hash of everything but the name, however the files are packed."""
        digest = blake2b(repr((self.pixels.shape, self.classes)).encode(), digest_size=16)
        digest.update(np.ascontiguousarray(self.pixels).data)
        digest.update(self.labels.astype(_LABEL).data)
        return digest.hexdigest()

    def dataset(self) -> Dataset:
        """Features are p0_0 .. (row, column), 0 to 255; the target is the class."""
        rows, shape = len(self.pixels), self.shape
        features = self.pixels.reshape(rows, prod(shape)).astype(np.float64)
        targets = self.labels.astype(np.float64).reshape(rows, 1)
        columns = (Target(TARGET, self.classes),)
        return Dataset(
            self.name, frozen(features), cell_names(shape), frozen(targets), columns, shape
        )

    def to_bytes(self) -> bytes:
        """Pixels and labels, for a copy inside a project."""
        return self.pixels.tobytes() + self.labels.astype(_LABEL).tobytes()

    @classmethod
    def from_bytes(
        cls, data: bytes, name: str, shape: Shape, classes: tuple[str, ...]
    ) -> Pictures | None:
        """What `to_bytes` gave, or None if it can't be that."""
        size = prod(shape)
        rows, rest = divmod(len(data), size + _LABEL.itemsize)
        if rest or not rows:
            return None
        cells = np.frombuffer(data, np.uint8)
        labels = cells[rows * size :].view(_LABEL).astype(np.int32)
        if labels.max() >= len(classes):
            return None
        return cls(name, cells[: rows * size].reshape(rows, *shape), frozen(labels), classes)


@dataclass(frozen=True, eq=False)
class Look:
    """What a set of pictures seems to hold, seen without reading all of it.

    `counts` (classes,) are exact; `samples` are a few pictures (n, channels, height, width) of each
    class, none of a class that only stands further on.
    """

    name: str
    shape: Shape
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    samples: tuple[Array, ...]

    @property
    def count(self) -> int:
        """How many pictures there are."""
        return sum(self.counts)


def refuse_if_too_large(count: int, shape: Shape, name: str) -> None:
    """Raise UserError, before allocating, if so many pictures would not fit."""
    needed, free = count * prod(shape) * 8 * _COPIES, available_bytes()
    if needed > free * 0.8:
        raise UserError(
            f"{name} has {count:,} pictures of {words(shape)}; working with them needs about"
            f" {needed / 2**30:.1f} GiB, and {free / 2**30:.1f} GiB are free. Use fewer or smaller"
            " ones."
        )


@cache
def cell_names(shape: Shape) -> tuple[str, ...]:
    """Names of the cells of a picture: p<row>_<column>, with c<channel> before it if several."""
    channels, height, width = shape
    return tuple(
        f"c{c}_p{y}_{x}" if channels > 1 else f"p{y}_{x}"
        for c in range(channels)
        for y in range(height)
        for x in range(width)
    )
