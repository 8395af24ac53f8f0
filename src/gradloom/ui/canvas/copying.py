"""The selected layers copied, cut, pasted and deleted; the clipboard holds them as JSON text."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.document import Document
from gradloom.graph import edits
from gradloom.ui.canvas import changes, clipboard
from gradloom.ui.canvas.adding import put
from gradloom.ui.canvas.geometry import GRID, Point, snap
from gradloom.ui.canvas.scene import complete
from gradloom.ui.view import View

_PASTE_BY = 3.0 * GRID


class Copying:
    """Pasting again goes a little further each time."""

    def __init__(self, document: Document, view: View) -> None:
        self._document, self._view = document, view
        self._pasted = 0

    def copy(self) -> None:
        """Put the selected layers on the clipboard as JSON text."""
        layers = self._view.selection.layers
        if layers:
            text = clipboard.to_text(self._document.state, layers)
            QGuiApplication.clipboard().setText(text)
            self._pasted = 0
            self._view.say(f"Copied {counted(len(layers), 'layer')}.")

    def cut(self) -> None:
        """Copy and delete the selected layers."""
        layers = self._view.selection.layers
        if layers:
            self.copy()
            label = f"Cut {counted(len(layers), 'layer')}"
            self._document.edit(label, changes.remove(layers, ()))

    def paste(self, at: Point | None = None) -> None:
        """Put layers from the clipboard down, a little beside the last ones or at a point."""
        try:
            part, places = clipboard.from_text(QGuiApplication.clipboard().text())
        except UserError as error:
            self._view.say(f"Nothing was pasted. {error}")
            return
        self._pasted += 1
        by = (self._pasted * _PASTE_BY, self._pasted * _PASTE_BY)
        if at is not None:
            left, top = min(p.x for p in places.values()), min(p.y for p in places.values())
            by = (snap(at[0] - left), snap(at[1] - top))
        put(self._document, self._view, "Paste", changes.paste(part, places, by))

    def duplicate(self) -> None:
        """A copy of the selected layers beside them; the clipboard stays as it is."""
        layers = self._view.selection.layers
        if layers:
            state = self._document.state
            part, places = edits.part_of(state.graph, layers), complete(state)
            inside = {la.id: places[la.id] for la in part}
            change = changes.paste(part, inside, (_PASTE_BY, _PASTE_BY))
            put(self._document, self._view, "Duplicate", change)

    def delete(self) -> None:
        """Delete the selected layers and cables."""
        chosen = self._view.selection
        if chosen:
            names = [self._document.state.graph[i].name for i in chosen.layers]
            what = counted(len(names), "layer") if len(names) > 1 else [*names, "Cable"][0]
            self._document.edit(f"Delete {what}", changes.remove(chosen.layers, chosen.edges))

    def bypass(self, layer: str) -> None:
        """Delete a layer and join what it stood between."""
        name = self._document.state.graph[layer].name
        self._document.edit(f"Delete and Rejoin {name}", changes.bypass(layer))

    def can_bypass(self, layer: str) -> bool:
        """Whether a layer stands between others."""
        graph = self._document.state.graph
        return bool(graph.incoming(layer) and graph.outgoing(layer))
