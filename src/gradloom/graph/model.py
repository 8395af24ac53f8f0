"""Layers and edges as frozen values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gradloom.layers import Kind


@dataclass(frozen=True, slots=True)
class Layer:
    """One node of a network. `id` never changes; `name` is what people see."""

    id: str
    kind: Kind
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """The output of layer `source` enters input number `port` of layer `target`."""

    source: str
    target: str
    port: int = 0


@dataclass(frozen=True)
class Graph:
    """A network: layers in the order they were added, and edges.

    Every edge joins layers of the graph, ports are filled at most once. Equality is by value.
    """

    layers: tuple[Layer, ...] = ()
    edges: tuple[Edge, ...] = ()
    derived: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False, hash=False)

    @cached_property
    def _index(self) -> dict[str, Layer]:
        return {layer.id: layer for layer in self.layers}

    @cached_property
    def _incoming(self) -> dict[str, tuple[Edge, ...]]:
        found: dict[str, list[Edge]] = {layer.id: [] for layer in self.layers}
        for edge in self.edges:
            found[edge.target].append(edge)
        return {key: tuple(sorted(edges, key=lambda e: e.port)) for key, edges in found.items()}

    @cached_property
    def _outgoing(self) -> dict[str, tuple[Edge, ...]]:
        found: dict[str, list[Edge]] = {layer.id: [] for layer in self.layers}
        for edge in self.edges:
            found[edge.source].append(edge)
        return {key: tuple(edges) for key, edges in found.items()}

    def __contains__(self, layer: str) -> bool:
        return layer in self._index

    def __getitem__(self, layer: str) -> Layer:
        """The layer with this id; KeyError if there is none."""
        return self._index[layer]

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def incoming(self, layer: str) -> tuple[Edge, ...]:
        """Edges into this layer, by port."""
        return self._incoming[layer]

    def outgoing(self, layer: str) -> tuple[Edge, ...]:
        """Edges out of this layer."""
        return self._outgoing[layer]

    def sources_of(self, layer: str) -> tuple[str, ...]:
        """Ids of the layers that feed this one, by port (one may stand twice)."""
        return tuple(edge.source for edge in self._incoming[layer])

    def reaches(self, start: str, end: str) -> bool:
        """Whether data flows from `start` to `end` (a layer reaches itself)."""
        seen, front = {start}, [start]
        while front:
            here = front.pop()
            if here == end:
                return True
            for edge in self._outgoing[here]:
                if edge.target not in seen:
                    seen.add(edge.target)
                    front.append(edge.target)
        return False

    def with_layers(self, layers: Iterable[Layer]) -> Graph:
        """The same edges over these layers."""
        return dataclasses.replace(self, layers=tuple(layers), derived={})

    def with_edges(self, edges: Iterable[Edge]) -> Graph:
        """The same layers under these edges."""
        return dataclasses.replace(self, edges=tuple(edges), derived={})
