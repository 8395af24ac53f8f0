"""The published schema of a project file, derived from the declared settings."""

from __future__ import annotations

from typing import Any

from gradloom.core.checks import Real
from gradloom.core.schema import (
    COUNT,
    NUMBER,
    NUMBERS,
    TEXT,
    array,
    mapping,
    nullable,
    published,
    record,
)
from gradloom.data import DataSpec
from gradloom.document.codec import FORMAT, VERSION
from gradloom.engine.history import COLUMNS
from gradloom.engine.plan import Plan
from gradloom.graph.codec import graph_schema
from gradloom.layers import LAYERS

NAME = f"project-{VERSION}"


def project_schema() -> dict[str, Any]:
    """JSON Schema of `*.gradloom` files."""
    coordinate = Real(-1e9, 1e9).schema()
    place = {"x": coordinate, "y": coordinate, "open": {"type": "boolean"}}
    edit = {
        "layer": TEXT,
        "parameter": TEXT,
        "index": array(COUNT),
        "before": NUMBER,
        "after": NUMBER,
    }
    return published(
        NAME,
        "Gradloom project",
        {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "graph": graph_schema(),
            "places": mapping(record(place, ("open",))),
            "data": DataSpec.schema(),
            "plan": Plan.schema(),
            "edits": array(record(edit)),
            "run": nullable(_run()),
        },
        layer=LAYERS.schema(),
    )


def _run() -> dict[str, Any]:
    best = {
        "loss": NUMBER,
        "epoch": COUNT,
        "theta": nullable(NUMBERS),
        "state": nullable(NUMBERS),
    }
    random = {"state": TEXT, "inc": TEXT, "has_uint32": COUNT, "uinteger": COUNT}
    run = {
        "dtype": {"enum": ["float32", "float64"]},
        "theta": NUMBERS,
        "state": NUMBERS,
        "optimiser": TEXT,
        "slots": mapping(array(NUMBERS)),
        **dict.fromkeys(("count", "steps", "epoch", "batch"), COUNT),
        "batch_size": {"type": "integer", "minimum": 1},
        "shuffled": {"type": "boolean"},
        "loss_sum": NUMBER,
        "rng": record(random),
        "history": record(dict.fromkeys(COLUMNS, array({"type": ["number", "null"]}))),
        "best": nullable(record(best)),
        "schedule": mapping(NUMBER),
        "seconds": {"type": "number", "minimum": 0},
        "restored": {"type": "boolean"},
    }
    return record(run, ("restored",))
