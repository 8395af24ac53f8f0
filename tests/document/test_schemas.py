"""The published schemas: they are what the code says, and files that are written fit."""

from __future__ import annotations

import copy
import json
import math
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradloom.cli.publish import derived
from gradloom.core.resources import resource_path
from gradloom.document.codec import project_to_plain
from gradloom.document.samples import first_project, samples
from gradloom.document.schema import project_schema
from gradloom.engine.trainer import Trainer
from gradloom.exchange.codec import weights_to_plain
from gradloom.exchange.schema import weights_schema
from gradloom.exchange.weights import weights_of

_TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
}
_BOUNDS = {
    "minimum": lambda v, b: v >= b,
    "maximum": lambda v, b: v <= b,
    "exclusiveMinimum": lambda v, b: v > b,
    "exclusiveMaximum": lambda v, b: v < b,
    "minItems": lambda v, b: len(v) >= b,
    "maxItems": lambda v, b: len(v) <= b,
    "minLength": lambda v, b: len(v) >= b,
    "maxLength": lambda v, b: len(v) <= b,
    "uniqueItems": lambda v, b: len({json.dumps(i) for i in v}) == len(v),
    "const": lambda v, b: v == b and type(v) is type(b),
    "enum": lambda v, b: v in b,
    "pattern": lambda v, b: re.search(b, v) is not None,
}
_WORDS = {
    *_BOUNDS,
    *("$schema", "$id", "$ref", "$defs", "title", "description"),
    *("type", "properties", "required", "additionalProperties", "items", "oneOf", "anyOf"),
}


def wrong(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "") -> str:
    """The first place where `value` does not fit, or ""; knows the words our schemas use."""
    assert set(schema) <= _WORDS, f"the validator does not know {set(schema) - _WORDS}"
    if "$ref" in schema:
        return wrong(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, path)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_TYPES[kind](value) for kind in kinds):
        return f"{path}: {value!r} is no {kinds}"
    for word, fits in _BOUNDS.items():
        if word in schema and not fits(value, schema[word]):
            return f"{path}: {word} {schema[word]!r} against {value!r}"
    for word, count in (("oneOf", {1}), ("anyOf", None)):
        if word in schema:
            fitting = sum(not wrong(value, option, root, path) for option in schema[word])
            if (count is not None and fitting not in count) or not fitting:
                return f"{path}: {fitting} of {len(schema[word])} options fit {value!r}"
    return _inside(value, schema, root, path)


def _inside(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str) -> str:
    found = []
    if isinstance(value, dict):
        found = [f"{path}.{k}: missing" for k in schema.get("required", ()) if k not in value]
        known, rest = schema.get("properties", {}), schema.get("additionalProperties", True)
        for key, item in value.items():
            if key in known:
                found.append(wrong(item, known[key], root, f"{path}.{key}"))
            elif rest is False:
                found.append(f"{path}.{key}: not known")
            elif isinstance(rest, dict):
                found.append(wrong(item, rest, root, f"{path}.{key}"))
    if isinstance(value, list) and "items" in schema:
        found = [wrong(v, schema["items"], root, f"{path}[{i}]") for i, v in enumerate(value)]
    return next(filter(None, found), "")


@pytest.mark.parametrize("path", derived(), ids=lambda path: path.name)
def test_what_is_committed_is_what_the_code_says(path) -> None:
    assert path.read_bytes() == derived()[path], "run: python -m gradloom.cli.publish"


def test_nothing_else_lies_beside_them() -> None:
    for folder in ("schema", "samples"):
        there = set(resource_path(folder).iterdir())
        assert there == {path for path in derived() if path.parent.name == folder}


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_project_fits_its_schema(states, data) -> None:
    plain = json.loads(json.dumps(project_to_plain(data.draw(states))))
    schema = project_schema()
    assert wrong(plain, schema, schema) == ""


@pytest.fixture(scope="module", params=samples())
def trained(request):
    state = samples()[request.param]
    trainer = Trainer(state.graph, state.prepared, state.plan.replace(restore_best=True))
    trainer.run(steps=30)
    return state, trainer.checkpoint()


def test_a_project_with_its_run_fits_its_schema(trained) -> None:
    schema = project_schema()
    plain = json.loads(json.dumps(project_to_plain(*trained)))
    assert plain["run"]["best"] is None or math.isfinite(plain["run"]["best"]["loss"])
    assert wrong(plain, schema, schema) == ""


def test_weights_fit_their_schema(trained) -> None:
    schema = weights_schema()
    plain = json.loads(json.dumps(weights_to_plain(weights_of(*trained))))
    assert wrong(plain, schema, schema) == ""


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("plan/batch_size", 0, "minimum"),
        ("plan/batch_size", 1.5, "no ['integer']"),
        ("graph/layers/1/kind/units", "4", "options fit"),
        ("graph/layers/1/kind/kind", "magic", "options fit"),
        ("graph/edges/0/port", -1, "minimum"),
        ("version", 2, "const"),
        ("more", 1, "not known"),
        ("data/scaling", "best", "enum"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(path: str, value, words: str) -> None:
    plain: Any = copy.deepcopy(json.loads(json.dumps(project_to_plain(first_project()))))
    inside = plain
    *before, last = path.split("/")
    for key in before:
        inside = inside[int(key)] if isinstance(inside, list) else inside[key]
    inside[last] = value
    schema = project_schema()
    assert words in wrong(plain, schema, schema)
