from __future__ import annotations

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import strategies

from gradloom.core.errors import BadValue, UserError
from gradloom.core.reading import parse
from gradloom.core.writing import json_bytes
from gradloom.data import SOURCES, DataSpec, Transform
from gradloom.data.transform import Feature
from gradloom.document import State
from gradloom.document.samples import chain, first_project, samples
from gradloom.engine.parameters import layout_of
from gradloom.engine.plan import Plan
from gradloom.engine.trainer import Trainer
from gradloom.exchange.codec import Weights, weights_from_plain, weights_to_plain
from gradloom.exchange.weights import export_weights, import_weights, load_weights, weights_of
from gradloom.graph import analyse, edits
from gradloom.graph.edits import set_kind
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES


def _trained(state: State, steps: int = 40) -> Trainer:
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=steps)
    return trainer


def _normalised() -> State:
    layers = [
        LAYERS.make("dense", units=5),
        LAYERS.make("batch_norm"),
        ACTIVATIONS.make("relu"),
        LAYERS.make("dense", units=3, activation=ACTIVATIONS.make("softmax")),
    ]
    data = DataSpec(source=SOURCES.make("iris"), scaling="standard")
    return State(chain(layers), data=data, plan=Plan(precision="float64"))


STATES = {**samples(), "normalised": _normalised()}


@pytest.mark.parametrize("name", STATES)
def test_import_puts_the_same_bits_back(tmp_path, name: str) -> None:
    state = STATES[name]
    trainer = _trained(state)
    run = trainer.checkpoint()
    path = tmp_path / "w.json"
    export_weights(path, state, run)
    trainer.run(steps=20)
    back = import_weights(path, state, trainer.checkpoint())
    assert back.theta.tobytes() == run.theta.tobytes()
    assert back.state.tobytes() == run.state.tobytes()
    assert back.theta.dtype == run.theta.dtype


def test_an_imported_run_starts_anew_and_trains(tmp_path) -> None:
    state = first_project()
    run = _trained(state, 100).checkpoint()
    path = tmp_path / "w.json"
    export_weights(path, state, run)
    back = import_weights(path, state, run)
    assert (back.epoch, back.steps, back.count, len(back.history)) == (0, 0, 0, 0)
    trainer = Trainer(state.graph, state.prepared, state.plan, back)
    assert trainer.parameters.theta.tobytes() == run.theta.tobytes()
    trainer.run(steps=300)
    assert trainer.progress().loss < run.history.loss[-1]


@settings(max_examples=30)
@given(strategies.networks(most=5), st.sampled_from(("float32", "float64")), st.data())
def test_every_network_comes_back_exactly(graph, dtype, data) -> None:
    layout = layout_of(graph, analyse(graph, strategies.SIGNATURE))
    numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)
    vector = st.lists(numbers, min_size=layout.size, max_size=layout.size)
    names = strategies.SIGNATURE.features
    weights = Weights(
        graph,
        Transform(names, tuple(Feature(n, "copy", (n,)) for n in names), (0.5,) * 3, (1 / 3,) * 3),
        strategies.SIGNATURE.targets,
        np.array(data.draw(vector), dtype),
        np.linspace(-1, 1, layout.state_size, dtype=dtype),
        {"loss": 0.1},
        data.draw(strategies.records(Plan)),
    )
    again = weights_from_plain(parse(json_bytes(weights_to_plain(weights))))
    assert again.theta.tobytes() == weights.theta.tobytes()
    assert again.state.tobytes() == weights.state.tobytes()
    assert again.transform == weights.transform
    assert again.targets == weights.targets
    assert again.plan == weights.plan
    assert again.metrics == weights.metrics
    assert {la.id: la for la in again.graph} == {la.id: la for la in graph}
    assert again.graph.edges == graph.edges
    assert again.signature == strategies.SIGNATURE


