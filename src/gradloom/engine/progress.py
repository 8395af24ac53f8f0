"""What a run tells the world while it goes on, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from gradloom.engine.history import History
from gradloom.engine.trajectory import Trajectory
from gradloom.layers.shapes import Array


@dataclass(frozen=True, slots=True)
class Finished:
    """The run ended as the plan asked; `reason` is a sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The numbers went to infinity or NaN; the parameters are still the last finite ones.

    `sentence` says where, why it is likely and what to do. `layer` is an id, or "". `fix` names a
    one-click remedy (see `document.fixes`) or is "".
    """

    sentence: str
    layer: str
    steps: int
    fix: str = ""


Outcome = Finished | Broken


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Copies of the parameters and the state, read-only, in the vectors' layout."""

    theta: Array
    state: Array


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """A run at one moment. `loss` and the metrics are those of the last finished epoch, or NaN.

    `loss` is the mean over the batches so far while the first epoch goes on. `batch` is the step
    within the epoch. `taken_at` is a time.perf_counter() in seconds.
    The last point of `trajectory` is the snapshot.
    """

    run: int
    epoch: int
    batch: int
    steps: int
    loss: float
    validation_loss: float
    accuracy: float
    validation_accuracy: float
    metric: str  # "Accuracy" or "R²"
    rate: float
    epochs_per_second: float
    samples_per_second: float
    history: History
    snapshot: Snapshot
    taken_at: float
    outcome: Outcome | None
    trajectory: Trajectory = Trajectory()  # noqa: RUF009 - frozen
