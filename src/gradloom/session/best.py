"""The best that any network can do on new rows of generated data, in the numbers of a run."""

from __future__ import annotations

from dataclasses import dataclass

from gradloom.document import State
from gradloom.engine.metrics import ACCURACY, main_metric

LOSS, SCORE = "loss", "accuracy"  # which column of the history a bound belongs to


@dataclass(frozen=True, slots=True)
class Scale:
    """How a best possible error is read: as `offset + factor * error` in a column of the history.

    `error` says what a loss is called there, or "" for an accuracy.
    """

    column: str
    offset: float
    factor: float
    error: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A number in a column of the history that no network passes on new rows."""

    scale: Scale
    error: float

    @property
    def column(self) -> str:
        """Where it belongs: "loss" or "accuracy"."""
        return self.scale.column

    @property
    def value(self) -> float:
        """The number."""
        return self.scale.offset + self.scale.factor * self.error


_SQUARED = {"mse": "mean squared error", "half_squared": "half squared error"}


def scale_of(state: State) -> Scale | None:
    """How the best error of this state's data shows in its run; None where it does not.

    A share of wrong answers is 1 - accuracy. A mean squared error is a loss where one Output
    compares a real target by squares (halved, scaled and times the Output's weight, as the loss
    is).
    """
    codings = state.analysis.codings
    source = state.data.source
    if source.task not in ("classes", "real") or source.problems() or not codings:
        return None
    if main_metric(codings)[0] == ACCURACY:
        return Scale(SCORE, 1.0, -1.0)
    if len(codings) > 1:
        return None
    ((sink, coding),) = codings.items()
    if coding.loss not in _SQUARED:
        return None
    shares = [target.scale**-2 for target in coding.targets]  # the loss is of scaled targets
    # the half squared error sums over the targets, the mean squared error is their mean
    share = sum(shares) * (0.5 if coding.loss == "half_squared" else 1 / len(shares))
    weight = float(getattr(state.graph[sink].kind, "weight", 1.0))
    return Scale(LOSS, 0.0, share * weight, _SQUARED[coding.loss])


def bound_of(state: State) -> Bound | None:
    """The bound of this state's data, or None where none is known; may take a second."""
    scale = scale_of(state)
    error = state.data.source.best_error() if scale is not None else None
    return None if scale is None or error is None else Bound(scale, error)
