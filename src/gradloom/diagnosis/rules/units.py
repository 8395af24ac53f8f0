"""Units that no longer learn: dead ReLUs, saturated sigmoids and tanhs."""

from __future__ import annotations

from collections.abc import Iterator

from gradloom.core.counting import listing
from gradloom.diagnosis.finding import Evidence, Finding, Rule
from gradloom.diagnosis.measure import LayerHealth, Measurement
from gradloom.diagnosis.rules.columns import LARGE
from gradloom.diagnosis.words import custom_start, feeds_output, figure
from gradloom.document import State
from gradloom.layers import ACTIVATIONS

ROWS = 8  # fewer rows say little of a unit: in a truth table one row may be all it is for
# "as much as 40 % of your network can be dead if the learning rate is set too high":
# cs231n.github.io/neural-networks-1. But small layers that learn well lose two units of four.
DEAD_SHARE = 0.5
# Glorot & Bengio 2010, section 3: whole layers go to the flat ends; single units may well be bits
SATURATED_SHARE = 0.5


def _dead(evidence: Evidence) -> Iterator[Finding]:
    found, state = evidence.measured, evidence.state
    if found is None or found.rows < ROWS or not evidence.unsolved:
        return
    ill = [h for h in found.layers if h.dead > DEAD_SHARE and not _starved(found, state, h)]
    if not ill:
        return
    through = any(h.dead == 1 for h in ill)
    start = [h.layer for h in ill if custom_start(state, h.layer)]
    one = len(ill) == 1
    yield Finding(
        "dead_units",
        "Dead units",
        f"{_said(state, ill, [h.dead for h in ill])} {_give(ill)} 0 for every row, so"
        + (" nothing gets through." if through else " they have stopped learning."),
        f"{_counted(state, ill, [h.dead for h in ill])} are 0 on all {found.rows} rows looked at"
        + (f"; mean output {figure(ill[0].mean)}." if one else "."),
        "A ReLU that is 0 has slope 0, so its weights get no gradient and it can't come back."
        " Large steps or a negative bias push units there; a leaky ReLU keeps a small slope."
        " (Maas, Hannun & Ng 2013; Lu et al. 2019, “Dying ReLU and initialization”.)",
        layers=tuple(h.layer for h in ill),
        remedies=("automatic_start" if start else "leaky_relu", "lower_rate"),
    )


def _starved(found: Measurement, state: State, layer: LayerHealth) -> bool:
    """Whether the layers before it are dead already: then those are the ones to tell of."""
    known = {health.layer: health for health in found.layers}
    return any(
        source in known and known[source].dead == 1
        for source in state.graph.sources_of(layer.layer)
    )


def _saturated(evidence: Evidence) -> Iterator[Finding]:
    found, state = evidence.measured, evidence.state
    if found is None or found.rows < ROWS or not evidence.unsolved:
        return
    ill = [
        h
        for h in found.layers
        if h.units > 1 and h.saturated >= SATURATED_SHARE and not feeds_output(state, h.layer)
        if h.activation != "step"  # flat everywhere, which is told by a rule of its own
    ]
    if not ill:
        return
    labels = sorted({ACTIVATIONS[h.activation].label for h in ill})
    unscaled = bool(evidence.facts.rows) and float(evidence.facts.rms.max(initial=0)) > LARGE
    first = "standardise" if unscaled and state.data.scaling != "standard" else ""
    start = "automatic_start" if any(custom_start(state, h.layer) for h in ill) else ""
    shares = [h.saturated for h in ill]
    yield Finding(
        "saturated_units",
        "Saturated units",
        f"{_said(state, ill, shares)} are stuck at the flat ends of {listing(labels)}, where"
        " learning all but stops.",
        f"{_counted(state, ill, shares)} are at an end for at least 95 % of {found.rows} rows.",
        "Far from 0 these activations are flat: below a twentieth of their steepest slope, so"
        " hardly any gradient passes. Sums grow too large through large features, large start"
        " values or large steps. (Glorot & Bengio 2010, section 3; LeCun et al. 1998, section"
        " 4.4.)",
        layers=tuple(h.layer for h in ill),
        remedies=tuple(name for name in (first, start, "relu", "lower_rate") if name)[:2],
    )


def _said(state: State, ill: list[LayerHealth], shares: list[float]) -> str:
    """Which units: "All units of Dense", "5 of 8 units of Dense", "Most units of 3 layers"."""
    if len(ill) > 1:
        every = "All" if min(shares) == 1 else "Most"
        return f"{every} units of {listing([state.graph[h.layer].name for h in ill])}"
    name, count = state.graph[ill[0].layer].name, round(shares[0] * ill[0].units)
    return (
        f"All units of {name}" if shares[0] == 1 else f"{count} of {ill[0].units} units of {name}"
    )


def _give(ill: list[LayerHealth]) -> str:
    return "gives" if len(ill) == 1 and ill[0].units == 1 else "give"


def _counted(state: State, ill: list[LayerHealth], shares: list[float]) -> str:
    """The counts of each layer."""
    if len(ill) == 1:
        return f"{round(shares[0] * ill[0].units)} of {ill[0].units} units"
    return listing(
        [
            f"{round(share * h.units)} of {h.units} units in {state.graph[h.layer].name}"
            for h, share in zip(ill, shares, strict=True)
        ]
    )


DEAD = Rule("dead_units", _dead, dynamic=True, early=True)
SATURATED = Rule("saturated_units", _saturated, dynamic=True, early=True)
