"""The plan: how to train, as declared settings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.core.checks import Choice, Flag, Optional, Real, Variant, Whole
from gradloom.core.settings import Declared, param
from gradloom.engine.optimisers import OPTIMISERS, Optimiser
from gradloom.engine.schedules import SCHEDULES, Kept, Schedule
from gradloom.layers.shapes import DType

_WATCHED = "on the validation rows if there are any, else on the training rows"


@dataclass(frozen=True)
class Plan(Declared):
    """How a network is trained. The loss is not here: it belongs to each Output layer.

    Settings marked live may change while a run goes on; the others take a reset.
    """

    label = "Plan"
    help = "How the network is trained."
    optimiser: Optimiser = param(
        lambda: OPTIMISERS.make("adam", rate=0.01),
        Variant(OPTIMISERS),
        "Optimiser",
        "How a slope becomes a step. Another kind starts with an empty memory.",
        live=True,
    )
    schedule: Schedule = param(
        lambda: SCHEDULES.make("constant"),
        Variant(SCHEDULES),
        "Schedule",
        "How the learning rate changes from epoch to epoch.",
        live=True,
    )
    batch_size: int = param(
        10,
        Whole(1, 1_000_000),
        "Batch size",
        "Rows per step; a change counts from the next epoch on.",
        unit="rows",
        live=True,
    )
    l1: float = param(
        0.0,
        Real(0, 1e6, log=True),
        "L1",
        "Pulls all weights towards 0 by λ·sign(w), on top of each layer's own; the loss shown is"
        " without it.",
        live=True,
    )
    l2: float = param(
        0.0,
        Real(0, 1e6, log=True),
        "L2",
        "Pulls all weights towards 0 by λ·w, on top of each layer's own; the loss shown is"
        " without it.",
        live=True,
    )
    clip_value: float | None = param(
        None,
        Optional(Real(0, 1e12, above=True, log=True), "None"),
        "Clip by value",
        "Cuts each number of the gradient to between minus this and this.",
        live=True,
        advanced=True,
    )
    clip_norm: float | None = param(
        None,
        Optional(Real(0, 1e12, above=True, log=True), "None"),
        "Clip by norm",
        "Shortens the whole gradient to at most this length.",
        live=True,
        advanced=True,
    )
    seed: int = param(
        0, Whole(0, 2**32 - 1), "Seed", "The same seed gives the same split, start and run."
    )
    precision: str = param(
        "float32",
        Choice(("float32", "32 bit"), ("float64", "64 bit")),
        "Precision",
        "The numbers used in training: 32 bit is quicker, 64 bit exacter.",
        advanced=True,
    )
    shuffle: bool = param(
        True, Flag(), "Shuffle", "Takes the rows in a new order every epoch.", live=True
    )
    epochs: int | None = param(
        None,
        Optional(Whole(1, 10**9), "No limit"),
        "Stop after epochs",
        "Ends the run after so many passes over the training rows.",
        unit="epochs",
        live=True,
    )
    seconds: float | None = param(
        None,
        Optional(Real(0, 1e9, above=True), "No limit"),
        "Stop after time",
        "Ends the run after so many seconds of training.",
        unit="s",
        live=True,
        advanced=True,
    )
    target_loss: float | None = param(
        None,
        Optional(Real(), "None"),
        "Stop at loss",
        f"Ends the run when the loss {_WATCHED} is at most this.",
        live=True,
        advanced=True,
    )
    target_accuracy: float | None = param(
        None,
        Optional(Real(high=1), "None"),
        "Stop at accuracy",
        f"Ends the run when accuracy (or R²) {_WATCHED} is at least this.",
        live=True,
        advanced=True,
    )
    patience: int | None = param(
        None,
        Optional(Whole(1, 10**9), "None"),
        "Patience",
        f"Ends the run after so many epochs without a lower loss {_WATCHED}.",
        unit="epochs",
        live=True,
        advanced=True,
    )
    restore_best: bool = param(
        False,
        Flag(),
        "Restore best",
        f"When the run ends, goes back to the epoch with the lowest loss {_WATCHED}.",
        live=True,
        advanced=True,
    )

    @property
    def dtype(self) -> DType:
        """The precision as NumPy names it."""
        return np.dtype(self.precision)

    def rate_in(self, epoch: int, kept: Kept) -> float:
        """The learning rate in an epoch (from 0); `kept` is what the schedule remembers."""
        return self.optimiser.rate * self.schedule.factor(epoch, kept)

    def needs_reset(self, other: Plan) -> bool:
        """Whether going on under `other` takes a new run."""
        return self.fixed() != other.fixed()
