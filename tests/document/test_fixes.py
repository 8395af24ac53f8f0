from __future__ import annotations

import ast
import dataclasses
from dataclasses import dataclass
from pathlib import Path

import pytest

import gradloom
from gradloom.data import SOURCES, DataSpec
from gradloom.document import Place, State
from gradloom.document.fixes import ERRANDS, FIXES
from gradloom.document.samples import chain
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.graph import Edge, edits
from gradloom.layers import ACTIVATIONS, LAYERS, LOSSES
from gradloom.layers.base import Source

REAL = DataSpec(source=SOURCES.make("plane"))
BINARY = DataSpec(source=SOURCES.make("circles"))
THREE = DataSpec(source=SOURCES.make("spiral", arms=3))


def _dense(units: int, activation: str = "identity"):
    return LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(activation))


def _state(*kinds, data=BINARY, **output) -> State:
    graph = chain([*kinds])
    graph = edits.set_kind(graph, "output_1", LAYERS.make("output", **output))
    places = {la.id: Place(i * 100.0, 0.0) for i, la in enumerate(graph)}
    return State(graph, places, data)


@dataclass(frozen=True)
class Picture(Source):
    """Data that enters as 3 x 4 numbers."""

    kind, label = "picture", "Picture"

    def chosen(self, signature):
        return (0, 1)

    def shape_of(self, signature):
        return (3, 4)


def _picture(*kinds) -> State:
    state = _state(*kinds)
    return state.with_graph(edits.set_kind(state.graph, "input_1", Picture()))


def _two_heads() -> State:
    """One Dense that feeds two Outputs, so that its units can't be changed for one of them."""
    state = _state(_dense(4), data=THREE)
    graph = edits.add(state.graph, LAYERS.make("dense", units=2))
    return state.with_graph(edits.connect(graph, "dense_1", "dense_2"))


def _joined(kind: str, *branches, source=None) -> State:
    """Branches of layers from the Input that meet in a merging layer."""
    state = _state(LAYERS.make(kind), LAYERS.make("flatten"), _dense(1, "sigmoid"))
    graph = state.graph.with_edges(e for e in state.graph.edges if e.source != "input_1")
    if source is not None:
        graph = edits.set_kind(graph, "input_1", source)
    for port, layers in enumerate(branches):
        last = "input_1"
        for layer in layers:
            name = edits.fresh_id(graph, layer)
            graph = edits.connect(edits.add(graph, layer, name), last, name)
            last = name
        graph = edits.connect(graph, last, f"{kind}_1", port)
    return state.with_graph(graph)


def _pictures(*settings):
    """A branch of a Conv2D for each mapping of settings."""
    return [[LAYERS.make("conv2d", padding="number", **s)] for s in settings]


@dataclass(frozen=True)
class Photo(Source):
    """Data that enters as 3 channels of 8 x 6."""

    kind, label = "photo", "Photo"

    def chosen(self, signature):
        return (0, 1)

    def shape_of(self, signature):
        return (3, 8, 6)


