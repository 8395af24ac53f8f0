"""The trainer: one run of a network on its data under a plan."""

from __future__ import annotations

import math
import threading
from time import perf_counter

import numpy as np

from gradloom.core.errors import UserError
from gradloom.core.streams import generator_from_plain, generator_to_plain, stream
from gradloom.data import Prepared
from gradloom.engine.course import Course
from gradloom.engine.evaluator import Evaluator, sample
from gradloom.engine.guard import explain
from gradloom.engine.parameters import Layout, Parameters, layout_of
from gradloom.engine.plan import Plan
from gradloom.engine.progress import Finished, Outcome, Progress, Snapshot
from gradloom.engine.run import Checkpoint, frozen
from gradloom.engine.speed import Speed
from gradloom.engine.steps import NotFinite, Steps
from gradloom.engine.trajectory import Trajectory, Waypoint
from gradloom.graph import Graph, analyse, structure_of


class Trainer:
    """Owns the vectors of a run and moves them. Not for several threads at once."""

    def __init__(
        self, graph: Graph, prepared: Prepared, plan: Plan, checkpoint: Checkpoint | None = None
    ) -> None:
        """Start a run, or go on from `checkpoint`; the graph must be ready.

        Raises UserError if the network does not fit in memory, ValueError if the checkpoint is of
        another network or precision.
        """
        self.graph = graph
        self.prepared = prepared
        self.plan = plan
        self.outcome: Outcome | None = None
        self._analysis = analyse(graph, prepared.signature)
        train = prepared.split.train
        if not len(train):
            raise UserError("The data has no training rows; make the training share larger.")
        self.parameters = Parameters(layout_of(graph, self._analysis), plan.dtype)
        self._rng = stream(plan.seed, "dropout")
        self._steps = Steps(graph, self._analysis, self.parameters, prepared, plan, self._rng)
        self._has_validation = len(prepared.split.validation) > 0
        self._make_evaluators()
        self._course = Course(self._has_validation)
        self._seconds = 0.0
        self._samples = 0
        self._speed = Speed()
        self._trajectory = Trajectory()
        if checkpoint is None:
            self.parameters.initialise(plan.seed)
            self._begin_epoch()
        else:
            self._restore(checkpoint)

    @property
    def layout(self) -> Layout:
        """Where each layer's numbers lie in the vectors."""
        return self.parameters.layout

    def run(
        self,
        steps: int | None = None,
        deadline: float | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        """Run until the outcome, `steps` steps, time.perf_counter() >= deadline, or `stop`.

        Deadline and stop are looked at between steps.
        """
        begun, seconds = perf_counter(), self._seconds
        last = steps
        until = math.inf if deadline is None else deadline
        if self.plan.seconds is not None:
            until = min(until, begun + self.plan.seconds - seconds)
        watch = stop is not None or until < math.inf
        with np.errstate(all="ignore"):  # numbers that are not finite are the guard's business
            self._outcome_at_rest()
            while self.outcome is None and (last is None or last > 0):
                if watch and (perf_counter() >= until or (stop is not None and stop.is_set())):
                    break
                before = self._steps.total
                try:
                    self._steps.run(last, until if watch else None, stop)
                except NotFinite:
                    self._break()
                done = self._steps.total - before
                self._course.restored = self._course.restored and not done
                last = None if last is None else last - done
                self._samples += self._steps.samples(done)
                self._seconds = seconds + perf_counter() - begun
                if self._steps.at_end:
                    self._end_epoch()
            self._seconds = seconds + perf_counter() - begun
            limit = self.plan.seconds
            if self.outcome is None and limit is not None and self._seconds >= limit:
                said = "second of training is" if limit == 1 else "seconds of training are"
                self._finish(Finished(f"{limit:g} {said} over."))

    def step_batch(self) -> None:
        """One step."""
        self.run(steps=1)

    def step_epoch(self) -> None:
        """To the end of the epoch that goes on."""
        self.run(steps=self._steps.left)

    def checkpoint(self) -> Checkpoint:
        """The run as it is now."""
        steps, course = self._steps, self._course
        slots = steps.slots
        return Checkpoint(
            theta=frozen(self.parameters.theta),
            state=frozen(self.parameters.state),
            optimiser=self.plan.optimiser.kind,
            slots={name: frozen(rows) for name, rows in slots.vectors.items()},
            count=slots.count,
            steps=steps.total,
            epoch=course.epoch,
            batch=steps.batch,
            batch_size=steps.batch_size,
            shuffled=steps.shuffled,
            loss_sum=steps.loss_sum,
            rng=generator_to_plain(self._rng),
            history=course.history,
            best=course.best,
            schedule=dict(course.schedule),
            seconds=self._seconds,
            restored=course.restored,
            trajectory=self._trajectory.at_rest(),
        )

    def progress(self, run: int = 0) -> Progress:
        """The run as people watch it, with copies of the vectors; a point of its trajectory."""
        history, steps = self._course.history, self._steps
        told = len(history) > 0
        first = steps.loss_sum / steps.rows_done if steps.rows_done else math.nan
        samples = self._speed.mark(self._seconds, self._samples)
        snapshot = Snapshot(frozen(self.parameters.theta), frozen(self.parameters.state))
        here = Waypoint(steps.total, self._course.epoch, snapshot.theta)
        self._trajectory = self._trajectory.reach(here)
        return Progress(
            run=run,
            epoch=self._course.epoch,
            batch=steps.batch,
            steps=steps.total,
            loss=float(history.loss[-1]) if told else first,
            validation_loss=float(history.validation_loss[-1]) if told else math.nan,
            accuracy=float(history.accuracy[-1]) if told else math.nan,
            validation_accuracy=float(history.validation_accuracy[-1]) if told else math.nan,
            metric=self._on_training.metric,
            rate=steps.rate,
            epochs_per_second=samples / steps.rows,
            samples_per_second=samples,
            history=history,
            snapshot=snapshot,
            taken_at=perf_counter(),
            outcome=self.outcome,
            trajectory=self._trajectory,
        )

    def replan(self, plan: Plan) -> None:
        """Go on under another plan; ValueError if it takes a reset.

        Another kind of optimiser starts with an empty memory; batch size and shuffling change with
        the next epoch. An outcome is taken back: the next `run` judges anew.
        """
        if plan == self.plan:
            return
        if self.plan.needs_reset(plan):
            raise ValueError("this change of the plan takes a new run")
        before, self.plan = self.plan, plan
        self._course.replan(before, plan)
        self._steps.replan(plan, self._course.rate(plan))
        if self._steps.batch == 0:
            self._begin_epoch()
        self.outcome = None

    def regraph(self, graph: Graph) -> None:
        """Go on with other live layer settings; ValueError if more than those differ."""
        signature = self.prepared.signature
        if structure_of(self.graph, signature) != structure_of(graph, signature):
            raise ValueError("this change of the network takes a new run")
        self.graph, self._analysis = graph, analyse(graph, signature)
        self.parameters.layout = layout_of(graph, self._analysis)
        self._steps.regraph(graph, self._analysis)
        self._make_evaluators()
        self.outcome = None

    def set_parameter(self, layer: str, name: str, index: tuple[int, ...], value: float) -> None:
        """Set one number by hand; `index` as people see the parameter.

        KeyError or IndexError if there is no such number, UserError if `value` can't be held.
        """
        if not abs(value) <= float(np.finfo(self.parameters.dtype).max):
            raise UserError(f"{value:g} can't be held; give a finite {self.plan.precision} number.")
        view = self.parameters[layer, name]
        if len(index) != view.ndim:
            raise IndexError(f"{name} has {view.ndim} axes")
        view[index] = value
        self.outcome = None

    def _make_evaluators(self) -> None:
        make = (self.graph, self._analysis, self.parameters, self.prepared)
        self._on_training = Evaluator(*make, sample(self.prepared.split.train))
        self._on_validation = Evaluator(*make, self.prepared.split.validation)

    def _begin_epoch(self) -> None:
        self._steps.slots.flush()  # not in the middle of an epoch: a resumed run must not differ
        self._steps.begin(self._course.epoch, self.plan.batch_size, shuffle=self.plan.shuffle)
        self._steps.set_rate(self._course.rate(self.plan))

    def _end_epoch(self) -> None:
        loss = self._steps.loss_sum / self._steps.rows_done
        _, accuracy = self._on_training.measure()
        validation = self._on_validation.measure()
        self._course.end_epoch(
            self.plan, self.parameters, loss, accuracy, validation, self._steps.rate
        )
        self._begin_epoch()
        self._outcome_at_rest()

    def _outcome_at_rest(self) -> None:
        """Judge the stop rules, which speak between epochs."""
        if self.outcome is None and self._steps.batch == 0:
            outcome = self._course.outcome(self.plan, self._on_training.metric)
            if outcome is not None:
                self._finish(outcome)

    def _finish(self, outcome: Finished) -> None:
        between = self._steps.batch == 0
        self.outcome = self._course.finish(
            self.plan, outcome, self.parameters, between_epochs=between
        )

    def _break(self) -> None:
        steps = self._steps
        self.outcome = explain(
            self.graph, steps.program, self.parameters, self.plan, steps.rate, steps.total
        )

    def _restore(self, checkpoint: Checkpoint) -> None:
        p = self.parameters
        if checkpoint.theta.shape != p.theta.shape or checkpoint.state.shape != p.state.shape:
            raise ValueError("this checkpoint belongs to another network")
        if checkpoint.theta.dtype != p.dtype:
            raise ValueError("this checkpoint has another precision than the plan")
        p.theta[...] = checkpoint.theta
        p.state[...] = checkpoint.state
        if checkpoint.optimiser == self.plan.optimiser.kind:
            self._steps.slots.restore(checkpoint.slots, checkpoint.count)
        self._course = Course.of(checkpoint, has_validation=self._has_validation)
        self._seconds = checkpoint.seconds
        self._trajectory = checkpoint.trajectory
        self._rng.bit_generator.state = generator_from_plain(
            dict(checkpoint.rng)
        ).bit_generator.state
        batch_size, shuffled = checkpoint.batch_size, checkpoint.shuffled
        if checkpoint.batch == 0:
            batch_size, shuffled = self.plan.batch_size, self.plan.shuffle
        self._steps.begin(self._course.epoch, batch_size, shuffle=shuffled)
        self._steps.resume(checkpoint.batch, checkpoint.loss_sum, checkpoint.steps)
        self._steps.set_rate(self._course.rate(self.plan))
