"""Compile: a graph becomes an ordered list of operations over preallocated buffers.

Forward operations are appended in topological order; each may leave a `backward` that is asked
for in reverse order. A tensor's gradient is complete when its own operation is reached, because
every consumer came later in the forward order. The first share of a gradient is written in place,
further shares (branches) go to a buffer of their own and are added.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import numpy as np

from gradloom.engine.memory import aligned, refuse_batch_if_too_large
from gradloom.engine.parameters import Parameters
from gradloom.engine.program import Operation, Program
from gradloom.engine.stacking import preludes, stack, stacked_calls
from gradloom.graph import Analysis, Graph
from gradloom.layers.base import Kind, Sink, Source
from gradloom.layers.coding import Coding
from gradloom.layers.explaining import alone, element
from gradloom.layers.expression import Explain, add, named, times, was
from gradloom.layers.shapes import Array, DType, Shape, size
from gradloom.layers.site import Back, Backward, Call, Equation, Phase, Tensor, Value


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
    maker = _Maker(graph, analysis, parameters, batch, mode, generator)
    program = maker.program()
    groups = preludes(program.operations, maker.made_once()) if mode.backward else []
    if not groups:
        return program
    stacks = [stack(group, maker.made_once()) for group in groups]
    maker = _Maker(graph, analysis, parameters, batch, mode, generator)
    for found in stacks:
        maker.places.update(found.places)
    program = maker.program()
    groups = preludes(program.operations, maker.made_once())
    return dataclasses.replace(program, calls=stacked_calls(program.operations, groups, stacks))


def _batch_first(array: Array) -> Array:
    return np.moveaxis(array, -1, 0) if array.ndim else array


@dataclass
class _Pending:
    """A forward operation's backward part, with the layer it belongs to."""

    layer: str
    backward: Backward


