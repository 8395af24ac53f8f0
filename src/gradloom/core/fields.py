"""Checked fields of JSON objects and items of JSON lists, each with its place in the file."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from gradloom.core.checks import Check
from gradloom.core.errors import BadValue


class Fields:
    """The fields of one JSON object: all of `names` must be there, `optional` may, others not."""

    def __init__(
        self, plain: Any, path: str, names: Collection[str], optional: Collection[str] = ()
    ) -> None:
        """Raises BadValue."""
        if not isinstance(plain, dict):
            raise BadValue(path, "must be an object")
        self._plain = plain
        self._path = path
        for name in names:
            if name not in plain:
                raise BadValue(self.at(name), "is missing")
        for name in plain:
            if name not in names and name not in optional:
                raise BadValue(self.at(name[:60]), "is not a known field")

    def at(self, name: str) -> str:
        """The place of a field."""
        return f"{self._path}.{name}" if self._path else name

    def get(self, name: str, default: Any = None) -> Any:
        """The field as it is."""
        return self._plain.get(name, default)

    def checked(self, name: str, check: Check) -> Any:
        """The field, decoded by a check; raises BadValue."""
        return check.decode(self._plain[name], self.at(name))


def items_of(plain: Any, path: str) -> Iterator[tuple[str, Any]]:
    """(place, item) of a JSON list; raises BadValue if it is none."""
    if not isinstance(plain, list):
        raise BadValue(path, "must be a list")
    for i, item in enumerate(plain):
        yield f"{path}[{i}]", item


def entries_of(plain: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    """(place, key, value) of a JSON object; raises BadValue if it is none."""
    if not isinstance(plain, dict):
        raise BadValue(path, "must be an object")
    for key, value in plain.items():
        yield f"{path}.{key[:60]}" if path else key[:60], key, value
