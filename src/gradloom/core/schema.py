"""Words of JSON Schema, so that published schemas are said in few lines."""

from __future__ import annotations

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
NUMBER: dict[str, Any] = {"type": "number"}
COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
NUMBERS: dict[str, Any] = {"type": "array", "items": NUMBER}


def record(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """An object with just these fields, all required but the optional ones."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def mapping(values: dict[str, Any]) -> dict[str, Any]:
    """An object with any fields, whose values are all of one sort."""
    return {"type": "object", "additionalProperties": values}


def array(items: dict[str, Any]) -> dict[str, Any]:
    """A list of one sort of items."""
    return {"type": "array", "items": items}


def nullable(plain: dict[str, Any]) -> dict[str, Any]:
    """Null, or what `plain` says."""
    return {"anyOf": [{"type": "null"}, plain]}


def published(name: str, title: str, properties: dict[str, Any], **defs: Any) -> dict[str, Any]:
    """A whole schema; every value at `#/$defs/<name>` is said once."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{name}.schema.json",
        "title": title,
        **record(properties, ("made_by", "edits")),
        "$defs": defs,
    }