@dataclass
class _Maker:
    graph: Graph
    analysis: Analysis
    parameters: Parameters
    batch: int
    mode: Mode
    rng: np.random.Generator
    operations: list[Operation] = field(default_factory=list)
    pending: list[_Pending] = field(default_factory=list)
    tensors: dict[str, Tensor] = field(default_factory=dict)
    gradients: dict[str, Tensor] = field(default_factory=dict)
    entering: dict[str, Tensor] = field(default_factory=dict)
    inputs: dict[str, Array] = field(default_factory=dict)
    targets: dict[str, Array] = field(default_factory=dict)
    feed: Array = field(default_factory=lambda: np.zeros((0, 0)))
    no_gradient: set[str] = field(default_factory=set)
    places: dict[str, Array] = field(default_factory=dict)  # memory chosen before, by tensor name
    made: list[Tensor] = field(default_factory=list)

    @property
    def dtype(self) -> DType:
        dtype: DType = self.parameters.dtype
        return dtype

    def tensor(self, symbol: str, name: str, shape: Shape) -> Tensor:
        place = self.places.get(name)
        if place is None:
            place = aligned((size(shape) + 1, self.batch), self.dtype)
        return self.tensor_in(place, symbol, name, shape)

    def tensor_in(self, augmented: Array, symbol: str, name: str, shape: Shape) -> Tensor:
        augmented[-1] = 1
        array = augmented[:-1].reshape(*shape, self.batch)
        made = Tensor(symbol, name, shape, array, augmented)
        self.made.append(made)
        return made

    def made_once(self) -> dict[str, Tensor]:
        """Tensors by name, without those that share a name with another."""
        names = Counter(tensor.name for tensor in self.made)
        return {tensor.name: tensor for tensor in self.made if names[tensor.name] == 1}

    def program(self) -> Program:
        kinds = {layer.id: layer.kind for layer in self.graph}
        live = list(self.analysis.trained)
        sinks = tuple(id_ for id_ in live if isinstance(kinds[id_], Sink))
        losses = aligned((len(sinks),), self.dtype)
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
            self._backward()
        return Program(
            self.batch,
            self.dtype,
            tuple(self.operations),
            self.inputs,
            self.targets,
            self.tensors,
            losses,
            total,
            sinks,
            self.gradients,
            self.feed,
            tuple(chain.from_iterable(op.calls for op in self.operations)),
        )

    def _feed(self, kinds: Mapping[str, Kind], live: Sequence[str], sinks: Sequence[str]) -> None:
        """Make inputs and targets as parts of one array."""
        shapes = self.analysis.shapes
        sources = [id_ for id_ in live if isinstance(kinds[id_], Source)]
        widths = [size(shapes[id_]) + 1 for id_ in sources]
        if self.mode.loss:
            widths += [self.analysis.codings[id_].width for id_ in sinks]
        self.feed = aligned((sum(widths), self.batch), self.dtype)
        parts = iter(np.split(self.feed, np.cumsum(widths)[:-1]))
        for id_ in sources:
            entering = self.tensor_in(next(parts), "x", f"{id_}.x", shapes[id_])
            self.inputs[id_] = entering.flat
            self.entering[id_] = entering
            if not self.mode.input_slopes:
                self.no_gradient.add(entering.name)
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
        site = _LayerSite(self, id_, arriving, coding, self.targets.get(id_), loss)
        made = kind.build(site)
        self.tensors[id_] = made
        fixed = all(tensor.name in self.no_gradient for tensor in arriving)
        if fixed and not kind.blocks(*self.analysis.inputs[id_]):
            self.no_gradient.add(made.name)  # nothing that is learnt stands before it

    def _total(self, sinks: Sequence[str], losses: Array) -> Array:
        weights = [float(getattr(self.graph[sink].kind, "weight", 1.0)) for sink in sinks]
        if not self.mode.loss or weights == [1.0]:
            return losses[:1].reshape(()) if len(sinks) else aligned((), self.dtype)
        total = aligned((), self.dtype)
        scale = np.asarray(weights, self.dtype)
        own = tuple(
            Value(f"L_{{{i + 1}}}", f"{sink}.loss", losses[i : i + 1].reshape(()))
            for i, sink in enumerate(sinks)
        )
        equation = Equation(
            r"L = \sum_i w_i L_i", "The loss of the network sums its outputs' losses, weighted."
        )
        self.operations.append(
            Operation(
                "",
                Phase.LOSS,
                equation,
                (partial(scale.dot, losses, total),),
                own,
                (Value("L", "total", total),),
                alone(
                    lambda _: add(
                        *(
                            times(named(weight, f"w_{{{i + 1}}}"), element(loss, ()))
                            for i, (weight, loss) in enumerate(zip(weights, own, strict=True))
                        )
                    )
                ),
            )
        )
        return total

    def _backward(self) -> None:
        for pending in reversed(self.pending):
            pending.backward(_BackSite(self, pending.layer))


@dataclass
class _LayerSite:
    """The `Site` of one layer."""

    maker: _Maker
    layer: str
    inputs: tuple[Tensor, ...]
    coding: Coding | None
    target: Array | None
    loss: Array | None

    @property
    def batch(self) -> int:
        return self.maker.batch

    @property
    def dtype(self) -> DType:
        return self.maker.dtype

    @property
    def training(self) -> bool:
        return self.maker.mode.training

    def parameter(self, block: str) -> Array:
        p = self.maker.parameters
        return p.layout.block(p.theta, self.layer, block)

    def gradient(self, block: str) -> Array:
        p = self.maker.parameters
        return p.layout.block(p.gradient, self.layer, block)

    def shown(self, parameter: str) -> Value:
        p = self.maker.parameters
        array = p.layout.parameter(p.theta, self.layer, parameter)
        return Value(_latex(parameter), f"{self.layer}.{parameter}", array)

    def shown_gradient(self, parameter: str) -> Value:
        p = self.maker.parameters
        array = p.layout.parameter(p.gradient, self.layer, parameter)
        return Value(_slope(_latex(parameter)), f"{self.layer}.d{parameter}", array)

    def state(self, name: str) -> Array:
        p = self.maker.parameters
        return p.layout.state(p.state, self.layer, name)

    def tensor(self, symbol: str, shape: Shape) -> Tensor:
        return self.maker.tensor(symbol, f"{self.layer}.{symbol}", shape)

    def view(self, tensor: Tensor, symbol: str, shape: Shape) -> Tensor:
        array = tensor.flat.reshape(*shape, self.batch)
        return Tensor(symbol, f"{self.layer}.{symbol}", shape, array, tensor.augmented)

    def made(self, tensor: Tensor, by: Kind, source: Tensor, **notes: Array) -> Tensor:
        return dataclasses.replace(tensor, made_by=by, made_from=source, notes=notes)

    def scratch(self, *shape: int, dtype: object = None) -> Array:
        return aligned(shape, self.dtype if dtype is None else dtype)

    def constant(self, number: float) -> Array:
        return np.asarray(number, self.dtype)

    def random(self) -> np.random.Generator:
        return self.maker.rng

    def value(self, symbol: str, name: str, array: Array) -> Value:
        return Value(symbol, f"{self.layer}.{name}", _batch_first(array))

    def operation(
        self,
        equation: Equation,
        calls: Sequence[Call],
        reads: Sequence[Tensor | Value],
        writes: Sequence[Tensor | Value],
        backward: Backward | None = None,
        phase: Phase = Phase.FORWARD,
        explain: Explain | None = None,
    ) -> None:
        maker = self.maker
        maker.operations.append(
            Operation(
                self.layer,
                phase,
                equation,
                tuple(calls),
                _values(reads),
                _values(writes),
                explain,
            )
        )
        if backward is not None:
            pending = _guarded(maker, backward, writes) if phase is Phase.FORWARD else backward
            maker.pending.append(_Pending(self.layer, pending))


