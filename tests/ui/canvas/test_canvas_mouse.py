"""What a mouse does on the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from gradloom.graph import Edge
from gradloom.ui.view import Selection

SHIFT = Qt.KeyboardModifier.ShiftModifier
FIRST = Edge("input_1", "dense_1")


def edges(canvas):
    return set(canvas.document.state.graph.edges)


def steps(canvas):
    """How often something can be undone."""
    count = 0
    while canvas.document.undo():
        count += 1
    for _ in range(count):
        canvas.document.redo()
    return count


def test_a_layer_dropped_from_the_palette_is_added_where_it_fell(canvas, hand):
    at = hand.far()
    taken, hot = hand.drop("relu", at)
    assert taken
    assert not hot
    assert "relu_1" in canvas.document.state.graph
    place = canvas.document.state.places["relu_1"]
    assert abs(place.x + 76 - at[0]) <= 8
    assert abs(place.y + 28 - at[1]) <= 8
    assert place.x % 8 == place.y % 8 == 0
    assert canvas.view.selection.single == "relu_1"
    assert steps(canvas) == 1


@pytest.mark.parametrize("kind", ["nonsense", ""])
def test_a_drop_that_is_no_layer_is_refused(canvas, hand, kind):
    before = canvas.document.state
    assert not hand.drop(kind, hand.far())[0]
    assert not hand.drop("relu", hand.far(), mime="text/plain")[0]
    assert canvas.document.state is before


def test_a_layer_dropped_on_a_cable_is_spliced_in(canvas, hand):
    taken, hot = hand.drop("relu", hand.middle(FIRST))
    assert taken
    assert hot == [FIRST]
    assert {Edge("input_1", "relu_1"), Edge("relu_1", "dense_1")} <= edges(canvas)
    assert FIRST not in edges(canvas)
    assert steps(canvas) == 1


def test_an_output_dropped_on_a_cable_is_only_added(canvas, hand):
    _, hot = hand.drop("output", hand.middle(FIRST))
    assert not hot
    assert FIRST in edges(canvas)


def test_a_cable_pulled_from_output_to_input(canvas, hand):
    hand.drop("relu", hand.far())
    hand.drag(hand.out("dense_1"), hand.into("relu_1"))
    assert Edge("dense_1", "relu_1") in edges(canvas)
    assert canvas.document.undo_label == "Connect"


def test_a_cable_pulled_from_input_to_output_and_onto_a_body(canvas, hand):
    hand.drop("relu", hand.far())
    hand.drag(hand.into("relu_1"), hand.out("dense_1"))
    assert Edge("dense_1", "relu_1") in edges(canvas)
    canvas.document.undo()
    hand.drag(hand.into("relu_1"), hand.body("dense_2"))
    assert Edge("dense_2", "relu_1") in edges(canvas)


def test_a_cable_that_would_close_a_circle_is_refused_with_the_reason(canvas, hand):
    before = canvas.document.state
    hand.start(hand.out("dense_2"), hand.into("dense_1"))
    tip = canvas.board._tip
    assert tip.isVisible()
    assert "close a circle" in tip.text()
    assert canvas.sheet.cards["dense_1"].dimmed_ports == "both"
    assert canvas.sheet.cards["dense_3"].dimmed_ports == "out"
    hand.release(hand.into("dense_1"))
    assert canvas.document.state is before
    assert "close a circle" in canvas.said[-1]
    assert not tip.isVisible()
    assert all(card.dimmed_ports == "" for card in canvas.sheet.cards.values())


def test_a_replaced_cable_is_announced(canvas, hand):
    hand.drop("relu", hand.far())
    hand.start(hand.out("relu_1"), hand.into("dense_2"))
    assert "Replaces the cable from Dense." in canvas.board._tip.text()
    hand.release(hand.into("dense_2"))
    assert Edge("relu_1", "dense_2") in edges(canvas)
    assert Edge("dense_1", "dense_2") not in edges(canvas)


def test_a_cable_is_replugged_by_its_end(canvas, hand):
    hand.drop("relu", hand.far())
    hand.drag(hand.into("dense_1"), hand.into("relu_1"))
    assert Edge("input_1", "relu_1") in edges(canvas)
    assert FIRST not in edges(canvas)
    assert canvas.document.undo_label == "Move Cable"
    canvas.document.undo()
    x, y = hand.out("dense_2")
    hand.drag((x + 16.5, y), hand.body("dense_1"))  # the source's end of Dense 2 -> Dense 3
    assert Edge("dense_1", "dense_3") in edges(canvas)


def test_a_cable_pulled_off_and_dropped_on_nothing_is_deleted(canvas, hand):
    hand.drag(hand.into("dense_1"), hand.far())
    assert FIRST not in edges(canvas)
    assert canvas.document.undo_label == "Delete Cable"
    assert canvas.editors.menu is None


def test_a_cable_put_back_where_it_was_changes_nothing(canvas, hand):
    before = canvas.document.state
    x, y = hand.into("dense_1")
    hand.start((x, y), (x, y + 100))
    hand.move((x, y))
    hand.release((x, y))
    assert canvas.document.state is before


def test_the_same_tensor_twice_to_one_merge_shows_two_cables(canvas, hand):
    hand.drop("add", hand.far())
    hand.drag(hand.out("dense_1"), hand.into("add_1", 0))
    hand.drag(hand.out("dense_1"), hand.into("add_1", 1))
    twice = {Edge("dense_1", "add_1", 0), Edge("dense_1", "add_1", 1)}
    assert twice <= set(canvas.sheet.cables)
    assert canvas.sheet.cards["add_1"].face.frame.inputs == 3
    assert canvas.sheet.cables[Edge("dense_1", "add_1", 0)].ends != (
        canvas.sheet.cables[Edge("dense_1", "add_1", 1)].ends
    )


def test_a_cable_dropped_on_nothing_asks_for_a_layer_and_adds_both_in_one_step(canvas, hand):
    hand.drag(hand.out("dense_1"), hand.far())
    menu = canvas.editors.menu
    assert menu is not None
    assert menu.isVisible()
    QTest.keyClicks(menu.field, "leaky")
    assert menu.list.item(0).text() == "Leaky ReLU"
    QTest.keyClick(menu.field, Qt.Key.Key_Return)
    assert Edge("dense_1", "leaky_relu_1") in edges(canvas)
    assert canvas.editors.menu is None
    assert steps(canvas) == 1


def test_a_cable_from_an_input_offers_what_gives_something(canvas, hand):
    hand.drop("relu", hand.far())
    x, y = hand.into("relu_1")
    hand.drag((x, y), (x - 100, y + 90))
    menu = canvas.editors.menu
    names = [menu.list.item(row).text() for row in range(menu.list.count())]
    assert "Output" not in names
    assert "Dense" in names
    QTest.keyClicks(menu.field, "dense")
    QTest.keyClick(menu.field, Qt.Key.Key_Return)
    assert Edge("dense_4", "relu_1") in edges(canvas)


def test_escape_in_the_search_menu_leaves_everything_as_it_was(canvas, hand):
    before = canvas.document.state
    hand.double(hand.far())
    QTest.keyClick(canvas.editors.menu.field, Qt.Key.Key_Escape)
    assert canvas.editors.menu is None
    assert canvas.document.state is before
    assert not [i for i in canvas.sheet.items() if getattr(i, "edge", "") is None]


def test_moving_cards_is_one_step_and_keeps_to_the_grid(canvas, hand):
    place = canvas.document.state.places["dense_1"]
    at = hand.body("dense_1")
    hand.drag(at, (at[0] + 61, at[1] + 133))
    moved = canvas.document.state.places["dense_1"]
    assert moved.x % 8 == 0
    assert abs(moved.x - place.x - 61) <= 4
    assert moved.y == place.y + 136
    assert canvas.sheet.cables[FIRST].ends[6:] == hand.into("dense_1")
    assert steps(canvas) == 1
    canvas.document.undo()
    assert canvas.sheet.cards["dense_1"].pos() == QPointF(place.x, place.y)


def test_selected_cards_move_together(canvas, hand):
    hand.click(hand.body("dense_1"))
    hand.click(hand.body("dense_2"), SHIFT)
    at = hand.body("dense_1")
    hand.drag(at, (at[0], at[1] + 200))
    places = canvas.document.state.places
    assert places["dense_1"].y == places["dense_2"].y == 200
    assert places["dense_3"].y == 0
    assert steps(canvas) == 1


def test_a_card_that_stands_alone_is_spliced_in_by_moving_it(canvas, hand):
    hand.drop("relu", hand.far())
    hand.start(hand.body("relu_1"), hand.middle(FIRST))
    assert canvas.sheet.cables[FIRST].target
    hand.release(hand.middle(FIRST))
    assert {Edge("input_1", "relu_1"), Edge("relu_1", "dense_1")} <= edges(canvas)
    assert canvas.document.undo_label == "Splice In ReLU"
    canvas.document.undo()
    assert FIRST in edges(canvas)


def test_a_joined_card_is_not_spliced_in(canvas, hand):
    hand.start(hand.body("dense_2"), hand.middle(FIRST))
    assert not canvas.sheet.cables[FIRST].target
    hand.release(hand.middle(FIRST))
    assert FIRST in edges(canvas)


def test_a_rubber_band_selects_and_shift_adds(canvas, hand):
    hand.drag((-40, -60), (160, 100))
    assert canvas.view.selection.layers == {"input_1"}
    box = canvas.sheet.cards["dense_3"].box()
    hand.drag((box.x - 10, box.y - 40), (box.x + 30, box.bottom + 40), SHIFT)
    assert canvas.view.selection.layers == {"input_1", "dense_3"}
    hand.click(hand.far())
    assert not canvas.view.selection


def test_a_cable_is_selected_and_deleted(canvas, hand):
    hand.click(hand.middle(FIRST))
    assert canvas.view.selection == Selection(frozenset(), frozenset((FIRST,)))
    hand.key(Qt.Key.Key_Delete)
    assert FIRST not in edges(canvas)
    assert not canvas.view.selection


def test_hovering_a_cable_tells_the_shape(canvas, hand):
    hand.move(hand.middle(FIRST))
    assert canvas.board._tip.text() == "Input → Dense\n2 numbers"
    assert canvas.sheet.cables[FIRST].hovered
    hand.move(hand.far())
    assert not canvas.board._tip.isVisible()
    assert not canvas.sheet.cables[FIRST].hovered


def test_hovering_the_badge_tells_the_problem(canvas, hand):
    hand.drop("relu", hand.far())
    box = canvas.sheet.cards["relu_1"].box()
    hand.move((box.x - 2, box.y - 2))
    assert "nothing arrives here" in canvas.board._tip.text()


def gesture_starts(hand):
    x, y = hand.body("dense_1")
    return {
        "pull": (hand.out("dense_1"), (x + 60, y + 130)),
        "replug": (hand.into("dense_1"), (x - 60, y + 130)),
        "move": ((x, y), (x, y + 130)),
        "band": ((-60, 100), (900, -100)),
    }


@pytest.mark.parametrize("name", ["pull", "replug", "move", "band"])
def test_escape_cancels_a_gesture_without_a_trace(canvas, hand, name):
    begin, end = gesture_starts(hand)[name]
    if name == "band":
        hand.click(hand.body("dense_2"))
    before, chosen = canvas.document.state, canvas.view.selection
    hand.start(begin, end)
    assert canvas.board.gesture is not None
    hand.key(Qt.Key.Key_Escape)
    assert canvas.board.gesture is None
    hand.release(end)
    assert canvas.document.state is before
    assert canvas.editors.menu is None
    if name == "band":
        assert canvas.view.selection == chosen
    for id_, place in before.places.items():
        assert canvas.sheet.cards[id_].pos() == QPointF(place.x, place.y)
    assert all(cable.isVisible() for cable in canvas.sheet.cables.values())
    assert len(canvas.sheet.items()) == len(before.graph.layers) + len(before.graph.edges)


def test_an_undo_in_the_middle_of_a_drag_ends_it(canvas, hand):
    hand.drop("relu", hand.far())
    at = hand.body("dense_1")
    hand.start(at, (at[0], at[1] + 100))
    canvas.document.undo()
    assert canvas.board.gesture is None
    hand.release((at[0], at[1] + 100))
    assert canvas.document.state.places["dense_1"].y == 0


@pytest.mark.parametrize("delta", [120, -120, 480, -960])
def test_the_wheel_keeps_the_point_under_the_pointer(canvas, delta, wheel):
    at = QPoint(317, 209)
    before = canvas.board.at(at)
    zoom = canvas.board.zoom
    wheel(canvas, at, delta)
    after = canvas.board.at(at)
    assert (canvas.board.zoom > zoom) == (delta > 0)
    pixel = 1.01 / canvas.board.zoom
    assert abs(after[0] - before[0]) <= pixel
    assert abs(after[1] - before[1]) <= pixel


def test_zoom_has_ends(canvas):
    for _ in range(40):
        canvas.zoom_in()
    assert canvas.board.zoom == pytest.approx(4)
    for _ in range(60):
        canvas.zoom_out()
    assert canvas.board.zoom == pytest.approx(0.1)
    canvas.zoom_actual()
    assert canvas.board.zoom == pytest.approx(1)


def test_two_fingers_and_the_middle_button_pan(canvas, hand, wheel):
    at = QPoint(300, 300)
    before = canvas.board.at(at)
    wheel(canvas, at, -40, pixels=-40)
    moved = canvas.board.at(at)
    assert moved[1] - before[1] == pytest.approx(40 / canvas.board.zoom)
    viewport, middle = canvas.board.viewport(), Qt.MouseButton.MiddleButton
    QTest.mousePress(viewport, middle, pos=at)
    QTest.mouseMove(viewport, QPoint(320, 310))
    QTest.mouseMove(viewport, QPoint(350, 320))
    QTest.mouseRelease(viewport, middle, pos=QPoint(350, 320))
    after = canvas.board.at(at)
    assert (after[0] - moved[0]) * canvas.board.zoom == pytest.approx(-50, abs=2)
    assert canvas.board.gesture is None


def test_double_click_on_a_name_renames(canvas, hand):
    hand.double(hand.name("dense_1"))
    editor = canvas.editors.name
    assert editor.hasFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "Hidden")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert canvas.document.state.graph["dense_1"].name == "Hidden"
    assert canvas.document.undo_label == "Rename Dense"
    assert canvas.sheet.cards["dense_1"].face.summary.startswith("Dense")


def test_escape_while_renaming_keeps_the_name(canvas, hand):
    hand.click(hand.body("dense_1"))
    hand.key(Qt.Key.Key_F2)
    QTest.keyClicks(canvas.editors.name, "Other")
    QTest.keyClick(canvas.editors.name, Qt.Key.Key_Escape)
    assert canvas.editors.name is None
    assert canvas.document.state.graph["dense_1"].name == "Dense"


def test_a_taken_name_gets_a_number(canvas, hand):
    canvas.rename("dense_1")
    canvas.editors.name.setText("  Dense   2 ")
    QTest.keyClick(canvas.editors.name, Qt.Key.Key_Return)
    assert canvas.document.state.graph["dense_1"].name == "Dense 2 2"
