"""What a run's answers are worth on the training, validation and test rows, Output by Output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from gradloom.data import Prepared
from gradloom.data.spec import SHARES
from gradloom.document import State
from gradloom.engine.measures import (
    Calibration,
    Confusion,
    Fit,
    PrecisionRecall,
    Roc,
    brier,
    calibration,
    confusion,
    precision_recall,
    roc,
)
from gradloom.engine.parameters import layout_of
from gradloom.engine.predictor import Predictor
from gradloom.engine.progress import Progress
from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array
from gradloom.layers.signature import answers_of
from gradloom.session.answering import Derived, Kept, Question

PARTS = SHARES  # the parts of the data, by the names that they have in a split
NO_NUMBERS = (
    "The network answers with numbers that are not finite, so there is nothing to measure;"
    " reset the run or go back."
)
NOT_READY = "Measures appear when the network is ready to train; see the problems."


@dataclass(frozen=True, eq=False)
class Curves:
    """How well one class is told from all others; `number` is the class."""

    number: int
    roc: Roc
    precision_recall: PrecisionRecall


@dataclass(frozen=True, eq=False)
class ClassPart:
    """An Output of classes on some rows: `rows` are their numbers in the dataset.

    `curves` are those of the second class where there are two, else one for each. `calibration` is
    that of the second class's probability where there are two, else that of the class told.
    """

    rows: Array
    truth: Array
    told: Array
    confusion: Confusion
    curves: tuple[Curves, ...]
    calibration: Calibration
    brier: float


@dataclass(frozen=True, eq=False)
class RealPart:
    """One real target of an Output on some rows: `rows` are their numbers in the dataset."""

    rows: Array
    fit: Fit


Part = ClassPart | RealPart


@dataclass(frozen=True, eq=False)
class Answer:
    """One thing the network answers; `parts` by name, without those that have no rows.

    `classes` are their names, or empty for the real target `target`.
    """

    sink: str
    label: str
    target: str
    classes: tuple[str, ...]
    parts: Mapping[str, Part]

    @property
    def key(self) -> tuple[str, str]:
        """What it is about, the same from one measurement to the next."""
        return self.sink, self.target


@dataclass(frozen=True, eq=False)
class Measures(Derived):
    """A run measured at one moment."""

    answers: tuple[Answer, ...] = ()


class MeasureStudy:
    """Measures whatever run it is asked about."""

    name = "measures"
    result = Measures

    def __init__(self) -> None:
        self._measurer = Kept(Measurer)

    def why_not(self, state: State) -> str:
        return "" if state.ready else NOT_READY

    def answer(self, question: Question) -> Measures:
        return self._measurer.of(question.state).measure(question.progress)


class Measurer:
    """Measures one run of a ready state on parameters of its own; not for several threads."""

    def __init__(self, state: State) -> None:
        graph, analysis = state.graph, state.analysis
        self._state, self._prepared = state, state.prepared
        self._predictor = Predictor(graph, analysis, layout_of(graph, analysis), state.plan.dtype)

    def measure(self, progress: Progress) -> Measures:
        """Every Output on every part of the data, with this snapshot's parameters."""
        self._predictor.load(progress.snapshot.theta, progress.snapshot.state)
        outputs = self._outputs()
        head = progress.run, progress.steps, progress.taken_at
        for arrays in outputs.values():
            if not all(np.isfinite(array).all() for array in arrays.values()):
                return Measures(*head, sentence=NO_NUMBERS)
        return Measures(*head, answers=tuple(self._answers(outputs)))

    def _outputs(self) -> dict[str, dict[str, Array]]:
        """{part: {Output: answers (outputs, rows)}} of the parts that have rows."""
        found: dict[str, dict[str, Array]] = {}
        for part in PARTS:
            rows = rows_of(self._prepared, part)
            if len(rows):
                found[part] = self._predictor.answers(self._prepared.features[rows].T)
        return found

    def _answers(self, outputs: Mapping[str, Mapping[str, Array]]) -> Iterator[Answer]:
        for sink, coding in self._state.analysis.codings.items():
            name = self._state.graph[sink].name
            for i, target in enumerate(coding.targets):
                parts: dict[str, Part] = {}
                for part, arrays in outputs.items():
                    rows = rows_of(self._prepared, part)
                    truth = self._prepared.targets[rows, coding.columns[i]]
                    if coding.style == "real":
                        parts[part] = _real(coding, i, rows, truth, arrays[sink])
                    else:
                        parts[part] = _classes(coding, rows, truth, arrays[sink])
                label = f"{name}: {target.name}" if len(coding.targets) > 1 else name
                classes = answers_of(target.classes)
                yield Answer(sink, label, target.name, classes, MappingProxyType(parts))


def rows_of(prepared: Prepared, part: str) -> Array:
    """The row numbers of a part of the data."""
    rows: Array = getattr(prepared.split, part)
    return rows


def _real(coding: Coding, column: int, rows: Array, truth: Array, output: Array) -> RealPart:
    sigma = None
    if coding.parts > 1:  # a mean and a log variance for each target
        sigma = coding.deviation(output, column)
    return RealPart(rows, Fit(output[column].astype(np.float64), truth, sigma))


def _classes(coding: Coding, rows: Array, truth: Array, output: Array) -> ClassPart:
    labels, count = truth.astype(np.int64), len(coding.targets[0].classes)
    output = output.astype(np.float64)
    told, shares = coding.classify(output), coding.probabilities(output)
    binary = count <= 2
    curves = [
        Curves(number, roc(labels == number, scores), precision_recall(labels == number, scores))
        for number, scores in (
            [(1, output[-1])] if binary else enumerate(output)  # as told: shares may be cut off
        )
    ]
    sure, happened = (
        (shares[1], labels == 1) if binary else (shares[told, np.arange(len(told))], told == labels)
    )
    return ClassPart(
        rows,
        labels,
        told,
        confusion(labels, told, max(count, 2)),
        tuple(curves),
        calibration(happened, np.clip(sure, 0.0, 1.0)),
        brier(labels, shares),
    )
