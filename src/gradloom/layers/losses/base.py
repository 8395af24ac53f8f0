"""What a loss is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gradloom.core.settings import Declared, Registry
from gradloom.layers.base import Kind
from gradloom.layers.shapes import Array, Refusal
from gradloom.layers.site import Site, Tensor


@dataclass(frozen=True)
class Loss(Declared):
    """Compares what the network gives with the coded target.

    `tasks`: the kinds of target it takes ("real", "binary", "classes"). `parts`: how many numbers
    the network gives per target. `signed`: classes are coded -1 and 1 whatever the activation.
    """

    tasks: ClassVar[tuple[str, ...]] = ("real", "binary", "classes")
    parts: ClassVar[int] = 1
    signed: ClassVar[bool] = False

    def why_not(self, feeder: Kind | None) -> Refusal | None:
        """Why this loss does not go with the activation before it (None: no activation)."""
        return None

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        """Put the loss at `at`: writes `at.loss` (unweighted), and dL/dprediction times `weight`.

        `prediction` and `target` are (width * parts, batch) and (width, batch).
        """
        raise NotImplementedError


LOSSES: Registry[Loss] = Registry("loss")
