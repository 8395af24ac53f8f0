"""What is under a point of the scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gradloom.graph import Edge
from gradloom.layers.shapes import Array
from gradloom.ui.canvas.cable import Cable
from gradloom.ui.canvas.card import Card
from gradloom.ui.canvas.cells import bias_at
from gradloom.ui.canvas.geometry import CABLE_REACH, Box, nearer_end, nearest_curve, sampled
from gradloom.ui.canvas.links import Links
from gradloom.ui.view import Selection


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


class Finder:
    """Finds items by place, in the scene's own mappings: cards, cables and lines of weights."""

    def __init__(
        self, cards: Mapping[str, Card], cables: Mapping[Edge, Cable], links: Mapping[str, Links]
    ) -> None:
        self._cards, self._cables, self._links = cards, cables, links
        self._curves: Array | None = None  # points along each cable, in the order of `_order`
        self._order: list[Edge] = []

    def forget(self) -> None:
        """Cables have moved, come or gone."""
        self._curves = None

    def at(self, x: float, y: float, slack: float) -> Hit:
        """What is at a point; `slack` widens thin things when zoomed out."""
        order = sorted(self._cards.values(), key=Card.zValue, reverse=True)
        for card in order:
            found = card.face.frame.port_at(x - card.x(), y - card.y())
            if found is not None:
                return Hit(Part.INPUT if found[0] == "in" else Part.OUTPUT, card.layer, found[1])
        inside = None
        for card in order:
            inside = inside or _inside(card, x - card.x(), y - card.y())
        if inside is not None and inside.part is not Part.CARD:
            return inside
        for layer, link in self._links.items():
            if link.boundingRect().contains(x, y):
                weight = link.lines.nearest((x, y), 5.0 * slack)
                if weight is not None:
                    return Hit(Part.WEIGHT, layer, weight=weight)
        return inside or self._strip(x, y) or self.cable(x, y, slack) or NOTHING

    def cable(self, x: float, y: float, slack: float) -> Hit | None:
        """The cable that passes by a point."""
        samples = self._samples()
        index = nearest_curve((x, y), samples, CABLE_REACH * slack)
        if index is None:
            return None
        edge = self._order[index]
        ends = self._cables[edge].ends
        end = nearer_end((x, y), (ends[0], ends[1]), (ends[6], ends[7]))
        return Hit(Part.CABLE, edge=edge, end=end)

    def inside(self, band: Box) -> Selection:
        """Cards that a band touches, and cables whose middle is in it."""
        layers = frozenset(i for i, card in self._cards.items() if card.box().meets(band))
        samples = self._samples()
        if not len(samples):
            return Selection(layers)
        middles = samples[:, samples.shape[1] // 2]
        edges = frozenset(
            e for e, (x, y) in zip(self._order, middles, strict=True) if band.holds(x, y)
        )
        return Selection(layers, edges)

    def _strip(self, x: float, y: float) -> Hit | None:
        for card in self._cards.values():
            tag = card.tag
            row = None if tag is None else tag.row_at(x - card.x(), y - card.y())
            if row is not None:
                return Hit(Part.STRIP, card.layer, row)
        return None

    def _samples(self) -> Array:
        if self._curves is None:
            self._order = list(self._cables)
            ends = np.array([self._cables[e].ends for e in self._order]).reshape(-1, 8)
            self._curves = sampled(ends) if len(ends) else np.zeros((0, 25, 2))
        return self._curves


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
