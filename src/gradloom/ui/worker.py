"""The training session as Qt signals, all of them in the GUI thread."""

from __future__ import annotations

import dataclasses
import math
from concurrent.futures import Future
from time import thread_time

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal, Slot

from gradloom.core.problem import Problem
from gradloom.document import Document, RunEdit, State
from gradloom.engine.parameters import Layout
from gradloom.engine.progress import Progress
from gradloom.engine.run import Checkpoint, TakenStep
from gradloom.layers.shapes import Array
from gradloom.session.training import Status, Training
from gradloom.ui.mailbox import Mailbox

_NOTHING_TO_CARRY = (
    "There are no weights to carry over: no network of these layers was trained here before."
)
_MOST_COST = 0.02  # seconds for one Progress; beyond is somebody's zooming


class TrainingBridge(QObject):
    """Drives the training of a document. `said` carries sentences for the status bar."""

    progressed = Signal(object)  # Progress
    status_changed = Signal(object)  # Status
    pace_changed = Signal(object)  # float | None
    said = Signal(str)
    _told = Signal(object, str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._training = Training(document.state)
        self._latest: Progress | None = None
        self._worked = 0.0  # what this thread had computed when the last Progress came
        self._cost = 0.0
        self._status = Status.IDLE
        self._spun: State | None = None  # the state after the last edit of a weight
        self._mailbox = Mailbox(self)
        self._mailbox.arrived.connect(self._deliver)
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._disconnect = (
            document.changed.connect(self._follow),
            self._training.progressed.connect(self._mailbox.put),
            self._training.status_changed.connect(self._told.emit),
        )
        if self._training.latest is not None:
            self._mailbox.put(self._training.latest)

    @property
    def latest(self) -> Progress | None:
        """The newest Progress of the run that is now; None until it is set up."""
        found = self._latest
        return found if found is not None and found.run == self._training.run else None

    @property
    def status(self) -> Status:
        """Where the training stands, as last told by `status_changed`."""
        return self._status

    @property
    def message(self) -> str:
        """Why it stands there, in a sentence, or ""."""
        return self._training.message

    @property
    def layout(self) -> Layout | None:
        """Where the run's parameters lie in its vectors; None while the network is not ready."""
        return self._training.layout

    @property
    def pace(self) -> float | None:
        """The most epochs per second that it trains; None: full speed."""
        return self._training.pace

    @property
    def can_go_back(self) -> bool:
        """Whether `go_back` has somewhere to go."""
        return self._training.can_go_back

    def parameter(self, layer: str, name: str) -> Array | None:
        """A copy of a parameter in the newest picture of the run, or None if there is none."""
        latest, layout = self.latest, self.layout
        if latest is None or layout is None or (layer, name) not in layout:
            return None
        found: Array = layout.parameter(latest.snapshot.theta, layer, name).copy()
        return found

    @Slot()
    def start(self) -> None:
        """Train, or say why not."""
        self._say_problems(self._training.start())

    @Slot()
    def pause(self) -> None:
        """Stop after the step that goes on."""
        self._training.pause()

    @Slot()
    def toggle(self) -> None:
        """Pause if it runs, else start."""
        if self._training.wanted:
            self.pause()
        else:
            self.start()

    def set_pace(self, epochs_per_second: float | None) -> None:
        """Train at most so many epochs a second; None: full speed. Not part of the project."""
        if epochs_per_second != self._training.pace:
            self._training.set_pace(epochs_per_second)
            self.pace_changed.emit(epochs_per_second)

    @Slot()
    def step_batch(self) -> None:
        """One step, or say why not."""
        self._say_problems(self._training.step_batch())

    @Slot()
    def step_epoch(self) -> None:
        """To the end of the epoch, or say why not."""
        self._say_problems(self._training.step_epoch())

    @Slot()
    def reset(self) -> None:
        """Back to the start values of the same seed.

        Weights set by hand go with the run they were set in, as one step of undo that brings back
        both: they mean nothing in another run.
        """
        if self._document.state.run_edits and self.layout is not None:
            self.pause()
            run = self.checkpoint()
            if run is not None:
                step = TakenStep(run, None)
                self._document.edit(
                    "Reset",
                    lambda s: dataclasses.replace(s, run_edits=(), taken=(*s.taken, step)),
                )
                return
        self._training.reset()

    @Slot()
    def go_back(self) -> None:
        """To the best moment before a break, or to the run before a reset."""
        self._training.go_back()

    @Slot()
    def carry_over(self) -> None:
        """Begin with the weights of the run before, of the same layers; it can be undone."""
        run, earlier = self.checkpoint(), self._training.earlier()
        if run is None or earlier is None:
            self.said.emit(_NOTHING_TO_CARRY)
            return
        begun = run.begun_with(earlier.theta, earlier.state)
        self.take(TakenStep(run, begun), "Carry Weights Over")
        self.said.emit("The weights from before are in the network; training goes on from them.")

    @Slot()
    def reseed(self) -> None:
        """The next seed: other start values and order, the same data; it can be undone."""

        def change(state: State) -> State:
            seed, kept = state.plan.seed, state.data.split_seed
            data = state.data.replace(split_seed=seed if kept is None else kept)
            plan = state.plan.replace(seed=(seed + 1) % 2**32)
            return dataclasses.replace(state, plan=plan, data=data)

        self._document.edit("New seed", change)

    @Slot()
    def redraw(self) -> None:
        """Other points and another split by the next data seed; it can be undone."""

        def change(state: State) -> State:
            seed = state.plan.seed if state.data.split_seed is None else state.data.split_seed
            data = state.data.replace(split_seed=(seed + 1) % 2**32)
            return dataclasses.replace(state, data=data)

        self._document.edit("Other data", change)

    def edit_weight(self, layer: str, parameter: str, index: tuple[int, ...], value: float) -> None:
        """Set one number of a parameter by hand; a series on the same number is one undo step."""
        array = self.parameter(layer, parameter)
        if array is None or math.isnan(value):
            return
        if abs(value) > float(np.finfo(array.dtype).max):
            self.said.emit(f"{value:g} is more than a {array.dtype.name} number can hold.")
            return
        place = (layer, parameter, tuple(index))
        made = RunEdit(*place, before=float(array[place[2]]), after=float(value))

        def change(state: State) -> State:
            edits = state.run_edits
            if state is self._spun and edits:
                last = edits[-1]
                if (last.layer, last.parameter, last.index) == place:
                    again = dataclasses.replace(made, before=last.before)
                    return dataclasses.replace(state, run_edits=(*edits[:-1], again))
            return dataclasses.replace(state, run_edits=(*edits, made))

        name = self._document.state.graph[layer].name
        self._document.edit(f"Set {parameter} of {name}", change, merge=("weight", *place))
        self._spun = self._document.state

    def take(self, step: TakenStep, label: str = "Take Step") -> None:
        """Go on with the run after a step of the stepper, or imported; it can be undone."""
        self._document.edit(
            label, lambda state: dataclasses.replace(state, taken=(*state.taken, step))
        )

    def checkpoint(self) -> Checkpoint | None:
        """The run for saving; None while the network is not ready."""
        return self._training.checkpoint()

    def ask_checkpoint(self) -> Future[Checkpoint | None]:
        """The same without waiting for the step that goes on."""
        return self._training.ask_checkpoint()

    def restore(self, checkpoint: Checkpoint | None) -> None:
        """After `document.replace`: the project's saved run, or None for an untrained one."""
        self._training.restore(checkpoint)

    def shutdown(self) -> None:
        """End the thread; for closeEvent. Nothing is emitted afterwards."""
        for disconnect in self._disconnect:
            disconnect()
        self._mailbox.close()
        self._training.shutdown()

    def _follow(self, before: State, after: State) -> None:
        self._training.follow(before, after)

    def _say_problems(self, problems: tuple[Problem, ...]) -> None:
        if problems:
            more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
            self.said.emit(problems[0].text + more)

    @Slot(object)
    def _deliver(self, progress: Progress) -> None:
        if progress.run == self._training.run:
            self._weigh()
            self._latest = progress
            self.progressed.emit(progress)

    def _weigh(self) -> None:
        """Tell the training what the window computes from one Progress to the next."""
        worked, before = thread_time(), self._worked
        self._worked = worked
        if self._status is Status.RUNNING:
            self._cost += 0.1 * (min(worked - before, _MOST_COST) - self._cost)
            self._training.tell_cost(self._cost)

    @Slot(object, str)
    def _tell(self, status: Status, message: str) -> None:
        if status is not self._status:
            self._status = status
            self.status_changed.emit(status)
        if message:
            self.said.emit(message)
