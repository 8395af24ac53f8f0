"""The landscape service: surveys around the run, computed off the GUI thread when asked for."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from gradloom.data.waiting import Waiting
from gradloom.document import Document, State
from gradloom.engine.progress import Progress
from gradloom.session.landscape import Landscape, survey
from gradloom.session.slices import Wish
from gradloom.session.training import Status
from gradloom.ui.jobs import Job, JobService
from gradloom.ui.mailbox import Mailbox
from gradloom.ui.worker import TrainingBridge


class LandscapeService(JobService):
    """One survey at a time; a newer one takes the place of one that goes on."""

    updated = Signal(object)  # Landscape, finer and finer
    refused = Signal(str)  # why there is none

    def __init__(
        self, document: Document, bridge: TrainingBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(
            "landscape",
            "There is not enough memory for the landscape of this network.",
            "The landscape can't be computed; the log says more.",
            parent,
        )
        self._document, self._bridge = document, bridge
        self._job: Job | None = None
        self._number = 0  # of the survey
        self._pictures = Mailbox(self)
        self._pictures.arrived.connect(self._picture)

    @property
    def computing(self) -> bool:
        """Whether a survey goes on."""
        return self._job is not None

    def compute(self, wish: Wish) -> None:
        """Survey around the run as it is now."""
        self.stop()
        state, progress = self._document.state, self._bridge.latest
        if not state.ready:
            self.refused.emit("The landscape appears when the network is ready; see the problems.")
        elif progress is not None:
            self._survey(state, progress, wish)

    def stop(self) -> None:
        """Forget the survey that goes on."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def cancel(self) -> None:
        self.stop()

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        self.stop()
        self._pictures.close()
        super().shutdown()

    def _survey(self, state: State, progress: Progress, wish: Wish) -> None:
        self._number += 1
        number = self._number

        def training() -> bool:
            return self._bridge.status is Status.RUNNING

        def work(waiting: Waiting) -> None:
            for found in survey(state, progress, wish, waiting, training):
                self._pictures.put((number, found))

        def done(_: object) -> None:
            self._job = None  # the last picture was delivered: its knock came before

        def failed(sentence: str) -> None:
            self._job = None
            self.refused.emit(sentence)

        self._job = self.run("Computing", work, done, failed)

    @Slot(object)
    def _picture(self, told: tuple[int, Landscape]) -> None:
        number, found = told
        if self._job is not None and number == self._number:
            self.updated.emit(found)
