import dataclasses

import numpy as np
import pytest

from gradloom.core.streams import generator_to_plain
from gradloom.data import SOURCES, DataSpec
from gradloom.data.drawing import add_class, add_points, blank, move, rename_class
from gradloom.document import Place, RunEdit
from gradloom.document.samples import first_project
from gradloom.engine.history import History
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.run import Checkpoint
from gradloom.graph import edits
from gradloom.graph.model import Layer
from gradloom.layers import LAYERS
from gradloom.session.runs import RunStore, rows_stay, run_key, set_by_hand


def with_kind(state, layer, **settings):
    layers = [
        Layer(la.id, la.kind.replace(**settings), la.name) if la.id == layer else la
        for la in state.graph
    ]
    return dataclasses.replace(state, graph=state.graph.with_layers(layers))


def with_plan(state, **settings):
    return dataclasses.replace(state, plan=state.plan.replace(**settings))


SAME_RUN = {
    "a card moved": lambda s: s.with_places({"dense_1": Place(7, 7)}),
    "a new name": lambda s: dataclasses.replace(
        s, graph=s.graph.with_layers([Layer(x.id, x.kind, x.name + "!") for x in s.graph])
    ),
    "the learning rate": lambda s: with_plan(s, optimiser=OPTIMISERS.make("sgd", rate=0.3)),
    "the batch size": lambda s: with_plan(s, batch_size=3),
    "a layer's L2": lambda s: with_kind(s, "dense_1", l2=0.1),
    "noise": lambda s: dataclasses.replace(
        s, data=s.data.replace(source=s.data.source.replace(noise=33))
    ),
    "a weight set by hand": lambda s: dataclasses.replace(
        s, run_edits=(RunEdit("dense_1", "W", (0, 0), 0.0, 1.0),)
    ),
}
ANOTHER_RUN = {
    "more units": lambda s: with_kind(s, "dense_1", units=5),
    "fewer edges": lambda s: dataclasses.replace(s, graph=s.graph.with_edges(s.graph.edges[:-1])),
    "other data": lambda s: dataclasses.replace(s, data=DataSpec(source=SOURCES.make("xor"))),
    "more points": lambda s: dataclasses.replace(
        s, data=s.data.replace(source=s.data.source.replace(count=300))
    ),
    "a feature": lambda s: dataclasses.replace(s, data=s.data.replace(square_x1=True)),
    "the seed": lambda s: with_plan(s, seed=1),
    "the precision": lambda s: with_plan(s, precision="float64"),
}


def drawn(count, **edges):
    points = np.random.default_rng(count).uniform(-5, 5, (count, 2))
    source = add_points(blank(), points, 0).replace(**edges)
    return dataclasses.replace(first_project(), data=DataSpec(source=source))


def test_points_drawn_go_into_the_run_and_another_class_does_not():
    state = drawn(20)
    assert run_key(drawn(50)) == run_key(state)
    assert run_key(drawn(20, top=9.0)) == run_key(state)
    named = rename_class(state.data.source, 0, "cats")
    renamed = dataclasses.replace(state, data=state.data.replace(source=named))
    assert run_key(renamed) == run_key(state)
    more = dataclasses.replace(state, data=state.data.replace(source=add_class(state.data.source)))
    assert run_key(more) != run_key(state)
    assert run_key(first_project()) != run_key(state)


@pytest.mark.parametrize("change", SAME_RUN.values(), ids=SAME_RUN)
def test_what_goes_on_in_the_same_run(change):
    state = first_project()
    assert change(state) != state
    assert run_key(change(state)) == run_key(state)


@pytest.mark.parametrize("change", ANOTHER_RUN.values(), ids=ANOTHER_RUN)
def test_what_takes_another_run(change):
    state = first_project()
    assert run_key(change(state)) != run_key(state)
    assert hash(run_key(change(state))) is not None


def test_row_numbers_stay_while_points_only_move():
    state = drawn(20)
    moved = dataclasses.replace(
        state, data=state.data.replace(source=move(state.data.source, [3], (0.1, 0.0)))
    )
    assert rows_stay(state, state)
    assert rows_stay(state, moved)
    assert not rows_stay(state, drawn(21))
    circles = first_project()
    assert rows_stay(circles, SAME_RUN["noise"](circles))
    for change in ("other data", "more points", "the seed"):
        assert not rows_stay(circles, ANOTHER_RUN[change](circles)), change


def edit(index, before, after):
    return RunEdit("dense_1", "W", index, before, after)


def test_numbers_set_by_hand_are_the_difference_of_the_edits():
    state = first_project()
    a, b, c = edit((0, 0), 1.0, 2.0), edit((0, 0), 2.0, 3.0), edit((1, 0), 5.0, 6.0)

    def of(*edits):
        return dataclasses.replace(state, run_edits=edits)

    at, other = ("dense_1", "W", (0, 0)), ("dense_1", "W", (1, 0))
    assert set_by_hand(of(), of(a)) == {at: 2.0}
    assert set_by_hand(of(a), of(a, c)) == {other: 6.0}
    assert set_by_hand(of(a, b), of()) == {at: 1.0}, "undone in reverse order"
    assert set_by_hand(of(a), of(edit((0, 0), 1.0, 9.0))) == {at: 9.0}, "one spun further"
    assert set_by_hand(of(a), of(a)) == {}


def checkpoint(size=3):
    return Checkpoint(
        theta=np.zeros(size, np.float32),
        state=np.zeros(0, np.float32),
        optimiser="sgd",
        slots={},
        count=0,
        steps=1,
        epoch=0,
        batch=0,
        batch_size=1,
        shuffled=True,
        loss_sum=0.0,
        rng=generator_to_plain(np.random.default_rng(0)),
        history=History(),
    )


def test_the_store_gives_a_run_back_once():
    store = RunStore()
    kept = checkpoint()
    store.keep("a", kept)
    assert store.take("b") is None
    assert store.take("a") is kept
    assert store.take("a") is None


def test_the_store_keeps_the_last_twenty():
    store = RunStore()
    for i in range(25):
        store.keep(i, checkpoint())
    assert len(store) == 20
    assert store.take(4) is None
    assert store.take(5) is not None


def test_the_store_keeps_to_its_size(monkeypatch):
    monkeypatch.setattr("gradloom.session.runs._BYTES", 1000)
    store = RunStore()
    for i in range(5):
        store.keep(i, checkpoint(size=100))
    assert len(store) == 2
    store.keep("large", checkpoint(size=10_000))
    assert len(store) == 1, "the newest is always kept"


def test_a_loose_layer_leaves_the_run_as_it_is() -> None:
    before = first_project()
    after = before.with_graph(edits.add(before.graph, LAYERS.make("dense")))
    assert run_key(after) == run_key(before)
    branch = edits.connect(after.graph, "input_1", "dense_4")
    assert run_key(after.with_graph(branch)) == run_key(before)
