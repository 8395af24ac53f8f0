"""The scene: items that follow the document by difference, and what is under a point."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QGraphicsScene

from gradloom.core.problem import Problem
from gradloom.document import Place, State
from gradloom.graph import Edge, arrange
from gradloom.ui.canvas.cable import Cable
from gradloom.ui.canvas.card import Card
from gradloom.ui.canvas.face import face_of
from gradloom.ui.canvas.geometry import (
    EDGE_OF_WORLD,
    Box,
    Point,
    within_world,
)
from gradloom.ui.canvas.hits import Finder, Hit
from gradloom.ui.canvas.ink import Ink
from gradloom.ui.canvas.links import Links
from gradloom.ui.view import Selection

_CACHE = 64 * 1024  # KB of pictures of cards; a screen full of them at twice the size takes 27 MB


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
        self._finder = Finder(self.cards, self.cables, self.links)
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
            self._finder.forget()
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
        self._finder.forget()

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
        return self._finder.at(x, y, slack)

    def cable_at(self, x: float, y: float, slack: float = 1.0) -> Edge | None:
        """The cable that passes by a point."""
        hit = self._finder.cable(x, y, slack)
        return None if hit is None else hit.edge

    def inside(self, band: Box) -> Selection:
        """Cards that a band touches, and cables whose middle is in it."""
        return self._finder.inside(band)

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
            if not card.face.has_lines or len(sources) != 1 or not card.face.count:
                continue
            if self.cards[sources[0]].face.has_lines:
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
