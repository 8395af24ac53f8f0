"""Copies of the open project, kept aside on a thread of their own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from gradloom.core.errors import UserError
from gradloom.document import State
from gradloom.document.files import Autosave, data_folder
from gradloom.engine.run import Checkpoint
from gradloom.session.loop import Loop

_log = logging.getLogger(__name__)
_Values = tuple[State, Checkpoint | None, Path | None]


class Copies:
    """Writes one copy at a time; of those that come meanwhile only the newest is written."""

    def __init__(self, folder: Callable[[], Path] = data_folder) -> None:
        self._folder = folder
        self._loop = Loop("copies")
        self._guard = threading.Lock()
        self._waiting: _Values | None = None
        self._closing = False
        self._used = False
        self._autosave: Autosave | None = None  # touched on the thread, or after its end
        self.failed = False  # whether the last copy could not be written

    def keep(self, state: State, run: Checkpoint | None, origin: Path | None) -> None:
        """Keep a copy soon; what goes wrong is logged."""
        with self._guard:
            idle = self._waiting is None
            self._waiting = (state, run, origin)
        self._used = True
        if idle:
            self._loop.post(self._write_waiting)

    def keep_now(self, state: State, run: Checkpoint | None, origin: Path | None) -> None:
        """Keep a copy and wait until it is on the disk; raises UserError."""
        self._used = True

        def write() -> UserError | None:
            try:
                self._write(state, run, origin)
            except UserError as error:
                return error
            return None

        error = self._loop.post(write).result()
        if error is not None:
            raise error

    def clear(self) -> None:
        """The project is safe in its own file: no copy is needed."""
        with self._guard:
            self._waiting = None
        if self._used:
            self._used = False
            self._loop.post(self._clear)

    def settle(self) -> None:
        """Wait until everything asked for is done."""
        self._loop.post(lambda: None).result()

    def close(self, timeout: float = 10.0) -> bool:
        """The program ends in order: a write under way breaks off, copy and lock are dropped.

        False if the write did not end in time; then they stay.
        """
        self._closing = True
        if not self._loop.close(timeout):
            return False
        if self._autosave is not None:
            try:
                self._autosave.close()
            except OSError as error:
                _log.info("autosave: %s", error)
            self._autosave = None
        return True

    def _write_waiting(self) -> None:
        with self._guard:
            values, self._waiting = self._waiting, None
        if values is None:
            return
        try:
            self._write(*values)
        except UserError as error:
            self.failed = True
            _log.info("autosave: %s", error)

    def _write(self, state: State, run: Checkpoint | None, origin: Path | None) -> None:
        if self._autosave is None:
            self._autosave = Autosave(self._folder())
        self._autosave.write(state, run, origin, lambda: not self._closing)
        self.failed = False

    def _clear(self) -> None:
        try:
            if self._autosave is not None:
                self._autosave.clear()
        except OSError as error:
            _log.info("autosave: %s", error)
