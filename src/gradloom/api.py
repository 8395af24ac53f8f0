"""Gradloom for notebooks and scripts: predict with exported weights, train projects. No window.

    from gradloom.api import load_project, load_weights

    project = load_project("circles.gradloom")
    history = project.train(epochs=200, seed=1)
    project.export("circles.json")

    model = load_weights("circles.json")
    model.predict([[0.2, -1.4]])          # array (rows, outputs)
    model.predict_classes([[0.2, -1.4]])  # ["A"]

What goes wrong for reasons a person can mend is a `UserError` with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from os import PathLike
from pathlib import Path
from threading import Event
from time import perf_counter

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import ThreadpoolController

from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.data.files import load_source
from gradloom.document.files import load_project as _load_state
from gradloom.document.files import save_project
from gradloom.document.state import State
from gradloom.engine.history import History
from gradloom.engine.plan import Plan
from gradloom.engine.predictor import Predictor
from gradloom.engine.progress import Broken, Progress
from gradloom.engine.run import Checkpoint
from gradloom.engine.trainer import Trainer
from gradloom.exchange.codec import Weights
from gradloom.exchange.weights import export_weights, weights_of
from gradloom.exchange.weights import load_weights as _load_weights
from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array
from gradloom.layers.signature import answers_of

__all__ = ["Model", "Project", "UserError", "load_project", "load_weights"]

EPOCHS = 100  # where neither the caller nor the plan says when to stop
_BURST = 0.1  # seconds between two reports


class Model:
    """A trained network that predicts. `inputs` are the columns of a row, in their order."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights
        analysis = weights.analysis
        dtype = weights.theta.dtype
        self._predictor = Predictor(weights.graph, analysis, weights.layout, dtype)
        self._predictor.load(weights.theta, weights.state)
        self._codings = {id_: analysis.codings[id_] for id_ in self._predictor.sinks}

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the columns that a row has."""
        return self.weights.transform.inputs

    @property
    def outputs(self) -> tuple[str, ...]:
        """Ids of the Output layers."""
        return tuple(self._codings)

    def coding(self, output: str | None = None) -> Coding:
        """What the numbers of an Output mean: its targets and class names."""
        return self._codings[self._chosen(output)]

    def predict(self, rows: ArrayLike, output: str | None = None) -> Array:
        """What an Output answers to raw rows (rows, columns) in the units of its targets.

        (rows, outputs). `output` is the id of the Output, needed only where there are several.
        Raises UserError.
        """
        return self._raw(rows, output).T

    def probabilities(self, rows: ArrayLike, output: str | None = None) -> Array:
        """Shares of the classes (rows, classes), each row adding up to 1. Raises UserError."""
        return self._class_coding(output).probabilities(self._raw(rows, output)).T

    def predict_classes(self, rows: ArrayLike, output: str | None = None) -> list[str]:
        """The class of each row by its name. Raises UserError, also for a real target."""
        coding = self._class_coding(output)
        (target,) = coding.targets
        names = answers_of(target.classes)
        return [names[i] for i in coding.classify(self._raw(rows, output))]

    def _raw(self, rows: ArrayLike, output: str | None) -> Array:
        chosen = self._chosen(output)
        try:
            table = np.atleast_2d(np.asarray(rows, dtype=np.float64))
        except (TypeError, ValueError) as error:
            raise UserError("Rows must be numbers, each row as long as the others.") from error
        if table.ndim != 2 or table.shape[1] != len(self.inputs):
            wanted = ", ".join(self.inputs[:10])
            raise UserError(
                f"A row needs {counted(len(self.inputs), 'number')} ({wanted}),"
                f" got {table.shape[-1]}."
            )
        features = self.weights.transform.apply(table).T
        with _one_thread():
            return self._predictor.answers(features)[chosen]

    def _chosen(self, output: str | None) -> str:
        if output in self._codings:
            return output
        if output is None and len(self._codings) == 1:
            return next(iter(self._codings))
        raise UserError(f"Say which output is meant: {', '.join(self._codings)}.")

    def _class_coding(self, output: str | None) -> Coding:
        coding = self.coding(output)
        if coding.style == "real":
            raise UserError("This network gives real numbers, not classes; use predict.")
        return coding


class Project:
    """A project file, open: its `state`, and the run that goes on with every `train`."""

    def __init__(self, state: State, run: Checkpoint | None = None) -> None:
        self.state = state
        self.run = run

    @property
    def history(self) -> History:
        """What was measured after each epoch of the run."""
        return History() if self.run is None else self.run.history

    @property
    def problems(self) -> list[str]:
        """Sentences on what is wrong with network, data and plan; some may be mere warnings."""
        return [problem.text for problem in self.state.problems]

    def train(
        self,
        epochs: int | None = None,
        seed: int | None = None,
        report: Callable[[Progress], object] | None = None,
        stop: Event | None = None,
    ) -> History:
        """Train on for `epochs` epochs, or till the plan's stop rules hold (else 100 epochs).

        A `seed` starts a new run. `report` is told of the progress some ten times a second.
        A `stop` that is set ends it after the step that goes on.
        Raises UserError if the network can't be trained, or breaks (the run then keeps the last
        finite parameters).
        """
        state, run = self.state, self.run
        if seed is not None:
            state, run = _with_plan(state, state.plan.replace(seed=seed)), None
        _refuse_problems(state)
        self.state = state
        plan = _until(state.plan, epochs, 0 if run is None else run.epoch)
        with _one_thread():
            trainer = Trainer(state.graph, state.prepared, plan, run)
            while trainer.outcome is None and not (stop is not None and stop.is_set()):
                trainer.run(deadline=perf_counter() + _BURST, stop=stop)
                if report is not None:
                    report(trainer.progress())
        self.run = trainer.checkpoint()
        if isinstance(trainer.outcome, Broken):
            raise UserError(trainer.outcome.sentence)
        return self.history

    def model(self) -> Model:
        """The network as trained so far. Raises UserError if it was never trained."""
        return Model(weights_of(self.state, self._trained()))

    def export(self, path: str | PathLike[str]) -> None:
        """Write the weights as JSON. Raises UserError."""
        export_weights(Path(path), self.state, self._trained())

    def save(self, path: str | PathLike[str]) -> None:
        """Write the project with its run. Raises UserError."""
        save_project(Path(path), self.state, self.run)

    def _trained(self) -> Checkpoint:
        if self.run is None:
            raise UserError("The network is not trained yet; train it first.")
        return self.run


def load_weights(path: str | PathLike[str]) -> Model:
    """The model in a weights file. Raises UserError."""
    return Model(_load_weights(Path(path)))


def load_project(path: str | PathLike[str]) -> Project:
    """The project in a file. Raises UserError."""
    state, run = _load_state(Path(path))
    load_source(state.data.source, Path(path).parent)  # what goes wrong is a problem of the state
    return Project(state, run)


def _with_plan(state: State, plan: Plan) -> State:
    return State(state.graph, state.places, state.data, plan, state.run_edits)


def _refuse_problems(state: State) -> None:
    found = [problem.text for problem in state.problems if problem.stops_training]
    if found:
        more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
        raise UserError(f"The network can't be trained: {found[0]}{more}")


def _until(plan: Plan, epochs: int | None, done: int) -> Plan:
    """The plan with an end to it."""
    if epochs is not None:
        bad = next((why for name, why in plan.replace(epochs=epochs).problems() if name), None)
        if bad is not None:
            raise UserError(f"The number of epochs {bad}.")
        return plan.replace(epochs=done + epochs)
    ends = (plan.epochs, plan.seconds, plan.target_loss, plan.target_accuracy, plan.patience)
    return plan.replace(epochs=done + EPOCHS) if ends == (None,) * len(ends) else plan


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def _one_thread() -> AbstractContextManager[object]:
    """One BLAS thread inside: for matrices this small, more threads are slower."""
    limit: AbstractContextManager[object] = _threads().limit(limits=1, user_api="blas")
    return limit
