"""The scene: items that follow the document by difference, and what is under a point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QGraphicsScene

from gradloom.core.problem import Problem
from gradloom.document import Place, State
from gradloom.graph import Edge, arrange
from gradloom.layers.shapes import Array
from gradloom.ui.canvas.cable import Cable
from gradloom.ui.canvas.card import Card
from gradloom.ui.canvas.cells import bias_at
from gradloom.ui.canvas.face import face_of
from gradloom.ui.canvas.geometry import (
    CABLE_REACH,
    EDGE_OF_WORLD,
    Box,
    Point,
    nearer_end,
    nearest_curve,
    sampled,
    within_world,
)
from gradloom.ui.canvas.ink import Ink
from gradloom.ui.canvas.links import Links
from gradloom.ui.view import Selection

_CACHE = 64 * 1024  # KB of pictures of cards; a screen full of them at twice the size takes 27 MB


class Part(StrEnum):
    """What can be under the pointer."""

    EMPTY = "empty"
    CARD = "card"
    NAME = "name"
    TOGGLE = "toggle"
    BADGE = "badge"
    INPUT = "input"
    OUTPUT = "output"
    NEURON = "neuron"
    BIAS = "bias"
    WEIGHT = "weight"
    CABLE = "cable"
    STRIP = "strip"


@dataclass(frozen=True, slots=True)
class Hit:
    """What is under a point. `index` is a port or a unit; `weight` is (input, unit)."""

    part: Part
    layer: str = ""
    index: int = 0
    edge: Edge | None = None
    end: str = ""  # of a cable: the nearer one, "source" or "target"
    weight: tuple[int, int] = (0, 0)

    @property
    def on_card(self) -> bool:
        """Whether it belongs to a card's body."""
        return self.part in (Part.CARD, Part.NAME, Part.TOGGLE, Part.BADGE, Part.NEURON, Part.BIAS)


NOTHING = Hit(Part.EMPTY)


