"""Decision maps and the functions of single neurons over the inputs, as pure computations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import thread_time
from types import MappingProxyType
from typing import Any

import numpy as np

from gradloom.document import State
from gradloom.engine.parameters import layout_of
from gradloom.engine.predictor import Predictor
from gradloom.engine.progress import Progress
from gradloom.layers.base import Sink
from gradloom.layers.shapes import Array
from gradloom.session.answering import Derived, Kept, Question
from gradloom.session.planes import Extent, Ground, Look, grid, ground_of, veil_of

FINE = 200  # points per side at rest
COARSE = (100, 64, 40)  # while training: the finest that keeps to the budget
NEURON = (40, 24, 16)  # the same for the pictures of neurons
CURVE = 400  # points of a curve over one feature
MOST_UNITS = 64  # of a layer whose neurons have pictures
_BUDGET = 0.005  # seconds of computing for one map while training
_NEURON_BUDGET = 0.002
_ROWS_BUDGET = 0.003
_MOST_NUMBERS = 4_000_000  # that enter the network for one picture

Pictures = Mapping[str, Array]
_NONE: Pictures = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class MapWish:
    """What is asked of the map.

    `focus`: a layer drawn as finely as the outputs. `veil`: whether to work one out. `finish` makes
    of a result what is kept as its `finished`, on the map's own thread: colours and lines.
    """

    focus: str | None = None
    look: Look = Look()  # noqa: RUF009 - frozen
    veil: bool = False
    finish: Callable[[MapResult], Any] | None = None


_PLAIN = MapWish()


@dataclass(frozen=True, eq=False)
class MapResult(Derived):
    """What a network answers over a plane of its raw features, or along its one feature.

    Places lie at the corners of the ground's extent and evenly between. `outputs` {sink: (outputs,
    ny, nx)} are answers in raw target units, `neurons` {layer: (units, n, n)} are after the
    activation; y ascending, float32, read-only. Along one feature there is one row: (outputs, 1,
    nx). `focus` holds the layer that was asked for as finely as the outputs. `told` {sink:
    (outputs, n)} answers the ground's rows themselves, or is empty where that takes too long while
    training. `veil` is `veil_of`, if asked for. `finished` is what the wish's `finish`, kept as
    `finish`, made of all this.
    """

    ground: Ground | None = None
    outputs: Pictures = field(default_factory=lambda: _NONE)
    neurons: Pictures = field(default_factory=lambda: _NONE)
    focus: Pictures = field(default_factory=lambda: _NONE)
    told: Pictures = field(default_factory=lambda: _NONE)
    veil: Array | None = None
    finish: Callable[[MapResult], Any] | None = None
    finished: Any = None

    @property
    def extent(self) -> Extent:
        """The ranges (x0, x1, y0, y1) of the places."""
        return (0.0, 1.0, 0.0, 1.0) if self.ground is None else self.ground.extent


def why_no_map(state: State) -> str:
    """Why this state has no map, in a sentence; "" if it has one."""
    if not state.ready:
        return "The map appears when the network is ready to train; see the problems."
    return ""


class MapStudy:
    """Draws whatever run it is asked about; the wish is a MapWish."""

    name = "maps"
    result = MapResult

    def __init__(self) -> None:
        self._mapper = Kept(Mapper)

    def why_not(self, state: State) -> str:
        return why_no_map(state)

    def answer(self, question: Question) -> MapResult:
        wish = question.wish or _PLAIN
        return self._mapper.of(question.state).draw(
            question.progress, fine=not question.running, wish=wish
        )


class Mapper:
    """Draws one run of a ready state, on parameters of its own; not for several threads at once."""

    def __init__(self, state: State) -> None:
        graph, analysis = state.graph, state.analysis
        self._state = state
        self._transform = state.prepared.transform
        self._predictor = Predictor(graph, analysis, layout_of(graph, analysis), state.plan.dtype)
        self._sinks = self._predictor.sinks
        self._shown = tuple(
            id_
            for id_ in analysis.trained
            if not isinstance(graph[id_].kind, Sink)
            and len(analysis.shapes[id_]) == 1
            and analysis.shapes[id_][0] <= MOST_UNITS
        )
        self._grids: dict[int, Array] = {}
        self._costs: dict[str, float] = {}  # seconds of computing per point
        self._look = Look()
        self._ground = ground_of(state, self._look)
        self._veil: Array | None = None

    def draw(self, progress: Progress, *, fine: bool, wish: MapWish = _PLAIN) -> MapResult:
        """The pictures of this snapshot; `fine` at rest, else as fine as the budget allows."""
        self._predictor.load(progress.snapshot.theta, progress.snapshot.state)
        self._turn_to(wish.look)
        side = self._side("map", (FINE,) if fine else COARSE, _BUDGET)
        neuron_side = self._side("neurons", NEURON[:1] if fine else NEURON, _NEURON_BUDGET)
        focus = [id_ for id_ in self._shown if id_ == wish.focus]
        fine_ones = self._timed("map", side, (*self._sinks, *focus))
        result = MapResult(
            progress.run,
            progress.steps,
            progress.taken_at,
            "",
            self._ground,
            {id_: fine_ones[id_] for id_ in self._sinks},
            self._timed("neurons", neuron_side, self._shown),
            {id_: fine_ones[id_] for id_ in focus},
            self._told(fine=fine),
            self._veil_of(wish),
            wish.finish,
        )
        return result if wish.finish is None else replace(result, finished=wish.finish(result))

    def _turn_to(self, look: Look) -> None:
        if look != self._look:
            self._look, self._ground = look, ground_of(self._state, look)
            self._veil = None
            self._grids.clear()

    def _veil_of(self, wish: MapWish) -> Array | None:
        if not wish.veil or not self._ground.plane.flat:
            return None
        if self._veil is None:
            self._veil = veil_of(self._state.prepared, self._ground)
        return self._veil

    def _told(self, *, fine: bool) -> Pictures:
        """What is answered to the rows that are drawn."""
        rows = self._ground.rows
        if not fine and self._costs.get("rows", 0.0) * len(rows) > _ROWS_BUDGET:
            return _NONE
        return self._run("rows", self._state.prepared.features[rows].T, self._sinks)

    def _timed(self, name: str, side: int, layers: Sequence[str]) -> dict[str, Array]:
        features = self._features(side)
        shape = (side, side) if self._ground.plane.flat else (1, features.shape[1])
        found = self._run(name, features, layers)
        return {id_: _picture(array, shape) for id_, array in found.items()}

    def _run(self, name: str, features: Array, layers: Sequence[str]) -> dict[str, Array]:
        began = thread_time()
        found = self._predictor.tensors(features, layers)
        cost = (thread_time() - began) / max(features.shape[1], 1)
        # the smallest of the last few: the first run compiles, others are disturbed
        self._costs[name] = min(cost, 1.05 * self._costs.get(name, cost))
        return found

    def _side(self, name: str, sides: tuple[int, ...], budget: float) -> int:
        if not self._ground.plane.flat:
            return sides[0]
        width = max(len(self._transform.inputs), 1)
        widest = int((_MOST_NUMBERS / width) ** 0.5)
        cost = self._costs.get(name, 0.0)
        if len(sides) > 1:
            side = next((side for side in sides if cost * side * side <= budget), sides[-1])
        else:
            side = sides[0]
        return min(side, widest)

    def _features(self, side: int) -> Array:
        """The places of a picture as the network reads them, (F', places)."""
        if side not in self._grids:
            plane, extent = self._ground.plane, self._ground.extent
            if plane.flat:
                places = grid(extent, side, side)
            else:
                count = CURVE if side >= COARSE[-1] else side
                places = np.linspace(*extent[:2], count)[:, None]
            self._grids[side] = np.ascontiguousarray(self._transform.apply(plane.lift(places)).T)
        return self._grids[side]


def _picture(array: Array, shape: tuple[int, int]) -> Array:
    picture = array.reshape(-1, *shape).astype(np.float32, copy=False)
    picture.flags.writeable = False
    return picture
