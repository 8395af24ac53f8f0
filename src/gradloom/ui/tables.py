"""The table service: files that data stands on, read off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from gradloom.data import TABLES, FileSource
from gradloom.data.files import load
from gradloom.data.waiting import Waiting
from gradloom.document import Document, State
from gradloom.ui.jobs import JobProgress, JobService


class TableService(JobService):
    """Reads what the state's data names when the store does not have it, and does `run`'s work.

    One piece after the other, on a thread of its own.

    How views come to see what was read: `prepare` caches by the store's stamp, so the state's
    problems and rows are others as soon as it is there; `Document.refresh` then makes every view
    look again. The thread prepares the data before that, so that no view has to. A file that could
    not be read leaves its sentence in the store, which is a problem of the state.
    """

    told = Signal(str)  # why what the state's data names could not be read
    _stored = Signal(str)

    def __init__(
        self,
        document: Document,
        folder: Callable[[], Path | None] = lambda: None,
        parent: QObject | None = None,
    ) -> None:
        """`folder`: where the project's file is, which paths are relative to; None if nowhere."""
        super().__init__(
            "tables",
            "There is not enough memory for so much data; use fewer rows.",
            "The data can't be read; the log says more.",
            parent,
        )
        self._document, self.folder = document, folder
        self._failed: set[tuple[str, str, Path | None]] = set()
        self._stored.connect(self._look, Qt.ConnectionType.QueuedConnection)
        self._disconnect = (
            document.changed.connect(self._follow),
            TABLES.changed.connect(self._stored.emit),
        )
        self._ask()

    def load(self) -> None:
        """Read what the state's data names now, whether it was tried before or not."""
        state = self._document.state
        source = state.data.source
        if not isinstance(source, FileSource):
            return
        folder, key = self.folder(), source.key
        tried = (key, source.path, folder)

        def work(waiting: Waiting) -> str:
            sentence = load(source, folder, waiting)
            _ = state.prepared  # here, so that the window need not
            return sentence

        def done(sentence: str) -> None:
            if source.waiting:
                self._failed.add(tried)
            self._refresh(key)
            if sentence:
                self.told.emit(sentence)

        if not any(job.key == key and not job.stop.is_set() for job in self._jobs):
            self._failed.add(tried)  # not again by itself, should it be cancelled
            self.run(f"Reading {source.name} …", work, done, lambda _: self._refresh(key), key=key)

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        for disconnect in self._disconnect:
            disconnect()
        super().shutdown()

    def _follow(self, before: State, after: State) -> None:
        if before.data is not after.data:
            self._ask()

    def _ask(self) -> None:
        source = self._document.state.data.source
        if not isinstance(source, FileSource):
            return
        if not source.waiting:
            self._failed.discard((source.key, source.path, self.folder()))
        elif (source.key, source.path, self.folder()) not in self._failed:
            # later: the project's folder is set together with its state
            QTimer.singleShot(0, self, self._load_waiting)

    def _load_waiting(self) -> None:
        source = self._document.state.data.source
        if isinstance(source, FileSource) and source.waiting:
            self.load()

    def _refresh(self, key: str) -> None:
        source = self._document.state.data.source
        if isinstance(source, FileSource) and source.key == key:
            self._document.refresh()

    @Slot(str)
    def _look(self, key: str) -> None:
        """A table came into the store, or another one left it for want of room."""
        if any(job.key == key for job in self._jobs):
            return  # its end refreshes
        self._refresh(key)
        self._ask()


class TableProgress(JobProgress):
    """For the status bar."""

    def __init__(self, tables: TableService) -> None:
        super().__init__(tables, "Cancel reading", "Stops reading; the project stays as it is.")
