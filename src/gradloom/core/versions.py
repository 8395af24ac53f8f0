"""Files that grow: a format name, a version, and steps dict -> dict from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gradloom.core.errors import BadValue

Step = Callable[[dict[str, Any]], dict[str, Any]]


def stepped(plain: Any, format_: str, version: int, steps: Mapping[int, Step]) -> dict[str, Any]:
    """A copy of `plain` brought to `version`; `steps[n]` goes from n to n + 1.

    Raises BadValue for another format, no version, or a newer one.
    """
    if not isinstance(plain, dict):
        raise BadValue("", f"must hold an object with format {format_!r}")
    if plain.get("format") != format_:
        raise BadValue("format", f"must be {format_!r}; this is another sort of file")
    found = plain.get("version")
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise BadValue("version", "must be a whole number from 1")
    if found > version:
        raise BadValue(
            "version", f"is {found}: made by a newer Gradloom, this one reads up to {version}"
        )
    current = dict(plain)
    for number in range(found, version):
        current = steps[number](current)
    return current
