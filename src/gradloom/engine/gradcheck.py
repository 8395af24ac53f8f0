r"""Gradient check: the slopes of backpropagation against slopes measured by moving each weight.

    n = (L(θ + h) - L(θ - h)) / 2h          error = |g - n| / max(|g|, |n|, τ)

Everything runs in float64 on a copy of the run. h = ε^(1/3) max(1, |θ|) balances what is cut off
from the series against what is lost by subtraction (Press et al., Numerical Recipes, section 5.7).
τ = 1e-4 |L| is far above the rounding of n, so that slopes near 0 are not judged by their noise.
Limits after CS231n, "Gradient checks". L is the loss without L1 and L2, whose slope is added later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gradloom.core.streams import generator_from_plain
from gradloom.data import Prepared
from gradloom.engine.compile import TRAIN, compile_graph
from gradloom.engine.feed import pack
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.engine.plan import Plan
from gradloom.engine.program import Program
from gradloom.engine.rows import Rows
from gradloom.engine.run import Checkpoint
from gradloom.graph import Graph, analyse
from gradloom.layers.shapes import Array, DType
from gradloom.layers.site import Phase

FORMULA = (
    r"n = \frac{L(\theta + h) - L(\theta - h)}{2 h},\quad"
    r" e = \frac{|g - n|}{\max(|g|, |n|, \tau)}"
)
GOOD, DOUBTFUL = 1e-6, 1e-3  # relative errors
_TINY = 1e-4  # τ as a part of the loss
_STEP = float(np.finfo(np.float64).eps) ** (1 / 3)

Told = Callable[[int, int], bool]  # (weights checked, of how many) -> whether to go on


class Verdict(StrEnum):
    """What a comparison says."""

    GOOD = "agrees"
    EXCUSED = "excused"
    DOUBTFUL = "doubtful"
    WRONG = "differs"


@dataclass(frozen=True, slots=True)
class Compared:
    """One weight: slope by backpropagation `analytic`, measured `numeric`, their relative `error`.

    `run` is the slope in the run's own precision. `reason` is a sentence, or "".
    """

    layer: str
    parameter: str
    index: tuple[int, ...]
    analytic: float
    numeric: float
    error: float
    run: float
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """A check of all weights, or of as many as were reached before it was cancelled."""

    compared: tuple[Compared, ...]
    count: int
    notes: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every weight was checked."""
        return len(self.compared) == self.count

    @property
    def worst(self) -> tuple[Compared, ...]:
        """The comparisons, largest error first; numbers that are not finite before all."""
        return tuple(sorted(self.compared, key=lambda c: -np.nan_to_num(c.error, nan=np.inf)))

    def sentence(self) -> str:
        """The outcome in words."""
        bad = sum(c.verdict in (Verdict.DOUBTFUL, Verdict.WRONG) for c in self.compared)
        excused = sum(c.verdict is Verdict.EXCUSED for c in self.compared)
        said = f"{len(self.compared):,} of {self.count:,} weights checked: "
        if not self.compared:
            return said + "none."
        if not bad:
            largest = max((c.error for c in self.compared if c.verdict is Verdict.GOOD), default=0)
            said += f"all agree, largest relative error {largest:.1e}"
        else:
            said += f"{bad:,} differ"
        return said + (f", {excused:,} excused." if excused else ".")


