"""Hidden space: the rows of the data as a layer of a network sees them, as points of a plane."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from gradloom.core.errors import UserError
from gradloom.data.split import evenly
from gradloom.document import State
from gradloom.engine.parameters import layout_of
from gradloom.engine.predictor import Predictor
from gradloom.engine.progress import Progress
from gradloom.layers.base import Sink
from gradloom.layers.shapes import Array, size
from gradloom.session.answering import Derived, Kept, Question
from gradloom.session.planes import Look, ground_of
from gradloom.session.principal import principal, turn
from gradloom.session.readout import Readout, rule_of

MOST_ROWS = 1000
_MOST_NUMBERS = 4_000_000  # of a layer for all rows
THREADS, STITCHES = 21, 61  # lines of the input plane in each direction, places on each
_CURVE = 400  # places on the line of a single input
NOT_READY = "Hidden space appears when the network is ready to train; see the problems."
NO_NUMBERS = (
    "This layer answers with numbers that are not finite, so there is nothing to show;"
    " reset the run or go back."
)


@dataclass(frozen=True, slots=True)
class HiddenWish:
    """Which layer ("": the one before the last with weights), and which two of its units.

    `units` None: the plane of its first two principal components.
    """

    layer: str = ""
    units: tuple[int, int] | None = None


@dataclass(frozen=True, eq=False)
class Hidden(Derived):
    """A layer's numbers for some rows of the data.

    `rows` (n,) are their numbers in the dataset, `values` (size, n) what the layer answers, and
    `places` (n, 2) where they are shown: along `units`, or along principal components which show
    `share` of the variance. A layer of one unit has places (n, 1). `told` {sink: (outputs, n)}
    is what the network answers to them. `weave` (lines, m, 2) are lines of the input plane (or the
    line of a single input) as the layer sees them; `woven` {sink: (outputs, lines, m)} the answers
    along them. `readout` reads classes from places, where a straight rule does.
    """

    layer: str = ""
    size: int = 0
    units: tuple[int, int] | None = None
    rows: Array = field(default_factory=lambda: np.zeros(0, np.intp))
    values: Array = field(default_factory=lambda: np.zeros((0, 0)))
    places: Array = field(default_factory=lambda: np.zeros((0, 2)))
    share: float = math.nan
    told: Mapping[str, Array] = field(default_factory=lambda: MappingProxyType({}))
    weave: Array = field(default_factory=lambda: np.zeros((0, 0, 2)))
    woven: Mapping[str, Array] = field(default_factory=lambda: MappingProxyType({}))
    readout: Readout | None = None


def layers_of(state: State) -> tuple[str, ...]:
    """The layers that can be looked at, from the input on; an Output shows what arrives there."""
    trained = state.analysis.trained
    return tuple(id_ for id_ in trained if not isinstance(state.graph[id_].kind, Sink))


def shown_for(state: State, layer: str) -> str:
    """The layer that is looked at for one that is wished for; "" while there is none."""
    layers, graph = layers_of(state), state.graph
    if layer in layers or not layers:
        return layer if layers else ""
    if layer in state.analysis.codings:
        return graph.sources_of(layer)[0]
    counts = state.analysis.counts
    last = next((id_ for id_ in reversed(layers) if counts[id_]), layers[-1])
    return next(iter(graph.sources_of(last)), last)


def units_for(size: int, units: tuple[int, int] | None) -> tuple[int, int] | None:
    """The two units that are shown of so many; None for principal components."""
    if units is None or size < 2:
        return None
    first, second = (min(max(unit, 0), size - 1) for unit in units)
    return (first, second) if first != second else (first, (first + 1) % size)


class HiddenStudy:
    """Looks at a layer of whatever run it is asked about; the wish is a HiddenWish."""

    name = "hidden"
    result = Hidden

    def __init__(self) -> None:
        self._space = Kept(HiddenSpace)

    def why_not(self, state: State) -> str:
        return "" if state.ready else NOT_READY

    def answer(self, question: Question) -> Hidden:
        wish = question.wish or HiddenWish()
        return self._space.of(question.state).look(question.progress, wish)


class HiddenSpace:
    """Looks into one run of a ready state, with parameters of its own; not for several threads."""

    def __init__(self, state: State) -> None:
        graph, analysis, prepared = state.graph, state.analysis, state.prepared
        self._state = state
        self._layout = layout_of(graph, analysis)
        self._predictor = Predictor(graph, analysis, self._layout, state.plan.dtype)
        count = len(prepared.features)
        widest = max(size(analysis.shapes[id_]) for id_ in layers_of(state))
        most = int(np.clip(_MOST_NUMBERS // widest, 100, MOST_ROWS))
        few = evenly(np.arange(count), most)
        self._rows, self._features = few, prepared.features[few].T
        self._weave = weave_of(state)
        self._rules = {id_: rule_of(state, id_) for id_ in layers_of(state)}
        self._axes: dict[str, Array] = {}  # of the last look at each layer
        self._places: Array | None = None  # of the last look at any

    def look(self, progress: Progress, wish: HiddenWish) -> Hidden:
        """The layer with this snapshot's parameters; raises UserError if they broke."""
        head = progress.run, progress.steps, progress.taken_at
        layer = shown_for(self._state, wish.layer)
        theta = progress.snapshot.theta
        self._predictor.load(theta, progress.snapshot.state)
        values, told = self._run(self._features, layer)
        if not np.isfinite(values).all():
            raise UserError(NO_NUMBERS)
        count = size(self._state.analysis.shapes[layer])
        units = units_for(count, wish.units)
        centre, axes, share = self._frame(layer, values, units)
        rule = self._rules[layer]
        readout = None
        if rule is not None and count == axes.shape[1]:  # nothing lies off the plane
            readout = rule.read(self._layout, theta, count).seen_along(centre, axes)
        places = (values.T - centre) @ axes
        if places.shape[1] == 2:
            self._places = places - places.mean(axis=0)
        weave, woven = self._woven(layer, centre, axes)
        return Hidden(
            *head,
            "",
            layer,
            count,
            units,
            self._rows,
            values,
            places,
            share,
            told,
            weave,
            woven,
            readout,
        )

    def _frame(
        self, layer: str, values: Array, units: tuple[int, int] | None
    ) -> tuple[Array, Array, float]:
        """Centre (d,) and axes (d, 2 or 1) of what is shown, and the share of the variance."""
        count = len(values)
        if count == 1 or units is not None:
            chosen = [0] if units is None else list(units)
            return np.zeros(count), np.eye(count)[:, chosen], math.nan
        found = principal(values.T, self._axes.get(layer))
        axes = found.axes
        if layer not in self._axes and self._places is not None:
            axes = axes @ turn(found.places(values.T), self._places)  # it comes from there
        self._axes[layer] = axes
        return found.centre, axes, found.share

    def _woven(self, layer: str, centre: Array, axes: Array) -> tuple[Array, dict[str, Array]]:
        """The lines of the input as the layer sees them, and what is answered along them."""
        lines, stitches = self._weave.shape[1:]
        if not lines or axes.shape[1] < 2 or len(axes) * lines * stitches > _MOST_NUMBERS:
            return np.zeros((0, 0, 2)), {}
        values, told = self._run(self._weave.reshape(len(self._weave), -1), layer)
        with np.errstate(all="ignore"):
            places = np.nan_to_num((values.T - centre) @ axes)
        shaped = {sink: output.reshape(-1, lines, stitches) for sink, output in told.items()}
        return places.reshape(lines, stitches, 2), shaped

    def _run(self, features: Array, layer: str) -> tuple[Array, dict[str, Array]]:
        sinks = self._predictor.sinks
        found = self._predictor.tensors(features, (layer, *sinks))
        return found[layer], {sink: found[sink] for sink in sinks}


def weave_of(state: State) -> Array:
    """Lines of the plane of two raw inputs as the network reads them, (F', lines, places).

    As many lines along one input as along the other. Of a single input: its line. Of more: none.
    """
    prepared = state.prepared
    inputs = len(prepared.transform.inputs)
    if inputs > 2:
        return np.zeros((len(prepared.transform.features), 0, 0))
    x0, x1, y0, y1 = ground_of(state, Look()).extent
    if inputs == 1:
        raw = np.linspace(x0, x1, _CURVE)[None, :, None]
    else:
        along, at = np.linspace(0, 1, STITCHES), np.linspace(0, 1, THREADS)
        across, down = np.meshgrid(along, at)
        pairs = np.concatenate([np.stack([across, down], -1), np.stack([down, across], -1)])
        raw = np.array([x0, y0]) + pairs * np.array([x1 - x0, y1 - y0])
    read = prepared.transform.apply(raw.reshape(-1, inputs))
    woven: Array = np.ascontiguousarray(read.T).reshape(-1, *raw.shape[:2])
    return woven
