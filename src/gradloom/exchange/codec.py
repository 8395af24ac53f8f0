"""Trained weights as plain JSON that is enough by itself, and back.

Layers stand in an order in which they can be computed, each with its settings, parameters and
state as nested lists in people's orientation (W: inputs x outputs). The published schema is
`resources/schema/weights-1.schema.json`; readers of a few lines are in `resources/readers`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradloom import __version__
from gradloom.core.arrays import array_from_plain, array_to_plain
from gradloom.core.checks import Choice, Real, Text
from gradloom.core.errors import BadValue
from gradloom.core.fields import Fields, entries_of, items_of
from gradloom.core.versions import stepped
from gradloom.data import Transform
from gradloom.engine.memory import refuse_if_too_large
from gradloom.engine.parameters import Layout, layout_of
from gradloom.engine.plan import Plan
from gradloom.graph import Analysis, Graph, analyse
from gradloom.graph.codec import graph_from_plain, graph_to_plain
from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Signature, Target

FORMAT = "gradloom-weights"
VERSION = 1
DTYPE = Choice(("float32", "32 bit"), ("float64", "64 bit"))
_NAME, _OFFSET, _SCALE = Text(), Real(), Real(0, above=True)
_UNITS = ("offset", "scale")
_FIELDS = (
    *("format", "version", "dtype", "layers", "edges", "preprocessing"),
    *("targets", "outputs", "metrics", "plan"),
)


@dataclass(frozen=True, eq=False)
class Weights:
    """A trained network with all that is needed to predict: nothing of the project is missing.

    `theta` and `state` are the flat vectors of the layout of `graph` on this data signature.
    `metrics` are the last measured figures of the run, by name.
    """

    graph: Graph
    transform: Transform
    targets: tuple[Target, ...]
    theta: Array
    state: Array
    metrics: dict[str, float]
    plan: Plan

    @property
    def signature(self) -> Signature:
        """The columns the network was trained on."""
        return Signature(self.transform.names, self.targets, self.transform.shape)

    @property
    def analysis(self) -> Analysis:
        """Shapes of the network on these columns."""
        return analyse(self.graph, self.signature)

    @property
    def layout(self) -> Layout:
        """Where the arrays lie in `theta` and `state`."""
        return layout_of(self.graph, self.analysis)


def weights_to_plain(weights: Weights) -> dict[str, Any]:
    """What a weights file holds; raises BadValue where a number is not finite."""
    analysis, layout = weights.analysis, weights.layout
    graph = graph_to_plain(weights.graph)
    by_id = {layer["id"]: layer for layer in graph["layers"]}
    layers = [
        {
            **by_id[id_],
            "parameters": {
                p.name: _array_to_plain(
                    layout.parameter(weights.theta, id_, p.name), f"{id_}.{p.name}"
                )
                for p in layout.parameters_of(id_)
            },
            "state": {
                slot.name: _array_to_plain(slot.of(weights.state), f"{id_}.{slot.name}")
                for slot, _ in layout.states
                if slot.layer == id_
            },
        }
        for id_ in analysis.order
    ]
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_by": f"Gradloom {__version__}",
        "dtype": weights.theta.dtype.name,
        "layers": layers,
        "edges": graph["edges"],
        "preprocessing": weights.transform.encode(),
        "targets": [_target_to_plain(target) for target in weights.targets],
        "outputs": _outputs_to_plain(analysis),
        "metrics": {k: v for k, v in weights.metrics.items() if math.isfinite(v)},
        "plan": weights.plan.encode(),
    }


def weights_from_plain(plain: Any) -> Weights:
    """The weights that `weights_to_plain` wrote; raises UserError, mostly a BadValue."""
    fields = Fields(stepped(plain, FORMAT, VERSION, {}), "", _FIELDS, ["made_by"])
    dtype = np.dtype(fields.checked("dtype", DTYPE))
    rows = list(items_of(fields.get("layers"), "layers"))
    graph = graph_from_plain(
        {
            "layers": [_without_arrays(item) for _, item in rows],
            "edges": fields.get("edges"),
        }
    )
    transform = Transform.decode(fields.get("preprocessing"), "preprocessing")
    targets = tuple(
        _target(item, where) for where, item in items_of(fields.get("targets"), "targets")
    )
    analysis = analyse(graph, Signature(transform.names, targets, transform.shape))
    if not analysis.ready:
        problem = next(p for p in analysis.problems if p.stops_training)
        raise BadValue("layers", f"do not make a network: {problem.text}")
    _check_outputs(fields.get("outputs"), analysis)
    layout = layout_of(graph, analysis)
    refuse_if_too_large(layout.size + layout.state_size, dtype, 1)
    theta, state = np.zeros(layout.size, dtype), np.zeros(layout.state_size, dtype)
    for where, item in rows:
        _read_arrays(item, where, layout, theta, state)
    for vector in (theta, state):
        vector.flags.writeable = False
    return Weights(
        graph,
        transform,
        targets,
        theta,
        state,
        {
            key: _finite(value, where)
            for where, key, value in entries_of(fields.get("metrics"), "metrics")
        },
        Plan.decode(fields.get("plan"), "plan"),
    )


def _array_to_plain(array: Array, path: str) -> dict[str, Any]:
    return {
        "shape": list(array.shape),
        "dtype": array.dtype.name,
        "values": array_to_plain(array, path),
    }


def _target_to_plain(target: Target) -> dict[str, Any]:
    scaling = {"offset": target.offset, "scale": target.scale} if target.scaled else {}
    return {"name": target.name, "classes": list(target.classes), **scaling}


def _coding_to_plain(layer: str, coding: Coding) -> dict[str, Any]:
    offset, scale = coding.units
    units = {"offset": list(offset), "scale": list(scale)} if coding.scaled else {}
    return {
        "layer": layer,
        "targets": [target.name for target in coding.targets],
        "style": coding.style,
        "loss": coding.loss,
        "low": coding.low,
        "high": coding.high,
        "parts": coding.parts,
        **units,
    }


def _outputs_to_plain(analysis: Analysis) -> list[dict[str, Any]]:
    codings = analysis.codings
    return [_coding_to_plain(id_, codings[id_]) for id_ in analysis.order if id_ in codings]


def _check_outputs(plain: Any, analysis: Analysis) -> None:
    wanted = _outputs_to_plain(analysis)
    items = [item for _, item in items_of(plain, "outputs")]
    if len(items) != len(wanted):
        raise BadValue("outputs", f"must have {len(wanted)} items, has {len(items)}")
    for i, (item, want) in enumerate(zip(items, wanted, strict=True)):
        fields = Fields(item, f"outputs[{i}]", list(want))
        for name, value in want.items():
            found = fields.get(name)
            if not (_near(found, value) if name in _UNITS else found == value):
                raise BadValue(fields.at(name), f"does not fit the network: {value!r} is right")


def _near(found: Any, wanted: list[float]) -> bool:
    """Whether these are the numbers, but for the last bit: logarithms differ between machines."""
    return (
        isinstance(found, list)
        and len(found) == len(wanted)
        and all(isinstance(number, int | float) for number in found)
        and np.allclose(found, wanted, rtol=1e-12, atol=1e-12)
    )


def _without_arrays(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    return {key: value for key, value in plain.items() if key not in ("parameters", "state")}


def _read_arrays(plain: Any, path: str, layout: Layout, theta: Array, state: Array) -> None:
    layer = plain["id"]
    fields = Fields(plain, path, ("id", "name", "kind", "parameters", "state"))
    views = {
        "parameters": {
            p.name: layout.parameter(theta, layer, p.name) for p in layout.parameters_of(layer)
        },
        "state": {s.name: s.of(state) for s, _ in layout.states if s.layer == layer},
    }
    for group, arrays in views.items():
        inner = Fields(fields.get(group), fields.at(group), list(arrays))
        for name, view in arrays.items():
            item = Fields(inner.get(name), inner.at(name), ("shape", "dtype", "values"))
            if item.get("shape") != list(view.shape):
                raise BadValue(item.at("shape"), f"must be {list(view.shape)}")
            if item.get("dtype") != view.dtype.name:
                raise BadValue(item.at("dtype"), f'must be "{view.dtype.name}" as for the file')
            values = array_from_plain(item.get("values"), item.at("values"), view.shape, view.dtype)
            view[...] = values


def _target(plain: Any, path: str) -> Target:
    fields = Fields(plain, path, ("name", "classes"), _UNITS)
    classes = tuple(
        _NAME.decode(item, where)
        for where, item in items_of(fields.get("classes"), fields.at("classes"))
    )
    if len(set(classes)) != len(classes):
        raise BadValue(fields.at("classes"), "names a class twice")
    offset = _OFFSET.decode(fields.get("offset", 0.0), fields.at("offset"))
    scale = _SCALE.decode(fields.get("scale", 1.0), fields.at("scale"))
    target = Target(fields.checked("name", _NAME), classes, offset, scale)
    if classes and target.scaled:
        raise BadValue(fields.at("scale"), "is for real targets, not for classes")
    return target


def _finite(plain: Any, path: str) -> float:
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise BadValue(path, "must be a number")
    return float(plain)
