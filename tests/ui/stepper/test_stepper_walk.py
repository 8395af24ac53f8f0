"""What a person does with the stepper's panel, by real keys and mouse."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from gradloom.document.samples import samples
from gradloom.layers.site import Phase
from gradloom.session.picked import DataRows, Typed
from gradloom.session.training import Status

_SHIFT = Qt.KeyboardModifier.ShiftModifier
_KEY = Qt.Key


def test_results_have_the_digits_that_the_worked_example_prints(stepper):
    """Mazur's slope of w5, 0.082167041, and what is painted is what is read out."""
    s, told = stepper(), []
    for _ in range(14):
        s.key(_KEY.Key_Right)
        numbers = s.body.detail.numbers
        told.append(numbers.text())
        painted = [
            box.text for line in numbers._boxes for box in line.all() if hasattr(box, "text")
        ]
        if painted and "e" not in told[-1].split(" = ")[-1]:
            assert painted[-1] == told[-1].split(" = ")[-1].replace("-", "−")
    assert any(text.endswith(" = 0.08216704") for text in told)


def test_a_whole_walk_with_the_keyboard_alone(stepper):
    s = stepper()
    assert s.stepping.position == 0
    s.key(_KEY.Key_Right)
    assert s.stepping.current.layer == "dense_1"
    assert s.body.detail.numbers.text() == "z₁,₁ = 0.05 · 0.15 + 0.1 · 0.2 + 0.35 = 0.3775"
    s.key(_KEY.Key_T)
    s.key(_KEY.Key_T)
    assert s.body.detail.partial.text() == "term 2 of 3: 0.0075 + 0.02 = 0.0275"
    s.key(_KEY.Key_T, _SHIFT)
    assert s.body.detail.partial.text() == "term 1 of 3: 0 + 0.0075 = 0.0075"
    s.key(_KEY.Key_Down)
    assert (s.stepping.current.layer, s.stepping.position) == ("dense_2", 3)
    s.key(_KEY.Key_Up)
    assert s.stepping.current.layer == "dense_1"
    s.key(_KEY.Key_Right, _SHIFT)
    assert s.stepping.current.phase is Phase.LOSS
    s.key(_KEY.Key_Left, _SHIFT)
    assert s.stepping.current.phase is Phase.FORWARD
    s.key(_KEY.Key_End)
    assert s.stepping.position == s.stepping.end
    s.key(_KEY.Key_Left)
    assert s.stepping.position == s.stepping.end - 1
    s.key(_KEY.Key_Home)
    assert s.stepping.position == 0
    s.key(_KEY.Key_Escape)
    assert not s.stepping.active
    assert s.document.undo_label == ""


def test_keys_work_on_the_buttons_and_matrices_too(stepper):
    s = stepper()
    button = s.panel.moves.buttons["forward"]
    button.setFocus()
    QTest.keyClick(button, _KEY.Key_Right)
    assert s.stepping.position == 1
    QTest.keyClick(s.body.arrays.view(0), _KEY.Key_Right)
    assert s.stepping.position == 2


def test_space_is_left_to_the_training(stepper):
    s = stepper()
    s.key(_KEY.Key_Space)
    assert s.stepping.position == 0
    assert s.stepping.active


def test_buttons_move(stepper, qtbot):
    s = stepper()
    buttons = s.panel.moves.buttons
    assert not buttons["back"].isEnabled()
    for name, position in (("forward", 1), ("next_layer", 3), ("back", 2), ("previous_layer", 1)):
        QTest.mouseClick(buttons[name], Qt.MouseButton.LeftButton)
        assert s.stepping.position == position
    QTest.mouseClick(buttons["to_end"], Qt.MouseButton.LeftButton)
    assert s.stepping.position == s.stepping.end
    assert not buttons["forward"].isEnabled()
    QTest.mouseClick(buttons["home"], Qt.MouseButton.LeftButton)
    assert s.stepping.position == 0


