"""Spoilt files: always one sentence, never another exception, within a second."""

from __future__ import annotations

import copy
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradloom.core.errors import BadValue, UserError
from gradloom.core.reading import parse
from gradloom.document.codec import project_from_plain, project_to_plain
from gradloom.document.files import load_project, save_project
from gradloom.document.samples import first_project
from gradloom.engine.trainer import Trainer
from gradloom.exchange.codec import weights_from_plain, weights_to_plain
from gradloom.exchange.weights import load_weights, weights_of


def _run():
    state = first_project()
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=40)
    return trainer.checkpoint()


RUN = _run()
PROJECT = json.loads(json.dumps(project_to_plain(first_project(), RUN)))
WEIGHTS = json.loads(json.dumps(weights_to_plain(weights_of(first_project(), RUN))))
FORMATS = {"project": (PROJECT, project_from_plain), "weights": (WEIGHTS, weights_from_plain)}

_ODD = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        2**70,
        1.5,
        1e300,
        "",
        "x",
        "a\nb",
        "\u0000",
        [],
        {},
        [[]],
        [None],
        ["x"],
        [1, [2]],
        {"kind": "dense"},
        {"kind": []},
        {"": 1},
        [0.0] * 100,
    ]
)


def _places(plain, path=()):
    """Paths of all values inside a plain value."""
    yield path
    inner = plain.items() if isinstance(plain, dict) else ()
    if isinstance(plain, list):
        inner = list(enumerate(plain))[:6]
    for key, value in inner:
        yield from _places(value, (*path, key))


def _spoilt(draw, plain):
    """`plain` with one to three values replaced, deleted, doubled or swapped."""
    plain = copy.deepcopy(plain)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([p for p in _places(plain) if p]))
        *before, last = path
        inside = plain
        for key in before:
            inside = inside[key]
        what = draw(st.sampled_from(("replace", "delete", "double", "borrow")))
        if what == "replace":
            inside[last] = draw(_ODD)
        elif what == "delete":
            del inside[last]
        elif what == "double" and isinstance(inside, list):
            inside.append(copy.deepcopy(inside[last]))
        else:
            other = draw(st.sampled_from([p for p in _places(plain) if p]))
            value = plain
            for key in other:
                value = value[key]
            inside[last] = copy.deepcopy(value)
    return plain


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=50)
@given(st.data())
def test_spoilt_values_are_read_or_refused(name, data) -> None:
    plain, read = FORMATS[name]
    spoilt = _spoilt(data.draw, plain)
    started = time.perf_counter()
    try:
        read(parse(json.dumps(spoilt).encode()))
    except BadValue as error:
        said = str(error)
    else:
        said = "read"
    assert said.strip()
    assert "\n" not in said
    assert len(said) < 250
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=50)
@given(st.data())
def test_spoilt_text_is_refused(name, data) -> None:
    text = json.dumps(FORMATS[name][0], indent=1).encode()
    at = data.draw(st.integers(0, len(text) - 1))
    how = data.draw(st.sampled_from(("cut", "garbage", "nan")))
    spoilt = {
        "cut": text[:at],
        "garbage": text[:at] + b"\xff\x00{[" + text[at:],
        "nan": text.replace(b": 0", b": NaN", 1),
    }[how]
    with pytest.raises(BadValue):
        FORMATS[name][1](parse(spoilt))


@pytest.mark.parametrize("name", FORMATS)
def test_a_key_twice_is_refused_wherever_it_is(name) -> None:
    text = json.dumps(FORMATS[name][0])
    count = text.count('{"kind": ')
    assert count > 5
    for i in range(count):
        parts = text.split('{"kind": ')
        spoilt = '{"kind": '.join(parts[: i + 1]) + '{"kind": 1, "kind": '
        spoilt += '{"kind": '.join(parts[i + 1 :])
        with pytest.raises(BadValue, match=r"\.kind: stands twice"):
            parse(spoilt.encode())


@pytest.mark.parametrize(
    ("key", "value", "place"),
    [
        ("theta", [0.0] * 24, "run.theta"),
        ("theta", None, "run.theta"),
        ("theta", ..., "run.theta"),
        ("theta", [[0.0] * 25], "run.theta"),
        ("theta", ["x"] * 25, "run.theta"),
        ("theta", [1e39] * 25, "run.theta"),
        ("state", [1.0], "run.state"),
        ("slots", [], "run.slots"),
        ("slots", {"m": [0.0]}, "run.slots.m"),
        ("optimiser", 1, "run.optimiser"),
        ("steps", -1, "run.steps"),
        ("epoch", 1.5, "run.epoch"),
        ("rng", {}, "run.rng"),
        ("history", {}, "run.history"),
        ("history", None, "run.history"),
        ("seconds", "long", "run.seconds"),
        ("dtype", "float16", "run.dtype"),
        ("loss_sum", None, "run.loss_sum"),
        ("best", 5, "run.best"),
    ],
)
def test_spoilt_runs_are_refused_with_their_place(key, value, place) -> None:
    plain = copy.deepcopy(PROJECT)
    if value is ...:
        del plain["run"][key]
    else:
        plain["run"][key] = value
    with pytest.raises(BadValue) as caught:
        project_from_plain(plain)
    assert caught.value.path.startswith(place)


def test_a_refused_file_is_named(tmp_path) -> None:
    path = tmp_path / "spoilt.gradloom"
    save_project(path, first_project())
    path.write_bytes(path.read_bytes().replace(b'"units": 4', b'"units": -4'))
    with pytest.raises(UserError) as caught:
        load_project(path)
    assert str(caught.value) == (
        "spoilt.gradloom: graph.layers[1].kind.units:"
        " must be a whole number from 1 to 65536, not -4"
    )
    with pytest.raises(UserError, match=r"spoilt\.gradloom: format: must be 'gradloom-weights'"):
        load_weights(path)


def test_a_network_too_large_for_this_machine_is_still_only_a_sentence(tmp_path) -> None:
    plain = copy.deepcopy(PROJECT)
    for layer in plain["graph"]["layers"]:
        if layer["kind"]["kind"] == "dense":
            layer["kind"]["units"] = 65536
    started = time.perf_counter()
    with pytest.raises(BadValue):
        project_from_plain(plain)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("field", "count", "sentence"),
    [
        ("layers", 20_000, "graph.layers: has 20 000 layers; at most 10 000 can be opened"),
        ("edges", 100_001, "graph.edges: has 100 001 cables; at most 100 000 can be opened"),
    ],
)
def test_an_absurd_number_of_layers_or_cables_is_refused(field, count, sentence) -> None:
    graph = PROJECT["graph"] | {field: [{"id": str(i)} for i in range(count)]}
    with pytest.raises(BadValue) as caught:
        project_from_plain(PROJECT | {"graph": graph})
    assert str(caught.value) == sentence