CASES = {
    "an empty canvas": (State(data=THREE), "small_network"),
    "an empty canvas for a number": (State(data=REAL), "small_network"),
    "units for three classes": (_state(_dense(1, "tanh"), data=THREE), "fit_output"),
    "units for two classes": (_state(_dense(3, "tanh")), "fit_output"),
    "units for a number": (_state(_dense(3, "softmax"), data=REAL), "fit_output"),
    "units and loss for a number": (
        _state(_dense(3, "tanh"), data=REAL, loss=LOSSES.make("huber")),
        "fit_output",
    ),
    "mean and variance": (
        _state(_dense(1), data=REAL, loss=LOSSES.make("gaussian_nll")),
        "fit_output",
    ),
    "an activation layer": (_state(_dense(5), ACTIVATIONS.make("tanh"), data=THREE), "fit_output"),
    "two activation layers": (
        _state(_dense(5, "relu"), ACTIVATIONS.make("tanh"), ACTIVATIONS.make("relu"), data=REAL),
        "fit_output",
    ),
    "no dense": (_state(ACTIVATIONS.make("tanh"), data=THREE), "fit_output"),
    "a dropout between": (_state(_dense(9), LAYERS.make("dropout"), data=THREE), "fit_output"),
    "two heads": (_two_heads(), "fit_output"),
    "a loss that stays wrong": (
        _state(_dense(5, "tanh"), data=THREE, loss=LOSSES.make("mse"), levels="signed"),
        "fit_output",
    ),
    "cross-entropy of tanh": (
        _state(_dense(2, "tanh"), loss=LOSSES.make("categorical_cross_entropy")),
        "softmax",
    ),
    "cross-entropy of one unit": (
        _state(_dense(1, "tanh"), loss=LOSSES.make("categorical_cross_entropy")),
        "softmax",
    ),
    "binary cross-entropy of tanh": (
        _state(_dense(1, "tanh"), loss=LOSSES.make("binary_cross_entropy")),
        "sigmoid",
    ),
    "binary cross-entropy of nothing": (
        _state(LAYERS.make("dropout"), loss=LOSSES.make("binary_cross_entropy")),
        "sigmoid",
    ),
    "classes for a number": (
        _state(_dense(1, "sigmoid"), data=REAL, loss=LOSSES.make("binary_cross_entropy")),
        "automatic_loss",
    ),
    "a lost feature": (
        _state(_dense(1)).with_graph(
            edits.set_kind(
                _state(_dense(1)).graph, "input_1", LAYERS.make("input", columns=("gone",))
            )
        ),
        "all_columns",
    ),
    "a lost target": (_state(_dense(1), columns=("gone",)), "all_targets"),
    "a picture into Dense": (_picture(_dense(1)), "flatten"),
    "a picture into Output": (_picture(), "flatten"),
    "a flat row into Upsample": (
        _state(LAYERS.make("upsample"), LAYERS.make("flatten"), _dense(1)),
        "reshape",
    ),
    "unequal rows": (_joined("add", [_dense(5)], [_dense(3)]), "project"),
    "a way around": (_joined("multiply", [_dense(5)], []), "project"),
    "two of three": (_joined("average", [_dense(3)], [_dense(5)], [_dense(5)], []), "project"),
    "channels": (
        _joined("add", *_pictures({"filters": 4}, {"filters": 2}), source=Photo()),
        "project",
    ),
    "pictures of half the size": (
        _joined("add", *_pictures({"filters": 4}, {"filters": 4, "stride": 2}), source=Photo()),
        "project",
    ),
    "a picture and a row": (
        _joined("add", [LAYERS.make("flatten"), _dense(5)], [], source=Photo()),
        "project",
    ),
    "a picture beside a row": (
        _joined("concatenate", [LAYERS.make("flatten")], [], source=Photo()),
        "flatten_pictures",
    ),
    "levels that a loss can't take": (
        _state(_dense(1, "sigmoid"), loss=LOSSES.make("binary_cross_entropy"), levels="signed"),
        "automatic_levels",
    ),
    "a shape that does not fit": (
        _state(LAYERS.make("reshape"), LAYERS.make("flatten"), _dense(1)),
        "reshape_to_fit",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_applying_a_fix_removes_the_problem(name: str) -> None:
    state, fix = CASES[name]
    (problem,) = [p for p in state.problems if p.fix == fix]
    assert FIXES[fix].label(state, problem)[0].isupper()
    mended = FIXES[fix].apply(state, problem)
    assert problem not in mended.problems
    assert mended.places.keys() - state.places.keys() == _ids(mended) - _ids(state)
    assert state == CASES[name][0]  # the old state is as it was


@pytest.mark.parametrize("name", CASES)
def test_going_on_clicking_mends_the_layer(name: str) -> None:
    state, fix = CASES[name]
    place = next(p.layer for p in state.problems if p.fix == fix)
    for _ in range(3):
        stops = [p for p in state.problems if p.stops_training and p.layer == place]
        if not stops:
            break
        state = FIXES[stops[0].fix].apply(state, stops[0])
    assert not stops


def test_a_small_network_fits_its_data_and_stands_in_a_row() -> None:
    state = State(data=THREE)
    made = FIXES["small_network"].apply(state, state.problems[0])
    assert made.ready
    assert [layer.kind.kind for layer in made.graph] == ["input", "dense", "dense", "output"]
    assert made.analysis.parameter_count == (2 * 8 + 8) + (8 * 3 + 3)
    assert sorted({place.x for place in made.places.values()}) == [0, 192, 384, 576]


def _ids(state: State) -> set[str]:
    return {layer.id for layer in state.graph}


def _used() -> set[str]:
    """Every fix that the code names, as the second argument of Refusal or as fix=..."""
    used = set()
    for path in Path(gradloom.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            found = [k.value for k in node.keywords if k.arg == "fix"]
            if getattr(node.func, "id", "") == "Refusal":
                found += node.args[1:2]
            used |= {n.value for n in found if isinstance(n, ast.Constant) and n.value}
    return used


def test_every_fix_that_is_named_exists_and_every_fix_is_named() -> None:
    assert _used() == set(FIXES) | set(ERRANDS)
    assert not set(FIXES) & set(ERRANDS)


def test_every_fix_is_tried() -> None:
    of_runs = {"lower_rate"}
    assert {fix for _, fix in CASES.values()} | of_runs == set(FIXES)


def test_pictures_that_no_stride_brings_together_have_no_remedy() -> None:
    """8 × 6 beside 6 × 4: guessing would lose a part of the picture."""
    branches = [*_pictures({"filters": 4}), [LAYERS.make("conv2d", filters=4)]]
    state = _joined("add", *branches, source=Photo())
    (problem,) = [p for p in state.problems if "equal shapes" in p.text]
    assert problem.fix == ""


def test_a_run_that_broke_names_its_remedy() -> None:
    from gradloom.core.problem import Problem
    from gradloom.engine.progress import Broken
    from gradloom.engine.trainer import Trainer

    state = _state(_dense(8, "relu"), _dense(1), data=REAL)
    plan = state.plan.replace(optimiser=OPTIMISERS.make("sgd", rate=50.0))
    state = dataclasses.replace(state, plan=plan)
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.run(steps=100)
    outcome = trainer.outcome
    assert isinstance(outcome, Broken)
    problem = Problem(outcome.sentence, outcome.layer, fix=outcome.fix)
    fix = FIXES[problem.fix]
    assert fix.label(state, problem) == "Set the learning rate to 5"
    assert fix.apply(state, problem).plan.optimiser.rate == 5.0


def test_the_label_says_what_will_be() -> None:
    for name, words in {
        "units for three classes": "Set the output to 3 units with softmax and cross-entropy",
        "units for a number": "Set the output to 1 unit with no activation",
        "mean and variance": "Set the output to 2 units with no activation",
        "a picture into Dense": "Put a Flatten before Dense",
        "a flat row into Upsample": "Put a Reshape to 1 × 1 × 2 before Upsample",
        "a shape that does not fit": "Set the shape to 1 × 1 × 2",
        "unequal rows": "Put a Dense of 5 units before Add",
        "a way around": "Put a Dense of 5 units before Multiply",
        "two of three": "Bring 2 inputs of Average to the shape of the others",
        "channels": "Put a 1 × 1 Conv2D of 4 filters before Add",
        "pictures of half the size": ("Put a 1 × 1 Conv2D of 4 filters and stride 2 before Add"),
        "a picture and a row": "Put a Flatten and a Dense of 5 units before Add",
        "a picture beside a row": "Put a Flatten before Concatenate at each picture",
    }.items():
        state, fix = CASES[name]
        (problem,) = [p for p in state.problems if p.fix == fix]
        assert FIXES[fix].label(state, problem) == words


def test_three_classes_get_what_the_button_promises() -> None:
    for name in ("units for three classes", "a loss that stays wrong", "no dense", "two heads"):
        state, fix = CASES[name]
        (problem,) = [p for p in state.problems if p.fix == fix]
        mended = FIXES[fix].apply(state, problem)
        coding = mended.analysis.codings["output_1"]
        assert (coding.style, coding.loss) == ("one_hot", "categorical_cross_entropy")


def test_a_real_target_gets_no_activation_at_all() -> None:
    state, fix = CASES["two activation layers"]
    (problem,) = [p for p in state.problems if p.fix == fix]
    graph = FIXES[fix].apply(state, problem).graph
    assert graph["dense_1"].kind.activation.kind == "identity"
    assert graph["relu_1"].kind.kind == "identity"


def test_a_layer_put_in_gets_room() -> None:
    state, fix = CASES["a picture into Dense"]
    (problem,) = [p for p in state.problems if p.fix == fix]
    mended = FIXES[fix].apply(state, problem)
    assert mended.places["flatten_1"] == state.places["dense_1"]
    assert mended.places["dense_1"].x > state.places["dense_1"].x
    assert mended.places["output_1"].x > state.places["output_1"].x
    assert mended.places["input_1"] == state.places["input_1"]
    assert Edge("input_1", "flatten_1") in mended.graph.edges
