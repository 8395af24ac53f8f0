"""What was measured after each epoch, in columns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradloom.core.errors import BadValue
from gradloom.layers.shapes import Array

COLUMNS = ("epoch", "loss", "validation_loss", "accuracy", "validation_accuracy", "rate")
_FIRST_CAPACITY = 256


class _Rows:
    """A growing table that histories share; rows below `used` never change."""

    def __init__(self, table: Array, used: int) -> None:
        self.table = table
        self.used = used


def _nothing() -> _Rows:
    return _Rows(np.empty((len(COLUMNS), _FIRST_CAPACITY)), 0)


@dataclass(frozen=True, eq=False)
class History:
    """One row per finished epoch: a frozen view of its columns, NaN where nothing was measured.

    `loss` is the mean of the epoch's batch losses, without penalties, measured while the
    parameters still moved. `validation_loss` and `validation_accuracy` are measured after the
    epoch. `accuracy` is measured after the epoch on at most 1000 training rows. For real targets
    "accuracy" is R² (see `Progress.metric`). `rate` is the learning rate of the epoch.

    `append` gives a longer history and is cheap: both share one growing table.
    """

    _rows: _Rows
    length: int = 0

    def __init__(self, rows: _Rows | None = None, length: int = 0) -> None:
        object.__setattr__(self, "_rows", rows or _nothing())
        object.__setattr__(self, "length", length)

    def __len__(self) -> int:
        return self.length

    def __eq__(self, other: object) -> bool:
        return isinstance(other, History) and bool(
            np.array_equal(self._whole(), other._whole(), equal_nan=True)
        )

    __hash__ = None  # type: ignore[assignment]

    def column(self, name: str) -> Array:
        """One column as a read-only view, (epochs,)."""
        view = self._rows.table[COLUMNS.index(name), : self.length]
        view.flags.writeable = False
        return view

    @property
    def epoch(self) -> Array:
        """Number of the epoch, from 1."""
        return self.column("epoch")

    @property
    def loss(self) -> Array:
        """Mean of the batch losses."""
        return self.column("loss")

    @property
    def validation_loss(self) -> Array:
        """Loss on the validation rows."""
        return self.column("validation_loss")

    @property
    def accuracy(self) -> Array:
        """Accuracy (or R²) on at most 1000 training rows."""
        return self.column("accuracy")

    @property
    def validation_accuracy(self) -> Array:
        """Accuracy (or R²) on the validation rows."""
        return self.column("validation_accuracy")

    @property
    def rate(self) -> Array:
        """Learning rate."""
        return self.column("rate")

    def append(
        self,
        epoch: int,
        loss: float,
        validation_loss: float = math.nan,
        accuracy: float = math.nan,
        validation_accuracy: float = math.nan,
        rate: float = math.nan,
    ) -> History:
        """The history with one more row; this one stays as it is."""
        rows = self._rows
        capacity = rows.table.shape[1]
        if rows.used != self.length or self.length == capacity:
            grown = np.empty((len(COLUMNS), max(2 * self.length, _FIRST_CAPACITY)))
            grown[:, : self.length] = self._whole()
            rows = _Rows(grown, self.length)
        rows.table[:, self.length] = (
            epoch,
            loss,
            validation_loss,
            accuracy,
            validation_accuracy,
            rate,
        )
        rows.used = self.length + 1
        return History(rows, self.length + 1)

    def encode(self) -> dict[str, list[float | None]]:
        """Plain JSON: a list per column, null where nothing (finite) was measured."""
        return {
            name: [x if math.isfinite(x) else None for x in self.column(name).tolist()]
            for name in COLUMNS
        }

    @classmethod
    def decode(cls, plain: Any, path: str = "") -> History:
        """The history that `encode` wrote; raises BadValue."""
        if not isinstance(plain, dict) or set(plain) != set(COLUMNS):
            raise BadValue(path, f"must be an object with the lists {', '.join(COLUMNS)}")
        lengths = {len(plain[name]) if isinstance(plain[name], list) else -1 for name in COLUMNS}
        if len(lengths) != 1 or -1 in lengths:
            raise BadValue(path, "must have lists of one length")
        (length,) = lengths
        table = np.empty((len(COLUMNS), max(length, _FIRST_CAPACITY)))
        for row, name in zip(table, COLUMNS, strict=True):
            for i, x in enumerate(plain[name]):
                if x is not None and (isinstance(x, bool) or not isinstance(x, int | float)):
                    raise BadValue(f"{path}.{name}[{i}]", "must be a number or null")
                try:
                    row[i] = math.nan if x is None else float(x)
                except OverflowError:
                    raise BadValue(f"{path}.{name}[{i}]", "is too large") from None
        return cls(_Rows(table, length), length)

    def _whole(self) -> Array:
        whole: Array = self._rows.table[:, : self.length]
        return whole
