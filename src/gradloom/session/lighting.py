"""Which units and weights a number of a step is about, for the canvas to light."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gradloom.engine.trace import Trace
from gradloom.layers.expression import Reference

_BATCHES = (2, 4)  # axes of flat rows and of pictures, whose second axis counts the units


@dataclass(frozen=True, slots=True)
class Lit:
    """Products of one layer: a unit (None: several), units that feed it, weights (input, unit).

    The units of a layer of pictures are its channels.
    """

    layer: str
    unit: int | None = None
    inputs: tuple[int, ...] = ()
    weights: tuple[tuple[int, int], ...] = ()

    @property
    def units(self) -> frozenset[int]:
        """Every unit of the layer that takes part."""
        own = () if self.unit is None else (self.unit,)
        return frozenset((*own, *(unit for _, unit in self.weights)))


def lit_of(trace: Trace, references: Iterable[Reference]) -> Lit | None:
    """What these numbers stand for on the canvas; None if they are no unit or weight of a layer.

    Give the number that is looked at and those it is made of, or just one term's.
    """
    found = list(references)
    layer = _layer_of(trace, found)
    if not layer:
        return None
    tensors = trace.program.tensors
    feeding = {tensors[i].name for i in trace.graph.sources_of(layer) if i in tensors}
    units: dict[int, None] = {}
    inputs: dict[int, None] = {}
    weights: dict[tuple[int, int], None] = {}
    for reference in found:
        name, index = reference.value.name, reference.index
        if name.removesuffix(".gradient") in feeding:
            if len(index) in _BATCHES:
                inputs[index[1]] = None
        elif _names(name, layer, "W"):
            if len(index) == 2:
                weights[index[0], index[1]] = None
            elif len(index) == 4:  # of a kernel
                units[index[0]] = None
        elif _names(name, layer, "b"):
            units[index[-1]] = None
        elif name.startswith(f"{layer}.") and len(index) in _BATCHES:
            units[index[1]] = None
    if weights and not inputs:
        inputs = dict.fromkeys(i for i, _ in weights)
    if not units and not inputs:
        return None
    units |= dict.fromkeys(unit for _, unit in weights)
    only = next(iter(units)) if len(units) == 1 else None
    return Lit(layer, only, tuple(inputs), tuple(weights))


def _layer_of(trace: Trace, found: list[Reference]) -> str:
    """The layer whose operation it is; in the update, whose parameter; "" for none."""
    if trace.current is not None and trace.current.layer:
        return trace.current.layer
    return next(
        (
            i
            for r in found
            for i, _ in trace.parameters.layout.parameters()
            if f".{i}." in f".{r.value.name}."
        ),
        "",
    )


def _names(name: str, layer: str, parameter: str) -> bool:
    """Whether a value is this parameter, its slope, or its part of a vector of the update."""
    own = f"{layer}.{parameter}"
    return name in (own, f"{layer}.d{parameter}") or name.endswith(f".{own}")
