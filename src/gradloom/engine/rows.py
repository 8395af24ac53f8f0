"""Which rows one step works on: some of the dataset's, or what was typed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.data import Prepared
from gradloom.engine.feed import Orders
from gradloom.engine.plan import Plan
from gradloom.engine.run import Checkpoint
from gradloom.layers.shapes import Array


@dataclass(frozen=True, eq=False)
class Rows:
    """What is stepped: transformed features (rows, F') and targets (rows, T).

    Targets None ask for a forward-only walk. `numbers` are row numbers of the dataset, -1 for
    typed input.
    """

    features: Array
    targets: Array | None
    numbers: tuple[int, ...]

    @classmethod
    def of(cls, prepared: Prepared, numbers: tuple[int, ...]) -> Rows:
        """Rows of the dataset with their targets."""
        picked = list(numbers)
        return cls(prepared.features[picked], prepared.targets[picked], numbers)

    def only(self, row: int) -> Rows:
        """One of these rows, by its place among them."""
        some = slice(row, row + 1)
        targets = None if self.targets is None else self.targets[some]
        return Rows(self.features[some], targets, self.numbers[some])


def next_rows(prepared: Prepared, plan: Plan, checkpoint: Checkpoint) -> Rows:
    """The mini-batch that the run would train on next."""
    train = prepared.split.epoch
    epoch, batch, size = checkpoint.epoch, checkpoint.batch, checkpoint.batch_size
    shuffled = checkpoint.shuffled
    if batch == 0:
        size, shuffled = plan.batch_size, plan.shuffle
    size = min(size, len(train))
    if batch * size >= len(train):
        epoch, batch, size, shuffled = epoch + 1, 0, min(plan.batch_size, len(train)), plan.shuffle
    order = Orders(plan.seed, len(train)).of(epoch) if shuffled else np.arange(len(train))
    chosen = train[order[batch * size : (batch + 1) * size]]
    return Rows.of(prepared, tuple(int(row) for row in chosen))
