"""What a hand does on the canvas: each gesture has a start, moves, an end, or is cancelled.

The board holds at most one. While it lasts only the scene shows it; its end makes one edit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt

from gradloom.document import Document
from gradloom.graph import Edge, edits
from gradloom.ui.canvas import changes
from gradloom.ui.canvas.cable import Cable
from gradloom.ui.canvas.changes import Joint
from gradloom.ui.canvas.fitting import clash_of, splices
from gradloom.ui.canvas.geometry import GRID, Box, Point, snap
from gradloom.ui.canvas.scene import Hit, Part, Scene
from gradloom.ui.view import Selection, View


class Desk(Protocol):
    """What gestures need of the board."""

    @property
    def sheet(self) -> Scene:
        """The items."""

    @property
    def document(self) -> Document:
        """What is edited."""

    @property
    def view(self) -> View:
        """What is selected."""

    @property
    def slack(self) -> float:
        """Scene units per pixel, at least 1."""

    def tell(self, text: str, *, bad: bool = False) -> None:
        """Show a tip by the pointer; "" takes it away."""

    def ask_kind(
        self, at: Point, joint: Joint | None = None, closed: Callable[[], None] | None = None
    ) -> None:
        """Open the search menu at a point of the scene; `closed` is called when it goes."""

    def show_band(self, band: Box | None) -> None:
        """Draw the rubber band."""


class Gesture:
    """Base: nothing happens."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def move(self, at: Point) -> None:
        """The pointer is here now, in scene units."""

    def end(self, at: Point) -> None:
        """The button was let go."""

    def cancel(self) -> None:
        """As if it had never begun."""


class Pull(Gesture):
    """Pull one end of a cable: a new one, or `held`, which is unplugged."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, desk: Desk, joint: Joint, held: Edge | None = None) -> None:
        super().__init__(desk)
        self.joint, self.held = joint, held
        sheet, state = desk.sheet, desk.document.state
        self._graph = changes.without(state.graph, held)
        self._cable = Cable(None, sheet.ink)
        sheet.addItem(self._cable)
        if held is not None:
            sheet.cables[held].setVisible(False)
        for id_, card in sheet.cards.items():
            wrong = "out" if joint.at_output else "in"
            card.set_state(dimmed_ports="both" if self._why_not(id_, None) else wrong)
        sheet.cards[joint.layer].set_state(
            dimmed_ports="", hot_port=("in", joint.port) if joint.port is not None else ("out", 0)
        )
        self._lit = ""

    def move(self, at: Point) -> None:
        sheet = self.desk.sheet
        target = self._target(at)
        loose = at
        self._light("" if target is None else target[0], None)
        sentence, bad = "", False
        if target is not None:
            layer, port = target
            why = self._why_not(layer, port)
            sentence, bad = why or self._warning(layer, port), why is not None
            if why is None:
                loose = self._socket(layer, port)
                self._light(layer, port)
        self._cable.set_state(refused=bad)
        anchor = self._anchor()
        self._cable.join(*((anchor, loose) if self.joint.at_output else (loose, anchor)))
        sheet.update()
        self.desk.tell(sentence, bad=bad)

    def end(self, at: Point) -> None:
        target = self._target(at)
        own = self.desk.sheet.hit(*at).layer == self.joint.layer
        if target is None and self.held is None and not own:
            self.desk.tell("")
            self._tidy(keep_cable=True)
            self.desk.ask_kind(at, self.joint, self._drop_cable)
            return
        self.cancel()
        if target is None:
            if self.held is not None and not own:
                edge = self.held
                self.desk.document.edit("Delete Cable", changes.remove((), (edge,)))
            return
        self._plug(*target)

    def cancel(self) -> None:
        self._tidy()
        self.desk.tell("")

    def _plug(self, layer: str, port: int | None) -> None:
        why = self._why_not(layer, port)
        if why is not None:
            self.desk.view.say(why)
            return
        if self.joint.at_output:
            source, target = self.joint.layer, layer
        else:
            source, target, port = layer, self.joint.layer, self.joint.port
        if port is None:
            port = edits.free_port(self._graph, target)
        if self.held == Edge(source, target, port):
            return
        label = "Connect" if self.held is None else "Move Cable"
        self.desk.document.edit(label, changes.connect(source, target, port, self.held))

    def _target(self, at: Point) -> tuple[str, int | None] | None:
        """The layer, and the port if one is meant, under the pointer; not the cable's own."""
        hit = self.desk.sheet.hit(*at)
        if not hit.layer or hit.part is Part.WEIGHT or hit.layer == self.joint.layer:
            return None
        aimed = self.joint.at_output and hit.part is Part.INPUT
        return hit.layer, hit.index if aimed else None

    def _why_not(self, layer: str, port: int | None) -> str | None:
        if self.joint.at_output:
            return edits.why_not(self._graph, self.joint.layer, layer, port)
        return edits.why_not(self._graph, layer, self.joint.layer, self.joint.port)

    def _warning(self, layer: str, port: int | None) -> str:
        """What is allowed but worth knowing: shapes that clash, a cable that is replaced."""
        graph = self._graph
        source, target = (
            (self.joint.layer, layer) if self.joint.at_output else (layer, self.joint.layer)
        )
        into = port if self.joint.at_output else self.joint.port
        if into is None:
            into = edits.free_port(graph, target)
        there = next((e for e in graph.incoming(target) if e.port == into), None)
        replaced = "" if there is None else f"Replaces the cable from {graph[there.source].name}."
        return " ".join(
            part for part in (clash_of(self.desk.document.state, source, target), replaced) if part
        )

    def _anchor(self) -> Point:
        sheet = self.desk.sheet
        if self.joint.port is None:
            return sheet.output_at(self.joint.layer)
        return sheet.input_at(self.joint.layer, self.joint.port)

    def _socket(self, layer: str, port: int | None) -> Point:
        sheet = self.desk.sheet
        if not self.joint.at_output:
            return sheet.output_at(layer)
        return sheet.input_at(layer, edits.free_port(self._graph, layer) if port is None else port)

    def _light(self, layer: str, port: int | None) -> None:
        cards = self.desk.sheet.cards
        if self._lit and self._lit != layer:
            cards[self._lit].set_state(hot_port=None)
        self._lit = layer
        if layer:
            if self.joint.at_output:
                hot = ("in", edits.free_port(self._graph, layer) if port is None else port)
            else:
                hot = ("out", 0)
            cards[layer].set_state(hot_port=hot)

    def _tidy(self, *, keep_cable: bool = False) -> None:
        sheet = self.desk.sheet
        for card in sheet.cards.values():
            card.set_state(dimmed_ports="", hot_port=None)
        if self.held is not None and self.held in sheet.cables:
            sheet.cables[self.held].setVisible(True)
        if not keep_cable:
            self._drop_cable()

    def _drop_cable(self) -> None:
        if self._cable.scene() is not None:
            self.desk.sheet.removeItem(self._cable)


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
