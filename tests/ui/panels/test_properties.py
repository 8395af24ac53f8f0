"""Properties: layer, several layers, cable, plan; edits by keys and mouse."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gradloom.data import SOURCES
from gradloom.engine.plan import Plan
from gradloom.graph import edits
from gradloom.layers import ACTIVATIONS, LAYERS
from gradloom.ui.panels.plan_page import groups
from gradloom.ui.panels.properties import Properties
from gradloom.ui.panels.said import setting_label


@pytest.fixture
def panel(bench, qtbot):
    made = Properties(bench.document, bench.view, bench.theme, bench.bridge)
    qtbot.addWidget(made)
    made.resize(300, 900)
    made.show()
    made.activateWindow()
    return made


def add(bench, kind, id_="new"):
    bench.document.edit("Add", lambda s: s.with_graph(edits.add(s.graph, LAYERS.make(kind), id_)))


def test_without_a_selection_the_plan_is_shown(panel, bench):
    assert panel.page is panel.plan
    assert "5 layers, 25 parameters" in panel.plan.summary.text()
    bench.select("dense_1")
    assert panel.page is panel.layer
    bench.select()
    assert panel.page is panel.plan


def test_every_setting_of_the_plan_stands_in_one_group():
    names = [name for group in groups().values() for name in group]
    assert sorted(names) == sorted(s.name for s in Plan.settings())


def test_learning_rate_by_arrow_keys_is_one_step_of_undo(panel, bench):
    rate = panel.plan.forms["Optimiser"].rows["optimiser"].field.form.rows["rate"].field
    QTest.keyClick(rate.edit, Qt.Key.Key_Up)
    QTest.keyClick(rate.edit, Qt.Key.Key_Up)
    assert bench.state.plan.optimiser.rate == 0.1
    assert bench.document.undo_label == "Learning rate"
    bench.document.undo()
    assert bench.state.plan.optimiser.rate == 0.01
    assert rate.edit.text() == "0.01"


def test_the_plan_leads_to_the_loss_of_its_output(panel, bench):
    (button,) = panel.plan._loss_buttons
    assert button.text() == "Output: Mean squared error"
    button.resize(130, 40)  # in a narrow window its words take two lines
    assert button.text() == "Output: Mean\nsquared error"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert panel.page is panel.layer
    assert panel.layer.layer == "output_1"
    assert panel.layer.form.rows["loss"].field.combo.currentText() == (
        "Automatic (Mean squared error)"
    )


def test_no_word_of_the_button_to_the_loss_is_cut_off(panel, qtbot):
    panel.resize(190, 700)
    (button,) = panel.plan._loss_buttons
    qtbot.waitUntil(lambda: button.width() < 190)
    qtbot.wait(20)
    lines = button.text().split("\n")
    assert " ".join(lines) == "Output: Mean squared error"
    metrics = button.fontMetrics()
    assert all(metrics.horizontalAdvance(line) < button.width() - 8 for line in lines)
    assert button.height() >= len(lines) * metrics.lineSpacing()


def test_what_is_chosen_can_be_read_in_a_narrow_panel(panel, qtbot):
    panel.resize(200, 700)
    row = panel.plan.forms["Optimiser"].rows["optimiser"]
    combo = row.field.combo
    qtbot.waitUntil(lambda: row.width() < 200)
    qtbot.wait(20)
    assert combo.currentText() == "Adam"
    assert combo.width() > combo.fontMetrics().horizontalAdvance("Adam") + 40
    assert row.label.y() + row.label.height() <= combo.mapTo(row, combo.rect().topLeft()).y()
    panel.resize(500, 700)
    qtbot.waitUntil(lambda: row.width() > 400)
    qtbot.wait(20)
    assert abs(row.label.y() - combo.mapTo(row, combo.rect().topLeft()).y()) < combo.height()


@pytest.mark.parametrize("cls", LAYERS.kinds(), ids=lambda cls: cls.kind)
def test_every_kind_has_a_page(cls, panel, bench):
    add(bench, cls.kind)
    bench.select("new")
    page = panel.layer
    assert page.name.edit.text() == bench.state.graph["new"].name
    assert page.facts.text.startswith(cls.label)
    assert page.help.text() == cls.help
    assert set(page.form.rows) == {s.name for s in cls.settings()}
    assert bool(page.cards) is bool(bench.state.analysis.problems_of("new"))


def test_facts_of_a_layer(panel, bench):
    bench.select("dense_1")
    assert panel.layer.facts.text == "Dense · 2 → 4 · 12 parameters"
    units = panel.layer.form.rows["units"].field
    QTest.keyClick(units.edit, Qt.Key.Key_Up)
    assert panel.layer.facts.text == "Dense · 2 → 5 · 15 parameters"
    assert bench.document.undo_label == "Units of Dense"


def test_renaming(panel, bench):
    bench.select("dense_1")
    edit = panel.layer.name.edit
    edit.selectAll()
    QTest.keyClicks(edit, "First")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert bench.state.graph["dense_1"].name == "First"
    for bad in ("Output", " "):
        edit.selectAll()
        QTest.keyClicks(edit, bad)
        assert panel.layer.name_trouble.text().startswith("The name ")
        QTest.keyClick(edit, Qt.Key.Key_Return)
    assert bench.state.graph["dense_1"].name == "First"
    bench.document.undo()
    assert edit.text() == "Dense"
    assert panel.layer.name_trouble.isHidden()


def test_typing_is_taken_when_another_layer_is_selected(panel, bench):
    bench.select("dense_1")
    units = panel.layer.form.rows["units"].field
    units.edit.setFocus()
    units.edit.selectAll()
    QTest.keyClicks(units.edit, "7")
    bench.select("dense_2")
    assert bench.state.graph["dense_1"].kind.units == 7
    assert bench.state.graph["dense_2"].kind.units == 2
    assert units.edit.text() == "2"


def test_spinning_two_layers_makes_two_steps(panel, bench):
    for layer in ("dense_1", "dense_2"):
        bench.select(layer)
        QTest.keyClick(panel.layer.form.rows["units"].field.edit, Qt.Key.Key_Up)
        QTest.keyClick(panel.layer.form.rows["units"].field.edit, Qt.Key.Key_Up)
    assert [bench.state.graph[la].kind.units for la in ("dense_1", "dense_2")] == [6, 4]
    bench.document.undo()
    assert [bench.state.graph[la].kind.units for la in ("dense_1", "dense_2")] == [6, 2]


def test_automatic_initialiser_follows_the_activation(panel, bench):
    bench.select("dense_1")
    combo = panel.layer.form.rows["kernel_init"].field.combo
    assert combo.currentText() == "Automatic (Glorot uniform)"
    activation = panel.layer.form.rows["activation"].field
    activation.combo.setCurrentText("ReLU")
    init = ACTIVATIONS["relu"].init
    assert bench.state.graph["dense_1"].kind.activation.kind == "relu"
    assert combo.currentText() == f"Automatic ({init.replace('_', ' ').capitalize()})"


def test_a_problem_is_mended_with_one_click(panel, bench):
    source = SOURCES.make("spiral", arms=3)
    bench.document.edit(
        "Data", lambda s: dataclasses.replace(s, data=s.data.replace(source=source))
    )
    bench.select("output_1")
    (card,) = panel.layer.cards
    assert "3 classes" in card.problem.text
    QTest.mouseClick(card.fix, Qt.MouseButton.LeftButton)
    assert bench.state.ready
    assert panel.layer.cards == []
    bench.document.undo()
    assert not bench.state.ready
    assert len(panel.layer.cards) == 1


def test_several_layers_of_a_kind_are_edited_in_one_step(panel, bench):
    bench.select("dense_1", "dense_2")
    page = panel.several
    assert panel.page is page
    assert page.title.text == "2 layers"
    assert "2 Dense" in page.words.text()
    assert not page.form.rows["units"]._mixed.isHidden()
    assert page.form.rows["activation"]._mixed.isHidden()
    QTest.keyClick(page.form.rows["units"].field.edit, Qt.Key.Key_Up)
    kinds = [bench.state.graph[la].kind for la in ("dense_1", "dense_2")]
    assert [kind.units for kind in kinds] == [5, 5]
    assert page.form.rows["units"]._mixed.isHidden()
    bench.document.undo()
    assert [bench.state.graph[la].kind.units for la in ("dense_1", "dense_2")] == [4, 2]


@pytest.mark.parametrize("layers", [("new",), ("new", "newer")])
def test_what_was_typed_for_a_layer_goes_with_it(layers, panel, bench, qtbot):
    """As when a project is dropped on the window while one types."""
    other = bench.state
    for layer in layers:
        add(bench, "dense", layer)
    bench.select(*layers)
    for path in ("name", "units") if len(layers) == 1 else ("units",):
        field = panel.page.name if path == "name" else panel.page.form.rows[path].field
        field.edit.setFocus()
        field.edit.selectAll()
        QTest.keyClicks(field.edit, "77")
        bench.document.replace(other)
        qtbot.wait(700)  # longer than one waits for more letters
        assert bench.state is other
        for layer in layers:
            add(bench, "dense", layer)


def test_layers_of_different_kinds_share_nothing(panel, bench):
    bench.select("dense_1", "output_1")
    assert panel.several.form.isHidden()
    assert "1 Dense, 1 Output" in panel.several.words.text()


def test_a_cable_says_its_shape_and_leads_to_its_ends(panel, bench):
    edge = bench.state.graph.edges[1]
    bench.select(edges=[edge])
    page = panel.cable
    assert panel.page is page
    assert page.words.text() == "Shape 4: 4 numbers per row."
    assert (page.start.text(), page.end.text()) == ("From Dense", "To Dense 2")
    QTest.mouseClick(page.end, Qt.MouseButton.LeftButton)
    assert panel.layer.layer == "dense_2"


def test_a_deleted_layer_gives_way_to_the_plan(panel, bench):
    add(bench, "relu")
    bench.select("new")
    assert panel.page is panel.layer
    bench.document.undo()
    assert panel.page is panel.plan


def test_labels_of_nested_settings():
    plan = Plan()
    assert setting_label(plan, "optimiser.rate") == "Learning rate"
    assert setting_label(plan, "batch_size") == "Batch size"
    assert setting_label(plan, "gone") == "gone"


@pytest.mark.parametrize("width", [220, 300])
@pytest.mark.parametrize("layer", ["", "dense_1", "output_1"])
def test_no_page_is_wider_than_a_narrow_panel(panel, bench, layer, width):
    bench.select(*([layer] if layer else []))
    panel.resize(width, 600)
    inside = panel.widget()
    assert inside.minimumSizeHint().width() <= width
    assert not panel.horizontalScrollBar().isVisible()
