"""The map service: decision maps and pictures of neurons, computed off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject

from gradloom.document import Document
from gradloom.session.answering import Rest
from gradloom.session.mapping import MapResult, MapStudy, MapWish
from gradloom.session.planes import Look
from gradloom.ui.answers import AnswerService
from gradloom.ui.worker import TrainingBridge

_REST = Rest(interval=1 / 30, idle=9)


class MapService(AnswerService):
    """Answers each Progress with a MapResult, in the GUI thread; the newest request wins."""

    def __init__(
        self, document: Document, bridge: TrainingBridge, parent: QObject | None = None
    ) -> None:
        super().__init__(document, bridge, MapStudy(), _REST, parent, watched=True, hurry=False)
        self._wish = MapWish()

    def focus(self, layer: str | None) -> None:
        """Draw this layer's units as finely as the outputs, as long as it has the focus."""
        before, self._wish = self._wish, replace(self._wish, focus=layer)
        if layer not in (None, before.focus):
            self.ask_again()

    def look(self, look: Look) -> None:
        """Draw another plane of the data."""
        self._ask_for(look=look)

    def veil(self, *, on: bool) -> None:
        """Work out, too, how far places are from the data."""
        self._ask_for(veil=on)

    def finish(self, finish: Callable[[MapResult], Any] | None) -> None:
        """Have this made of every result from now on, on the map's thread; compared by value."""
        self._wish = replace(self._wish, finish=finish)

    def _ask_for(self, **changes: object) -> None:
        wish = replace(self._wish, **changes)
        if wish != self._wish:
            self.wish_for(wish)
