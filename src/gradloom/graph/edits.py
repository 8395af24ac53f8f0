"""Pure edits of a graph; each gives a new graph and leaves the old one as it was."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping

from gradloom.graph.model import Edge, Graph, Layer
from gradloom.layers import Kind


def why_not(graph: Graph, source: str, target: str, port: int | None = None) -> str | None:
    """Why a cable from `source` to input `port` of `target` can't be; None if it can.

    The one place that knows the rules of connecting. A filled port is no reason (its cable is
    replaced); `port` None means the next free one. Shapes are not judged here: a cable that makes
    shapes clash is allowed and shown as a problem, so that a network can be built in any order.
    """
    start, end = graph[source], graph[target]
    if not start.kind.has_output:
        return f"{start.name} ends the network; nothing can come after it."
    if end.kind.most_inputs == 0:
        return f"{end.name} is where data enters; it has no input."
    if source == target:
        return "A layer can't feed itself."
    if graph.reaches(target, source):
        return f"{end.name} already leads to {start.name}; this would close a circle."
    most = end.kind.most_inputs
    if port is not None and most is not None and port >= most:
        return f"{end.name} has only {most} input{'s' if most > 1 else ''}."
    return None


def free_port(graph: Graph, target: str) -> int:
    """The port a new cable to `target` takes: the first free one, or the last, to be replaced."""
    taken = {edge.port for edge in graph.incoming(target)}
    free = next(port for port in range(len(taken) + 1) if port not in taken)
    most = graph[target].kind.most_inputs
    return free if most is None else min(free, max(most - 1, 0))


def fresh_id(graph: Graph, kind: Kind, taken: Collection[str] = ()) -> str:
    """An id no layer has: the kind's name and a number."""
    number = 1
    while (name := f"{kind.kind}_{number}") in graph or name in taken:
        number += 1
    return name


def fresh_name(graph: Graph, kind: Kind, taken: Collection[str] = ()) -> str:
    """A name no layer has: the kind's label, with a number from the second on."""
    used = {layer.name for layer in graph} | set(taken)
    number, name = 1, kind.label
    while name in used:
        number += 1
        name = f"{kind.label} {number}"
    return name


def add(graph: Graph, kind: Kind, id_: str | None = None, name: str | None = None) -> Graph:
    """With one more layer; it is the last of `layers`."""
    layer = Layer(id_ or fresh_id(graph, kind), kind, name or fresh_name(graph, kind))
    return graph.with_layers((*graph.layers, layer))


def remove(graph: Graph, layers: Collection[str], edges: Collection[Edge] = ()) -> Graph:
    """Without these layers (and their edges) and these edges; later ports of merges close up."""
    gone = set(layers)
    kept = [
        e for e in graph.edges if e not in edges and e.source not in gone and e.target not in gone
    ]
    left = graph.with_layers(la for la in graph if la.id not in gone)
    return close_up(left.with_edges(kept))


def close_up(graph: Graph) -> Graph:
    """With the ports of any-number-of-inputs layers numbered without gaps."""
    edges: list[Edge] = []
    for layer in graph:
        incoming = graph.incoming(layer.id)
        if layer.kind.most_inputs is None:
            incoming = tuple(dataclasses.replace(e, port=i) for i, e in enumerate(incoming))
        edges.extend(incoming)
    order = {(e.source, e.target): i for i, e in enumerate(graph.edges)}
    edges.sort(key=lambda e: order[e.source, e.target])
    return graph.with_edges(edges) if tuple(edges) != graph.edges else graph


def connect(graph: Graph, source: str, target: str, port: int | None = None) -> Graph:
    """With a cable; one that was in the port is replaced. ValueError with what `why_not` says."""
    sentence = why_not(graph, source, target, port)
    if sentence is not None:
        raise ValueError(sentence)
    where = free_port(graph, target) if port is None else port
    edges = [e for e in graph.edges if (e.target, e.port) != (target, where)]
    return graph.with_edges([*edges, Edge(source, target, where)])


def splice(graph: Graph, layer: str, edge: Edge) -> Graph:
    """With `layer` set into `edge`: source -> layer -> target at the same port."""
    edges = [e for e in graph.edges if e != edge]
    between = graph.with_edges(edges)
    return connect(connect(between, edge.source, layer, 0), layer, edge.target, edge.port)


def bypass(graph: Graph, layer: str) -> Graph:
    """Without `layer`, its source joined to where it led (only its first input goes on)."""
    incoming, outgoing = graph.incoming(layer), graph.outgoing(layer)
    left = [e for e in graph.edges if layer not in (e.source, e.target)]
    if incoming:
        left += [dataclasses.replace(e, source=incoming[0].source) for e in outgoing]
    return close_up(graph.with_edges(left).with_layers(la for la in graph if la.id != layer))


def set_kind(graph: Graph, layer: str, kind: Kind) -> Graph:
    """With other settings (or another kind) for one layer; cables it can't have are dropped."""
    after = graph.with_layers(
        dataclasses.replace(la, kind=kind) if la.id == layer else la for la in graph
    )
    most = kind.most_inputs
    kept = [
        e
        for e in graph.edges
        if (kind.has_output or e.source != layer)
        and (most is None or e.target != layer or e.port < most)
    ]
    return after if len(kept) == len(graph.edges) else after.with_edges(kept)


def rename(graph: Graph, layer: str, name: str) -> Graph:
    """With another name for one layer."""
    return graph.with_layers(
        dataclasses.replace(la, name=name) if la.id == layer else la for la in graph
    )


def paste(graph: Graph, part: Graph) -> tuple[Graph, Mapping[str, str]]:
    """With a copy of `part` under fresh ids and names; the mapping is old id -> new id."""
    new: dict[str, str] = {}
    for layer in part:
        id_ = fresh_id(graph, layer.kind)
        free = layer.name not in {la.name for la in graph}
        graph = add(graph, layer.kind, id_, layer.name if free else None)
        new[layer.id] = id_
    edges = [Edge(new[e.source], new[e.target], e.port) for e in part.edges]
    return graph.with_edges([*graph.edges, *edges]), new


def part_of(graph: Graph, layers: Collection[str]) -> Graph:
    """These layers and the edges among them."""
    inside = [la for la in graph if la.id in layers]
    edges = [e for e in graph.edges if e.source in layers and e.target in layers]
    return Graph(tuple(inside), tuple(edges))
