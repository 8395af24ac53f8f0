"""Stepping: a person walks through one training step (or one inference), in both directions.

A state machine free of Qt. Inactive until `enter`; then it owns a `Trace` and a place in it.
Nothing of the run changes until `take`, which gives the run as it is after the step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.core.event import Event
from gradloom.document import State
from gradloom.engine.elements import address_of, index_at
from gradloom.engine.gradcheck import GradientChecker
from gradloom.engine.program import Operation
from gradloom.engine.progress import Broken
from gradloom.engine.rows import Rows, next_rows
from gradloom.engine.run import Checkpoint, TakenStep
from gradloom.engine.trace import Trace
from gradloom.engine.trainer import Trainer
from gradloom.layers.base import Source
from gradloom.layers.shapes import Array, Refusal
from gradloom.layers.signature import Signature
from gradloom.layers.site import Phase
from gradloom.session.blame import Contributions, Target, contributions
from gradloom.session.marks import Group, Marker, StepMark, groups_of

__all__ = [
    "DataRows",
    "NextBatch",
    "Picked",
    "StepMark",
    "Stepping",
    "TakenStep",
    "Typed",
]

SLOWEST, FASTEST = 0.1, 1000.0  # operations a second


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


class Stepping:
    """Where a person stands in a step. `changed` is told after every move, edit, enter and leave.

    Positions count the operations that are done: 0 is before the first one.
    """

    def __init__(self) -> None:
        self.changed: Event[[]] = Event()
        self.trace: Trace | None = None
        self.picked: Picked = NextBatch()
        self.groups: tuple[Group, ...] = ()
        self.playing = 0  # 1 forwards, -1 backwards, 0 not at all
        self.speed = 2.0
        self.edited = False
        self._checkpoint: Checkpoint | None = None
        self._state = State()
        self._marker: Marker | None = None
        self._trail: list[int] = []
        self._since: tuple[float, int] | None = None

    @property
    def active(self) -> bool:
        """Whether a step is being walked through."""
        return self.trace is not None

    @property
    def state(self) -> State:
        """The state whose step this is."""
        return self._state

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The run as it is before the step."""
        return self._checkpoint

    @property
    def position(self) -> int:
        """Operations that are done."""
        return self.trace.position if self.trace else 0

    @property
    def end(self) -> int:
        """The position after the last operation."""
        return self.trace.end if self.trace else 0

    @property
    def current(self) -> Operation | None:
        """The operation that was done last."""
        return self.trace.current if self.trace else None

    @property
    def forward_only(self) -> bool:
        """Whether this is an inference: no targets, Dropout off, BatchNorm from running values."""
        return self.trace is not None and self.trace.forward_only

    @property
    def can_return(self) -> bool:
        """Whether `return_` has somewhere to go."""
        return bool(self._trail)

    def enter(
        self,
        state: State,
        checkpoint: Checkpoint | None,
        picked: Picked | None = None,
        *,
        forward_only: bool = False,
    ) -> None:
        """Stand at the start of a step of this run (None: an untrained one).

        Raises UserError, in one sentence, when there is nothing that can be stepped.
        """
        picked = picked or NextBatch()
        problem = next((p for p in state.problems if p.stops_training), None)
        if problem is not None:
            raise UserError(problem.text)
        if checkpoint is None:
            checkpoint = Trainer(state.graph, state.prepared, state.plan).checkpoint()
        rows = _rows(state, checkpoint, picked)
        if forward_only or rows.targets is None:
            rows = Rows(rows.features, None, rows.numbers)
        trace = Trace(state.graph, state.prepared, state.plan, checkpoint, rows)
        self.trace, self.picked, self._state = trace, picked, state
        self._checkpoint, self.edited = checkpoint, False
        self.groups = groups_of(trace.operations)
        self._marker = Marker(trace, self.groups)
        self._trail, self.playing, self._since = [], 0, None
        self.changed.emit()

    def leave(self) -> None:
        """Leave everything as it was."""
        if self.trace is not None:
            self.trace, self._marker, self.groups = None, None, ()
            self.playing, self._trail, self._since = 0, [], None
            self.changed.emit()

    def take(self) -> TakenStep:
        """The run before and after this step. The walk goes on.

        ValueError for an inference, UserError if the step would break the run.

        An unchanged next mini-batch counts as a step of the epoch, exactly as the trainer does it.
        """
        trace, before = self.trace, self._checkpoint
        if trace is None or before is None:
            raise ValueError("nothing is being stepped")
        after = trace.taken()
        if isinstance(self.picked, NextBatch) and not self.edited:
            state = self._state
            trainer = Trainer(state.graph, state.prepared, state.plan, before)
            trainer.step_batch()
            if isinstance(trainer.outcome, Broken):
                raise UserError(trainer.outcome.sentence)
            after = trainer.checkpoint()
        if not np.isfinite(after.theta).all():
            raise UserError(
                "This step makes weights that are not finite; lower the learning rate first."
            )
        return TakenStep(before, after)

    def forward(self) -> None:
        """Do one operation."""
        self.go(self.position + 1)

    def back(self) -> None:
        """Take one operation back."""
        self.go(self.position - 1)

    def home(self) -> None:
        """Before the first operation."""
        self.go(0)

    def to_end(self) -> None:
        """After the last operation."""
        self.go(self.end)

    def next_layer(self) -> None:
        """The first operation of the next layer (of the same layer in its next phase)."""
        self._jump([group.start + 1 for group in self.groups], 1)

    def previous_layer(self) -> None:
        """The first operation of this layer, or of the one before."""
        self._jump([group.start + 1 for group in self.groups], -1)

    def next_phase(self) -> None:
        """The first operation of the next phase."""
        self._jump(self._phase_starts(), 1)

    def previous_phase(self) -> None:
        """The first operation of this phase, or of the one before."""
        self._jump(self._phase_starts(), -1)

    def to_layer(self, layer: str) -> bool:
        """The first operation of a layer, in the phase where one stands if it has one there."""
        phase = self.current.phase if self.current else Phase.FORWARD
        own = [group for group in self.groups if group.layer == layer]
        for group in sorted(own, key=lambda g: g.phase is not phase):
            self.go(group.start + 1)
            return True
        return False

    def why(self, array: Array, index: tuple[int, ...], *, before: bool = False) -> bool:
        """Go to the operation that made a number; False if it came in from outside.

        `before`: as the current operation found it.
        """
        trace = self.trace
        if trace is None:
            return False
        made = trace.maker_of(array, index, self.position - 1 if before else self.position)
        if made is None:
            return False
        if made + 1 != self.position:
            self._trail.append(self.position)
            self._move(made + 1)
        return True

    def return_(self) -> None:
        """Back to where the last `why` came from."""
        if self._trail:
            self._move(self._trail.pop())

    def go(self, position: int) -> None:
        """Stand after so many operations; a move of one's own stops the play."""
        self.playing, self._since = 0, None
        self._trail = []
        self._move(position)

    def play(self, direction: int) -> None:
        """Walk by itself: 1 forwards, -1 backwards, 0 pause."""
        if self.trace is None:
            return
        stuck = self.position == (self.end if direction > 0 else 0)
        self.playing, self._since = (0 if stuck else direction), None
        self.changed.emit()

    def set_speed(self, speed: float) -> None:
        """Operations a second, 0.1 to 1000."""
        self.speed = min(max(speed, SLOWEST), FASTEST)
        self._since = None

    def advance(self, now: float) -> None:
        """Play on to the time `now` (seconds of any clock that goes on)."""
        if not self.playing or self.trace is None:
            return
        if self._since is None:
            self._since = (now, self.position)
            return
        began, start = self._since
        steps = math.floor((now - began) * self.speed + 1e-9)
        target = min(max(start + self.playing * steps, 0), self.end)
        if target == self.position:
            return
        if target in (0, self.end):
            self.playing, self._since = 0, None
        self._trail = []
        self._move(target)

    def editable(self, array: Array, index: tuple[int, ...]) -> bool:
        """Whether a number is a weight (before its update) or an input."""
        trace = self.trace
        if trace is None:
            return False
        if index_at(trace.parameters.theta, address_of(array, index)) is not None:
            return trace.maker_of(array, index, self.position) is None
        return self._input(array, index) is not None

    def edit(self, array: Array, index: tuple[int, ...], number: float) -> bool:
        """Change a weight or an input number; everything after it is computed again."""
        trace = self.trace
        if trace is None or not self.editable(array, index):
            return False
        if not abs(number) <= float(np.finfo(trace.parameters.dtype).max):
            return False
        weight, entering = self.weight_of(array, index), self._input(array, index)
        if weight is not None:
            trace.set_parameter(*weight, number)
        elif entering is not None:
            trace.set_feature(*entering, number)
        self.edited = True
        if self._marker is not None:
            self._marker.forget()
        self.changed.emit()
        return True

    def checker(self) -> GradientChecker:
        """A gradient check of this step; ValueError for an inference."""
        trace, state = self.trace, self._state
        if trace is None:
            raise ValueError("nothing is being stepped")
        return GradientChecker(state.graph, state.prepared, state.plan, trace.start, trace.rows)

    def blame(self, target: Target, row: int = 0) -> Contributions:
        """The contributions of one of the stepped rows; ValueError for a loss without targets."""
        trace = self.trace
        if trace is None:
            raise ValueError("nothing is being stepped")
        rows, some = trace.rows, slice(row, row + 1)
        targets = None if rows.targets is None else rows.targets[some]
        one = Rows(rows.features[some], targets, rows.numbers[some])
        return contributions(self._state, trace.start, one, target)

    def weight_of(
        self, array: Array, index: tuple[int, ...]
    ) -> tuple[str, str, tuple[int, ...]] | None:
        """The weight (layer, parameter, index) that a number is, or is the slope of."""
        trace = self.trace
        if trace is None:
            return None
        address = address_of(array, index)
        parameters = trace.parameters
        for vector in (parameters.theta, parameters.gradient):
            if index_at(vector, address) is None:
                continue
            for layer, parameter in parameters.layout.parameters():
                view = parameters.layout.parameter(vector, layer, parameter.name)
                place = index_at(view, address)
                if place is not None:
                    return layer, parameter.name, place
        return None

    def mark(self) -> StepMark | None:
        """Where one stands, for the canvas; None while inactive."""
        return self._marker.mark() if self._marker else None

    def _input(self, array: Array, index: tuple[int, ...]) -> tuple[int, int] | None:
        """(row, feature column) of an input number."""
        assert self.trace is not None
        address = address_of(array, index)
        for layer, entering in self.trace.program.inputs.items():
            place = index_at(entering, address)
            if place is not None:
                kind = self._state.graph[layer].kind
                assert isinstance(kind, Source)
                chosen = kind.chosen(self._state.prepared.signature)
                assert not isinstance(chosen, Refusal)
                return place[1], chosen[place[0]]
        return None

    def _phase_starts(self) -> list[int]:
        starts: list[int] = []
        phase: Phase | None = None
        for group in self.groups:
            if group.phase is not phase:
                starts.append(group.start + 1)
                phase = group.phase
        return starts

    def _jump(self, places: list[int], direction: int) -> None:
        here = self.position
        if direction > 0:
            self.go(next((place for place in places if place > here), self.end))
        else:
            self.go(next((place for place in reversed(places) if place < here), 0))

    def _move(self, position: int) -> None:
        if self.trace is not None:
            self.trace.go(position)
            self.changed.emit()


def _rows(state: State, checkpoint: Checkpoint, picked: Picked) -> Rows:
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
