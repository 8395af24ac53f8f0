"""What a loss is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from gradloom.core.settings import Declared, Registry
from gradloom.layers.base import Kind
from gradloom.layers.explaining import Part, alone, by_name
from gradloom.layers.shapes import Array, Refusal
from gradloom.layers.site import Back, Call, Equation, Phase, Site, Tensor, Value


@dataclass(frozen=True)
class Loss(Declared):
    """Compares what the network gives with the coded target.

    `tasks`: the kinds of target it takes ("real", "binary", "classes"). `parts`: how many numbers
    the network gives per target. `signed`: classes are coded -1 and 1 whatever the activation;
    `unsigned`: 0 and 1 whatever the activation. `single`: one unit may stand for two classes.
    """

    tasks: ClassVar[tuple[str, ...]] = ("real", "binary", "classes")
    parts: ClassVar[int] = 1
    signed: ClassVar[bool] = False
    unsigned: ClassVar[bool] = False
    single: ClassVar[bool] = True

    def why_not(self, feeder: Kind | None) -> Refusal | None:
        """Why this loss does not go with the activation before it (None: no activation)."""
        return None

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        """Put the loss at `at`: writes `at.loss` (unweighted), and dL/dprediction times `weight`.

        `prediction` and `target` are (width * parts, batch) and (width, batch).
        """
        raise NotImplementedError


LOSSES: Registry[Loss] = Registry("loss")

Slope = tuple[Equation, Sequence[Tensor | Value], Callable[[Array], Sequence[Call]]]


@dataclass(frozen=True)
class Told:
    """Where the loss, an element of its slope, and of what else is written come from."""

    loss: Part
    slope: Part
    others: Mapping[str, Part] = field(default_factory=dict)


def put_loss(
    at: Site,
    reads: Sequence[Tensor | Value],
    writes: Sequence[Value],
    forward: tuple[Equation, Sequence[Call]],
    into: Tensor,
    backward: Slope,
    told: Told,
) -> None:
    """Put a loss whose calls write `at.loss`, and its slope with respect to `into`.

    Where the targets are scaled, its words say so. `backward` is the equation's right side, what
    it reads, and a function of the array (outputs, batch) that its calls write. `told` explains
    both.
    """
    assert at.loss is not None

    def back_part(back: Back) -> None:
        share = back.into(into)
        if share is None:
            return
        slope, read, calls = backward
        back.operation(
            Equation(f"{share.symbol} = {slope.latex}", slope.words, slope.source),
            calls(share.flat),
            reads=read,
            writes=[share],
            explain=alone(told.slope),
        )

    equation, calls = forward
    written = at.value("L", "loss", at.loss)
    if at.coding is not None and at.coding.scaled:
        equation = replace(equation, words=f"{equation.words} {at.coding.said}")
    at.operation(
        equation,
        calls,
        reads=reads,
        writes=[*writes, written],
        backward=back_part,
        phase=Phase.LOSS,
        explain=by_name({written.name: told.loss, **told.others}),
    )


def factor(weight: float) -> str:
    """A loss's weight as the LaTeX that starts its slope: "" for 1."""
    return "" if weight == 1 else rf"{weight:g} \cdot "
