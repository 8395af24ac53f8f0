"""Aligned buffers, and the refusal of networks that would not fit."""

from __future__ import annotations

from math import prod

import numpy as np

from gradloom.core.errors import UserError
from gradloom.core.memory import available_bytes
from gradloom.layers.shapes import Array

_ALIGNMENT = 64  # one cache line, one AVX-512 register


def aligned(shape: tuple[int, ...], dtype: object) -> Array:
    """Zeros of `shape` that start on a cache line."""
    kind = np.dtype(dtype)  # type: ignore[call-overload]
    nbytes = max(prod(shape), 1) * kind.itemsize
    raw = np.zeros(nbytes + _ALIGNMENT, np.uint8)
    start = -raw.ctypes.data % _ALIGNMENT
    view: Array = raw[start : start + prod(shape) * kind.itemsize].view(kind)
    return view.reshape(shape)


def refuse_if_too_large(count: int, dtype: object, copies: int) -> None:
    """Raise UserError, before allocating, if `count` numbers times `copies` do not fit."""
    needed = count * np.dtype(dtype).itemsize * copies  # type: ignore[call-overload]
    if needed > available_bytes() * 0.8:
        raise UserError(
            f"This network has {count:,} parameters; training it needs about"
            f" {needed / 2**30:.1f} GiB, and {available_bytes() / 2**30:.1f} GiB are free."
            " Use fewer units or layers."
        )


def refuse_batch_if_too_large(count: int, dtype: object, copies: int, batch: int) -> None:
    """The same for the `count` numbers that flow through a network for one batch."""
    needed = count * np.dtype(dtype).itemsize * copies  # type: ignore[call-overload]
    if needed > available_bytes() * 0.8:
        raise UserError(
            f"A batch of {batch:,} rows needs about {needed / 2**30:.1f} GiB in this network, and"
            f" {available_bytes() / 2**30:.1f} GiB are free. Use a smaller batch or fewer units."
        )
