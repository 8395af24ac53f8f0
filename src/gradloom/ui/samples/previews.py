"""What samples will answer, worked out one after the other on a thread of its own, and kept."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from gradloom.core.errors import UserError
from gradloom.document.samples import Sample
from gradloom.session.loop import Loop
from gradloom.session.mapping import MapResult
from gradloom.session.previewing import preview
from gradloom.session.training import Status
from gradloom.ui.mailbox import Mailbox
from gradloom.ui.worker import TrainingBridge

_REST = 0.1  # seconds between two, for whoever uses the window


class Previews(QObject):
    """`arrived` says that there are more; nothing is trained while the person's own network is."""

    arrived = Signal()

    def __init__(self, bridge: TrainingBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._found: dict[str, MapResult] = {}
        self._asked: set[str] = set()
        self._stop = threading.Event()
        self._loop = Loop("gradloom-previews")
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self.arrived)

    def of(self, sample: Sample) -> MapResult | None:
        """The map of a sample, if it is there already."""
        return self._found.get(sample.name)

    def ask(self, sample: Sample) -> None:
        """Have the map of a sample made, once."""
        if sample.name in self._asked or self._bridge.status is Status.RUNNING:
            return
        self._asked.add(sample.name)
        self._loop.post(lambda: self._make(sample))

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        self._stop.set()
        self._mailbox.close()
        self._loop.close()

    def _make(self, sample: Sample) -> None:
        if self._stop.wait(_REST):
            return
        if self._bridge.status is Status.RUNNING:  # begun since it was asked for
            self._asked.discard(sample.name)
            return
        try:
            made = preview(sample.state, self._stop)
        except UserError:  # not enough memory, say: the card shows the data alone
            return
        if made is not None:
            self._found[sample.name] = made
            self._mailbox.put(sample.name)
