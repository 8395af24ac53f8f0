"""What a card says, as a value worked out from the state; cards repaint only when it changes."""

from __future__ import annotations

from dataclasses import dataclass

from gradloom.core.problem import Problem
from gradloom.document import Place, State
from gradloom.graph import Analysis, Graph, Layer
from gradloom.layers.base import Kind, Sink, Source
from gradloom.layers.shapes import Shape, words
from gradloom.session.featuring import picture_shape
from gradloom.ui.canvas.geometry import Box, Frame
from gradloom.ui.canvas.neurons import Neurons


@dataclass(frozen=True, slots=True)
class Face:
    """The texts, ports and problems of one card. `span` is the range of its units' values.

    `pictured`: its units are feature maps.
    """

    name: str
    icon: str
    category: str
    summary: str
    shape: str
    count: int
    problems: tuple[Problem, ...]
    frame: Frame
    filled: frozenset[int]  # input ports with a cable
    leads: bool  # whether a cable leaves it
    labels: tuple[str, ...]  # of input ports
    units: tuple[str, ...]  # names beside the neurons (features of an Input)
    span: tuple[float, float]
    pictured: bool = False

    @property
    def has_lines(self) -> bool:
        """Whether it is open, with units that weights join one by one."""
        return self.frame.neurons is not None and not self.pictured

    @property
    def stops(self) -> bool:
        """Whether a problem of it stops training."""
        return any(p.stops_training for p in self.problems)

    @property
    def spoken(self) -> str:
        """The card for a screen reader: "Dense 2, 4 to 2, tanh, 10 parameters, no problem"."""
        into, arrow, out = (part.strip() for part in self.shape.partition("→"))
        shape = f"{into} to {out}" if into and out else f"takes {into}" if into else f"gives {out}"
        parts = [self.name, shape if arrow else "", self.summary, counted(self.count)]
        trouble = " ".join(p.text for p in self.problems) or "no problem"
        return ", ".join([*(p for p in parts if p), trouble])


def face_of(state: State, layer: Layer, place: Place) -> Face:
    """What the card of this layer says now."""
    graph, analysis, kind = state.graph, state.analysis, layer.kind
    incoming = graph.incoming(layer.id)
    units = units_of(state, layer)
    pictured = picture_shape(state, layer) is not None
    opened = Neurons(units) if place.open and units else None
    inputs = inputs_of(graph, layer)
    return Face(
        name=layer.name,
        icon=kind.icon,
        category=kind.category,
        summary=_summary(layer),
        shape=_shape(analysis, layer),
        count=analysis.counts.get(layer.id, 0),
        problems=analysis.problems_of(layer.id),
        frame=Frame(inputs, kind.has_output, bool(units), opened),
        filled=frozenset(e.port for e in incoming),
        leads=bool(graph.outgoing(layer.id)),
        labels=tuple(kind.port_label(i) for i in range(inputs)),
        units=_unit_names(state, kind) if opened and not pictured else (),
        span=_span(kind),
        pictured=pictured,
    )


def inputs_of(graph: Graph, layer: Layer) -> int:
    """How many input ports to show: for merges one more than is filled."""
    used = max((e.port + 1 for e in graph.incoming(layer.id)), default=0)
    most = layer.kind.most_inputs
    return max(used + 1, layer.kind.least_inputs) if most is None else most


def units_of(state: State, layer: Layer) -> int:
    """How many neurons or feature maps the layer opens into; 0 if it can't be opened."""
    picture = picture_shape(state, layer)
    if picture is not None:
        return picture[0]
    shape = state.analysis.shapes.get(layer.id)
    flat = shape is not None and len(shape) == 1 and not isinstance(layer.kind, Sink)
    return shape[0] if flat and shape else 0


def opened_box(state: State, layer: str, box: Box) -> Box:
    """Where the card that stands at `box` stands once it is open."""
    found = state.graph[layer]
    neurons = Neurons(units_of(state, found))
    frame = Frame(
        inputs_of(state.graph, found), found.kind.has_output, openable=True, neurons=neurons
    )
    return box._replace(height=frame.height)


def counted(parameters: int) -> str:
    """A count of parameters in words; "" for none."""
    if not parameters:
        return ""
    return "1 parameter" if parameters == 1 else f"{parameters:,} parameters"


def numbers_of(shape: Shape) -> str:
    """A shape in words: "4 numbers", "28 × 28 × 3 numbers"."""
    return "1 number" if shape in ((), (1,)) else f"{words(shape)} numbers"


def _summary(layer: Layer) -> str:
    kind = layer.kind
    named = layer.name.casefold().startswith(kind.label.casefold())
    return " · ".join(part for part in ("" if named else kind.label, kind.summary()) if part)


def _shape(analysis: Analysis, layer: Layer) -> str:
    out = analysis.shapes.get(layer.id)
    if isinstance(layer.kind, Source):
        return f"→ {words(out)}" if out is not None else ""
    arriving = analysis.inputs.get(layer.id)
    if arriving is None:
        return ""
    into = ", ".join(words(s) for s in dict.fromkeys(arriving))
    if len(arriving) > 1 and len(set(arriving)) == 1:
        into = f"{len(arriving)} × ({into})"
    if isinstance(layer.kind, Sink):
        return f"{into} →"
    return f"{into} → {words(out) if out is not None else '?'}"


def _unit_names(state: State, kind: Kind) -> tuple[str, ...]:
    if not isinstance(kind, Source):
        return ()
    chosen = kind.chosen(state.prepared.signature)
    if not isinstance(chosen, tuple):
        return ()
    return tuple(state.prepared.signature.features[i] for i in chosen)


def _span(kind: Kind) -> tuple[float, float]:
    unbounded = (float("-inf"), float("inf"))
    inner = getattr(kind, "activation", kind)
    found: tuple[float, float] = getattr(inner, "span", unbounded)
    return found
