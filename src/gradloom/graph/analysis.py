"""Order, shapes, parameter counts and problems of a graph on a data signature, computed once."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from gradloom.core.problem import Problem, Severity
from gradloom.graph.edits import part_of
from gradloom.graph.model import Graph, Layer
from gradloom.layers.base import Activation, Kind, Sink, Source
from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Refusal, Shape
from gradloom.layers.signature import Signature


@dataclass(frozen=True, slots=True)
class Analysis:
    """What follows from a graph and the columns of its data.

    `order` is topological. `shapes` holds the output shape of each layer that could be inferred,
    `inputs` the shapes that arrive, `codings` how each Output codes its target. `counts` are
    learnable numbers per layer. `live` are the layers that lead to an Output: only these have
    parameters and are trained, so that a branch can be built beside a network that trains.
    """

    order: tuple[str, ...]
    shapes: Mapping[str, Shape]
    inputs: Mapping[str, tuple[Shape, ...]]
    codings: Mapping[str, Coding]
    counts: Mapping[str, int]
    problems: tuple[Problem, ...]
    signature: Signature
    live: frozenset[str] = frozenset()

    @property
    def parameter_count(self) -> int:
        """Learnable numbers of all layers that are trained."""
        return sum(count for layer, count in self.counts.items() if layer in self.live)

    @property
    def ready(self) -> bool:
        """Whether the network can be compiled and trained."""
        return not any(problem.stops_training for problem in self.problems)

    @property
    def trained(self) -> tuple[str, ...]:
        """The layers that a program runs, in order: live, with known shapes."""
        return tuple(layer for layer in self.order if layer in self.live and layer in self.counts)

    def problems_of(self, layer: str) -> tuple[Problem, ...]:
        """The problems whose place is this layer."""
        return tuple(p for p in self.problems if p.layer == layer)


def analyse(graph: Graph, signature: Signature) -> Analysis:
    """The analysis of `graph` on data with these columns; cached on the graph."""
    if signature not in graph.derived:
        graph.derived[signature] = _analyse(graph, signature)
    found: Analysis = graph.derived[signature]
    return found


def trained_part(graph: Graph, signature: Signature) -> Graph:
    """`graph` without the layers that lead to no Output."""
    live = analyse(graph, signature).live
    return graph if len(live) == len(graph.layers) else part_of(graph, live)


def structure_of(graph: Graph, signature: Signature) -> Hashable:
    """What a run of `graph` hangs on: the layers that are trained, without names and live settings.

    Equal for networks that one run may pass between.
    """
    live = analyse(graph, signature).live
    layers = tuple((layer.id, layer.kind.fixed()) for layer in graph if layer.id in live)
    return layers, tuple(edge for edge in graph.edges if edge.target in live)


def feeder_of(graph: Graph, layer: str) -> Kind | None:
    """The activation whose result arrives at a layer's first input; identities pass it on."""
    while sources := graph.sources_of(layer):
        layer = sources[0]
        kind = graph[layer].kind
        inner = kind if isinstance(kind, Activation) else getattr(kind, "activation", None)
        if isinstance(inner, Activation) and inner.kind != "identity":
            return inner
        if not isinstance(kind, Activation):
            return None
    return None


def _analyse(graph: Graph, signature: Signature) -> Analysis:
    problems: list[Problem] = []
    try:
        order = _order(graph)
    except CycleError as error:
        names = " → ".join(graph[layer].name for layer in error.args[1])
        problems.append(Problem(f"The cables run in a circle: {names}; remove one of them."))
        return Analysis(tuple(la.id for la in graph), {}, {}, {}, {}, tuple(problems), signature)
    live = _live(graph)
    shapes: dict[str, Shape] = {}
    inputs: dict[str, tuple[Shape, ...]] = {}
    codings: dict[str, Coding] = {}
    counts: dict[str, int] = {}
    for id_ in order:
        layer = graph[id_]
        bad = layer.kind.problems()
        for name, sentence in bad:
            label = next((s.label for s in layer.kind.settings() if s.name == name), name)
            problems.append(Problem(f"{layer.name}: {label} {sentence}.", id_, name))
        lacking = _lacking(graph, layer)
        if lacking:
            problems.append(Problem(f"{layer.name}: {lacking}.", id_))
        if bad or lacking or any(s not in shapes for s in graph.sources_of(id_)):
            continue
        arriving = tuple(shapes[s] for s in graph.sources_of(id_))
        inputs[id_] = arriving
        refusal = _infer(graph, layer, arriving, signature, shapes, codings)
        if refusal is not None:
            problems.append(Problem(_said(layer, refusal.sentence), id_, fix=refusal.fix))
            continue
        counts[id_] = sum(block.size for block in layer.kind.blocks(*arriving))
        if id_ not in live and layer.kind.has_output:
            problems.append(
                Problem(
                    f"{layer.name} leads to no Output, so it is not trained; connect or delete it.",
                    id_,
                    severity=Severity.WARNING,
                )
            )
    problems = [_weighed(problem, live) for problem in problems]
    problems += _ends(graph, counts, live)
    return Analysis(
        order, shapes, inputs, codings, counts, tuple(problems), signature, frozenset(live)
    )


