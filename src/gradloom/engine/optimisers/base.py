"""What an optimiser is."""

from __future__ import annotations

from dataclasses import dataclass

from gradloom.core.checks import Real
from gradloom.core.settings import Declared, Registry, param
from gradloom.engine.update import Rule, UpdateSite


@dataclass(frozen=True)
class Optimiser(Declared, Rule):
    """Turns the gradient into a step of the parameters."""

    rate: float = param(
        0.03,
        Real(0, 1e6, log=True),
        "Learning rate",
        "How far each step goes along the slope.",
        live=True,
    )

    def build(self, at: UpdateSite) -> None:
        """Put theta's update at one slice."""
        raise NotImplementedError


OPTIMISERS: Registry[Optimiser] = Registry("optimiser")
