"""The hidden-space service: a layer's view of the data, computed off the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gradloom.document import Document
from gradloom.session.answering import Rest
from gradloom.session.hidden import HiddenStudy, HiddenWish
from gradloom.ui.answers import AnswerService
from gradloom.ui.worker import TrainingBridge

_REST = Rest(interval=1 / 30, idle=9)


class HiddenService(AnswerService):
    """Answers each Progress with a Hidden, in the GUI thread, while somebody watches."""

    def __init__(
        self, document: Document, bridge: TrainingBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(document, bridge, HiddenStudy(), _REST, parent)
        self._wish = HiddenWish()

    def look_at(self, wish: HiddenWish) -> None:
        """Look at another layer, or at other units of it."""
        if wish != self._wish:
            self.wish_for(wish)
