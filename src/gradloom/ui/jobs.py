"""Long work off the GUI thread: one piece after the other, with progress and Cancel."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from gradloom.core.errors import UserError
from gradloom.data.waiting import Cancelled, Waiting
from gradloom.session.loop import Loop
from gradloom.ui.forms.parts import ElidedLabel
from gradloom.ui.mailbox import Mailbox
from gradloom.ui.theme import SMALL, font

T = TypeVar("T")
_PATIENCE = 300  # ms of work before anybody is shown that it goes on
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Job:
    """One piece of long work; `words` say what goes on. `shown`: the status bar tells of it."""

    words: str
    done: Callable[[Any], object]
    failed: Callable[[str], object]
    shown: bool = True
    key: str = ""  # of the store, if it reads what the state names
    stop: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Stop it; neither `done` nor `failed` is called then."""
        self.stop.set()


class JobService(QObject):
    """A thread that does pieces of work in the order they were given."""

    changed = Signal()  # `current` or its progress
    _ended = Signal(object, object)  # Job, what came out

    def __init__(
        self, name: str, no_memory: str, sorry: str, parent: QObject | None = None
    ) -> None:
        """`no_memory` and `sorry` say what failed, where memory or the program did."""
        super().__init__(parent)
        self._no_memory, self._sorry = no_memory, sorry
        self._loop = Loop(f"gradloom-{name}")
        self._jobs: list[Job] = []
        self.progress = 0.0
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._progressed)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    @property
    def current(self) -> Job | None:
        """The work that goes on, if the status bar should tell of it."""
        return next((job for job in self._jobs if job.shown), None)

    @property
    def busy(self) -> bool:
        """Whether anything goes on."""
        return bool(self._jobs)

    def run(
        self,
        words: str,
        work: Callable[[Waiting], T],
        done: Callable[[T], object],
        failed: Callable[[str], object],
        *,
        shown: bool = True,
        key: str = "",
    ) -> Job:
        """Do `work` on the thread, then `done` with its result or `failed` with a sentence here."""
        job = Job(words, done, failed, shown, key)
        waiting = Waiting(lambda share: self._mailbox.put((job, share)), job.stop.is_set)

        def command() -> None:
            result: object = None
            try:
                waiting.tell(0.0)
                result = work(waiting)
            except Cancelled:
                job.stop.set()
            except UserError as error:
                result = error
            except MemoryError:
                result = UserError(self._no_memory)
            except Exception:  # noqa: BLE001 - logged; the person waits for an answer
                _log.exception("%s failed", words)
                result = UserError(self._sorry)
            self._ended.emit(job, result)

        self._jobs.append(job)
        self._loop.post(command)
        self.changed.emit()
        return job

    def cancel(self) -> None:
        """Stop what the status bar tells of."""
        job = self.current
        if job is not None:
            job.cancel()

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        for job in self._jobs:
            job.cancel()
        self._jobs = []
        self._mailbox.close()
        self._loop.close()

    @Slot(object)
    def _progressed(self, told: tuple[Job, float]) -> None:
        job, self.progress = told
        if job in self._jobs:
            self.changed.emit()

    @Slot(object, object)
    def _end(self, job: Job, result: object) -> None:
        if job not in self._jobs:
            return  # shut down meanwhile
        self._jobs.remove(job)
        self.progress = 0.0
        if not job.stop.is_set():
            if isinstance(result, UserError):
                job.failed(str(result))
            else:
                job.done(result)
        self.changed.emit()


class JobProgress(QWidget):
    """What goes on, how far, and Cancel; hidden when nothing takes long."""

    def __init__(self, jobs: JobService, cancel: str, tip: str) -> None:
        """`cancel` names the button for a screen reader, `tip` says what it does."""
        super().__init__()
        self._jobs = jobs
        self._job: Job | None = None
        self._since = 0.0
        self.words = ElidedLabel(size=SMALL)
        self.bar = QProgressBar()
        self.bar.setRange(0, 100)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(120, 8)
        self.bar.setAccessibleName("Progress")
        self.cancel = QToolButton()
        self.cancel.setText("Cancel")
        self.cancel.setFont(font(SMALL))
        self.cancel.setToolTip(tip)
        self.cancel.setAccessibleName(cancel)
        self.cancel.clicked.connect(jobs.cancel)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 8, 0)
        line.addWidget(self.words)
        line.addWidget(self.bar)
        line.addWidget(self.cancel)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._timer.timeout.connect(self._show)
        jobs.changed.connect(self._show)
        self.hide()

    def _show(self) -> None:
        job = self._jobs.current
        if job is not self._job:
            self._job, self._since = job, perf_counter()
            if job is not None:
                self.words.set_text(job.words)
                self._timer.start()
        if job is None:
            self._timer.stop()
            self.hide()
            return
        self.bar.setValue(round(100 * self._jobs.progress))
        self.setVisible(perf_counter() - self._since > 0.9 * _PATIENCE / 1000)
