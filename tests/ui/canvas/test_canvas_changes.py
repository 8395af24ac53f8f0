"""Pure edits of the canvas, and the kinds that fit at a loose end."""

from __future__ import annotations

import pytest

from gradloom.document import Place, State
from gradloom.graph import Edge, edits
from gradloom.layers import LAYERS
from gradloom.ui.canvas import changes, clipboard
from gradloom.ui.canvas.changes import Joint
from gradloom.ui.canvas.face import counted, face_of
from gradloom.ui.canvas.fitting import clash_of, offers, search, splices
from gradloom.ui.canvas.scene import complete


@pytest.fixture
def state(chain):
    return chain


def with_kinds(state, *kinds):
    graph = state.graph
    for kind in kinds:
        graph = edits.add(graph, LAYERS.make(kind))
    return state.with_graph(graph)


def test_offers_for_an_output_exclude_what_takes_nothing_and_put_clashes_last(state):
    state = with_kinds(state, "input")
    found = offers(state, Joint("dense_1"))
    kinds = [o.kind.kind for o in found]
    assert "input" not in kinds
    assert {"dense", "relu", "output", "add"} <= set(kinds)
    assert kinds[0] == "dense"
    flags = [bool(o.why_not) for o in found]
    assert flags == sorted(flags)


def test_offers_for_an_input_exclude_what_gives_nothing(state):
    kinds = [o.kind.kind for o in offers(state, Joint("dense_1", 0))]
    assert "output" not in kinds
    assert "input" in kinds
    assert len(offers(state, None)) == len(LAYERS.kinds())


def test_search_wants_every_word_and_puts_names_first(state):
    everything = offers(state, None)
    assert search(everything, "re lu")[0].kind.kind == "relu"
    assert search(everything, "dense")[0].kind.kind == "dense"
    assert search(everything, "nothing like this") == ()
    assert search(everything, "") == everything


def test_splicing_is_for_layers_that_stand_alone(state):
    state = with_kinds(state, "relu", "output", "input")
    edge = Edge("input_1", "dense_1")
    assert splices(state, "relu_1", edge)
    assert not splices(state, "dense_2", edge)
    assert not splices(state, "output_2", edge)
    assert not splices(state, "input_2", edge)


def test_a_clash_of_shapes_is_known_before_the_cable_is_there(state):
    assert clash_of(state, "input_1", "dense_3") == ""


def test_removing_and_plugging_a_merge_closes_its_ports_up(state):
    state = with_kinds(state, "add")
    for source in ("dense_1", "dense_2", "dense_3"):
        state = changes.connect(source, "add_1", None)(state)
    state = changes.connect("dense_1", "dense_3", 0, Edge("dense_1", "add_1", 0))(state)
    assert [e.port for e in state.graph.incoming("add_1")] == [0, 1]


def test_a_layer_that_is_spliced_in_gets_room(state):
    before = state.places
    after = changes.add_into(changes.made("relu"), (900.0, 900.0), Edge("dense_1", "dense_2"))(
        state
    )
    x = after.places["relu_1"].x
    # the gap of 40 becomes 32 + 152 + 32 = 216: what is behind moves by 176
    assert x - before["dense_1"].x - 152 == 32
    assert after.places["dense_2"].x - x - 152 == 32
    assert after.places["output_1"].x - before["output_1"].x == 176
    assert after.places["dense_1"] == before["dense_1"]
    assert after.places["relu_1"].y == before["dense_1"].y


def test_a_wide_gap_is_used_as_it_is_and_a_cable_backwards_left_alone(state):
    wide = changes.move({"dense_2": (800.0, 80.0)})(state)
    after = changes.add_into(changes.made("relu"), (0.0, 0.0), Edge("dense_1", "dense_2"))(wide)
    assert after.places["dense_2"] == wide.places["dense_2"]
    assert (after.places["relu_1"].x, after.places["relu_1"].y) == (496, 40)
    back = changes.move({"dense_2": (-400.0, 80.0)})(state)
    after = changes.add_into(changes.made("relu"), (8.0, 16.0), Edge("dense_1", "dense_2"))(back)
    assert after.places["relu_1"] == Place(8, 16)
    assert after.places["dense_2"] == back.places["dense_2"]


def test_moving_keeps_what_is_open(state):
    state = changes.set_open({"dense_1"}, {}, opened=True)(state)
    state = changes.move({"dense_1": (8.0, 16.0)})(state)
    assert state.places["dense_1"] == Place(8, 16, True)


def test_a_card_without_a_place_gets_one(state):
    bare = State(state.graph)
    places = complete(bare)
    assert places.keys() == {la.id for la in state.graph}
    assert len(set(places.values())) == 5
    opened = changes.set_open({"dense_1"}, {"dense_1": (7.0, 9.0)}, opened=True)(bare)
    assert opened.places["dense_1"] == Place(7, 9, True)


def test_the_clipboard_gives_back_what_was_put_on_it(state):
    text = clipboard.to_text(state, {"dense_1", "dense_2"})
    part, places = clipboard.from_text(text)
    assert part == edits.part_of(state.graph, {"dense_1", "dense_2"})
    assert places["dense_2"] == state.places["dense_2"]


def faces(state):
    places = complete(state)
    return {la.id: face_of(state, la, places[la.id]) for la in state.graph}


def test_faces_say_shapes_counts_and_summaries(state):
    found = faces(state)
    assert (found["input_1"].shape, found["output_1"].shape) == ("→ 2", "1 →")
    assert (found["dense_1"].shape, found["dense_1"].summary) == ("2 → 4", "Tanh")
    assert found["dense_1"].count == 12  # 2 x 4 weights and 4 biases
    assert found["dense_1"].leads
    assert found["input_1"].spoken == "Input, gives 2, no problem"
    assert found["output_1"].spoken == "Output, takes 1, no problem"
    assert (counted(0), counted(1), counted(12_345)) == ("", "1 parameter", "12,345 parameters")


def test_a_renamed_layer_still_says_its_kind(state):
    state = changes.rename("dense_1", "Hidden")(state)
    assert faces(state)["dense_1"].summary == "Dense · Tanh"


def test_merges_show_one_more_free_port(state):
    state = with_kinds(state, "add", "subtract")
    found = faces(state)
    assert found["add_1"].frame.inputs == 2
    assert found["subtract_1"].frame.inputs == 2
    assert all(found["subtract_1"].labels)
    for _ in range(2):
        state = changes.connect("dense_1", "add_1", None)(state)
    assert faces(state)["add_1"].frame.inputs == 3
    assert faces(state)["add_1"].shape == "2 × (4) → 4"


def test_only_flat_layers_that_lead_on_can_be_opened(state):
    state = with_kinds(state, "dense")
    found = faces(state)
    assert found["dense_1"].frame.openable
    assert found["input_1"].frame.openable
    assert not found["output_1"].frame.openable
    assert not found["dense_4"].frame.openable  # nothing arrives: its shape is not known
