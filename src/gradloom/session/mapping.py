"""Decision maps and the functions of single neurons over the inputs, as pure computations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import thread_time
from types import MappingProxyType

import numpy as np

from gradloom.document import State
from gradloom.engine.parameters import layout_of
from gradloom.engine.predictor import Predictor
from gradloom.engine.progress import Progress
from gradloom.layers.base import Sink
from gradloom.layers.shapes import Array

FINE = 200  # points per side at rest
COARSE = (100, 64, 40)  # while training: the finest that keeps to the budget
NEURON = (40, 24, 16)  # the same for the pictures of neurons
CURVE = 400  # points of a curve over one feature
MOST_UNITS = 64  # of a layer whose neurons have pictures
_BUDGET = 0.010  # seconds of computing for one map while training
_NEURON_BUDGET = 0.004
_MARGIN = 0.08  # of the data's range, on each side

Extent = tuple[float, float, float, float]
Pictures = Mapping[str, Array]
_NONE: Pictures = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class MapResult:
    """What a network answers over the plane of its two features, or along its one feature.

    `extent` (x0, x1, y0, y1) in raw data units; points lie at its corners and evenly between.
    `outputs` {sink: (outputs, ny, nx)}, `neurons` {layer: (units, n, n)} after the activation, y
    ascending, float32, read-only. Along one feature there is one row: (outputs, 1, nx), and y0, y1
    are 0, 1. `focus` holds the layer that was asked for as finely as the outputs. `sentence` says
    why there is nothing, or "". `taken_at` is the perf_counter() of the run's snapshot.
    """

    run: int
    steps: int
    taken_at: float
    extent: Extent = (0.0, 1.0, 0.0, 1.0)
    outputs: Pictures = field(default_factory=lambda: _NONE)
    neurons: Pictures = field(default_factory=lambda: _NONE)
    focus: Pictures = field(default_factory=lambda: _NONE)
    sentence: str = ""


def why_no_map(state: State) -> str:
    """Why this state has no map, in a sentence; "" if it has one."""
    count = state.prepared.dataset.features.shape[1]
    if count not in (1, 2):
        return f"The map needs one or two features; this data has {count}."
    if not state.ready:
        return "The map appears when the network is ready to train; see the problems."
    return ""


def extent_of(features: Array) -> Extent:
    """The range of raw features (rows, 1 or 2) with a margin."""
    low, high = features.min(axis=0), features.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    low, high = low - _MARGIN * span, high + _MARGIN * span
    if features.shape[1] == 1:
        return float(low[0]), float(high[0]), 0.0, 1.0
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def grid(extent: Extent, nx: int, ny: int) -> Array:
    """The points of a map (ny * nx, 2) in raw units, row by row, y ascending."""
    x, y = np.meshgrid(np.linspace(*extent[:2], nx), np.linspace(*extent[2:], ny))
    return np.stack([x.ravel(), y.ravel()], axis=1)


class Mapper:
    """Draws one run of a ready state, on parameters of its own; not for several threads at once."""

    def __init__(self, state: State) -> None:
        graph, analysis = state.graph, state.analysis
        self._transform = state.prepared.transform
        raw = state.prepared.dataset.features
        self._flat = raw.shape[1] == 2
        self.extent = extent_of(raw)
        self._predictor = Predictor(graph, analysis, layout_of(graph, analysis), state.plan.dtype)
        self._shown = tuple(
            id_
            for id_ in analysis.trained
            if not isinstance(graph[id_].kind, Sink)
            and len(analysis.shapes[id_]) == 1
            and analysis.shapes[id_][0] <= MOST_UNITS
        )
        self._grids: dict[int, Array] = {}
        self._costs: dict[str, float] = {}  # seconds of computing per point

    def draw(self, progress: Progress, *, fine: bool, focus: str | None = None) -> MapResult:
        """The pictures of this snapshot; `fine` at rest, else as fine as the budget allows."""
        self._predictor.load(progress.snapshot.theta, progress.snapshot.state)
        side = FINE if fine else self._side("map", COARSE, _BUDGET)
        neuron_side = NEURON[0] if fine else self._side("neurons", NEURON, _NEURON_BUDGET)
        focused: Pictures = _NONE
        if focus in self._shown:
            everything = self._timed("map", side, every=True)
            focused = {focus: everything[focus]}
            outputs = {sink: everything[sink] for sink in self._predictor.sinks}
        else:
            outputs = self._timed("map", side, every=False)
        every = self._timed("neurons", neuron_side, every=True)
        return MapResult(
            progress.run,
            progress.steps,
            progress.taken_at,
            self.extent,
            outputs,
            {id_: every[id_] for id_ in self._shown},
            focused,
        )

    def _timed(self, name: str, side: int, *, every: bool) -> dict[str, Array]:
        began = thread_time()
        features = self._features(side)
        run = self._predictor.tensors if every else self._predictor.outputs
        shape = (side, side) if self._flat else (1, features.shape[1])
        pictures = {id_: _picture(array, shape) for id_, array in run(features).items()}
        cost = (thread_time() - began) / features.shape[1]
        # the smallest of the last few: the first run compiles, others are disturbed
        self._costs[name] = min(cost, 1.05 * self._costs.get(name, cost))
        return pictures

    def _side(self, name: str, sides: tuple[int, ...], budget: float) -> int:
        if not self._flat:
            return sides[0]
        cost = self._costs.get(name, 0.0)
        return next((side for side in sides if cost * side * side <= budget), sides[-1])

    def _features(self, side: int) -> Array:
        """The points of a picture as the network reads them, (F', points)."""
        if side not in self._grids:
            if self._flat:
                raw = grid(self.extent, side, side)
            else:
                count = CURVE if side >= COARSE[-1] else side
                raw = np.linspace(*self.extent[:2], count)[:, None]
            self._grids[side] = np.ascontiguousarray(self._transform.apply(raw).T)
        return self._grids[side]


def _picture(array: Array, shape: tuple[int, int]) -> Array:
    picture = array.reshape(-1, *shape).astype(np.float32, copy=False)
    picture.flags.writeable = False
    return picture
