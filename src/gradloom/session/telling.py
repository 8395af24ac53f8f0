"""What a run's network tells: of one row that need not be in the data, or of every row."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gradloom.core.errors import UserError
from gradloom.document import State
from gradloom.engine.parameters import layout_of
from gradloom.engine.predictor import Predictor
from gradloom.engine.progress import Progress
from gradloom.layers.shapes import Array
from gradloom.layers.signature import answers_of
from gradloom.session.answering import Derived, Kept, Question
from gradloom.session.measuring import NO_NUMBERS

NOT_READY = "The network can't be trained yet; see the problems."


@dataclass(frozen=True, eq=False)
class Telling:
    """What one Output tells of a row: a share (classes,) for each class, or the real `number`.

    The number is in the units of the target; `classes` are those of `answers_of`.
    """

    label: str
    classes: tuple[str, ...]
    shares: Array
    number: float = float("nan")


@dataclass(frozen=True, eq=False)
class Told(Derived):
    """What is told of one row; nothing while there is none."""

    answers: tuple[Telling, ...] = ()


@dataclass(frozen=True, eq=False)
class RowsTold(Derived):
    """The number of the class that each row of the dataset is told to be, -1 where none is."""

    classes: Array = field(default_factory=lambda: np.zeros(0, np.intp))


class RowStudy:
    """Asked with a row of raw columns (F,), or None."""

    name = "telling"
    result = Told

    def __init__(self) -> None:
        self._teller = Kept(_Teller)

    def why_not(self, state: State) -> str:
        return "" if state.ready else NOT_READY

    def answer(self, question: Question) -> Told:
        if question.wish is None:
            return Told(*question.head)
        teller = self._teller.of(question.state)
        return Told(*question.head, answers=teller.row(question.progress, question.wish))


class RowsStudy:
    """Tells the first target of every row, if it is one of classes."""

    name = "telling-rows"
    result = RowsTold

    def __init__(self) -> None:
        self._teller = Kept(_Teller)

    def why_not(self, state: State) -> str:
        return "" if state.ready else NOT_READY

    def answer(self, question: Question) -> RowsTold:
        teller = self._teller.of(question.state)
        return RowsTold(*question.head, classes=teller.rows(question.progress))


class _Teller:
    """A ready state's network with parameters of its own; not for several threads."""

    def __init__(self, state: State) -> None:
        graph, analysis = state.graph, state.analysis
        self._state, self._prepared = state, state.prepared
        self._codings = analysis.codings
        self._predictor = Predictor(graph, analysis, layout_of(graph, analysis), state.plan.dtype)
        self._loaded: Progress | None = None

    def row(self, progress: Progress, raw: Array) -> tuple[Telling, ...]:
        features = self._prepared.transform.apply(raw[None])
        outputs = self._outputs(progress, features)
        found = []
        for sink, coding in self._codings.items():
            output, name = outputs[sink].astype(np.float64), self._state.graph[sink].name
            if not np.isfinite(output).all():
                raise UserError(NO_NUMBERS)
            if coding.style == "real":
                found += [
                    Telling(f"{name}: {target.name}", (), np.zeros(0), float(output[i, 0]))
                    for i, target in enumerate(coding.targets)
                ]
            else:
                shares = coding.probabilities(output)[:, 0]
                found.append(Telling(name, answers_of(coding.targets[0].classes), shares))
        return tuple(found)

    def rows(self, progress: Progress) -> Array:
        told = np.full(len(self._prepared.dataset), -1, np.intp)
        for sink, coding in self._codings.items():
            if coding.style != "real" and coding.columns[0] == 0:
                told[:] = coding.classify(self._outputs(progress, self._prepared.features)[sink])
                break
        return told

    def _outputs(self, progress: Progress, features: Array) -> dict[str, Array]:
        if progress is not self._loaded:
            self._predictor.load(progress.snapshot.theta, progress.snapshot.state)
            self._loaded = progress
        return self._predictor.answers(features.T)
