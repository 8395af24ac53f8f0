"""What the pointer is over: lit items, the tip with its words, the neuron the big map shows."""

from __future__ import annotations

from typing import Protocol

from gradloom.document import Document
from gradloom.graph import Edge
from gradloom.session.marks import Passed
from gradloom.ui.canvas.face import numbers_of
from gradloom.ui.canvas.hits import NOTHING, Hit, Part
from gradloom.ui.canvas.live import Live
from gradloom.ui.canvas.scene import Scene
from gradloom.ui.canvas.tag import short, tip_of
from gradloom.ui.canvas.walk import Walk
from gradloom.ui.view import Neuron, View

_CLICK = "Click for what mends it."


class Tell(Protocol):
    """Shows a tip by the pointer."""

    def __call__(self, text: str, *, bad: bool = False) -> None: ...


class Pointing:
    """Lights what a `Hit` names and puts out what was lit before."""

    def __init__(
        self, sheet: Scene, document: Document, view: View, live: Live, walk: Walk, tell: Tell
    ) -> None:
        self._sheet, self._document, self._view = sheet, document, view
        self._live, self._walk, self._tell = live, walk, tell
        self._hit = NOTHING
        self.silent = False  # while an editor stands where the tip would

    def to(self, hit: Hit) -> None:
        """The pointer is over this now."""
        self._light(self._hit, on=False)
        self._hit = hit
        self._light(hit, on=True)
        card = self._sheet.cards.get(hit.layer)
        on_unit = hit.part in (Part.NEURON, Part.BIAS) and not (card and card.face.pictured)
        self._view.hover(Neuron(hit.layer, hit.index) if on_unit else None)
        self._say(self.words(hit))

    def again(self) -> None:
        """Numbers changed under a pointer that rests."""
        walked = self._walk.on and self._hit.part in (Part.STRIP, Part.NEURON)
        if walked or self._hit.part in (Part.WEIGHT, Part.BIAS):
            self._say(self.words(self._hit))

    def forget(self) -> None:
        """Items changed; what was lit may be gone."""
        hit, self._hit = self._hit, NOTHING
        if (not hit.layer or hit.layer in self._sheet.cards) and (
            hit.edge is None or hit.edge in self._sheet.cables
        ):
            self._light(hit, on=False)
        self._view.hover(None)
        self._tell("")

    def _say(self, text: str) -> None:
        if not self.silent:
            self._tell(text)

    def words(self, hit: Hit) -> str:
        """The tip for something; "" where it speaks for itself."""
        if hit.edge is not None:
            return self._cable_words(hit.edge)
        if not hit.layer or hit.layer not in self._sheet.cards:
            return ""
        card = self._sheet.cards[hit.layer]
        name = card.face.name
        if hit.part is Part.BADGE:
            return "\n".join([*(p.text for p in card.face.problems), _CLICK])
        if hit.part is Part.TOGGLE:
            what = "feature maps" if card.face.pictured else "neurons"
            verb = f"Close the {what} of" if card.face.frame.neurons else f"Open into {what}:"
            return f"{verb} {name} (O)"
        if hit.part is Part.STRIP:
            return tip_of(self._walk.passed(hit.layer) or Passed(), hit.index, name)
        if hit.part is Part.CARD and self._walk.on:
            return f"Double-click to go to {name} in the step"
        if hit.part is Part.NEURON:
            return self._unit_words(hit)
        if hit.part is Part.WEIGHT:
            return self._number(hit.layer, "W", hit.weight)
        if hit.part is Part.BIAS:
            return self._number(hit.layer, "b", (hit.index,))
        if hit.part in (Part.INPUT, Part.OUTPUT):
            return self._port_words(hit)
        return ""

    def _unit_words(self, hit: Hit) -> str:
        """A unit's numbers for the first row of the step; its name where no picture says more."""
        card = self._sheet.cards[hit.layer]
        if card.face.pictured:
            of = f" of {self._live.specimen}" if self._live.specimen else ""
            return f"{card.face.name}, feature map {hit.index + 1}{of}"
        names = card.face.units
        unit = names[hit.index] if hit.index < len(names) else f"neuron {hit.index + 1}"
        passed = self._walk.passed(hit.layer) or Passed()
        found = []
        for sign, strip in (("a", passed.output), ("∂L/∂a", passed.gradient)):
            if strip is not None and strip.shape == (len(strip.cells),):
                found.append(f"{sign} = {short(strip.cells[hit.index], 4)}")
        if not found and card.cells.image is not None:
            return ""  # the big map shows it, with its name
        return f"{card.face.name}, {unit}" + (f"\n{', '.join(found)}" if found else "")

    def number_words(self, layer: str, parameter: str, index: tuple[int, ...]) -> str:
        """What a weight or bias joins, in words."""
        graph = self._document.state.graph
        name = graph[layer].name
        unit = f"{name}, neuron {index[-1] + 1}"
        if parameter == "b":
            return f"Bias of {unit}"
        source = graph.sources_of(layer)[0]
        names = self._sheet.cards[source].face.units
        feeding = (
            names[index[0]]
            if index[0] < len(names)
            else f"{graph[source].name}, neuron {index[0] + 1}"
        )
        return f"Weight from {feeding} to {unit}"

    def _number(self, layer: str, parameter: str, index: tuple[int, ...]) -> str:
        what = self.number_words(layer, parameter, index)
        array = self._live.parameter(layer, parameter)
        if array is None:
            return what
        value = f"{float(array[index]):.4g}".replace("-", "−")
        return f"{what}: {value}\nClick to set it."

    def _cable_words(self, edge: Edge) -> str:
        state = self._document.state
        names = f"{state.graph[edge.source].name} → {state.graph[edge.target].name}"
        shape = state.analysis.shapes.get(edge.source)
        return names if shape is None else f"{names}\n{numbers_of(shape)}"

    def _port_words(self, hit: Hit) -> str:
        state = self._document.state
        kind = state.graph[hit.layer].kind
        if hit.part is Part.OUTPUT:
            shape = state.analysis.shapes.get(hit.layer)
            return "Drag to an input" if shape is None else f"Gives {numbers_of(shape)}"
        label = kind.port_label(hit.index)
        edge = next((e for e in state.graph.incoming(hit.layer) if e.port == hit.index), None)
        shape = None if edge is None else state.analysis.shapes.get(edge.source)
        took = "Free input" if edge is None else "Takes"
        text = took if shape is None else f"{took} {numbers_of(shape)}"
        return f"{label}: {text}" if label else text

    def _light(self, hit: Hit, *, on: bool) -> None:
        if hit.edge is not None and hit.edge in self._sheet.cables:
            self._sheet.cables[hit.edge].set_state(hovered=on)
        card = self._sheet.cards.get(hit.layer)
        if card is None:
            return
        port = {Part.INPUT: ("in", hit.index), Part.OUTPUT: ("out", 0)}.get(hit.part)
        unit = hit.index if hit.part in (Part.NEURON, Part.BIAS) else None
        card.set_state(
            hovered=on and hit.part is not Part.WEIGHT,
            hot_port=port if on else None,
            hot_unit=unit if on else None,
            hot_toggle=on and hit.part is Part.TOGGLE,
        )
        for link in self._sheet.links.values():
            link.set_lit(
                unit if on and link.layer == hit.layer else None,
                unit if on and link.source == hit.layer else None,
            )
        if hit.part is Part.WEIGHT and hit.layer in self._sheet.links:
            self._sheet.links[hit.layer].set_hot(hit.weight if on else None)
