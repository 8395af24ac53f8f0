"""What a network makes of a layer by a straight rule: the last Dense, as seen from before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.document import State
from gradloom.engine.parameters import Layout
from gradloom.layers import Activation
from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array
from gradloom.session.curves import curve

_REACH, _POINTS = 40.0, 4001  # of the curve that a threshold is read off
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Readout:
    """Scores of classes over places (n, d): `weights` (classes, d), `bias` (classes,).

    The class with the largest score is the one that is told.
    """

    weights: Array
    bias: Array

    def scores(self, places: Array) -> Array:
        """(classes, n)."""
        found: Array = self.weights @ places.T + self.bias[:, None]
        return found

    def seen_along(self, centre: Array, axes: Array) -> Readout:
        """The same over places c (n, k) that stand for `centre` + c `axes`^T, axes (d, k)."""
        return Readout(self.weights @ axes, self.bias + self.weights @ centre)


@dataclass(frozen=True, slots=True)
class Rule:
    """How to read a layer's classes: by its own numbers, or by the Dense after it.

    `threshold` is what a single unit's sum has to pass for the second class; None with several.
    """

    dense: str
    threshold: float | None

    def read(self, layout: Layout, theta: Array, size: int) -> Readout:
        """The rule with the parameters of a run over a layer of `size` numbers."""
        if self.dense:
            weights = layout.parameter(theta, self.dense, "W").T.astype(np.float64)
            bias = np.zeros(len(weights))
            if (self.dense, "b") in layout:
                bias += layout.parameter(theta, self.dense, "b")
        else:
            weights, bias = np.eye(size), np.zeros(size)
        if self.threshold is not None:  # class 0 has the score 0
            weights = np.concatenate([np.zeros_like(weights), weights])
            bias = np.concatenate([np.zeros(1), bias - self.threshold])
        return Readout(weights, bias)


def rule_of(state: State, layer: str) -> Rule | None:
    """The rule that reads classes from a layer; None if something that bends stands between.

    It is so for what arrives at an Output of classes, and for what enters the last Dense.
    """
    graph = state.graph
    for sink, coding in state.analysis.codings.items():
        if coding.style == "real":
            continue
        feeder = graph.sources_of(sink)[0]
        if layer == feeder:
            return Rule("", coding.middle if coding.style == "unit" else None)
        kind, dense, activation = graph[feeder].kind, feeder, None
        if isinstance(kind, Activation):
            activation, dense = kind, graph.sources_of(feeder)[0]
        if graph[dense].kind.kind != "dense":
            continue
        inner = getattr(graph[dense].kind, "activation", None)
        if activation is None:
            activation = inner
        elif getattr(inner, "kind", "identity") != "identity":
            continue
        enters = layer == dense or graph.sources_of(dense) == (layer,)
        if enters and isinstance(activation, Activation):
            return _through(activation, coding, "" if layer == dense else dense)
    return None


def _through(activation: Activation, coding: Coding, dense: str) -> Rule | None:
    """The rule before an activation that keeps the order of numbers; None for others."""
    if coding.style != "unit":
        ordered = activation.kind in ("softmax", "log_softmax") or _rises(activation)
        return Rule(dense, None) if ordered else None
    made = curve(activation, -_REACH, _REACH, _POINTS)
    if made is None or not _rises(activation) or not made.value[0] < coding.middle:
        return None
    passed = np.flatnonzero(made.value >= coding.middle)
    if not len(passed):
        return None
    at = slice(passed[0] - 1, passed[0] + 1)
    return Rule(dense, float(np.interp(coding.middle, made.value[at], made.z[at])))


def _rises(activation: Activation) -> bool:
    """Whether a larger number never becomes a smaller one."""
    made = curve(activation, -_REACH, _REACH, _POINTS)
    return made is not None and bool((np.diff(made.value) >= -_ROUNDING).all())
