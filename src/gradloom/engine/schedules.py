"""Schedules: how the learning rate changes from epoch to epoch, after torch.optim.lr_scheduler.

The optimiser's rate is multiplied by `factor`, asked for at the start of each epoch (from 0). What
a schedule remembers between epochs is a plain mapping that is saved with the run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, isfinite, pi

from gradloom.core.checks import Real, Whole
from gradloom.core.settings import Declared, Registry, param

Kept = Mapping[str, float]


@dataclass(frozen=True)
class Schedule(Declared):
    """A rule for the factor on the learning rate."""

    def factor(self, epoch: int, kept: Kept) -> float:
        """The factor for this epoch (from 0)."""
        raise NotImplementedError

    def observe(self, kept: Kept, loss: float) -> Kept:
        """What is remembered after an epoch that ended with this loss."""
        return kept


SCHEDULES: Registry[Schedule] = Registry("schedule")


@SCHEDULES.add
@dataclass(frozen=True)
class Constant(Schedule):
    """Always 1."""

    kind, label, help = "constant", "Constant", "The learning rate stays as it is."

    def factor(self, epoch: int, kept: Kept) -> float:
        return 1.0


@SCHEDULES.add
@dataclass(frozen=True)
class Step(Schedule):
    """factor ** (epoch // every); torch.optim.lr_scheduler.StepLR."""

    kind, label, help = "step", "Step", "Multiplies the learning rate every few epochs."
    every: int = param(
        30, Whole(1, 10**9), "Every", "Epochs between two steps.", unit="epochs", live=True
    )
    by: float = param(
        0.1, Real(0, 1, above=True), "Factor", "What the rate is multiplied by.", live=True
    )

    def factor(self, epoch: int, kept: Kept) -> float:
        return float(self.by ** (epoch // self.every))


@SCHEDULES.add
@dataclass(frozen=True)
class Exponential(Schedule):
    """factor ** epoch; torch.optim.lr_scheduler.ExponentialLR."""

    kind, label, help = "exponential", "Exponential", "Multiplies the learning rate every epoch."
    by: float = param(
        0.99, Real(0, 1, above=True), "Factor", "What the rate is multiplied by.", live=True
    )

    def factor(self, epoch: int, kept: Kept) -> float:
        return float(self.by**epoch)


@SCHEDULES.add
@dataclass(frozen=True)
class Cosine(Schedule):
    """floor + (1 - floor) (1 + cos(pi epoch / epochs)) / 2, then the floor for good.

    torch.optim.lr_scheduler.CosineAnnealingLR with eta_min = floor * rate, which goes up again
    after T_max; here it stays down.
    """

    kind, label, help = "cosine", "Cosine", "Falls along half a cosine wave, then stays low."
    epochs: int = param(
        200, Whole(1, 10**9), "Epochs", "When the floor is reached.", unit="epochs", live=True
    )
    floor: float = param(
        0.0, Real(0, 1), "Floor", "The share of the rate that is left at the end.", live=True
    )

    def factor(self, epoch: int, kept: Kept) -> float:
        done = min(epoch / self.epochs, 1.0)
        return self.floor + (1 - self.floor) * (1 + cos(pi * done)) / 2


@SCHEDULES.add
@dataclass(frozen=True)
class WarmUp(Schedule):
    """From `start` to 1 in a straight line; torch.optim.lr_scheduler.LinearLR with end_factor 1."""

    kind, label, help = "warm_up", "Linear warm-up", "Starts low and rises to the full rate."
    epochs: int = param(
        5, Whole(1, 10**9), "Epochs", "When the full rate is reached.", unit="epochs", live=True
    )
    start: float = param(
        1 / 3,
        Real(0, 1, above=True),
        "Start factor",
        "The share of the rate in the first epoch.",
        live=True,
    )

    def factor(self, epoch: int, kept: Kept) -> float:
        return self.start + (1 - self.start) * min(epoch / self.epochs, 1.0)


@SCHEDULES.add
@dataclass(frozen=True)
class Plateau(Schedule):
    """Multiplies by `by` when the loss has not improved for more than `patience` epochs.

    torch.optim.lr_scheduler.ReduceLROnPlateau (mode "min", relative threshold, no cooldown). The
    loss is the validation loss, or the training loss where there are no validation rows.
    """

    kind, label, help = (
        "plateau",
        "Reduce on plateau",
        "Lowers the rate when the loss stands still.",
    )
    by: float = param(
        0.1, Real(0, 1, above=True, below=True), "Factor", "What it is multiplied by.", live=True
    )
    patience: int = param(
        10, Whole(0, 10**9), "Patience", "Epochs without progress.", unit="epochs", live=True
    )
    threshold: float = param(
        1e-4,
        Real(0, 1, below=True),
        "Threshold",
        "The share by which the loss must fall to count as progress.",
        live=True,
        advanced=True,
    )

    def factor(self, epoch: int, kept: Kept) -> float:
        return kept.get("factor", 1.0)

    def observe(self, kept: Kept, loss: float) -> Kept:
        best, bad = kept.get("best"), kept.get("bad", 0.0)
        factor = kept.get("factor", 1.0)
        if isfinite(loss) and (best is None or loss < best * (1 - self.threshold)):
            best, bad = loss, 0.0
        else:
            bad += 1
        if bad > self.patience:
            factor, bad = factor * self.by, 0.0
        now = {"bad": bad, "factor": factor}
        return now if best is None else {"best": best, **now}