def _guarded(maker: _Maker, backward: Backward, writes: Sequence[Tensor | Value]) -> Backward:
    """`backward`, unless nothing came back to any tensor the operation wrote."""
    names = [w.name for w in writes if isinstance(w, Tensor)]

    def guarded(back: Back) -> None:
        if any(name in maker.gradients for name in names):
            backward(back)

    return guarded


@dataclass
class _BackSite:
    """The `Back` of one operation."""

    maker: _Maker
    layer: str
    sums: list[tuple[Tensor, Tensor]] = field(default_factory=list)

    def gradient_of(self, tensor: Tensor) -> Tensor:
        found = self.maker.gradients[tensor.name]
        return dataclasses.replace(found, symbol=_slope(tensor.symbol))

    def into(self, tensor: Tensor) -> Tensor | None:
        maker = self.maker
        if tensor.name in maker.no_gradient:
            return None
        share = maker.tensor(_slope(tensor.symbol), f"{tensor.name}.gradient", tensor.shape)
        if tensor.name not in maker.gradients:
            maker.gradients[tensor.name] = share
            return share
        number = sum(
            1 for op in maker.operations for w in op.writes if w.name.startswith(share.name)
        )
        share = dataclasses.replace(share, name=f"{share.name}.{self.layer}.{number}")
        self.sums.append((maker.gradients[tensor.name], share))
        return share

    def operation(
        self,
        equation: Equation,
        calls: Sequence[Call],
        reads: Sequence[Tensor | Value],
        writes: Sequence[Tensor | Value],
        explain: Explain | None = None,
    ) -> None:
        operations = self.maker.operations
        operations.append(
            Operation(
                self.layer,
                Phase.BACKWARD,
                equation,
                tuple(calls),
                _values(reads),
                _values(writes),
                explain,
            )
        )
        written = {w.name for w in writes}
        for whole, share in [pair for pair in self.sums if pair[1].name in written]:
            self.sums.remove((whole, share))
            total = dataclasses.replace(whole, symbol=share.symbol)
            added = dataclasses.replace(share, symbol=r"\Delta")
            shown = total.value
            operations.append(
                Operation(
                    self.layer,
                    Phase.BACKWARD,
                    Equation(
                        rf"{total.symbol} \mathrel{{+}}= \Delta",
                        "The value was used more than once: the slopes of its uses add up.",
                        "multivariate chain rule",
                    ),
                    (partial(np.add, whole.flat, share.flat, whole.flat),),
                    (shown, *_values([added])),
                    (shown,),
                    alone(
                        lambda index, shown=shown, added=added: add(  # type: ignore[misc]
                            was(shown, *index), element(added, index)
                        )
                    ),
                )
            )


def _values(items: Sequence[Tensor | Value]) -> tuple[Value, ...]:
    return tuple(item.value if isinstance(item, Tensor) else item for item in items)


def _latex(parameter: str) -> str:
    return {"gamma": r"\gamma", "beta": r"\beta"}.get(parameter, parameter)


def _slope(symbol: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {symbol}}}"
