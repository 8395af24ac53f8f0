"""The card that has the keyboard's focus, and the ring around it."""

from __future__ import annotations

from collections.abc import Sequence

from gradloom.ui.canvas.board import Board
from gradloom.ui.canvas.scene import Scene


class Ring:
    """Tab walks from card to card in the order of the data; the mouse takes the ring away."""

    def __init__(self, sheet: Scene, board: Board) -> None:
        self._sheet, self._board = sheet, board
        self._layer = ""

    def next(self, step: int, order: Sequence[str]) -> str:
        """Step to another card, and say which; "" beyond either end."""
        cards = [i for i in order if i in self._sheet.cards]
        here = cards.index(self._layer) if self._layer in cards else None
        there = (0 if step > 0 else len(cards) - 1) if here is None else here + step
        self._layer = cards[there] if 0 <= there < len(cards) else ""
        self.show(by_key=True)
        if self._layer:
            self._sheet.cards[self._layer].announce()
        return self._layer

    def follow(self, layer: str) -> None:
        """A card was chosen otherwise; Tab goes on from there."""
        if layer != self._layer:
            self._layer = layer
            self.show(by_key=False)

    def show(self, *, by_key: bool) -> None:
        """Paint the ring where it belongs, while the keyboard is here and in use."""
        wanted = by_key and self._board.hasFocus()
        for id_, card in self._sheet.cards.items():
            card.set_state(focused=wanted and id_ == self._layer)
