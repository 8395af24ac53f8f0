"""A graph as plain JSON and back; everything is checked on the way in."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import Any

from gradloom.core.checks import Text, Whole
from gradloom.core.errors import BadValue
from gradloom.core.fields import Fields, items_of
from gradloom.core.schema import array, record
from gradloom.graph.model import Edge, Graph, Layer
from gradloom.layers import LAYERS

_NAME = Text(200)
_PORT = Whole(0, 9999)
_MOST_LAYERS, _MOST_EDGES = 10_000, 100_000  # more would keep the window busy for minutes


def graph_to_plain(graph: Graph) -> dict[str, Any]:
    """{"layers": [{"id", "name", "kind": {...}}], "edges": [{"source", "target", "port"}]}."""
    return {
        "layers": [{"id": la.id, "name": la.name, "kind": la.kind.encode()} for la in graph],
        "edges": [{"source": e.source, "target": e.target, "port": e.port} for e in graph.edges],
    }


def graph_from_plain(plain: Any, path: str = "") -> Graph:
    """The graph that `graph_to_plain` wrote; raises BadValue.

    A network that can't be trained yet (a port left empty, shapes that clash) is taken, one that
    could never be drawn (a circle, a cable to nowhere, two cables in one port) is not.
    """
    fields = Fields(plain, path, ("layers", "edges"))
    for name, words, most in (("layers", "layers", _MOST_LAYERS), ("edges", "cables", _MOST_EDGES)):
        items = fields.get(name)
        if isinstance(items, list) and len(items) > most:
            has, limit = (f"{n:,}".replace(",", " ") for n in (len(items), most))
            raise BadValue(fields.at(name), f"has {has} {words}; at most {limit} can be opened")
    layers = tuple(
        _layer(item, where) for where, item in items_of(fields.get("layers"), fields.at("layers"))
    )
    known: dict[str, Layer] = {}
    for i, layer in enumerate(layers):
        if layer.id in known:
            raise BadValue(fields.at(f"layers[{i}].id"), f"{layer.id!r} is taken by another layer")
        known[layer.id] = layer
    edges: list[Edge] = []
    filled: set[tuple[str, int]] = set()
    for where, item in items_of(fields.get("edges"), fields.at("edges")):
        edge = _edge(item, where, known)
        if (edge.target, edge.port) in filled:
            raise BadValue(where, f"port {edge.port} of {edge.target!r} has two cables")
        filled.add((edge.target, edge.port))
        edges.append(edge)
    graph = Graph(layers, tuple(edges))
    try:
        TopologicalSorter({la.id: graph.sources_of(la.id) for la in graph}).prepare()
    except CycleError as error:
        circle = " → ".join(error.args[1][:8])
        raise BadValue(fields.at("edges"), f"the cables run in a circle: {circle}") from None
    return graph


def graph_schema() -> dict[str, Any]:
    """JSON Schema of what `graph_to_plain` writes."""
    text = {"type": "string", "minLength": 1, "maxLength": _NAME.longest}
    layer = {"id": text, "name": text, "kind": {"$ref": "#/$defs/layer"}}
    edge = {"source": text, "target": text, "port": _PORT.schema()}
    return record({"layers": array(record(layer)), "edges": array(record(edge))})


def _layer(plain: Any, path: str) -> Layer:
    fields = Fields(plain, path, ("id", "name", "kind"))
    id_ = fields.checked("id", _NAME)
    name = fields.checked("name", _NAME)
    for key, value in (("id", id_), ("name", name)):
        if not value:
            raise BadValue(fields.at(key), "must not be empty")
    return Layer(id_, LAYERS.decode(fields.get("kind"), fields.at("kind")), name)


def _edge(plain: Any, path: str, known: dict[str, Layer]) -> Edge:
    fields = Fields(plain, path, ("source", "target", "port"))
    for end in ("source", "target"):
        id_ = fields.checked(end, _NAME)
        if id_ not in known:
            raise BadValue(fields.at(end), f"there is no layer {id_[:60]!r}")
    source, target = fields.get("source"), fields.get("target")
    port = fields.checked("port", _PORT)
    if not known[source].kind.has_output:
        raise BadValue(fields.at("source"), f"{source!r} ends the network, nothing can follow it")
    most = known[target].kind.most_inputs
    if most is not None and port >= most:
        raise BadValue(fields.at("port"), f"{target!r} has {most} inputs, so no port {port}")
    return Edge(source, target, port)
