"""The measure service: confusion, curves and fits of a run, computed off the GUI thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import perf_counter, thread_time

from PySide6.QtCore import QObject, Signal, Slot

from gradloom.core.errors import UserError
from gradloom.document import Document, State
from gradloom.engine.progress import Progress
from gradloom.session.loop import Loop
from gradloom.session.measuring import NOT_READY, Measurer, Measures
from gradloom.session.training import Status
from gradloom.ui.mailbox import Mailbox
from gradloom.ui.worker import TrainingBridge

_INTERVAL = 0.5  # seconds from one measurement to the next while training
_IDLE = 9  # the thread rests at least so many times longer than it computed


@dataclass(frozen=True, eq=False)
class _Request:
    state: State
    progress: Progress
    training: bool


class _Clerk:
    """The thread that measures; a request that has not begun is replaced by a newer one."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._loop = Loop("gradloom-measures")
        self._guard = threading.Lock()
        self._request: _Request | None = None
        self._hurry = threading.Event()
        self._closing = False
        self._measurer: Measurer | None = None
        self._state: State | None = None
        self._next = 0.0

    def ask(self, request: _Request) -> None:
        with self._guard:
            waiting, self._request = self._request is not None, request
        if not request.training:
            self._hurry.set()  # the last numbers of a run are wanted at once
        if not waiting:
            self._loop.post(self._measure)

    def close(self) -> None:
        self._closing = True
        self._hurry.set()
        self._loop.close()

    def _measure(self) -> None:
        with self._guard:
            request = self._request
        if request is None:
            return
        if request.training:
            self._hurry.wait(max(0.0, self._next - perf_counter()))
        with self._guard:
            request, self._request = self._request, None
            self._hurry.clear()
        if request is None or self._closing:
            return
        began, worked = perf_counter(), thread_time()
        progress = request.progress
        try:
            result = self._measurer_of(request.state).measure(progress)
        except UserError as error:
            result = Measures(progress.run, progress.steps, sentence=str(error))
        self._next = began + max(_INTERVAL, (1 + _IDLE) * (thread_time() - worked))
        self._mailbox.put(result)

    def _measurer_of(self, state: State) -> Measurer:
        old = self._state
        same = (
            old is not None
            and old.graph is state.graph
            and old.data is state.data
            and (old.plan.seed, old.plan.precision) == (state.plan.seed, state.plan.precision)
        )
        if self._measurer is None or not same:
            self._measurer = Measurer(state)
        self._state = state
        return self._measurer


class MeasureService(QObject):
    """Answers each Progress with Measures, in the GUI thread, while somebody watches."""

    updated = Signal(object)  # Measures

    def __init__(
        self, document: Document, bridge: TrainingBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self._latest: Measures | None = None
        self._watched = False
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._deliver)
        self._clerk = _Clerk(self._mailbox)
        bridge.progressed.connect(self._ask)
        bridge.status_changed.connect(self._ask_again)
        self._disconnect = document.changed.connect(self._changed)

    @property
    def latest(self) -> Measures | None:
        """The newest measures, or None."""
        return self._latest

    def watch(self, *, on: bool) -> None:
        """Measure from now on, or no more: nobody looks."""
        self._watched = on
        if on:
            self._changed(self._document.state, self._document.state)
            self._ask_again()

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        self._watched = False
        self._disconnect()
        self._mailbox.close()
        self._clerk.close()

    @Slot(object)
    def _ask(self, progress: Progress) -> None:
        state = self._document.state
        if not self._watched:
            return
        if not state.ready:
            self._say(NOT_READY)
            return
        running = self._bridge.status is Status.RUNNING
        self._clerk.ask(_Request(state, progress, running))

    @Slot()
    def _ask_again(self) -> None:
        if self._bridge.latest is not None:
            self._ask(self._bridge.latest)

    def _changed(self, before: State, after: State) -> None:
        if self._watched and not after.ready:
            self._say(NOT_READY)

    def _say(self, sentence: str) -> None:
        if self._latest is None or self._latest.sentence != sentence:
            self._latest = Measures(-1, 0, sentence=sentence)
            self.updated.emit(self._latest)

    @Slot(object)
    def _deliver(self, result: Measures) -> None:
        now = self._bridge.latest
        if self._watched and now is not None and now.run == result.run:
            self._latest = result
            self.updated.emit(result)
