"""Every learnable number of a network in one flat vector, with named views into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradloom.core.streams import stream
from gradloom.engine.memory import COPIES, aligned, refuse_if_too_large
from gradloom.graph import Analysis, Graph
from gradloom.layers.base import Block, Parameter, StateArray
from gradloom.layers.shapes import Array, Shape, size


@dataclass(frozen=True)
class Slot:
    """Where an array of a layer lies in a flat vector."""

    layer: str
    name: str
    shape: Shape
    start: int

    @property
    def stop(self) -> int:
        """One past its last index."""
        return self.start + size(self.shape)

    def of(self, vector: Array) -> Array:
        """The view of this array in `vector`."""
        return vector[self.start : self.stop].reshape(self.shape)


@dataclass(frozen=True)
class Layout:
    """Which part of the flat vectors belongs to which layer. A value: same graph, same layout."""

    blocks: tuple[tuple[Slot, Block], ...]
    states: tuple[tuple[Slot, StateArray], ...]

    @cached_property
    def size(self) -> int:
        """Learnable numbers."""
        return self.blocks[-1][0].stop if self.blocks else 0

    @cached_property
    def state_size(self) -> int:
        """Numbers of state."""
        return self.states[-1][0].stop if self.states else 0

    @cached_property
    def _block_slots(self) -> dict[tuple[str, str], Slot]:
        return {(slot.layer, slot.name): slot for slot, _ in self.blocks}

    @cached_property
    def _state_slots(self) -> dict[tuple[str, str], Slot]:
        return {(slot.layer, slot.name): slot for slot, _ in self.states}

    @cached_property
    def _parameters(self) -> dict[tuple[str, str], tuple[Slot, Parameter]]:
        return {
            (slot.layer, parameter.name): (slot, parameter)
            for slot, block in self.blocks
            for parameter in block.parameters
        }

    def block(self, vector: Array, layer: str, name: str) -> Array:
        """A block as it is stored."""
        return self._block_slots[layer, name].of(vector)

    def parameter(self, vector: Array, layer: str, name: str) -> Array:
        """A parameter as people see it, a view into `vector`."""
        slot, parameter = self._parameters[layer, name]
        return parameter.view(slot.of(vector))

    def state(self, vector: Array, layer: str, name: str) -> Array:
        """A state array, a view into a state vector."""
        return self._state_slots[layer, name].of(vector)

    def parameters(self) -> Iterator[tuple[str, Parameter]]:
        """(layer id, parameter), in the order of the vector."""
        for (layer, _), (_, parameter) in self._parameters.items():
            yield layer, parameter

    def parameters_of(self, layer: str) -> tuple[Parameter, ...]:
        """The parameters of one layer."""
        return tuple(p for id_, p in self.parameters() if id_ == layer)

    def __contains__(self, key: tuple[str, str]) -> bool:
        """Whether (layer id, parameter name) is here."""
        return key in self._parameters


def layout_of(graph: Graph, analysis: Analysis) -> Layout:
    """The layout of all layers that are trained, in topological order."""
    blocks: list[tuple[Slot, Block]] = []
    states: list[tuple[Slot, StateArray]] = []
    at = state_at = 0
    for layer in analysis.trained:
        kind, arriving = graph[layer].kind, analysis.inputs[layer]
        for block in kind.blocks(*arriving):
            blocks.append((Slot(layer, block.name, block.shape, at), block))
            at += block.size
        for array in kind.state(*arriving):
            states.append((Slot(layer, array.name, array.shape, state_at), array))
            state_at += size(array.shape)
    return Layout(tuple(blocks), tuple(states))


class Parameters:
    """The flat vectors of one run: `theta`, its `gradient`, and `state`.

    `pair` (2, n) holds the gradient in row 0 and working space in row 1, so that an optimiser can
    treat gradient and squared gradient as one array. `watched` (2n,) is theta and the gradient as
    one vector: its dot product with itself says whether both are finite.
    """

    def __init__(self, layout: Layout, dtype: object = np.float32) -> None:
        """Raises UserError, before allocating, when the numbers would not fit in memory."""
        refuse_if_too_large(layout.size, dtype, COPIES)
        self.layout = layout
        self.dtype = np.dtype(dtype)  # type: ignore[call-overload]
        whole = aligned((3, layout.size), dtype)
        self.theta: Array = whole[0]
        self.gradient: Array = whole[1]
        self.pair: Array = whole[1:]
        self.watched: Array = whole[:2].reshape(-1)
        self.state = aligned((layout.state_size,), dtype)

    def initialise(self, seed: int) -> None:
        """Draw start values; each layer has its own stream, so layers do not move each other."""
        for slot, block in self.layout.blocks:
            stored = slot.of(self.theta)
            for parameter in block.parameters:
                rng = stream(seed, "init", slot.layer, parameter.name)
                drawn = parameter.init.draw(
                    rng, parameter.shape, parameter.fan_in, parameter.fan_out
                )
                parameter.view(stored)[...] = drawn
        for slot, array in self.layout.states:
            slot.of(self.state)[...] = array.fill
        self.pair[...] = 0

    def __getitem__(self, key: tuple[str, str]) -> Array:
        """A live view: `parameters["dense_1", "W"]`."""
        return self.layout.parameter(self.theta, *key)
