"""Steps, which let no slope through, so that nothing before them learns."""

from __future__ import annotations

from collections.abc import Iterator

from gradloom.core.counting import listing
from gradloom.diagnosis.finding import Evidence, Finding, Rule
from gradloom.document import State
from gradloom.layers import Activation, Kind
from gradloom.layers.base import Sink


def _no_slope(evidence: Evidence) -> Iterator[Finding]:
    state = evidence.state
    reached = _reached(state)
    still = [
        id_
        for id_ in state.analysis.trained
        if id_ not in reached
        and state.analysis.counts[id_]
        and getattr(state.graph[id_].kind, "learn", "") != "nothing"
    ]
    steps = tuple(id_ for id_ in state.analysis.trained if _is_step(state.graph[id_].kind))
    if not still or not steps:
        return
    names = [state.graph[id_].name for id_ in still]
    one = len(names) == 1
    yield Finding(
        "no_slope",
        "A step that stops learning",
        f"{listing(names)} can't learn: every way from {'it' if one else 'them'} to the Output goes"
        " through a step.",
        f"The step of {listing([state.graph[id_].name for id_ in steps])} has slope 0 everywhere,"
        f" so {sum(state.analysis.counts[id_] for id_ in still):,} parameters get no slope.",
        "Going back, the slope of the loss is multiplied by the activation's own, and a step is"
        " flat on both sides. A sigmoid is a step that learns. (Rumelhart, Hinton & Williams"
        " 1986.)",
        layers=steps,
        remedies=("smooth_step",),
    )


def _reached(state: State) -> set[str]:
    """The layers whose weights a slope can reach."""
    graph = state.graph
    front = [id_ for id_ in state.analysis.trained if isinstance(graph[id_].kind, Sink)]
    seen = set(front)
    while front:
        for source in graph.sources_of(front.pop()):
            if source not in seen and not _is_step(graph[source].kind):
                seen.add(source)
                front.append(source)
    return seen


def _is_step(kind: Kind) -> bool:
    inner = kind if isinstance(kind, Activation) else getattr(kind, "activation", None)
    return isinstance(inner, Activation) and inner.kind == "step"


NO_SLOPE = Rule("no_slope", _no_slope)
