"""What explanations of several kinds and losses have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod

import numpy as np

from gradloom.layers.algebra import Item, add, at, call, over, summed, times
from gradloom.layers.expression import Explain, Expression, Reference
from gradloom.layers.site import Tensor, Value

Index = tuple[int, ...]
Part = Callable[[Index], Expression]


def element(item: Tensor | Value, index: Index) -> Reference:
    """One element of what a person sees."""
    return at(item, *index)


def alone(part: Part) -> Explain:
    """For an operation that writes one value: where the element at an index comes from."""
    return lambda _, index: part(index)


def by_name(parts: Mapping[str, Part]) -> Explain:
    """For an operation that writes several values: by the name of the value."""
    return lambda name, index: parts[name](index)


def sum_over(shape: Index, make: Part) -> Expression:
    """The sum over all places of an array of this shape, last axis quickest."""
    return summed(prod(shape), lambda k: make(tuple(int(i) for i in np.unravel_index(k, shape))))


def over_classes(item: Tensor, index: Index, make: Part) -> Expression:
    """The sum over the first axis of a sample, the other places as in `index`."""
    return summed(item.shape[0], lambda j: make((index[0], j, *index[2:])))


def mean_over(shape: Index, make: Part) -> Expression:
    """One over the count, times the sum over all places."""
    return part_of(1.0, float(prod(shape)), sum_over(shape, make))


def part_of(top: float, count: float, what: Expression) -> Expression:
    """`what` times top / count, written as a fraction."""
    return times(top, what) if count == 1 else times(over(top, count), what)


def normalised(x: Item, mean: Item, variance: Item, epsilon: float) -> Expression:
    """(x - mean) / sqrt(variance + epsilon)."""
    return over(add(x, times(-1.0, mean)), call("sqrt", add(variance, epsilon)))
