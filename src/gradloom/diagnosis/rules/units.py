"""Units that no longer learn: dead ReLUs, saturated sigmoids and tanhs."""

from __future__ import annotations

from collections.abc import Iterator

from gradloom.diagnosis.finding import Evidence, Finding, Rule
from gradloom.diagnosis.measure import LayerHealth, Measurement
from gradloom.diagnosis.words import custom_start, feeds_output, percent
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
    for layer in found.layers:
        if not layer.dead > DEAD_SHARE or _starved(found, state, layer):
            continue
        dead = round(layer.dead * layer.units)
        name = state.graph[layer.layer].name
        all_ = dead == layer.units
        yield Finding(
            "dead_units",
            "Dead units",
            f"{'All' if all_ else dead} {'' if all_ else f'of {layer.units} '}units of {name} give"
            " 0 for every row"
            + (", so nothing gets through." if all_ else ", so they have stopped learning."),
            f"{dead} of {layer.units} units are 0 on all {found.rows} rows looked at;"
            f" mean output {layer.mean:.3g}.",
            "A ReLU that is 0 has slope 0, so its weights get no gradient and it can't come back."
            " Large steps or a negative bias push units there; a leaky ReLU keeps a small slope."
            " (Maas, Hannun & Ng 2013; Lu et al. 2019, “Dying ReLU and initialization”.)",
            layer.layer,
            remedies=(
                "automatic_start" if custom_start(state, layer.layer) else "leaky_relu",
                "lower_rate",
            ),
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
    for layer in found.layers:
        if layer.units < 2 or feeds_output(state, layer.layer):
            continue
        if not layer.saturated >= SATURATED_SHARE:
            continue
        count = round(layer.saturated * layer.units)
        name, label = state.graph[layer.layer].name, ACTIVATIONS[layer.activation].label
        unscaled = bool(evidence.facts.rows) and float(evidence.facts.rms.max(initial=0)) > 10
        first = "standardise" if unscaled and state.data.scaling == "none" else ""
        start = "automatic_start" if custom_start(state, layer.layer) else ""
        yield Finding(
            "saturated_units",
            "Saturated units",
            f"{count} of {layer.units} units of {name} are stuck at the flat ends of {label}, where"
            " learning all but stops.",
            f"{percent(layer.saturated)} of its units are at an end for at least 95 % of"
            f" {found.rows} rows; deviation of its outputs {layer.deviation:.3g}.",
            f"Far from 0, {label} is flat: below a twentieth of its steepest slope, so hardly any"
            " gradient passes. Sums grow too large through large features, large start values or"
            " large steps. (Glorot & Bengio 2010, section 3; LeCun et al. 1998, section 4.4.)",
            layer.layer,
            remedies=tuple(name for name in (first, start, "relu", "lower_rate") if name)[:2],
        )


DEAD = Rule("dead_units", _dead, dynamic=True)
SATURATED = Rule("saturated_units", _saturated, dynamic=True)
