"""The evaluator: loss and metric of a network on some rows, without dropout."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gradloom.data import Prepared
from gradloom.data.split import evenly
from gradloom.engine.compile import EVALUATE, SLOPES, compile_graph
from gradloom.engine.feed import pack
from gradloom.engine.metrics import Score, main_metric
from gradloom.engine.parameters import Parameters
from gradloom.engine.program import Program
from gradloom.engine.straight import straight
from gradloom.graph import Analysis, Graph
from gradloom.layers.shapes import Array, size

_CHUNK = 2048  # rows; below this the data stays in the program and nothing is copied
_CHUNK_BYTES = 2 << 20  # of all tensors; in wide networks smaller chunks stay in the cache
_MOST_ROWS = 1000  # of a sample


def sample(rows: Array) -> Array:
    """At most 1000 of these row numbers, evenly chosen."""
    return evenly(rows, _MOST_ROWS)


class Evaluator:
    """Measures the parameters it was bound to on fixed rows of the data.

    `slopes`: it can tell the gradient, too.
    """

    def __init__(
        self,
        graph: Graph,
        analysis: Analysis,
        parameters: Parameters,
        prepared: Prepared,
        rows: Array,
        *,
        slopes: bool = False,
    ) -> None:
        self._parameters = parameters
        self.metric, sinks = main_metric(analysis.codings)
        targets = prepared.targets[rows]
        self._count = len(rows)
        row = parameters.dtype.itemsize * sum(size(shape) for shape in analysis.shapes.values())
        most = int(np.clip(_CHUNK_BYTES // max(row, 1), 64, _CHUNK))
        chunks = max(-(-self._count // most), 1)
        chunk = -(-self._count // chunks)
        sizes = [min(chunk, self._count - lo) for lo in range(0, self._count, chunk or 1)]
        programs: dict[int, Program] = {}
        mode = SLOPES if slopes else EVALUATE
        for n in sizes:
            if n not in programs:
                programs[n] = compile_graph(graph, analysis, parameters, n, mode)
        self._programs = [(programs[n], straight(programs[n].calls)) for n in sizes]
        codings = [analysis.codings[id_] for id_ in sinks]
        self._sinks = sinks
        self._score = Score(
            codings,
            [
                coding.encode(targets)
                if coding.style == "real"
                else targets[:, coding.columns[0]].astype(np.int64)
                for coding in codings
            ],
        )
        self._packed: Array | None = None
        if self._programs:
            first = self._programs[0][0]
            packed = pack(first, graph, analysis, prepared.features[rows], targets)
            if len(self._programs) == 1:
                first.feed[...] = packed
            else:
                self._packed = packed

    def measure(self) -> tuple[float, float]:
        """(loss, metric) now; NaN where there are no rows."""
        if not self._programs:
            return math.nan, math.nan
        self._score.clear()
        loss = 0.0
        for program, at in self._passes():
            loss += float(program.total) * program.batch
            for number, sink in enumerate(self._sinks):
                self._score.add(number, program.output(sink), at)
        return loss / self._count, self._score.value()

    def loss(self) -> float:
        """The loss now; NaN where there are no rows."""
        if not self._programs:
            return math.nan
        total = sum(float(program.total) * program.batch for program, _ in self._passes())
        return total / self._count

    def gradient(self) -> Array:
        """The gradient of `loss` now, (n,) float64; for an evaluator of slopes."""
        total = np.zeros(self._parameters.gradient.size)
        for program, _ in self._passes():
            total += self._parameters.gradient * (program.batch / self._count)
        return total

    def _passes(self) -> Iterator[tuple[Program, int]]:
        """Each program after it has run, with the first of its rows."""
        at = 0
        for program, run in self._programs:
            if self._packed is not None:
                program.feed[...] = self._packed[:, at : at + program.batch]
            run()
            yield program, at
            at += program.batch