def _priced(scaling: str = "standard") -> State:
    """A real target in hundreds that the network learns scaled, with its log variance."""
    graph = chain([LAYERS.make("dense", units=2)])
    graph = set_kind(graph, "output_1", LAYERS.make("output", loss=LOSSES.make("gaussian_nll")))
    data = DataSpec(source=SOURCES.make("diabetes"), scaling="standard", target_scaling=scaling)
    return State(graph, data=data)


def test_scaled_targets_come_back_with_the_weights(tmp_path) -> None:
    state = _priced()
    path = tmp_path / "w.json"
    export_weights(path, state, _trained(state).checkpoint())
    plain = json.loads(path.read_text("utf-8"))
    (target,) = state.prepared.signature.targets
    assert plain["targets"] == [
        {"name": "progression", "classes": [], "offset": target.offset, "scale": target.scale}
    ]
    (output,) = plain["outputs"]
    assert output["scale"] == [target.scale, 1.0]
    assert output["offset"] == [target.offset, pytest.approx(2 * math.log(target.scale))]
    plain["outputs"][0]["offset"][1] *= 1 + 1e-15  # the logarithm of another machine
    assert weights_from_plain(plain).signature == state.prepared.signature


def test_weights_of_unscaled_targets_are_written_and_read_as_before(tmp_path) -> None:
    state = _priced("none")
    path = tmp_path / "w.json"
    export_weights(path, state, _trained(state).checkpoint())
    plain = json.loads(path.read_text("utf-8"))
    assert plain["targets"] == [{"name": "progression", "classes": []}]
    assert {"offset", "scale"}.isdisjoint(plain["outputs"][0])
    assert weights_from_plain(plain).targets == state.prepared.signature.targets


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda p: p["targets"][0].__setitem__("scale", 0), "targets[0].scale"),
        (lambda p: p["targets"][0].__setitem__("scale", -1), "targets[0].scale"),
        (lambda p: p["targets"][0].__setitem__("offset", "1"), "targets[0].offset"),
        (lambda p: p["targets"][0].__setitem__("scale", 2), "outputs[0].offset"),
        (lambda p: p["outputs"][0].pop("scale"), "outputs[0].scale"),
        (lambda p: p["outputs"][0]["scale"].pop(), "outputs[0].scale"),
        (lambda p: p["outputs"][0].__setitem__("offset", ["a", "b"]), "outputs[0].offset"),
    ],
)
def test_a_bad_scale_of_a_target_is_named(tmp_path, change, place) -> None:
    state = _priced()
    path = tmp_path / "w.json"
    export_weights(path, state, _trained(state).checkpoint())
    plain = json.loads(path.read_text("utf-8"))
    change(plain)
    with pytest.raises(BadValue) as caught:
        weights_from_plain(plain)
    assert caught.value.path == place


def test_arrays_stand_as_people_see_them(tmp_path) -> None:
    state = first_project()
    trainer = _trained(state)
    path = tmp_path / "w.json"
    export_weights(path, state, trainer.checkpoint())
    plain = json.loads(path.read_text("utf-8"))
    dense = plain["layers"][1]
    assert dense["kind"]["units"] == 4
    kernel = dense["parameters"]["W"]
    assert (kernel["shape"], kernel["dtype"]) == ([2, 4], "float32")
    assert np.float32(kernel["values"][1][3]) == trainer.parameters["dense_1", "W"][1, 3]
    assert dense["parameters"]["b"]["shape"] == [4]
    assert plain["targets"] == [{"name": "class", "classes": ["A", "B"]}]
    assert plain["metrics"]["steps"] == 40
    assert plain["plan"]["seed"] == 0
    order = [layer["id"] for layer in plain["layers"]]
    for edge in plain["edges"]:
        assert order.index(edge["source"]) < order.index(edge["target"])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_never_written(tmp_path, bad: float) -> None:
    state = first_project()
    run = _trained(state).checkpoint()
    theta = run.theta.copy()
    theta[5] = bad
    path = tmp_path / "w.json"
    path.write_text("old")
    with pytest.raises(UserError, match=r"w\.json: dense_1\.\w: holds a number that is not finite"):
        export_weights(path, state, dataclasses.replace(run, theta=theta))
    assert path.read_text() == "old"


