"""Edits of the canvas as pure functions State -> State; `document.edit` makes them undoable."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from gradloom.document import Place, State
from gradloom.graph import Edge, Graph, edits
from gradloom.layers import LAYERS, Kind
from gradloom.ui.canvas.geometry import CARD_WIDTH, GRID, Point, snap, within_world

Change = Callable[[State], State]
_GAP = 4.0 * GRID  # at least so far from a card to one that is spliced in beside it


@dataclass(frozen=True, slots=True)
class Joint:
    """The end of a cable that hangs in the air: it came from an output, or from an input port."""

    layer: str
    port: int | None = None  # None: the output

    @property
    def at_output(self) -> bool:
        """Whether the cable looks for an input."""
        return self.port is None


def add(kind: Kind, at: Point, joint: Joint | None = None) -> Change:
    """A new layer, joined to `joint` if one is given."""

    def change(state: State) -> State:
        id_ = edits.fresh_id(state.graph, kind)
        graph = edits.add(state.graph, kind, id_)
        if joint is not None:
            graph = _join(graph, joint, id_)
        return state.with_graph(graph, {id_: Place(*within_world(*at))})

    return change


def add_into(kind: Kind, at: Point, edge: Edge) -> Change:
    """A new layer, set into a cable."""

    def change(state: State) -> State:
        id_ = edits.fresh_id(state.graph, kind)
        added = state.with_graph(
            edits.add(state.graph, kind, id_), {id_: Place(*within_world(*at))}
        )
        return splice(id_, edge)(added)

    return change


def splice(layer: str, edge: Edge) -> Change:
    """A layer set into a cable; what stands behind it makes room."""

    def change(state: State) -> State:
        graph = edits.splice(state.graph, layer, edge)
        here = state.places
        start, end = here.get(edge.source), here.get(edge.target)
        if start is None or end is None or end.x < start.x + CARD_WIDTH:
            return state.with_graph(graph)
        left, room = start.x + CARD_WIDTH, end.x - start.x - CARD_WIDTH
        lacking = snap(max(0.0, CARD_WIDTH + 2 * _GAP - room) + GRID / 2 - 1)
        x, y = snap(left + (room + lacking - CARD_WIDTH) / 2), snap((start.y + end.y) / 2)
        corners = {layer: (x, y)}
        if lacking:
            behind = [i for i in here if i != layer and graph.reaches(edge.target, i)]
            corners |= {i: (here[i].x + lacking, here[i].y) for i in behind}
        return state.with_graph(graph, moved(state, corners))

    return change


def connect(source: str, target: str, port: int | None, held: Edge | None = None) -> Change:
    """A cable; `held` is the one that is plugged elsewhere instead."""

    def change(state: State) -> State:
        graph = without(state.graph, held)
        return state.with_graph(edits.close_up(edits.connect(graph, source, target, port)))

    return change


def without(graph: Graph, held: Edge | None) -> Graph:
    """The graph while a cable is off its socket; ports stay where they are."""
    if held is None:
        return graph
    return graph.with_edges(e for e in graph.edges if e != held)


def move(corners: Mapping[str, Point], edge: Edge | None = None) -> Change:
    """Cards at other corners; with `edge`, the one moved layer is spliced into that cable."""

    def change(state: State) -> State:
        after = state.with_places(moved(state, corners))
        if edge is None:
            return after
        (layer,) = corners
        return splice(layer, edge)(after)

    return change


def moved(state: State, corners: Mapping[str, Point]) -> dict[str, Place]:
    """Places for these corners; what is open stays open."""
    here = state.places
    return {
        id_: dataclasses.replace(here.get(id_, Place(0, 0)), x=at[0], y=at[1])
        for id_, at in ((i, within_world(*c)) for i, c in corners.items())
    }


def remove(layers: Collection[str], edges: Collection[Edge]) -> Change:
    """Without these."""
    return lambda state: state.with_graph(edits.remove(state.graph, layers, edges))


def bypass(layer: str) -> Change:
    """Without a layer, its neighbours joined."""
    return lambda state: state.with_graph(edits.close_up(edits.bypass(state.graph, layer)))


def rename(layer: str, name: str) -> Change:
    """Another name; one that is taken gets a number."""

    def change(state: State) -> State:
        others = {la.name for la in state.graph if la.id != layer}
        number, free = 1, name
        while free in others:
            number += 1
            free = f"{name} {number}"
        return state.with_graph(edits.rename(state.graph, layer, free))

    return change


def set_open(layers: Collection[str], corners: Mapping[str, Point], *, opened: bool) -> Change:
    """These layers opened into their neurons, or closed; other cards go to their `corners`."""

    def change(state: State) -> State:
        places = moved(state, {i: at for i, at in corners.items() if i not in layers})
        for id_ in layers:
            here = state.places.get(id_, Place(*corners.get(id_, (0.0, 0.0))))
            places[id_] = dataclasses.replace(here, open=opened)
        return state.with_places(places)

    return change


def paste(part: Graph, places: Mapping[str, Place], by: Point) -> Change:
    """A copy of `part`, each card moved by `by`."""

    def change(state: State) -> State:
        graph, new = edits.paste(state.graph, part)
        placed = {
            new[id_]: dataclasses.replace(p, x=at[0], y=at[1])
            for id_, p in places.items()
            if id_ in new
            for at in (within_world(p.x + by[0], p.y + by[1]),)
        }
        return state.with_graph(graph, placed)

    return change


def made(kind: str) -> Kind:
    """A layer kind by name, with default settings; KeyError if there is none."""
    return LAYERS[kind]()


def _join(graph: Graph, joint: Joint, layer: str) -> Graph:
    if joint.at_output:
        return edits.connect(graph, joint.layer, layer)
    return edits.connect(graph, layer, joint.layer, joint.port)
