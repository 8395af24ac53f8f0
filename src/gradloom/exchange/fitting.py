"""Whether weights fit a network, and the vectors that put them into it."""

from __future__ import annotations

import numpy as np

from gradloom.core.errors import UserError
from gradloom.engine.parameters import Layout
from gradloom.exchange.codec import Weights
from gradloom.graph import Graph
from gradloom.layers import Kind
from gradloom.layers.shapes import Array, Shape, words

# told better by the shapes of the parameters, or nothing to a network that is trained
_SHAPES_OR_TRAINING = {
    *("units", "filters", "kernel", "kernel_width", "bias"),
    *("kernel_init", "bias_init", "momentum", "rate", "loss", "weight"),
}


def put_into(weights: Weights, graph: Graph, layout: Layout) -> tuple[Array, Array]:
    """`theta` and `state` for a network of the same structure, in its layout.

    Names and places may differ, and settings that matter in training only. Raises UserError with
    the first difference.
    """
    sentence = difference(weights, graph, layout)
    if sentence:
        raise UserError(f"The weights are of another network: {sentence}.")
    theta = np.zeros(layout.size, weights.theta.dtype)
    state = np.zeros(layout.state_size, weights.state.dtype)
    theirs = weights.layout
    for layer, parameter in layout.parameters():
        found = theirs.parameter(weights.theta, layer, parameter.name)
        layout.parameter(theta, layer, parameter.name)[...] = found
    for slot, _ in layout.states:
        slot.of(state)[...] = theirs.state(weights.state, slot.layer, slot.name)
    return theta, state


def difference(weights: Weights, graph: Graph, layout: Layout) -> str:
    """The first thing in which the networks differ, as half a sentence, or ""."""
    there = weights.graph
    for layer in graph:
        if layer.id not in there:
            return f"{layer.name} ({layer.id}) is not in the file"
        ours, theirs = _function(layer.kind), _function(there[layer.id].kind)
        if ours != theirs:
            return f"{layer.name} is {ours} here and {theirs} in the file"
        other = _setting(layer.kind, there[layer.id].kind)
        if other:
            return f"{layer.name} has another {other} in the file"
    for layer in there:
        if layer.id not in graph:
            return f"the file has {layer.name} ({layer.id}), which is not here"
        if graph.sources_of(layer.id) != there.sources_of(layer.id):
            return f"other cables lead to {graph[layer.id].name} in the file"
    theirs_by, ours_by = _shapes(weights.layout), _shapes(layout)
    for id_, name in {**ours_by, **theirs_by}:
        here, found = ours_by.get((id_, name)), theirs_by.get((id_, name))
        if here != found:
            of = f"{name} of {graph[id_].name}"
            return f"{of} is {_size(here)} here and {_size(found)} in the file"
    return ""


def _size(shape: Shape | None) -> str:
    return "missing" if shape is None else words(shape)


def _function(kind: Kind) -> str:
    """What a layer computes, in words: its kind and, for Dense, its activation."""
    inner = getattr(kind, "activation", None)
    return f"{kind.label} ({inner.label})" if isinstance(inner, Kind) else kind.label


def _setting(ours: Kind, theirs: Kind) -> str:
    """The label of the first setting in which they compute something else, or ""."""
    for setting in ours.settings():
        if setting.live or setting.name in _SHAPES_OR_TRAINING:
            continue
        here, found = getattr(ours, setting.name), getattr(theirs, setting.name)
        if isinstance(here, Kind) and isinstance(found, Kind):
            if inner := _setting(here, found):
                return inner
        elif here != found:
            return setting.label
    return ""


def _shapes(layout: Layout) -> dict[tuple[str, str], Shape]:
    return {
        **{(layer, p.name): p.shape for layer, p in layout.parameters()},
        **{(slot.layer, slot.name): slot.shape for slot, _ in layout.states},
    }
