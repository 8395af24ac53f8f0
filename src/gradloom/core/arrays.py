"""Arrays as nested lists of JSON numbers and back, exact for float32 and float64."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradloom.core.errors import BadValue


def array_to_plain(array: NDArray[Any], path: str) -> Any:
    """Nested lists; raises BadValue for a number that is not finite, which JSON can't say."""
    if not np.isfinite(array).all():
        raise BadValue(path, "holds a number that is not finite, which JSON can't say")
    # tolist() gives Python floats: their JSON text is exact, float32's own shortest text is not
    return array.tolist()


def array_from_plain(
    plain: Any, path: str, shape: tuple[int, ...], dtype: np.dtype[Any]
) -> NDArray[Any]:
    """A read-only array of this shape; raises BadValue with the place of the first wrong row."""
    _check(plain, path, shape)
    array = np.array(plain, dtype=np.float64).reshape(shape)
    if np.abs(array).max(initial=0.0) > np.finfo(dtype).max:
        raise BadValue(path, f"holds a number too large for {dtype.name}")
    array = array.astype(dtype)
    array.flags.writeable = False
    return array


def _check(plain: Any, path: str, shape: tuple[int, ...]) -> None:
    if not shape:
        _numbers([plain], path)
        return
    if not isinstance(plain, list):
        raise BadValue(path, "must be a list of numbers")
    if len(plain) != shape[0]:
        raise BadValue(path, f"must have {shape[0]} items, has {len(plain)}")
    if len(shape) == 1:
        _numbers(plain, path)
    else:
        for i, row in enumerate(plain):
            _check(row, f"{path}[{i}]", shape[1:])


def _numbers(row: list[Any], path: str) -> None:
    if not {type(item) for item in row} <= {int, float}:
        raise BadValue(path, "must hold numbers only")
    if any(type(item) is int and abs(item) > 2**1000 for item in row):
        raise BadValue(path, "holds too large a number")
