"""Prepared data, and which of it is kept."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from weakref import WeakValueDictionary

from gradloom.core.problem import Problem
from gradloom.data.dataset import Dataset
from gradloom.data.split import Split
from gradloom.data.transform import Transform
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Signature


@dataclass(frozen=True, eq=False)
class Prepared:
    """Data as a network gets it: `features` (rows, F') transformed, `targets` (rows, T) raw.

    Both hold all rows, read-only; `split` says which are trained on. The targets of `signature`
    say how real ones are scaled for the network. `problems` may stop training.
    """

    dataset: Dataset
    split: Split
    transform: Transform
    signature: Signature
    features: Array
    targets: Array
    problems: tuple[Problem, ...]

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        raw = 0 if self.dataset.features is self.features else self.dataset.features.nbytes
        return int(raw + self.features.nbytes + self.targets.nbytes)


class Cache:
    """The last results, as many as a bound of memory takes, at least two; from any thread.

    What somebody else still holds is found too, however large. Why: an edit of large data is
    compared before and after, and preparing either anew each time would take seconds.
    """

    def __init__(self, most: int, nbytes: int) -> None:
        self._most, self._nbytes = most, nbytes
        self._kept: dict[Hashable, Prepared] = {}
        self._alive: WeakValueDictionary[Hashable, Prepared] = WeakValueDictionary()
        self._lock = Lock()

    def get(self, key: Hashable) -> Prepared | None:
        """What was made for this key, if it is still there."""
        with self._lock:
            found = self._kept.pop(key, None)
            if found is not None:
                self._kept[key] = found
            return found or self._alive.get(key)

    def put(self, key: Hashable, made: Prepared) -> None:
        """Keep this; what was not used for longest goes."""
        with self._lock:
            self._kept[key] = self._alive[key] = made
            while len(self._kept) > 2 and (len(self._kept) > self._most or self._too_large()):
                del self._kept[next(iter(self._kept))]

    def features(self, dataset: Dataset, transform: Transform) -> Array | None:
        """What this transform made of the same dataset before, if that is still there."""
        with self._lock:
            every = list(self._alive.values())
        same = (p for p in every if p.dataset is dataset and p.transform == transform)
        return next((made.features for made in same), None)

    def _too_large(self) -> bool:
        return sum(made.nbytes for made in self._kept.values()) > self._nbytes
