"""Answers about the run, in the GUI thread: the base of the map, measure and other services."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from gradloom.document import Document, State
from gradloom.engine.progress import Progress
from gradloom.session.answering import Answering, Derived, Question, Rest, Study, answered
from gradloom.session.runs import rows_stay
from gradloom.session.training import Status
from gradloom.ui.mailbox import Mailbox
from gradloom.ui.worker import TrainingBridge


class AnswerService(QObject):
    """Answers each Progress with what a study makes of it, while somebody watches.

    `hurry`: a run at rest is answered at once, whatever the pace while it trains.
    """

    updated = Signal(object)  # a Derived of the study

    def __init__(
        self,
        document: Document,
        bridge: TrainingBridge,
        study: Study,
        rest: Rest,
        parent: QObject | None = None,
        *,
        watched: bool = False,
        hurry: bool = True,
    ) -> None:
        super().__init__(parent)
        self._document, self._bridge, self._study = document, bridge, study
        self._watched, self._hurry = watched, hurry
        self._latest: Derived | None = None
        self._wish: Any = None
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._deliver)
        self._answering: Answering[Question] = Answering(
            study.name, lambda asked: self._mailbox.put((asked.state, answered(study, asked))), rest
        )
        bridge.progressed.connect(self._ask)
        bridge.status_changed.connect(self.ask_again)
        self._disconnect = document.changed.connect(self._changed)
        if watched:
            self.watch(on=True)

    @property
    def latest(self) -> Any:
        """The newest answer, or None."""
        return self._latest

    @property
    def wish(self) -> Any:
        """What the study is asked beside the run."""
        return self._wish

    def wish_for(self, wish: Any) -> None:
        """Ask something else of the study from now on."""
        self._wish = wish
        self.ask_again()

    def watch(self, *, on: bool) -> None:
        """Answer from now on, or no more: nobody looks."""
        self._watched = on
        if on:
            self._changed(self._document.state, self._document.state)
            self.ask_again()

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        self._watched = False
        self._disconnect()
        self._mailbox.close()
        self._answering.close()

    @Slot()
    def ask_again(self) -> None:
        """Ask about the run as it is now."""
        if self._bridge.latest is not None:
            self._ask(self._bridge.latest)

    @Slot(object)
    def _ask(self, progress: Progress) -> None:
        if not self._watched:
            return
        state = self._document.state
        sentence = self._study.why_not(state)
        if sentence:
            self._say(sentence)
            return
        running = self._bridge.status is Status.RUNNING
        question = Question(state, progress, running, self._wish)
        self._answering.ask(question, urgent=self._hurry and not running)

    def _changed(self, before: State, after: State) -> None:
        if not self._watched:
            return
        sentence = self._study.why_not(after)
        if sentence:
            self._say(sentence)
        elif self._bridge.latest is None:  # a run that is not set up yet
            self._latest = None

    def _say(self, sentence: str) -> None:
        if self._latest is None or self._latest.sentence != sentence:
            self._latest = self._study.result(sentence=sentence)
            self.updated.emit(self._latest)

    @Slot(object)
    def _deliver(self, answer: tuple[State, Derived]) -> None:
        state, result = answer
        now = self._bridge.latest
        late = now is None or now.run != result.run or not rows_stay(state, self._document.state)
        if self._watched and not late:
            self._latest = result
            self.updated.emit(result)
