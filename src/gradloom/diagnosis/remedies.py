"""One-click remedies for findings, State -> State, each undoable under the label of its button."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gradloom.core.counting import listing
from gradloom.core.problem import Problem
from gradloom.diagnosis.collapse import collapse_graph
from gradloom.diagnosis.finding import Finding
from gradloom.document import State
from gradloom.document.fixes import FIXES
from gradloom.graph.edits import set_kind
from gradloom.layers import ACTIVATIONS, Activation, Kind
from gradloom.layers.kinds.input import Input

_TEN = 10.0
_BATCH = 16  # rows: enough for a mean and a variance that mean something
_L2 = 1e-3
_PATIENCE = 20  # epochs
_STARTS = ("kernel_init", "bias_init")


@dataclass(frozen=True, slots=True)
class Remedy:
    """`label(state, finding)` is what its button says, `apply` mends what was found."""

    label: Callable[[State, Finding], str]
    apply: Callable[[State, Finding], State]

    def fits(self, state: State, finding: Finding) -> bool:
        """Whether all layers the finding is about are still there."""
        return all(layer in state.graph for layer in finding.places)

    def mend(self, state: State, finding: Finding) -> State:
        """The mended state; the same one if the finding is of a network that is gone."""
        return self.apply(state, finding) if self.fits(state, finding) else state


def _always(words: str) -> Callable[[State, Finding], str]:
    return lambda _state, _finding: words


def _names(state: State, finding: Finding) -> str:
    """The layers of a finding in words."""
    names = [state.graph[layer].name for layer in finding.places]
    return names[0] if len(names) == 1 else f"{len(names)} layers"


def _with_activation(kind: Kind, name: str) -> Kind:
    made = ACTIVATIONS.make(name)
    if isinstance(kind, Activation):
        return made
    return kind.replace(activation=made) if hasattr(kind, "activation") else kind


def _activate(name: str) -> Callable[[State, Finding], State]:
    """Give every layer of the finding this activation."""

    def apply(state: State, finding: Finding) -> State:
        graph = state.graph
        for layer in finding.places:
            graph = set_kind(graph, layer, _with_activation(graph[layer].kind, name))
        return state.with_graph(graph)

    return apply


def _activate_label(name: str) -> Callable[[State, Finding], str]:
    words = ACTIVATIONS[name].label
    return lambda state, finding: f"Set the activation of {_names(state, finding)} to {words}"


def _smooth(state: State, finding: Finding) -> State:
    """Sigmoids for steps; levels that only went with steps become automatic."""
    state = _activate("sigmoid")(state, finding)
    for problem in state.problems:
        if problem.fix == "automatic_levels":
            state = FIXES[problem.fix].apply(state, problem)
    return state


def _bend(state: State, finding: Finding) -> State:
    """A ReLU in every layer of a stack but the last."""
    graph = state.graph
    for layer in finding.layers[:-1]:
        graph = set_kind(graph, layer, _with_activation(graph[layer].kind, "relu"))
    return state.with_graph(graph)


def _bend_label(state: State, finding: Finding) -> str:
    names = [state.graph[layer].name for layer in finding.layers[:-1]]
    return f"Set the activation of {listing(names)} to {ACTIVATIONS['relu'].label}"


def _automatic_start(state: State, finding: Finding) -> State:
    graph = state.graph
    for layer in finding.places:
        kind = graph[layer].kind
        known = {setting.name for setting in kind.settings()}
        graph = set_kind(graph, layer, kind.replace(**{n: None for n in _STARTS if n in known}))
    return state.with_graph(graph)


def _raise_rate(state: State, _: Finding) -> State:
    changed = state.plan.optimiser.replace(rate=_higher(state))
    return dataclasses.replace(state, plan=state.plan.replace(optimiser=changed))


def _higher(state: State) -> float:
    return _round(state.plan.optimiser.rate * _TEN)


def _round(rate: float) -> float:
    return float(f"{rate:.3g}")


def _planned(**changes: object) -> Callable[[State, Finding], State]:
    return lambda state, _: dataclasses.replace(state, plan=state.plan.replace(**changes))


def _batch(state: State, _: Finding) -> State:
    rows = max(2, min(_BATCH, len(state.prepared.split.train)))
    return dataclasses.replace(state, plan=state.plan.replace(batch_size=rows))


def _batch_label(state: State, _: Finding) -> str:
    return f"Set the batch size to {max(2, min(_BATCH, len(state.prepared.split.train)))}"


def _prepared(**changes: object) -> Callable[[State, Finding], State]:
    return lambda state, _: state.with_data(**changes)


def _drop(state: State, finding: Finding) -> State:
    """Without the columns at every Input; an Input that would be left empty stays as it is."""
    graph = state.graph
    for layer in graph:
        kind = layer.kind
        if not isinstance(kind, Input) or kind.shape != "flat":
            continue
        now = kind.columns or state.prepared.signature.features
        left = tuple(name for name in now if name not in finding.names)
        if left and left != now:
            graph = set_kind(graph, layer.id, kind.replace(columns=left))
    return state.with_graph(graph)


def _drop_label(_: State, finding: Finding) -> str:
    if len(finding.names) == 1:
        return f"Leave out the feature {finding.names[0]}"
    return f"Leave out {len(finding.names)} features"


def _from_fix(name: str, *, automatic: bool = False) -> Remedy:
    """A remedy of the document's problems, for the Output of the finding."""
    fix = FIXES[name]

    def apply(state: State, finding: Finding) -> State:
        problem = Problem("", finding.layer)
        state = fix.apply(state, problem)
        return FIXES["automatic_loss"].apply(state, problem) if automatic else state

    return Remedy(lambda state, finding: fix.label(state, Problem("", finding.layer)), apply)


