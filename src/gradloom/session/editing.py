"""Which numbers of a step may be changed, and what they are: weights and inputs, by their place."""

from __future__ import annotations

import numpy as np

from gradloom.engine.elements import address_of, index_at
from gradloom.engine.parameters import Parameters
from gradloom.engine.trace import Trace
from gradloom.layers.base import Source
from gradloom.layers.shapes import Array, Refusal
from gradloom.layers.signature import Signature


def weight_of(
    parameters: Parameters, array: Array, index: tuple[int, ...]
) -> tuple[str, str, tuple[int, ...]] | None:
    """The weight (layer, parameter, index) that a number is, or is the slope of."""
    address = address_of(array, index)
    for vector in (parameters.theta, parameters.gradient):
        if index_at(vector, address) is None:
            continue
        for layer, parameter in parameters.layout.parameters():
            view = parameters.layout.parameter(vector, layer, parameter.name)
            place = index_at(view, address)
            if place is not None:
                return layer, parameter.name, place
    return None


def feature_of(
    trace: Trace, signature: Signature, array: Array, index: tuple[int, ...]
) -> tuple[int, int] | None:
    """(row, feature column) of an input number."""
    address = address_of(array, index)
    for layer, entering in trace.program.inputs.items():
        place = index_at(entering, address)
        if place is not None:
            kind = trace.graph[layer].kind
            assert isinstance(kind, Source)
            chosen = kind.chosen(signature)
            assert not isinstance(chosen, Refusal)
            return place[1], chosen[place[0]]
    return None


def editable(trace: Trace, signature: Signature, array: Array, index: tuple[int, ...]) -> bool:
    """Whether a number is a weight (before its update) or an input."""
    if index_at(trace.parameters.theta, address_of(array, index)) is not None:
        return trace.maker_of(array, index, trace.position) is None
    return feature_of(trace, signature, array, index) is not None


def change(
    trace: Trace, signature: Signature, array: Array, index: tuple[int, ...], number: float
) -> bool:
    """Change a weight or an input; False if it is neither, or the number can't be held."""
    if not editable(trace, signature, array, index):
        return False
    if not abs(number) <= float(np.finfo(trace.parameters.dtype).max):
        return False
    weight = weight_of(trace.parameters, array, index)
    entering = feature_of(trace, signature, array, index)
    if weight is not None:
        trace.set_parameter(*weight, number)
    elif entering is not None:
        trace.set_feature(*entering, number)
    return True
