"""Cards for screen readers: each is a child of the canvas, with its words and its place.

Why: items of a scene are invisible to assistive technology unless a factory gives each one an
interface of its own. Interfaces are kept here, since Qt does not hold a reference.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor
from PySide6.QtWidgets import QAccessibleWidget

from gradloom.ui.canvas.board import Board
from gradloom.ui.canvas.card import Card

_kept: dict[int, QAccessibleInterface] = {}


class CardInterface(QAccessibleInterface):
    """One card: its name is the whole sentence, "Dense 2, 4 to 2, Tanh, 10 parameters"."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self._card: Card | None = card
        card.destroyed.connect(self._forget)

    def isValid(self) -> bool:
        return self._card is not None and self._card.scene() is not None

    def object(self) -> Any:
        return self._card

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def text(self, t: QAccessible.Text) -> str:
        if self._card is None or t not in (QAccessible.Text.Name, QAccessible.Text.Description):
            return ""
        if t == QAccessible.Text.Name:
            return self._card.face.spoken
        at_work = f"At work in this step: {self._card.phase}." if self._card.phase else ""
        tag = self._card.tag
        given = tag.spoken(self._card.face.name) if tag is not None else ""
        return " ".join(part for part in (at_work, given) if part)

    def setText(self, t: QAccessible.Text, text: str) -> None:
        """Names are edited in place, not through here."""

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        if self._card is not None:
            for name, value in (
                ("focusable", True),
                ("selectable", True),
                ("focused", self._card.focused),
                ("selected", self._card.selected),
            ):
                setattr(state, name, int(value))
        return state

    def rect(self) -> QRect:
        board = self._board()
        if board is None or self._card is None:
            return QRect()
        seen = board.viewportTransform().mapRect(QRectF(*self._card.box())).toRect()
        return seen.translated(board.viewport().mapToGlobal(seen.topLeft()) - seen.topLeft())

    def parent(self) -> Any:
        board = self._board()
        return None if board is None else QAccessible.queryAccessibleInterface(board)

    def child(self, index: int) -> Any:
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def childAt(self, x: int, y: int) -> Any:
        return None

    def window(self) -> Any:
        board = self._board()
        return None if board is None else board.window().windowHandle()

    def backgroundColor(self) -> QColor:
        return self._card.ink.raised.color() if self._card is not None else QColor()

    def foregroundColor(self) -> QColor:
        return self._card.ink.text.color() if self._card is not None else QColor()

    def _board(self) -> Board | None:
        scene = None if self._card is None else self._card.scene()
        views = [] if scene is None else scene.views()
        return views[0] if views and isinstance(views[0], Board) else None

    def _forget(self) -> None:
        self._card = None


class BoardInterface(QAccessibleWidget):
    """The canvas, whose children are its cards in the order of the data."""

    def __init__(self, board: Board) -> None:
        super().__init__(board, QAccessible.Role.List)
        self._board = board

    def childCount(self) -> int:
        return len(self._board.sheet.cards)

    def child(self, index: int) -> Any:
        cards = self._cards()
        if not 0 <= index < len(cards):
            return None
        return QAccessible.queryAccessibleInterface(cards[index])

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        card = child.object()
        return self._cards().index(card) if isinstance(card, Card) else -1

    def focusChild(self) -> Any:
        focused = next((c for c in self._cards() if c.focused), None)
        return None if focused is None else QAccessible.queryAccessibleInterface(focused)

    def _cards(self) -> list[Card]:
        cards = self._board.sheet.cards
        order = self._board.document.state.analysis.order
        return [cards[i] for i in order if i in cards]


def _make(_: str, thing: object) -> QAccessibleInterface | None:
    """Qt's factory; asked for every object, answers for ours."""
    if not isinstance(thing, Card | Board):
        return None
    made = CardInterface(thing) if isinstance(thing, Card) else BoardInterface(thing)
    key = id(made)
    _kept[key] = made
    thing.destroyed.connect(lambda: _kept.pop(key, None))
    return made


_installed: list[object] = []


def install() -> None:
    """Give cards and boards interfaces, once per process."""
    if not _installed:
        _installed.append(_make)
        QAccessible.installFactory(_make)
