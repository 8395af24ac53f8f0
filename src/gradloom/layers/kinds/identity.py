"""Identity: f(z) = z."""

from __future__ import annotations

from dataclasses import dataclass

from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.site import Site, Tensor


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class Identity(Activation):
    """a = z: no operation at all."""

    kind, label, icon = "identity", "Identity", "minus"
    help = "a = z. Leaves numbers as they are; also called linear."

    def apply(self, at: Site, z: Tensor) -> Tensor:
        return z
