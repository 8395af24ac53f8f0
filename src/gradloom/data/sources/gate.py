"""Logic gates: whole truth tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gradloom.core.checks import Choice
from gradloom.core.settings import param
from gradloom.data.dataset import SOURCES, DataSource
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target

# answers to (0, 0), (0, 1), (1, 0), (1, 1); NOT answers 0 and 1
_ANSWERS = {
    "and": (0, 0, 0, 1),
    "or": (0, 1, 1, 1),
    "nand": (1, 1, 1, 0),
    "nor": (1, 0, 0, 0),
    "xor": (0, 1, 1, 0),
    "not": (1, 0),
}


@SOURCES.add
@dataclass(frozen=True)
class Gate(DataSource):
    """A truth table, its rows counting up in binary: x1 is the higher digit, x2 the lower.

    Features are 0 or 1, the classes are "0" and "1"; NOT has x1 only.
    """

    kind, label, help = "gate", "Logic gate", "A truth table; all of its rows are trained on."
    task: ClassVar[str] = "gate"
    gate: str = param(
        "xor", Choice(*((name, name.upper()) for name in _ANSWERS)), "Gate", "Which truth table."
    )

    @property
    def feature_names(self) -> tuple[str, ...]:
        return ("x1",) if self.gate == "not" else ("x1", "x2")

    @property
    def target_columns(self) -> tuple[Target, ...]:
        return (Target("y", ("0", "1")),)

    def best_error(self) -> float:
        return 0.0

    def draw(self, rng: np.random.Generator) -> tuple[Array, Array]:
        answers = np.array(_ANSWERS[self.gate])
        high, low = np.divmod(np.arange(len(answers)), 2)
        features = np.stack([low] if self.gate == "not" else [high, low], axis=1)
        return features, answers[:, None]