class Scene(QGraphicsScene):
    """Cards by layer id, cables by edge, lines of weights by layer id."""

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        self.cards: dict[str, Card] = {}
        self.cables: dict[Edge, Cable] = {}
        self.links: dict[str, Links] = {}
        self.findings: Mapping[str, tuple[Problem, ...]] = {}  # of a diagnosis, by layer
        self._state: State | None = None
        self._curves: Array | None = None
        self._order: list[Edge] = []
        self._top = 1.0
        self._still = True
        limit = 1.2 * EDGE_OF_WORLD
        self.setSceneRect(-limit, -limit, 2 * limit, 2 * limit)
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), _CACHE))
        # Cards move much and are few: an index costs more than it finds (measured at 300 nodes).
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)

    def follow(self, state: State, *, ping: bool = True) -> None:
        """Show this state, touching only the items that differ."""
        before, self._state = self._state, state
        graph = state.graph
        places = complete(state)
        wanted = set(graph.edges)
        for edge in [e for e in self.cables if e not in wanted]:
            self.removeItem(self.cables.pop(edge))
            self._curves = None
        for id_ in [i for i in self.cards if i not in graph]:
            self.removeItem(self.cards.pop(id_))
        touched: set[str] = set()
        for layer in graph:
            if self._show_card(state, layer.id, places[layer.id], ping=ping and before is not None):
                touched.add(layer.id)
        for edge in graph.edges:
            if edge not in self.cables:
                cable = self.cables[edge] = Cable(edge, self.ink)
                self.addItem(cable)
                touched.add(edge.source)
        self.join(touched)
        self._follow_links(state)

    def join(self, layers: Iterable[str]) -> None:
        """Lead the cables and lines of these layers to where their cards are now."""
        if not layers or self._state is None:
            return
        graph, wanted = self._state.graph, set(layers)
        edges = {e for i in wanted if i in graph for e in (*graph.incoming(i), *graph.outgoing(i))}
        for edge in edges:
            self.cables[edge].join(
                self.output_at(edge.source), self.input_at(edge.target, edge.port)
            )
        for link in self.links.values():
            ends = {link.source, link.layer}
            if wanted & ends and ends <= self.cards.keys():
                self._join_link(link)
        self._curves = None

    def set_ink(self, ink: Ink) -> None:
        """Another theme."""
        self.ink = ink
        for card in self.cards.values():
            card.set_ink(ink)
        for cable in self.cables.values():
            cable.ink = ink
        for link in self.links.values():
            link.ink = ink
        self.update()

    def set_still(self, *, still: bool) -> None:
        """Whether the zoom rests."""
        if still != self._still:
            self._still = still
            for card in self.cards.values():
                card.set_still(still=still)

    def show_selection(self, selection: Selection) -> None:
        """Outline what is selected."""
        for id_, card in self.cards.items():
            card.set_state(selected=id_ in selection.layers)
        for edge, cable in self.cables.items():
            cable.set_state(selected=edge in selection.edges)

    def place(self, corners: Mapping[str, Point]) -> None:
        """Put cards somewhere while they are dragged; the document is not asked."""
        for id_, (x, y) in corners.items():
            self.cards[id_].setPos(x, y)
        self.join(corners.keys())

    def raise_card(self, layer: str) -> None:
        """Paint this card over the others."""
        self._top += 1e-6
        self.cards[layer].setZValue(min(self._top, 1.9))

    def boxes(self, layers: Iterable[str] | None = None) -> dict[str, Box]:
        """Where cards stand, all or these."""
        wanted = self.cards if layers is None else layers
        return {i: self.cards[i].box() for i in wanted if i in self.cards}

    def output_at(self, layer: str) -> Point:
        """The centre of a card's output port."""
        card = self.cards[layer]
        x, y = card.face.frame.output_at()
        return card.x() + x, card.y() + y

    def input_at(self, layer: str, port: int) -> Point:
        """The centre of an input port."""
        card = self.cards[layer]
        x, y = card.face.frame.input_at(port)
        return card.x() + x, card.y() + y

    def hit(self, x: float, y: float, slack: float = 1.0) -> Hit:
        """What is at a point; `slack` widens thin things when zoomed out."""
        order = sorted(self.cards.values(), key=Card.zValue, reverse=True)
        for card in order:
            found = card.face.frame.port_at(x - card.x(), y - card.y())
            if found is not None:
                return Hit(Part.INPUT if found[0] == "in" else Part.OUTPUT, card.layer, found[1])
        inside = None
        for card in order:
            inside = inside or _inside(card, x - card.x(), y - card.y())
        if inside is not None and inside.part is not Part.CARD:
            return inside
        for layer, link in self.links.items():
            if link.boundingRect().contains(x, y):
                weight = link.lines.nearest((x, y), 5.0 * slack)
                if weight is not None:
                    return Hit(Part.WEIGHT, layer, weight=weight)
        return inside or self._strip_hit(x, y) or self._cable_hit(x, y, slack) or NOTHING

    def cable_at(self, x: float, y: float, slack: float = 1.0) -> Edge | None:
        """The cable that passes by a point."""
        hit = self._cable_hit(x, y, slack)
        return None if hit is None else hit.edge

    def inside(self, band: Box) -> Selection:
        """Cards that a band touches, and cables whose middle is in it."""
        layers = frozenset(i for i, box in self.boxes().items() if box.meets(band))
        samples = self._samples()
        if not len(samples):
            return Selection(layers)
        middles = samples[:, samples.shape[1] // 2]
        edges = frozenset(
            e for e, (x, y) in zip(self._order, middles, strict=True) if band.holds(x, y)
        )
        return Selection(layers, edges)

    def show_findings(self, findings: Mapping[str, tuple[Problem, ...]]) -> None:
        """Badges for what a diagnosis found, beside the problems of the state."""
        before, self.findings = self.findings, findings
        if self._state is None or before == findings:
            return
        places = complete(self._state)
        for id_ in {*before, *findings} & set(self.cards):
            if id_ in places:
                self._show_card(self._state, id_, places[id_], ping=False)

    def _show_card(self, state: State, id_: str, place: Place, *, ping: bool) -> bool:
        face = face_of(state, state.graph[id_], place)
        if id_ in self.findings:
            face = replace(face, problems=(*face.problems, *self.findings[id_]))
        card = self.cards.get(id_)
        if card is None:
            card = self.cards[id_] = Card(id_, face, self.ink)
            self.addItem(card)
            card.setPos(place.x, place.y)
            if ping:
                card.ping()
            return True
        stands = (card.x(), card.y()) == (place.x, place.y)
        moved = not stands or card.face.frame != face.frame
        if not stands:
            card.setPos(place.x, place.y)
        if card.face != face:
            card.set_face(face)
        return moved

    def _follow_links(self, state: State) -> None:
        wanted = {}
        for id_, card in self.cards.items():
            sources = state.graph.sources_of(id_)
            if card.face.frame.neurons is None or len(sources) != 1 or not card.face.count:
                continue
            if self.cards[sources[0]].face.frame.neurons is not None:
                wanted[id_] = sources[0]
        for id_ in [i for i, link in self.links.items() if wanted.get(i) != link.source]:
            self.removeItem(self.links.pop(id_))
        for id_, source in wanted.items():
            if id_ not in self.links:
                link = self.links[id_] = Links(source, id_, self.ink)
                self.addItem(link)
            self._join_link(self.links[id_])

    def _join_link(self, link: Links) -> None:
        link.join(self._units(link.source), self._units(link.layer))

    def _units(self, layer: str) -> list[Box]:
        card = self.cards[layer]
        neurons = card.face.frame.neurons
        if neurons is None:
            return []
        boxes = (card.face.frame.neuron(unit) for unit in range(neurons.shown))
        return [box.moved(card.x(), card.y()) for box in boxes if box is not None]

    def _strip_hit(self, x: float, y: float) -> Hit | None:
        for card in self.cards.values():
            tag = card.tag
            row = None if tag is None else tag.row_at(x - card.x(), y - card.y())
            if row is not None:
                return Hit(Part.STRIP, card.layer, row)
        return None

    def _samples(self) -> Array:
        if self._curves is None:
            self._order = list(self.cables)
            ends = np.array([self.cables[e].ends for e in self._order]).reshape(-1, 8)
            self._curves = sampled(ends) if len(ends) else np.zeros((0, 25, 2))
        return self._curves

    def _cable_hit(self, x: float, y: float, slack: float) -> Hit | None:
        samples = self._samples()
        index = nearest_curve((x, y), samples, CABLE_REACH * slack)
        if index is None:
            return None
        edge = self._order[index]
        ends = self.cables[edge].ends
        end = nearer_end((x, y), (ends[0], ends[1]), (ends[6], ends[7]))
        return Hit(Part.CABLE, edge=edge, end=end)


def complete(state: State) -> dict[str, Place]:
    """A place for every layer; those the project has none for are arranged."""
    lacking = [layer.id for layer in state.graph if layer.id not in state.places]
    spots = arrange.arrange(state.graph) if lacking else {}
    found = {id_: Place(*at) for id_, at in spots.items()}
    found.update((i, p) for i, p in state.places.items() if i in state.graph)
    return {
        i: p if (at := within_world(p.x, p.y)) == (p.x, p.y) else Place(*at, p.open)
        for i, p in found.items()
    }


def _inside(card: Card, x: float, y: float) -> Hit | None:
    frame = card.face.frame
    if card.face.problems and frame.badge.holds(x, y):
        return Hit(Part.BADGE, card.layer)
    if not (0 <= x <= frame.width and 0 <= y <= frame.height):
        return None
    if frame.toggle is not None and frame.toggle.holds(x, y):
        return Hit(Part.TOGGLE, card.layer)
    if frame.name.holds(x, y):
        return Hit(Part.NAME, card.layer)
    for unit in range(frame.neurons.shown if frame.neurons else 0):
        dot = bias_at(frame, unit) if card.cells.bias is not None else None
        if dot is not None and dot.moved(-2, -2)._replace(width=13, height=13).holds(x, y):
            return Hit(Part.BIAS, card.layer, unit)
        box = frame.neuron(unit)
        if box is not None and box.holds(x, y):
            return Hit(Part.NEURON, card.layer, unit)
    return Hit(Part.CARD, card.layer)
