"""Layers that come to the canvas: beside the selected one, dropped, or searched for."""

from __future__ import annotations

from collections.abc import Callable

from gradloom.document import Document
from gradloom.graph import Edge
from gradloom.layers import LAYERS
from gradloom.ui.canvas import changes
from gradloom.ui.canvas.board import Board
from gradloom.ui.canvas.changes import Change, Joint
from gradloom.ui.canvas.editors import Editors
from gradloom.ui.canvas.fitting import kind_splices, offers
from gradloom.ui.canvas.geometry import (
    CARD_HEIGHT,
    CARD_WIDTH,
    GRID,
    Box,
    Frame,
    Point,
    free_spot,
    snap,
)
from gradloom.ui.view import Selection, View


class Adding:
    """Each way of adding is one edit, and what was added is selected."""

    def __init__(self, document: Document, view: View, board: Board, editors: Editors) -> None:
        self._document, self._view = document, view
        self._board, self._editors = board, editors

    def add(self, kind: str, at: Point | None = None) -> None:
        """Add a layer: at a point, or beside the selected one and joined to it."""
        state, single, sheet = self._document.state, self._view.selection.single, self._board.sheet
        made = changes.made(kind)
        taken = list(sheet.boxes().values())
        joint = None
        if at is not None:
            corner = _centred(at)
        elif single in sheet.cards and single is not None:
            box = sheet.cards[single].box()
            corner = (box.right + 6 * GRID, box.y)
            free = not state.graph.outgoing(single) and state.graph[single].kind.has_output
            joint = Joint(single) if free and made.most_inputs != 0 else None
        else:
            corner = _centred(self._board.at(self._board.viewport().rect().center()))
        corner = (snap(corner[0]), snap(corner[1]))
        frame = Frame(made.least_inputs, made.has_output)
        spot = free_spot(Box(*corner, frame.width, frame.height), taken)
        self._put(kind, changes.add(made, spot, joint))

    def drop(self, kind: str, at: Point, edge: Edge | None) -> None:
        """A layer from the palette was dropped, on a cable if `edge` is one."""
        made = changes.made(kind)
        if edge is None:
            self._put(kind, changes.add(made, _centred(at)))
        else:
            self._put(kind, changes.add_into(made, _centred(at), edge))

    def ask(
        self, at: Point, joint: Joint | None = None, closed: Callable[[], None] | None = None
    ) -> None:
        """Search a layer to add at a point, joined to the loose end of a cable if there is one."""
        found = offers(self._document.state, joint)

        def take(kind: str) -> None:
            corner = _centred(at)
            if joint is not None:
                left = at[0] if joint.at_output else at[0] - CARD_WIDTH
                corner = (snap(left), snap(at[1] - CARD_HEIGHT / 2))
            self._put(kind, changes.add(changes.made(kind), corner, joint))

        self._editors.search(at, found, take, closed)

    def ask_into(self, at: Point, edge: Edge) -> None:
        """Search a layer to set into a cable."""
        found = tuple(
            o for o in offers(self._document.state, Joint(edge.source)) if kind_splices(o.kind)
        )
        self._editors.search(at, found, lambda kind: self.drop(kind, at, edge))

    def _put(self, kind: str, change: Change) -> None:
        put(self._document, self._view, f"Add {LAYERS[kind].label}", change)


def put(document: Document, view: View, label: str, change: Change) -> None:
    """Edit, and select the layers that came with it."""
    before = {la.id for la in document.state.graph}
    document.edit(label, change)
    new = frozenset(la.id for la in document.state.graph if la.id not in before)
    if new:
        view.select(Selection(new))


def _centred(at: Point) -> Point:
    return snap(at[0] - CARD_WIDTH / 2), snap(at[1] - CARD_HEIGHT / 2)
