import dataclasses
import threading
import time

import numpy as np
import pytest

from gradloom.data import SOURCES
from gradloom.data.drawing import add_points, blank
from gradloom.document import Document, Place
from gradloom.document.samples import first_project
from gradloom.graph.model import Layer
from gradloom.session.training import Status
from gradloom.ui.mailbox import Mailbox
from gradloom.ui.maps import MapService
from gradloom.ui.worker import TrainingBridge


@pytest.fixture
def document():
    return Document(first_project())


@pytest.fixture
def bridge(qtbot, document):
    made = TrainingBridge(document)
    qtbot.waitUntil(lambda: made.latest is not None)
    yield made
    made.shutdown()


def train_some(qtbot, bridge):
    bridge.start()
    qtbot.waitUntil(lambda: bridge.latest is not None and bridge.latest.epoch >= 2)
    bridge.pause()
    qtbot.waitUntil(lambda: bridge.status is Status.PAUSED)


def wider(state):
    layers = [
        Layer(x.id, x.kind.replace(units=6), x.name) if x.id == "dense_1" else x
        for x in state.graph
    ]
    return state.with_graph(state.graph.with_layers(layers))


def test_a_mailbox_keeps_the_newest_and_delivers_in_the_gui_thread(qtbot):
    box, got = Mailbox(), []
    box.arrived.connect(lambda value: got.append((value, threading.current_thread())))
    worker = threading.Thread(target=lambda: [box.put(i) for i in range(100)])
    worker.start()
    worker.join()
    assert got == []
    qtbot.waitUntil(lambda: bool(got))
    assert got == [(99, threading.main_thread())]
    box.put("late")
    box.close()
    qtbot.wait(10)
    assert len(got) == 1


def test_signals_arrive_in_the_gui_thread(qtbot, bridge):
    threads = set()
    bridge.progressed.connect(lambda _: threads.add(threading.current_thread()))
    bridge.status_changed.connect(lambda _: threads.add(threading.current_thread()))
    train_some(qtbot, bridge)
    assert threads == {threading.main_thread()}


def test_progress_comes_at_most_thirty_times_a_second(qtbot, bridge):
    got = []
    bridge.progressed.connect(lambda p: got.append((p.run, p.steps)))
    bridge.start()
    qtbot.wait(400)
    bridge.pause()
    qtbot.waitUntil(lambda: bridge.status is Status.PAUSED)
    assert 2 <= len(got) <= 15
    assert got == sorted(got)


def test_toggling_twice_at_once_ends_paused(qtbot, bridge):
    told = []
    bridge.status_changed.connect(told.append)
    bridge.toggle()
    bridge.toggle()
    qtbot.waitUntil(lambda: told == [Status.RUNNING, Status.PAUSED])


def test_a_network_that_is_not_ready_says_why(qtbot, document, bridge):
    document.edit("Cut", lambda s: s.with_graph(s.graph.with_edges(s.graph.edges[1:])))
    said = []
    bridge.said.connect(said.append)
    bridge.start()
    first = next(p for p in document.state.problems if p.stops_training)
    assert said[0].startswith(first.text)
    assert bridge.latest is None
    assert bridge.parameter("dense_1", "W") is None


def test_parameters_are_copies_of_the_newest_picture(qtbot, bridge):
    w, b = bridge.parameter("dense_1", "W"), bridge.parameter("dense_1", "b")
    assert (w.shape, b.shape) == ((2, 4), (4,))
    w[...] = 7
    assert not (bridge.parameter("dense_1", "W") == 7).any()
    assert bridge.parameter("dense_1", "nothing") is None


def test_a_new_network_has_no_old_pictures(qtbot, document, bridge):
    train_some(qtbot, bridge)
    document.edit("Wider", wider)
    assert bridge.latest is None
    qtbot.waitUntil(lambda: bridge.latest is not None)
    assert bridge.parameter("dense_1", "W").shape == (2, 6)
    assert bridge.status is Status.IDLE
    document.undo()
    qtbot.waitUntil(lambda: bridge.latest is not None)
    assert bridge.latest.epoch >= 2


def test_a_weight_is_edited_undone_and_redone(qtbot, document, bridge):
    before = bridge.parameter("dense_1", "W")[1, 2]

    def shows(value):
        qtbot.waitUntil(lambda: bridge.parameter("dense_1", "W")[1, 2] == np.float32(value))

    bridge.edit_weight("dense_1", "W", (1, 2), 0.7)
    shows(0.7)
    document.undo()
    shows(before)
    document.redo()
    shows(0.7)


