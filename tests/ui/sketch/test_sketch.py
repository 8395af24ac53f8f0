"""Drawing with the mouse, and what the network tells meanwhile."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gradloom.data import SOURCES
from gradloom.document import Document
from gradloom.document.samples import chain
from gradloom.session.training import Status
from gradloom.ui.sketch import SketchPanel
from gradloom.ui.sketch.panel import NO_PICTURES
from gradloom.ui.sketch.shares import headline, ordered
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge
from handwriting import DIGITS
from networks import dense, digits_state

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


class Desk:
    """A sketch panel on a small network for the digits."""

    def __init__(self, theme):
        state = digits_state(dense(64, "relu"), epochs=25)
        self.document, self.view = Document(state), View()
        self.bridge = TrainingBridge(self.document)
        self.panel = SketchPanel(self.document, self.view, theme, self.bridge)
        self.paper = self.panel.paper

    def at(self, across, down):
        """A place of the sheet, 1 wide and 1 high."""
        return self.paper.place_of(down * 8, across * 8).toPoint()

    def stroke(self, places, button=LEFT, keys=NONE):
        points = [self.at(x, y) for x, y in places]
        QTest.mousePress(self.paper, button, keys, points[0])
        for point in points[1:]:
            QTest.mouseMove(self.paper, point)
        QTest.mouseRelease(self.paper, button, keys, points[-1])

    @property
    def telling(self):
        return self.panel.shares._telling

    @property
    def inked(self):
        return float(self.paper.sketch.ink.sum())


@pytest.fixture
def desk(qtbot, theme):
    made = Desk(theme)
    qtbot.addWidget(made.panel)
    made.panel.resize(520, 340)
    made.panel.show()
    qtbot.waitActive(made.panel)
    qtbot.waitUntil(lambda: made.bridge.latest is not None, timeout=5000)
    yield made
    made.panel.shutdown()
    made.bridge.shutdown()


LINE = [(0.3, 0.2), (0.5, 0.5), (0.7, 0.8)]


def test_what_is_drawn_is_told_at_once(desk, qtbot):
    assert desk.telling is None
    assert not desk.panel.clear.isEnabled()
    desk.stroke(LINE)
    qtbot.waitUntil(lambda: desk.telling is not None, timeout=3000)
    assert desk.telling.shares.sum() == pytest.approx(1)
    assert desk.panel.shares.accessibleDescription().startswith("0: ")
    first = desk.telling.shares
    desk.stroke([(0.7, 0.2), (0.3, 0.8)])
    qtbot.waitUntil(lambda: not np.array_equal(desk.telling.shares, first), timeout=3000)
    QTest.mouseClick(desk.panel.clear, LEFT)
    qtbot.waitUntil(lambda: desk.telling is None, timeout=3000)
    assert desk.inked == 0


def test_it_follows_the_training_and_then_tells_most_digits_right(desk, qtbot):
    desk.stroke(LINE)
    qtbot.waitUntil(lambda: desk.telling is not None, timeout=3000)
    told = []
    desk.panel.service.updated.connect(told.append)
    desk.bridge.start()
    qtbot.waitUntil(lambda: desk.bridge.status is Status.FINISHED, timeout=20000)
    qtbot.waitUntil(lambda: bool(told) and told[-1].steps == desk.bridge.latest.steps, timeout=3000)
    assert len({t.steps for t in told}) > 1
    right = 0
    for digit, lines in DIGITS.items():
        desk.paper.clear()
        for line in lines:
            desk.stroke(line)
        count = len(told)
        desk.panel.service.ask_again()
        qtbot.waitUntil(lambda count=count: len(told) > count, timeout=3000)
        right += desk.telling.shares.argmax() == digit
    assert right >= 8


def test_the_right_button_and_shift_rub_out(desk):
    desk.stroke(LINE)
    before = desk.inked
    desk.stroke(LINE[:2], RIGHT)
    middle = desk.inked
    assert middle < before
    desk.stroke(LINE[1:], LEFT, SHIFT)
    assert desk.inked < middle


def test_strokes_are_taken_back(desk):
    desk.stroke(LINE)
    one = desk.inked
    desk.stroke([(0.7, 0.2), (0.3, 0.8)])
    QTest.keyClick(desk.paper, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert desk.inked == one
    QTest.mousePress(desk.paper, LEFT, NONE, desk.at(0.1, 0.1))
    QTest.mouseMove(desk.paper, desk.at(0.1, 0.9))
    assert desk.inked > one
    QTest.keyClick(desk.paper, Qt.Key.Key_Escape)
    QTest.mouseMove(desk.paper, desk.at(0.9, 0.9))
    QTest.mouseRelease(desk.paper, LEFT, NONE, desk.at(0.9, 0.9))
    assert desk.inked == one
    assert desk.document.undo_label == ""


def test_the_keyboard_draws_cells(desk):
    desk.paper.setFocus()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Return):
        QTest.keyClick(desk.paper, key)
    cells = desk.paper.sketch.cells(centred=False)
    assert np.unravel_index(cells.argmax(), cells.shape) == (3, 3)
    QTest.keyClick(desk.paper, Qt.Key.Key_Backspace)
    assert desk.inked < 0.1 * cells.sum() * desk.paper.sketch.fine**2
    QTest.keyClick(desk.paper, Qt.Key.Key_Return)
    QTest.keyClick(desk.paper, Qt.Key.Key_Delete)
    assert desk.inked == 0


def test_centring_is_a_switch_and_what_the_network_gets_is_shown(desk):
    desk.stroke([(0.1, 0.1), (0.3, 0.3)])
    centred = desk.panel.seen.pixmap().toImage()
    QTest.mouseClick(desk.panel.centre, LEFT)
    as_drawn = desk.panel.seen.pixmap().toImage()
    assert centred != as_drawn
    side = as_drawn.width()
    assert as_drawn.pixelColor(side - 4, side - 4) == as_drawn.pixelColor(side - 4, 4)  # bare
    assert centred.pixelColor(side - 6, side - 6) != as_drawn.pixelColor(side - 6, side - 6)
    wish = desk.panel.service.wish.reshape(8, 8)
    assert wish[4:, 4:].max() == 0


def test_the_brush_is_set(desk):
    desk.stroke(LINE)
    thin = desk.inked
    desk.paper.clear()
    desk.panel.brush.setFocus()
    QTest.keyClick(desk.panel.brush, Qt.Key.Key_End)
    desk.stroke(LINE)
    assert desk.inked > 1.5 * thin


def test_a_selected_row_is_loaded_and_its_class_said(desk, qtbot):
    assert not desk.panel.load.isEnabled()
    desk.view.select_rows(frozenset([12]))
    assert desk.panel.load.text() == "Load row 13"
    QTest.mouseClick(desk.panel.load, LEFT)
    data = desk.document.state.prepared.dataset
    assert desk.panel.service.wish.tolist() == data.features[12].tolist()
    qtbot.waitUntil(lambda: desk.telling is not None, timeout=3000)
    assert desk.panel.caption.text == f"Row 13: {int(data.targets[12, 0])}"
    desk.stroke(LINE)
    assert desk.panel.caption.text == "As the network sees it"
    desk.view.select_rows(frozenset([1, 2]))
    assert not desk.panel.load.isEnabled()


def test_without_pictures_a_sentence_says_what_to_do(desk, qtbot):
    desk.stroke(LINE)
    inked = desk.inked
    desk.document.edit("Data", lambda s: s.with_data(source=SOURCES.make("circles")))
    assert desk.panel.sentence.isVisible()
    assert desk.panel.sentence.text() == NO_PICTURES
    assert not desk.paper.isVisible()
    desk.document.undo()
    assert desk.paper.isVisible()
    assert inked > 0


def test_a_network_that_can_not_be_trained_says_so(desk, qtbot):
    desk.stroke(LINE)
    graph = chain([dense(3, "softmax")])
    desk.document.edit("Network", lambda s: s.with_graph(graph))
    qtbot.waitUntil(lambda: "can't be trained" in desk.panel.caption.text, timeout=3000)
    assert desk.telling is None


def test_nothing_is_asked_while_it_is_out_of_sight(desk, qtbot):
    desk.panel.hide()
    told = []
    desk.panel.service.updated.connect(told.append)
    desk.bridge.step_batch()
    qtbot.waitUntil(lambda: desk.bridge.latest.steps == 1, timeout=3000)
    qtbot.wait(50)
    assert told == []


def test_many_classes_are_shown_by_their_share(desk):
    telling = dataclasses.replace(
        _telling(), classes=tuple("abcdefghijklmnop"), shares=np.arange(16) / 120
    )
    assert ordered(telling, 12) == list(range(15, 3, -1))
    assert headline(telling).startswith("p · 12.5")
    number = dataclasses.replace(_telling(), classes=(), number=0.25, label="Output: y")
    assert headline(number) == "Output: y 0.250"
    desk.panel.shares.show_telling(telling)
    desk.panel.grab()
    desk.panel.shares.show_telling(number)
    desk.panel.grab()


def _telling():
    from gradloom.session.telling import Telling

    return Telling("Output", ("a", "b"), np.array([0.25, 0.75]))


def test_both_themes_and_a_narrow_panel(desk, theme):
    desk.stroke(LINE)
    light = desk.panel.grab().toImage()
    theme.set_mode("dark")
    assert desk.panel.grab().toImage() != light
    theme.set_mode("light")
    desk.panel.resize(240, 220)
    desk.panel.grab()
    assert desk.paper.width() > 80
    assert QPoint(0, 0) != desk.at(0.5, 0.5)
