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
from gradloom.layers.kinds.dense import Dense
from gradloom.layers.shapes import Array


def _symmetry(evidence: Evidence) -> Iterator[Finding]:
    state = evidence.state
    for id_ in state.analysis.trained:
        kind = state.graph[id_].kind
        if not isinstance(kind, Dense) or kind.units < 2 or kind.learn == "nothing":
            continue
        weights = _start(state, id_, "W")
        if weights is None or not _equal(weights):
            continue
        bias = _start(state, id_, "b") if kind.bias_init is not None else None
        if bias is not None and np.ptp(bias) > 0:
            continue
        name, zero = state.graph[id_].name, not weights.any()
        stuck = zero and kind.activation.kind == "relu" and (bias is None or not (bias > 0).any())
        if not stuck and not _led_alike(state, id_):
            continue
        if stuck and _answers(state, id_):
            continue
        yield Finding(
            "start_symmetry",
            "All units alike",
            f"All {kind.units} units of {name} start alike"
            + (
                " at 0, where ReLU has no slope, so none ever learns."
                if stuck
                else f" and get the same slope, so they stay alike: {name} works as one unit."
            ),
            f"Every weight column of {name} starts with the same numbers"
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


_MAYBE = ("zeros", "ones", "constant", "listed", "uniform", "normal", "truncated_normal")


def _equal(weights: Array) -> bool:
    return bool((weights == weights[:, :1]).all())


def _led_alike(state: State, layer: str) -> bool:
    """Whether every way on treats the units alike: through Dense layers with equal rows."""
    graph = state.graph
    for edge in graph.outgoing(layer):
        kind = graph[edge.target].kind
        if isinstance(kind, Activation) and kind.elementwise:
            if not _led_alike(state, edge.target):
                return False
        elif isinstance(kind, Dense):
            weights = _start(state, edge.target, "W")
            if weights is None or not (weights == weights[:1]).all():
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