def test_play_runs_and_pauses_by_itself(stepper, qtbot):
    s = stepper()
    s.panel.moves.speed.setValue(s.panel.moves.speed.maximum())
    assert s.stepping.speed == pytest.approx(1000)
    s.key(_KEY.Key_P)
    assert s.stepping.playing == 1
    qtbot.waitUntil(lambda: s.stepping.position == s.stepping.end, timeout=3000)
    assert s.stepping.playing == 0
    s.key(_KEY.Key_P, _SHIFT)
    qtbot.waitUntil(lambda: s.stepping.position == 0, timeout=3000)


def test_the_timeline_is_clicked_and_dragged(stepper):
    s = stepper()
    line = s.panel.timeline
    place = line.place_of(5).toPoint()
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=place)
    assert s.stepping.position == 5
    QTest.mouseMove(line, line.place_of(9).toPoint())
    assert s.stepping.position == 9
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton, pos=line.place_of(9).toPoint())
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(2, place.y()))
    assert s.stepping.position == 0
    for position in range(s.stepping.end + 1):
        assert line.position_at(line.place_of(position).x()) == position


def test_pointing_at_a_result_lights_what_made_it(stepper):
    s = stepper()
    s.stepping.forward()
    s.hover(0, (0, 1))
    assert s.body.detail.numbers.text().startswith("z₁,₂ = 0.05 · 0.25")
    x, w, b = (s.body.arrays.view(i) for i in (1, 2, 3))
    assert x._lit == {(0, 0), (0, 1)}
    assert w._lit == {(0, 1), (1, 1)}
    assert b._lit == {(0, 1)}
    s.body.arrays.hovered.emit(0, None)
    assert w._lit == {(0, 0), (1, 0)}


def test_a_click_pins_and_the_pin_goes_along_with_the_walk(stepper):
    s = stepper()
    s.stepping.forward()
    s.click(0, (0, 1))
    s.body.arrays.hovered.emit(0, None)
    assert s.body.detail.numbers.text().startswith("z₁,₂")
    s.stepping.forward()
    assert s.body.detail.numbers.text().startswith("a₁,₂")


def test_a_number_leads_to_where_it_was_made_and_back(stepper):
    s = stepper()
    s.stepping.go(7)
    s.click(1, (0, 1))  # dL/da, which the loss made
    assert s.stepping.current.layer == "output_1"
    assert s.stepping.current.phase is Phase.BACKWARD
    assert s.body.detail.back.isEnabled()
    QTest.mouseClick(s.body.detail.back, Qt.MouseButton.LeftButton)
    assert s.stepping.position == 7
    s.stepping.go(1)
    s.click(1, (0, 0))
    assert "from outside" in s.said[-1]
    assert s.stepping.position == 1


