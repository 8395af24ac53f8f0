"""What an optimiser is."""

from __future__ import annotations

from dataclasses import dataclass

from gradloom.core.settings import Declared, Registry
from gradloom.engine.optimisers.settings import learning_rate
from gradloom.engine.update import Rule, UpdateSite


@dataclass(frozen=True)
class Optimiser(Declared, Rule):
    """Turns the gradient into a step of the parameters."""

    rate: float = learning_rate(0.03)

    def build(self, at: UpdateSite) -> None:
        """Put theta's update at one slice."""
        raise NotImplementedError


OPTIMISERS: Registry[Optimiser] = Registry("optimiser")