def test_a_reset_drops_what_was_set_by_hand_and_undo_brings_back_the_run(qtbot, document, bridge):
    start = bridge.parameter("dense_1", "W")
    train_some(qtbot, bridge)
    trained, epoch = bridge.parameter("dense_1", "W"), bridge.latest.epoch

    def shows(array):
        qtbot.waitUntil(
            lambda: (
                (found := bridge.parameter("dense_1", "W")) is not None
                and np.array_equal(found, array)
            )
        )

    by_hand = trained.copy()
    by_hand[1, 2] = 0.7
    bridge.edit_weight("dense_1", "W", (1, 2), 0.7)
    shows(by_hand)
    bridge.reset()
    shows(start)
    assert (document.state.run_edits, document.undo_label) == ((), "Reset")
    assert bridge.latest.steps == 0
    document.undo()
    shows(by_hand)
    assert bridge.latest.epoch == epoch
    document.undo()
    shows(trained)
    document.redo()
    document.redo()
    shows(start)


def test_a_reset_of_a_run_without_hand_edits_is_no_edit(qtbot, document, bridge):
    train_some(qtbot, bridge)
    bridge.reset()
    qtbot.waitUntil(lambda: bridge.latest is not None and bridge.latest.steps == 0)
    assert document.undo_label == ""
    assert bridge.can_go_back


def test_spinning_a_weight_is_one_step_of_undo(qtbot, document, bridge):
    before = bridge.parameter("dense_1", "b")[0]
    for value in (0.1, 0.2, 0.3):
        bridge.edit_weight("dense_1", "b", (0,), value)
    assert len(document.state.run_edits) == 1
    qtbot.waitUntil(lambda: bridge.parameter("dense_1", "b")[0] == np.float32(0.3))
    document.undo()
    qtbot.waitUntil(lambda: bridge.parameter("dense_1", "b")[0] == before)
    assert document.state.run_edits == ()
    assert not document.undo()


def test_weights_of_two_places_are_two_steps(qtbot, document, bridge):
    bridge.edit_weight("dense_1", "b", (0,), 0.5)
    bridge.edit_weight("dense_1", "b", (1,), 0.5)
    assert len(document.state.run_edits) == 2
    bridge.edit_weight("dense_1", "b", (2,), float("nan"))
    assert len(document.state.run_edits) == 2, "a number that is none is not taken"


def test_a_weight_that_the_precision_can_not_hold_is_refused_and_training_goes_on(
    qtbot, bridge, document
):
    bridge.start()
    with qtbot.waitSignal(bridge.said, check_params_cb=lambda text: "float32" in text):
        bridge.edit_weight("dense_1", "W", (0, 0), 1e39)
    assert document.state.run_edits == ()
    qtbot.waitUntil(lambda: bridge.latest is not None and bridge.latest.epoch >= 2)
    assert bridge.status is Status.RUNNING


def test_a_weight_is_edited_while_it_trains(qtbot, document, bridge):
    bridge.start()
    qtbot.waitUntil(lambda: bridge.status is Status.RUNNING)
    bridge.edit_weight("dense_1", "W", (0, 0), 3.0)
    qtbot.wait(50)
    assert bridge.status is Status.RUNNING
    assert document.undo_label == "Set W of Dense"


def other_data(state):
    return state.with_data(source=SOURCES.make("xor", count=90))


def test_weights_are_carried_over_to_other_data_and_it_can_be_undone(qtbot, document, bridge):
    train_some(qtbot, bridge)
    learnt = bridge.checkpoint()
    document.edit("Other data", other_data)
    qtbot.waitUntil(lambda: bridge.latest is not None)
    fresh = bridge.checkpoint()
    assert not np.array_equal(fresh.theta, learnt.theta)
    bridge.carry_over()
    carried = bridge.checkpoint()
    assert np.array_equal(carried.theta, learnt.theta)
    assert carried.steps == 0
    train_some(qtbot, bridge)
    document.undo()
    assert np.array_equal(bridge.checkpoint().theta, fresh.theta)
    document.undo()
    assert bridge.checkpoint().steps == learnt.steps


def test_weights_of_other_layers_are_not_carried_over(qtbot, document, bridge):
    said = []
    bridge.said.connect(said.append)
    bridge.carry_over()
    train_some(qtbot, bridge)
    document.edit("Wider", wider)
    document.edit("Other data", other_data)
    before = document.state
    bridge.carry_over()
    assert document.state is before
    assert [s.startswith("There are no weights to carry over") for s in said] == [True, True]


def test_reseeding_is_an_edit(qtbot, document, bridge):
    before = bridge.parameter("dense_1", "W")
    bridge.reseed()
    assert document.state.plan.seed == 1
    qtbot.waitUntil(lambda: bridge.latest is not None)
    assert (bridge.parameter("dense_1", "W") != before).all()
    document.undo()
    qtbot.waitUntil(lambda: bridge.latest is not None)
    np.testing.assert_array_equal(bridge.parameter("dense_1", "W"), before)


