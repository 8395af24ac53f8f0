"""Gradient check, contributions, large arrays, and how the panel looks."""

from __future__ import annotations

import dataclasses
import itertools
from time import perf_counter

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gradloom.data import SOURCES, Dataset, DataSpec
from gradloom.document.samples import chain, samples
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.layers.signature import Target
from gradloom.layers.site import Value
from gradloom.session.explaining import Shown
from gradloom.ui import formulas
from gradloom.ui.stepper.matrix import MatrixView, said, shades_of


def test_the_whole_network_is_checked_without_freezing(stepper, qtbot):
    s = stepper("xor_gate")
    s.panel.ends.check_all.trigger()
    check = s.panel.check
    qtbot.waitUntil(lambda: not check.running, timeout=10_000)
    assert len(check.table.rows) == 2 * 5 + 5 + 5 + 1
    assert "all agree" in check.sentence.text()
    errors = [row.error for row in check.table.rows]
    assert errors == sorted(errors, reverse=True)
    assert check.table.data(check.table.index(0, 5)) == "agrees"
    assert not check.isModal()
    s.stepping.leave()
    assert not check.isVisible()


def test_a_check_is_cancelled_and_keeps_what_it_found(stepper, qtbot, monkeypatch):
    monkeypatch.setattr("gradloom.ui.stepper.check._SLICE", 0.0)  # one weight at a time
    s = stepper("spiral")
    s.panel.ends.check_all.trigger()
    check = s.panel.check
    qtbot.waitUntil(lambda: len(check._found) > 2, timeout=5000)
    QTest.mouseClick(check.cancel, Qt.MouseButton.LeftButton)
    assert not check.running
    assert 2 < len(check.table.rows) < check._checker.count
    check.close()


def test_one_weight_is_checked_from_its_slope(stepper, qtbot):
    s = stepper()
    s.stepping.go(8)
    s.click(0, (1, 0))
    s.panel.ends.check_one.trigger()
    check = s.panel.check
    qtbot.waitUntil(lambda: not check.running, timeout=5000)
    (row,) = check.table.rows
    assert (row.layer, row.parameter, row.index) == ("dense_2", "W", (1, 0))
    assert row.analytic == pytest.approx(0.0826676278)
    check.close()
    s.stepping.go(1)
    s.panel.ends.check_one.trigger()
    assert "Pin a weight" in s.said[-1]


def test_contributions_of_the_row_are_shown_for_each_output_and_the_loss(stepper):
    s = stepper("iris")
    s.stepping.forward()
    s.click(0, (4, 0))
    QTest.mouseClick(s.panel.ends.blame, Qt.MouseButton.LeftButton)
    blame = s.panel.blame
    names = [blame.which.itemText(i) for i in range(blame.which.count())]
    assert names == ["Output, number 1", "Output, number 2", "Output, number 3", "Loss"]
    number = s.stepping.trace.rows.numbers[4] + 1
    assert blame.windowTitle() == f"Contributions of row {number}"
    first = blame.chart.text()
    blame.which.setCurrentIndex(3)
    blame.which.activated.emit(3)
    assert blame.sentence.text().startswith("Loss is")
    assert blame.chart.text() != first
    blame.close()


def test_typed_numbers_without_targets_have_no_loss_to_explain(stepper):
    s = stepper("iris")
    s.panel.source.which.setCurrentIndex(2)
    s.panel.show_blame()
    assert s.panel.blame.which.count() == 3
    s.panel.blame.close()


def _shown(array, known=True):
    value = Value("a", "a", array)
    return Shown(value, array, "a", result=True, before=False, known=known)


def test_a_large_matrix_paints_only_what_is_in_sight(qtbot, theme):
    matrix = MatrixView(theme)
    qtbot.addWidget(matrix)
    array = np.random.default_rng(0).normal(size=(784, 512)).astype(np.float32)
    matrix.resize(400, 200)
    matrix.show()
    matrix.show_array(_shown(array), 4.0, ())
    matrix.grab()
    start = perf_counter()
    for cell in itertools.product((0, 400, 783), (0, 300, 511)):
        matrix.show_cell(cell)
        matrix.grab()
        assert matrix.cell_at(matrix.cell_rect(cell).center()) == cell
    assert perf_counter() - start < 2
    assert matrix.cell_at(matrix.viewport().rect().bottomRight()) is not None


