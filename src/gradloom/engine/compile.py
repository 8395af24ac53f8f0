"""Compile: a graph becomes an ordered list of operations over preallocated buffers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import numpy as np

from gradloom.engine.draft import Draft
from gradloom.engine.memory import aligned, refuse_batch_if_too_large
from gradloom.engine.parameters import Parameters
from gradloom.engine.program import Program
from gradloom.engine.sites import BackSite, LayerSite
from gradloom.engine.stacking import preludes, stack, stacked_calls
from gradloom.graph import Analysis, Graph
from gradloom.layers.algebra import add, named, times
from gradloom.layers.base import Kind, Sink, Source
from gradloom.layers.explaining import alone, element
from gradloom.layers.shapes import Array, size
from gradloom.layers.site import Equation, Phase, Tensor, Value


@dataclass(frozen=True)
class Mode:
    """What a program does. `training`: dropout on, batch statistics. `backward` needs `loss`.

    `input_slopes`: the slope of the loss by the inputs is computed too.
    """

    training: bool
    loss: bool
    backward: bool
    input_slopes: bool = False


TRAIN = Mode(training=True, loss=True, backward=True)
EVALUATE = Mode(training=False, loss=True, backward=False)
SLOPES = Mode(training=False, loss=True, backward=True)
PREDICT = Mode(training=False, loss=False, backward=False)


def compile_graph(
    graph: Graph,
    analysis: Analysis,
    parameters: Parameters,
    batch: int,
    mode: Mode,
    rng: np.random.Generator | None = None,
) -> Program:
    """The program of `graph` for `batch` rows, bound to `parameters`.

    The graph must be `analysis.ready`. Raises UserError, before allocating, when the buffers would
    not fit in memory. Several programs may share the parameters and the `rng`.
    """
    copies = 4 if mode.backward else 2
    numbers = copies * sum(size(shape) + 1 for shape in analysis.shapes.values())
    numbers += sum(graph[id_].kind.working(*analysis.inputs[id_]) for id_ in analysis.counts)
    refuse_batch_if_too_large(batch * numbers, parameters.dtype, 1, batch)
    generator = rng or np.random.default_rng(0)

    def assembled(places: Mapping[str, Array]) -> tuple[Program, Mapping[str, Tensor]]:
        draft = Draft(parameters, batch, mode.training, generator, places)
        return _Assembly(graph, analysis, mode, draft).program(), draft.made_once()

    program, made = assembled({})
    groups = preludes(program.operations, made) if mode.backward else []
    if not groups:
        return program
    stacks = [stack(group, made) for group in groups]
    program, made = assembled(dict(chain.from_iterable(s.places.items() for s in stacks)))
    groups = preludes(program.operations, made)
    return dataclasses.replace(program, calls=stacked_calls(program.operations, groups, stacks))


@dataclass
class _Assembly:
    """The walk through a graph that fills a draft: data in, layer by layer, loss, and back."""

    graph: Graph
    analysis: Analysis
    mode: Mode
    draft: Draft
    tensors: dict[str, Tensor] = field(default_factory=dict)
    entering: dict[str, Tensor] = field(default_factory=dict)
    inputs: dict[str, Array] = field(default_factory=dict)
    targets: dict[str, Array] = field(default_factory=dict)
    feed: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def program(self) -> Program:
        draft = self.draft
        kinds = {layer.id: layer.kind for layer in self.graph}
        live = list(self.analysis.trained)
        sinks = tuple(id_ for id_ in live if isinstance(kinds[id_], Sink))
        losses = aligned((len(sinks),), draft.dtype)
        self._feed(kinds, live, sinks)
        for id_ in live:
            kind = kinds[id_]
            loss = (
                losses[sinks.index(id_) : sinks.index(id_) + 1].reshape(())
                if id_ in sinks
                else None
            )
            self._layer(id_, kind, loss)
        total = self._total(sinks, losses)
        if self.mode.backward:
            for pending in reversed(draft.pending):
                pending.backward(BackSite(draft, pending.layer))
        return Program(
            draft.batch,
            draft.dtype,
            tuple(draft.operations),
            self.inputs,
            self.targets,
            self.tensors,
            losses,
            total,
            sinks,
            draft.gradients,
            self.feed,
            tuple(chain.from_iterable(op.calls for op in draft.operations)),
        )

    def _feed(self, kinds: Mapping[str, Kind], live: Sequence[str], sinks: Sequence[str]) -> None:
        """Make inputs and targets as parts of one array."""
        draft, shapes = self.draft, self.analysis.shapes
        sources = [id_ for id_ in live if isinstance(kinds[id_], Source)]
        widths = [size(shapes[id_]) + 1 for id_ in sources]
        if self.mode.loss:
            widths += [self.analysis.codings[id_].width for id_ in sinks]
        self.feed = aligned((sum(widths), draft.batch), draft.dtype)
        parts = iter(np.split(self.feed, np.cumsum(widths)[:-1]))
        for id_ in sources:
            entering = draft.tensor_in(next(parts), "x", f"{id_}.x", shapes[id_])
            self.inputs[id_] = entering.flat
            self.entering[id_] = entering
            if not self.mode.input_slopes:
                draft.no_gradient.add(entering.name)
        if self.mode.loss:
            self.targets = {id_: next(parts) for id_ in sinks}

    def _layer(self, id_: str, kind: Kind, loss: Array | None) -> None:
        if isinstance(kind, Source):
            arriving: tuple[Tensor, ...] = (self.entering[id_],)
        else:
            sources = self.graph.sources_of(id_)
            symbol = "a" if isinstance(kind, Sink) else "x"
            arriving = tuple(
                dataclasses.replace(
                    self.tensors[source], symbol=symbol if len(sources) == 1 else f"x_{{{i + 1}}}"
                )
                for i, source in enumerate(sources)
            )
        coding = self.analysis.codings.get(id_)
        site = LayerSite(self.draft, id_, arriving, coding, self.targets.get(id_), loss)
        made = kind.build(site)
        self.tensors[id_] = made
        fixed = all(tensor.name in self.draft.no_gradient for tensor in arriving)
        if fixed and not kind.blocks(*self.analysis.inputs[id_]):
            self.draft.no_gradient.add(made.name)  # nothing that is learnt stands before it

    def _total(self, sinks: Sequence[str], losses: Array) -> Array:
        dtype = self.draft.dtype
        weights = [float(getattr(self.graph[sink].kind, "weight", 1.0)) for sink in sinks]
        if not self.mode.loss or weights == [1.0]:
            return losses[:1].reshape(()) if len(sinks) else aligned((), dtype)
        total = aligned((), dtype)
        scale = np.asarray(weights, dtype)
        own = tuple(
            Value(f"L_{{{i + 1}}}", f"{sink}.loss", losses[i : i + 1].reshape(()))
            for i, sink in enumerate(sinks)
        )
        self.draft.append(
            "",
            Phase.LOSS,
            Equation(
                r"L = \sum_i w_i L_i", "The loss of the network sums its outputs' losses, weighted."
            ),
            [partial(scale.dot, losses, total)],
            own,
            [Value("L", "total", total)],
            alone(
                lambda _: add(
                    *(
                        times(named(weight, f"w_{{{i + 1}}}"), element(loss, ()))
                        for i, (weight, loss) in enumerate(zip(weights, own, strict=True))
                    )
                )
            ),
        )
        return total
