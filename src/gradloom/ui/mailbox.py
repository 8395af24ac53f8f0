"""A mailbox with one slot: from any thread to the GUI thread, the newest value wins."""

from __future__ import annotations

import threading
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot


class Mailbox(QObject):
    """`arrived` is emitted in the GUI thread, once per turn of its event loop at most.

    Why not a signal per value: queued signals pile up faster than a busy window reads them.
    """

    arrived = Signal(object)
    _knocked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._guard = threading.Lock()
        self._slot: Any = None
        self._full = False
        self._closed = False
        self._knocked.connect(self._open, Qt.ConnectionType.QueuedConnection)

    def put(self, value: object) -> None:
        """Leave a value; one that still lies there is dropped."""
        with self._guard:
            if self._closed:
                return
            self._slot, knock = value, not self._full
            self._full = True
        if knock:
            self._knocked.emit()

    def close(self) -> None:
        """Deliver nothing more."""
        with self._guard:
            self._closed, self._slot = True, None

    @Slot()
    def _open(self) -> None:
        with self._guard:
            value, self._slot, self._full = self._slot, None, False
            if self._closed:
                return
        self.arrived.emit(value)
