"""The published schema of a weights file, derived from the declared settings."""

from __future__ import annotations

from typing import Any

from gradloom.core.schema import COUNT, NUMBER, NUMBERS, TEXT, array, mapping, published, record
from gradloom.engine.plan import Plan
from gradloom.exchange.codec import DTYPE, FORMAT, VERSION
from gradloom.graph.codec import graph_schema
from gradloom.layers import LAYERS, LOSSES

NAME = f"weights-{VERSION}"


def weights_schema() -> dict[str, Any]:
    """JSON Schema of exported weights."""
    graph = graph_schema()["properties"]
    arrays = mapping({"$ref": "#/$defs/array"})
    layer = {
        **graph["layers"]["items"]["properties"],
        "parameters": arrays,
        "state": arrays,
    }
    feature = {
        "name": TEXT,
        "op": {"enum": ["copy", "square", "product", "sin"]},
        "of": {**array(TEXT), "minItems": 1, "maxItems": 2},
    }
    preprocessing = {
        "inputs": array(TEXT),
        "features": {**array(record(feature)), "minItems": 1},
        "offset": NUMBERS,
        "scale": NUMBERS,
        "shape": {**array({"type": "integer", "minimum": 1}), "minItems": 3, "maxItems": 3},
    }
    output = {
        "layer": TEXT,
        "targets": array(TEXT),
        "style": {"enum": ["real", "unit", "one_hot"]},
        "loss": {"enum": [loss.kind for loss in LOSSES.kinds()]},
        "low": NUMBER,
        "high": NUMBER,
        "parts": {"type": "integer", "minimum": 1},
        "offset": NUMBERS,
        "scale": NUMBERS,
    }
    target = {
        "name": TEXT,
        "classes": array(TEXT),
        "offset": NUMBER,
        "scale": {"type": "number", "exclusiveMinimum": 0},
    }
    values = {"anyOf": [{"type": "number"}, array({"$ref": "#/$defs/values"})]}
    return published(
        NAME,
        "Gradloom weights",
        {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "made_by": TEXT,
            "dtype": DTYPE.schema(),
            "layers": array(record(layer)),
            "edges": graph["edges"],
            "preprocessing": record(preprocessing, ("shape",)),
            "targets": array(record(target, ("offset", "scale"))),
            "outputs": array(record(output, ("offset", "scale"))),
            "metrics": mapping(NUMBER),
            "plan": Plan.schema(),
        },
        layer=LAYERS.schema(),
        array=record({"shape": array(COUNT), "dtype": DTYPE.schema(), "values": values}),
        values=values,
    )
