"""What keys and the actions of the table do on the canvas."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from gradloom.document import State
from gradloom.graph import Edge
from gradloom.ui.canvas.geometry import around
from gradloom.ui.canvas.hits import NOTHING
from gradloom.ui.canvas.menus import rows_for
from gradloom.ui.view import Selection


def select(canvas, *layers):
    canvas.view.select(Selection(frozenset(layers)))


def test_arrows_move_by_the_grid_and_a_series_is_one_step(canvas, hand):
    select(canvas, "dense_1")
    x = canvas.document.state.places["dense_1"].x
    for _ in range(3):
        hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    place = canvas.document.state.places["dense_1"]
    assert (place.x, place.y) == (x + 40, 24)
    canvas.document.undo()
    assert canvas.document.state.places["dense_1"].y == 0


def test_copy_and_paste_make_fresh_layers_with_their_cables(canvas):
    select(canvas, "dense_1", "dense_2")
    canvas.copy()
    assert json.loads(QGuiApplication.clipboard().text())["format"] == "gradloom-layers"
    canvas.paste()
    graph = canvas.document.state.graph
    new = canvas.view.selection.layers
    assert len(new) == 2
    assert new.isdisjoint({"dense_1", "dense_2"})
    assert [e for e in graph.edges if e.source in new and e.target in new]
    first = canvas.document.state.places[min(new)]
    canvas.paste()
    second = canvas.document.state.places[min(canvas.view.selection.layers)]
    assert (second.x, second.y) == (first.x + 24, first.y + 24)


def test_cut_and_duplicate(canvas):
    select(canvas, "dense_2")
    canvas.duplicate()
    assert len(canvas.document.state.graph.layers) == 6
    canvas.document.undo()
    select(canvas, "dense_2")
    canvas.cut()
    assert "dense_2" not in canvas.document.state.graph
    canvas.paste()
    assert canvas.document.undo_label == "Paste"


@pytest.mark.parametrize(
    "text",
    ["", "hello", "{", "[1, 2]", '{"format": "gradloom-layers"}', "NaN", "[" * 5000,
     '{"format": "gradloom-layers", "graph": {"layers": [], "edges": []}, "places": {}}',
     '{"format": "gradloom-layers", "graph": {"layers": 3, "edges": []}, "places": {}}'],
)  # fmt: skip
def test_rubbish_on_the_clipboard_is_refused_in_words(canvas, text):
    before = canvas.document.state
    QGuiApplication.clipboard().setText(text)
    canvas.paste()
    assert canvas.document.state is before
    assert canvas.said[-1].startswith("Nothing was pasted. ")


def test_bad_places_on_the_clipboard_are_refused(canvas):
    select(canvas, "dense_1")
    canvas.copy()
    plain = json.loads(QGuiApplication.clipboard().text())
    for place in ([1e9, 0, False], ["a", 0, False], [0, 0], [True, 0, False]):
        plain["places"]["dense_1"] = place
        QGuiApplication.clipboard().setText(json.dumps(plain))
        canvas.paste()
        assert "places.dense_1" in canvas.said[-1]


def test_delete_names_what_goes(canvas, hand):
    select(canvas, "dense_2")
    hand.key(Qt.Key.Key_Backspace)
    assert canvas.document.undo_label == "Delete Dense 2"
    assert "dense_2" not in canvas.sheet.cards
    assert len(canvas.sheet.cables) == 2


def test_delete_and_rejoin(canvas):
    canvas.bypass("dense_2")
    assert Edge("dense_1", "dense_3") in canvas.document.state.graph.edges


def test_align_and_spread(canvas):
    state = canvas.document.state
    select(canvas, *(la.id for la in state.graph))
    canvas.align("left")
    assert {b.x for b in canvas.sheet.boxes().values()} == {0.0}
    canvas.document.undo()
    select(canvas, "input_1", "dense_1", "dense_3")
    canvas.align("across")
    boxes = canvas.sheet.boxes()
    assert boxes["dense_1"].x == pytest.approx((boxes["input_1"].x + boxes["dense_3"].x) / 2, abs=1)


def test_arrange_is_one_step_and_leaves_no_card_on_another(canvas):
    select(canvas, *(la.id for la in canvas.document.state.graph))
    canvas.toggle_open()
    canvas.align("left")
    canvas.arrange()
    assert canvas.document.undo_label == "Arrange"
    boxes = list(canvas.sheet.boxes().values())
    assert not any(a.meets(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_fit_shows_everything(canvas):
    canvas.zoom_in()
    canvas.board.pan_by(4000, 3000)
    canvas.fit()
    hull = around(canvas.sheet.boxes().values())
    left, top = canvas.board.at(canvas.board.viewport().rect().topLeft())
    right, bottom = canvas.board.at(canvas.board.viewport().rect().bottomRight())
    assert left < hull.x
    assert top < hull.y
    assert right > hull.right
    assert bottom > hull.bottom


def test_tab_walks_through_the_cards_in_the_order_of_the_data(canvas, hand):
    seen = []
    for _ in range(5):
        hand.key(Qt.Key.Key_Tab)
        seen.append(canvas.view.selection.single)
    assert seen == ["input_1", "dense_1", "dense_2", "dense_3", "output_1"]
    hand.key(Qt.Key.Key_Backtab)
    assert canvas.view.selection.single == "dense_3"
    assert canvas.sheet.cards["dense_3"].focused


def test_cards_are_there_for_screen_readers(canvas, hand):
    hand.key(Qt.Key.Key_Tab)
    hand.key(Qt.Key.Key_Tab)
    board = QAccessible.queryAccessibleInterface(canvas.board)
    names = [board.child(i).text(QAccessible.Text.Name) for i in range(board.childCount())]
    assert names[1] == "Dense, 2 to 4, Tanh, 12 parameters, no problem"
    assert board.focusChild().text(QAccessible.Text.Name) == names[1]
    assert board.child(1).rect().width() > 20
    assert board.indexOfChild(board.child(2)) == 2


def test_a_adds_by_search(canvas, hand):
    hand.key(Qt.Key.Key_A)
    QTest.keyClicks(canvas.editors.menu.field, "dropout")
    QTest.keyClick(canvas.editors.menu.field, Qt.Key.Key_Return)
    assert "dropout_1" in canvas.document.state.graph


def test_the_search_menu_goes_round_with_arrows_and_says_when_nothing_is_found(canvas, hand):
    hand.key(Qt.Key.Key_A)
    menu = canvas.editors.menu
    QTest.keyClick(menu.field, Qt.Key.Key_Up)
    assert menu.list.currentRow() == menu.list.count() - 1
    QTest.keyClick(menu.field, Qt.Key.Key_Down)
    assert menu.list.currentRow() == 0
    QTest.keyClicks(menu.field, "xyzzy")
    assert "No layer" in menu.list.item(0).text()
    QTest.keyClick(menu.field, Qt.Key.Key_Return)
    assert menu.isVisible()
    QTest.keyClick(menu.field, Qt.Key.Key_Escape)


def test_a_kind_chosen_in_the_palette_joins_the_selected_layer(canvas):
    select(canvas, "dense_3")
    canvas.document.edit(
        "Delete Cable", lambda s: s.with_graph(s.graph.with_edges(s.graph.edges[:-1]))
    )
    canvas.add_kind("relu")
    assert Edge("dense_3", "relu_1") in canvas.document.state.graph.edges
    boxes = canvas.sheet.boxes()
    assert not any(boxes["relu_1"].meets(b) for i, b in boxes.items() if i != "relu_1")
    canvas.add_kind("sigmoid")
    assert Edge("relu_1", "sigmoid_1") in canvas.document.state.graph.edges


def test_an_empty_canvas_says_what_to_do(open_canvas):
    canvas = open_canvas(State())
    assert canvas._hint.label.isVisible()
    assert "Drag a layer here" in canvas._hint.label.text()
    assert canvas._hint.button.geometry().top() > canvas._hint.label.geometry().bottom()
    canvas.add_kind("input")
    assert not canvas._hint.label.isVisible()
    assert not canvas._hint.button.isVisible()


def test_an_empty_canvas_leads_to_the_samples(open_canvas, qtbot):
    canvas = open_canvas(State())
    with qtbot.waitSignal(canvas.samples_asked, timeout=1000):
        QTest.mouseClick(canvas._hint.button, Qt.MouseButton.LeftButton)


def test_context_menus_have_what_fits(canvas, hand, qtbot):
    def texts(hit):
        return [row[0] for row in rows_for(canvas, hit, (0, 0)) if row is not None]

    card = texts(canvas.sheet.hit(*hand.body("dense_1")))
    assert {"Open into Neurons", "Rename", "Delete and Rejoin", "Delete"} <= set(card)
    assert "Delete and Rejoin" not in texts(canvas.sheet.hit(*hand.body("output_1")))
    assert "Insert a Layer…" in texts(canvas.sheet.hit(*hand.middle(Edge("input_1", "dense_1"))))
    assert "Paste" in texts(NOTHING)
    canvas.menu_for(
        canvas.sheet.hit(*hand.body("dense_1")), (0, 0), canvas.mapToGlobal(canvas.pos())
    )
    menu = next(m for m in canvas.findChildren(QMenu) if m.isVisible())
    assert canvas.view.selection.single == "dense_1"
    next(a for a in menu.actions() if a.text().startswith("Delete and Rejoin")).trigger()
    menu.close()
    qtbot.waitUntil(lambda: "dense_1" not in canvas.document.state.graph)


def test_another_theme_repaints_everything(canvas, theme):
    theme.set_mode("dark")
    assert canvas.sheet.cards["dense_1"].ink.tokens is theme.tokens
    assert all(c.ink is canvas.sheet.ink for c in canvas.sheet.cables.values())
