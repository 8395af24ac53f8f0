"""A trace: one training step (or one inference) run operation by operation, both ways.

The trace compiles the same program and the same update that the trainer runs, on its own copy of
the run. It runs all operations once, in order, and keeps what each of them wrote over. Moving the
position then swaps arrays: nothing is computed again, so that walking back and forth gives the
same bits every time, random masks included.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from gradloom.core.streams import generator_from_plain, generator_to_plain
from gradloom.data import Prepared
from gradloom.engine.compile import PREDICT, TRAIN, compile_graph
from gradloom.engine.elements import bounds
from gradloom.engine.feed import pack
from gradloom.engine.journal import Journal, record
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.engine.plan import Plan
from gradloom.engine.planned import planned_update
from gradloom.engine.program import Operation, Program
from gradloom.engine.rows import Rows
from gradloom.engine.run import Checkpoint, frozen
from gradloom.engine.update import Slots
from gradloom.graph import Graph, analyse
from gradloom.layers.expression import Reference
from gradloom.layers.shapes import Array
from gradloom.layers.site import Value


class Trace:
    """A step of a run under a magnifying glass. `position` counts the operations that are done."""

    def __init__(
        self, graph: Graph, prepared: Prepared, plan: Plan, checkpoint: Checkpoint, rows: Rows
    ) -> None:
        """The graph must be ready; `rows.targets` None walks forward only, in prediction mode."""
        self.graph = graph
        self.rows = rows
        self.plan = plan
        self.forward_only = rows.targets is None
        self._start = checkpoint
        self._analysis = analyse(graph, prepared.signature)
        self._rate = plan.rate_in(checkpoint.epoch, checkpoint.schedule)
        self.parameters = Parameters(layout_of(graph, self._analysis), plan.dtype)
        self.parameters.theta[...] = checkpoint.theta
        self.parameters.state[...] = checkpoint.state
        self._rng = generator_from_plain(dict(checkpoint.rng))
        mode = PREDICT if self.forward_only else TRAIN
        self.program: Program = compile_graph(
            graph, self._analysis, self.parameters, len(rows.features), mode, self._rng
        )
        self.slots = Slots(self.parameters.theta.size, self.parameters.dtype)
        self.operations: tuple[Operation, ...] = self.program.operations
        if not self.forward_only:
            rate = np.asarray(self._rate, self.parameters.dtype)
            update = planned_update(self.parameters, self.slots, rate, plan, sliced=False)
            self.operations += update.operations
        self._restore_slots()
        self._journal: Journal
        self._writers: dict[tuple[int, int], int | None] = {}
        self.position = 0
        self._record(0)

    @property
    def start(self) -> Checkpoint:
        """The run before the step, with the weights that were changed by hand."""
        return self._start

    @property
    def rate(self) -> float:
        """The learning rate of this step."""
        return self._rate

    @property
    def end(self) -> int:
        """The position after the last operation."""
        return len(self.operations)

    @property
    def current(self) -> Operation | None:
        """The operation that was done last; None at the start."""
        return self.operations[self.position - 1] if self.position else None

    def go(self, position: int) -> None:
        """Stand after so many operations; out of range means the nearest end."""
        position = max(0, min(self.end, position))
        while self.position < position:
            self._journal.swap(self.position)
            self.position += 1
        while self.position > position:
            self.position -= 1
            self._journal.swap(self.position)

    def maker_of(self, array: Array, index: tuple[int, ...], before: int) -> int | None:
        """The last of the first `before` operations that made a number; None: it came in."""
        return self._journal.maker_of(array, index, before)

    def changed(self, number: int) -> tuple[Value, ...]:
        """What an operation made: all it writes; of the update's vectors those that moved."""
        return self._journal.made[number]

    def read(self, reference: Reference) -> float:
        """A number as it is now, or as the operation that was done last found it."""
        return self._journal.read(reference, self.position)

    def before(self, value: Value) -> Array:
        """A value as the operation that was done last found it; the array itself if it stayed."""
        return self._journal.before(value, self.position)

    def known(self, value: Value) -> bool:
        """Whether a value has been computed by now, or was there from the start."""
        place = bounds(value.array)
        if place not in self._writers:
            self._writers[place] = self._first_writer(*place)
        first = self._writers[place]
        return first is None or first < self.position

    def set_parameter(self, layer: str, name: str, index: tuple[int, ...], value: float) -> None:
        """Change a weight at the start of the step; everything after it is computed again."""
        self._again(lambda: self.parameters[layer, name].__setitem__(index, value))
        theta = self._start.theta.copy()
        self.parameters.layout.parameter(theta, layer, name)[index] = value
        self._start = dataclasses.replace(self._start, theta=frozen(theta))

    def set_feature(self, row: int, column: int, value: float) -> None:
        """Change one (transformed) input number; everything after it is computed again."""
        features = self.rows.features.copy()
        features[row, column] = value
        self.rows = dataclasses.replace(self.rows, features=features)
        self._again(lambda: None)

    def taken(self) -> Checkpoint:
        """The run with this step's update made real. ValueError for a forward-only walk."""
        if self.forward_only:
            raise ValueError("a forward-only walk has no update to take")
        here = self.position
        self.go(self.end)
        after = dataclasses.replace(
            self._start,
            theta=frozen(self.parameters.theta),
            state=frozen(self.parameters.state),
            optimiser=self.plan.optimiser.kind,
            slots={name: frozen(rows) for name, rows in self.slots.vectors.items()},
            count=self.slots.count,
            steps=self._start.steps + 1,
            rng=generator_to_plain(self._rng),
        )
        self.go(here)
        return after

    def _record(self, position: int) -> None:
        """Load the rows, run every operation once, keep what each wrote over; go to `position`."""
        packed = pack(
            self.program, self.graph, self._analysis, self.rows.features, self.rows.targets
        )
        self.program.feed[...] = packed
        self._journal = record(self.operations)
        self.position = self.end
        self.go(position)

    def _first_writer(self, low: int, high: int) -> int | None:
        """The operation that first writes between two addresses; None: kept between steps."""
        p, slots = self.parameters, self.slots
        kept = [p.theta, p.state, self.program.feed, slots.step]
        for array in (*kept, *slots.vectors.values()):
            start, stop = bounds(array)
            if start <= low and high <= stop:
                return None
        for number, operation in enumerate(self.operations):
            for value in operation.writes:
                start, stop = bounds(value.array)
                if start < high and low < stop:
                    return number
        return None

    def _again(self, change: Callable[[], object]) -> None:
        here = self.position
        self.go(0)
        self._restore_slots()
        self._rng.bit_generator.state = generator_from_plain(
            dict(self._start.rng)
        ).bit_generator.state
        change()
        self._record(here)

    def _restore_slots(self) -> None:
        goes_on = self._start.optimiser == self.plan.optimiser.kind
        self.slots.restore(
            self._start.slots if goes_on else {}, self._start.count if goes_on else 0
        )
