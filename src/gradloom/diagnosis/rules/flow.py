"""Gradients that vanish or explode on their way back, seen as a trend over depth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradloom.diagnosis.finding import Evidence, Finding, Rule
from gradloom.diagnosis.measure import LayerHealth
from gradloom.diagnosis.words import custom_start, percent
from gradloom.document import State
from gradloom.layers import ACTIVATIONS, Activation

# With fewer layers there is no trend; a factor of 300 in all is what one learning rate and patience
# can no longer even out. Glorot & Bengio 2010 and Pascanu et al. 2013
# describe the law (norms multiply from layer to layer); samples stay within a factor of 30.
LAYERS = 4
DECADES = 2.5
STRAIGHT = 0.7  # how much of the differences the straight line must explain (R²)


@dataclass(frozen=True, slots=True)
class Trend:
    """log10 of the slopes over depth as a straight line: `per_layer` > 0 grows towards the output.

    `total` is the fitted change from the first to the last layer, in decades.
    """

    per_layer: float
    total: float
    r2: float
    first: LayerHealth
    last: LayerHealth


def trend(layers: tuple[LayerHealth, ...]) -> Trend | None:
    """The line through the layers that have weights; None where there are too few."""
    seen = [h for h in layers if h.parameters and h.gradient > 0 and math.isfinite(h.gradient)]
    if len(seen) < LAYERS:
        return None
    place = np.arange(len(seen), dtype=float)
    logs = np.log10([h.gradient for h in seen])
    slope, offset = np.polyfit(place, logs, 1)
    spread = float(np.square(logs - logs.mean()).sum())
    left = float(np.square(logs - slope * place - offset).sum())
    r2 = 1 - left / spread if spread > 0 else 0.0
    return Trend(float(slope), float(slope) * (len(seen) - 1), r2, seen[0], seen[-1])


def _of(evidence: Evidence, sign: int) -> Trend | None:
    if evidence.measured is None:
        return None
    found = trend(evidence.measured.layers)
    if found is None or found.r2 < STRAIGHT or sign * found.total < DECADES:
        return None
    return found


def _vanishing(evidence: Evidence) -> Iterator[Finding]:
    found, state = _of(evidence, 1), evidence.state
    if found is None or not evidence.unsolved:
        return
    squashing = _squashing(state)
    custom = _custom(state)
    factor = 10**found.per_layer
    first, last = state.graph[found.first.layer].name, state.graph[found.last.layer].name
    yield Finding(
        "vanishing_gradient",
        "Vanishing gradient",
        f"The gradient fades by a factor of {factor:.2g} from layer to layer on its way back, so"
        f" {first} hardly learns.",
        f"Slope {found.last.gradient:.2g} at {last}, {found.first.gradient:.2g} at {first};"
        f" a straight line over depth explains {percent(found.r2)} of it.",
        "Going back, the slope is multiplied at each layer by the weights and by the activation's"
        " own slope, which is at most ¼ for sigmoid. Activations that do not squash, start values"
        " that keep variances and normalising keep it alive. (Hochreiter 1991; Glorot & Bengio"
        " 2010; He et al. 2015.)",
        squashing[0] if squashing else found.first.layer,
        squashing or custom or _relus(state) or (found.first.layer,),
        _cures(state, squashing, custom),
    )


def _cures(state: State, squashing: tuple[str, ...], custom: tuple[str, ...]) -> tuple[str, ...]:
    """Tanh has slope 1 around 0 where sigmoid has a quarter; ReLU does not squash at all."""
    if not squashing:
        return ("automatic_start",) if custom else ("leaky_relu",)
    spans = [_activation(state, layer).span for layer in squashing]
    return ("tanh", "relu") if any(low >= 0 for low, _ in spans) else ("relu",)


def _exploding(evidence: Evidence) -> Iterator[Finding]:
    found, state = _of(evidence, -1), evidence.state
    if found is None:
        return
    custom = _custom(state)
    first, last = state.graph[found.first.layer].name, state.graph[found.last.layer].name
    yield Finding(
        "exploding_gradient",
        "Exploding gradient",
        f"The gradient grows by a factor of {10**-found.per_layer:.2g} from layer to layer on its"
        f" way back, so steps at {first} are far too large.",
        f"Slope {found.last.gradient:.2g} at {last}, {found.first.gradient:.2g} at {first};"
        f" a straight line over depth explains {percent(found.r2)} of it.",
        "Weights that lengthen what passes through them multiply layer by layer. Start values that"
        " keep variances stop it; cutting the gradient's length bounds the damage. (Pascanu,"
        " Mikolov & Bengio 2013; Glorot & Bengio 2010.)",
        found.first.layer,
        custom or (found.first.layer,),
        ("automatic_start", "clip") if custom else ("clip",),
    )


def _squashing(state: State) -> tuple[str, ...]:
    """Hidden layers whose activation has two flat ends."""
    found = []
    for id_ in state.analysis.trained:
        inner = _activation(state, id_)
        if not inner.elementwise:
            continue
        answers = any(not state.graph[e.target].kind.has_output for e in state.graph.outgoing(id_))
        if not answers and math.isfinite(inner.span[1] - inner.span[0]):
            found.append(id_)
    return tuple(found)


def _relus(state: State) -> tuple[str, ...]:
    trained = state.analysis.trained
    return tuple(id_ for id_ in trained if _activation(state, id_).kind == "relu")


def _activation(state: State, layer: str) -> Activation:
    """The activation a layer is or has; the identity for none."""
    kind = state.graph[layer].kind
    inner = kind if isinstance(kind, Activation) else getattr(kind, "activation", None)
    return inner if isinstance(inner, Activation) else ACTIVATIONS.make("identity")


def _custom(state: State) -> tuple[str, ...]:
    return tuple(id_ for id_ in state.analysis.trained if custom_start(state, id_))


VANISHING = Rule("vanishing_gradient", _vanishing, dynamic=True, early=True)
EXPLODING = Rule("exploding_gradient", _exploding, dynamic=True, early=True)
