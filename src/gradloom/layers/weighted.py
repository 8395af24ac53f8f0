"""Settings that every kind with weights and biases declares alike, each at its place in the kind.

Functions, not a base class: fields of a base would come before the kind's own, in forms and files.
"""

from __future__ import annotations

from typing import Any

from gradloom.core.checks import Choice, Flag, Real
from gradloom.core.settings import param


def absolute_decay() -> Any:
    """`l1`: a pull of the same strength on every weight."""
    return param(
        0.0,
        Real(0, 1e6, log=True),
        "L1",
        "Pulls weights towards 0 by λ·sign(w); the loss shown is without it.",
        live=True,
        advanced=True,
    )


def square_decay() -> Any:
    """`l2`: a pull that grows with the weight."""
    return param(
        0.0,
        Real(0, 1e6, log=True),
        "L2",
        "Pulls weights towards 0 by λ·w (PyTorch's weight_decay); the loss shown is without it.",
        live=True,
        advanced=True,
    )


def decayed_bias() -> Any:
    """`regularise_bias`: whether biases are pulled too."""
    return param(
        False,
        Flag(),
        "Biases too",
        "Apply L1 and L2 to the biases as well.",
        live=True,
        advanced=True,
        when=lambda kind: kind.bias,
    )


def learning() -> Any:
    """`learn`: all, weights or nothing."""
    return param(
        "all",
        Choice(("all", "Everything"), ("weights", "Weights only"), ("nothing", "Nothing")),
        "Learns",
        "What training may change; the rest is kept exactly as it is.",
        live=True,
        advanced=True,
    )
