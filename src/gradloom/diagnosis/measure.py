"""The meter: one batch through a run's parameters, and what is seen in every layer.

The network's own program is run (training mode, so batch statistics and dropout are as in
training), then the plan's own update, on parameters that belong to the meter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from gradloom.data.split import evenly
from gradloom.document import State
from gradloom.engine.compile import TRAIN, compile_graph
from gradloom.engine.feed import pack
from gradloom.engine.freezing import freezing
from gradloom.engine.gradient import gradient_steps
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.engine.program import Program
from gradloom.engine.progress import Snapshot
from gradloom.engine.update import Slots, compile_update
from gradloom.graph import Analysis, Graph
from gradloom.layers import Activation
from gradloom.layers.base import Parameter, Sink, Source
from gradloom.layers.shapes import Array, size

ROWS = 256
BINS = 32
_NUMBERS = 2_000_000  # of all tensors of the batch; wide networks are measured on fewer rows
_SAMPLE = 4096  # numbers that enter a histogram
# 1.25 % of the span from an end, a sigmoid or tanh has a twentieth of its steepest slope
_END = 0.0125
_ALWAYS = 0.95  # share of rows at the ends that makes a unit saturated


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts between evenly spaced edges from `low` to `high`."""

    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ParameterHealth:
    """A parameter: root mean squares now and at its start, slope, and update.

    `gradient` is the length of the slope. `ratio` is the update's root mean square over the
    parameter's. `now` and `start` have the same edges.
    """

    name: str
    rms: float
    start_rms: float
    gradient: float
    ratio: float
    now: Histogram
    start: Histogram
    weight: bool


@dataclass(frozen=True, eq=False)
class LayerHealth:
    """What flows out of a layer and back into it. NaN: does not apply.

    `depth` counts the layers before it on the longest way. `gradient` is the length of one row's
    slope of the loss by the output (root mean square over rows). `dead`: share of units that are 0
    for every row (ReLU); `saturated`: of units at the flat ends of their span for nearly every row.
    """

    layer: str
    depth: int
    units: int
    activation: str
    values: Histogram
    mean: float
    deviation: float
    gradient: float
    dead: float
    saturated: float
    parameters: tuple[ParameterHealth, ...]


@dataclass(frozen=True, eq=False)
class Measurement:
    """A run at one moment, seen on `rows` training rows, layers from the input on."""

    run: int
    steps: int
    rows: int
    loss: float
    layers: tuple[LayerHealth, ...]
    seconds: float  # it took

    def __getitem__(self, layer: str) -> LayerHealth:
        """The health of a layer; KeyError if it was not measured."""
        for found in self.layers:
            if found.layer == layer:
                return found
        raise KeyError(layer)


