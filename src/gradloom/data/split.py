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


def evenly(rows: Array, most: int) -> Array:
    """At most so many of these rows: the first, the last, and one of each stretch between.

    Which one is drawn, always the same: at equal steps the rows of classes that take turns would
    all be of one class.
    """
    if len(rows) <= most:
        return rows
    edges = np.linspace(0, len(rows), most + 1).astype(np.intp)
    some = np.random.default_rng(0).integers(edges[:-1], edges[1:])
    some[:1], some[-1:] = 0, len(rows) - 1
    chosen: Array = rows[some]
    return chosen


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
    lots: Array | None = None,
) -> Split:
    """`count` rows dealt at random in these percentages (train, validation, test).

    By the `lots` (rows,) that they drew if given (see `drawn_lots`), else by `rng`.

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
        rows = rng.permutation(group) if lots is None else group[lots[group].argsort(kind="stable")]
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


def drawn_lots(features: Array, rng: np.random.Generator) -> Array:
    """A whole number (rows,) for each row of features (rows, F) that hangs on nothing but the row.

    So rows that come and go leave the parts of the others as they are, but for a few at the
    borders. The mixing is that of SplitMix64 (G. L. Steele, D. Lea, C. H. Flood, "Fast splittable
    pseudorandom number generators", OOPSLA 2014).
    """
    lots = np.full(len(features), rng.integers(0, 2**64, dtype=np.uint64))
    for column in (features + 0.0).T:  # + 0.0: minus zero is zero
        lots = _mixed(lots ^ np.ascontiguousarray(column).view(np.uint64))
    return lots


def _mixed(words: Array) -> Array:
    """64 bits each, so that every bit of one hangs on every bit of what it was."""
    words = words + np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        words = (words ^ (words >> np.uint64(shift))) * np.uint64(factor)
    mixed: Array = words ^ (words >> np.uint64(31))
    return mixed