def test_a_number_in_the_equation_leads_there_too(stepper):
    s = stepper()
    s.stepping.go(3)
    numbers = s.body.detail.numbers
    numbers.grab()
    box = next(b for line in numbers._boxes for b in line.all() if b.tag is not None and b.width)
    box = next(
        b
        for line in numbers._boxes
        for b in line.all()
        if getattr(b.tag, "value", None) is not None and b.tag.value.name == "dense_1.a"
    )
    QTest.mouseMove(numbers.viewport(), box.place.center().toPoint())
    assert s.body.arrays.view(1)._strong == {(0, 0)}
    place = box.place.center().toPoint()
    QTest.mouseClick(numbers.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert s.stepping.position == 2
    assert s.body.detail.numbers.text().startswith("a₁,₁ = ")


def test_a_weight_is_edited_in_its_cell(stepper):
    s = stepper()
    s.stepping.go(4)
    before = s.body.arrays.arrays[0].array.copy()
    s.stepping.go(1)
    s.click(2, (0, 0), double=True)
    editor = s.body.arrays.view(2).viewport().findChild(type(s.panel.source.values))
    assert editor.text() == "0.15"
    editor.setText("no number")
    QTest.keyClick(editor, _KEY.Key_Return)
    assert editor.isVisible()
    editor.setText("−2.5")
    QTest.keyClick(editor, _KEY.Key_Return)
    assert s.stepping.trace.parameters["dense_1", "W"][0, 0] == -2.5
    assert s.body.detail.numbers.text().startswith("z₁,₁ = 0.05 · (-2.5)")
    s.stepping.go(4)
    assert not np.array_equal(s.body.arrays.arrays[0].array, before)
    assert s.document.undo_label == ""


def test_editing_is_left_with_escape(stepper):
    s = stepper()
    s.stepping.go(1)
    s.click(2, (0, 0), double=True)
    editor = s.body.arrays.view(2).viewport().findChild(type(s.panel.source.values))
    editor.setText("9")
    QTest.keyClick(editor, _KEY.Key_Escape)
    assert s.stepping.active
    assert s.stepping.trace.parameters["dense_1", "W"][0, 0] == 0.15


def test_results_are_not_edited(stepper):
    s = stepper()
    s.stepping.go(1)
    s.click(0, (0, 0), double=True)
    port = s.body.arrays.view(0).viewport()
    assert port.findChild(type(s.panel.source.values)) is None


def test_the_number_is_copied_in_three_ways(stepper):
    s = stepper()
    s.stepping.forward()
    detail, clipboard = s.body.detail, QGuiApplication.clipboard()
    detail.copy_latex.trigger()
    assert clipboard.text().startswith(r"z_{1,1} = x_{1,1}\, W_{1,1}")
    detail.copy_code.trigger()
    room = {}
    exec(clipboard.text(), room)
    assert room["value"] == s.body.arrays.arrays[0].array[0, 0]
    detail.copy_table.trigger()
    assert clipboard.text() == "0.3775\t0.39249999999999996"


def test_the_step_is_taken_and_undone(stepper, qtbot):
    s = stepper()
    before = s.bridge.parameter("dense_1", "W")
    s.stepping.to_end()
    QTest.mouseClick(s.panel.ends.take, Qt.MouseButton.LeftButton)
    assert not s.stepping.active
    assert s.document.undo_label == "Take Step"
    assert s.bridge.checkpoint().theta[0] == pytest.approx(0.149780716, abs=1e-9)
    s.document.undo()
    assert s.bridge.checkpoint() is None or s.bridge.checkpoint().theta[0] == 0.15
    assert before is None or before[0, 0] == 0.15


def test_leaving_leaves_everything_as_it_was(stepper):
    s = stepper()
    s.stepping.to_end()
    QTest.mouseClick(s.panel.ends.leave, Qt.MouseButton.LeftButton)
    assert not s.stepping.active
    assert s.document.undo_label == ""
    assert s.panel.start.isVisible()


def test_what_is_stepped_is_chosen(stepper):
    s = stepper("iris")
    source = s.panel.source
    source.which.setCurrentIndex(1)
    assert s.stepping.picked == DataRows((0,))
    source.row.setValue(8)
    assert s.stepping.trace.rows.numbers == (7,)
    s.panel.step_row(20)
    assert s.stepping.trace.rows.numbers == (20,)
    source.which.setCurrentIndex(2)
    assert s.stepping.picked == Typed((5.1, 3.5, 1.4, 0.2))
    assert s.stepping.forward_only
    source.values.setText("5, 3, 1, 0.5 | 2")
    QTest.keyClick(source.values, _KEY.Key_Return)
    assert s.stepping.picked == Typed((5.0, 3.0, 1.0, 0.5), (2.0,))
    assert not s.stepping.forward_only
    source.values.setText("5, three")
    QTest.keyClick(source.values, _KEY.Key_Return)
    assert "'three' is not a number" in s.said[-1]
    assert not s.stepping.active


def test_inference_says_what_it_is_and_offers_nothing_to_take(stepper):
    s = stepper("iris")
    s.panel.source.inference.setChecked(True)
    assert s.stepping.forward_only
    words = s.body.detail.equation.accessibleDescription()
    assert "Dropout is off" in words
    assert "running values" in words
    assert not s.panel.ends.take.isVisible()
    assert not s.panel.ends.check.isVisible()


def test_a_change_of_the_project_or_a_start_of_training_leaves_the_step(stepper, qtbot):
    s = stepper("circles")
    places = {"dense_1": dataclasses.replace(s.document.state.places["dense_1"], x=5.0)}
    s.document.edit("Move", lambda state: state.with_places(places))
    assert s.stepping.active
    plan = s.document.state.plan.replace(l2=0.5)
    s.document.edit("L2", lambda state: dataclasses.replace(state, plan=plan))
    assert not s.stepping.active
    assert "project changed" in s.said[-1]
    s.panel.enter()
    s.bridge.start()
    qtbot.waitUntil(lambda: not s.stepping.active, timeout=5000)
    s.bridge.pause()
    qtbot.waitUntil(lambda: s.bridge.status is not Status.RUNNING, timeout=5000)


def test_entering_pauses_a_running_training(stepper, qtbot):
    s = stepper("circles", active=False)
    s.bridge.start()
    qtbot.waitUntil(lambda: s.bridge.status is Status.RUNNING, timeout=5000)
    s.panel.enter()
    qtbot.waitUntil(lambda: s.bridge.status is Status.PAUSED, timeout=5000)
    assert s.stepping.active
    assert s.stepping.checkpoint.theta.tobytes() == s.bridge.checkpoint().theta.tobytes()


def test_a_network_that_is_not_ready_says_why(stepper):
    state = samples()["circles"]
    state = state.with_graph(state.graph.with_edges(state.graph.edges[1:]))
    s = stepper(state=state)
    assert not s.stepping.active
    assert "connect" in s.panel.invitation.text()


def test_the_canvas_is_told_where_one_stands(stepper):
    s = stepper()
    marks = []
    s.panel.steps.moved.connect(marks.append)
    s.key(_KEY.Key_Right)
    s.key(_KEY.Key_Escape)
    assert [m and m.layer for m in marks] == ["dense_1", None]
    assert not s.panel.to_layer("dense_2")
    s.panel.enter()
    assert s.panel.to_layer("dense_2")
    assert s.stepping.current.layer == "dense_2"


def test_the_update_shows_the_chosen_parameter(stepper):
    s = stepper()
    s.stepping.to_end()
    parameter = s.body.parameter
    assert parameter.isVisible()
    names = [parameter.itemText(i) for i in range(parameter.count())]
    assert names == ["W of Dense", "b of Dense", "W of Dense 2", "b of Dense 2"]
    parameter.setCurrentIndex(2)
    parameter.activated.emit(2)
    assert s.body.arrays.arrays[0].array[0, 0] == pytest.approx(0.35891648, abs=1e-8)
    s.stepping.home()
    assert not parameter.isVisible()


def test_the_keyboard_moves_a_cell_cursor(stepper):
    s = stepper()
    s.stepping.forward()
    matrix = s.body.arrays.view(0)
    matrix.setFocus()
    ctrl = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(matrix, _KEY.Key_Right, ctrl)
    QTest.keyClick(matrix, _KEY.Key_Right, ctrl)
    assert matrix.cursor_cell == (0, 1)
    assert s.body.detail.numbers.text().startswith("z₁,₂")
    weights = s.body.arrays.view(2)
    weights.setFocus()
    QTest.keyClick(weights, _KEY.Key_Down, ctrl)
    QTest.keyClick(weights, _KEY.Key_F2)
    editor = weights.viewport().findChild(type(s.panel.source.values))
    editor.setText("1")
    QTest.keyClick(editor, _KEY.Key_Return)
    assert s.stepping.trace.parameters["dense_1", "W"][0, 0] == 1
