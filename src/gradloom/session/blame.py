"""Contributions of one row: how much each number of each layer moved an output, or the loss.

Conductance (Dhamdhere, Sundararajan & Yan 2019, "How important is a neuron?"): the row is
reached on a straight line from a base row (the mean training row), and a neuron's share is the sum
over the line of dF/da times the change of a. For a layer that everything passes through, the
shares add up to F(row) - F(base) as the line is cut finer: nothing is lost and nothing invented.
For the inputs these are the integrated gradients of Sundararajan, Taly & Yan 2017. Dropout is off
and BatchNorm uses its running values, as in prediction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from gradloom.document import State
from gradloom.engine.compile import Mode, compile_graph
from gradloom.engine.feed import pack
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.engine.program import Program
from gradloom.engine.rows import Rows
from gradloom.engine.run import Checkpoint
from gradloom.graph import Graph
from gradloom.graph.edits import set_kind
from gradloom.layers.base import Sink, Source
from gradloom.layers.losses.base import Loss
from gradloom.layers.shapes import Array
from gradloom.layers.site import Back, Equation, Phase, Site, Tensor

_POINTS = 128  # the line is cut into so many parts
_MODE = Mode(training=False, loss=True, backward=True, input_slopes=True)


@dataclass(frozen=True)
class Target:
    """What is explained: number `output` that arrives at an Output, or the loss if it is None."""

    sink: str
    output: int | None = None


@dataclass(frozen=True, eq=False)
class LayerShares:
    """The shares of one layer's numbers. `whole`: everything passes here, so they add up."""

    layer: str
    values: Array  # the layer's output for the row, (numbers,)
    shares: Array  # (numbers,)
    whole: bool


@dataclass(frozen=True, eq=False)
class Contributions:
    """F(row) is `value`, F(base row) is `base`; `layers` in the order of the data."""

    target: Target
    value: float
    base: float
    layers: tuple[LayerShares, ...]

    @property
    def change(self) -> float:
        """What the shares of a layer add up to, where everything passes through it."""
        return self.value - self.base

    def gap(self, shares: LayerShares) -> float:
        """What cutting the line into parts leaves unexplained."""
        return self.change - float(shares.shares.sum())


def targets_of(state: State) -> tuple[Target, ...]:
    """Everything that can be explained: each number at each Output, then the loss."""
    found = []
    for layer in state.graph:
        if isinstance(layer.kind, Sink) and layer.id in state.analysis.shapes:
            numbers = int(np.prod(state.analysis.shapes[layer.id]))
            found += [Target(layer.id, number) for number in range(numbers)]
    return (*found, Target(""))


def contributions(
    state: State, checkpoint: Checkpoint, row: Rows, target: Target, points: int = _POINTS
) -> Contributions:
    """The contributions of one row at the weights of a run; the state must be ready.

    Raises ValueError for the loss of a row without targets.
    """
    if target.output is None and row.targets is None:
        raise ValueError("the loss of a row needs its targets")
    prepared = state.prepared
    end = np.asarray(row.features[:1], np.float64)
    start = prepared.features[prepared.split.train].mean(axis=0, keepdims=True)
    along = np.linspace(0.0, 1.0, points + 1)[:, None]
    answers = row.targets if row.targets is not None else prepared.targets[:1]
    targets = np.repeat(np.asarray(answers[:1], np.float64), points + 1, axis=0)
    graph = state.graph if target.output is None else _explained(state.graph, target)
    program = _run(state, graph, checkpoint, start + (end - start) * along, targets)
    if target.output is None:
        ends = [_run(state, graph, checkpoint, x, targets[:1]) for x in (start, end)]
        base, value = (float(p.total) for p in ends)
        scale = float(points + 1)  # the loss is a mean over the rows
    else:
        coding = state.analysis.codings[target.sink]
        answer = coding.decode(program.output(target.sink))[target.output]
        base, value, scale = float(answer[0]), float(answer[-1]), coding.units[1][target.output]
    sinks = program.sinks if target.output is None else (target.sink,)
    return Contributions(target, value, base, _shares(graph, program, scale, sinks))


def _shares(
    graph: Graph, program: Program, scale: float, sinks: Sequence[str]
) -> tuple[LayerShares, ...]:
    found = []
    for layer, tensor in program.tensors.items():
        slope = program.gradients.get(tensor.name)
        if slope is None or isinstance(graph[layer].kind, Sink):
            continue
        values, slopes = tensor.flat, slope.flat * scale
        middle = (slopes[:, 1:] + slopes[:, :-1]) / 2
        shares = (middle * np.diff(values, axis=1)).sum(axis=1)
        found.append(LayerShares(layer, values[:, -1].copy(), shares, _is_cut(graph, layer, sinks)))
    return tuple(found)


def _run(
    state: State, graph: Graph, checkpoint: Checkpoint, features: Array, targets: Array
) -> Program:
    """A program of the graph in float64 that has run forward and backward over these rows."""
    analysis = state.analysis  # the losses that `_explained` puts in are no one's business
    parameters = Parameters(layout_of(graph, analysis), np.float64)
    parameters.theta[...] = checkpoint.theta
    parameters.state[...] = checkpoint.state
    program = compile_graph(graph, analysis, parameters, len(features), _MODE)
    program.feed[...] = pack(program, graph, analysis, features, targets)
    with np.errstate(all="ignore"):
        program.run()
    return program


def _explained(graph: Graph, target: Target) -> Graph:
    """The graph whose losses are replaced by the number that is explained."""
    for layer in graph.layers:
        if isinstance(layer.kind, Sink):
            output = target.output if layer.id == target.sink else None
            graph = set_kind(graph, layer.id, layer.kind.replace(loss=_picked(output)))
    return graph


def _picked(output: int | None) -> Loss:
    """A "loss" whose slope is 1 for one number of the output (None: for no number)."""

    class Picked(Loss):
        kind: ClassVar[str] = "picked"
        label: ClassVar[str] = "The number that is explained"

        def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
            assert at.loss is not None
            slope = at.scratch(*prediction.flat.shape)
            slope[...] = 0
            if output is not None:
                slope[output] = 1

            def back_part(back: Back) -> None:
                share = back.into(prediction)
                if share is not None:
                    calls = [partial(np.copyto, share.flat, slope)]
                    back.operation(Equation("1", "Explained."), calls, [], [share])

            at.operation(
                Equation("F", "The number that is explained."),
                [partial(np.copyto, at.loss, 0)],
                [prediction],
                [at.value("L", "loss", at.loss)],
                back_part,
                Phase.LOSS,
            )

    return Picked()


def _is_cut(graph: Graph, layer: str, sinks: Sequence[str]) -> bool:
    """Whether every way from an input to these Outputs passes through a layer."""
    seen: set[str] = set()
    front = [sink for sink in sinks if sink != layer]
    while front:
        here = front.pop()
        if here == layer or here in seen:
            continue
        seen.add(here)
        if isinstance(graph[here].kind, Source):
            return False
        front.extend(graph.sources_of(here))
    return True
