"""The update phase: regularise, clip, optimise, compiled like the rest.

Large vectors are updated slice by slice, so that every pass of one slice stays in the cache. All
of these operations work element by element (but for the gradient's norm, which comes first), so
the order of slices does not change a single bit; `operations` shows them whole, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gradloom.engine.memory import aligned
from gradloom.engine.parameters import Parameters
from gradloom.engine.program import Operation
from gradloom.layers.algebra import add, was
from gradloom.layers.explaining import alone
from gradloom.layers.expression import Explain
from gradloom.layers.shapes import Array, DType
from gradloom.layers.site import Call, Equation, Phase, Value

SLICE = 32_768  # numbers; some float32 rows of this length fit in a 2 MB cache


@dataclass
class Slots:
    """What an optimiser keeps between steps: named vectors (rows, n) and the count of steps."""

    size: int
    dtype: DType
    vectors: dict[str, Array] = field(default_factory=dict)
    count: int = 0
    asked: set[str] = field(default_factory=set)
    fills: dict[str, float] = field(default_factory=dict)
    step: Array = field(default_factory=lambda: np.zeros(()))  # the count, for a trace to show

    def get(self, name: str, rows: int, fill: float = 0.0) -> Array:
        """The vectors of this name, made on first use."""
        self.asked.add(name)
        self.fills[name] = fill
        if name not in self.vectors:
            self.vectors[name] = aligned((rows, self.size), self.dtype)
            self.vectors[name][...] = fill
        return self.vectors[name]

    def restore(self, vectors: Mapping[str, Array], count: int) -> None:
        """Start from these vectors and this count; what is missing starts as if new."""
        self.count = count
        self.step[...] = count
        for name, rows in self.vectors.items():
            kept = vectors.get(name)
            rows[...] = kept if kept is not None and kept.shape == rows.shape else self.fills[name]

    def flush(self) -> None:
        """Make subnormal numbers 0: dead units leave them, and they are slow to compute with."""
        least = np.finfo(self.dtype).smallest_normal
        for rows in self.vectors.values():
            rows[np.abs(rows) < least] = 0

    def forget_others(self) -> None:
        """Drop the vectors nobody asked for since the last time."""
        self.vectors = {name: v for name, v in self.vectors.items() if name in self.asked}
        self.asked = set()


@dataclass(frozen=True)
class Step:
    """An operation of the update; what it reads and writes are whole vectors."""

    equation: Equation
    calls: Sequence[Call]
    reads: Sequence[Value]
    writes: Sequence[Value]
    explain: Explain


@dataclass
class UpdateSite:
    """What an optimiser sees of one slice of the vectors."""

    theta: Array
    gradient: Array
    pair: Array  # (2, n): the gradient, and a row to work in
    rate: Array  # 0-d, changes during training
    slots: Slots
    lo: int
    hi: int
    maker: _Maker

    def slot(self, name: str, rows: int = 1, fill: float = 0.0) -> Array:
        """Kept vectors of this slice: (n,) for one row, else (rows, n)."""
        vectors = self.slots.get(name, rows, fill)[:, self.lo : self.hi]
        return vectors[0] if rows == 1 else vectors

    def scratch(self, rows: int = 1) -> Array:
        """Working space of this slice, not kept; each call gives another row."""
        return self.maker.scratch(rows, self.hi - self.lo)

    def constant(self, number: float) -> Array:
        """A 0-d array of the vectors' dtype."""
        return np.asarray(number, self.theta.dtype)

    def scalar(self, name: str, of_step: Callable[[int, float], float]) -> Array:
        """A 0-d array that is set before each step from (step number from 1, learning rate)."""
        return self.maker.scalar(name, of_step)

    @property
    def shown(self) -> Shown:
        """The whole vectors as a person sees them."""
        return self.maker.shown

    def shown_slot(self, symbol: str, name: str, row: int = 0) -> Value:
        """One whole row of a slot as a person sees it, named after its symbol."""
        shown = name if len(self.slots.vectors[name]) == 1 else symbol
        return Value(symbol, f"slot.{shown}", self.slots.vectors[name][row])

    def value(self, symbol: str, name: str, whole: Array) -> Value:
        """Another vector as a person sees it; whole only where there is one slice."""
        return Value(symbol, name, whole)

    def operation(
        self,
        equation: Equation,
        calls: Sequence[Call],
        reads: Sequence[Value],
        writes: Sequence[Value],
        explain: Explain,
    ) -> None:
        """Append an update operation; called in the same order for every slice.

        `explain` tells where one number of what is written comes from.
        """
        self.maker.append(Step(equation, calls, reads, writes, explain))