def _other(change) -> State:
    state = first_project()
    return state.with_graph(change(state.graph))


def _dense(**settings):
    return {"activation": ACTIVATIONS.make("tanh"), **settings}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda g: edits.set_kind(g, "dense_2", LAYERS.make("dense", **_dense(units=3))),
            "W of Dense 2 is 4 × 3 here and 4 × 2 in the file",
        ),
        (
            lambda g: edits.set_kind(
                g, "dense_1", LAYERS.make("dense", **_dense(units=4, bias=False))
            ),
            "b of Dense is missing here and 4 in the file",
        ),
        (
            lambda g: edits.set_kind(
                g, "dense_1", LAYERS.make("dense", units=4, activation=ACTIVATIONS.make("relu"))
            ),
            "Dense is Dense (ReLU) here and Dense (Tanh) in the file",
        ),
        (lambda g: edits.bypass(g, "dense_2"), "the file has Dense 2 (dense_2), which is not here"),
        (
            lambda g: edits.splice(edits.add(g, LAYERS.make("dropout")), "dropout_1", g.edges[1]),
            "Dropout (dropout_1) is not in the file",
        ),
        (
            lambda g: edits.connect(
                edits.connect(edits.connect(g, "input_1", "dense_2", 0), "dense_2", "dense_1", 0),
                "dense_1",
                "dense_3",
                0,
            ),
            "other cables lead to",
        ),
    ],
)
def test_another_structure_is_refused_with_the_first_difference(
    tmp_path, change, sentence: str
) -> None:
    path = tmp_path / "w.json"
    run = _trained(first_project()).checkpoint()
    export_weights(path, first_project(), run)
    with pytest.raises(UserError) as caught:
        import_weights(path, _other(change), run)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("The weights are of another network: ")


@pytest.mark.parametrize(
    ("middle", "label"),
    [
        (lambda x: ACTIVATIONS.make("leaky_relu", slope=x), "slope"),
        (lambda x: LAYERS.make("batch_norm", epsilon=x), "epsilon"),
        (
            lambda x: LAYERS.make("dense", activation=ACTIVATIONS.make("elu", alpha=x)),
            "alpha",
        ),
    ],
)
def test_a_setting_that_changes_the_answers_is_a_difference(tmp_path, middle, label) -> None:
    file, here = (
        State(chain([middle(x), LAYERS.make("dense", units=1)]), data=first_project().data)
        for x in (0.25, 0.5)
    )
    assert label in [s.name for s in _deepest(middle(0.25)).settings()]
    export_weights(tmp_path / "w.json", file, _trained(file).checkpoint())
    with pytest.raises(UserError, match=r"has another .* in the file"):
        import_weights(tmp_path / "w.json", here, _trained(here).checkpoint())


def _deepest(kind):
    return getattr(kind, "activation", kind)


def test_names_and_training_settings_may_differ(tmp_path) -> None:
    path = tmp_path / "w.json"
    run = _trained(first_project()).checkpoint()
    export_weights(path, first_project(), run)
    kind = LAYERS.make("dense", **_dense(units=4, l2=0.5))
    other = _other(lambda g: edits.rename(edits.set_kind(g, "dense_1", kind), "dense_2", "Middle"))
    assert import_weights(path, other, run).theta.tobytes() == run.theta.tobytes()