def rows_of(state: State) -> Array:
    """The training rows that are looked at: spread over all of them."""
    train = state.prepared.split.train
    width = sum(size(shape) + 1 for shape in state.analysis.shapes.values())
    return evenly(train, min(ROWS, max(8, _NUMBERS // max(width, 1))))


class Meter:
    """Measures runs of one ready state with training rows; not for several threads at once."""

    def __init__(self, state: State) -> None:
        graph, analysis, plan = state.graph, state.analysis, state.plan
        self._graph, self._analysis = graph, analysis
        layout = layout_of(graph, analysis)
        p = self._parameters = Parameters(layout, plan.dtype)
        p.initialise(plan.seed)
        self._start = p.theta.copy()
        rows = rows_of(state)
        self._program = compile_graph(graph, analysis, p, len(rows), TRAIN)
        prepared = state.prepared
        self._program.feed[...] = pack(
            self._program, graph, analysis, prepared.features[rows], prepared.targets[rows]
        )
        self._slots = Slots(p.theta.size, p.dtype)
        self._rate = np.zeros((), p.dtype)
        first, last = freezing(p)
        self._update = compile_update(
            p,
            self._slots,
            self._rate,
            [*first, *gradient_steps(p, plan)],
            [plan.optimiser, *last],
        )
        self._depth = _depths(graph, analysis)
        self._parameters_of: dict[str, list[Parameter]] = {}
        for id_, parameter in layout.parameters():
            self._parameters_of.setdefault(id_, []).append(parameter)

    def measure(
        self,
        snapshot: Snapshot,
        rate: float,
        *,
        run: int = 0,
        steps: int = 0,
        slots: Mapping[str, Array] | None = None,
        count: int = 0,
    ) -> Measurement:
        """What this moment of a run looks like.

        `slots` and `count` are the optimiser's memory, from a checkpoint. Without them the memory
        of the meter itself is used, which goes on from one measurement to the next; a snapshot
        that was taken while training does not hold the run's own.
        """
        began = perf_counter()
        p, program = self._parameters, self._program
        p.theta[...], p.state[...] = snapshot.theta, snapshot.state
        self._rate[...] = rate
        if slots is not None:
            self._slots.restore(slots, count)
        with np.errstate(all="ignore"):
            program.run()
            slopes = p.gradient.copy()
            for call in self._update.calls:
                call()
            step = p.theta - snapshot.theta
            layers = tuple(
                self._layer(id_, program, snapshot.theta, slopes, step)
                for id_ in self._analysis.trained
                if not isinstance(self._graph[id_].kind, Sink)
            )
        loss = float(program.total)
        return Measurement(run, steps, program.batch, loss, layers, perf_counter() - began)

    def _layer(
        self, id_: str, program: Program, theta: Array, slopes: Array, step: Array
    ) -> LayerHealth:
        tensor = program.tensors[id_]
        out, kind = tensor.flat, self._graph[id_].kind
        gradient = program.gradients.get(tensor.name)
        if gradient is None and tensor.made_from is not None and not isinstance(kind, Source):
            gradient = program.gradients.get(tensor.made_from.name)  # fused with its loss
        inner = kind if isinstance(kind, Activation) else getattr(kind, "activation", None)
        if not isinstance(inner, Activation) or not inner.elementwise:
            inner = None
        by_unit = tensor.array.reshape(tensor.shape[0] if tensor.shape else 1, -1)
        dead, saturated = _idle(by_unit, inner)
        length = math.nan
        if gradient is not None:
            length = _rms(gradient.flat) * math.sqrt(gradient.flat.size * program.batch)
        return LayerHealth(
            id_,
            self._depth[id_],
            len(by_unit),
            inner.kind if inner is not None else "",
            *_spread(out),
            length,
            dead,
            saturated,
            tuple(
                self._parameter(id_, parameter.name, theta, slopes, step, parameter.weight)
                for parameter in self._parameters_of.get(id_, ())
            ),
        )

    def _parameter(
        self, id_: str, name: str, theta: Array, slopes: Array, step: Array, weight: bool
    ) -> ParameterHealth:
        def of(vector: Array) -> Array:
            return self._parameters.layout.parameter(vector, id_, name)

        now, start = of(theta), of(self._start)
        rms = _rms(now)
        low = float(min(now.min(), start.min()))
        high = float(max(now.max(), start.max()))
        return ParameterHealth(
            name,
            rms,
            _rms(start),
            math.sqrt(of(slopes).size) * _rms(of(slopes)),
            _rms(of(step)) / rms if rms else math.nan,
            histogram(now, low, high),
            histogram(start, low, high),
            weight,
        )


def histogram(array: Array, low: float, high: float) -> Histogram:
    """Counts of the finite numbers of `array`, or of some thousands spread over it."""
    flat = array.reshape(-1)
    flat = flat[:: max(1, -(-flat.size // _SAMPLE))]
    if not (math.isfinite(low) and math.isfinite(high)):
        return Histogram(0.0, 1.0, (0,) * BINS)
    width = high - low
    if width <= 0:
        low, width = low - 0.5, 1.0
    place = ((flat - low) * (BINS / width)).astype(np.int64)
    counts = np.bincount(np.clip(place, 0, BINS - 1, out=place), minlength=BINS)
    return Histogram(low, low + width, tuple(counts.tolist()))


def _spread(out: Array) -> tuple[Histogram, float, float]:
    low, high, mean = float(out.min()), float(out.max()), float(out.mean())
    return histogram(out, low, high), mean, _rms(out - mean)


def _rms(array: Array) -> float:
    flat = array.reshape(-1).astype(np.float64)  # squares of small float32 slopes would vanish
    return math.sqrt(float(flat.dot(flat)) / max(flat.size, 1))


def _idle(by_unit: Array, activation: Activation | None) -> tuple[float, float]:
    """Shares of dead and of saturated units (units, rows); NaN where there can be none."""
    if activation is None:
        return math.nan, math.nan
    low, high = activation.span
    if low == 0 and high == math.inf:
        return float((by_unit.max(axis=1) <= 0).mean()), math.nan
    if not math.isfinite(high - low):
        return math.nan, math.nan
    edge = _END * (high - low)
    at_end = (by_unit <= low + edge) | (by_unit >= high - edge)
    return math.nan, float((at_end.mean(axis=1) >= _ALWAYS).mean())


def _depths(graph: Graph, analysis: Analysis) -> dict[str, int]:
    depth: dict[str, int] = {}
    for id_ in analysis.trained:
        depth[id_] = max((depth[s] + 1 for s in graph.sources_of(id_) if s in depth), default=0)
    return depth
