"""Layers as JSON text on the system clipboard. No Qt: text in, text out."""

from __future__ import annotations

import json
from collections.abc import Collection
from math import isfinite
from typing import Any

from gradloom.core.errors import BadValue
from gradloom.document import Place, State
from gradloom.document.codec import graph_from_plain, graph_to_plain
from gradloom.graph import Graph, edits
from gradloom.ui.canvas.geometry import EDGE_OF_WORLD

FORMAT = "gradloom-layers"
_MOST = 5_000_000  # characters


def to_text(state: State, layers: Collection[str]) -> str:
    """These layers, the cables among them and their places."""
    part = edits.part_of(state.graph, layers)
    places = {
        la.id: [p.x, p.y, p.open] for la in part if (p := state.places.get(la.id)) is not None
    }
    return json.dumps({"format": FORMAT, "graph": graph_to_plain(part), "places": places})


def from_text(text: str) -> tuple[Graph, dict[str, Place]]:
    """What `to_text` wrote; raises BadValue with a sentence for anything else."""
    if not text.strip():
        raise BadValue("", "The clipboard is empty; copy some layers first.")
    plain = _read(text)
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise BadValue("", "The clipboard holds no layers; copy some on the canvas first.")
    graph = graph_from_plain(plain.get("graph"), "graph")
    if not graph.layers:
        raise BadValue("graph", "holds no layers")
    placed = plain.get("places")
    if not isinstance(placed, dict):
        raise BadValue("places", "must be an object")
    places = {
        layer.id: _place(placed.get(layer.id, [0.0, 0.0, False]), f"places.{layer.id[:60]}")
        for layer in graph
    }
    return graph, places


def _read(text: str) -> Any:
    if len(text) > _MOST:
        raise BadValue("", "The clipboard holds too much text to be layers.")
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _place(plain: Any, path: str) -> Place:
    if not isinstance(plain, list) or len(plain) != 3 or not isinstance(plain[2], bool):
        raise BadValue(path, "must be x, y and whether it is open")
    x, y = (_coordinate(number, path) for number in plain[:2])
    return Place(x, y, plain[2])


def _coordinate(plain: Any, path: str) -> float:
    number = isinstance(plain, int | float) and not isinstance(plain, bool)
    if not number or not abs(plain) <= EDGE_OF_WORLD or not isfinite(plain):
        raise BadValue(path, f"must be numbers from {-EDGE_OF_WORLD:g} to {EDGE_OF_WORLD:g}")
    return float(plain)
