"""A project as plain JSON and back, in stages: older versions step up dict -> dict, then checks."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from gradloom.core.checks import Flag, Real, Text, Whole
from gradloom.core.errors import BadValue
from gradloom.core.fields import Fields, entries_of, items_of
from gradloom.core.versions import Step, stepped
from gradloom.data import DataSpec
from gradloom.document.state import Place, RunEdit, State
from gradloom.engine.parameters import layout_of
from gradloom.engine.plan import Plan
from gradloom.engine.run import Checkpoint
from gradloom.graph.codec import graph_from_plain, graph_schema, graph_to_plain

__all__ = [
    "FORMAT",
    "VERSION",
    "graph_from_plain",
    "graph_schema",
    "graph_to_plain",
    "project_from_plain",
    "project_to_plain",
    "state_from_plain",
    "state_to_plain",
]

FORMAT = "gradloom-project"
VERSION = 1

# from version n to n + 1, as n: step; a step takes and gives plain JSON
_STEPS: Mapping[int, Step] = {}

_COORDINATE = Real(-1e9, 1e9)
_NUMBER = Real()
_NAME = Text()
_INDEX = Whole(0, 2**31 - 1)


def state_to_plain(state: State) -> dict[str, Any]:
    """The state without format and version: graph, places, data, plan, edits."""
    return {
        "graph": graph_to_plain(state.graph),
        "places": {
            layer: {"x": place.x, "y": place.y, "open": place.open}
            for layer, place in state.places.items()
        },
        "data": state.data.encode(),
        "plan": state.plan.encode(),
        "edits": [
            {
                "layer": edit.layer,
                "parameter": edit.parameter,
                "index": list(edit.index),
                "before": edit.before,
                "after": edit.after,
            }
            for edit in state.run_edits
        ],
    }


def state_from_plain(plain: Any, path: str = "") -> State:
    """The state that `state_to_plain` wrote; raises BadValue."""
    fields = Fields(plain, path, ("graph", "places", "data", "plan"), ("edits",))
    graph = graph_from_plain(fields.get("graph"), fields.at("graph"))
    places = {}
    for where, layer, item in entries_of(fields.get("places"), fields.at("places")):
        if layer not in graph:
            raise BadValue(where, "there is no such layer")
        places[layer] = _place(item, where)
    return State(
        graph=graph,
        places=MappingProxyType(places),
        data=DataSpec.decode(fields.get("data"), fields.at("data")),
        plan=Plan.decode(fields.get("plan"), fields.at("plan")),
        run_edits=tuple(
            _edit(item, where)
            for where, item in items_of(fields.get("edits", []), fields.at("edits"))
        ),
    )


def project_to_plain(state: State, run: Checkpoint | None = None) -> dict[str, Any]:
    """What a project file holds; raises BadValue if the run holds numbers that are not finite."""
    return {
        "format": FORMAT,
        "version": VERSION,
        **state_to_plain(state),
        "run": None if run is None else run.encode(),
    }


def project_from_plain(plain: Any) -> tuple[State, Checkpoint | None]:
    """The state and the run that `project_to_plain` wrote, or an older version did.

    Raises BadValue.
    """
    current = stepped(plain, FORMAT, VERSION, _STEPS)
    run = current.pop("run", None)
    state = state_from_plain({k: v for k, v in current.items() if k not in ("format", "version")})
    if run is None:
        return state, None
    if not state.analysis.ready:
        raise BadValue("run", "is there, but the network can't be trained as it is")
    checkpoint = Checkpoint.decode(run, "run", layout_of(state.graph, state.analysis))
    if checkpoint.theta.dtype != state.plan.dtype:
        raise BadValue("run.dtype", f"must be {state.plan.precision}, the precision of the plan")
    return state, checkpoint


def _place(plain: Any, path: str) -> Place:
    fields = Fields(plain, path, ("x", "y"), ("open",))
    x, y = (fields.checked(name, _COORDINATE) for name in ("x", "y"))
    return Place(x, y, Flag().decode(fields.get("open", False), fields.at("open")))


def _edit(plain: Any, path: str) -> RunEdit:
    fields = Fields(plain, path, ("layer", "parameter", "index", "before", "after"))
    return RunEdit(
        fields.checked("layer", _NAME),
        fields.checked("parameter", _NAME),
        tuple(
            _INDEX.decode(item, where)
            for where, item in items_of(fields.get("index"), fields.at("index"))
        ),
        fields.checked("before", _NUMBER),
        fields.checked("after", _NUMBER),
    )
