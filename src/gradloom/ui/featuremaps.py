"""The service of feature maps: what the layers make of the picture that is looked at."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gradloom.document import Document, State
from gradloom.session.answering import Rest
from gradloom.session.featuring import FeatureStudy, picture_shape, specimen_of
from gradloom.ui.answers import AnswerService
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

_REST = Rest(interval=1 / 15, idle=4)


class FeatureService(AnswerService):
    """Answers with FeatureMaps of the drawing, else of the selected row, else of the first one.

    It works as long as somebody in `watchers` looks and the network holds pictures.
    """

    def __init__(
        self,
        document: Document,
        bridge: TrainingBridge,
        view: View,
        parent: QObject | None = None,
    ) -> None:
        self._view = view
        self._watchers: set[object] = set()
        super().__init__(document, bridge, FeatureStudy(), _REST, parent)
        view.rows_selected.connect(lambda _: self._look())
        view.specimen_changed.connect(lambda _: self._look())

    def look(self, watcher: object, *, on: bool) -> None:
        """Somebody looks now, or no more."""
        before = bool(self._watchers)
        (self._watchers.add if on else self._watchers.discard)(watcher)
        if bool(self._watchers) != before:
            self.watch(on=bool(self._watchers))
            self._look()

    def _changed(self, before: State, after: State) -> None:
        super()._changed(before, after)
        if before.data is not after.data or before.plan is not after.plan:
            self._look()

    def _look(self) -> None:
        """Choose the row."""
        if not self._watchers:
            return
        state = self._document.state
        if not any(picture_shape(state, layer) for layer in state.graph):
            return
        self.wish_for(self._view.specimen or specimen_of(state, self._view.rows))
