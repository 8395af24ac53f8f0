"""Stepping: a person walks through one training step (or one inference), in both directions.

A state machine free of Qt. Inactive until `enter`; then it owns a `Trace` and a place in it.
Nothing of the run changes until `take`, which gives the run as it is after the step.
"""

from __future__ import annotations

import numpy as np

from gradloom.core.errors import UserError
from gradloom.core.event import Event
from gradloom.document import State
from gradloom.engine.gradcheck import GradientChecker
from gradloom.engine.program import Operation
from gradloom.engine.progress import Broken
from gradloom.engine.rows import Rows
from gradloom.engine.run import Checkpoint, TakenStep
from gradloom.engine.trace import Trace
from gradloom.engine.trainer import Trainer
from gradloom.layers.shapes import Array
from gradloom.layers.site import Phase
from gradloom.session import editing
from gradloom.session.blame import Contributions, Target, contributions
from gradloom.session.marks import Group, Marker, StepMark, groups_of, phase_starts
from gradloom.session.picked import NextBatch, Picked, rows_of
from gradloom.session.playing import Play


class Stepping:
    """Where a person stands in a step. `changed` is told after every move, edit, enter and leave.

    Positions count the operations that are done: 0 is before the first one.
    """

    def __init__(self) -> None:
        self.changed: Event[[]] = Event()
        self.trace: Trace | None = None
        self.picked: Picked = NextBatch()
        self.groups: tuple[Group, ...] = ()
        self.edited = False
        self._checkpoint: Checkpoint | None = None
        self._state = State()
        self._marker: Marker | None = None
        self._trail: list[int] = []
        self._play = Play()

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
    def playing(self) -> int:
        """1 while it walks forwards by itself, -1 backwards, 0 while it does not."""
        return self._play.direction

    @property
    def speed(self) -> float:
        """Operations a second while it walks by itself."""
        return self._play.speed

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
        rows = rows_of(state, checkpoint, picked)
        if forward_only or rows.targets is None:
            rows = Rows(rows.features, None, rows.numbers)
        trace = Trace(state.graph, state.prepared, state.plan, checkpoint, rows)
        self.trace, self.picked, self._state = trace, picked, state
        self._checkpoint, self.edited = checkpoint, False
        self.groups = groups_of(trace.operations)
        self._marker = Marker(trace, self.groups)
        self._trail = []
        self._play.stop()
        self.changed.emit()

    def leave(self) -> None:
        """Leave everything as it was."""
        if self.trace is not None:
            self.trace, self._marker, self.groups = None, None, ()
            self._trail = []
            self._play.stop()
            self.changed.emit()

    def take(self) -> TakenStep:
        """The run before and after this step. The walk goes on.

        ValueError for an inference, UserError if the step would break the run.

        An unchanged next mini-batch counts as a step of the epoch, exactly as the trainer does it.
        """
        after, before = self._walked().taken(), self._checkpoint
        assert before is not None
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
        self._jump(phase_starts(self.groups), 1)

    def previous_phase(self) -> None:
        """The first operation of this phase, or of the one before."""
        self._jump(phase_starts(self.groups), -1)

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
        self._play.stop()
        self._trail = []
        self._move(position)

    def play(self, direction: int) -> None:
        """Walk by itself: 1 forwards, -1 backwards, 0 pause."""
        if self.trace is None:
            return
        stuck = self.position == (self.end if direction > 0 else 0)
        self._play.start(0 if stuck else direction)
        self.changed.emit()

    def set_speed(self, speed: float) -> None:
        """Operations a second, 0.1 to 1000."""
        self._play.set_speed(speed)

    def advance(self, now: float) -> None:
        """Play on to the time `now` (seconds of any clock that goes on)."""
        if self.trace is None:
            return
        target = self._play.due(now, self.position, self.end)
        if target == self.position:
            return
        if target in (0, self.end):
            self._play.stop()
        self._trail = []
        self._move(target)

    def editable(self, array: Array, index: tuple[int, ...]) -> bool:
        """Whether a number is a weight (before its update) or an input."""
        signature = self._state.prepared.signature
        return self.trace is not None and editing.editable(self.trace, signature, array, index)

    def edit(self, array: Array, index: tuple[int, ...], number: float) -> bool:
        """Change a weight or an input number; everything after it is computed again."""
        signature = self._state.prepared.signature
        if self.trace is None or not editing.change(self.trace, signature, array, index, number):
            return False
        self.edited = True
        if self._marker is not None:
            self._marker.forget()
        self.changed.emit()
        return True

    def checker(self) -> GradientChecker:
        """A gradient check of this step; ValueError for an inference."""
        trace, state = self._walked(), self._state
        return GradientChecker(state.graph, state.prepared, state.plan, trace.start, trace.rows)

    def blame(self, target: Target, row: int = 0) -> Contributions:
        """The contributions of one of the stepped rows; ValueError for a loss without targets."""
        trace = self._walked()
        return contributions(self._state, trace.start, trace.rows.only(row), target)

    def weight_of(
        self, array: Array, index: tuple[int, ...]
    ) -> tuple[str, str, tuple[int, ...]] | None:
        """The weight (layer, parameter, index) that a number is, or is the slope of."""
        return editing.weight_of(self.trace.parameters, array, index) if self.trace else None

    def mark(self) -> StepMark | None:
        """Where one stands, for the canvas; None while inactive."""
        return self._marker.mark() if self._marker else None

    def _walked(self) -> Trace:
        if self.trace is None:
            raise ValueError("nothing is being stepped")
        return self.trace

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