def _infer(
    graph: Graph,
    layer: Layer,
    arriving: tuple[Shape, ...],
    signature: Signature,
    shapes: dict[str, Shape],
    codings: dict[str, Coding],
) -> Refusal | None:
    kind = layer.kind
    shape = kind.shape_of(signature) if isinstance(kind, Source) else kind.infer(*arriving)
    if isinstance(shape, Refusal):
        return shape
    if isinstance(kind, Sink):
        coding = kind.coding(signature, feeder_of(graph, layer.id), arriving[0])
        if isinstance(coding, Refusal):
            return coding
        codings[layer.id] = coding
    shapes[layer.id] = shape
    return None


def _lacking(graph: Graph, layer: Layer) -> str:
    """What is missing at the inputs of a layer, or ""."""
    ports = [edge.port for edge in graph.incoming(layer.id)]
    least = layer.kind.least_inputs
    if not ports and least:
        return "nothing arrives here; connect a layer to its input"
    if len(ports) < least or ports != list(range(len(ports))):
        return f"needs {least} inputs, has {len(ports)}; connect the others"
    return ""


def _order(graph: Graph) -> tuple[str, ...]:
    """Topological, ties as in `layers`: layers that lead nowhere do not reorder the others."""
    place = {layer.id: i for i, layer in enumerate(graph)}
    sorter = TopologicalSorter({layer.id: graph.sources_of(layer.id) for layer in graph})
    sorter.prepare()
    order: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=place.__getitem__)
        order += ready
        sorter.done(*ready)
    return tuple(order)


def _said(layer: Layer, sentence: str) -> str:
    """A refusal with the layer's name in front, or in place of its kind's."""
    label = layer.kind.label
    if sentence.startswith(f"{label} "):
        return f"{layer.name}{sentence.removeprefix(label)}."
    return f"{layer.name}: {sentence}."


def _weighed(problem: Problem, live: set[str]) -> Problem:
    """A problem of a layer that is not trained is only a warning."""
    if not problem.layer or problem.layer in live:
        return problem
    return dataclasses.replace(problem, severity=Severity.WARNING)


def _live(graph: Graph) -> set[str]:
    """Layers from which an Output can be reached; a loose Output counts if there is no other."""
    sinks = [layer.id for layer in graph if isinstance(layer.kind, Sink)]
    front = [sink for sink in sinks if graph.incoming(sink)] or sinks
    seen = set(front)
    while front:
        for source in graph.sources_of(front.pop()):
            if source not in seen:
                seen.add(source)
                front.append(source)
    return seen


def _ends(graph: Graph, counts: Mapping[str, int], live: set[str]) -> list[Problem]:
    found = []
    no_input = "The network has no Input; drag one in from the palette."
    if not graph.layers:
        found.append(Problem(no_input, fix="small_network"))
    elif not any(isinstance(layer.kind, Source) for layer in graph):
        found.append(Problem(no_input))
    if not any(isinstance(layer.kind, Sink) for layer in graph):
        found.append(Problem("The network has no Output; drag one in and connect the last layer."))
    elif _all_known(graph, counts, live) and not any(counts.get(id_, 0) for id_ in live):
        found.append(
            Problem(
                "Nothing here can learn; add a layer with weights, such as Dense.",
                severity=Severity.WARNING,
            )
        )
    return found


def _all_known(graph: Graph, counts: Mapping[str, int], live: set[str]) -> bool:
    """Whether every layer that could learn has told how many parameters it has."""
    return bool(counts) and all(id_ in counts or isinstance(graph[id_].kind, Sink) for id_ in live)
