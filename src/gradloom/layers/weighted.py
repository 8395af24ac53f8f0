"""What kinds with weights, biases and an activation have in common.

Their settings are functions, each called at its place in the kind: fields of a base class would
come before the kind's own, in forms and files.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradloom.core.checks import Choice, Flag, Optional, Real, Variant
from gradloom.core.settings import param
from gradloom.layers.base import ACTIVATIONS, Activation, Block, Kind, Parameter
from gradloom.layers.initialisers import INITIALISERS, Initialiser
from gradloom.layers.shapes import Array, Shape
from gradloom.layers.site import Site, Value


class Weighted(Kind):
    """Base of kinds whose weights and biases lie in one block, the biases as its last row."""

    activation: Activation
    bias: bool
    kernel_init: Initialiser | None
    bias_init: Initialiser | None
    l1: float
    l2: float
    regularise_bias: bool
    learn: str

    def block(
        self,
        rows: int,
        units: int,
        weights: Shape,
        fans: tuple[int, int],
        view: Callable[[Array], Array],
        unit_axis: int = -1,
    ) -> Block:
        """The block (rows [+ 1], units). `view` shows its first `rows` rows as the `weights`.

        `unit_axis` of these counts the units.
        """
        kernel = Parameter(
            "W",
            weights,
            self.kernel_init or self.automatic_init(),
            *fans,
            l1=self.l1,
            l2=self.l2,
            learns=self.learn != "nothing",
            unit_axis=unit_axis,
            view=lambda block: view(block[:rows]),
        )
        if not self.bias:
            return Block("Wb", (rows, units), (kernel,))
        asked = self.regularise_bias
        bias = Parameter(
            "b",
            (units,),
            self.bias_init or INITIALISERS.make("zeros"),
            *fans,
            weight=False,
            l1=self.l1 if asked else 0.0,
            l2=self.l2 if asked else 0.0,
            learns=self.learn == "all",
            view=lambda block: block[rows],
        )
        return Block("Wb", (rows + 1, units), (kernel, bias))

    def shown(self, at: Site) -> list[Value]:
        """The weights and, if there are any, the biases as people see them."""
        return [at.shown(name) for name in (("W", "b") if self.bias else ("W",))]

    def automatic_init(self) -> Initialiser:
        """The initialiser that suits the activation."""
        return INITIALISERS.make(self.activation.init)

    def automatic(self, setting: str) -> str:
        if setting == "kernel_init":
            return self.automatic_init().label
        return INITIALISERS["zeros"].label if setting == "bias_init" else ""


def activation_after(words: str) -> Any:
    """`activation`: the function each sum goes through; `words` is its help."""
    return param(lambda: ACTIVATIONS.make("identity"), Variant(ACTIVATIONS), "Activation", words)


def weights_start(words: str) -> Any:
    """`kernel_init`: the initialiser, None for one that suits the activation."""
    return param(None, Optional(Variant(INITIALISERS)), "Weights start", words)


def biases_start() -> Any:
    """`bias_init`: the initialiser, None for zeros."""
    return param(
        None,
        Optional(Variant(INITIALISERS)),
        "Biases start",
        "How the biases are drawn.",
        when=lambda kind: kind.bias,
        advanced=True,
    )


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
