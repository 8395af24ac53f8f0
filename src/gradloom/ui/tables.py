"""The table service: files that data stands on, read off the GUI thread."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QWidget

from gradloom.core.errors import UserError
from gradloom.data import TABLES, FileTable
from gradloom.data.files import load
from gradloom.data.waiting import Cancelled, Waiting
from gradloom.document import Document, State
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


class TableService(QObject):
    """Reads what the state's data names when the store does not have it, and does `run`'s work.

    One piece after the other, on a thread of its own.

    How views come to see a table: `prepare` caches by the store's stamp, so the state's problems
    and rows are others as soon as the table is there; `Document.refresh` then makes every view look
    again. The thread prepares the data before that, so that no view has to. A file that could not
    be read leaves its sentence in the store, which is a problem of the state.
    """

    changed = Signal()  # `current` or its progress
    _ended = Signal(object, object)  # Job, what came out
    _stored = Signal(str)

    def __init__(
        self,
        document: Document,
        folder: Callable[[], Path | None] = lambda: None,
        parent: QObject | None = None,
    ) -> None:
        """`folder`: where the project's file is, which paths are relative to; None if nowhere."""
        super().__init__(parent)
        self._document, self.folder = document, folder
        self._loop = Loop("gradloom-tables")
        self._jobs: list[Job] = []
        self._failed: set[tuple[str, str, Path | None]] = set()
        self.progress = 0.0
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._progressed)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self._stored.connect(self._look, Qt.ConnectionType.QueuedConnection)
        self._disconnect = (
            document.changed.connect(self._follow),
            TABLES.changed.connect(self._stored.emit),
        )
        self._ask()

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
                result = UserError("There is not enough memory for this table; use fewer rows.")
            except Exception:  # noqa: BLE001 - logged; the person waits for an answer
                _log.exception("%s failed", words)
                result = UserError("The table can't be read; the log says more.")
            self._ended.emit(job, result)

        self._jobs.append(job)
        self._loop.post(command)
        self.changed.emit()
        return job

    def load(self) -> None:
        """Read what the state's data names now, whether it was tried before or not."""
        state = self._document.state
        source = state.data.source
        if not isinstance(source, FileTable):
            return
        folder, key = self.folder(), source.key
        tried = (key, source.path, folder)

        def work(waiting: Waiting) -> str:
            sentence = load(source, folder, waiting)
            _ = state.prepared  # here, so that the window need not
            return sentence

        def done(_: str) -> None:
            if source.waiting:
                self._failed.add(tried)
            self._refresh(key)

        if not any(job.key == key and not job.stop.is_set() for job in self._jobs):
            self._failed.add(tried)  # not again by itself, should it be cancelled
            self.run(f"Reading {source.name} …", work, done, lambda _: self._refresh(key), key=key)

    def cancel(self) -> None:
        """Stop what the status bar tells of."""
        job = self.current
        if job is not None:
            job.cancel()

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        for disconnect in self._disconnect:
            disconnect()
        for job in self._jobs:
            job.cancel()
        self._jobs = []
        self._mailbox.close()
        self._loop.close()

    def _follow(self, before: State, after: State) -> None:
        if before.data is not after.data:
            self._ask()

    def _ask(self) -> None:
        source = self._document.state.data.source
        if not isinstance(source, FileTable):
            return
        if not source.waiting:
            self._failed.discard((source.key, source.path, self.folder()))
        elif (source.key, source.path, self.folder()) not in self._failed:
            # later: the project's folder is set together with its state
            QTimer.singleShot(0, self, self._load_waiting)

    def _load_waiting(self) -> None:
        source = self._document.state.data.source
        if isinstance(source, FileTable) and source.waiting:
            self.load()

    def _refresh(self, key: str) -> None:
        source = self._document.state.data.source
        if isinstance(source, FileTable) and source.key == key:
            self._document.refresh()

    @Slot(str)
    def _look(self, key: str) -> None:
        """A table came into the store, or another one left it for want of room."""
        if any(job.key == key for job in self._jobs):
            return  # its end refreshes
        self._refresh(key)
        self._ask()

    @Slot(object)
    def _progressed(self, told: tuple[Job, float]) -> None:
        job, self.progress = told
        if job is self.current:
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


class TableProgress(QWidget):
    """For the status bar: what is read, how far, and Cancel; hidden when nothing takes long."""

    def __init__(self, tables: TableService) -> None:
        super().__init__()
        self._tables = tables
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
        self.cancel.setToolTip("Stops reading; the project stays as it is.")
        self.cancel.setAccessibleName("Cancel reading")
        self.cancel.clicked.connect(tables.cancel)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 8, 0)
        line.addWidget(self.words)
        line.addWidget(self.bar)
        line.addWidget(self.cancel)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE)
        self._timer.timeout.connect(self._show)
        tables.changed.connect(self._show)
        self.hide()

    def _show(self) -> None:
        job = self._tables.current
        if job is not self._job:
            self._job, self._since = job, perf_counter()
            if job is not None:
                self.words.set_text(job.words)
                self._timer.start()
        if job is None:
            self._timer.stop()
            self.hide()
            return
        self.bar.setValue(round(100 * self._tables.progress))
        self.setVisible(perf_counter() - self._since > 0.9 * _PATIENCE / 1000)
