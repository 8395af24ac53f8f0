"""What a rule is, what it reads and what it says."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gradloom.diagnosis.facts import Facts
from gradloom.diagnosis.measure import Measurement
from gradloom.document import State
from gradloom.engine.progress import Progress

_SOLVED = 0.1  # of the constant answer's loss


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that keeps a network from learning well, with what speaks for it.

    `sentence` says what and where, `evidence` the numbers, `why` the reason and its source.
    `layer` is an id or "" for the whole network or data; `layers` all it is about. `remedies` are
    names in REMEDIES; `names` are columns the finding is about.
    """

    rule: str
    title: str
    sentence: str
    evidence: str
    why: str
    layer: str = ""
    layers: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same finding when its numbers change."""
        return self.rule, self.layer

    @property
    def places(self) -> tuple[str, ...]:
        """The layers whose cards show it."""
        return self.layers or ((self.layer,) if self.layer else ())


@dataclass(frozen=True, eq=False)
class Evidence:
    """What rules read: the project, its data's facts, and the run if there is one.

    `measured` and `progress` are None before a run; static rules must not need them. `unit` is the
    loss of the best answer that is the same for every row: the natural unit of a loss, NaN where
    it is not known.
    """

    state: State
    facts: Facts
    measured: Measurement | None = None
    progress: Progress | None = None
    unit: float = math.nan

    @property
    def unsolved(self) -> bool:
        """Whether the run still has something to learn.

        A network that has learnt its task may well answer by units at their ends or do with few of
        them: that is no illness.
        """
        loss = math.nan if self.measured is None else self.measured.loss
        return not loss < _SOLVED * self.unit


@dataclass(frozen=True, slots=True)
class Rule:
    """`find` yields what it found. `dynamic`: it judges a run, so it must be right twice.

    `early`: it may judge start values too, before the first steps have changed them.
    """

    name: str
    find: Callable[[Evidence], Iterator[Finding]]
    dynamic: bool = False
    early: bool = False
