"""What happens while one edits a form: pauses, refusals, Esc, wheel, nesting, undo steps."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QSpinBox,
    QStyleOptionComboBox,
    QVBoxLayout,
    QWidget,
)

from gradloom.document import Document, State
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.layers import ACTIVATIONS, INITIALISERS, LAYERS
from gradloom.ui.forms import Form, Hints
from gradloom.ui.forms import parts as parts_module
from gradloom.ui.forms.choice import Combo
from gradloom.ui.forms.number import SpinArrows


@pytest.fixture
def panel(qtbot, theme):
    """A form for the plan of a document, wired as panels wire it, beside another widget."""
    document = Document(State())
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    form, other = Form(theme), QLineEdit()
    column.addWidget(form)
    column.addWidget(other)

    def edited(plan, path):
        document.edit(path, lambda s: dataclasses.replace(s, plan=plan), ("plan", path))

    form.edited.connect(edited)
    form.settled.connect(document.seal)
    document.changed.connect(lambda _, after: form.show_record(after.plan))
    form.show_record(document.state.plan)
    window.form, window.other, window.document = form, other, document
    window.show()
    window.activateWindow()
    return window


def wheel(widget, turns=1):
    at = QPointF(widget.rect().center())
    event = QWheelEvent(
        at,
        widget.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_spinning_a_number_is_one_step_of_undo(panel):
    field = panel.form.rows["batch_size"].field
    for _ in range(5):
        QTest.keyClick(field.edit, Qt.Key.Key_Up)
    assert panel.document.state.plan.batch_size == 15
    assert panel.document.undo()
    assert panel.document.state.plan.batch_size == 10
    assert field.edit.text() == "10"
    assert not panel.document.undo()


def test_leaving_the_field_ends_the_step(panel, qtbot):
    field = panel.form.rows["batch_size"].field
    field.edit.setFocus()
    qtbot.waitUntil(field.edit.hasFocus)
    QTest.keyClick(field.edit, Qt.Key.Key_Up)
    panel.other.setFocus()
    qtbot.waitUntil(panel.other.hasFocus)
    field.edit.setFocus()
    QTest.keyClick(field.edit, Qt.Key.Key_Up)
    assert panel.document.state.plan.batch_size == 12
    panel.document.undo()
    assert panel.document.state.plan.batch_size == 11


def test_typing_counts_after_a_pause_and_the_half_typed_does_not(panel, qtbot):
    field = panel.form.rows["epochs"].field
    field.edit.setFocus()
    QTest.keyClicks(field.edit, "100")
    assert panel.document.state.plan.epochs is None
    qtbot.waitUntil(lambda: panel.document.state.plan.epochs == 100, timeout=3000)
    panel.document.undo()
    assert panel.document.state.plan.epochs is None
    assert field.edit.text() == ""
    assert field.edit.placeholderText() == "No limit"


def test_typed_text_is_not_rewritten_under_the_cursor(panel, qtbot):
    field = panel.form.rows["l2"].field
    field.edit.setFocus()
    qtbot.waitUntil(field.edit.hasFocus)
    field.edit.selectAll()
    QTest.keyClicks(field.edit, "0.10")
    field.flush()
    assert panel.document.state.plan.l2 == 0.1
    assert field.edit.text() == "0.10"
    QTest.keyClicks(field.edit, "5")
    field.flush()
    assert panel.document.state.plan.l2 == 0.105


def test_leaving_takes_what_was_typed(panel, qtbot):
    field = panel.form.rows["seed"].field
    field.edit.setFocus()
    qtbot.waitUntil(field.edit.hasFocus)
    field.edit.selectAll()
    QTest.keyClicks(field.edit, "4294967295")
    panel.other.setFocus()
    qtbot.waitUntil(lambda: panel.document.state.plan.seed == 2**32 - 1)


def test_escape_brings_back_what_was_there_when_the_keyboard_came(panel, qtbot):
    field = panel.form.rows["batch_size"].field
    field.edit.setFocus()
    qtbot.waitUntil(field.edit.hasFocus)
    QTest.keyClick(field.edit, Qt.Key.Key_Up)
    QTest.keyClick(field.edit, Qt.Key.Key_Up)
    QTest.keyClick(field.edit, Qt.Key.Key_Escape)
    assert panel.document.state.plan.batch_size == 10
    assert field.edit.text() == "10"


def test_refusal_stays_while_other_things_change_and_does_not_take_the_focus(panel, qtbot):
    row = panel.form.rows["batch_size"]
    panel.other.setFocus()
    qtbot.waitUntil(panel.other.hasFocus)
    row.field.edit.selectAll()
    QTest.keyClicks(row.field.edit, "0")
    assert "whole number from 1" in row.refusal
    panel.document.edit("l1", lambda s: dataclasses.replace(s, plan=s.plan.replace(l1=0.5)))
    assert row.field.edit.text() == "0"
    assert row.refusal
    assert panel.document.state.plan.batch_size == 10
    assert panel.other.hasFocus()
    panel.document.edit("b", lambda s: dataclasses.replace(s, plan=s.plan.replace(batch_size=7)))
    assert row.field.edit.text() == "7"
    assert not row.refusal


def test_wheel_changes_nothing_without_the_focus(panel, qtbot):
    panel.other.setFocus()
    qtbot.waitUntil(panel.other.hasFocus)
    form = panel.form
    before = panel.document.state
    optimiser = form.rows["optimiser"].field
    rate = optimiser.form.rows["rate"].field
    for widget in (
        form.rows["batch_size"].field.edit,
        form.rows["l2"].field.slider,
        optimiser.combo,
        rate.edit,
    ):
        wheel(widget)
    assert panel.document.state is before
    edit = form.rows["batch_size"].field.edit
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    wheel(edit)
    assert panel.document.state.plan.batch_size == 11


def test_nested_settings_tell_their_path_and_go_back_with_their_kind(panel):
    field = panel.form.rows["optimiser"].field
    rate = field.form.rows["rate"].field
    QTest.keyClick(rate.edit, Qt.Key.Key_Up)
    assert panel.document.undo_label == "optimiser.rate"
    assert panel.document.state.plan.optimiser.rate == 0.03
    field.combo.setCurrentText("SGD")
    assert panel.document.state.plan.optimiser.kind == "sgd"
    assert "momentum" in field.form.rows
    field.combo.setCurrentText("Adam")
    assert panel.document.state.plan.optimiser == OPTIMISERS.make("adam", rate=0.03)
    for _ in range(3):
        panel.document.undo()
    assert panel.document.state.plan == Plan()
    assert field.combo.currentText() == "Adam"


def test_rate_slider_and_number_show_the_same(panel):
    rate = panel.form.rows["optimiser"].field.form.rows["rate"].field
    slider = rate.slider
    middle = slider.rect().center().y()
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() - 4, middle))
    assert panel.document.state.plan.optimiser.rate == 10
    assert rate.edit.text() == "10"
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(2, middle))
    assert panel.document.state.plan.optimiser.rate == 0
    rate.edit.selectAll()
    QTest.keyClicks(rate.edit, "0.028")
    QTest.keyClick(rate.edit, Qt.Key.Key_Return)
    assert panel.document.state.plan.optimiser.rate == 0.028
    assert rate._rungs[slider.value()] == 0.03


def test_a_rule_between_settings_is_told_and_tried_again(qtbot, theme):
    form = Form(theme)
    qtbot.addWidget(form)
    record = INITIALISERS.make("uniform")  # from -0.05 to 0.05
    form.edited.connect(lambda after, _: form.show_record(after))
    form.show_record(record)
    low, high = form.rows["low"], form.rows["high"]
    low.field.edit.selectAll()
    QTest.keyClicks(low.field.edit, "1")
    QTest.keyClick(low.field.edit, Qt.Key.Key_Return)
    assert low.refusal == "High must be at least the low bound 1, not 0.05."
    assert form.record == record
    high.field.edit.selectAll()
    QTest.keyClicks(high.field.edit, "2")
    QTest.keyClick(high.field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: form.record == record.replace(low=1.0, high=2.0))
    assert low.refusal == ""


def test_a_switch_that_is_turned_down_goes_back(qtbot, theme):
    form = Form(theme)
    qtbot.addWidget(form)
    form.show_record(OPTIMISERS.make("sgd"))
    form.fold.button.setChecked(True)
    row = form.rows["nesterov"]
    QTest.mouseClick(row.field.switch, Qt.MouseButton.LeftButton)
    assert row.refusal == "Nesterov needs a momentum above 0."
    assert not row.field.switch.isChecked()


def test_settings_that_do_not_matter_are_hidden_and_automatic_says_what_it_is(qtbot, theme):
    form = Form(theme)
    qtbot.addWidget(form)
    dense = LAYERS.make("dense", activation=ACTIVATIONS.make("relu"))
    form.show_record(dense, Hints(automatic={"kernel_init": "He normal"}))
    combo = form.rows["kernel_init"].field.combo
    assert combo.currentText() == "Automatic (He normal)"
    assert not form.rows["bias_init"].isHidden()
    form.show_record(dense.replace(bias=False))
    assert form.rows["bias_init"].isHidden()
    assert form.rows["regularise_bias"].isHidden()
    assert combo.currentText() == "Automatic"


def test_columns_are_picked_from_the_data(qtbot, theme):
    form = Form(theme)
    qtbot.addWidget(form)
    hints = Hints(names={"columns": ("a", "b", "c")})
    form.edited.connect(lambda after, _: form.show_record(after, hints))
    form.show_record(LAYERS.make("input"), hints)
    form.show()
    field = form.rows["columns"].field
    QTest.mouseClick(field.switch, Qt.MouseButton.LeftButton)
    assert form.record.columns == ("a", "b", "c")
    ticks = field._inner.list
    ticks.setCurrentRow(1)
    QTest.keyClick(ticks, Qt.Key.Key_Space)
    assert form.record.columns == ("a", "c")
    for row in (0, 2):
        ticks.setCurrentRow(row)
        QTest.keyClick(ticks, Qt.Key.Key_Space)
    assert form.record.columns == ("c",)
    assert form.rows["columns"].refusal == "Columns must name at least one column."
    QTest.mouseClick(field.switch, Qt.MouseButton.LeftButton)
    assert form.record.columns is None


def test_arrow_keys_walk_along_segments(panel):
    panel.form.fold.button.setChecked(True)
    segments = panel.form.rows["precision"].field.segments
    assert [b.isChecked() for b in segments.buttons] == [True, False]
    QTest.keyClick(segments.buttons[0], Qt.Key.Key_Right)
    assert panel.document.state.plan.precision == "float64"
    assert [b.isChecked() for b in segments.buttons] == [False, True]


def test_what_is_half_typed_goes_with_its_record(panel, qtbot):
    """Another record, from an undo or another panel, is not overruled by what was typed before."""
    proposed = []
    panel.form.edited.connect(lambda after, path: proposed.append(after))
    edit = panel.form.rows["batch_size"].field.edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "77")
    panel.form.show_record(OPTIMISERS.make("adam"))
    qtbot.wait(700)  # longer than one waits for more letters
    assert proposed == []
    assert "batch_size" not in panel.form.rows


def test_steppers_are_held_to_repeat(panel, qtbot):
    field = panel.form.rows["batch_size"].field
    steppers = field.edit.steppers
    QTest.mousePress(steppers, Qt.MouseButton.LeftButton, pos=QPoint(8, 3))
    qtbot.waitUntil(lambda: panel.document.state.plan.batch_size >= 13, timeout=3000)
    QTest.mouseRelease(steppers, Qt.MouseButton.LeftButton, pos=QPoint(8, 3))
    panel.document.undo()
    assert panel.document.state.plan.batch_size == 10


@pytest.mark.parametrize("take_away", [QWidget.hide, lambda row: row.setEnabled(False)])
def test_steppers_that_are_taken_away_while_held_stop(panel, qtbot, take_away):
    """Neither a hidden nor a disabled widget is told that the button came up."""
    field = panel.form.rows["batch_size"].field
    steppers = field.edit.steppers
    QTest.mousePress(steppers, Qt.MouseButton.LeftButton, pos=QPoint(8, 3))
    qtbot.waitUntil(lambda: panel.document.state.plan.batch_size >= 12, timeout=3000)
    take_away(field)
    there = panel.document.state.plan.batch_size
    qtbot.wait(200)
    assert panel.document.state.plan.batch_size == there


def test_steppers_that_their_own_step_takes_away_stop(panel, qtbot):
    field = panel.form.rows["batch_size"].field
    field.edit.stepped.connect(lambda _: field.hide())
    QTest.mousePress(field.edit.steppers, Qt.MouseButton.LeftButton, pos=QPoint(8, 3))
    there = panel.document.state.plan.batch_size
    qtbot.wait(600)
    assert panel.document.state.plan.batch_size == there == 11


def test_below_the_lowest_an_optional_number_becomes_none(panel):
    field = panel.form.rows["epochs"].field
    QTest.keyClick(field.edit, Qt.Key.Key_Up)
    assert panel.document.state.plan.epochs == 100
    for _ in range(10):
        QTest.keyClick(field.edit, Qt.Key.Key_PageDown)
    assert panel.document.state.plan.epochs == 1
    QTest.keyClick(field.edit, Qt.Key.Key_Down)
    assert panel.document.state.plan.epochs is None


def test_folds_stay_as_one_left_them(qtbot, theme, tmp_path):
    from PySide6.QtCore import QSettings

    parts_module._open.clear()
    first, second = Form(theme), Form(theme)
    for form in (first, second):
        qtbot.addWidget(form)
    first.show_record(LAYERS.make("dense"))
    assert first.fold.body.isHidden()
    QTest.mouseClick(first.fold.button, Qt.MouseButton.LeftButton)
    assert not first.fold.body.isHidden()
    second.show_record(LAYERS.make("dense"))
    assert not second.fold.body.isHidden()
    settings = QSettings(str(tmp_path / "folds.ini"), QSettings.Format.IniFormat)
    parts_module.save_folds(settings)
    settings.sync()
    parts_module._open.clear()
    again = QSettings(str(tmp_path / "folds.ini"), QSettings.Format.IniFormat)
    parts_module.restore_folds(again)
    assert parts_module._open == {"form.Dense": True}
    parts_module._open.clear()


def test_colours_follow_the_theme(panel, theme):
    row = panel.form.rows["batch_size"]
    row.field.edit.selectAll()
    QTest.keyClicks(row.field.edit, "x")
    light = row.trouble.styleSheet()
    theme.set_mode("dark")
    assert row.trouble.styleSheet() != light
    theme.set_mode("light")


def test_a_choice_that_does_not_fit_ends_in_dots(qtbot):
    box = Combo()
    qtbot.addWidget(box)
    box.addItem("Mean, or the most frequent")
    shown = {}
    for width in (90, 400):
        box.resize(width, 26)
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        shown[width] = option.currentText
    assert shown[90].endswith("…")
    assert shown[400] == box.currentText()


def test_arrows_of_a_spin_box_are_ours_and_step(qtbot, theme):
    spin = QSpinBox()
    arrows = SpinArrows(spin)
    qtbot.addWidget(spin)
    spin.resize(120, 26)
    spin.show()
    assert spin.rect().contains(arrows.geometry())
    assert spin.lineEdit().width() > 80
    assert not spin.lineEdit().geometry().intersects(arrows.geometry())
    QTest.mouseClick(arrows, Qt.MouseButton.LeftButton, pos=QPoint(8, 4))
    QTest.mouseClick(arrows, Qt.MouseButton.LeftButton, pos=QPoint(8, 4))
    QTest.mouseClick(arrows, Qt.MouseButton.LeftButton, pos=QPoint(8, 22))
    assert spin.value() == 1
