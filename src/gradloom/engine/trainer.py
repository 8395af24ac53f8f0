"""The trainer: one run of a network on its data under a plan."""

from __future__ import annotations

import threading

from gradloom.data import Prepared
from gradloom.engine.parameters import Parameters
from gradloom.engine.plan import Plan
from gradloom.engine.progress import Outcome, Progress
from gradloom.engine.run import Checkpoint
from gradloom.graph import Graph


class Trainer:
    """Owns the vectors of a run and moves them. Not for several threads at once."""

    parameters: Parameters
    outcome: Outcome | None

    def __init__(
        self, graph: Graph, prepared: Prepared, plan: Plan, checkpoint: Checkpoint | None = None
    ) -> None:
        """Raises UserError if the network does not fit in memory; the graph must be ready."""
        raise NotImplementedError

    def run(
        self,
        steps: int | None = None,
        deadline: float | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        """Run until the outcome, `steps` steps, time.perf_counter() >= deadline, or `stop`."""
        raise NotImplementedError

    def step_batch(self) -> None:
        """One step."""
        raise NotImplementedError

    def step_epoch(self) -> None:
        """To the end of the epoch that goes on."""
        raise NotImplementedError

    def checkpoint(self) -> Checkpoint:
        """The run as it is now."""
        raise NotImplementedError

    def progress(self, run: int = 0) -> Progress:
        """The run as people watch it."""
        raise NotImplementedError

    def replan(self, plan: Plan) -> None:
        """Go on under another plan; ValueError if it takes a reset."""
        raise NotImplementedError

    def regraph(self, graph: Graph) -> None:
        """Go on with other live layer settings; ValueError if more than those differ."""
        raise NotImplementedError

    def set_parameter(self, layer: str, name: str, index: tuple[int, ...], value: float) -> None:
        """Set one number by hand; `index` as people see the parameter."""
        raise NotImplementedError
