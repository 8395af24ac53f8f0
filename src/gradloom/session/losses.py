"""The loss of a network as a function of its parameters."""

from __future__ import annotations

import numpy as np

from gradloom.document import State
from gradloom.engine.evaluator import Evaluator, sample
from gradloom.engine.freezing import frozen_numbers
from gradloom.engine.parameters import Layout, Parameters, layout_of
from gradloom.engine.progress import Snapshot
from gradloom.layers.shapes import Array


class Losses:
    """The loss that a run makes smaller, on at most 1000 rows of an epoch, at any parameters.

    The network's state (running statistics of BatchNorm) is the snapshot's throughout. Without
    dropout and penalties. Not for several threads at once.
    """

    def __init__(self, state: State, snapshot: Snapshot) -> None:
        """The state must be ready; raises UserError if the network does not fit in memory."""
        graph, analysis = state.graph, state.analysis
        self._parameters = Parameters(layout_of(graph, analysis), state.plan.dtype)
        self._parameters.state[...] = snapshot.state
        rows = sample(state.prepared.split.epoch)
        self.rows = len(rows)
        make = (graph, analysis, self._parameters, state.prepared, rows)
        self._evaluator = Evaluator(*make)
        self._slopes = Evaluator(*make, slopes=True)

    @property
    def layout(self) -> Layout:
        """Where each layer's numbers lie."""
        return self._parameters.layout

    def at(self, theta: Array) -> float:
        """The loss at parameters (n,)."""
        with np.errstate(all="ignore"):
            self._parameters.theta[...] = theta
            return self._evaluator.loss()

    def gradient(self, theta: Array) -> Array:
        """Its gradient there, (n,) float64; 0 for what does not learn."""
        with np.errstate(all="ignore"):
            self._parameters.theta[...] = theta
            gradient = self._slopes.gradient()
        gradient[frozen_numbers(self.layout)] = 0.0
        return gradient
