"""Which rows are trained on, which validate, which test."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from gradloom.data.dataset import frozen
from gradloom.layers.shapes import Array


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of each part, ascending and read-only; any of them may be empty.

    `again` are training rows that an epoch takes once more, some of them several times.
    """

    train: Array
    validation: Array
    test: Array
    again: Array = field(default_factory=lambda: np.arange(0))

    def __post_init__(self) -> None:
        for name in ("train", "validation", "test", "again"):
            rows = np.sort(np.asarray(getattr(self, name), dtype=np.intp))
            object.__setattr__(self, name, frozen(rows))

    @cached_property
    def epoch(self) -> Array:
        """The rows that an epoch trains on."""
        return frozen(np.sort(np.concatenate([self.train, self.again])))

    @classmethod
    def whole(cls, count: int) -> Split:
        """Every row for training."""
        return cls(np.arange(count), np.arange(0), np.arange(0))


def repeats(rows: Array, labels: Array) -> Array:
    """What to add to `rows` so that every class of `labels` (one per row) is equally frequent.

    Which rows of a class come once more than others is spread evenly over them.
    """
    found = [np.arange(0)]
    counts = {label: int((labels == label).sum()) for label in np.unique(labels)}
    most = max(counts.values(), default=0)
    for label, count in counts.items():
        whole, rest = divmod(most - count, count)
        own = rows[labels == label]
        spread = own[(np.arange(rest) * count) // max(rest, 1)]
        found += [np.repeat(own, whole), spread]
    return np.concatenate(found)


def split_rows(
    count: int,
    shares: tuple[int, int, int],
    rng: np.random.Generator,
    labels: Array | None = None,
) -> Split:
    """`count` rows dealt at random in these percentages (train, validation, test).

    With `labels` (rows,) each class is dealt by itself: it gets the floor or the ceiling of its
    exact share in every part, and what rounding leaves goes where most has been lost so far, so
    that the parts as a whole keep their shares too.
    """
    groups = [np.arange(count)]
    if labels is not None:
        groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    parts: list[list[Array]] = [[], [], []]
    owed = [0, 0, 0]  # hundredths of a row lost to rounding so far
    for group in groups:
        rows = rng.permutation(group)
        sizes = [len(rows) * share // 100 for share in shares]
        rest = [len(rows) * share % 100 for share in shares]
        owed = [a + b for a, b in zip(owed, rest, strict=True)]
        neediest = sorted((p for p in range(3) if rest[p]), key=lambda p: -owed[p])
        for part in neediest[: len(rows) - sum(sizes)]:
            sizes[part] += 1
            owed[part] -= 100
        first, second = sizes[0], sizes[0] + sizes[1]
        for part, piece in enumerate(np.split(rows, [first, second])):
            parts[part].append(piece)
    empty = np.arange(0)
    train, validation, test = (np.concatenate([empty, *pieces]) for pieces in parts)
    return Split(train, validation, test)
