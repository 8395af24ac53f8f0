"""Losses that do not fit the output or how targets are coded; outputs that can't reach them."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gradloom.diagnosis.finding import Evidence, Finding, Rule
from gradloom.diagnosis.words import figure, percent
from gradloom.document import State
from gradloom.graph import analyse
from gradloom.graph.analysis import feeder_of
from gradloom.graph.edits import set_kind
from gradloom.layers import LOSSES, Activation
from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array

_SQUARES = ("mse", "half_squared", "mae", "huber")
_BEYOND = 0.01  # of the targets' range; rounding at the ends is no illness


def _outputs(state: State) -> Iterator[tuple[str, Coding, Activation | None]]:
    for id_ in state.analysis.trained:
        coding = state.analysis.codings.get(id_)
        if coding is not None:
            feeder = feeder_of(state.graph, id_)
            yield id_, coding, feeder if isinstance(feeder, Activation) else None


def _loss_fit(evidence: Evidence) -> Iterator[Finding]:
    state = evidence.state
    for id_, coding, feeder in _outputs(state):
        if coding.style == "real":
            continue
        classes = len(coding.targets[0].classes)
        before = feeder.kind if feeder is not None else ""
        loss, name = LOSSES[coding.loss].label, state.graph[id_].name
        many = coding.style == "one_hot"
        if coding.loss in _SQUARES and before in ("sigmoid", "softmax", "log_softmax"):
            assert feeder is not None
            sentence = (
                f"{name} compares the probabilities of {feeder.label} by {loss.lower()};"
                " cross-entropy fits them."
            )
            why = (
                "Where a sure answer is wrong, squares have almost no slope after sigmoid or"
                " softmax; cross-entropy's slope is prediction minus target. (Goodfellow et al.,"
                " Deep Learning, section 6.2.2; Golik, Doetsch & Ney 2013.)"
            )
            remedy = "softmax" if before == "sigmoid" and classes > 2 else "automatic_loss"
            if before != "sigmoid" and not many:  # a share of a single unit says nothing
                remedy = "softmax" if classes > 1 else "sigmoid"
        elif coding.loss == "binary_cross_entropy" and many and classes > 2:
            sentence = (
                f"{name} asks of each of {classes} classes for itself, but a row has just one;"
                " softmax with categorical cross-entropy says that."
            )
            why = (
                "Sigmoids may call a row two classes or none; softmax shares one probability among"
                " the classes. (Bishop, PRML, section 4.3.4.)"
            )
            remedy = "softmax"
        elif coding.loss in _SQUARES and not _bounded(feeder):
            sentence = (
                f"{name} fits class numbers with {loss.lower()}, which punishes answers that are"
                " right by more than asked."
            )
            why = (
                "The answer has no bound, so rows far on the right side pull the border away from"
                " where it belongs; a probability with cross-entropy does not. (Bishop, PRML,"
                " section 4.1.3.)"
            )
            remedy = "softmax" if many else "sigmoid"
        else:
            continue
        coded = "one number" if coding.style == "unit" else f"{coding.width} numbers"
        yield Finding(
            "loss_fit",
            "Loss does not fit",
            sentence,
            f"{classes} classes coded {coding.low:g} and {coding.high:g} in {coded}; activation"
            f" {feeder.label if feeder is not None else 'none'}, loss {loss.lower()}.",
            why,
            id_,
            remedies=(remedy,),
        )


def _bounded(feeder: Activation | None) -> bool:
    return feeder is not None and math.isfinite(feeder.span[1] - feeder.span[0])


def _output_range(evidence: Evidence) -> Iterator[Finding]:
    state = evidence.state
    rows = state.prepared.split.train
    for id_, coding, feeder in _outputs(state):
        if feeder is None or not len(rows) or coding.parts > 1:
            continue
        low, high = reach = _reach(state, id_, feeder)
        if coding.loss == "categorical_cross_entropy" and low < high:
            continue
        target = coding.encode(state.prepared.targets[rows])
        share = _beyond(target, reach)
        if not share:
            continue
        least, most = float(target.min()), float(target.max())
        name = state.graph[id_].name
        more: tuple[str, ...] = ()
        if coding.style == "real":
            remedy = "end_free"
            if low <= 0 and high >= 1:
                more = ("targets_to_unit",)
        elif _levels_help(state, id_, reach):
            remedy = "automatic_levels"
        else:
            remedy = "softmax" if coding.style == "one_hot" else "sigmoid"
        yield Finding(
            "output_range",
            "Targets out of reach",
            f"{feeder.label} before {name} gives {_span(low, high)}, but"
            f" {'scaled ' if coding.scaled else ''}targets go from"
            f" {least:.4g} to {most:.4g}.",
            f"{percent(share)} of the training targets can't be reached, whatever the weights.",
            "An activation before the output bounds every answer. Real targets want none, classes"
            " want levels inside the bounds. (Goodfellow et al., Deep Learning, section 6.2.2.)",
            id_,
            remedies=(remedy, *more),
        )


def _reach(state: State, output: str, feeder: Activation) -> tuple[float, float]:
    """What can arrive at an Output. Softmax shares 1 among its units: of a single one, 1 is all."""
    alone = state.analysis.inputs[output] == ((1,),)
    if alone and feeder.kind in ("softmax", "log_softmax"):
        return (1.0, 1.0) if feeder.kind == "softmax" else (0.0, 0.0)
    return feeder.span


def _beyond(target: Array, reach: tuple[float, float]) -> float:
    """The share of coded targets beyond what can arrive."""
    low, high = reach
    room = _BEYOND * max(float(np.ptp(target)), 1e-12)
    return float(np.mean((target < low - room) | (target > high + room)))


def _levels_help(state: State, output: str, reach: tuple[float, float]) -> bool:
    """Whether automatic class levels lie within reach."""
    kind = state.graph[output].kind
    if getattr(kind, "levels", None) is None:
        return False
    graph = set_kind(state.graph, output, kind.replace(levels=None))
    coding = analyse(graph, state.prepared.signature).codings.get(output)
    rows = state.prepared.split.train
    return coding is not None and not _beyond(coding.encode(state.prepared.targets[rows]), reach)


def _span(low: float, high: float) -> str:
    if low == high:
        return f"{low:g} for every row, as there is just one unit"
    if math.isfinite(low) and math.isfinite(high):
        return f"numbers from {low:g} to {high:g}"
    return (
        f"no number below {figure(low)}"
        if math.isfinite(low)
        else f"no number above {figure(high)}"
    )


LOSS_FIT = Rule("loss_fit", _loss_fit)
OUTPUT_RANGE = Rule("output_range", _output_range)
