"""Layers put into cables, with room made for their cards."""

from __future__ import annotations

import dataclasses

from gradloom.document.state import Place, State
from gradloom.graph import Edge
from gradloom.graph.edits import fresh_id, fresh_name
from gradloom.graph.model import Layer
from gradloom.layers import Kind

STEP = 192.0  # scene units from one card to the next, on the 8 px grid
_ROOM = 220.0  # scene units that a layer between two others needs


def inserted(state: State, kind: Kind, edge: Edge) -> State:
    """With a new layer in a cable; what stands right of it makes room."""
    graph = state.graph
    new = Layer(fresh_id(graph, kind), kind, fresh_name(graph, kind))
    edges: list[Edge] = []
    for e in graph.edges:
        if e == edge:
            edges += [Edge(edge.source, new.id), dataclasses.replace(edge, source=new.id)]
        else:
            edges.append(e)
    places = dict(state.places)
    where = places.get(edge.target)
    if where is not None:
        for id_, place in state.places.items():
            if place.x >= where.x and graph.reaches(edge.target, id_):
                places[id_] = dataclasses.replace(place, x=place.x + _ROOM)
        places[new.id] = Place(where.x, where.y)
    return state.with_graph(graph.with_layers((*graph.layers, new)).with_edges(edges), places)
