"""Opened layers: pictures of units, weights as lines, numbers edited in place."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gradloom.ui.canvas import changes
from gradloom.ui.view import Neuron, Selection


@pytest.fixture
def opened(open_canvas, chain):
    state = chain
    ids = {la.id for la in state.graph} - {"output_1"}
    return open_canvas(changes.set_open(ids, {}, opened=True)(state), live=True)


@pytest.fixture
def hand(opened, hand_on):
    return hand_on(opened)


def test_the_button_the_key_and_a_double_click_open_and_are_undone(open_canvas, chain, hand_on):
    canvas = open_canvas(chain)
    hand = hand_on(canvas)
    hand.click(hand.toggle("dense_1"))
    assert canvas.document.state.places["dense_1"].open
    assert canvas.document.undo_label == "Open Dense"
    canvas.document.undo()
    assert not canvas.sheet.cards["dense_1"].face.frame.neurons
    hand.double(hand.body("dense_1"))
    assert canvas.document.state.places["dense_1"].open
    canvas.view.select(Selection(frozenset(("dense_1", "dense_2"))))
    hand.key(Qt.Key.Key_O)
    assert canvas.document.state.places["dense_2"].open
    hand.key(Qt.Key.Key_O)
    assert not canvas.document.state.places["dense_1"].open


def test_a_layer_that_has_no_units_says_so(open_canvas, chain):
    canvas = open_canvas(chain)
    canvas.toggle_open_of("output_1")
    assert "can be opened" in canvas.said[-1]


def test_lines_join_opened_neighbours_only(opened, hand):
    assert set(opened.sheet.links) == {"dense_1", "dense_2", "dense_3"}
    lines = opened.sheet.links["dense_2"].lines
    assert (len(lines.starts), len(lines.ends)) == (4, 2)
    opened.toggle_open_of("dense_1")
    assert set(opened.sheet.links) == {"dense_3"}
    opened.document.undo()
    assert set(opened.sheet.links) == {"dense_1", "dense_2", "dense_3"}
    opened.document.edit("Cut", lambda s: s.with_graph(s.graph.with_edges(())))
    assert not opened.sheet.links


def test_lines_follow_a_card_that_is_dragged(opened, hand):
    x, y = opened.sheet.cards["dense_1"].box()[:2]
    before = opened.sheet.links["dense_1"].lines.ends.copy()
    hand.start((x + 100, y + 46), (x + 100, y + 126))
    after = opened.sheet.links["dense_1"].lines.ends
    assert np.allclose(after - before, [0, 80])
    hand.key(Qt.Key.Key_Escape)
    assert np.allclose(opened.sheet.links["dense_1"].lines.ends, before)


def test_hovering_a_unit_shows_it_in_the_map_and_leaving_ends_it(opened, hand):
    heard = []
    opened.view.neuron_hovered.connect(heard.append)
    hand.move(hand.unit("dense_1", 2))
    assert opened.view.neuron == Neuron("dense_1", 2)
    hand.move(hand.far())
    assert heard == [Neuron("dense_1", 2), None]


def test_hovering_a_line_tells_the_weight(opened, hand):
    value = opened.bridge.numbers["dense_1", "W"][1, 3]
    hand.move(hand.line("dense_1", 1, 3))
    text = opened.board._tip.text()
    assert text.startswith(f"Weight from x2 to Dense, neuron 4: {value:.4g}".replace("-", "−"))
    assert opened.sheet.links["dense_1"].hot == (1, 3)
    opened.bridge.numbers["dense_1", "W"][1, 3] = 0.5
    opened.bridge.progressed.emit(None)
    assert ": 0.5\n" in opened.board._tip.text()


def test_clicking_a_line_edits_the_weight_live(opened, hand):
    hand.click(hand.line("dense_2", 0, 1))
    field = opened.editors.number.field
    assert field.hasFocus()
    opened.bridge.progressed.emit(None)
    assert not opened.board._tip.isVisible()  # it would cover the editor
    field.selectAll()
    QTest.keyClicks(field, "-0.75")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert opened.bridge.edits[-1] == ("dense_2", "W", (0, 1), -0.75)
    assert opened.sheet.links["dense_2"].weight(0, 1) == -0.75
    assert opened.editors.number is None
    assert opened.board.hasFocus()


def test_escape_takes_a_weight_back(opened, hand):
    before = float(opened.bridge.numbers["dense_2", "W"][0, 1])
    hand.click(hand.line("dense_2", 0, 1))
    field = opened.editors.number.field
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert opened.bridge.edits[-1][-1] == pytest.approx(before + 0.05, abs=1e-4)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert opened.bridge.edits[-1] == ("dense_2", "W", (0, 1), before)


def test_clicking_a_bias_dot_edits_the_bias(opened, hand):
    hand.move(hand.bias("dense_1", 1))
    assert opened.board._tip.text().startswith("Bias of Dense, neuron 2: ")
    hand.click(hand.bias("dense_1", 1))
    QTest.keyClick(opened.editors.number.field, Qt.Key.Key_Up)
    assert opened.bridge.edits[-1][:3] == ("dense_1", "b", (1,))
    QTest.keyClick(opened.editors.number.field, Qt.Key.Key_Return)


def test_the_wheel_turns_the_number_that_was_clicked_and_zooms_nothing(opened, hand, wheel):
    before = float(opened.bridge.numbers["dense_1", "b"][1])
    hand.click(hand.bias("dense_1", 1))
    at, zoom = opened.board.last_pos, opened.board.zoom
    for _ in range(3):
        wheel(opened, at, -120)
    assert opened.bridge.edits[-1][:3] == ("dense_1", "b", (1,))
    assert opened.bridge.edits[-1][-1] == pytest.approx(before - 0.15, abs=1e-4)
    assert opened.board.zoom == zoom
    QTest.keyClick(opened.editors.number.field, Qt.Key.Key_Return)
    wheel(opened, at, -120)
    assert opened.board.zoom < zoom


def test_the_lines_of_the_unit_under_the_pointer_stand_out(opened, hand):
    hand.move(hand.unit("dense_1", 2))
    # W (2, 4) of dense_1 by rows: unit 2 is fed by lines 2 and 6; W (4, 2) of dense_2: 4 and 5
    assert list(opened.sheet.links["dense_1"]._lit_lines()) == [2, 6]
    assert list(opened.sheet.links["dense_2"]._lit_lines()) == [4, 5]
    hand.move(hand.far())
    assert not opened.sheet.links["dense_1"]._lit_lines()


def test_without_a_run_a_weight_can_not_be_set_and_that_is_said(open_canvas, chain, hand_on):
    state = chain
    ids = {"input_1", "dense_1"}
    canvas = open_canvas(changes.set_open(ids, {}, opened=True)(state))
    hand = hand_on(canvas)
    hand.click(hand.line("dense_1", 0, 0))
    assert "as soon as the network is ready" in canvas.said[-1]


def test_units_have_pictures_of_their_own(opened):
    card = opened.sheet.cards["dense_1"]
    image = card.cells.image
    assert (image.width(), image.height()) == (40, 4 * 40)
    # unit 0 is tanh(3 x): negative on the left, positive on the right
    left, right = image.pixelColor(0, 20), image.pixelColor(39, 20)
    # orange has more red than blue, blue the other way round
    assert left.red() > left.blue() + 100
    assert right.blue() > right.red() + 100


def test_numbers_that_ran_away_are_not_painted(opened):
    opened.bridge.numbers["dense_1", "W"][:] = np.nan
    opened.bridge.progressed.emit(None)
    assert opened.sheet.links["dense_1"].weights is None


def test_a_map_without_this_layer_leaves_discs(opened):
    opened.maps.latest.neurons.pop("dense_1")
    opened.maps.updated.emit(opened.maps.latest)
    assert opened.sheet.cards["dense_1"].cells.image is None
    assert opened.sheet.cards["dense_2"].cells.image is not None
