"""A stack of linear layers is one linear layer: W1 W2 W3 as one matrix gives the same outputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradloom.document import State
from gradloom.engine.parameters import Layout, layout_of
from gradloom.engine.predictor import Predictor
from gradloom.engine.progress import Snapshot
from gradloom.graph import Graph, analyse
from gradloom.graph.edits import bypass, set_kind
from gradloom.layers.kinds.dense import Dense
from gradloom.layers.shapes import Array

_ROWS = 256


@dataclass(frozen=True, eq=False)
class Collapsed:
    """One layer in place of a stack: its network and parameters, and how its outputs compare.

    `weights` (inputs, outputs) and `bias` (outputs,) are the products. `difference` is the largest
    between both networks' outputs over `rows` training rows, `largest` the largest output.
    """

    graph: Graph
    snapshot: Snapshot
    weights: Array
    bias: Array
    rows: int
    difference: float
    largest: float

    @property
    def sentence(self) -> str:
        """What was shown, with its numbers."""
        inputs, outputs = self.weights.shape
        return (
            f"One layer with the product of the matrices ({inputs} × {outputs}) gives the same"
            f" outputs for {self.rows:,} training rows: the largest difference is"
            f" {self.difference:.2g}, of outputs up to {self.largest:.3g}."
        )


def linear_stacks(graph: Graph) -> Iterator[tuple[str, ...]]:
    """Chains of Dense layers with nothing bent between them, at least two long.

    The last may have an activation; the others have none and feed only the next.
    """
    for layer in graph:
        if not _linear(graph, layer.id) or _before(graph, layer.id) is not None:
            continue
        chain = [layer.id]
        while (after := _after(graph, chain[-1])) is not None:
            chain.append(after)
        if len(chain) > 1:
            yield tuple(chain)


def _linear(graph: Graph, layer: str) -> bool:
    """Whether this Dense hands its weighted sums on as they are, to one layer alone."""
    kind = graph[layer].kind
    return (
        isinstance(kind, Dense)
        and kind.activation.kind == "identity"
        and len(graph.outgoing(layer)) == 1
    )


def _after(graph: Graph, layer: str) -> str | None:
    """The Dense that a linear one feeds, if it feeds one; layers that bend nothing pass it on."""
    if not _linear(graph, layer):
        return None
    (edge,) = graph.outgoing(layer)
    while _passes(graph, edge.target):
        (edge,) = graph.outgoing(edge.target)
    return edge.target if isinstance(graph[edge.target].kind, Dense) else None


def _before(graph: Graph, layer: str) -> str | None:
    sources = graph.sources_of(layer)
    while len(sources) == 1 and _passes(graph, sources[0]):
        sources = graph.sources_of(sources[0])
    return sources[0] if len(sources) == 1 and _after(graph, sources[0]) == layer else None


def _passes(graph: Graph, layer: str) -> bool:
    """Whether a layer hands on what it gets, as it is, to one layer alone."""
    return graph[layer].kind.kind == "identity" and len(graph.outgoing(layer)) == 1


def collapse_graph(graph: Graph, stack: tuple[str, ...]) -> Graph:
    """With the last layer of a stack in place of all of it."""
    kinds = [graph[layer].kind for layer in stack]
    last = kinds[-1]
    assert isinstance(last, Dense)
    biased = any(isinstance(kind, Dense) and kind.bias for kind in kinds)
    for layer in stack[:-1]:
        graph = bypass(graph, layer)
    own = {"kernel_init": None, "bias_init": None}  # made for another number of inputs
    return set_kind(graph, stack[-1], last.replace(bias=biased, **own))


def collapse(state: State, stack: tuple[str, ...], snapshot: Snapshot) -> Collapsed:
    """Show it with the numbers of a run: multiply in 64 bit, compare in the run's precision."""
    layout = layout_of(state.graph, state.analysis)
    weights, bias = _product(layout, stack, snapshot.theta)
    graph = collapse_graph(state.graph, stack)
    analysis = analyse(graph, state.prepared.signature)
    other = layout_of(graph, analysis)
    theta = np.zeros(other.size, snapshot.theta.dtype)
    kept = np.zeros(other.state_size, snapshot.state.dtype)
    for layer, parameter in other.parameters():
        if layer != stack[-1]:
            value = layout.parameter(snapshot.theta, layer, parameter.name)
        else:
            value = weights if parameter.name == "W" else bias
        other.parameter(theta, layer, parameter.name)[...] = value
    for slot, _ in other.states:
        slot.of(kept)[...] = layout.state(snapshot.state, slot.layer, slot.name)
    rows = state.prepared.split.train[:_ROWS]
    features = np.ascontiguousarray(state.prepared.features[rows].T)
    before = Predictor(state.graph, state.analysis, layout, state.plan.dtype)
    after = Predictor(graph, analysis, other, state.plan.dtype)
    before.load(snapshot.theta, snapshot.state)
    after.load(theta, kept)
    one, two = before.outputs(features), after.outputs(features)
    return Collapsed(
        graph,
        Snapshot(theta, kept),
        weights,
        bias,
        len(rows),
        max(float(np.abs(one[sink] - two[sink]).max(initial=0.0)) for sink in one),
        max(float(np.abs(one[sink]).max(initial=0.0)) for sink in one),
    )


def _product(layout: Layout, stack: tuple[str, ...], theta: Array) -> tuple[Array, Array]:
    """W = W1 W2 ... and b = ((b1) W2 + b2) W3 + ..., in float64."""
    weights: Array | None = None
    bias: Array = np.zeros(())
    for layer in stack:
        w = layout.parameter(theta, layer, "W").astype(np.float64)
        b = (
            layout.parameter(theta, layer, "b").astype(np.float64)
            if (layer, "b") in layout
            else np.zeros(w.shape[1])
        )
        weights, bias = (w, b) if weights is None else (weights @ w, bias @ w + b)
    assert weights is not None
    return weights, bias
