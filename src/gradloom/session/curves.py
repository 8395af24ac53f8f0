"""The curves of activations and losses, and where a network works, run by the engine's programs.

A curve is compiled, like any network, as one number through a Dense of weight 1 into the
activation and the loss, so what is drawn is the mathematics that trains, and so is the slope.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gradloom.data.split import evenly
from gradloom.document import State
from gradloom.engine.compile import PREDICT, TRAIN, compile_graph
from gradloom.engine.feed import pack
from gradloom.engine.parameters import Layout, Parameters, layout_of
from gradloom.engine.program import Program
from gradloom.engine.progress import Snapshot
from gradloom.graph import Edge, Graph, Layer, analyse
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES, Activation, Loss
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Signature, Target

ROWS = 200  # training rows whose operating points are shown
POINTS = 241
_HALF = LOSSES.make("half_squared")


@dataclass(frozen=True, eq=False)
class Curve:
    """An activation or a loss over `z` (n,): its value and its slope there, float64."""

    z: Array
    value: Array
    slope: Array


def curve(activation: Activation, low: float, high: float, points: int = POINTS) -> Curve | None:
    """The curve between two numbers; None for one that mixes its inputs, such as softmax."""
    if not activation.elementwise or activation.problems():
        return None
    z = np.linspace(low, high, points)
    program, parameters = _single(activation, points)
    parameters["dense", "W"][...] = 1.0
    (features,) = program.inputs.values()
    (target,) = program.targets.values()
    features[0] = z
    with np.errstate(all="ignore"):
        program.run()
        value = program.output("output")[0].copy()
        # half squared error has the slope (a - y) / n: with y = a - n it is 1 for every row
        target[0] = value - points
        program.run()
    slope = program.gradients["dense.z"].flat[0].copy()
    return Curve(z, value, slope)


def loss_curve(
    loss: Loss, activation: Activation, target: float, low: float, high: float, points: int = POINTS
) -> Curve:
    """What one row costs whose sum is z before the activation, and the slope of that by z."""
    program, parameters = _single(activation, 1, loss)
    parameters["dense", "W"][...] = 1.0
    z, made = np.linspace(low, high, points), np.empty((2, points))
    ((features,), (wanted,)) = program.inputs.values(), program.targets.values()
    wanted[0] = target
    for i, number in enumerate(z.tolist()):
        features[0] = number
        program.run()
        made[:, i] = program.losses[0], program.gradients["dense.z"].flat[0, 0]
    return Curve(z, *made)


@lru_cache(maxsize=8)
def _single(activation: Activation, points: int, loss: Loss = _HALF) -> tuple[Program, Parameters]:
    layers = (
        Layer("input", LAYERS.make("input"), "Input"),
        Layer("dense", LAYERS.make("dense", units=1, activation=activation, bias=False), "Dense"),
        Layer("output", LAYERS.make("output", loss=loss), "Output"),
    )
    graph = Graph(layers, (Edge("input", "dense"), Edge("dense", "output")))
    answer = Target("a") if "real" in loss.tasks else Target("a", ("no", "yes"))
    analysis = analyse(graph, Signature(("z",), (answer,)))
    parameters = Parameters(layout_of(graph, analysis), np.float64)
    return compile_graph(graph, analysis, parameters, points, TRAIN), parameters


def activation_of(state: State, layer: str) -> Activation | None:
    """The activation a layer is or has; None for none, or for the identity inside a Dense."""
    kind = state.graph[layer].kind
    if isinstance(kind, Activation):
        return kind
    inner = getattr(kind, "activation", None)
    if isinstance(inner, Activation) and type(inner) is not ACTIVATIONS["identity"]:
        return inner
    return None


class Probe:
    """What arrives at the activations of a network on some training rows, for any snapshot."""

    def __init__(self, state: State, layout: Layout, rows: int = ROWS) -> None:
        self._graph = state.graph
        self._parameters = Parameters(layout, state.plan.dtype)
        prepared = state.prepared
        chosen = evenly(prepared.split.train, rows)
        self._program = compile_graph(
            state.graph, state.analysis, self._parameters, max(len(chosen), 1), PREDICT
        )
        features = prepared.features[chosen]
        if len(chosen):
            self._program.feed[...] = pack(
                self._program, state.graph, state.analysis, features, targets=None
            )
        self._values = {
            value.name: value.array for op in self._program.operations for value in op.writes
        }

    def points(self, snapshot: Snapshot, layer: str) -> Array:
        """The numbers z (rows, units) the layer's activation is applied to; empty if unknown."""
        self._parameters.theta[...] = snapshot.theta
        self._parameters.state[...] = snapshot.state
        with np.errstate(all="ignore"):
            self._program.run()
        inside = self._values.get(f"{layer}.z")
        if inside is not None:
            found = inside
        else:
            sources = self._graph.sources_of(layer)
            if not sources or sources[0] not in self._program.tensors:
                return np.zeros((0, 0))
            found = self._program.tensors[sources[0]].value.array
        return np.array(found, dtype=np.float64).reshape(len(found), -1)
