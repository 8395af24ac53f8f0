"""The watch: which findings stand now. Static ones at once, others when they are right twice."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gradloom.diagnosis.facts import Facts, constant_loss, facts_of
from gradloom.diagnosis.finding import Evidence, Finding, Rule
from gradloom.diagnosis.measure import Measurement, Meter
from gradloom.diagnosis.rules import RULES
from gradloom.document import State
from gradloom.engine.progress import Broken, Progress
from gradloom.engine.run import Checkpoint

LEAST_STEPS = 5  # before, only the start values are judged
COURSE = 120  # marks that are kept

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Mark:
    """The layers' slopes at one moment of a run, (layer id, length)."""

    steps: int
    gradients: tuple[tuple[str, float], ...]


class Watch:
    """Follows one project; not for several threads at once. `follow` first, then `measure`."""

    def __init__(self, rules: Iterable[Rule] = RULES) -> None:
        self._rules = tuple(rules)
        self._state: State | None = None
        self._facts: tuple[object, Facts] | None = None
        self._meter: Meter | None = None
        self._static: dict[str, tuple[Finding, ...]] = {}
        self._shown: dict[Key, Finding] = {}  # dynamic ones that stand
        self._last: dict[Key, Finding] = {}  # what the last measurement said
        self._run: int | None = None
        self._unit = math.nan
        self.measured: Measurement | None = None
        self.course: tuple[Mark, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that stand, in the order of the rules."""
        found: list[Finding] = []
        for rule in self._rules:
            found += self._static.get(rule.name, ())
            found += [f for key, f in self._shown.items() if key[0] == rule.name]
        return tuple(found)

    def follow(self, state: State) -> tuple[Finding, ...]:
        """Judge an edited state by the static rules."""
        old, self._state = self._state, state
        if old is not None and _same(old, state):
            return self.findings
        if old is None or old.graph is not state.graph or old.prepared is not state.prepared:
            self._shown, self._last, self.measured = {}, {}, None
        self._meter = None
        evidence = Evidence(state, self._facts_of(state))
        self._static = {
            rule.name: tuple(rule.find(evidence)) for rule in self._rules if not rule.dynamic
        }
        return self.findings

    def measure(
        self, progress: Progress, *, sure: bool = False, checkpoint: Checkpoint | None = None
    ) -> tuple[Finding, ...]:
        """Look at a moment of the run of the state that is followed, which must be ready.

        `sure`: nothing changes any more, so that being right once is enough.
        """
        state = self._state
        if state is None or not state.ready:
            return self.findings
        if progress.run != self._run:
            self._shown, self._last, self.course = {}, {}, ()
            self._run = progress.run
        if self._meter is None:
            self._meter, self._unit = Meter(state), constant_loss(state)
        slots = None if checkpoint is None else checkpoint.slots
        count = 0 if checkpoint is None else checkpoint.count
        measured = self.measured = self._meter.measure(
            progress.snapshot,
            progress.rate,
            run=progress.run,
            steps=progress.steps,
            slots=slots,
            count=count,
        )
        if not self.course or self.course[-1].steps != progress.steps:
            self._mark(measured)
        begun = progress.steps >= LEAST_STEPS or isinstance(progress.outcome, Broken)
        sure = sure or not progress.steps  # start values do not change by themselves
        evidence = Evidence(state, self._facts_of(state), measured, progress, self._unit)
        rules = [rule for rule in self._rules if rule.dynamic and (begun or rule.early)]
        now = {f.key: f for rule in rules for f in rule.find(evidence)}
        before = now if sure else self._last
        shown = {key: f for key, f in now.items() if key in before or key in self._shown}
        if not sure:
            missing_once = {
                k: f for k, f in self._shown.items() if k in self._last and k not in now
            }
            shown.update(missing_once)
        self._shown, self._last = shown, now
        return self.findings

    def _mark(self, measured: Measurement) -> None:
        found = tuple(
            (h.layer, h.gradient)
            for h in measured.layers
            if h.parameters and math.isfinite(h.gradient)
        )
        if self.course and self.course[-1].steps > measured.steps:
            self.course = ()  # the run went back
        self.course = (*self.course, Mark(measured.steps, found))
        if len(self.course) > COURSE:  # every second of the older half
            half = COURSE // 2
            self.course = (*self.course[:half:2], *self.course[half:])

    def _facts_of(self, state: State) -> Facts:
        prepared = state.prepared
        if self._facts is None or self._facts[0] is not prepared:
            self._facts = (prepared, facts_of(prepared))
        return self._facts[1]


def _same(old: State, new: State) -> bool:
    return old.graph is new.graph and old.data is new.data and old.plan is new.plan
