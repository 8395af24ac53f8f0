"""Where cards stand and whether they are open: lined up, arranged, nudged, opened."""

from __future__ import annotations

from collections.abc import Collection

from gradloom.core.counting import counted
from gradloom.document import Document
from gradloom.graph.arrange import arrange
from gradloom.ui.canvas import changes
from gradloom.ui.canvas.face import opened_box
from gradloom.ui.canvas.geometry import aligned, around, making_room, snap, spread
from gradloom.ui.canvas.scene import Scene
from gradloom.ui.view import View


class Placing:
    """Each is one edit; the network itself stays as it is."""

    def __init__(self, document: Document, view: View, sheet: Scene) -> None:
        self._document, self._view, self._sheet = document, view, sheet

    def align(self, how: str) -> None:
        """Line the selected cards up (see `geometry.ALIGNMENTS`), or spread them across or down."""
        boxes = self._sheet.boxes(self._view.selection.layers)
        found = spread(boxes, how) if how in ("across", "down") else aligned(boxes, how)
        corners = {i: (float(round(x)), float(round(y))) for i, (x, y) in found.items()}
        if corners:
            self._document.edit("Align", changes.move(corners))

    def arrange(self) -> None:
        """Lay the whole network out from left to right."""
        boxes = self._sheet.boxes()
        hull = around(boxes.values())
        if hull is not None:
            sizes = {i: (b.width, b.height) for i, b in boxes.items()}
            corner = (snap(hull.x), snap(hull.y))
            graph = self._document.state.graph
            levels = {i: c.face.frame.header / 2 for i, c in self._sheet.cards.items()}
            self._document.edit("Arrange", changes.move(arrange(graph, sizes, corner, levels)))

    def nudge(self, step: tuple[int, int], by: float) -> bool:
        """Move the selected cards a little; False if none is. Many nudges are one edit."""
        layers = self._view.selection.layers
        if not layers:
            return False
        corners = {
            i: (b.x + step[0] * by, b.y + step[1] * by)
            for i, b in self._sheet.boxes(layers).items()
        }
        self._document.edit("Move", changes.move(corners), merge=("nudge", layers))
        return True

    def toggle(self, layers: Collection[str]) -> None:
        """Open these layers into their neurons; close them if all are open."""
        cards = self._sheet.cards
        able = [i for i in layers if i in cards and cards[i].face.frame.openable]
        if not able:
            self._view.say("Only layers that give a flat row of units or pictures can be opened.")
            return
        opened = not all(cards[i].face.frame.neurons for i in able)
        boxes = self._sheet.boxes()
        corners = {i: (boxes[i].x, boxes[i].y) for i in able}
        state = self._document.state
        if opened:
            corners |= making_room(boxes, {i: opened_box(state, i, boxes[i]) for i in able})
        name = state.graph[able[0]].name if len(able) == 1 else counted(len(able), "layer")
        label = f"{'Open' if opened else 'Close'} {name}"
        self._document.edit(label, changes.set_open(able, corners, opened=opened))
