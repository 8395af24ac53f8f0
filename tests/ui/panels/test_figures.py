"""A layer's numbers: heat map, edits in place, curve with operating points, histograms."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gradloom.engine.parameters import Parameters
from gradloom.graph import edits
from gradloom.layers import ACTIVATIONS, INITIALISERS, LAYERS
from gradloom.layers.shapes import Refusal
from gradloom.session.curves import curve
from gradloom.ui.panels.figures import drawn, working_points
from gradloom.ui.panels.matrix import MatrixView
from gradloom.ui.panels.plotting import CurveView, SpreadView
from gradloom.ui.panels.properties import Properties
from gradloom.ui.view import Neuron


@pytest.fixture
def panel(bench, qtbot):
    made = Properties(bench.document, bench.view, bench.theme, bench.bridge)
    qtbot.addWidget(made)
    made.resize(300, 1400)
    made.show()
    made.activateWindow()
    bench.select("dense_1")
    return made


def weights(panel):
    return panel.layer.figures.parameters["W"]


def test_start_values_are_shown_before_any_training(panel, bench):
    figures = panel.layer.figures
    assert list(figures.parameters) == ["W", "b"]
    shown = weights(panel).matrix._array
    expected = Parameters(bench.bridge.layout, bench.state.plan.dtype)
    expected.initialise(bench.state.plan.seed)
    assert shown.tolist() == expected["dense_1", "W"].tolist()
    assert weights(panel).title.text == "W · weights · 2 × 4"
    assert weights(panel).line.text().startswith("min ")
    assert figures.waiting.isHidden()
    assert not figures.curve.isHidden()
    assert figures.curve._heights.sum() == 600  # 150 training rows of 4 units
    assert "150 training rows × 4 units" in figures.curve_line.text()


def test_training_moves_the_numbers(panel, bench, qtbot):
    before = weights(panel).matrix._array.copy()
    bench.bridge.step_epoch()
    qtbot.waitUntil(lambda: not np.array_equal(weights(panel).matrix._array, before), timeout=5000)


def test_hovering_reads_a_number_and_shows_its_neuron(panel, bench):
    matrix = weights(panel).matrix
    value = matrix._array[1, 2]
    QTest.mouseMove(matrix, matrix.centre(1, 2).toPoint())
    line = weights(panel).line.text()
    assert line.startswith("W[2, 3] = ")
    assert line.endswith("x2 → 3")
    assert float(line.split(" = ")[1].split(":")[0].replace("−", "-")) == pytest.approx(
        value, abs=1e-5
    )
    assert bench.view.neuron == Neuron("dense_1", 2)
    QTest.mouseMove(matrix, QPoint(1, 1))
    assert bench.view.neuron is None
    assert weights(panel).line.text().startswith("min ")


def test_only_units_are_neurons(panel, bench):
    figures = panel.layer.figures
    figures._point((0, 3))
    assert bench.view.neuron == Neuron("dense_1", 3)
    figures._point((0, 4))  # no such unit: a column of another array
    assert bench.view.neuron is None


def test_a_click_edits_a_number_in_place(panel, bench, qtbot):
    matrix = weights(panel).matrix
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=matrix.centre(0, 1).toPoint())
    edit = matrix._editor.edit
    edit.selectAll()
    QTest.keyClicks(edit, "-1.5")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert matrix._editor is None
    (made,) = bench.state.run_edits
    assert (made.layer, made.parameter, made.index, made.after) == ("dense_1", "W", (0, 1), -1.5)
    qtbot.waitUntil(lambda: matrix._array[0, 1] == -1.5, timeout=3000)
    bench.document.undo()
    assert bench.state.run_edits == ()
    qtbot.waitUntil(lambda: matrix._array[0, 1] == np.float32(made.before), timeout=3000)


def test_what_was_typed_is_taken_when_the_editor_goes_but_not_for_other_numbers(panel, bench):
    matrix = weights(panel).matrix

    def typed():
        QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=matrix.centre(0, 1).toPoint())
        matrix._editor.edit.selectAll()
        QTest.keyClicks(matrix._editor.edit, "2.5")

    typed()
    matrix.close_editor()
    (made,) = bench.state.run_edits
    assert (made.index, made.after) == ((0, 1), 2.5)
    bench.document.undo()
    typed()
    matrix.show_array(np.zeros((7, 5)))
    assert matrix._editor is None
    assert bench.state.run_edits == ()


def test_spinning_a_number_is_one_step_and_escape_ends_it(panel, bench):
    matrix = weights(panel).matrix
    matrix.setFocus()
    QTest.keyClick(matrix, Qt.Key.Key_Down)
    QTest.keyClick(matrix, Qt.Key.Key_Right)
    QTest.keyClick(matrix, Qt.Key.Key_Return)
    edit = matrix._editor.edit
    for _ in range(3):
        QTest.keyClick(edit, Qt.Key.Key_Up)
    assert len(bench.state.run_edits) == 1
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert matrix._editor is None
    bench.document.undo()
    assert bench.state.run_edits == ()
    QTest.keyClick(matrix, Qt.Key.Key_Return)
    QTest.keyClick(matrix._editor.edit, Qt.Key.Key_Escape)
    assert matrix._editor is None
    assert bench.state.run_edits == ()


def test_softmax_has_words_in_place_of_a_curve(panel, bench):
    kind = bench.state.graph["dense_1"].kind.replace(activation=ACTIVATIONS.make("softmax"))
    bench.document.edit("x", lambda s: s.with_graph(edits.set_kind(s.graph, "dense_1", kind)))
    figures = panel.layer.figures
    assert figures.curve.isHidden()
    assert "no single curve" in figures.curve_line.text()


def test_an_unready_network_says_when_numbers_come(panel, bench):
    cut = bench.state.graph.incoming("output_1")
    bench.document.edit("x", lambda s: s.with_graph(edits.remove(s.graph, (), cut)))
    figures = panel.layer.figures
    assert figures.parameters == {}
    assert not figures.waiting.isHidden()
    bench.document.undo()
    bench.select("output_1")
    assert figures.waiting.isHidden()


BETWEEN = [  # kinds that go between two layers of flat rows
    kind
    for kind in LAYERS.kinds()
    if kind.least_inputs == 1
    and kind.has_output
    and not isinstance(found := kind().infer((4,)), Refusal)
    and len(found) == 1
]


@pytest.mark.parametrize("cls", BETWEEN, ids=lambda cls: cls.kind)
def test_every_kind_shows_what_it_has(cls, bench, panel, qtbot):
    def change(state):
        graph = edits.add(state.graph, cls(), "new")
        return state.with_graph(edits.splice(graph, "new", graph.edges[1]))

    bench.document.edit("x", change)
    bench.select("new")
    qtbot.waitUntil(lambda: bench.bridge.latest is not None)
    panel.layer.figures.renew()
    wanted = {p.name for b in cls().blocks((4,)) for p in b.parameters}
    assert bench.state.ready
    assert set(panel.layer.figures.parameters) == wanted
    panel.grab()


def test_dead_units_are_counted():
    points = np.array([[-1.0, 2.0], [-3.0, -1.0]])
    said = working_points(ACTIVATIONS.make("relu"), points)
    assert said == (
        "2 training rows × 2 units; the slope is below 0.01 at 75 %; 1 unit flat for every row."
    )


def test_what_an_initialiser_draws_shows_its_distribution():
    found = drawn(INITIALISERS.make("he_normal"), (8, 3), 8, 3)
    assert found.size >= 8000
    assert found.std() == pytest.approx(0.5, rel=0.05)  # sqrt(2 / 8)
    assert drawn(INITIALISERS.make("orthogonal"), (784, 512), 784, 512).size == 256 * 256


@pytest.fixture
def matrix(qtbot, theme):
    made = MatrixView(theme, "W")
    qtbot.addWidget(made)
    made.resize(256, 100)
    return made


def test_large_arrays_say_how_they_are_drawn(matrix):
    matrix.show_array(np.random.default_rng(0).normal(size=(784, 512)))
    assert matrix.note == "In the heat map each pixel is the mean of 3 × 2"
    assert matrix.height() <= 290
    matrix.grab()
    matrix.show_array(np.zeros((2, 3)))
    assert matrix.note == ""


def test_numbers_that_are_not_finite_are_marked(matrix, theme):
    matrix.show_array(np.array([[np.nan, 1.0, -1.0]]))
    matrix.resize(256, matrix.height())
    image = matrix.grab().toImage()
    x, y = matrix.centre(0, 0).toPoint().toTuple()
    assert image.pixelColor(x - 30, y + 6) == theme.colour("error")
    x, y = matrix.centre(0, 1).toPoint().toTuple()
    assert image.pixelColor(x - 30, y + 6) == theme.colour("positive")


def test_curve_and_spread_paint_in_both_themes(qtbot, theme):
    view, spread = CurveView(theme), SpreadView(theme)
    pictures = {}
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        for widget in (view, spread):
            qtbot.addWidget(widget)
            widget.resize(200, widget.height())
        view.show_curve(curve(ACTIVATIONS.make("tanh"), -4, 4), np.linspace(-1, 1, 50))
        spread.show_numbers(np.array([0.5, -0.5]), np.array([1.0, -1.0]))
        pictures[mode] = [widget.grab().toImage() for widget in (view, spread)]
    assert pictures["light"][0] != pictures["dark"][0]
    assert pictures["light"][1] != pictures["dark"][1]
    theme.set_mode("light")


def test_curve_reads_values_under_the_pointer(qtbot, theme):
    view, said = CurveView(theme), []
    qtbot.addWidget(view)
    view.resize(212, 150)
    view.pointed.connect(said.append)
    view.show_curve(curve(ACTIVATIONS.make("relu"), -4, 4), np.zeros(0))
    view.show()
    QTest.mouseMove(view, QPoint(206, 40))  # the right end
    assert said[-1] == "z = 4: f = 4, f′ = 1"
