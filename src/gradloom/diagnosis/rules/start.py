"""Starts and batches that can't work: units that are all equal, normalising a single row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradloom.core.streams import stream
from gradloom.diagnosis.finding import Evidence, Finding, Rule
from gradloom.document import State
from gradloom.layers import Activation
from gradloom.layers.base import Sink
from gradloom.layers.kinds.batchnorm import BatchNorm
from gradloom.layers.kinds.conv2d import Conv2D
from gradloom.layers.kinds.dense import Dense
from gradloom.layers.shapes import Array


def _symmetry(evidence: Evidence) -> Iterator[Finding]:
    state = evidence.state
    for id_ in state.analysis.trained:
        kind = state.graph[id_].kind
        if not isinstance(kind, Dense | Conv2D) or kind.learn == "nothing":
            continue
        weights = _by_unit(state, id_)
        if weights is None or len(weights) < 2 or not (weights == weights[:1]).all():
            continue
        bias = _start(state, id_, "b") if kind.bias_init is not None else None
        if bias is not None and np.ptp(bias) > 0:
            continue
        name, zero = state.graph[id_].name, not weights.any()
        what = "unit" if isinstance(kind, Dense) else "filter"
        stuck = zero and kind.activation.kind == "relu" and (bias is None or not (bias > 0).any())
        if not stuck and not _led_alike(state, id_):
            continue
        if stuck and _answers(state, id_):
            continue
        yield Finding(
            "start_symmetry",
            "All units alike",
            f"All {len(weights)} {what}s of {name} start alike"
            + (
                " at 0, where ReLU has no slope, so none ever learns."
                if stuck
                else f" and get the same slope, so they stay alike: {name} works as one {what}."
            ),
            f"Every {what} of {name} starts with the same numbers"
            f" ({weights.flat[0]:.3g} …){'' if stuck else ', and so do the weights after it'}.",
            "Units that compute the same and lead to the same get the same gradient for ever."
            " Random start values break the tie. (Goodfellow et al., Deep Learning, section 8.4.)",
            id_,
            remedies=("automatic_start",),
        )


def _start(state: State, layer: str, name: str) -> Array | None:
    """The start values where they may all be equal; None for those that are surely drawn."""
    for block in state.graph[layer].kind.blocks(*state.analysis.inputs[layer]):
        for parameter in block.parameters:
            if parameter.name == name:
                if parameter.init.kind not in _MAYBE:
                    return None
                rng = stream(state.plan.seed, "init", layer, name)
                return parameter.init.draw(
                    rng, parameter.shape, parameter.fan_in, parameter.fan_out
                )
    return None


_EACH_ALIKE = ("flatten", "max_pool2d", "average_pool2d", "global_average_pool2d", "upsample")
_MAYBE = ("zeros", "ones", "constant", "listed", "uniform", "normal", "truncated_normal")


def _by_unit(state: State, layer: str) -> Array | None:
    """Start values of a layer's weights, those of each unit or filter in a row of their own."""
    weights = _start(state, layer, "W")
    if weights is None:
        return None
    dense = isinstance(state.graph[layer].kind, Dense)
    return weights.T if dense else weights.reshape(len(weights), -1)


def _led_alike(state: State, layer: str) -> bool:
    """Whether every way on treats the units alike: through layers with equal weights for each."""
    graph = state.graph
    for edge in graph.outgoing(layer):
        kind = graph[edge.target].kind
        alike = isinstance(kind, Activation) and kind.elementwise
        if alike or kind.kind in _EACH_ALIKE:
            if not _led_alike(state, edge.target):
                return False
        elif isinstance(kind, Dense | Conv2D):
            weights = _start(state, edge.target, "W")
            if weights is None:
                return False
            by_input = weights if isinstance(kind, Dense) else weights.swapaxes(0, 1)
            if not (by_input == by_input[:1]).all():
                return False
        else:
            return False  # an Output asks each unit for something else
    return bool(graph.outgoing(layer))


def _answers(state: State, layer: str) -> bool:
    return any(isinstance(state.graph[e.target].kind, Sink) for e in state.graph.outgoing(layer))


def _single_row(evidence: Evidence) -> Iterator[Finding]:
    state = evidence.state
    rows = len(state.prepared.split.epoch)
    if min(state.plan.batch_size, rows) != 1:
        return
    layers = tuple(
        id_
        for id_ in state.analysis.trained
        if isinstance(state.graph[id_].kind, BatchNorm) and len(state.analysis.shapes[id_]) == 1
    )
    if not layers:
        return
    name = state.graph[layers[0]].name
    yield Finding(
        "single_row_batch",
        "Batches of one row",
        f"{name} can't learn from batches of one row: what it passes on is the same for every row.",
        f"Batch size {state.plan.batch_size}: a row minus its own mean is 0.",
        "BatchNorm measures mean and variance over the batch. Of one row the mean is the row and"
        " the variance 0, so nothing of it is left. PyTorch refuses it. (Ioffe & Szegedy 2015,"
        " algorithm 1.)",
        layers[0],
        layers,
        ("larger_batch",) if rows > 1 else (),
    )


SYMMETRY = Rule("start_symmetry", _symmetry)
SINGLE_ROW = Rule("single_row_batch", _single_row)
