"""A person's own numbers, kept inside the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradloom.core.errors import BadValue
from gradloom.core.settings import param
from gradloom.data.dataset import (
    SHAPE,
    SOURCES,
    Dataset,
    DataSource,
    decode_numbers,
    shape_from_plain,
)
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target


@dataclass(frozen=True)
class Rows:
    """A check for a whole dataset: finite numbers under different column names.

    In files: {"name": ..., "features": [{"name", "values"}], "targets": [{"name", "classes",
    "values"}]}, column by column.
    """

    def why_not(self, value: Any) -> str | None:
        if not isinstance(value, Dataset):
            return "must be a table of numbers"
        names = [*value.feature_names, *(target.name for target in value.target_columns)]
        if not value.feature_names:
            return "must have at least one feature column"
        if len(set(names)) != len(names):
            return "has two columns of one name"
        if not (np.isfinite(value.features).all() and np.isfinite(value.targets).all()):
            return "has a number that is not finite"
        for column, target in zip(value.targets.T, value.target_columns, strict=True):
            if target.classes and not np.isin(column, np.arange(len(target.classes))).all():
                return f"has a class number outside 0..{len(target.classes) - 1} in {target.name}"
        return None

    def encode(self, value: Dataset) -> dict[str, Any]:
        """`value` as plain JSON."""
        targets = zip(value.target_columns, value.targets.T, strict=True)
        return {
            "name": value.name,
            **({} if value.feature_shape is None else {"shape": list(value.feature_shape)}),
            "features": [
                {"name": name, "values": column.tolist()}
                for name, column in zip(value.feature_names, value.features.T, strict=True)
            ],
            "targets": [
                {"name": target.name, "classes": list(target.classes), "values": column.tolist()}
                for target, column in targets
            ],
        }

    def decode(self, plain: Any, path: str) -> Dataset:
        """The dataset that plain JSON stands for; raises BadValue with the place."""
        if not isinstance(plain, dict) or not isinstance(plain.get("name"), str):
            raise BadValue(path, 'must be an object with "name", "features" and "targets"')
        names, features = _columns(plain.get("features"), f"{path}.features")
        target_names, targets = _columns(plain.get("targets"), f"{path}.targets")
        columns = []
        for i, name in enumerate(target_names):
            classes = plain["targets"][i].get("classes", [])
            texts = isinstance(classes, list) and all(isinstance(c, str) for c in classes)
            if not texts or len(set(classes)) != len(classes):
                raise BadValue(f"{path}.targets[{i}].classes", "must be different class names")
            columns.append(Target(name, tuple(classes)))
        lengths = {len(values) for values in (*features, *targets)}
        if len(lengths) > 1:
            raise BadValue(path, "must have columns of one length")
        rows = max(lengths, default=0)
        shape = shape_from_plain(plain.get("shape"), len(names), f"{path}.shape")
        value = Dataset(
            plain["name"], _grid(features, rows), names, _grid(targets, rows), tuple(columns), shape
        )
        sentence = self.why_not(value)
        if sentence is not None:
            raise BadValue(path, sentence)
        return value

    def schema(self) -> dict[str, Any]:
        """This check as JSON Schema."""
        text = {"type": "string"}
        properties = {"name": text, "values": {"type": "array", "items": {"type": "number"}}}
        feature = {"type": "object", "properties": properties, "required": ["name", "values"]}
        classes = {"type": "array", "items": text, "uniqueItems": True}
        target = {**feature, "properties": {**properties, "classes": classes}}
        return {
            "type": "object",
            "properties": {
                "name": text,
                "features": {"type": "array", "items": feature, "minItems": 1},
                "targets": {"type": "array", "items": target},
                "shape": {**SHAPE},
            },
            "required": ["name", "features", "targets"],
            "additionalProperties": False,
        }


def _nothing() -> Dataset:
    return Dataset("Table", np.zeros((0, 1)), ("x1",), np.zeros((0, 1)), (Target("y"),))


@dataclass(frozen=True, eq=False)
class Kept(DataSource):
    """Base: numbers that are part of the project, equal by content."""

    task: ClassVar[str] = "table"
    offered: ClassVar[bool] = False
    content: Dataset = param(_nothing, Rows(), "Content", "The numbers.", when=lambda _: False)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other) or not isinstance(other, Kept):
            return NotImplemented
        if self.content.fingerprint != other.content.fingerprint:
            return False
        others = [s.name for s in self.settings() if s.name != "content"]
        return all(getattr(self, name) == getattr(other, name) for name in others)

    def __hash__(self) -> int:
        return hash(self.content.fingerprint)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return self.content.feature_names

    @property
    def target_columns(self) -> tuple[Target, ...]:
        return self.content.target_columns

    def make(self, seed: int) -> Dataset:
        return self.content


@SOURCES.add
@dataclass(frozen=True, eq=False)
class TableSource(Kept):
    """Numbers that are part of the project, equal by content; no rows until a table is read."""

    kind, label, help = "table", "Table", "Your own numbers, kept in the project."


def _columns(plain: Any, path: str) -> tuple[tuple[str, ...], list[tuple[float, ...]]]:
    if not isinstance(plain, list):
        raise BadValue(path, "must be a list of columns")
    names, columns = [], []
    for i, column in enumerate(plain):
        if not isinstance(column, dict) or not isinstance(column.get("name"), str):
            raise BadValue(f"{path}[{i}]", 'must be an object with "name" and "values"')
        names.append(column["name"])
        columns.append(decode_numbers(column.get("values"), f"{path}[{i}].values"))
    return tuple(names), columns


def _grid(columns: list[tuple[float, ...]], rows: int) -> Array:
    return np.array(columns, dtype=np.float64).reshape(len(columns), rows).T
