"""A badge is clicked: what is wrong there, with what mends it, at the card."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gradloom.layers import ACTIVATIONS
from gradloom.ui.help.experiments import experiment


@pytest.fixture
def parts(window_parts):
    return window_parts


def change(parts, qtbot, target, rule):
    parts.document.edit("x", lambda state: experiment(state, target))
    if rule:
        qtbot.waitUntil(lambda: any(f.rule == rule for f in parts.health.findings), timeout=3000)


def click_badge(parts, layer):
    """Where a person would; the popup that opened."""
    card, board = parts.canvas.sheet.cards[layer], parts.canvas.board
    badge = card.face.frame.badge.moved(card.x(), card.y())
    place = board.mapFromScene(badge.x + badge.width / 2, badge.y + badge.height / 2)
    QTest.mouseClick(board.viewport(), Qt.MouseButton.LeftButton, pos=place)
    return QApplication.activePopupWidget()


def test_a_badge_opens_its_findings_and_a_remedy_closes_them(parts, qtbot):
    change(parts, qtbot, "dense_1.activation=identity", "linear_stack")
    popup = click_badge(parts, "dense_1")
    (card,) = popup.cards
    assert card.finding.rule == "linear_stack"
    card.why_button.click()
    qtbot.waitUntil(lambda: popup.height() - 4 == popup._inside.height())
    assert popup._inside.height() == popup._area.viewport().height()  # all of it is seen
    QTest.mouseClick(card.remedies[0], Qt.MouseButton.LeftButton)
    assert QApplication.activePopupWidget() is None
    assert parts.document.state.graph["dense_1"].kind.activation == ACTIVATIONS.make("relu")
    parts.document.undo()
    assert parts.document.state.graph["dense_1"].kind.activation.kind == "identity"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_it_does_not_melt_into_the_canvas(parts, qtbot, mode):
    parts.theme.set_mode(mode)
    change(parts, qtbot, "dense_1.activation=identity", "linear_stack")
    popup = click_badge(parts, "dense_1")
    seen = popup.grab().toImage()
    tokens = parts.theme.tokens
    assert seen.pixelColor(8, seen.height() - 8).name() == tokens.raised.lower()
    assert seen.pixelColor(0, seen.height() // 2).name() == tokens.quiet.lower()
    popup.close()
    parts.theme.set_mode("light")


def test_problems_and_findings_stand_together(parts, qtbot):
    change(parts, qtbot, "output_1.loss=mse&dense_3.activation=sigmoid", "loss_fit")
    change(parts, qtbot, "dense_3.units=3", "")
    popup = click_badge(parts, "output_1")
    assert "2 classes but 3 units arrive" in popup.cards[0].problem.text
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


def test_learn_more_leads_to_the_page_and_closes_the_popup(parts, qtbot):
    change(parts, qtbot, "dense_1.activation=identity", "linear_stack")
    popup = click_badge(parts, "dense_2")
    QTest.mouseClick(popup.cards[0].more_button, Qt.MouseButton.LeftButton)
    assert QApplication.activePopupWidget() is None
    assert parts.window.guide.panel().spot.topic == "linear_stack"


def test_a_card_without_trouble_opens_nothing(parts):
    parts.view.ask_trouble("dense_1")
    assert QApplication.activePopupWidget() is None
    parts.view.ask_trouble("gone")
    assert QApplication.activePopupWidget() is None


def test_a_popup_that_would_leave_the_screen_scrolls_inside_it(parts, qtbot, monkeypatch):
    from gradloom.ui.panels import trouble

    change(parts, qtbot, "dense_1.activation=identity", "linear_stack")
    monkeypatch.setattr(trouble, "_MARGIN", QApplication.primaryScreen().size().height() - 120)
    popup = trouble.Trouble(parts, "dense_1", parts.window)
    popup.open_at(QPoint(5000, 5000))
    assert popup.height() <= 120
    assert popup._area.verticalScrollBar().isVisible()
    screen = popup.screen().availableGeometry()
    assert screen.contains(popup.geometry().adjusted(1, 1, -1, -1))
    popup.close()