def test_restoring_a_run(qtbot, document, bridge):
    train_some(qtbot, bridge)
    kept = bridge.checkpoint()
    document.replace(dataclasses.replace(document.state))
    bridge.restore(kept)
    qtbot.waitUntil(lambda: bridge.latest is not None and bridge.latest.steps == kept.steps)
    bridge.restore(None)
    qtbot.waitUntil(lambda: bridge.latest is not None and bridge.latest.steps == 0)


def test_shutting_down_while_it_trains_is_quick_and_silent(qtbot, document):
    bridge = TrainingBridge(document)
    maps = MapService(document, bridge)
    bridge.start()
    qtbot.waitUntil(lambda: maps.latest is not None)
    got = []
    began = time.perf_counter()
    maps.shutdown()
    bridge.shutdown()
    assert time.perf_counter() - began < 1.0
    bridge.progressed.connect(got.append)
    maps.updated.connect(got.append)
    qtbot.wait(60)
    assert got == []
    names = {t.name for t in threading.enumerate()}
    assert not names & {"gradloom-training", "gradloom-maps"}


@pytest.fixture
def maps(document, bridge):
    made = MapService(document, bridge)
    yield made
    made.shutdown()


def test_maps_arrive_in_the_gui_thread_before_any_training(qtbot, maps):
    threads = set()
    maps.updated.connect(lambda _: threads.add(threading.current_thread()))
    qtbot.waitUntil(lambda: maps.latest is not None)
    assert threads == {threading.main_thread()}
    assert maps.latest.outputs["output_1"].shape == (1, 200, 200)


def test_maps_are_coarser_while_it_trains_and_fine_at_rest(qtbot, bridge, maps):
    sizes = []
    maps.updated.connect(lambda r: sizes.append(r.outputs["output_1"].shape[1]))
    bridge.start()
    qtbot.waitUntil(lambda: 100 in sizes)
    bridge.pause()
    qtbot.waitUntil(lambda: sizes[-1] == 200)
    assert maps.latest.steps == bridge.latest.steps


def test_a_focused_layer_is_drawn_finely(qtbot, maps):
    qtbot.waitUntil(lambda: maps.latest is not None)
    maps.focus("dense_1")
    qtbot.waitUntil(lambda: "dense_1" in maps.latest.focus)
    assert maps.latest.focus["dense_1"].shape == (4, 200, 200)


def test_maps_of_an_older_run_are_dropped(qtbot, document, bridge, maps):
    qtbot.waitUntil(lambda: maps.latest is not None)
    old, state = maps.latest, document.state
    document.edit("Wider", wider)
    assert maps.latest is None
    maps._deliver((state, old))
    assert maps.latest is None
    qtbot.waitUntil(lambda: maps.latest is not None)
    assert maps.latest.neurons["dense_1"].shape[0] == 6


def test_answers_about_other_rows_of_the_same_run_are_dropped(qtbot, document, bridge, maps):
    def drawn(count):
        points = np.linspace(-4, 4, 2 * count).reshape(count, 2)
        source = add_points(blank(), points, 0)
        return lambda s: dataclasses.replace(s, data=s.data.replace(source=source))

    document.edit("draw", drawn(30))
    qtbot.waitUntil(lambda: maps.latest is not None and maps.latest.run == bridge.latest.run)
    old, state, run = maps.latest, document.state, bridge.latest.run
    document.edit("erase", drawn(20))
    qtbot.waitUntil(lambda: maps.latest is not old)
    new = maps.latest
    assert (new.run, len(new.ground.rows)) == (run, 20)
    maps._deliver((state, old))
    assert maps.latest is new


def test_a_network_in_pieces_has_a_sentence_instead_of_a_map(qtbot, document, bridge, maps):
    qtbot.waitUntil(lambda: maps.latest is not None)
    with qtbot.waitSignal(maps.updated):
        document.edit("Cut", lambda s: s.with_graph(s.graph.with_edges(s.graph.edges[1:])))
    assert "ready" in maps.latest.sentence
    document.undo()
    qtbot.waitUntil(lambda: maps.latest is not None and not maps.latest.sentence)


def test_pictures_of_an_older_run_are_not_passed_on(qtbot, document, bridge):
    old, got = bridge.latest, []
    document.edit("Wider", wider)
    bridge.progressed.connect(got.append)
    bridge._deliver(old)
    assert got == []
    qtbot.waitUntil(lambda: bool(got))
    assert got[0].run != old.run


def test_another_edit_in_between_ends_the_spinning(qtbot, document, bridge):
    bridge.edit_weight("dense_1", "b", (0,), 0.5)
    qtbot.waitUntil(lambda: bridge.parameter("dense_1", "b")[0] == np.float32(0.5))
    document.edit("Note", lambda s: s.with_graph(s.graph, {"dense_1": Place(3, 4)}))
    bridge.edit_weight("dense_1", "b", (0,), 0.9)
    assert [(e.before, e.after) for e in document.state.run_edits] == [(0.0, 0.5), (0.5, 0.9)]