class GradientChecker:
    """Checks the slopes of a network at a run's weights on some rows (which need targets)."""

    def __init__(
        self, graph: Graph, prepared: Prepared, plan: Plan, checkpoint: Checkpoint, rows: Rows
    ) -> None:
        """The graph must be ready."""
        if rows.targets is None:
            raise ValueError("a gradient check needs targets")
        self._graph, self._plan = graph, plan
        self._analysis = analyse(graph, prepared.signature)
        self._checkpoint, self._rows = checkpoint, rows
        self._rng = generator_from_plain(dict(checkpoint.rng))
        self._masks = self._rng.bit_generator.state
        self._parameters, self._program = self._compile(np.dtype(np.float64))
        forward = [op for op in self._program.operations if op.phase is not Phase.BACKWARD]
        self._forward = [call for op in forward for call in op.calls]
        self._loss = self._run(self._program.calls)
        self._analytic: Array = self._parameters.gradient.copy()
        self._own = self._analytic
        if plan.dtype != np.float64:
            parameters, program = self._compile(plan.dtype)
            self._run(program.calls)
            self._own = parameters.gradient.astype(np.float64)
        self._places = {
            (layer, p.name): self._parameters.layout.parameter(
                np.arange(self._parameters.theta.size), layer, p.name
            )
            for layer, p in self._parameters.layout.parameters()
        }

    @property
    def count(self) -> int:
        """How many weights there are."""
        return self._parameters.theta.size

    @property
    def loss(self) -> float:
        """The loss at the weights as they are."""
        return self._loss

    def one(self, layer: str, parameter: str, index: tuple[int, ...]) -> Compared:
        """Check one weight; KeyError or IndexError if there is none."""
        place = int(self._places[layer, parameter][index])
        analytic = float(self._analytic[place])
        h = _STEP * max(1.0, abs(float(self._parameters.theta[place])))
        numeric, left, right = self._slopes(place, h)
        error = self._error(analytic, numeric)
        verdict, reason = Verdict.GOOD, ""
        if not error <= GOOD:
            verdict, reason = self._judge(place, h, error, left, right)
        own = float(self._own[place])
        return Compared(layer, parameter, index, analytic, numeric, error, own, verdict, reason)

    def each(self) -> Iterator[Compared]:
        """Check every weight, one after the other."""
        for (layer, parameter), places in self._places.items():
            for index in np.ndindex(places.shape):
                yield self.one(layer, parameter, index)

    def all(self, told: Told | None = None) -> Report:
        """Check every weight; `told` hears how far it is and may end it."""
        found: list[Compared] = []
        for compared in self.each():
            found.append(compared)
            if told is not None and not told(len(found), self.count):
                break
        return self.report(found)

    def report(self, found: list[Compared]) -> Report:
        """What `each` has given so far, as a report."""
        return Report(tuple(found), self.count, self.notes())

    def notes(self) -> tuple[str, ...]:
        """What one should know to judge the result."""
        notes = []
        if any("mask" in value.name for op in self._program.operations for value in op.writes):
            notes.append("Dropout keeps one mask for all evaluations, the one of this step.")
        if self._plan.dtype != np.float64:
            scale = np.maximum(np.abs(self._analytic), _TINY * abs(self._loss) or 1.0)
            with np.errstate(all="ignore"):
                off = float(np.max(np.abs(self._own - self._analytic) / scale, initial=0.0))
            notes.append(
                "The check runs in 64 bit; the run's own 32-bit slopes differ from it by"
                f" {off:.1e} at most (relatively), which rounding excuses up to about 1e-3."
            )
        if not np.isfinite(self._loss):
            notes.append("The loss is not finite here, so nothing can be compared.")
        return tuple(notes)

    def _judge(
        self, place: int, h: float, error: float, left: float, right: float
    ) -> tuple[Verdict, str]:
        analytic = float(self._analytic[place])
        if not np.isfinite(error):
            return Verdict.WRONG, "A number is not finite here."
        numeric, *_ = self._slopes(place, h / 1000)
        if self._error(analytic, numeric) <= max(GOOD * 1000, error / 100):
            return (
                Verdict.EXCUSED,
                (
                    "A kink of the loss (ReLU, absolute value, maximum ...) lies within the step;"
                    f" with a step a thousand times smaller the slopes agree ({numeric:.6g})."
                ),
            )
        low, high = min(left, right), max(left, right)
        slack = 1e-4 * max(abs(low), abs(high), _TINY * abs(self._loss))
        if high - low > 10 * slack and low - slack <= analytic <= high + slack:
            return (
                Verdict.EXCUSED,
                (
                    f"The weight stands on a kink: the slope is {left:.6g} to the left and"
                    f" {right:.6g} to the right, and any slope between is right."
                ),
            )
        if error <= DOUBTFUL:
            return Verdict.DOUBTFUL, "The error is larger than rounding alone explains."
        return Verdict.WRONG, "Backpropagation and measurement differ."

    def _slopes(self, place: int, h: float) -> tuple[float, float, float]:
        """The slope by central difference, and from the left and from the right."""
        theta = self._parameters.theta
        kept = float(theta[place])
        theta[place] = kept + h
        up = float(theta[place]) - kept  # what could be represented of the step
        above = self._run(self._forward)
        theta[place] = kept - h
        down = kept - float(theta[place])
        below = self._run(self._forward)
        theta[place] = kept
        with np.errstate(all="ignore"):
            left, right = (self._loss - below) / down, (above - self._loss) / up
            return float((above - below) / (up + down)), float(left), float(right)

    def _error(self, analytic: float, numeric: float) -> float:
        floor = max(_TINY * abs(self._loss), 1e-12)
        return abs(analytic - numeric) / max(abs(analytic), abs(numeric), floor)

    def _run(self, calls: list[Callable[[], object]] | tuple[Callable[[], object], ...]) -> float:
        self._rng.bit_generator.state = self._masks
        with np.errstate(all="ignore"):
            for call in calls:
                call()
        return float(self._program.total)

    def _compile(self, dtype: DType) -> tuple[Parameters, Program]:
        parameters = Parameters(layout_of(self._graph, self._analysis), dtype)
        parameters.theta[...] = self._checkpoint.theta
        parameters.state[...] = self._checkpoint.state
        rows = self._rows
        program = compile_graph(
            self._graph, self._analysis, parameters, len(rows.features), TRAIN, self._rng
        )
        program.feed[...] = pack(program, self._graph, self._analysis, rows.features, rows.targets)
        return parameters, program
