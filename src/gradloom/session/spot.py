"""One row, of the data or of anybody's choice, through the network with its loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradloom.document import State
from gradloom.engine.compile import EVALUATE, compile_graph
from gradloom.engine.feed import pack
from gradloom.engine.parameters import Parameters, layout_of
from gradloom.engine.progress import Snapshot
from gradloom.layers.shapes import Array


@dataclass(frozen=True, eq=False)
class Seen:
    """What the network answers to one row: `outputs` {sink: (outputs,)}, and the loss in all."""

    outputs: Mapping[str, Array]
    loss: float


class Spot:
    """A ready network for single rows, on parameters of its own."""

    def __init__(self, state: State) -> None:
        self._state = state
        graph, analysis = state.graph, state.analysis
        self._parameters = Parameters(layout_of(graph, analysis), state.plan.dtype)
        self._program = compile_graph(graph, analysis, self._parameters, 1, EVALUATE)

    def see(self, snapshot: Snapshot, raw: Array, targets: Array) -> Seen:
        """A row of raw features (F,) that should be answered with these targets (T,)."""
        state, program = self._state, self._program
        self._parameters.theta[...] = snapshot.theta
        self._parameters.state[...] = snapshot.state
        features = state.prepared.transform.apply(raw[None])
        packed = pack(program, state.graph, state.analysis, features, targets[None])
        program.feed[...] = packed
        with np.errstate(all="ignore"):
            program.run()
        answers = {
            sink: coding.decode(program.output(sink))[:, 0].copy()
            for sink, coding in state.analysis.codings.items()
        }
        return Seen(answers, float(program.total))

    def losses(self, snapshot: Snapshot, raw: Array) -> tuple[float, ...]:
        """The loss for each class that could be right; () unless there is just one target."""
        columns = self._state.prepared.signature.targets
        if len(columns) != 1:
            return ()
        classes = range(len(columns[0].classes))
        return tuple(self.see(snapshot, raw, np.array([float(c)])).loss for c in classes)
