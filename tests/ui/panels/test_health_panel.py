"""The health panel: cards that mend, layers in lines, pictures of the course."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from gradloom.graph.edits import set_kind
from gradloom.layers import ACTIVATIONS
from gradloom.ui.panels.health_flow import power


@pytest.fixture
def health(bench, qtbot):
    from gradloom.ui.health import HealthService

    made = HealthService(bench.document, bench.bridge)
    qtbot.waitUntil(lambda: made.latest is not None)
    yield made
    made.shutdown()


@pytest.fixture
def panel(bench, health, qtbot):
    from gradloom.ui.panels.health import HealthPanel

    made = HealthPanel(bench.document, bench.view, bench.theme, health)
    qtbot.addWidget(made)
    made.resize(330, 700)
    made.show()
    made.activateWindow()
    return made


def linear(state):
    kind = state.graph["dense_1"].kind.replace(activation=ACTIVATIONS.make("identity"))
    return state.with_graph(set_kind(state.graph, "dense_1", kind))


def make_ill(bench, health, qtbot):
    bench.document.edit("x", linear)
    qtbot.waitUntil(lambda: bool(health.findings) and health.latest.state is bench.state)


def center(widget):
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_a_healthy_network_is_told_so(panel, bench, health, qtbot):
    assert panel.cards == []
    assert panel.empty.isVisible()
    assert "Press Space to train" in panel.empty.text()
    bench.bridge.step_batch()
    qtbot.waitUntil(lambda: health.latest.measured.steps == 1, timeout=3000)
    assert panel.empty.text() == "Nothing wrong to see."


def test_a_card_shows_proves_explains_and_mends(panel, bench, health, qtbot):
    make_ill(bench, health, qtbot)
    (card,) = panel.cards
    assert not panel.empty.isVisible()
    assert card.accessibleName().startswith("Layers that collapse into one: Dense and Dense 2")
    center(card.show_button)
    assert bench.view.selection.layers == {"dense_1", "dense_2"}
    assert not card.why.isVisible()
    center(card.why_button)
    assert card.why.isVisible()
    assert "section 6.1" in card.why.text()
    asked = []
    bench.view.help_asked.connect(asked.append)
    center(card.more_button)
    assert asked == ["rule:linear_stack"]
    center(card.proof)
    qtbot.waitUntil(card.shown.isVisible)
    assert "gives the same outputs for 150 training rows" in card.shown.text()
    bend = card.remedies[0]
    assert bend.words == "Set the activation of Dense to ReLU"
    bend.setFocus()
    QTest.keyClick(bend, Qt.Key.Key_Space)
    assert bench.document.undo_label == bend.words
    qtbot.waitUntil(lambda: panel.cards == [])
    assert panel.hasFocus()  # and not the next button of the window
    bench.document.undo()
    qtbot.waitUntil(lambda: len(panel.cards) == 1)


def test_every_card_has_the_room_its_words_need(panel, bench, health, qtbot):
    make_ill(bench, health, qtbot)
    (card,) = panel.cards
    more = dataclasses.replace(health.findings[0], rule="single_row_batch", layers=(), remedies=())
    panel._show_findings((more, *health.findings))  # the card moves down, and must grow still
    qtbot.wait(30)
    card.why_button.click()
    for width in (240, 330, 480):
        panel.resize(width, 500)
        qtbot.wait(30)
        for shown in panel.cards:
            assert shown.height() >= shown.heightForWidth(shown.width())
        assert panel.widget().width() <= panel.viewport().width()


def test_a_card_that_stays_keeps_what_was_unfolded(panel, bench, health, qtbot):
    make_ill(bench, health, qtbot)
    (card,) = panel.cards
    card.why_button.click()
    more = dataclasses.replace(health.findings[0], rule="single_row_batch", layers=(), remedies=())
    panel._show_findings((more, *health.findings))
    assert panel.cards[1] is card
    assert card.why.isVisible()
    numbers = dataclasses.replace(health.findings[0], evidence="Other numbers.")
    panel._show_findings((numbers,))
    assert panel.cards == [card]
    assert card.evidence.text() == "Other numbers."


def test_layers_can_be_chosen_by_mouse_and_keys(panel, bench, qtbot):
    flow = panel.flow
    assert [h.layer for h in flow.layers] == ["dense_1", "dense_2", "dense_3"]
    row = round(flow._head() + 1.5 * flow._line())
    QTest.mouseClick(flow, Qt.MouseButton.LeftButton, pos=QPoint(20, row))
    assert bench.view.selection.single == "dense_2"
    assert "Dense 2" in panel._weights_title.text()
    QTest.keyClick(flow, Qt.Key.Key_Down)
    assert bench.view.selection.single == "dense_3"
    QTest.keyClick(flow, Qt.Key.Key_Down)
    assert bench.view.selection.single == "dense_3"
    bench.select("input_1")
    assert not panel.weights.isVisible()
    assert panel._values_title.text() == "Outputs of Input"
    assert panel.values.health.layer == "input_1"
    bench.select("dense_1")
    assert panel.weights.isVisible()


def test_tips_explain_rows_and_columns(panel, qtbot):
    flow = panel.flow

    def tip(x, y):
        place = QPoint(x, y)
        event = QHelpEvent(QEvent.Type.ToolTip, place, flow.mapToGlobal(place))
        QApplication.sendEvent(flow, event)
        return QToolTip.text()

    assert "Layers from the input on" in tip(3, 3)
    told = tip(20, round(flow._head() + 4))
    assert told.startswith("Dense\nOutputs: mean")
    assert "0 of 4 units are saturated at the ends of Tanh" in told
    QToolTip.hideText()


def test_the_course_and_the_weights_move_while_it_trains(panel, bench, health, qtbot):
    before = panel.weights.health
    assert before.now.counts == before.start.counts
    bench.bridge.start()
    qtbot.waitUntil(lambda: len(panel.course.course) >= 3, timeout=5000)
    bench.bridge.pause()
    assert panel.weights.health.now.counts != before.now.counts
    assert panel.grab().width() == panel.width()


def test_both_themes_and_a_narrow_panel_are_painted(panel, bench, health, qtbot):
    make_ill(bench, health, qtbot)
    card = panel.cards[0]
    light = panel.grab().toImage()
    bench.theme.set_mode("dark")
    assert panel.cards[0] is not card
    dark = panel.grab().toImage()
    assert light != dark
    panel.resize(200, 500)
    assert not panel.grab().isNull()
    bench.theme.set_mode("light")


def test_a_network_that_is_not_ready_says_so(panel, bench, health, qtbot):
    bench.document.edit("x", lambda s: s.with_graph(s.graph.with_edges([])))
    qtbot.waitUntil(panel.hint.isVisible)
    assert not panel.flow.isVisible()
    assert not panel.weights.isVisible()
    assert not panel.empty.isVisible()  # "press Space" would do nothing


def test_remedies_say_what_they_would_do_now(panel, bench, health, qtbot):
    make_ill(bench, health, qtbot)
    rate = dataclasses.replace(
        health.findings[0], rule="rate_too_large", layers=(), remedies=("lower_rate",)
    )
    panel._show_findings((rate,))
    assert panel.cards[0].remedies[0].words == "Set the learning rate to 0.001"
    panel.cards[0].remedies[0].click()
    assert bench.state.plan.optimiser.rate == 0.001
    panel._show_findings((rate,))
    assert panel.cards[0].remedies[0].words == "Set the learning rate to 0.0001"


def test_numbers_are_short():
    assert [power(x) for x in (0.0, 3.2e-12, 0.023, 1.6, 12345.0, float("nan"))] == [
        "0",
        "3e−12",
        "0.02",
        "2",
        "1e4",
        "NaN",
    ]


def test_a_panel_with_nothing_to_say_is_as_high_as_nothing(panel):
    inside = panel.widget()
    for child in inside.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        child.hide()
    QApplication.sendEvent(inside, QEvent(QEvent.Type.LayoutRequest))
    assert inside.minimumHeight() >= 0  # Qt warns of less, and a warning fails a test
