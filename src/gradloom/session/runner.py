"""The worker's side of a training: owns the trainer and moves it in bursts of steps."""

from __future__ import annotations

import dataclasses
import logging
import math
import threading
from collections.abc import Callable, Mapping
from time import perf_counter, thread_time

from gradloom.core.errors import UserError
from gradloom.document import State
from gradloom.engine.progress import Broken, Finished, Progress
from gradloom.engine.run import Checkpoint
from gradloom.engine.trainer import Trainer
from gradloom.layers import Kind
from gradloom.session.pace import Pace
from gradloom.session.runs import Number
from gradloom.session.status import Status

_BURST = 1 / 30  # seconds between two pictures of a run
_PUBLISHED = 20  # a burst is at least so many times longer than publishing took
_SHOWN = 11  # and than showing it takes in another thread
_LONGEST = 1 / 8  # seconds of a burst, whatever showing takes
_GOOD = 1.0  # seconds between two looks for a good moment to go back to
_SLOW = 0.2  # seconds after which a stepped epoch counts as running
_log = logging.getLogger(__name__)


class Runner:
    """One trainer at a time. Every method is called on the loop's thread, between two rounds.

    `back` is what `go_back` restores: the best moment since the last start, or the run as it was
    before a reset.
    """

    def __init__(
        self,
        interrupted: threading.Event,
        tell: Callable[[int, Status, str], None],
        show: Callable[[Progress], None],
    ) -> None:
        self.back: Checkpoint | None = None
        self.shown_cost = 0.0  # seconds of computing that somebody spends on each Progress
        self._pace = Pace()
        self._interrupted = interrupted
        self._tell_of = tell
        self._show = show
        self._number = 0
        self._state = State()
        self._trainer: Trainer | None = None
        self._status = Status.IDLE
        self._going = False
        self._touched = False  # trained or set by hand: worth keeping
        self._left: int | None = None  # steps of the epoch that is being stepped
        self._started = 0.0
        self._steps = 0
        self._burst = _BURST
        self._good_loss = math.inf
        self._good_next = 0.0
        self._good_every = _GOOD

    def begin(self, number: int, state: State, checkpoint: Checkpoint | None, why: str) -> None:
        """A new run of a ready state; from a checkpoint that was trained it stands paused."""
        self.drop(number, why, tell=False)
        self._state = state
        self._trainer = Trainer(state.graph, state.prepared, state.plan, checkpoint)
        self._touched = checkpoint is not None
        trained = checkpoint is not None and checkpoint.steps > 0
        self._tell(Status.PAUSED if trained else Status.IDLE, why)
        self._publish()

    def drop(self, number: int, why: str, *, tell: bool = True) -> None:
        """No run at all, because the state is not ready."""
        self._number, self._trainer, self.back = number, None, None
        self._going, self._left, self._touched = False, None, False
        if tell:
            self._tell(Status.IDLE, why)

    def worth_keeping(self) -> Checkpoint | None:
        """The run as it is now, if anything happened to it."""
        if self._trainer is None or not self._touched:
            return None
        return self._trainer.checkpoint()

    def checkpoint(self) -> Checkpoint | None:
        """The run as it is now; None if there is none."""
        return None if self._trainer is None else self._trainer.checkpoint()

    def start(self) -> None:
        """Go on until the outcome or a pause."""
        if self._trainer is None or self._status is Status.BROKEN:
            return
        self.back = self._trainer.checkpoint()
        self._good_loss = math.inf
        self._good_next = perf_counter() + self._good_every
        self._going, self._left, self._touched = True, None, True
        self._pace.begin()
        self._tell(Status.RUNNING)

    def set_pace(self, epochs_per_second: float | None) -> None:
        """At most so many epochs a second from now on; None: full speed."""
        self._pace.epochs_per_second = epochs_per_second
        self._pace.begin()

    def pause(self, why: str = "") -> None:
        """Stop between two steps."""
        if self._going:
            self._end(Status.PAUSED, why)
            self._publish()

    def step_batch(self) -> None:
        """One step, then stand paused."""
        self._step(1)

    def step_epoch(self) -> None:
        """To the end of the epoch that goes on, then stand paused."""
        if self._trainer is None:
            return
        now = self._trainer.checkpoint()
        size = now.batch_size if now.batch else self._state.plan.batch_size
        whole = self._whole(size)
        self._step(whole - (now.batch + (self._left or 0)) % whole)

    def reset(self, number: int) -> None:
        """Back to the start values; `go_back` undoes it."""
        before = self.worth_keeping()
        self.begin(number, self._state, None, "")
        self.back = before

    def go_back(self, number: int) -> None:
        """Restore `back`."""
        target = self.back
        if target is None:  # ordered twice: the same run goes on under the new number
            self._number = number
            if self._status is not Status.BROKEN:
                self._tell(self._status)
            self._publish()
            return
        self.begin(number, self._state, target, f"Went back to epoch {target.epoch}.")

    def change(self, state: State, numbers: Mapping[Number, float]) -> None:
        """Go on under a state with the same run key: other live settings, numbers set by hand."""
        before, self._state = self._state, state
        trainer = self._trainer
        if trainer is None:
            return
        if state.data != before.data:
            now = trainer.checkpoint()
            if len(trainer.prepared.split.epoch) != len(state.prepared.split.epoch):
                now = now.restarted()
            trainer = Trainer(state.graph, state.prepared, state.plan, now)
            self._trainer = trainer
        else:
            if state.plan != before.plan:
                trainer.replan(state.plan)
            if _kinds(state) != _kinds(before):
                trainer.regraph(state.graph)
            trainer.graph = state.graph  # names, for what it says when numbers break
        for (layer, name, index), value in numbers.items():
            trainer.set_parameter(layer, name, index, value)
        self._touched = self._touched or bool(numbers)
        if self._status in (Status.FINISHED, Status.BROKEN) and trainer.outcome is None:
            self._tell(Status.PAUSED)
        self._publish()

    def guarded(self, command: Callable[[], object]) -> None:
        """Carry out a command; what it raises breaks the run, as a value."""
        try:
            command()
        except UserError as error:
            self._end(Status.BROKEN, str(error))
        except Exception as error:  # noqa: BLE001 - delivered as a value, and logged
            _log.exception("Training failed")
            self._end(Status.BROKEN, _sorry(error))

    def _step(self, steps: int) -> None:
        if self._trainer is None or self._status is Status.BROKEN:
            return
        if self._left is not None:  # asked again before the last ones were done
            self._left += steps
        elif not self._going:
            self.back = self._trainer.checkpoint()
            self._good_next = math.inf
            self._going, self._touched, self._left = True, True, steps
            self._started = perf_counter()

    def work(self) -> bool:
        """One round: a burst of steps and the picture after it. True if there is more to do.

        Waiting for the pace ends at once when a command comes.
        """
        trainer = self._trainer
        if not self._going or trainer is None:
            return False
        wait = self._pace.wait() if self._left is None else 0.0
        if wait > 0 and self._interrupted.wait(wait):
            return True
        self.guarded(lambda: self._run(trainer))
        return self._going

    def _run(self, trainer: Trainer) -> None:
        steps = self._left
        if steps is None:
            steps = self._pace.steps(self._whole(self._state.plan.batch_size))
        trainer.run(steps, perf_counter() + self._burst, self._interrupted)
        before = self._steps
        self._publish()
        if self._left is not None:
            self._left -= self._steps - before
        outcome = trainer.outcome
        if isinstance(outcome, Broken):
            self._end(Status.BROKEN, outcome.sentence)
        elif isinstance(outcome, Finished):
            self._end(Status.FINISHED, outcome.reason)
        elif self._left is not None and self._left <= 0:
            self._end(Status.PAUSED, "")
        elif self._status is not Status.RUNNING and perf_counter() - self._started > _SLOW:
            self._tell(Status.RUNNING)

    def _whole(self, batch_size: int) -> int:
        """Steps of an epoch."""
        return -(-len(self._state.prepared.split.epoch) // batch_size)

    def _end(self, status: Status, message: str) -> None:
        self._going, self._left = False, None
        self._tell(status, message)

    def _tell(self, status: Status, message: str = "") -> None:
        self._status = status
        self._tell_of(self._number, status, message)

    def _publish(self) -> None:
        if self._trainer is None:
            return
        began = thread_time()  # waiting for the window to let the interpreter go is no cost
        progress = self._trainer.progress(self._number)
        self._steps = progress.steps
        self._show(self._as_paced(progress))
        shown = min(_SHOWN * self.shown_cost, _LONGEST)
        self._burst = max(_BURST, _PUBLISHED * (thread_time() - began), shown)
        if self._going and perf_counter() >= self._good_next:
            self._look_for_good(progress)

    def _as_paced(self, progress: Progress) -> Progress:
        """With the speeds by the clock: the trainer does not count the time between its bursts."""
        rate = self._pace.rate(progress.steps) if self._going and self._left is None else None
        if rate is None:
            return progress
        epochs = rate / self._whole(self._state.plan.batch_size)
        return dataclasses.replace(
            progress,
            epochs_per_second=epochs,
            samples_per_second=epochs * len(self._state.prepared.split.epoch),
        )

    def _look_for_good(self, progress: Progress) -> None:
        began = perf_counter()
        watched = progress.validation_loss
        loss = progress.loss if math.isnan(watched) else watched
        if loss <= self._good_loss and self._trainer is not None:
            self.back, self._good_loss = self._trainer.checkpoint(), loss
        taken = perf_counter() - began
        self._good_every = max(_GOOD, 50 * taken)
        self._good_next = began + self._good_every


def _kinds(state: State) -> list[Kind]:
    return [layer.kind for layer in state.graph]


def _sorry(error: Exception) -> str:
    return (
        f"Training stopped on an error of Gradloom itself ({type(error).__name__}: {error})."
        " Reset to train again; the log has the details."
    )
