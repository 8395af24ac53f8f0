from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import strategies

from gradloom.core.errors import BadValue
from gradloom.core.reading import parse
from gradloom.core.writing import json_bytes
from gradloom.document import State
from gradloom.document.codec import (
    graph_from_plain,
    graph_to_plain,
    project_from_plain,
    project_to_plain,
    state_from_plain,
    state_to_plain,
)
from gradloom.document.samples import first_project
from gradloom.engine.plan import Plan


@settings(max_examples=50)
@given(strategies.networks())
def test_every_network_comes_back_equal(graph) -> None:
    again = graph_from_plain(parse(json_bytes(graph_to_plain(graph))))
    assert again == graph


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_every_state_comes_back_equal(states, data) -> None:
    state = data.draw(states)
    again = state_from_plain(parse(json_bytes(state_to_plain(state))))
    assert again == state


@settings(max_examples=40)
@given(strategies.records(Plan), strategies.data_specs())
def test_every_plan_and_data_description_comes_back_equal(plan, data) -> None:
    state = State(plan=plan, data=data)
    again, run = project_from_plain(parse(json_bytes(project_to_plain(state))))
    assert (again, run) == (state, None)


def test_an_empty_project_comes_back() -> None:
    assert project_from_plain(project_to_plain(State())) == (State(), None)


def _plain() -> dict:
    return json.loads(json.dumps(project_to_plain(first_project())))


def _set(plain, path: str, value) -> None:
    *before, last = path.split("/")
    for key in before:
        plain = plain[int(key)] if isinstance(plain, list) else plain[key]
    if isinstance(plain, list):
        plain[int(last)] = value
    elif value is ...:
        del plain[last]
    else:
        plain[last] = value


_EDGE = {"source": "dense_1", "target": "dense_2", "port": 0}


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        ("format", "gradloom-weights", "format", "gradloom-project"),
        ("format", ..., "format", "gradloom-project"),
        ("version", 2, "version", "made by a newer Gradloom"),
        ("version", 0, "version", "whole number from 1"),
        ("version", "1", "version", "whole number from 1"),
        ("version", True, "version", "whole number from 1"),
        ("graph", ..., "graph", "is missing"),
        ("graph", [], "graph", "must be an object"),
        ("graph/layers", {}, "graph.layers", "must be a list"),
        ("graph/layers/1/id", "input_1", "graph.layers[1].id", "taken by another layer"),
        ("graph/layers/1/id", "", "graph.layers[1].id", "must not be empty"),
        ("graph/layers/1/id", 5, "graph.layers[1].id", "must be text"),
        ("graph/layers/1/name", "a\nb", "graph.layers[1].name", "one line"),
        ("graph/layers/1/kind", None, "graph.layers[1].kind", "must be an object"),
        ("graph/layers/1/kind/kind", "magic", "graph.layers[1].kind.kind", "not a known layer"),
        ("graph/layers/1/kind/units", 0, "graph.layers[1].kind.units", "from 1 to"),
        ("graph/layers/1/kind/units", 4.0, "graph.layers[1].kind.units", "whole number"),
        ("graph/layers/1/kind/colour", 1, "graph.layers[1].kind.colour", "not a setting of Dense"),
        ("graph/layers/1/colour", 1, "graph.layers[1].colour", "not a known field"),
        (
            "graph/layers/1/kind/activation/kind",
            "swoosh",
            "graph.layers[1].kind.activation.kind",
            "not a known activation",
        ),
        ("graph/edges/1/source", "nobody", "graph.edges[1].source", "no layer 'nobody'"),
        ("graph/edges/1/target", 3, "graph.edges[1].target", "must be text"),
        ("graph/edges/1/port", 1, "graph.edges[1].port", "no port 1"),
        ("graph/edges/1/port", -1, "graph.edges[1].port", "from 0"),
        ("graph/edges/0", _EDGE, "graph.edges[1]", "has two cables"),
        ("graph/edges/0/source", "dense_2", "graph.edges", "run in a circle"),
        ("graph/edges/0/source", "output_1", "graph.edges[0].source", "ends the network"),
        ("places/nobody", {"x": 0, "y": 0}, "places.nobody", "no such layer"),
        ("places/dense_1/x", "left", "places.dense_1.x", "must be a number"),
        ("places/dense_1/x", 1e300, "places.dense_1.x", "at most"),
        ("places/dense_1/open", 1, "places.dense_1.open", "true or false"),
        ("data/train", 500, "data.train", "from 1 to 100"),
        ("data/train", 50, "data.train", "must make 100 %"),
        ("data/source/kind", "magic", "data.source.kind", "not a known dataset"),
        ("plan/batch_size", 0, "plan.batch_size", "from 1"),
        ("plan/optimiser/rate", -1, "plan.optimiser.rate", "at least 0"),
        ("plan/speed", 1, "plan.speed", "not a setting of Plan"),
        ("edits", 5, "edits", "must be a list"),
        ("extra", 5, "extra", "not a known field"),
        ("run", 5, "run", "must be an object"),
        ("run", {"dtype": "float32"}, "run", ""),
    ],
)
def test_wrong_values_are_refused_with_their_place(path, value, place, words) -> None:
    plain = _plain()
    _set(plain, path, value)
    with pytest.raises(BadValue) as caught:
        project_from_plain(plain)
    assert caught.value.path.startswith(place)
    assert words in caught.value.sentence


@pytest.mark.parametrize("plain", [None, 5, "text", [], {}, {"version": 1}])
def test_what_is_no_project_is_refused(plain) -> None:
    with pytest.raises(BadValue):
        project_from_plain(plain)


def test_a_network_that_is_not_finished_can_be_saved() -> None:
    plain = _plain()
    del plain["graph"]["edges"][1]
    state, _ = project_from_plain(plain)
    assert not state.ready


def test_a_run_without_a_trainable_network_is_refused() -> None:
    plain = _plain()
    del plain["graph"]["edges"][1]
    plain["run"] = {"dtype": "float32"}
    with pytest.raises(BadValue, match="run: is there, but the network can't be trained"):
        project_from_plain(plain)