@dataclass(frozen=True)
class Shown:
    """What every update reads: parameters, gradient, learning rate, number of the step."""

    theta: Value
    gradient: Value
    rate: Value
    step: Value


@dataclass
class _Maker:
    dtype: DType
    rate: Array
    slots: Slots
    length: int  # of a slice
    shown: Shown
    steps: list[Step] = field(default_factory=list)
    calls: list[list[list[Call]]] = field(default_factory=list)  # operation, slice, call
    scalars: dict[str, tuple[Array, Callable[[int, float], float]]] = field(default_factory=dict)
    slice_number: int = 0
    position: int = 0
    rows: list[Array] = field(default_factory=list)
    row: int = 0

    def scratch(self, rows: int, length: int) -> Array:
        while len(self.rows) <= self.row:
            self.rows.append(aligned((2 * self.length,), self.dtype))
        found: Array = self.rows[self.row][: rows * length].reshape(rows, length)
        self.row += 1
        return found[0] if rows == 1 else found

    def scalar(self, name: str, of_step: Callable[[int, float], float]) -> Array:
        if name not in self.scalars:
            self.scalars[name] = (np.zeros((), self.dtype), of_step)
        return self.scalars[name][0]

    def append(self, step: Step) -> None:
        if self.slice_number == 0:
            self.steps.append(step)
            self.calls.append([])
        self.calls[self.position].append(list(step.calls))
        self.position += 1

    def advance(self) -> None:
        """Count the step and set the scalars that hang on it."""
        slots = self.slots
        slots.count = count = slots.count + 1
        rate = float(self.rate)
        for array, of_step in self.scalars.values():
            array[()] = of_step(count, rate)

    def show_step(self) -> None:
        """Write the count where people see it."""
        self.slots.step[...] = self.slots.count


class Rule:
    """What an update is made of: something that puts operations at an `UpdateSite`."""

    def build(self, at: UpdateSite) -> None:
        """Put this rule's operations at one slice."""
        raise NotImplementedError


@dataclass(frozen=True)
class Update:
    """A compiled update: `calls` is what the trainer runs, `operations` the same, in words.

    Where nothing hangs on the number of the step, `calls` do not count it (`counts` is False).
    """

    calls: tuple[Call, ...]
    operations: tuple[Operation, ...]
    counts: bool


def compile_update(
    parameters: Parameters,
    slots: Slots,
    rate: Array,
    first: Sequence[Step],
    rules: Sequence[Rule],
    *,
    sliced: bool = True,
) -> Update:
    """`first`: operations over the whole vectors (the norm); `rules`: slice by slice after them.

    A trace asks for one slice (`sliced` False), so that an operation is whole when it has run.
    """
    n = parameters.theta.size
    length = SLICE if sliced else max(n, 1)
    shown = Shown(
        Value(r"\theta", "theta", parameters.theta),
        Value("g", "gradient", parameters.gradient),
        Value(r"\eta", "rate", rate),
        Value("t", "step", slots.step),
    )
    maker = _Maker(parameters.dtype, rate, slots, length, shown)
    bounds = [(lo, min(lo + length, n)) for lo in range(0, n, length)] or [(0, 0)]
    for number, (lo, hi) in enumerate(bounds):
        maker.slice_number, maker.position, maker.row = number, 0, 0
        at = UpdateSite(
            parameters.theta[lo:hi],
            parameters.gradient[lo:hi],
            parameters.pair[:, lo:hi],
            rate,
            slots,
            lo,
            hi,
            maker,
        )
        for rule in rules:
            rule.build(at)
    advance = Step(
        Equation("t = t + 1", "Count the step."),
        (maker.advance, maker.show_step),
        (shown.step,),
        (shown.step,),
        alone(lambda _: add(was(shown.step), 1)),
    )
    operations = [
        _operation(step, [call for calls in per_slice for call in calls])
        for step, per_slice in zip(maker.steps, maker.calls, strict=True)
    ]
    in_slices = [
        call
        for number in range(len(bounds))
        for per_slice in maker.calls
        for call in per_slice[number]
    ]
    ahead = [call for step in first for call in step.calls]
    before = [_operation(step, step.calls) for step in (advance, *first)]
    counts = bool(maker.scalars)
    counting = (maker.advance,) if counts else ()
    return Update((*counting, *ahead, *in_slices), (*before, *operations), counts)


def _operation(step: Step, calls: Sequence[Call]) -> Operation:
    return Operation(
        "",
        Phase.UPDATE,
        step.equation,
        tuple(calls),
        tuple(step.reads),
        tuple(step.writes),
        step.explain,
    )
