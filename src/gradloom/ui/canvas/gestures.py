"""What a hand does on the canvas: pull a cable, move cards, draw a band around what is wanted."""

from __future__ import annotations

from PySide6.QtCore import Qt

from gradloom.graph import Edge
from gradloom.ui.canvas import changes
from gradloom.ui.canvas.changes import Joint
from gradloom.ui.canvas.fitting import splices
from gradloom.ui.canvas.geometry import GRID, Box, Point, snap
from gradloom.ui.canvas.gesture import Desk, Gesture
from gradloom.ui.canvas.hits import Hit, Part
from gradloom.ui.canvas.pulling import Pull
from gradloom.ui.view import Selection


class Move(Gesture):
    """Drag the selected cards; one that stands alone can be dropped on a cable."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, desk: Desk, grabbed: str, start: Point) -> None:
        super().__init__(desk)
        ids = desk.view.selection.layers or {grabbed}
        self._grabbed, self._start = grabbed, start
        self._corners = {i: (b.x, b.y) for i, b in desk.sheet.boxes(ids).items()}
        self._edge: Edge | None = None
        for id_ in self._corners:
            desk.sheet.raise_card(id_)
            desk.sheet.cards[id_].set_state(dragged=True)

    def move(self, at: Point) -> None:
        self.desk.sheet.place(self._moved(at))
        self._aim(self._cable_under(at))

    def end(self, at: Point) -> None:
        corners, edge = self._moved(at), self._cable_under(at)
        self._settle()
        names = [self.desk.document.state.graph[i].name for i in self._corners]
        what = names[0] if len(names) == 1 else f"{len(names)} Layers"
        label = f"Move {what}" if edge is None else f"Splice In {what}"
        self.desk.document.edit(label, changes.move(corners, edge))

    def cancel(self) -> None:
        self._settle()
        self.desk.sheet.place(self._corners)

    def _moved(self, at: Point) -> dict[str, Point]:
        x, y = self._corners[self._grabbed]
        dx = _to_grid(x, at[0] - self._start[0])
        dy = _to_grid(y, at[1] - self._start[1])
        return {i: (cx + dx, cy + dy) for i, (cx, cy) in self._corners.items()}

    def _cable_under(self, at: Point) -> Edge | None:
        if len(self._corners) != 1:
            return None
        edge = self.desk.sheet.cable_at(*at, 2 * self.desk.slack)
        fits = edge is not None and splices(self.desk.document.state, self._grabbed, edge)
        return edge if fits else None

    def _aim(self, edge: Edge | None) -> None:
        if edge != self._edge:
            for one, on in ((self._edge, False), (edge, True)):
                if one is not None and one in self.desk.sheet.cables:
                    self.desk.sheet.cables[one].set_state(target=on)
            self._edge = edge
            self.desk.tell("Let go to set the layer into this cable." if edge else "")

    def _settle(self) -> None:
        self._aim(None)
        for id_ in self._corners:
            self.desk.sheet.cards[id_].set_state(dragged=False)


class Band(Gesture):
    """Draw a rectangle around what shall be selected; `keep` stays selected beside it.

    `before` is what was selected before the press.
    """

    def __init__(self, desk: Desk, start: Point, keep: Selection, before: Selection) -> None:
        super().__init__(desk)
        self._start, self._keep, self._before = start, keep, before

    def move(self, at: Point) -> None:
        (x0, y0), (x1, y1) = self._start, at
        band = Box(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))
        self.desk.show_band(band)
        found = self.desk.sheet.inside(band)
        self.desk.view.select(
            Selection(found.layers | self._keep.layers, found.edges | self._keep.edges)
        )

    def end(self, at: Point) -> None:
        self.move(at)
        self.desk.show_band(None)

    def cancel(self) -> None:
        self.desk.show_band(None)
        self.desk.view.select(self._before)


def _to_grid(here: float, by: float) -> float:
    """How far a card goes so that it lands on the grid; not at all along an axis it stays on."""
    return 0.0 if abs(by) < GRID / 2 else snap(here + by) - here


def begin(desk: Desk, hit: Hit, start: Point, keep: Selection, before: Selection) -> Gesture:
    """The gesture that dragging from `hit` means."""
    graph = desk.document.state.graph
    if hit.part is Part.OUTPUT:
        return Pull(desk, Joint(hit.layer))
    if hit.part is Part.INPUT:
        held = next((e for e in graph.incoming(hit.layer) if e.port == hit.index), None)
        if held is None:
            return Pull(desk, Joint(hit.layer, hit.index))
        return Pull(desk, Joint(held.source), held)
    if hit.part is Part.CABLE and hit.edge is not None:
        edge = hit.edge
        fixed = Joint(edge.source) if hit.end == "target" else Joint(edge.target, edge.port)
        return Pull(desk, fixed, edge)
    if hit.on_card:
        return Move(desk, hit.layer, start)
    return Band(desk, start, keep, before)
