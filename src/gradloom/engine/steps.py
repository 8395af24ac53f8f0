"""Steps: the inner loop of a run. Everything is bound before; nothing is allocated in it."""

from __future__ import annotations

import threading
from functools import partial
from math import isfinite
from time import perf_counter

import numpy as np

from gradloom.data import Prepared
from gradloom.engine.compile import TRAIN, compile_graph
from gradloom.engine.feed import Feed, pack
from gradloom.engine.memory import aligned
from gradloom.engine.parameters import Parameters
from gradloom.engine.plan import Plan
from gradloom.engine.planned import planned_update
from gradloom.engine.program import Program
from gradloom.engine.straight import straight
from gradloom.engine.update import Slots, Update
from gradloom.graph import Analysis, Graph
from gradloom.layers.site import Call


class NotFinite(Exception):  # noqa: N818 - never leaves the engine
    """The loss, the gradient or the parameters of this step are too large or not numbers."""


class Steps:
    """The batches of one epoch after another, each a training step.

    Between backward and update stands the guard: the squares of parameters and gradient are summed
    by one call, and if that sum or the loss is not finite, NotFinite is raised and the update is
    not made. So theta is always finite, with room for the step that follows.
    """

    def __init__(
        self,
        graph: Graph,
        analysis: Analysis,
        parameters: Parameters,
        prepared: Prepared,
        plan: Plan,
        rng: np.random.Generator,
    ) -> None:
        self._graph, self._analysis = graph, analysis
        self._parameters, self._prepared, self._rng = parameters, prepared, rng
        self._plan = plan
        self._programs: dict[int, Program] = {}
        self._rate = np.zeros((), parameters.dtype)
        self._exact_rate = 0.0
        self.slots = Slots(parameters.theta.size, parameters.dtype)
        rows = prepared.split.epoch
        self.rows = len(rows)
        program = self._program(min(plan.batch_size, self.rows))
        features, targets = prepared.features[rows], prepared.targets[rows]
        packed = pack(program, graph, analysis, features, targets)
        self._feed = Feed(packed, plan.seed)
        self._squares = aligned((), parameters.dtype)
        self._kept_state = parameters.state.copy()
        self._update: Update
        self._run_update: Call
        self._compile_update()
        self.batch_size = 0
        self.shuffled = False
        self.batch = 0
        self.total = 0
        self.loss_sum = 0.0

    @property
    def rate(self) -> float:
        """The learning rate in force."""
        return self._exact_rate

    @property
    def left(self) -> int:
        """Steps to the end of the epoch."""
        return len(self._batches) - self.batch

    @property
    def at_end(self) -> bool:
        """Whether the epoch is over."""
        return self.batch == len(self._batches)

    @property
    def rows_done(self) -> int:
        """Rows of this epoch that were trained on."""
        return min(self.batch * self._size, self.rows)

    @property
    def program(self) -> Program:
        """The program of the step that comes next (or that went wrong)."""
        return self._programs[self._size if self.batch < self._whole else self._rest]

    def samples(self, steps: int) -> int:
        """Rows in the last `steps` steps of this epoch."""
        return self.rows_done - min((self.batch - steps) * self._size, self.rows)

    def set_rate(self, rate: float) -> None:
        """Let the update use this learning rate."""
        self._exact_rate = rate
        self._rate[...] = rate

    def begin(self, epoch: int, batch_size: int, *, shuffle: bool) -> None:
        """Order the rows of an epoch (from 0) and stand before its first batch."""
        if batch_size != self.batch_size:
            self._bind(batch_size)
        self.shuffled = shuffle
        self._feed.order(epoch, shuffle=shuffle)
        self.batch, self.loss_sum = 0, 0.0

    def resume(self, batch: int, loss_sum: float, total: int) -> None:
        """Stand where a checkpoint was taken, in the epoch that has begun."""
        self.batch, self.loss_sum, self.total = min(batch, len(self._batches)), loss_sum, total

    def replan(self, plan: Plan, rate: float) -> None:
        """Update by another plan from the next step on."""
        if plan.optimiser.kind != self._plan.optimiser.kind:
            self.slots = Slots(self._parameters.theta.size, self._parameters.dtype)
        self._plan = plan
        self._compile_update()
        self.set_rate(rate)

    def regraph(self, graph: Graph, analysis: Analysis) -> None:
        """Compile again for other live settings of the layers."""
        self._graph, self._analysis = graph, analysis
        self._programs = {}
        batch, loss_sum = self.batch, self.loss_sum
        self._bind(self.batch_size)
        self.batch, self.loss_sum = batch, loss_sum
        self._compile_update()

    def run(self, steps: int | None, until: float | None, stop: threading.Event | None) -> None:
        """Run to the end of the epoch, or as far as the arguments allow; at least one step."""
        batch, whole, batches = self.batch, self._whole, self._batches
        end = len(batches) if steps is None else min(len(batches), batch + steps)
        first, loss_sum = batch, self.loss_sum
        watch = until is not None or stop is not None
        deadline = float("inf") if until is None else until
        stopped = stop.is_set if stop is not None else _never
        update, forth_and_back = self._run_update, self._run_program
        program, squares, size = self._programs[self._size], self._squares.item, self._size
        loss, fill = program.total.item, program.feed.__setitem__
        try:
            while batch < end:
                if batch == whole:
                    program = self._programs[self._rest]
                    forth_and_back, size = self._run_rest, self._rest
                    loss, fill = program.total.item, program.feed.__setitem__
                fill(..., batches[batch])  # half the time of np.copyto
                forth_and_back()
                value = loss()
                if not isfinite(value + squares()):
                    raise NotFinite
                update()
                loss_sum += value * size
                batch += 1
                if watch and (perf_counter() >= deadline or stopped()):
                    break
        except NotFinite:
            self._parameters.state[...] = self._kept_state
            raise
        finally:
            self.batch, self.loss_sum = batch, loss_sum
            self.total += batch - first
            if not self._update.counts:
                self.slots.count += batch - first

    def _program(self, size: int) -> Program:
        if size not in self._programs:
            self._programs[size] = compile_graph(
                self._graph, self._analysis, self._parameters, size, TRAIN, self._rng
            )
        return self._programs[size]

    def _bind(self, batch_size: int) -> None:
        self.batch_size = batch_size
        self._size = min(batch_size, self.rows)
        self._whole, self._rest = divmod(self.rows, self._size)
        for size in set(self._programs) - {self._size, self._rest}:
            del self._programs[size]
        self._run_program = self._guarded(self._program(self._size))
        self._batches = self._feed.batches(self._size)
        self._run_rest = self._run_program
        if self._rest:
            self._run_rest = self._guarded(self._program(self._rest))

    def _guarded(self, program: Program) -> Call:
        watched, state = self._parameters.watched, self._parameters.state
        before: list[Call] = []
        if state.size:  # a step that goes wrong must not leave its traces in the state
            before.append(partial(self._kept_state.__setitem__, ..., state))
        return straight([*before, *program.calls, partial(watched.dot, watched, self._squares)])

    def _compile_update(self) -> None:
        self._update = planned_update(self._parameters, self.slots, self._rate, self._plan)
        self._run_update = straight(self._update.calls)


def _never() -> bool:
    return False
