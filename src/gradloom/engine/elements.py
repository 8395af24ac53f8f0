"""Single numbers of a program by their place in memory, whatever view they are seen through.

A weight is a number of W, of its layer's block and of the flat vector; its address is one.
"""

from __future__ import annotations

import numpy as np

from gradloom.layers.shapes import Array


def address_of(array: Array, index: tuple[int, ...]) -> int:
    """Where a number lies; IndexError if there is none at this index."""
    if len(index) != array.ndim or not all(
        0 <= i < n for i, n in zip(index, array.shape, strict=True)
    ):
        raise IndexError(f"{index} is not in an array of shape {array.shape}")
    offset = sum(i * stride for i, stride in zip(index, array.strides, strict=True))
    return int(array.__array_interface__["data"][0]) + offset


def index_at(array: Array, address: int) -> tuple[int, ...] | None:
    """The index that shows the number at this address, or None. Strides must not be negative."""
    left = address - int(array.__array_interface__["data"][0])
    if left < 0 or not array.size:
        return None
    index = [0] * array.ndim
    axes = sorted(range(array.ndim), key=lambda axis: -array.strides[axis])
    for axis in axes:
        stride = array.strides[axis]
        if stride > 0 and array.shape[axis] > 1:
            index[axis] = min(left // stride, array.shape[axis] - 1)
            left -= index[axis] * stride
    return tuple(index) if left == 0 else None


def bounds(array: Array) -> tuple[int, int]:
    """The first byte of an array and one past its last. Strides must not be negative."""
    low = int(array.__array_interface__["data"][0])
    if not array.size:
        return low, low
    spans = zip(array.shape, array.strides, strict=True)
    return low, low + sum((n - 1) * stride for n, stride in spans) + array.itemsize


def same_bits(one: Array, other: Array) -> bool:
    """Whether two arrays of one shape and type hold the same bits (NaN equals itself)."""
    whole = np.dtype(f"u{one.dtype.itemsize}")
    a, b = np.ascontiguousarray(one), np.ascontiguousarray(other)
    return bool(np.array_equal(a.view(whole), b.view(whole)))
