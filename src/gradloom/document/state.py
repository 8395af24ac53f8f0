"""The frozen state of a project. Derived facts (analysis, prepared data) are cached by value."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from gradloom.core.problem import Problem
from gradloom.data import DataSpec, Prepared, prepare
from gradloom.engine.memory import why_too_large
from gradloom.engine.plan import Plan
from gradloom.engine.run import TakenStep
from gradloom.graph import Analysis, Graph, analyse

_SEED = next(setting.check for setting in Plan.settings() if setting.name == "seed")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer's card stands on the canvas (its top left, in scene units), open or closed.

    `open` shows a Dense layer's neurons.
    """

    x: float
    y: float
    open: bool = False


@dataclass(frozen=True, slots=True)
class RunEdit:
    """One number of a parameter set by hand; undo sets it back.

    `index` is into the parameter as people see it: (input, output) of W, (unit,) of b.
    """

    layer: str
    parameter: str
    index: tuple[int, ...]
    before: float
    after: float


@dataclass(frozen=True)
class State:
    """What a project is. Every edit makes a new one; unchanged parts are the same objects.

    `run_edits` are weights set by hand, in order; the session applies what an edit or an undo
    adds or takes away to the run, so that they can be undone like everything else. So it is with
    `taken`: steps taken from the stepper and resets that drop run edits, for undo alone, not saved.
    """

    graph: Graph = field(default_factory=Graph)
    places: Mapping[str, Place] = field(default_factory=lambda: MappingProxyType({}))
    data: DataSpec = field(default_factory=DataSpec)
    plan: Plan = field(default_factory=Plan)
    run_edits: tuple[RunEdit, ...] = ()
    taken: tuple[TakenStep, ...] = ()

    @property
    def prepared(self) -> Prepared:
        """The dataset, split and scaled (cached by the data package); a bad seed counts as 0."""
        seed = self.plan.seed
        return prepare(self.data, seed if _SEED.why_not(seed) is None else 0)

    @property
    def analysis(self) -> Analysis:
        """Shapes and problems of the network on this data (cached on the graph)."""
        return analyse(self.graph, self.prepared.signature)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong with the network, the data and the plan."""
        plan = tuple(
            Problem(f"{setting_label(self.plan, name)} {sentence}.", field=name)
            for name, sentence in self.plan.problems()
        )
        return (*self.analysis.problems, *self.prepared.problems, *plan, *self._size_problems)

    @cached_property
    def _size_problems(self) -> tuple[Problem, ...]:
        # once per state: the answer hangs on what is free in this moment
        precision = "float64" if self.plan.precision == "float64" else "float32"
        why = why_too_large(self.analysis.parameter_count, precision)
        return (Problem(why),) if why else ()

    @property
    def ready(self) -> bool:
        """Whether training can start."""
        return not any(problem.stops_training for problem in self.problems)

    def with_graph(self, graph: Graph, places: Mapping[str, Place] | None = None) -> State:
        """With another network; places of layers that are gone are dropped."""
        where = {**self.places, **(places or {})}
        kept = {layer.id: where[layer.id] for layer in graph if layer.id in where}
        same = kept == self.places
        return dataclasses.replace(
            self, graph=graph, places=self.places if same else MappingProxyType(kept)
        )

    def asks_the_same(self, other: State) -> bool:
        """Whether network, data and seed are those of the other: so points and answers are."""
        same = self.graph is other.graph and self.data is other.data
        return same and self.plan.seed == other.plan.seed

    def with_data(self, **settings: Any) -> State:
        """With some settings of the data changed."""
        return dataclasses.replace(self, data=self.data.replace(**settings))

    def with_places(self, places: Mapping[str, Place]) -> State:
        """With some cards moved, opened or closed."""
        return self.with_graph(self.graph, places)


def setting_label(record: Plan | DataSpec, name: str) -> str:
    """What people call a setting."""
    return next((s.label for s in record.settings() if s.name == name), name)
