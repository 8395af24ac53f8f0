"""The predictor: a network used forward only, for maps, tables and tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.engine.compile import PREDICT, compile_graph
from gradloom.engine.feed import pack
from gradloom.engine.parameters import Layout, Parameters
from gradloom.engine.program import Program
from gradloom.graph import Analysis, Graph
from gradloom.layers.base import Sink
from gradloom.layers.shapes import Array, size

_BUFFER_BYTES = 1 << 18  # what one chunk's tensors may take: they should stay in the cache
_MOST_PROGRAMS = 4


class Predictor:
    """A network with parameters of its own, loaded from a snapshot.

    `batch` is the number of rows per chunk; None chooses one whose numbers stay in the cache.
    """

    def __init__(
        self,
        graph: Graph,
        analysis: Analysis,
        layout: Layout,
        dtype: object = np.float32,
        batch: int | None = None,
    ) -> None:
        self._graph, self._analysis = graph, analysis
        self._parameters = Parameters(layout, dtype)
        self._programs: dict[int, Program] = {}
        width = 2 * sum(size(shape) + 1 for shape in analysis.shapes.values())
        item = self._parameters.dtype.itemsize
        self.batch = batch or int(np.clip(_BUFFER_BYTES // max(width * item, 1), 64, 4096))
        self.sinks = tuple(id_ for id_ in analysis.trained if isinstance(graph[id_].kind, Sink))

    def load(self, theta: Array, state: Array) -> None:
        """Take over the numbers of a snapshot."""
        self._parameters.theta[...] = theta
        self._parameters.state[...] = state

    def outputs(self, features: Array) -> dict[str, Array]:
        """What arrives at each Output, {id: (outputs, rows)}, for features (F', rows)."""
        return self._run(features, self.sinks)

    def answers(self, features: Array) -> dict[str, Array]:
        """What each Output answers in the units of its targets, {id: (outputs, rows)}."""
        return self._decoded(self.outputs(features))

    def tensors(self, features: Array, layers: Sequence[str]) -> dict[str, Array]:
        """What flows out of these layers, which are trained: {id: (size, rows)}; Outputs answer."""
        return self._decoded(self._run(features, layers))

    def _decoded(self, found: dict[str, Array]) -> dict[str, Array]:
        codings = self._analysis.codings
        return {i: codings[i].decode(a) if i in codings else a for i, a in found.items()}

    def _run(self, features: Array, layers: Sequence[str]) -> dict[str, Array]:
        width = len(self._analysis.signature.features)
        if len(features) != width:
            raise UserError(f"The network takes {counted(width, 'feature')}, got {len(features)}.")
        rows = features.shape[1]
        shapes = self._analysis.shapes
        results = {
            id_: np.empty((size(shapes[id_]), rows), self._parameters.dtype) for id_ in layers
        }
        if not rows:
            return results
        program = self._program(min(rows, self.batch))
        packed = pack(program, self._graph, self._analysis, features.T, targets=None)
        calls, n = program.calls, program.batch
        copies = [(program.tensors[id_].flat, result) for id_, result in results.items()]
        with np.errstate(all="ignore"):  # a network that diverged still has a picture
            for lo in range(0, rows, n):
                start = min(lo, rows - n)  # the last chunk overlaps the one before it
                program.feed[...] = packed[:, start : start + n]
                for call in calls:
                    call()
                for flat, result in copies:
                    result[:, start : start + n] = flat
        return results

    def _program(self, rows: int) -> Program:
        if rows not in self._programs:
            while len(self._programs) >= _MOST_PROGRAMS:
                del self._programs[next(iter(self._programs))]
            self._programs[rows] = compile_graph(
                self._graph, self._analysis, self._parameters, rows, PREDICT
            )
        return self._programs[rows]
