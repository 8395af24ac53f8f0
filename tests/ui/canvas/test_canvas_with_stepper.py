"""Stepper and canvas together: a number that is pointed at lights its products, a click goes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gradloom.session.lighting import Lit
from gradloom.ui.canvas import Canvas, changes
from gradloom.ui.stepper import StepperPanel
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

OPENED = {"input_1", "dense_1", "dense_2", "dense_3"}


@pytest.fixture
def both(qtbot, theme, chain):
    """(canvas, panel), joined as the window joins them, at the start of a step."""
    from gradloom.document import Document

    document, view = Document(changes.set_open(OPENED, {}, opened=True)(chain)), View()
    bridge = TrainingBridge(document)
    canvas = Canvas(document, view, theme, bridge)
    panel = StepperPanel(document, view, theme, bridge)
    for widget, top in ((canvas, 0), (panel, 380)):
        qtbot.addWidget(widget)
        widget.setGeometry(0, top, 780, 370)
        widget.show()
        qtbot.waitExposed(widget)
    panel.steps.moved.connect(canvas.show_step)
    canvas.layer_activated.connect(panel.to_layer)
    canvas.step_asked.connect(lambda move: getattr(panel.stepping, move)())
    panel.enter()
    yield canvas, panel
    panel.shutdown()
    bridge.shutdown()


def test_a_number_that_is_pointed_at_or_pinned_lights_its_products(both):
    canvas, panel = both
    panel.stepping.go(3)
    assert canvas.view.lit is None, "nothing is dimmed before somebody points at a number"
    QTest.qWait(1)  # the matrices are laid out
    matrix = panel.body.arrays.view(0)
    QTest.mouseMove(matrix.viewport(), QPoint(0, 0))
    QTest.mouseMove(matrix.viewport(), matrix.cell_rect((0, 1)).center())
    whole = Lit("dense_2", 1, (0, 1, 2, 3), ((0, 1), (1, 1), (2, 1), (3, 1)))
    assert canvas.view.lit == whole
    assert canvas.sheet.cards["dense_2"].cells.lit == {1}
    QTest.mouseClick(
        matrix.viewport(), Qt.MouseButton.LeftButton, pos=matrix.cell_rect((0, 1)).center()
    )
    panel.body.walk_terms(2)
    assert canvas.view.lit == Lit("dense_2", 1, (1,), ((1, 1),))
    panel.leave()
    assert canvas.view.lit is None
    assert canvas.sheet.links["dense_2"]._products is None


def test_the_walk_goes_where_the_canvas_is_double_clicked_and_by_its_keys(both, hand_on):
    canvas, panel = both
    hand = hand_on(canvas)
    card = canvas.sheet.cards["dense_3"]
    hand.double((card.x() + 76, card.y() + 50))
    assert panel.stepping.current.layer == "dense_3"
    canvas.focus()
    hand.key(Qt.Key.Key_Left)
    assert panel.stepping.current.layer == "dense_2"
    assert canvas.sheet.cards["dense_2"].phase is not None


def test_a_whole_walk_and_back_leaves_the_canvas_as_it_was(both):
    canvas, panel = both
    stepping = panel.stepping
    for position in (*range(1, stepping.end + 1), *range(stepping.end, -1, -1)):
        stepping.go(position)
        works = {i for i, c in canvas.sheet.cards.items() if c.phase is not None}
        current = stepping.current
        if current is None:
            assert not works
        elif current.layer:
            assert works == {current.layer}
    assert {i for i, c in canvas.sheet.cards.items() if c.tag is not None} == {"input_1"}
    panel.leave()
    assert not any(c.tag for c in canvas.sheet.cards.values())
