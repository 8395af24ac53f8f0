"""Bringing the inputs of a merging layer to one shape, by layers that learn how."""

from __future__ import annotations

from gradloom.core.counting import counted
from gradloom.core.problem import Problem
from gradloom.document.inserting import inserted
from gradloom.document.state import State
from gradloom.graph import Edge
from gradloom.layers import LAYERS, Kind
from gradloom.layers.projecting import FLAT, meeting_shape, stride_between
from gradloom.layers.shapes import Shape


def project(state: State, problem: Problem) -> State:
    """With learnt layers at every input that has not the shape where all can meet.

    Dense for flat rows, a Conv2D of 1 × 1 for pictures: the projection shortcut of He et al. 2016,
    "Deep residual learning", section 3.3.
    """
    for edge, kinds in _projections(state, problem.layer):
        for kind in kinds:  # the last one nearest to the merging layer
            edge = _last(state := inserted(state, kind, edge), problem.layer, edge.port)
    return state


def project_label(state: State, problem: Problem) -> str:
    """What its button says."""
    found, name = _projections(state, problem.layer), state.graph[problem.layer].name
    if len(found) == 1:
        return f"Put {' and '.join(_said(kind) for kind in found[0][1])} before {name}"
    return f"Bring {counted(len(found), 'input')} of {name} to the shape of the others"


def flatten_pictures(state: State, problem: Problem) -> State:
    """With a Flatten at every input of a layer that is no flat row."""
    for edge in state.graph.incoming(problem.layer):
        if len(state.analysis.shapes[edge.source]) != FLAT:
            state = inserted(state, LAYERS.make("flatten"), edge)
    return state


def _projections(state: State, layer: str) -> list[tuple[Edge, list[Kind]]]:
    """What is missing in which cables."""
    edges = state.graph.incoming(layer)
    shapes = [state.analysis.shapes[edge.source] for edge in edges]
    wanted = meeting_shape(shapes)
    if wanted is None:
        return []
    return [
        (edge, _kinds(shape, wanted))
        for edge, shape in zip(edges, shapes, strict=True)
        if shape != wanted
    ]


def _kinds(shape: Shape, wanted: Shape) -> list[Kind]:
    """The layers that make one shape of another, in order."""
    if len(wanted) != FLAT:
        stride = stride_between(shape, wanted)
        return [LAYERS.make("conv2d", filters=wanted[0], kernel=1, stride=stride)]
    first = [] if len(shape) == FLAT else [LAYERS.make("flatten")]
    return [*first, LAYERS.make("dense", units=wanted[0])]


def _said(kind: Kind) -> str:
    if kind.kind == "dense":
        return f"a Dense of {counted(getattr(kind, 'units', 0), 'unit')}"
    if kind.kind == "conv2d":
        filters, stride = getattr(kind, "filters", 0), getattr(kind, "stride", 1)
        said = f"a 1 × 1 Conv2D of {counted(filters, 'filter')}"
        return said if stride == 1 else f"{said} and stride {stride}"
    return f"a {kind.label}"


def _last(state: State, layer: str, port: int) -> Edge:
    """The cable that enters a port now."""
    return next(edge for edge in state.graph.incoming(layer) if edge.port == port)
