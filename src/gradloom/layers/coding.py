"""How a target column becomes the numbers a loss compares with, and these become answers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target


@dataclass(frozen=True, slots=True)
class Coding:
    """Target columns coded for one Output.

    `columns` are indices into the signature's targets. `style` is "real" (scaled as the targets
    say), "unit" (one number, `low` for class 0 and `high` for class 1) or "one_hot" (`low` / `high`
    per class).
    `loss` is the kind of the loss in force. `parts` > 1 says that the network gives several numbers
    per target (mean and log variance). `logs`: the network gives logarithms of probabilities.
    """

    columns: tuple[int, ...]
    targets: tuple[Target, ...]
    style: str
    loss: str
    low: float = 0.0
    high: float = 1.0
    parts: int = 1
    logs: bool = False

    @property
    def width(self) -> int:
        """Rows of the coded target array."""
        return len(self.targets[0].classes) if self.style == "one_hot" else len(self.columns)

    @property
    def middle(self) -> float:
        """The decision threshold of a single unit."""
        return (self.low + self.high) / 2

    @property
    def scaled(self) -> bool:
        """Whether what the network gives is in other units than the targets."""
        return any(target.scaled for target in self.targets)

    @property
    def units(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """(offset, scale) of each number the network gives: number * scale + offset is raw.

        A log variance s belongs to scale * number, whose variance is scale^2 exp(s).
        """
        if self.style != "real":
            return (0.0,) * self.width, (1.0,) * self.width
        means = [(target.offset, target.scale) for target in self.targets]
        logs = [(2 * math.log(scale), 1.0) for _, scale in means] if self.parts > 1 else []
        offsets, scales = zip(*means, *logs, strict=True)
        return offsets, scales

    @property
    def said(self) -> str:
        """A sentence on how the targets are scaled; "" if they are not."""
        if not self.scaled:
            return ""
        how = "; ".join(f"y = ({t.name} − {t.offset:.4g}) / {t.scale:.4g}" for t in self.targets)
        return f"Targets are scaled: {how}.".replace("− -", "+ ")

    def encode(self, table: Array) -> Array:
        """Targets (rows, all target columns; class numbers for classes) as (width, rows)."""
        if self.style == "real":
            coded: Array = np.ascontiguousarray(table[:, self.columns].T)
            if not self.scaled:
                return coded
            coded -= np.array([[target.offset] for target in self.targets])
            coded /= np.array([[target.scale] for target in self.targets])
            return coded
        labels = table[:, self.columns[0]].astype(np.int64)
        if self.style == "unit":
            return np.where(labels == 1, self.high, self.low)[None, :]
        coded = np.full((self.width, len(labels)), self.low)
        coded[labels, np.arange(len(labels))] = self.high
        return coded

    def decode(self, output: Array) -> Array:
        """A network's output (outputs, ...) as answers in the units of the targets.

        The one way back from `encode`: what shows an answer, or writes one, goes through here.
        """
        if not self.scaled:
            return output
        offset, scale = (np.array(numbers) for numbers in self.units)
        ones = (1,) * (output.ndim - 1)
        answers: Array = output * scale.reshape(-1, *ones) + offset.reshape(-1, *ones)
        return answers

    def classify(self, output: Array) -> Array:
        """Class numbers (rows,) from a network's output (outputs, rows)."""
        if self.style == "unit":
            return np.asarray(output[0] > self.middle, np.int64)
        return np.asarray(output.argmax(axis=0))

    def probabilities(self, output: Array) -> Array:
        """Class shares (classes, rows) in 0..1 from a network's output (outputs, rows).

        For outputs that are no probabilities: a single unit is read linearly between `low` and
        `high`; several are shifted to be positive and divided by their sum.
        """
        if self.logs:
            output = np.exp(output)
        if self.style == "unit":
            one = np.clip((output[0] - self.low) / (self.high - self.low), 0.0, 1.0)
            return np.stack([1.0 - one, one])
        share = np.clip((output - self.low) / (self.high - self.low), 0.0, 1.0)
        total = share.sum(axis=0)
        return np.where(total > 0, share / np.where(total > 0, total, 1.0), 1.0 / len(share))

    def deviation(self, output: Array, column: int) -> Array:
        """The standard deviation (rows,) that an output (outputs, rows) gives with a real target.

        Where the network gives a mean and a log variance for each target (`parts` is 2).
        """
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(output[self.width + column].astype(np.float64) / 2))