def test_cells_that_are_not_computed_yet_hold_no_numbers(qtbot, theme):
    matrix = MatrixView(theme)
    qtbot.addWidget(matrix)
    matrix.resize(200, 100)
    matrix.show()
    matrix.show_array(_shown(np.full((2, 2), 5.0), known=False), 5.0, ())
    empty = matrix.grab().toImage()
    matrix.show_array(_shown(np.full((2, 2), 5.0)), 5.0, ())
    full = matrix.grab().toImage()
    middle = matrix.cell_rect((0, 0)).topLeft()
    assert full.pixelColor(middle.x() + 3, middle.y() + 3).name() == theme.tokens.positive.lower()
    assert empty.pixelColor(middle.x() + 3, middle.y() + 3).name() != theme.tokens.positive.lower()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.5, "−0.5"),
        (0.012345, "0.0123"),
        (123.456, "123.5"),
        (99999.0, "99999"),
        (123456.0, "1.2e5"),
        (-1e-7, "−1.0e−7"),
        (float("nan"), "NaN"),
        (float("inf"), "∞"),
        (-float("inf"), "−∞"),
    ],
)
def test_numbers_in_cells(number, text):
    assert said(number) == text


@pytest.mark.parametrize(
    ("number", "place"),
    [(0.0, 128), (1.0, 255), (-1.0, 0), (9.0, 255), (0.25, 191), (float("nan"), 128)],
)
def test_shades_grow_with_the_root(number, place):
    assert shades_of(np.array([number]), 1.0) == place


def test_a_formula_that_cannot_be_typeset_is_shown_as_text(theme, qtbot):
    assert formulas.formula(r"\frac{", 18, "#000000") is None
    assert formulas.cached(r"\frac{", 18, "#000000")
    assert formulas.formula("z = x W + b", 18, "#000000").width() > 40
    from gradloom.ui.stepper.equation import EquationView

    view = EquationView(theme)
    qtbot.addWidget(view)
    view.show_operation("Dense", None, r"\frac{", "Words.", "")
    view.resize(300, 120)
    assert not view.grab().isNull()


def test_every_equation_of_every_sample_can_be_typeset(qapp):
    from gradloom.session.stepping import Stepping

    found = set()
    for state in samples().values():
        stepping = Stepping()
        stepping.enter(state, None)
        found |= {o.equation.latex for o in stepping.trace.operations}
    for latex in found:
        assert formulas.formula(latex, 18, "#1B1F24") is not None, latex


def _wide_state():
    rng = np.random.default_rng(0)
    content = Dataset(
        "wide",
        rng.normal(size=(100, 64)),
        tuple(f"p{i}" for i in range(64)),
        rng.integers(0, 10, (100, 1)).astype(float),
        (Target("digit", tuple("0123456789")),),
    )
    kinds = [
        LAYERS.make("dense", units=units, activation=ACTIVATIONS.make(name))
        for units, name in ((128, "relu"), (64, "relu"), (10, "softmax"))
    ]
    data = DataSpec(source=SOURCES.make("table", content=content))
    base = samples()["iris"]
    return dataclasses.replace(base, graph=chain(kinds), data=data)


def test_a_wide_network_is_walked_and_every_position_painted(stepper):
    s = stepper(state=_wide_state())
    for _ in range(s.stepping.end):
        s.stepping.forward()
        assert not s.panel.grab().isNull()
    assert s.stepping.position == s.stepping.end


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("place", "position"), [("forward", 3), ("loss", 5), ("backward", 8), ("update", 14)]
)
def test_the_panel_looks_as_it_should(stepper, theme, snapshot, qtbot, mode, place, position):
    theme.set_mode(mode)
    s = stepper()
    s.stepping.go(position)
    latex = s.stepping.current.equation.latex
    qtbot.waitUntil(lambda: formulas.cached(latex, 18, theme.tokens.text), timeout=5000)
    qtbot.wait(50)
    snapshot(s.panel, f"stepper_{place}_{mode}")


def test_the_panel_is_usable_when_narrow(stepper, snapshot, qtbot, theme):
    s = stepper("circles", size=(600, 300))
    s.stepping.go(10)
    latex = s.stepping.current.equation.latex
    qtbot.waitUntil(lambda: formulas.cached(latex, 18, theme.tokens.text), timeout=5000)
    qtbot.wait(50)
    snapshot(s.panel, "stepper_narrow")
    for button in s.panel.moves.buttons.values():
        assert button.width() >= 24
        assert s.panel.rect().contains(button.mapTo(s.panel, button.rect().bottomRight()))
    for button in (s.panel.ends.take, s.panel.ends.leave):
        assert s.panel.rect().contains(button.mapTo(s.panel, button.rect().bottomRight()))


def test_everything_has_a_name_for_people_who_listen(stepper):
    s = stepper()
    s.stepping.forward()
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QSlider, QSpinBox

    for kind in (QAbstractButton, QComboBox, QSlider, QSpinBox):
        for widget in s.panel.findChildren(kind):
            named = widget.accessibleName() or getattr(widget, "text", str)()
            internal = widget.objectName().startswith("qt_") or not widget.isVisible()
            assert named or internal or widget.metaObject().className() == "QAbstractButton"
    assert "z = x W + b" in s.body.detail.equation.accessibleDescription()
    assert s.panel.timeline.accessibleDescription().startswith("1 of ")
