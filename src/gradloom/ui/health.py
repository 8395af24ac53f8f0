"""The health service: what is wrong with how a network learns, worked out off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter, thread_time

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gradloom.core.errors import UserError
from gradloom.diagnosis import Finding, Mark, Measurement, Watch
from gradloom.diagnosis.collapse import Collapsed, collapse
from gradloom.document import Document, State
from gradloom.engine.progress import Progress
from gradloom.session.answering import Answering, Rest
from gradloom.session.training import Status
from gradloom.ui.mailbox import Mailbox
from gradloom.ui.worker import TrainingBridge

_INTERVAL = 0.5  # seconds between two measurements at least
_IDLE = 60  # and so many times longer than one took: a sixtieth of one processor


@dataclass(frozen=True, eq=False)
class Report:
    """What was found in a state, and in its run if it could be measured."""

    state: State
    findings: tuple[Finding, ...]
    measured: Measurement | None = None
    course: tuple[Mark, ...] = ()
    cost: float = 0.0  # seconds of computing


@dataclass(frozen=True, eq=False)
class _Request:
    state: State
    progress: Progress | None
    sure: bool


class _Doctor:
    """What the thread does."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._watch = Watch()

    def look(self, request: _Request) -> None:
        """Judge a state, and its run if there is one."""
        began, watch, measured = thread_time(), self._watch, None
        try:
            watch.follow(request.state)
            if request.progress is not None and request.state.ready:
                watch.measure(request.progress, sure=request.sure)
                measured = watch.measured
        except UserError:  # the batch does not fit in memory: nothing is measured
            measured = None
        finally:
            cost = thread_time() - began
            self._mailbox.put(Report(request.state, watch.findings, measured, watch.course, cost))


class HealthService(QObject):
    """Judges the project after each edit at once, and its run at most twice a second.

    `findings_changed` says which findings stand (a tuple), `measured` that there is a new Report,
    `collapsed` answers `show_collapse` with (finding, Collapsed). All in the GUI thread.
    """

    findings_changed = Signal(object)  # tuple[Finding, ...]
    measured = Signal(object)  # Report
    collapsed = Signal(object, object)  # Finding, Collapsed

    def __init__(
        self, document: Document, bridge: TrainingBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self._findings: tuple[Finding, ...] = ()
        self._latest: Report | None = None
        self._looking = False
        self._due = False
        self._ran = False  # it ran since the last look that was sure
        self._run: int | None = None  # that the last look at rest was at
        self._next = 0.0
        self._mailbox, self._shown = Mailbox(self), Mailbox(self)
        self._mailbox.arrived.connect(self._deliver)
        self._shown.arrived.connect(self._deliver_shown)
        self._answering = Answering("health", _Doctor(self._mailbox).look, Rest())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        bridge.progressed.connect(self._progressed)
        bridge.status_changed.connect(self._status)
        self._disconnect = document.changed.connect(self._changed)
        self._look()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What stands now."""
        return self._findings

    @property
    def latest(self) -> Report | None:
        """The newest measurement of the run that is now, or None."""
        return self._latest

    def findings_of(self, layer: str) -> tuple[Finding, ...]:
        """Those whose place is this layer, for its card."""
        return tuple(f for f in self._findings if layer in f.places)

    def show_collapse(self, finding: Finding) -> bool:
        """Work out a stack of linear layers as one layer; False if there are no numbers yet."""
        state, progress = self._document.state, self._bridge.latest
        if (
            progress is None
            or not state.ready
            or any(la not in state.graph for la in finding.layers)
        ):
            return False
        self._answering.loop.post(
            lambda: self._shown.put((finding, collapse(state, finding.layers, progress.snapshot)))
        )
        return True

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        self._disconnect()
        self._timer.stop()
        self._mailbox.close()
        self._shown.close()
        self._answering.close()

    @Slot(object)
    def _progressed(self, _: Progress) -> None:
        self._due = True
        self._plan()

    @Slot(object)
    def _status(self, status: Status) -> None:
        self._ran = self._ran or status is Status.RUNNING
        if status is not Status.RUNNING:
            self._due, self._next = True, 0.0
            self._plan()

    def _changed(self, before: State, after: State) -> None:
        if all(getattr(before, p) is getattr(after, p) for p in ("graph", "data", "plan")):
            return
        left = tuple(f for f in self._findings if all(la in after.graph for la in f.places))
        self._say(left)
        self._answering.ask(_Request(after, None, sure=False))

    def _plan(self) -> None:
        """Look as soon as it is time, unless that is planned already."""
        if self._due and not self._looking and not self._timer.isActive():
            self._timer.start(max(0, round(1000 * (self._next - perf_counter()))))

    @Slot()
    def _look(self) -> None:
        self._due, self._looking = False, True
        at_rest = self._bridge.status in (Status.PAUSED, Status.FINISHED, Status.BROKEN)
        latest, sure = self._bridge.latest, False
        if at_rest and latest is not None:
            sure = self._ran or latest.run != self._run  # another run: one that was opened
            self._ran, self._run = False, latest.run
        self._answering.ask(_Request(self._document.state, latest, sure))

    @Slot(object)
    def _deliver(self, report: Report) -> None:
        self._looking = False
        self._next = perf_counter() + max(_INTERVAL, _IDLE * report.cost)
        state = self._document.state
        same = all(getattr(report.state, p) is getattr(state, p) for p in ("graph", "data", "plan"))
        if same:
            self._say(report.findings)
            now, found = self._bridge.latest, report.measured
            if found is not None and now is not None and now.run == found.run:
                self._latest = report
                self.measured.emit(report)
            elif not state.ready:
                self._latest = None
                self.measured.emit(report)
        self._plan()

    @Slot(object)
    def _deliver_shown(self, answer: tuple[Finding, Collapsed]) -> None:
        self.collapsed.emit(*answer)

    def _say(self, findings: tuple[Finding, ...]) -> None:
        if findings != self._findings:
            self._findings = findings
            self.findings_changed.emit(findings)
