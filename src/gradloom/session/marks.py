"""What the canvas shows of a step: where it stands, what flows, what the passed layers gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradloom.engine.program import Operation
from gradloom.engine.trace import Trace
from gradloom.graph import Edge
from gradloom.layers.shapes import Array, Shape
from gradloom.layers.site import Phase, Tensor

STRIP = 64  # at most so many cells in a heat strip


@dataclass(frozen=True, slots=True)
class Group:
    """Operations start .. stop - 1 of one layer in one phase; layer "" is the whole vector."""

    layer: str
    phase: Phase
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Strip:
    """Numbers that stand at a port: `shape` of one sample; `cells` of the first row.

    More than `STRIP` numbers are pooled: each cell is the one of largest magnitude. `norm`, `low`,
    `high` and `mean` are over all rows.
    """

    shape: Shape
    cells: tuple[float, ...]
    norm: float
    low: float
    high: float
    mean: float


@dataclass(frozen=True, slots=True)
class Passed:
    """What a layer has given so far: its output, and the slope of the loss by that output."""

    output: Strip | None = None
    gradient: Strip | None = None


@dataclass(frozen=True)
class StepMark:
    """A place in a step. `layer` is "" at the start and in the update of the whole vector.

    `entering` and `leaving` are cables that the current operation takes from and gives to; with
    `direction` -1 the numbers run against the cables (backward), with 1 along them, with 0 none.
    `passed` holds every layer that has given something by now.
    """

    position: int
    end: int
    layer: str
    phase: Phase | None
    latex: str
    words: str
    direction: int
    entering: tuple[Edge, ...]
    leaving: tuple[Edge, ...]
    passed: Mapping[str, Passed]
    rows: tuple[int, ...]
    forward_only: bool

    @property
    def sources(self) -> tuple[str, ...]:
        """Layers the numbers come from now."""
        return tuple(e.source if self.direction > 0 else e.target for e in self.entering)

    @property
    def targets(self) -> tuple[str, ...]:
        """Layers the numbers go to now."""
        return tuple(e.target if self.direction > 0 else e.source for e in self.leaving)


def groups_of(operations: tuple[Operation, ...]) -> tuple[Group, ...]:
    """Neighbouring operations of one layer in one phase."""
    found: list[Group] = []
    for number, operation in enumerate(operations):
        last = found[-1] if found else None
        if last and (last.layer, last.phase) == (operation.layer, operation.phase):
            found[-1] = Group(last.layer, last.phase, last.start, number + 1)
        else:
            found.append(Group(operation.layer, operation.phase, number, number + 1))
    return tuple(found)


def phase_starts(groups: tuple[Group, ...]) -> list[int]:
    """The positions after the first operation of each phase."""
    starts: list[int] = []
    phase: Phase | None = None
    for group in groups:
        if group.phase is not phase:
            starts.append(group.start + 1)
            phase = group.phase
    return starts


class Marker:
    """Makes marks of one trace; strips are computed once, since passed numbers do not change."""

    def __init__(self, trace: Trace, groups: tuple[Group, ...]) -> None:
        self._trace = trace
        self._groups = groups
        self._output_at: dict[str, int] = {}
        self._gradient_at: dict[str, int] = {}
        self._strips: dict[tuple[str, bool], Strip] = {}
        names = {t.name: [] for t in trace.program.tensors.values()}  # type: dict[str, list[str]]
        for layer, tensor in trace.program.tensors.items():
            names[tensor.name].append(layer)
        for number, operation in enumerate(trace.operations):
            for value in operation.writes:
                for layer in names.get(value.name, ()):
                    self._output_at[layer] = number + 1
                slope_of = value.name.removesuffix(".gradient")
                if slope_of != value.name:
                    for layer in names.get(slope_of, ()):
                        self._gradient_at[layer] = number + 1
        for layer in trace.program.inputs:
            self._output_at[layer] = 0

    def forget(self) -> None:
        """Numbers changed: compute strips anew."""
        self._strips = {}

    def mark(self) -> StepMark:
        """The mark of the trace's position."""
        trace = self._trace
        operation = trace.current
        direction, entering, leaving = 0, (), ()  # type: int, tuple[Edge, ...], tuple[Edge, ...]
        if operation is not None and operation.layer:
            direction = -1 if operation.phase is Phase.BACKWARD else 1
            entering, leaving = self._cables(operation, direction)
        return StepMark(
            position=trace.position,
            end=trace.end,
            layer=operation.layer if operation else "",
            phase=operation.phase if operation else None,
            latex=operation.equation.latex if operation else "",
            words=operation.equation.words if operation else "",
            direction=direction,
            entering=entering,
            leaving=leaving,
            passed=self._passed(),
            rows=trace.rows.numbers,
            forward_only=trace.forward_only,
        )

    def _cables(
        self, operation: Operation, direction: int
    ) -> tuple[tuple[Edge, ...], tuple[Edge, ...]]:
        graph, tensors = self._trace.graph, self._trace.program.tensors
        incoming = graph.incoming(operation.layer)
        outgoing = graph.outgoing(operation.layer)
        reads = {value.name for value in operation.reads}
        writes = {value.name for value in operation.writes}
        own = tensors[operation.layer].name if operation.layer in tensors else ""
        if direction > 0:
            entering = tuple(e for e in incoming if tensors[e.source].name in reads)
            leaving = outgoing if own in writes else ()
            return entering, leaving
        entering = outgoing if any(name.startswith(f"{own}.gradient") for name in reads) else ()
        leaving = tuple(
            edge
            for edge in incoming
            if any(name.startswith(f"{tensors[edge.source].name}.gradient") for name in writes)
        )
        return entering, leaving

    def _passed(self) -> dict[str, Passed]:
        trace = self._trace
        found: dict[str, Passed] = {}
        for layer, tensor in trace.program.tensors.items():
            output = gradient = None
            if trace.position >= self._output_at.get(layer, trace.end + 1):
                output = self._strip(layer, tensor, slope=False)
            if trace.position >= self._gradient_at.get(layer, trace.end + 1):
                slope = trace.program.gradients[tensor.name]
                gradient = self._strip(layer, slope, slope=True)
            if output is not None or gradient is not None:
                found[layer] = Passed(output, gradient)
        return found

    def _strip(self, layer: str, tensor: Tensor, *, slope: bool) -> Strip:
        key = (layer, slope)
        if key not in self._strips:
            self._strips[key] = strip(tensor.flat, tensor.shape)
        return self._strips[key]


def strip(flat: Array, shape: Shape) -> Strip:
    """The heat strip of (numbers, rows)."""
    first = flat[:, 0].astype(np.float64)
    if len(first) > STRIP:
        parts = np.array_split(first, STRIP)
        first = np.array([part[np.argmax(np.abs(part))] for part in parts])
    with np.errstate(all="ignore"):
        return Strip(
            shape,
            tuple(first.tolist()),
            float(np.sqrt(np.square(flat, dtype=np.float64).sum())),
            float(flat.min()),
            float(flat.max()),
            float(flat.mean(dtype=np.float64)),
        )
