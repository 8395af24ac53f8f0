"""The course of a run so far: what its epochs gave, and what follows from that for the next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from gradloom.engine.history import History
from gradloom.engine.parameters import Parameters
from gradloom.engine.plan import Plan
from gradloom.engine.progress import Finished
from gradloom.engine.run import Best, Checkpoint, frozen
from gradloom.engine.stopping import finished, watched


@dataclass
class Course:
    """`epoch` counts finished epochs; `schedule` is what the plan's schedule remembers.

    `restored`: the best parameters were put back and no step was made since; what is set by hand
    since then stays.
    """

    has_validation: bool
    epoch: int = 0
    history: History = field(default_factory=History)
    best: Best | None = None
    schedule: Mapping[str, float] = field(default_factory=dict)
    restored: bool = False

    @classmethod
    def of(cls, checkpoint: Checkpoint, *, has_validation: bool) -> Course:
        """The course of a run that goes on."""
        return cls(
            has_validation,
            checkpoint.epoch,
            checkpoint.history,
            checkpoint.best,
            dict(checkpoint.schedule),
            checkpoint.restored,
        )

    def rate(self, plan: Plan) -> float:
        """The learning rate of the epoch that goes on."""
        return plan.rate_in(self.epoch, self.schedule)

    def replan(self, before: Plan, plan: Plan) -> None:
        """Forget what the other plan can't use."""
        if plan.schedule.kind != before.schedule.kind:
            self.schedule = {}
        if plan.restore_best and not before.restore_best:
            self.best = None  # its parameters were not kept

    def end_epoch(
        self,
        plan: Plan,
        parameters: Parameters,
        loss: float,
        accuracy: float,
        validation: tuple[float, float],
        rate: float,
    ) -> None:
        """Take down what an epoch gave, on the training rows and on the validation rows."""
        self.epoch += 1
        self.history = self.history.append(
            self.epoch, loss, validation[0], accuracy, validation[1], rate
        )
        look = watched(validation[0], loss, has_validation=self.has_validation)
        self.schedule = dict(plan.schedule.observe(self.schedule, look))
        if math.isfinite(look) and (self.best is None or look < self.best.loss):
            keep = plan.restore_best
            self.best = Best(
                look,
                self.epoch,
                frozen(parameters.theta) if keep else None,
                frozen(parameters.state) if keep else None,
            )

    def outcome(self, plan: Plan, metric: str) -> Finished | None:
        """Why the run ends after the epochs so far, or None."""
        return finished(plan, self.history, self.best, metric, has_validation=self.has_validation)

    def finish(
        self, plan: Plan, outcome: Finished, parameters: Parameters, *, between_epochs: bool
    ) -> Finished:
        """Put the best parameters back, if the plan asks for it; the outcome then says so."""
        best = self.best
        if not plan.restore_best or best is None or best.theta is None:
            return outcome
        assert best.state is not None
        if not self.restored and not (between_epochs and best.epoch == self.epoch):
            parameters.theta[...] = best.theta
            parameters.state[...] = best.state
            self.restored = True
        if self.restored and np.array_equal(parameters.theta, best.theta):
            return Finished(f"{outcome.reason} The parameters of epoch {best.epoch:,} are back.")
        return outcome
