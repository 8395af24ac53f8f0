"""What a person picks to step: the next mini-batch, rows of the data, or numbers typed in."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.document import State
from gradloom.engine.rows import Rows, next_rows
from gradloom.engine.run import Checkpoint
from gradloom.layers.signature import Signature


@dataclass(frozen=True)
class NextBatch:
    """The mini-batch that the run would train on next."""


@dataclass(frozen=True)
class DataRows:
    """One or more rows of the dataset, by number from 0."""

    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Typed:
    """One row of a person's own: raw feature values, and targets or None if there are none."""

    values: tuple[float, ...]
    targets: tuple[float, ...] | None = None


Picked = NextBatch | DataRows | Typed


def rows_of(state: State, checkpoint: Checkpoint, picked: Picked) -> Rows:
    """These rows as a trace takes them; UserError, in one sentence, if there are none such."""
    prepared = state.prepared
    if isinstance(picked, NextBatch):
        return next_rows(prepared, state.plan, checkpoint)
    if isinstance(picked, DataRows):
        count = len(prepared.dataset)
        wrong = next((n for n in picked.numbers if not 0 <= n < count), None)
        if not picked.numbers or wrong is not None:
            said = "no row" if wrong is None else f"row {wrong + 1}"
            raise UserError(f"The data has rows 1 to {count}, not {said}; choose among them.")
        return Rows.of(prepared, picked.numbers)
    wanted = len(prepared.dataset.feature_names)
    if len(picked.values) != wanted:
        raise UserError(f"The data has {counted(wanted, 'feature')}, {_given(picked.values)}.")
    features = prepared.transform.apply(np.array([picked.values], dtype=np.float64))
    if not np.isfinite(features).all():
        raise UserError("These input values are too large to compute with.")
    if picked.targets is None:
        return Rows(features, None, (-1,))
    _refuse_targets(prepared.signature, picked.targets)
    return Rows(features, np.array([picked.targets], dtype=np.float64), (-1,))


def _refuse_targets(signature: Signature, targets: tuple[float, ...]) -> None:
    columns = signature.targets
    if len(targets) != len(columns):
        raise UserError(f"The data has {counted(len(columns), 'target')}, {_given(targets)}.")
    for target, value in zip(columns, targets, strict=True):
        if target.classes and value not in range(len(target.classes)):
            last = len(target.classes) - 1
            raise UserError(
                f"{target.name} is the number of a class, 0 ({target.classes[0]}) to"
                f" {last} ({target.classes[-1]}), not {value:g}."
            )
        if not math.isfinite(value):
            raise UserError(f"{target.name} must be a finite number.")


def _given(values: tuple[float, ...]) -> str:
    return f"{len(values)} {'was' if len(values) == 1 else 'were'} given"
