"""Layers dragged in from the palette: which kind, onto which cable."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent

from gradloom.graph import Edge
from gradloom.layers import LAYERS
from gradloom.ui.canvas.fitting import kind_splices
from gradloom.ui.canvas.geometry import Point
from gradloom.ui.canvas.gesture import Desk

MIME = "application/x-gradloom-kind"


class Drops:
    """Lights the cable that a dragged layer would be set into."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._edge: Edge | None = None

    def over(self, event: QDragMoveEvent, at: Point) -> None:
        """A drag is here now; it is taken if it carries a layer."""
        kind = _kind_of(event)
        self._aim(None if kind is None else self._edge_for(kind, at))
        _answer(event, taken=kind is not None)

    def leave(self) -> None:
        """The drag has gone elsewhere."""
        self._aim(None)

    def drop(self, event: QDropEvent, at: Point) -> tuple[str | None, Edge | None]:
        """The kind that was let go here (None: nothing of ours) and the cable it fell on."""
        kind = _kind_of(event)
        edge = None if kind is None else self._edge_for(kind, at)
        self._aim(None)
        _answer(event, taken=kind is not None)
        return kind, edge

    def _edge_for(self, kind: str, at: Point) -> Edge | None:
        if not kind_splices(LAYERS[kind]):
            return None
        return self._desk.sheet.cable_at(*at, 2 * self._desk.slack)

    def _aim(self, edge: Edge | None) -> None:
        if edge == self._edge:
            return
        cables = self._desk.sheet.cables
        for one, on in ((self._edge, False), (edge, True)):
            if one is not None and one in cables:
                cables[one].set_state(target=on)
        self._edge = edge
        self._desk.tell("Let go to set the layer into this cable." if edge else "")


def _answer(event: QDropEvent, *, taken: bool) -> None:
    if taken:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    else:
        event.ignore()


def _kind_of(event: QDropEvent) -> str | None:
    """The layer kind a drag carries, if it is one of ours."""
    if not event.mimeData().hasFormat(MIME):
        return None
    name = bytes(event.mimeData().data(MIME).data()).decode("utf-8", "replace")
    return name if name in LAYERS else None
