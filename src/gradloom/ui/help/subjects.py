"""What help can be about, as text: "activation:relu", "rule:dead_units", "panel:map"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradloom.core.settings import Declared, Registry
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.schedules import SCHEDULES
from gradloom.layers import ACTIVATIONS, INITIALISERS, LAYERS, LOSSES

# an activation is a layer kind too, and is told of as an activation: so that comes first
REGISTRIES: Mapping[str, Registry[Any]] = {
    "activation": ACTIVATIONS,
    "layer": LAYERS,
    "loss": LOSSES,
    "optimiser": OPTIMISERS,
    "schedule": SCHEDULES,
    "initialiser": INITIALISERS,
}


def subject_of(value: Declared | type[Declared]) -> str:
    """The subject of a kind or of a value of it; "" for what help says nothing about."""
    kind = value if isinstance(value, type) else type(value)
    for name, registry in REGISTRIES.items():
        if kind.kind in registry and registry[kind.kind] is kind:
            return f"{name}:{kind.kind}"
    return ""


def label_of(subject: str) -> str:
    """What people call a kind that is a subject; "" for other subjects."""
    name, _, kind = subject.partition(":")
    registry = REGISTRIES.get(name)
    return registry[kind].label if registry is not None and kind in registry else ""
