"""From raw columns to what enters a network: feature crosses, then scaling."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradloom.core.counting import counted
from gradloom.core.errors import BadValue
from gradloom.data.dataset import decode_numbers, shape_from_plain
from gradloom.layers.shapes import Array

_PIECE = 4096  # rows
_OPERATIONS: dict[str, tuple[int, Callable[..., Array]]] = {
    "copy": (1, lambda a: a),
    "square": (1, np.square),
    "product": (2, np.multiply),
    "sin": (1, np.sin),
}


@dataclass(frozen=True, slots=True)
class Feature:
    """A column that enters a network: `op` ("copy", "square", "product", "sin") of raw columns."""

    name: str
    op: str
    of: tuple[str, ...]


@dataclass(frozen=True)
class Transform:
    """value = (expression of the raw columns - offset) / scale, for each feature.

    `shape` is (channels, height, width) where the values of a row are a picture.
    """

    inputs: tuple[str, ...]
    features: tuple[Feature, ...]
    offset: tuple[float, ...]
    scale: tuple[float, ...]
    shape: tuple[int, ...] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns that come out."""
        return tuple(feature.name for feature in self.features)

    @property
    def changes_nothing(self) -> bool:
        """Whether what comes out is what goes in."""
        as_they_are = _as_they_are(self.inputs, self.features)
        return as_they_are and not any(self.offset) and all(scale == 1.0 for scale in self.scale)

    def apply(self, raw: Array) -> Array:
        """Columns for the network (rows, F') from raw ones (rows, F), in float64.

        Numbers too large give inf, without a warning.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            values = express(self.inputs, self.features, raw)
            values -= np.array(self.offset)
            values /= np.array(self.scale)
        return values

    def encode(self) -> dict[str, Any]:
        """Plain JSON that a reader of a few lines can apply."""
        return {
            "inputs": list(self.inputs),
            "features": [{"name": f.name, "op": f.op, "of": list(f.of)} for f in self.features],
            "offset": list(self.offset),
            "scale": list(self.scale),
            **({} if self.shape is None else {"shape": list(self.shape)}),
        }

    @classmethod
    def decode(cls, plain: Any, path: str = "") -> Transform:
        """What `encode` wrote; raises BadValue with the place inside the file."""
        at = f"{path}." if path else ""
        if not isinstance(plain, dict):
            raise BadValue(path, "must be an object")
        for name in ("inputs", "features"):
            if not isinstance(plain.get(name), list):
                raise BadValue(f"{at}{name}", "must be a list")
        inputs = tuple(plain["inputs"])
        if not all(isinstance(name, str) for name in inputs) or len(set(inputs)) != len(inputs):
            raise BadValue(f"{at}inputs", "must be different column names")
        features = tuple(
            _feature(item, inputs, f"{at}features[{i}]") for i, item in enumerate(plain["features"])
        )
        if not features or len({f.name for f in features}) != len(features):
            raise BadValue(f"{at}features", "must be at least one feature, each with its own name")
        offset = _numbers(plain.get("offset"), len(features), f"{at}offset")
        scale = _numbers(plain.get("scale"), len(features), f"{at}scale")
        if 0.0 in scale:
            raise BadValue(f"{at}scale[{scale.index(0.0)}]", "must not be 0")
        shape = shape_from_plain(plain.get("shape"), len(features), f"{at}shape")
        return cls(inputs, features, offset, scale, shape)


def express(inputs: Sequence[str], features: Sequence[Feature], raw: Array) -> Array:
    """The unscaled features (rows, F') of raw columns (rows, F): a new array."""
    index = {name: i for i, name in enumerate(inputs)}
    if _as_they_are(inputs, features):
        return np.array(raw, dtype=np.float64)
    values = np.asarray(raw, dtype=np.float64)[:, [index[f.of[0]] for f in features]]
    for column, feature in enumerate(features):
        if feature.op != "copy":
            _, operation = _OPERATIONS[feature.op]
            values[:, column] = operation(*(raw[:, index[name]] for name in feature.of))
    return values


def fit(
    inputs: tuple[str, ...],
    features: tuple[Feature, ...],
    raw: Array,
    scaling: str,
    shape: tuple[int, ...] | None = None,
    rows: Array | None = None,
) -> Transform:
    """The transform whose scaling is fitted on raw rows, on these `rows` of them if given.

    "standard": mean 0 and deviation 1 (divided by n, as scikit-learn does); "minmax": 0..1; "none".
    A constant column is only moved to 0; so it is without rows. The cells of pictures (`shape`) are
    scaled all alike, as they are in one unit: a cell that is hardly ever inked must not count more.
    """
    learnt = np.arange(len(raw)) if rows is None else rows
    count = len(features)
    if scaling == "none" or not len(learnt):
        offset, scale = np.zeros(count), np.ones(count)
    elif shape is None:
        with np.errstate(over="ignore", invalid="ignore"):
            values = express(inputs, features, raw if rows is None else raw[rows])
        # sums of columns are sums of what lies side by side: the last bits hang on that
        offset, scale = scales(np.asfortranarray(values), scaling)
    else:
        offset, scale = _alike(inputs, features, raw, learnt, scaling)
    return Transform(inputs, features, tuple(offset.tolist()), tuple(scale.tolist()), shape)


def scales(values: Array, scaling: str) -> tuple[Array, Array]:
    """(offset, scale) of each column of `values` (rows, columns), as `fit` says."""
    count = values.shape[1]
    if scaling == "none" or not len(values):
        return np.zeros(count), np.ones(count)
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = values.min(axis=0), values.max(axis=0)
        offset = values.mean(axis=0) if scaling == "standard" else low
        scale = values.std(axis=0) if scaling == "standard" else high - low
    constant = low == high
    offset = np.where(constant, low, offset)
    scale = np.where(constant | (scale == 0), 1.0, scale)
    return offset, scale


def _alike(
    inputs: Sequence[str], features: Sequence[Feature], raw: Array, rows: Array, scaling: str
) -> tuple[Array, Array]:
    """The same (offset, scale) for every column; some rows at a time, as pictures are many."""

    def pieces() -> Iterator[Array]:
        for start in range(0, len(rows), _PIECE):
            yield express(inputs, features, raw[rows[start : start + _PIECE]])

    count = len(rows) * len(features)
    ends = [(float(piece.min()), float(piece.max())) for piece in pieces()]
    low, high = min(least for least, _ in ends), max(most for _, most in ends)
    offset, scale = low, high - low
    if scaling == "standard" and low < high:
        offset = sum(float(piece.sum()) for piece in pieces()) / count
        squares = (float(np.square(piece - offset).sum()) for piece in pieces())
        scale = math.sqrt(sum(squares) / count)
    columns = len(features)
    return np.full(columns, offset), np.full(columns, scale or 1.0)


def _as_they_are(inputs: Sequence[str], features: Sequence[Feature]) -> bool:
    """Whether the features are the columns, all of them in their order."""
    return len(inputs) == len(features) and all(
        feature.op == "copy" and feature.of == (name,)
        for name, feature in zip(inputs, features, strict=True)
    )


def _feature(plain: Any, inputs: tuple[str, ...], path: str) -> Feature:
    if not isinstance(plain, dict) or not isinstance(plain.get("name"), str):
        raise BadValue(path, 'must be an object with "name", "op" and "of"')
    op, of = plain.get("op"), plain.get("of")
    if not isinstance(op, str) or op not in _OPERATIONS:
        raise BadValue(f"{path}.op", f"must be one of {', '.join(_OPERATIONS)}")
    if not isinstance(of, list) or len(of) != _OPERATIONS[op][0]:
        raise BadValue(f"{path}.of", f"must list {_OPERATIONS[op][0]} of the inputs")
    for i, name in enumerate(of):
        if name not in inputs:
            raise BadValue(f"{path}.of[{i}]", "is not one of the inputs")
    return Feature(plain["name"], op, tuple(of))


def _numbers(plain: Any, count: int, path: str) -> tuple[float, ...]:
    values = decode_numbers(plain, path)
    if len(values) != count:
        raise BadValue(path, f"must have {counted(count, 'number')}, not {len(values)}")
    return values
