"""Which kinds fit at the loose end of a cable, and why the others do not. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

from gradloom.document import State
from gradloom.graph import Edge, edits
from gradloom.layers import LAYERS, Kind
from gradloom.layers.base import Sink, Source
from gradloom.layers.shapes import Refusal, Shape
from gradloom.ui.canvas.changes import Joint

_ORDER = ("Layers", "Activations", "Merging", "Normalising", "Regularising", "Images")


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind in the search menu; `why_not` is a sentence where it would clash."""

    kind: type[Kind]
    why_not: str = ""


def offers(state: State, joint: Joint | None) -> tuple[Offer, ...]:
    """Every kind that may be joined there: first those whose shapes fit, then those that clash."""
    kinds = sorted(LAYERS.kinds(), key=_usual)
    if joint is None:
        return tuple(Offer(kind) for kind in kinds)
    found = [
        Offer(kind, why)
        for kind in kinds
        if (kind.most_inputs != 0 if joint.at_output else kind.has_output)
        for why in (_clash(state, joint, kind),)
    ]
    return tuple(sorted(found, key=lambda offer: bool(offer.why_not)))


def _usual(kind: type[Kind]) -> tuple[int, bool]:
    """What people add most stands first."""
    order = _ORDER.index(kind.category) if kind.category in _ORDER else len(_ORDER)
    return order, kind.kind != "dense"


def search(found: tuple[Offer, ...], text: str) -> tuple[Offer, ...]:
    """Offers whose label, name, category or help has every word of `text`; best names first."""
    words = text.casefold().split()

    def rank(offer: Offer) -> int | None:
        kind = offer.kind
        label = kind.label.casefold()
        everything = f"{label} {kind.kind} {kind.category} {kind.help}".casefold()
        if not all(word in everything for word in words):
            return None
        if not words or label.startswith(words[0]):
            return 0
        return 1 if words[0] in label else 2

    ranked = [(rank(offer), offer) for offer in found]
    hits = [(r, bool(offer.why_not), offer) for r, offer in ranked if r is not None]
    return tuple(offer for _, _, offer in sorted(hits, key=lambda hit: (hit[1], hit[0])))


def splices(state: State, layer: str, edge: Edge) -> bool:
    """Whether a layer that stands alone may be set into a cable."""
    graph = state.graph
    return (
        layer not in (edge.source, edge.target)
        and not graph.incoming(layer)
        and not graph.outgoing(layer)
        and kind_splices(graph[layer].kind)
        and edits.why_not(graph, edge.source, layer, 0) is None
    )


def kind_splices(kind: Kind | type[Kind]) -> bool:
    """Whether data can flow through this kind."""
    return kind.most_inputs != 0 and kind.has_output


def clash_of(state: State, source: str, target: str) -> str:
    """The sentence about shapes that a cable would bring up, or ""."""
    shape, kind = state.analysis.shapes.get(source), state.graph[target].kind
    if shape is None or kind.most_inputs != 1 or isinstance(kind, Sink):
        return ""
    refusal = kind.infer(shape)
    return f"{refusal.sentence}." if isinstance(refusal, Refusal) else ""


def _clash(state: State, joint: Joint, kind: type[Kind]) -> str:
    if joint.at_output:
        shape = state.analysis.shapes.get(joint.layer)
        if shape is None:
            return ""
        return _refusal(kind(), (shape,) * max(kind.least_inputs, 1))
    made = kind()
    if not isinstance(made, Source):
        return ""
    entering = made.shape_of(state.prepared.signature)
    target = state.graph[joint.layer].kind
    if isinstance(entering, Refusal) or target.most_inputs != 1:
        return ""
    return _refusal(target, (entering,))


def _refusal(kind: Kind, shapes: tuple[Shape, ...]) -> str:
    if isinstance(kind, Sink) or len(shapes) < kind.least_inputs:
        return ""
    refusal = kind.infer(*shapes)
    return f"{refusal.sentence}." if isinstance(refusal, Refusal) else ""
