"""What a layer's kind is: declared settings, shapes, parameters, operations.

A kind holds no weights. `build` binds NumPy calls to the buffers a `Site` gives.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from gradloom.core.settings import Declared, Registry
from gradloom.layers.shapes import Array, Refusal, Shape, size
from gradloom.layers.signature import Signature
from gradloom.layers.site import Site, Tensor

if TYPE_CHECKING:
    from gradloom.layers.coding import Coding
    from gradloom.layers.initialisers import Initialiser
    from gradloom.layers.losses import Loss


@dataclass(frozen=True, slots=True)
class Parameter:
    """A learnable array as people see it; `view` finds it inside its stored block.

    `fan_in`, `fan_out` are what initialisers scale by. `weight`: regularised by the plan's L1 and
    L2; `l1`, `l2` are the layer's own. `learns` False: training leaves it as it is. `unit_axis`
    counts the units or filters, each with weights of its own.
    """

    name: str
    shape: Shape
    init: Initialiser
    fan_in: int
    fan_out: int
    weight: bool = True
    l1: float = 0.0
    l2: float = 0.0
    learns: bool = True
    unit_axis: int = -1
    view: Callable[[Array], Array] = lambda block: block


@dataclass(frozen=True, slots=True)
class Block:
    """Parameters that are stored together, as one array of `shape` in the flat vector."""

    name: str
    shape: Shape
    parameters: tuple[Parameter, ...]

    @property
    def size(self) -> int:
        """How many numbers it holds."""
        return size(self.shape)


@dataclass(frozen=True, slots=True)
class StateArray:
    """An array that is kept but not learnt, filled with `fill` at the start of a run."""

    name: str
    shape: Shape
    fill: float


@dataclass(frozen=True)
class Kind(Declared):
    """Base of all layer kinds. `most_inputs` None: any number."""

    category: ClassVar[str] = ""
    icon: ClassVar[str] = "box"
    least_inputs: ClassVar[int] = 1
    most_inputs: ClassVar[int | None] = 1
    has_output: ClassVar[bool] = True

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        """The output's shape, or why these input shapes can't be taken."""
        return shapes[0]

    def blocks(self, *shapes: Shape) -> tuple[Block, ...]:
        """The parameters for these input shapes."""
        return ()

    def state(self, *shapes: Shape) -> tuple[StateArray, ...]:
        """The state for these input shapes."""
        return ()

    def working(self, *shapes: Shape) -> int:
        """Numbers of working memory per row, where they are many more than what flows."""
        return 0

    def build(self, at: Site) -> Tensor:
        """Put this layer's operations at `at`; what comes back flows on."""
        raise NotImplementedError

    def summary(self) -> str:
        """A few words for the card: "4 · tanh"; "" if there is nothing to say."""
        return ""

    def automatic(self, setting: str) -> str:
        """What a setting left to "Automatic" means here, in words ("He normal"); else ""."""
        return ""

    def port_label(self, port: int) -> str:
        """What input `port` is, where the order matters ("minuend"); else ""."""
        return ""


@dataclass(frozen=True)
class Source(Kind):
    """A kind through which data enters."""

    least_inputs: ClassVar[int] = 0
    most_inputs: ClassVar[int | None] = 0

    def chosen(self, signature: Signature) -> tuple[int, ...] | Refusal:
        """Indices of the feature columns that enter here, or why they can't."""
        raise NotImplementedError

    def infer(self, *shapes: Shape) -> Shape | Refusal:
        """Sources are inferred from the data: `shape_of`."""
        raise NotImplementedError

    def shape_of(self, signature: Signature) -> Shape | Refusal:
        """The shape that enters here."""
        chosen = self.chosen(signature)
        return chosen if isinstance(chosen, Refusal) else (len(chosen),)


@dataclass(frozen=True)
class Sink(Kind):
    """A kind that ends the network and carries its loss."""

    has_output: ClassVar[bool] = False

    def coding(self, signature: Signature, feeder: Kind | None, shape: Shape) -> Coding | Refusal:
        """Which loss is meant and how targets are coded for it, or why they do not fit.

        `feeder` is the activation that made the tensor which arrives, if one did.
        """
        raise NotImplementedError

    def loss_of(self, coding: Coding) -> Loss:
        """The loss in force (the chosen one, or what "Automatic" means here)."""
        raise NotImplementedError


@dataclass(frozen=True)
class Activation(Kind):
    """A kind that works element by element (or over the features): also a setting of Dense.

    `init` names the initialiser that suits weights before it. `span` is the range of its values.
    """

    category: ClassVar[str] = "Activations"
    icon: ClassVar[str] = "activity"
    init: ClassVar[str] = "glorot_uniform"
    span: ClassVar[tuple[float, float]] = (float("-inf"), float("inf"))
    elementwise: ClassVar[bool] = True

    def build(self, at: Site) -> Tensor:
        return self.apply(at, at.inputs[0])

    def apply(self, at: Site, z: Tensor) -> Tensor:
        """Put a = f(z) at `at`, marked with `at.made`."""
        raise NotImplementedError


LAYERS: Registry[Kind] = Registry("layer kind")
ACTIVATIONS: Registry[Activation] = Registry("activation")