def _collapse(state: State, finding: Finding) -> State:
    return state.with_graph(collapse_graph(state.graph, finding.layers))


def _l2(state: State, _: Finding) -> State:
    more = max(_L2, _round(state.plan.l2 * _TEN))
    return dataclasses.replace(state, plan=state.plan.replace(l2=more))


def _l2_label(state: State, _: Finding) -> str:
    return f"Set L2 to {max(_L2, _round(state.plan.l2 * _TEN)):g}"


def _clip_label(state: State, _: Finding) -> str:
    before = state.plan.clip_norm
    return f"Shorten the gradient to length {_clip(before):g}"


def _clip(before: float | None) -> float:
    return 1.0 if before is None or not math.isfinite(before) else _round(before / _TEN)


def _clipped(state: State, _: Finding) -> State:
    changed = state.plan.replace(clip_norm=_clip(state.plan.clip_norm))
    return dataclasses.replace(state, plan=changed)


REMEDIES: Mapping[str, Remedy] = {
    "relu": Remedy(_activate_label("relu"), _activate("relu")),
    "tanh": Remedy(_activate_label("tanh"), _activate("tanh")),
    "leaky_relu": Remedy(_activate_label("leaky_relu"), _activate("leaky_relu")),
    "smooth_step": Remedy(_activate_label("sigmoid"), _smooth),
    "bend": Remedy(_bend_label, _bend),
    "automatic_start": Remedy(
        lambda s, f: f"Let {_names(s, f)} start with automatic values", _automatic_start
    ),
    "lower_rate": _from_fix("lower_rate"),
    "raise_rate": Remedy(lambda s, _: f"Set the learning rate to {_higher(s):g}", _raise_rate),
    "clip": Remedy(_clip_label, _clipped),
    "l2": Remedy(_l2_label, _l2),
    "stop_early": Remedy(
        _always(f"Stop {_PATIENCE} epochs after the best one and go back to it"),
        _planned(patience=_PATIENCE, restore_best=True),
    ),
    "larger_batch": Remedy(_batch_label, _batch),
    "standardise": Remedy(_always("Standardise the features"), _prepared(scaling="standard")),
    "standardise_targets": Remedy(
        _always("Standardise the targets"), _prepared(target_scaling="standard")
    ),
    "targets_to_unit": Remedy(
        _always("Scale the targets to 0 to 1"), _prepared(target_scaling="minmax")
    ),
    "balance": Remedy(_always("Train on rows of rare classes more often"), _prepared(balance=True)),
    "stratify": Remedy(
        _always("Give every part its share of each class"), _prepared(stratify=True)
    ),
    "drop_columns": Remedy(_drop_label, _drop),
    "automatic_loss": _from_fix("automatic_loss"),
    "softmax": _from_fix("softmax", automatic=True),
    "end_free": _from_fix("fit_output"),
    "sigmoid": _from_fix("sigmoid", automatic=True),
    "automatic_levels": _from_fix("automatic_levels"),
    "collapse": Remedy(lambda _, f: f"Put one layer in place of these {len(f.layers)}", _collapse),
}
