"""One-click remedies for problems, State -> State. A problem names its remedy in `Problem.fix`.

`ERRANDS` are the remedies that no State -> State can be, as they read files: who shows problems
offers them in these words and sends somebody for them (in the window `ui.importing.Importer`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from gradloom.core.problem import Problem
from gradloom.document.inserting import STEP, inserted
from gradloom.document.projection import flatten_pictures, project, project_label
from gradloom.document.state import Place, State
from gradloom.graph import Graph
from gradloom.graph.edits import add, connect, set_kind
from gradloom.graph.model import Layer
from gradloom.layers import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.kinds.dense import Dense
from gradloom.layers.kinds.input import Input
from gradloom.layers.kinds.output import Output
from gradloom.layers.shapes import size, words
from gradloom.layers.signature import Target
from gradloom.layers.sliding import likely_picture

_TEN = 10.0
_HIDDEN = 8  # units of a network to begin with


@dataclass(frozen=True, slots=True)
class Fix:
    """A remedy: `label(state, problem)` is what its button says, `apply` mends the problem."""

    label: Callable[[State, Problem], str]
    apply: Callable[[State, Problem], State]


@dataclass(frozen=True, slots=True)
class _Ending:
    """What should stand before an Output; `units` None leaves their number."""

    units: int | None
    activation: str


def _flatten(state: State, problem: Problem) -> State:
    edge = state.graph.incoming(problem.layer)[0]
    return inserted(state, LAYERS.make("flatten"), edge)


def _flatten_label(state: State, problem: Problem) -> str:
    return f"Put a Flatten before {state.graph[problem.layer].name}"


def _reshape(state: State, problem: Problem) -> State:
    edge = state.graph.incoming(problem.layer)[0]
    return inserted(state, LAYERS.make("reshape", shape=_picture(state, problem)), edge)


def _reshape_label(state: State, problem: Problem) -> str:
    picture, name = _picture(state, problem), state.graph[problem.layer].name
    return f"Put a Reshape to {picture} before {name}"


def _reshape_to_fit(state: State, problem: Problem) -> State:
    kind = state.graph[problem.layer].kind.replace(shape=_picture(state, problem))
    return state.with_graph(set_kind(state.graph, problem.layer, kind))


def _reshape_to_fit_label(state: State, problem: Problem) -> str:
    return f"Set the shape to {_picture(state, problem)}"


def _picture(state: State, problem: Problem) -> str:
    """What arrives at a layer as the picture that it most likely is."""
    source = state.graph.incoming(problem.layer)[0].source
    return words(likely_picture(size(state.analysis.shapes[source])))


def _small_network(state: State, _: Problem) -> State:
    """Of one hidden layer, its ending made for the targets."""
    hidden = Dense(units=_HIDDEN, activation=ACTIVATIONS.make("tanh"))
    graph = Graph()
    for kind in (LAYERS.make("input"), hidden, Dense(units=1), LAYERS.make("output")):
        graph = add(graph, kind)
    ids = [layer.id for layer in graph]
    for source, target in pairwise(ids):
        graph = connect(graph, source, target)
    places = {id_: Place(i * STEP, 0.0) for i, id_ in enumerate(ids)}
    return _fit(state.with_graph(graph, places), Problem("", ids[-1]))


def _fit(state: State, problem: Problem) -> State:
    ending = _fitting(state, problem.layer)
    state = _ended(state, problem.layer, ending)
    # the button promises cross-entropy, which is what automatic means after a softmax
    return _automatic_loss(state, problem) if ending.activation == "softmax" else state


def _fit_label(state: State, problem: Problem) -> str:
    ending = _fitting(state, problem.layer)
    units = "1 unit" if ending.units == 1 else f"{ending.units} units"
    with_ = "softmax and cross-entropy" if ending.activation == "softmax" else "no activation"
    return f"Set the output to {units} with {with_}"


def _fitting(state: State, output: str) -> _Ending:
    """Units and activation that fit the targets of an Output."""
    kind = state.graph[output].kind
    assert isinstance(kind, Output)
    targets = _targets(state, kind)
    if targets[0].classes:
        return _Ending(len(targets[0].classes), "softmax")
    parts = kind.loss.parts if kind.loss is not None and "real" in kind.loss.tasks else 1
    return _Ending(len(targets) * parts, "identity")


def _targets(state: State, kind: Output) -> tuple[Target, ...]:
    every = state.prepared.signature.targets
    if kind.columns is None:
        return every
    return tuple(t for t in every if t.name in kind.columns) or every


def _softmax(state: State, problem: Problem) -> State:
    return _ended(state, problem.layer, _class_ending(state, problem.layer))


def _softmax_label(state: State, problem: Problem) -> str:
    units = _class_ending(state, problem.layer).units
    return f"Set the output to {units} units with softmax"


def _class_ending(state: State, output: str) -> _Ending:
    kind = state.graph[output].kind
    assert isinstance(kind, Output)
    return _Ending(len(_targets(state, kind)[0].classes), "softmax")


def _sigmoid(state: State, problem: Problem) -> State:
    return _ended(state, problem.layer, _Ending(None, "sigmoid"))


def _automatic_loss(state: State, problem: Problem) -> State:
    """The levels become automatic too where the loss that follows can't take the chosen ones."""
    output = state.graph[problem.layer].kind
    mended = state.with_graph(set_kind(state.graph, problem.layer, output.replace(loss=None)))
    refused = any(p.fix == "automatic_levels" for p in mended.analysis.problems_of(problem.layer))
    return _automatic_levels(mended, problem) if refused else mended


