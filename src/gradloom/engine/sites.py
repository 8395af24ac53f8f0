"""What a kind is given while it is compiled: its layer's place in the draft of the program.

`LayerSite` is the `Site`, `BackSite` the `Back` of `layers.site`. The first share of a tensor's
gradient is written in place; further shares (branches) go to a buffer of their own and are added.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from gradloom.engine.draft import Draft, Pending
from gradloom.engine.memory import aligned
from gradloom.layers.algebra import add, was
from gradloom.layers.base import Kind
from gradloom.layers.coding import Coding
from gradloom.layers.explaining import alone, element
from gradloom.layers.expression import Explain
from gradloom.layers.shapes import Array, DType, Shape
from gradloom.layers.site import Back, Backward, Call, Equation, Phase, Tensor, Value


@dataclass
class LayerSite:
    """The `Site` of one layer."""

    draft: Draft
    layer: str
    inputs: tuple[Tensor, ...]
    coding: Coding | None
    target: Array | None
    loss: Array | None

    @property
    def batch(self) -> int:
        return self.draft.batch

    @property
    def dtype(self) -> DType:
        return self.draft.dtype

    @property
    def training(self) -> bool:
        return self.draft.training

    def parameter(self, block: str) -> Array:
        p = self.draft.parameters
        return p.layout.block(p.theta, self.layer, block)

    def gradient(self, block: str) -> Array:
        p = self.draft.parameters
        return p.layout.block(p.gradient, self.layer, block)

    def shown(self, parameter: str) -> Value:
        p = self.draft.parameters
        array = p.layout.parameter(p.theta, self.layer, parameter)
        return Value(_latex(parameter), f"{self.layer}.{parameter}", array)

    def shown_gradient(self, parameter: str) -> Value:
        p = self.draft.parameters
        array = p.layout.parameter(p.gradient, self.layer, parameter)
        return Value(_slope(_latex(parameter)), f"{self.layer}.d{parameter}", array)

    def state(self, name: str) -> Array:
        p = self.draft.parameters
        return p.layout.state(p.state, self.layer, name)

    def tensor(self, symbol: str, shape: Shape) -> Tensor:
        return self.draft.tensor(symbol, f"{self.layer}.{symbol}", shape)

    def view(self, tensor: Tensor, symbol: str, shape: Shape) -> Tensor:
        array = tensor.flat.reshape(*shape, self.batch)
        return Tensor(symbol, f"{self.layer}.{symbol}", shape, array, tensor.augmented)

    def made(self, tensor: Tensor, by: Kind, source: Tensor, **notes: Array) -> Tensor:
        return dataclasses.replace(tensor, made_by=by, made_from=source, notes=notes)

    def scratch(self, *shape: int, dtype: object = None) -> Array:
        return aligned(shape, self.dtype if dtype is None else dtype)

    def constant(self, number: float) -> Array:
        return np.asarray(number, self.dtype)

    def random(self) -> np.random.Generator:
        return self.draft.rng

    def value(self, symbol: str, name: str, array: Array) -> Value:
        return Value(symbol, f"{self.layer}.{name}", _batch_first(array))

    def operation(
        self,
        equation: Equation,
        calls: Sequence[Call],
        reads: Sequence[Tensor | Value],
        writes: Sequence[Tensor | Value],
        backward: Backward | None = None,
        phase: Phase = Phase.FORWARD,
        explain: Explain | None = None,
    ) -> None:
        draft = self.draft
        draft.append(self.layer, phase, equation, calls, reads, writes, explain)
        if backward is not None:
            asked = _if_needed(draft, backward, writes) if phase is Phase.FORWARD else backward
            draft.pending.append(Pending(self.layer, asked))


def _if_needed(draft: Draft, backward: Backward, writes: Sequence[Tensor | Value]) -> Backward:
    """`backward`, unless nothing came back to any tensor the operation wrote."""
    names = [w.name for w in writes if isinstance(w, Tensor)]

    def asked(back: Back) -> None:
        if any(name in draft.gradients for name in names):
            backward(back)

    return asked


@dataclass
class BackSite:
    """The `Back` of one operation."""

    draft: Draft
    layer: str
    sums: list[tuple[Tensor, Tensor]] = field(default_factory=list)

    def gradient_of(self, tensor: Tensor) -> Tensor:
        found = self.draft.gradients[tensor.name]
        return dataclasses.replace(found, symbol=_slope(tensor.symbol))

    def into(self, tensor: Tensor) -> Tensor | None:
        draft = self.draft
        if tensor.name in draft.no_gradient:
            return None
        share = draft.tensor(_slope(tensor.symbol), f"{tensor.name}.gradient", tensor.shape)
        if tensor.name not in draft.gradients:
            draft.gradients[tensor.name] = share
            return share
        number = sum(
            1 for op in draft.operations for w in op.writes if w.name.startswith(share.name)
        )
        share = dataclasses.replace(share, name=f"{share.name}.{self.layer}.{number}")
        self.sums.append((draft.gradients[tensor.name], share))
        return share

    def operation(
        self,
        equation: Equation,
        calls: Sequence[Call],
        reads: Sequence[Tensor | Value],
        writes: Sequence[Tensor | Value],
        explain: Explain | None = None,
    ) -> None:
        self.draft.append(self.layer, Phase.BACKWARD, equation, calls, reads, writes, explain)
        written = {w.name for w in writes}
        for pair in [pair for pair in self.sums if pair[1].name in written]:
            self.sums.remove(pair)
            self._add_up(*pair)

    def _add_up(self, whole: Tensor, share: Tensor) -> None:
        """Add a further share to the gradient it belongs to."""
        total = dataclasses.replace(whole, symbol=share.symbol)
        added = dataclasses.replace(share, symbol=r"\Delta")
        self.draft.append(
            self.layer,
            Phase.BACKWARD,
            Equation(
                rf"{total.symbol} \mathrel{{+}}= \Delta",
                "The value was used more than once: the slopes of its uses add up.",
                "multivariate chain rule",
            ),
            [partial(np.add, whole.flat, share.flat, whole.flat)],
            [total, added],
            [total],
            alone(lambda index: add(was(total, *index), element(added, index))),
        )


def _batch_first(array: Array) -> Array:
    return np.moveaxis(array, -1, 0) if array.ndim else array


def _latex(parameter: str) -> str:
    return {"gamma": r"\gamma", "beta": r"\beta"}.get(parameter, parameter)


def _slope(symbol: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {symbol}}}"
