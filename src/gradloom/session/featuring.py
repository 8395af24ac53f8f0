"""What a network's layers make of one picture: their feature maps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from gradloom.document import State
from gradloom.engine.parameters import layout_of
from gradloom.engine.predictor import Predictor
from gradloom.engine.progress import Progress
from gradloom.graph import Layer
from gradloom.layers.base import Sink, Source
from gradloom.layers.shapes import Array, Shape
from gradloom.session.answering import Derived, Kept, Question

MOST_MAPS = 256  # of one layer


@dataclass(frozen=True, eq=False)
class FeatureMaps(Derived):
    """`maps` {layer: (channels, height, width)} of the row `number` of the data, or of a drawing.

    `number` is None for a drawing.
    """

    maps: Mapping[str, Array] = field(default_factory=lambda: MappingProxyType({}))
    number: int | None = None

    @property
    def words(self) -> str:
        """What they are of."""
        return "the drawing" if self.number is None else f"row {self.number + 1:,}"


@dataclass(frozen=True, eq=False)
class Specimen:
    """The row that is looked at: raw columns (F,), and its number if it is one of the data."""

    raw: Array
    number: int | None = None


def picture_shape(state: State, layer: Layer) -> Shape | None:
    """(channels, height, width) of what a layer gives, if that is pictures; else None.

    An Input that gives a whole picture as a flat row counts as well.
    """
    shape = state.analysis.shapes.get(layer.id)
    if shape is None or isinstance(layer.kind, Sink):
        return None
    if len(shape) == 3:
        return shape
    whole = state.prepared.signature.feature_shape
    if whole is None or not isinstance(layer.kind, Source):
        return None
    chosen = layer.kind.chosen(state.prepared.signature)
    every = tuple(range(len(state.prepared.signature.features)))
    return whole if chosen == every else None


def specimen_of(state: State, rows: frozenset[int]) -> Specimen | None:
    """The one selected row, else the first to train on."""
    dataset, train = state.prepared.dataset, state.prepared.split.train
    number = next(iter(rows)) if len(rows) == 1 else -1
    if not 0 <= number < len(dataset):
        if not len(train):
            return None
        number = int(train[0])
    return Specimen(dataset.features[number], number)


class FeatureStudy:
    """Asked with a Specimen."""

    name = "features"
    result = FeatureMaps

    def __init__(self) -> None:
        self._maker = Kept(_Maker)

    def why_not(self, state: State) -> str:
        return "" if state.ready else "Feature maps appear when the network is ready to train."

    def answer(self, question: Question) -> FeatureMaps:
        specimen = question.wish
        if specimen is None:
            return FeatureMaps(*question.head)
        made = self._maker.of(question.state).maps(question.progress, specimen.raw)
        return FeatureMaps(*question.head, maps=made, number=specimen.number)


class _Maker:
    """A ready state's network with parameters of its own; not for several threads."""

    def __init__(self, state: State) -> None:
        graph, analysis = state.graph, state.analysis
        self._transform = state.prepared.transform
        self._predictor = Predictor(graph, analysis, layout_of(graph, analysis), state.plan.dtype)
        self._shapes: dict[str, Shape] = {}
        for id_ in analysis.trained:
            shape = picture_shape(state, graph[id_])
            if shape is not None and shape[0] <= MOST_MAPS:
                self._shapes[id_] = shape

    def maps(self, progress: Progress, raw: Array) -> Mapping[str, Array]:
        if len(raw) != len(self._transform.inputs):
            return MappingProxyType({})
        self._predictor.load(progress.snapshot.theta, progress.snapshot.state)
        features = self._transform.apply(raw[None])
        found = self._predictor.tensors(features.T, tuple(self._shapes))
        return MappingProxyType(
            {
                id_: np.ascontiguousarray(array.reshape(self._shapes[id_]))
                for id_, array in found.items()
            }
        )
