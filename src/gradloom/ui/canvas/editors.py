"""What is open over the canvas: the editor of a name or a number, or the search menu."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, QRectF, Qt

from gradloom.ui.canvas import changes
from gradloom.ui.canvas.board import Board
from gradloom.ui.canvas.fitting import Offer
from gradloom.ui.canvas.geometry import Point
from gradloom.ui.canvas.inplace import NameEdit, WeightEdit
from gradloom.ui.canvas.live import Live
from gradloom.ui.canvas.pointing import Pointing
from gradloom.ui.canvas.quickmenu import QuickMenu
from gradloom.ui.theme import Theme


class Editors:
    """At most one of each; all of them give the keyboard back to the board."""

    def __init__(
        self, board: Board, theme: Theme, live: Live, pointing: Pointing, bridge: Any
    ) -> None:
        self._board, self._theme, self._bridge = board, theme, bridge
        self._live, self._pointing = live, pointing
        self.name: NameEdit | None = None
        self.number: WeightEdit | None = None
        self.menu: QuickMenu | None = None

    def rename(self, layer: str) -> None:
        """Edit a card's name where it stands."""
        card, document = self._board.sheet.cards[layer], self._board.document
        box = card.face.frame.name.moved(card.x(), card.y())
        place = self._board.viewportTransform().mapRect(QRectF(*box).adjusted(-6, -3, 20, 3))

        def done(text: str | None) -> None:
            self.name = None
            name = "" if text is None else " ".join(text.split())
            if name and layer in document.state.graph and name != card.face.name:
                document.edit(f"Rename {card.face.name}", changes.rename(layer, name))
            self._give_back()

        self.name = NameEdit(self._board.viewport(), card.face.name, done)
        self.name.setGeometry(place.toRect())
        self.name.setMinimumHeight(self.name.sizeHint().height())
        self.name.show()
        self.name.setFocus()

    def edit_number(self, layer: str, parameter: str, index: tuple[int, ...]) -> None:
        """Edit a weight or a bias beside the pointer, live."""
        array = self._live.parameter(layer, parameter)
        if array is None or self._bridge is None:
            self._board.view.say("This number can be set as soon as the network is ready to train.")
            return

        def changed(value: float) -> None:
            self._bridge.edit_weight(layer, parameter, index, value)

        def closed() -> None:
            self.number = None
            self._pointing.silent = False
            self._give_back()

        if self.number is not None:
            self.number.close()
        self._board.tell("")
        self._pointing.silent = True
        self._board.document.seal()
        words = self._pointing.number_words(layer, parameter, index)
        viewport = self._board.viewport()
        self.number = WeightEdit(viewport, words, float(array[index]), changed, closed)
        self.number.dress(self._theme.tokens)
        self.number.open_at(self._board.last_pos + QPoint(12, 12), viewport.rect())

    def search(
        self,
        at: Point,
        found: tuple[Offer, ...],
        take: Callable[[str], None],
        closed: Callable[[], None] | None = None,
    ) -> None:
        """Open the search menu. It blocks nothing; what it adds is added when it is chosen."""

        def gone() -> None:
            self.menu = None
            if closed is not None:
                closed()
            self._give_back()

        spot = self._board.viewportTransform().map(QPoint(round(at[0]), round(at[1])))
        self.menu = QuickMenu(self._board, self._theme, found, take, gone)
        self.menu.open_at(self._board.viewport().mapToGlobal(spot))

    def close(self) -> None:
        """The document changed under them: close without keeping what was typed."""
        if self.name is not None:
            self.name.finish(None)
        if self.number is not None:
            self.number.close()

    def _give_back(self) -> None:
        self._board.setFocus(Qt.FocusReason.OtherFocusReason)