def test_weights_too_large_for_the_precision_are_refused(tmp_path) -> None:
    state = first_project()
    wide = State(state.graph, state.places, state.data, state.plan.replace(precision="float64"))
    run = _trained(wide).checkpoint()
    theta = run.theta.copy()
    theta[0] = 1e200
    path = tmp_path / "w.json"
    export_weights(path, wide, dataclasses.replace(run, theta=theta))
    with pytest.raises(UserError, match=r"w\.json holds numbers too large for float32"):
        import_weights(path, state, _trained(state).checkpoint())


def test_a_network_that_no_memory_holds_is_refused_with_its_size() -> None:
    plain = weights_to_plain(weights_of(first_project(), _trained(first_project()).checkpoint()))
    dense = plain["layers"][1]
    dense["kind"]["units"] = 65536
    for i in range(1, 200):
        more = {**dense, "id": f"more_{i}"}
        plain["layers"].insert(1 + i, more)
        before = "dense_1" if i == 1 else f"more_{i - 1}"
        plain["edges"].append({"source": before, "target": more["id"], "port": 0})
    for edge in plain["edges"]:
        if edge["source"] == "dense_1" and edge["target"] == "dense_2":
            edge["source"] = "more_199"
    with pytest.raises(UserError, match=r"parameters; training it needs about"):
        weights_from_plain(plain)


def test_a_run_of_another_network_is_not_exported(tmp_path) -> None:
    run = _trained(first_project()).checkpoint()
    with pytest.raises(UserError, match="The run has 25 parameters and the network 3"):
        export_weights(tmp_path / "w.json", samples()["and_gate"], run)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (
            "layers/1/parameters/W/shape",
            [4, 2],
            r"layers\[1\]\.parameters\.W\.shape: must be \[2, 4",
        ),
        ("layers/1/parameters/W/dtype", "float64", r"W\.dtype: must be"),
        ("layers/1/parameters/W/values/1", [1.0], r"W\.values\[1\]: must have 4 items, has 1"),
        ("layers/1/parameters/W/values/1/2", None, r"W\.values\[1\]: must hold numbers only"),
        ("layers/1/parameters/W/values/1/2", True, r"W\.values\[1\]: must hold numbers only"),
        (
            "layers/1/parameters/b/values/0",
            1e39,
            r"b\.values: holds a number too large for float32",
        ),
        ("layers/1/parameters/c", {}, r"parameters\.c: is not a known field"),
        ("layers/1/parameters", {}, r"parameters\.W: is missing"),
        ("layers/1/kind/units", 5, r"W\.shape: must be \[2, 5\]"),
        ("layers/4/kind/loss", {"kind": "hinge"}, r"outputs\[0\]\.loss: does not fit the network"),
        ("outputs/0/low", 0.0, r"outputs\[0\]\.low: does not fit the network"),
        ("outputs", [], r"outputs: must have 1 items, has 0"),
        ("preprocessing/scale/0", 0, r"preprocessing\.scale\[0\]: must not be 0"),
        ("targets/0/classes", ["A", "A"], r"targets\[0\]\.classes: names a class twice"),
        ("targets/0/classes", ["A", "B", "C"], r"layers: do not make a network"),
        ("metrics/loss", "low", r"metrics\.loss: must be a number"),
        ("edges/0/source", "x", r"edges\[0\]\.source: there is no layer"),
        ("dtype", "float16", r"dtype: must be one of"),
        ("version", 9, r"version: is 9: made by a newer Gradloom"),
    ],
)
def test_wrong_values_are_refused_with_their_place(tmp_path, path, value, words) -> None:
    file = tmp_path / "w.json"
    export_weights(file, first_project(), _trained(first_project()).checkpoint())
    plain = json.loads(file.read_text("utf-8"))
    *before, last = path.split("/")
    inside = plain
    for key in before:
        inside = inside[int(key)] if isinstance(inside, list) else inside[key]
    inside[int(last) if isinstance(inside, list) else last] = value
    file.write_text(json.dumps(plain), "utf-8")
    with pytest.raises(UserError, match=rf"^w\.json: .*{words}"):
        load_weights(file)
