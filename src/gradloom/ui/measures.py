"""The measure service: confusion, curves and fits of a run, computed off the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gradloom.document import Document
from gradloom.session.answering import Rest
from gradloom.session.measuring import MeasureStudy
from gradloom.ui.answers import AnswerService
from gradloom.ui.worker import TrainingBridge

_REST = Rest(interval=0.5, idle=9)


class MeasureService(AnswerService):
    """Answers each Progress with Measures, in the GUI thread, while somebody watches."""

    def __init__(
        self, document: Document, bridge: TrainingBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(document, bridge, MeasureStudy(), _REST, parent)
