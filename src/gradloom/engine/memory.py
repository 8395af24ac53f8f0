"""Aligned buffers, and the refusal of networks that would not fit."""

from __future__ import annotations

from math import prod

import numpy as np

from gradloom.core.errors import UserError
from gradloom.core.memory import available_bytes, own_bytes
from gradloom.layers.shapes import Array

# theta, the pair (gradient, squares), Adam's two moments, two scratch rows, a snapshot
COPIES = 8
_SHARE = 0.8  # of the free memory that may be taken
_SMALL = 2**27  # bytes that are there on any computer
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
    if needed > available_bytes() * _SHARE:
        raise UserError(_too_large(count, needed, available_bytes()))


def why_too_large(count: int, dtype: object) -> str:
    """Why a network of `count` parameters can't be trained, or ""; cheap, for before a run.

    What this program has now counts as free: it may be a run of the same network.
    """
    needed = count * np.dtype(dtype).itemsize * COPIES  # type: ignore[call-overload]
    if needed < _SMALL:
        return ""
    free = available_bytes() + own_bytes()
    return _too_large(count, needed, free) if needed > free * _SHARE else ""


def _too_large(count: int, needed: int, free: int) -> str:
    return (
        f"This network has {count:,} parameters; training it needs about"
        f" {needed / 2**30:.1f} GiB, and {free / 2**30:.1f} GiB are free."
        " Use fewer units or layers."
    )


def refuse_batch_if_too_large(count: int, dtype: object, copies: int, batch: int) -> None:
    """The same for the `count` numbers that flow through a network for one batch."""
    needed = count * np.dtype(dtype).itemsize * copies  # type: ignore[call-overload]
    if needed > available_bytes() * _SHARE:
        raise UserError(
            f"A batch of {batch:,} rows needs about {needed / 2**30:.1f} GiB in this network, and"
            f" {available_bytes() / 2**30:.1f} GiB are free. Use a smaller batch or fewer units."
        )
