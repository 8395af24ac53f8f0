"""Pulling a cable: from a port, or unplugged at one of its ends."""

from __future__ import annotations

from PySide6.QtCore import Qt

from gradloom.graph import Edge, edits
from gradloom.ui.canvas import changes
from gradloom.ui.canvas.cable import Cable
from gradloom.ui.canvas.changes import Joint
from gradloom.ui.canvas.fitting import clash_of
from gradloom.ui.canvas.geometry import Point
from gradloom.ui.canvas.gesture import Desk, Gesture
from gradloom.ui.canvas.hits import Part


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
