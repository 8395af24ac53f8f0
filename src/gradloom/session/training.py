"""A training as people drive it: start, pause, step, reset; it follows the document."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future

from gradloom.core.event import Event
from gradloom.core.problem import Problem
from gradloom.document import State
from gradloom.engine.parameters import Layout, layout_of
from gradloom.engine.progress import Progress
from gradloom.engine.run import Checkpoint
from gradloom.session.loop import Loop
from gradloom.session.runner import Runner
from gradloom.session.runs import Number, RunStore, run_key, set_by_hand
from gradloom.session.status import Status

__all__ = ["Status", "Training"]


class Training:
    """One network in training, on a thread of its own that sees frozen values only.

    Every method but `checkpoint`, `earlier` and `settle` returns at once; orders take effect
    between two steps, in the order they were given. `progressed` and `status_changed` (status,
    sentence or "") are emitted on the worker's thread. `latest` is always of the run that is now;
    it is None until the worker has set it up, or while the state is not ready. Orders come from one
    thread.
    """

    def __init__(self, state: State) -> None:
        self.progressed: Event[[Progress]] = Event()
        self.status_changed: Event[[Status, str]] = Event()
        self.latest: Progress | None = None
        self.layout: Layout | None = None
        self.status = Status.IDLE
        self.message = ""
        self.run = 0
        self.pace: float | None = None  # epochs per second at most
        self._state = state
        self._key = run_key(state)
        self._guard = threading.Lock()
        self._store = RunStore()
        self._wanted = False
        self._unread = 0  # changes that the worker has not read yet
        self._loop = Loop("gradloom-training", self._work)
        self._runner = Runner(self._loop.interrupted, self._told, self._shown)
        self._begin(lambda: None)

    @property
    def wanted(self) -> bool:
        """Whether it runs, or will once the worker has read its orders."""
        return self._wanted

    @property
    def can_go_back(self) -> bool:
        """Whether `go_back` has somewhere to go: after a break, or after a reset."""
        return self._runner.back is not None and self.status in (Status.BROKEN, Status.IDLE)

    def refusals(self) -> tuple[Problem, ...]:
        """Why training can't go on now; empty if it can."""
        found = tuple(p for p in self._state.problems if p.stops_training)
        if not found and self.status is Status.BROKEN:
            return (Problem(self.message),)
        if not found and self.status is Status.FINISHED and not self._unread:
            return (Problem(f"{self.message} Reset it, or change the stop rules of the plan."),)
        return found

    def start(self) -> tuple[Problem, ...]:
        """Train until the plan's end, a pause or a break; or the problems that stop it."""
        found = self.refusals()
        if not found:
            self._wanted = True
            self._order(self._runner.start)
        return found

    def pause(self) -> None:
        """Stop after the step that goes on."""
        self._wanted = False
        self._order(self._runner.pause)

    def tell_cost(self, seconds: float) -> None:
        """How long one Progress takes to be shown: at full speed they come no more often than fits.

        Why: whatever the window computes, the training does not get on two busy cores.
        """
        self._runner.shown_cost = seconds

    def set_pace(self, epochs_per_second: float | None) -> None:
        """Train at most so fast, to be watched; None: full speed. The numbers are the same bits."""
        if epochs_per_second is not None and not epochs_per_second > 0:
            raise ValueError("a pace is more than 0 epochs per second")
        self.pace = epochs_per_second
        self._order(lambda: self._runner.set_pace(epochs_per_second))

    def step_batch(self) -> tuple[Problem, ...]:
        """One step, unless it runs; or the problems that stop it."""
        return self._step(self._runner.step_batch)

    def step_epoch(self) -> tuple[Problem, ...]:
        """To the end of the epoch, unless it runs; a pause works in the middle."""
        return self._step(self._runner.step_epoch)

    def reset(self) -> None:
        """Back to the start values of the same seed; `go_back` undoes it."""
        self._wanted = False
        if self.layout is not None:
            number = self._next_run()
            self._order(lambda: self._runner.reset(number))

    def go_back(self) -> None:
        """After a break: to the best moment before it. After a reset: to the run before it."""
        self._wanted = False
        if self.can_go_back:
            number = self._next_run()
            self._order(lambda: self._runner.go_back(number))

    def follow(self, before: State, after: State) -> None:
        """The document changed; what changed decides whether the run goes on.

        Names and places change nothing; live settings and numbers set by hand go into the run;
        anything else is another run: an untrained one, or the one that undo brings back.
        """
        self._state = after
        if all(
            getattr(before, part) is getattr(after, part)
            for part in ("graph", "data", "plan", "run_edits", "taken")
        ):
            return
        numbers = set_by_hand(before, after)
        key, old = run_key(after), self._key
        if key != old or (self.layout is None and after.ready):
            self._another(before, after, old, key)
        elif not after.ready:
            self._stop_for(after)
        elif self.layout is not None:
            if after.taken is not before.taken:
                self._take(before, after)
                return
            self.layout = layout_of(after.graph, after.analysis)
            self._change(after, numbers)

    def checkpoint(self, timeout: float = 10.0) -> Checkpoint | None:
        """The run after the step that goes on, or the one that waits until the state is ready."""
        return self.ask_checkpoint().result(timeout)

    def ask_checkpoint(self) -> Future[Checkpoint | None]:
        """The same, without waiting for it."""
        key = self._key

        def found() -> Checkpoint | None:
            run = self._runner.checkpoint()
            return self._store.get(key) if run is None else run

        return self._loop.post(found)

    def earlier(self, timeout: float = 10.0) -> Checkpoint | None:
        """The last run of the same layers on other data or with another seed, if there was one."""
        key = self._key
        return self._loop.post(lambda: self._store.latest_like(key)).result(timeout)

    def restore(self, checkpoint: Checkpoint | None) -> None:
        """Another project was opened: its run, or None for an untrained one; others are forgotten.

        The document must hold that project already.
        """
        self._wanted = False
        self._loop.post(self._store.clear)
        self._begin(lambda: checkpoint)

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until the worker has carried out every order given so far."""
        self._loop.post(lambda: None).result(timeout)

    def shutdown(self) -> bool:
        """End the thread, running or not; False if its step took longer than a second."""
        self._wanted = False
        return self._loop.close()

    def _order(self, command: Callable[[], None]) -> None:
        self._loop.post(lambda: self._runner.guarded(command))

    def _change(self, state: State, numbers: Mapping[Number, float]) -> None:
        def change() -> None:
            try:
                self._runner.change(state, numbers)
            finally:
                with self._guard:
                    self._unread -= 1

        with self._guard:
            self._unread += 1
        self._order(change)

    def _step(self, order: Callable[[], None]) -> tuple[Problem, ...]:
        found = self.refusals()
        if not found and not self._wanted:
            self._order(order)
        return found

    def _another(self, before: State, after: State, old: object, key: object) -> None:
        self._key = run_key(after)
        why = ""
        if self._wanted:
            what = "network" if before.graph != after.graph else "data or the seed"
            why = f"Training stopped because the {what} changed."
        self._wanted = False

        def stored() -> Checkpoint | None:
            kept = self._runner.worth_keeping()
            if kept is not None:
                self._store.keep(old, kept)
            return self._store.take(key)

        self._begin(stored, why)

    def _take(self, before: State, after: State) -> None:
        """A step was taken from the stepper, or a reset, or that was undone or done again.

        What was trained after it comes back when it is done again.
        """
        self._wanted = False
        done = len(after.taken) > len(before.taken)
        step = (after if done else before).taken[-1]

        def run() -> Checkpoint | None:
            if done:
                return self._store.take(step) or step.after
            kept = self._runner.worth_keeping()
            if kept is not None:
                self._store.keep(step, kept)
            return step.before

        self._begin(run)

    def _stop_for(self, state: State) -> None:
        if self._wanted:
            text = next(p.text for p in state.problems if p.stops_training)
            self._order(lambda: self._runner.pause(text))
        self._wanted = False

    def _begin(self, checkpoint: Callable[[], Checkpoint | None], why: str = "") -> None:
        """A new run of the state now; `checkpoint` is asked for on the worker."""
        number, state, key = self._next_run(), self._state, self._key
        ready = state.ready
        self.layout = layout_of(state.graph, state.analysis) if ready else None

        def begin() -> None:
            found = checkpoint()
            if ready:
                self._runner.begin(number, state, found, why)
                return
            if found is not None:  # till the state is ready: its file may not be read yet
                self._store.keep(key, found)
            self._runner.drop(number, why)

        self._order(begin)

    def _next_run(self) -> int:
        with self._guard:
            self.run += 1
            self.latest = None
            self.status, self.message = Status.IDLE, ""
            return self.run

    def _work(self) -> bool:
        return self._runner.work()

    def _told(self, number: int, status: Status, message: str) -> None:
        with self._guard:
            if number != self.run:
                return
            self.status, self.message = status, message
            if status in (Status.FINISHED, Status.BROKEN):
                # not IDLE: that a run begins may be told after it was asked to start
                self._wanted = False
        self.status_changed.emit(status, message)

    def _shown(self, progress: Progress) -> None:
        with self._guard:
            if progress.run != self.run:
                return
            self.latest = progress
        self.progressed.emit(progress)
