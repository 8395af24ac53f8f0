"""Settings that several optimisers declare alike, each at its place in the optimiser.

Functions, not a base class: fields of a base would come before the optimiser's own, in forms and
files.
"""

from __future__ import annotations

from typing import Any

from gradloom.core.checks import Real
from gradloom.core.settings import param


def learning_rate(default: float) -> Any:
    """`rate`: how far each step goes."""
    return param(
        default,
        Real(0, 1e6, log=True),
        "Learning rate",
        "How far each step goes along the slope.",
        live=True,
    )


def momentum_kept() -> Any:
    """`momentum`: what stays of the last step; 0: nothing."""
    return param(
        0.0, Real(0, 1, below=True), "Momentum", "How much of the last step goes on.", live=True
    )


def added_decay() -> Any:
    """`weight_decay`: a pull towards 0 as a part of the slope (see `parts.pull`)."""
    return param(
        0.0,
        Real(0, 1e3, log=True),
        "Weight decay",
        "Adds λθ to the slope of every parameter, biases too (PyTorch's weight_decay).",
        live=True,
        advanced=True,
    )


def smallest_divisor(default: float) -> Any:
    """`epsilon`: what is added to a divisor that may be 0."""
    return param(
        default,
        Real(0, 1, above=True, log=True),
        "ε",
        "Keeps the division finite.",
        advanced=True,
    )
