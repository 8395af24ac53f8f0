"""What panels say about layers and settings: plain words, no Qt."""

from __future__ import annotations

from gradloom.core.settings import Declared
from gradloom.document import State
from gradloom.layers.base import Parameter, Sink, Source
from gradloom.layers.shapes import words
from gradloom.ui.forms import Hints


def setting_label(record: Declared, path: str) -> str:
    """What people call the setting at a dotted path: "Optimiser: Learning rate"."""
    labels: list[str] = []
    here: object = record
    for name in path.split("."):
        if not isinstance(here, Declared):
            break
        labels.append(next((s.label for s in here.settings() if s.name == name), name))
        here = getattr(here, name, None)
    return labels[-1] if labels else path


def flow(state: State, layer: str) -> str:
    """Shape in → shape out of a layer, as far as they are known."""
    analysis = state.analysis
    out = words(analysis.shapes[layer]) if layer in analysis.shapes else "?"
    arriving = analysis.inputs.get(layer, ())
    if not arriving:
        return out
    return f"{' + '.join(words(shape) for shape in arriving)} → {out}"


def count(state: State, layer: str) -> str:
    """The parameter count of a layer in words, or ""."""
    number = state.analysis.counts.get(layer, 0)
    return f"{number:,} parameter{'' if number == 1 else 's'}" if number else ""


def parameters_of(state: State, layer: str) -> tuple[Parameter, ...]:
    """The parameters of a layer whose shapes are known."""
    if layer not in state.analysis.counts:
        return ()
    blocks = state.graph[layer].kind.blocks(*state.analysis.inputs[layer])
    return tuple(parameter for block in blocks for parameter in block.parameters)


def hints(state: State, layer: str) -> Hints:
    """What the form of a layer can't know from its settings: columns, and what Automatic means."""
    kind = state.graph[layer].kind
    signature = state.prepared.signature
    names: dict[str, tuple[str, ...]] = {}
    automatic: dict[str, str] = {}
    if isinstance(kind, Source):
        names["columns"] = signature.features
    coding = state.analysis.codings.get(layer)
    if isinstance(kind, Sink):
        names["columns"] = tuple(target.name for target in signature.targets)
        if coding is not None and getattr(kind, "loss", None) is None:
            automatic["loss"] = kind.loss_of(coding).label
        if coding is not None and coding.style != "real":
            automatic["levels"] = f"{coding.low:g} and {coding.high:g}".replace("-", "−")
    for setting in kind.settings():
        meant = kind.automatic(setting.name)
        if meant:
            automatic[setting.name] = meant
    return Hints(names, automatic)
