"""Copies of unsaved work, kept aside while one works and offered after a crash."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from gradloom.core.errors import UserError
from gradloom.document import Document, State
from gradloom.document.files import Recovery, data_folder, recoveries
from gradloom.engine.run import Checkpoint
from gradloom.session.copies import Copies
from gradloom.ui.mailbox import Mailbox
from gradloom.ui.worker import TrainingBridge

_EVERY = 20_000  # ms
_LARGE_RUN = 300_000  # numbers
_log = logging.getLogger(__name__)
_Buttons = QMessageBox.StandardButton


@contextlib.contextmanager
def patience(run: Checkpoint | None) -> Iterator[None]:
    """The pointer that asks to wait, while a large run is written."""
    arrays = () if run is None else (run.theta, run.state, *run.slots.values())
    if sum(array.size for array in arrays) <= _LARGE_RUN:
        yield
        return
    QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        yield
    finally:
        QApplication.restoreOverrideCursor()


class SafeCopies(QObject):
    """Keeps a copy every 20 seconds, if there is something to lose that has none yet.

    `unsaved` says whether there is, `origin` which file the project belongs to. `asking` is True
    while the run is waited for, which the window does not.
    """

    def __init__(
        self,
        document: Document,
        bridge: TrainingBridge,
        unsaved: Callable[[], bool],
        origin: Callable[[], Path | None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._document, self._bridge, self._window = document, bridge, window
        self._unsaved, self._origin = unsaved, origin
        self._copied: tuple[State, int] | None = (document.state, 0)
        self.copies = Copies()
        self.asking = False
        self._answers = Mailbox(self)
        self._answers.arrived.connect(self._keep)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.keep)
        self._timer.start()

    def opened(self, state: State | None, steps: int) -> None:
        """Another project is open: this state needs no copy; None: it needs one."""
        self._copied = None if state is None else (state, steps)

    def close(self) -> None:
        """The program ends in order: no copy needs to be kept."""
        self._timer.stop()
        self._answers.close()
        self.copies.close()

    def keep(self) -> None:
        """Keep a copy of unsaved work, in case the program dies; it is written on a thread."""
        if not self._unsaved():
            self.copies.clear()
            self._copied = None
            return
        if not self.asking:  # else a step takes very long, or the run is being set up
            self.asking = True
            state, origin = self._document.state, self._origin()
            self._bridge.ask_checkpoint().add_done_callback(
                lambda answer: self._answers.put((state, origin, answer))
            )

    @Slot(object)
    def _keep(self, found: tuple[State, Path | None, Future[Checkpoint | None]]) -> None:
        self.asking = False
        state, origin, answer = found
        if answer.cancelled() or answer.exception() is not None or not self._unsaved():
            return
        run = answer.result()
        steps = 0 if run is None else run.steps
        if self._copied is not None and not self.copies.failed:
            before, steps_before = self._copied
            if state is before and steps == steps_before:
                return
        self.copies.keep(state, run, origin)
        self._copied = (state, steps)

    def offered(self) -> Recovery | None:
        """Offer the newest copy that a program left behind when it died; the one to be opened."""
        found = recoveries(data_folder())
        if not found:
            return None
        newest = found[0]
        name = newest.origin.name if newest.origin else "an unsaved project"
        when = newest.written.astimezone().strftime("%H:%M on %d %B")
        answer = QMessageBox.question(
            self._window,
            "Recover your work?",
            f"Gradloom did not end in order. A copy of {name} from {when} was kept.",
            _Buttons.Open | _Buttons.Discard | _Buttons.Cancel,
            _Buttons.Open,
        )
        if answer == _Buttons.Discard:
            for recovery in found:
                recovery.discard()
        return newest if answer == _Buttons.Open else None

    def take_over(self, recovery: Recovery, state: State, run: Checkpoint | None) -> None:
        """Keep a copy of one's own of a project that was recovered, and drop the one it is from."""
        try:
            with patience(run):
                self.copies.keep_now(state, run, recovery.origin)
        except UserError as error:
            _log.info("autosave: %s", error)  # the copy that was opened stays
            return
        self._copied = (state, 0 if run is None else run.steps)
        recovery.discard()
