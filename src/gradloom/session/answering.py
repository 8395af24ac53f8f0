"""Questions about a run, answered on a thread of their own: the newest one counts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, thread_time
from typing import Any, Generic, Protocol, TypeVar

from gradloom.core.errors import UserError
from gradloom.data import Prepared
from gradloom.document import State
from gradloom.engine.progress import Progress
from gradloom.session.loop import Loop

Q = TypeVar("Q")
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Derived:
    """Base of what is worked out of a run at one moment.

    `sentence` says why there is nothing, or "". `taken_at` is the perf_counter() of the run's
    snapshot.
    """

    run: int = -1
    steps: int = 0
    taken_at: float = 0.0
    sentence: str = ""


@dataclass(frozen=True, eq=False)
class Question:
    """A run at one moment. `running`: it goes on; `wish` is what one study is asked beside it."""

    state: State
    progress: Progress
    running: bool
    wish: Any = None

    @property
    def head(self) -> tuple[int, int, float]:
        """What an answer starts with: run, steps, taken_at."""
        return self.progress.run, self.progress.steps, self.progress.taken_at


class Study(Protocol):
    """What is worked out of a run; `answer` is called on one thread, one question at a time."""

    @property
    def name(self) -> str:
        """What its thread is called."""

    @property
    def result(self) -> type[Derived]:
        """The class of its answers."""

    def why_not(self, state: State) -> str:
        """Why there is nothing to see of this state, in a sentence, or ""."""

    def answer(self, question: Question) -> Derived:
        """The answer; raises UserError with a sentence where there is none."""


def answered(study: Study, question: Question) -> Derived:
    """What the study answers, be it only the sentence why it can't."""
    try:
        return study.answer(question)
    except UserError as error:
        return study.result(*question.head, sentence=str(error))


@dataclass(frozen=True, slots=True)
class Rest:
    """How a thread makes room for the training.

    From the start of one answer to the next go by at least `interval` seconds; in between the
    thread rests at least `idle` times as long as it computed.
    """

    interval: float = 0.0
    idle: float = 0.0


class Answering(Generic[Q]):
    """A thread that answers; a question that has not begun is replaced by a newer one."""

    def __init__(self, name: str, answer: Callable[[Q], object], rest: Rest) -> None:
        self.loop = Loop(f"gradloom-{name}")
        self._answer, self._rest = answer, rest
        self._guard = threading.Lock()
        self._question: Q | None = None
        self._hurry = threading.Event()
        self._closing = False
        self._next = 0.0

    def ask(self, question: Q, *, urgent: bool = False) -> None:
        """Answer soon; an `urgent` question ends a rest."""
        with self._guard:
            waiting, self._question = self._question is not None, question
        if urgent:
            self._hurry.set()
        if not waiting:
            self.loop.post(self._turn)

    def close(self) -> None:
        """End the thread."""
        self._closing = True
        self._hurry.set()
        self.loop.close()

    def _turn(self) -> None:
        self._hurry.wait(max(0.0, self._next - perf_counter()))
        with self._guard:
            question, self._question = self._question, None
            self._hurry.clear()
        if question is None or self._closing:
            return
        began, worked = perf_counter(), thread_time()
        self._answer(question)
        work = thread_time() - worked
        self._next = began + max(self._rest.interval, (1 + self._rest.idle) * work)


class Kept(Generic[T]):
    """What `make(state)` gives, made again only where it would be another."""

    def __init__(self, make: Callable[[State], T]) -> None:
        self._make = make
        self._of: State | None = None
        self._prepared: Prepared | None = None
        self._made: T | None = None

    def of(self, state: State) -> T:
        """What belongs to this state's network, data, seed and precision."""
        if self._made is None or not self._serves(state):
            self._made = self._make(state)
            self._of, self._prepared = state, state.prepared
        return self._made

    def _serves(self, state: State) -> bool:
        old = self._of
        return (
            old is not None
            and old.graph is state.graph
            and old.data is state.data
            and (old.plan.seed, old.plan.precision) == (state.plan.seed, state.plan.precision)
            and self._prepared is state.prepared
        )