def _automatic_loss_label(state: State, problem: Problem) -> str:
    before, after = (
        getattr(s.graph[problem.layer].kind, "levels", None)
        for s in (state, _automatic_loss(state, problem))
    )
    both = "loss and the class levels" if before != after else "loss"
    return f"Set the {both} to Automatic"


def _all_columns(state: State, problem: Problem) -> State:
    kind = state.graph[problem.layer].kind
    assert isinstance(kind, Input | Output)
    return state.with_graph(set_kind(state.graph, problem.layer, kind.replace(columns=None)))


def _automatic_levels(state: State, problem: Problem) -> State:
    kind = state.graph[problem.layer].kind
    return state.with_graph(set_kind(state.graph, problem.layer, kind.replace(levels=None)))


def _lower_rate(state: State, _: Problem) -> State:
    optimiser = state.plan.optimiser.replace(rate=_lower(state))
    return dataclasses.replace(state, plan=state.plan.replace(optimiser=optimiser))


def _lower(state: State) -> float:
    """A tenth of the learning rate, in three figures."""
    return float(f"{state.plan.optimiser.rate / _TEN:.3g}")


def _always(words: str) -> Callable[[State, Problem], str]:
    return lambda _state, _problem: words


FIXES: Mapping[str, Fix] = {
    "flatten": Fix(_flatten_label, _flatten),
    "reshape": Fix(_reshape_label, _reshape),
    "reshape_to_fit": Fix(_reshape_to_fit_label, _reshape_to_fit),
    "small_network": Fix(_always("Begin with a small network for this data"), _small_network),
    "fit_output": Fix(_fit_label, _fit),
    "softmax": Fix(_softmax_label, _softmax),
    "sigmoid": Fix(_always("Set the output's activation to sigmoid"), _sigmoid),
    "automatic_loss": Fix(_automatic_loss_label, _automatic_loss),
    "automatic_levels": Fix(_always("Set the class levels to Automatic"), _automatic_levels),
    "lower_rate": Fix(lambda s, _: f"Set the learning rate to {_lower(s):g}", _lower_rate),
    "project": Fix(project_label, project),
    "flatten_pictures": Fix(
        lambda s, p: f"Put a Flatten before {s.graph[p.layer].name} at each picture",
        flatten_pictures,
    ),
    "all_columns": Fix(_always("Take all features"), _all_columns),
    "all_targets": Fix(_always("Compare all targets"), _all_columns),
}

ERRANDS: Mapping[str, str] = {
    "load_file": "Read the file, or say where it is",
    "reload_file": "Read the file again",
}


def _ended(state: State, output: str, ending: _Ending) -> State:
    """With this ending before an Output; a Dense is put in where none can be changed.

    A loss that does not go with the new ending becomes automatic, and so do the class levels.
    """
    activation = ACTIVATIONS.make(ending.activation)
    dense, last = _path_to_dense(state.graph, output)
    if dense is None:
        (edge, *_) = state.graph.incoming(output)
        units = ending.units or state.analysis.shapes[edge.source][0]
        state = inserted(state, Dense(units=units, activation=activation), edge)
    else:
        state = state.with_graph(_retuned(state.graph, dense, last, ending.units, activation))
    kind = state.graph[output].kind
    assert isinstance(kind, Output)
    loss = kind.loss
    if loss is not None:
        task = _targets(state, kind)[0].task
        feeder = None if activation.kind == "identity" else activation
        if task not in loss.tasks or loss.why_not(feeder) is not None:
            loss = None
    return state.with_graph(set_kind(state.graph, output, kind.replace(loss=loss, levels=None)))


def _retuned(
    graph: Graph, dense: Layer, last: Layer | None, units: int | None, activation: Activation
) -> Graph:
    """With `units` in `dense`, and `activation` in it or in the activation layer after it."""
    kind = dense.kind
    assert isinstance(kind, Dense)
    if units is not None:
        kind = kind.replace(units=units)
    if last is None or activation.kind == "identity":
        kind = kind.replace(activation=activation)
    graph = set_kind(graph, dense.id, kind)
    return graph if last is None else set_kind(graph, last.id, activation)


def _path_to_dense(graph: Graph, output: str) -> tuple[Layer | None, Layer | None]:
    """The Dense that alone feeds an Output, and the activation layer nearest to the Output.

    Activation layers may stand between; a layer that feeds something else too ends the search.
    """
    last: Layer | None = None
    here = output
    while graph.incoming(here):
        layer = graph[graph.incoming(here)[0].source]
        if len(graph.outgoing(layer.id)) > 1:
            break
        if isinstance(layer.kind, Dense):
            return layer, last
        if not isinstance(layer.kind, Activation):
            break
        last = last or layer
        here = layer.id
    return None, None
