"""The map service: decision maps and pictures of neurons, computed off the GUI thread."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import perf_counter, thread_time

from PySide6.QtCore import QObject, Signal, Slot

from gradloom.core.errors import UserError
from gradloom.document import Document, State
from gradloom.engine.progress import Progress
from gradloom.session.loop import Loop
from gradloom.session.mapping import Mapper, MapResult, why_no_map
from gradloom.session.training import Status
from gradloom.ui.mailbox import Mailbox
from gradloom.ui.worker import TrainingBridge

_INTERVAL = 1 / 30  # seconds between two maps
_IDLE = 4  # the thread rests at least so many times longer than it computed


@dataclass(frozen=True, eq=False)
class _Request:
    state: State
    progress: Progress
    fine: bool
    focus: str | None


class _Artist:
    """The thread that draws; a request that has not begun is replaced by a newer one."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._loop = Loop("gradloom-maps")
        self._guard = threading.Lock()
        self._request: _Request | None = None
        self._closing = threading.Event()
        self._mapper: Mapper | None = None
        self._state: State | None = None
        self._next = 0.0

    def ask(self, request: _Request) -> None:
        with self._guard:
            waiting, self._request = self._request is not None, request
        if not waiting:
            self._loop.post(self._draw)

    def close(self) -> None:
        self._closing.set()
        self._loop.close()

    def _draw(self) -> None:
        if self._closing.wait(max(0.0, self._next - perf_counter())):
            return
        with self._guard:
            request, self._request = self._request, None
        if request is None:
            return
        began, worked = perf_counter(), thread_time()
        try:
            mapper = self._mapper_of(request.state)
            result = mapper.draw(request.progress, fine=request.fine, focus=request.focus)
        except UserError as error:
            p = request.progress
            result = MapResult(p.run, p.steps, p.taken_at, sentence=str(error))
        self._next = began + max(_INTERVAL, _IDLE * (thread_time() - worked))
        self._mailbox.put(result)

    def _mapper_of(self, state: State) -> Mapper:
        old = self._state
        same = (
            old is not None
            and old.graph is state.graph
            and old.data is state.data
            and (old.plan.seed, old.plan.precision) == (state.plan.seed, state.plan.precision)
        )
        if self._mapper is None or not same:
            self._mapper = Mapper(state)
        self._state = state
        return self._mapper


class MapService(QObject):
    """Answers each Progress with a MapResult, in the GUI thread; the newest request wins."""

    updated = Signal(object)  # MapResult

    def __init__(
        self, document: Document, bridge: TrainingBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self._latest: MapResult | None = None
        self._focus: str | None = None
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._deliver)
        self._artist = _Artist(self._mailbox)
        bridge.progressed.connect(self._ask)
        bridge.status_changed.connect(self._ask_again)
        self._disconnect = document.changed.connect(self._changed)
        self._changed(document.state, document.state)
        self._ask_again()

    @property
    def latest(self) -> MapResult | None:
        """The newest pictures of the run that is now, or None."""
        return self._latest

    def focus(self, layer: str | None) -> None:
        """Draw this layer's units as finely as the outputs, as long as it has the focus."""
        if layer != self._focus:
            self._focus = layer
            if layer is not None:
                self._ask_again()

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        self._disconnect()
        self._mailbox.close()
        self._artist.close()

    @Slot(object)
    def _ask(self, progress: Progress) -> None:
        state = self._document.state
        sentence = why_no_map(state)
        if sentence:
            self._say(progress, sentence)
            return
        fine = self._bridge.status is not Status.RUNNING
        self._artist.ask(_Request(state, progress, fine, self._focus))

    @Slot()
    def _ask_again(self) -> None:
        if self._bridge.latest is not None:
            self._ask(self._bridge.latest)

    def _changed(self, before: State, after: State) -> None:
        if self._bridge.latest is None:
            # a run that is not set up yet, or a network that can't be trained
            self._latest = None
            if not after.ready:
                self._say(None, why_no_map(after))

    def _say(self, progress: Progress | None, sentence: str) -> None:
        run, steps, at = (
            (progress.run, progress.steps, progress.taken_at)
            if progress is not None
            else (-1, 0, perf_counter())
        )
        before = self._latest
        self._latest = MapResult(run, steps, at, sentence=sentence)
        if before is None or (before.run, before.sentence) != (run, sentence):
            self.updated.emit(self._latest)

    @Slot(object)
    def _deliver(self, result: MapResult) -> None:
        now = self._bridge.latest
        if now is not None and now.run == result.run:
            self._latest = result
            self.updated.emit(result)
