import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gradloom.data import SOURCES, DataSpec
from gradloom.document import Document, State
from gradloom.document.samples import _dense, chain, first_project
from gradloom.engine.trainer import Trainer
from gradloom.graph import Edge
from gradloom.graph.model import Layer
from gradloom.layers import LAYERS
from gradloom.ui.maps import MapService
from gradloom.ui.plots import DecisionMap
from gradloom.ui.view import Neuron, View
from gradloom.ui.worker import TrainingBridge


def project(source, *layers, **settings):
    return State(chain(layers), data=DataSpec(source=SOURCES.make(source, **settings)))


def different(a, b):
    return a.pixels.shape != b.pixels.shape or (a.colours() != b.colours()).any()


def trained(state, epochs=30):
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for _ in range(epochs):
        trainer.step_epoch()
    return trainer.checkpoint()


class Bench:
    """A map of a trained state, shown."""

    def __init__(self, qtbot, theme, state, checkpoint=None):
        self.document, self.view = Document(state), View()
        self.bridge = TrainingBridge(self.document)
        if checkpoint is not None:
            self.bridge.restore(checkpoint)
        self.maps = MapService(self.document, self.bridge)
        self.map = DecisionMap(self.document, self.bridge, self.maps, self.view, theme)
        qtbot.addWidget(self.map)
        self.map.resize(520, 400)
        self.map.show()
        steps = 0 if checkpoint is None else checkpoint.steps
        self.qtbot = qtbot
        qtbot.waitUntil(lambda: self.maps.latest is not None)
        if not self.maps.latest.sentence:
            qtbot.waitUntil(lambda: self.maps.latest.steps == steps)
        self.map.grab()

    def hover(self, x, y):
        view = self.map.field.sheet.viewport()
        QTest.mouseMove(view, QPoint(2, 2))  # a pointer that is there already would not move
        QTest.mouseMove(view, self.map.field.frame().at(x, y).toPoint())
        return self.map.reading.text()

    def close(self):
        self.maps.shutdown()
        self.bridge.shutdown()


@pytest.fixture
def bench(qtbot, theme):
    made = []

    def make(state, checkpoint=None):
        made.append(Bench(qtbot, theme, state, checkpoint))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def circles():
    return trained(first_project())


def test_the_plane_is_shaded_by_class(bench, circles):
    shown = bench(first_project(), circles)
    image, field = shown.map.field.sheet.grab().toImage(), shown.map.field
    frame = field.frame()

    def colour(x, y):
        at = frame.at(x, y)
        return image.pixelColor(round(at.x()), round(at.y()))

    inside, corner = colour(0.9, -0.9), colour(4.9, 4.9)
    assert corner.blue() > corner.red(), "class B, outside, is blue"
    assert inside.red() > inside.blue(), "class A, inside, is orange"


def test_hovering_reads_inputs_answer_and_the_nearest_point(bench, circles):
    state = first_project()
    shown = bench(state, circles)
    row = int(state.prepared.split.train[3])
    x, y = state.prepared.dataset.features[row]
    words = shown.hover(x, y)
    assert words.startswith("x1 ")
    name = "AB"[int(state.prepared.targets[row, 0])]
    assert f"→ {name} (A " in words
    assert words.endswith(f"Nearest: train row {row + 1}, target {name}.")
    QTest.mouseMove(shown.map.field.sheet.viewport(), QPoint(2, 2))
    assert shown.map.reading.text() == "Point at the map to read it."


def test_points_of_each_part_can_be_hidden(bench):
    shown = bench(first_project())
    assert [b.text() for b in shown.map.controls.parts] == ["Train 150", "Validation 50", "Test 50"]
    assert sum(len(d.x) for d in shown.map.field.dots) == 250
    QTest.mouseClick(shown.map.controls.parts[0], Qt.MouseButton.LeftButton)
    assert {d.part for d in shown.map.field.dots} == {"validation", "test"}
    assert sum(len(d.x) for d in shown.map.field.dots) == 100
    words = shown.hover(0, 0)
    assert "train row" not in words


def test_classes_differ_by_marker_too(bench):
    shown = bench(first_project())
    assert len({(d.marker, d.colour) for d in shown.map.field.dots}) == 2
    assert len({d.marker for d in shown.map.field.dots}) == 2


def test_probability_and_class(bench, circles):
    shown = bench(first_project(), circles)
    soft = shown.map.field.grab().toImage()
    QTest.mouseClick(shown.map.controls.hard, Qt.MouseButton.LeftButton)
    assert not shown.map.controls.soft.isChecked()
    hard = shown.map.field.drawing.shade.colours().reshape(-1, 3)
    assert len(np.unique(hard, axis=0)) == 2
    assert shown.map.field.grab().toImage() != soft
    assert len(shown.map.field.drawing.segments) > 20


def test_a_hovered_neuron_is_shown_and_left_again(bench, circles):
    shown = bench(first_project(), circles)
    assert shown.map.title == "Output"
    before = shown.map.field.drawing.shade
    shown.view.hover(Neuron("dense_1", 2))
    assert shown.map.title == "Dense, neuron 3"
    assert different(shown.map.field.drawing.shade, before)
    shown.qtbot.waitUntil(lambda: shown.map.field.drawing.shade.pixels.shape[1] == 200)
    shown.view.hover(None)
    assert shown.map.title == "Output"
    np.testing.assert_array_equal(shown.map.field.drawing.shade.pixels, before.pixels)


def test_three_classes(bench):
    state = project("spiral", _dense(8, "relu"), _dense(3, "softmax"), arms=3)
    shown = bench(state)
    assert len(shown.map.field.drawing.legend.keys) == 3
    assert len({d.marker for d in shown.map.field.dots}) == 3
    assert "(A 0." in shown.hover(1, 1)


def test_a_real_target_has_one_scale_for_surface_and_points(bench):
    state = project("plane", _dense(1, "identity"))
    shown = bench(state, trained(state))
    assert not shown.map.controls.soft.isVisible()
    scale = shown.map.field.drawing.legend.scale
    targets = state.prepared.targets
    assert scale.high == pytest.approx(np.abs(targets).max())
    assert scale.low == -scale.high
    words = shown.hover(4, 4)
    assert "→ y 0." in words


def test_one_feature_is_a_curve_through_its_points(bench):
    state = project("sine", _dense(8, "tanh"), _dense(1, "identity"))
    shown = bench(state, trained(state, 200))
    (curve,) = shown.map.field.drawing.curves
    assert len(curve.x) == 400
    x = state.prepared.dataset.features[:, 0]
    error = np.interp(x, curve.x, curve.y) - state.prepared.targets[:, 0]
    assert np.abs(error).mean() < 0.2
    assert shown.map.field.drawing.shade is None
    frame = shown.map.field.frame()
    assert "x1" in shown.hover(float(x.mean()), sum(frame.y) / 2)


def test_other_data_says_why_there_is_no_map(bench):
    shown = bench(project("iris", _dense(3, "softmax")))
    assert shown.map.field.notice == "The map needs one or two features; this data has 4."
    assert not any(b.isVisible() for b in (*shown.map.controls.parts, shown.map.controls.soft))
    shown.map.grab()
    circles = first_project()
    shown.document.edit("Circles", lambda s: circles)
    shown.qtbot.waitUntil(lambda: shown.map.field.drawing.shade is not None)
    assert shown.map.field.notice == ""


def test_several_outputs_can_be_chosen(bench):
    state = first_project()
    extra = Layer("output_2", LAYERS.make("output"), "Early guess")
    side = Layer("dense_9", _dense(1, "tanh"), "Side")
    graph = state.graph.with_layers([*state.graph.layers, side, extra])
    graph = graph.with_edges(
        [*graph.edges, Edge("dense_1", "dense_9"), Edge("dense_9", "output_2")]
    )
    shown = bench(dataclasses.replace(state, graph=graph))
    names = [
        shown.map.controls.subject.itemText(i) for i in range(shown.map.controls.subject.count())
    ]
    assert sorted(names) == ["Early guess", "Output"]
    before = shown.map.field.drawing.shade
    shown.map.controls.subject.setFocus()
    QTest.keyClick(shown.map.controls.subject, Qt.Key.Key_Down)
    assert shown.map.subject.label == names[1]
    assert different(shown.map.field.drawing.shade, before)


def test_the_map_moves_while_it_trains(bench):
    shown = bench(first_project())
    before = shown.map.field.drawing.shade
    shown.bridge.start()
    shown.qtbot.waitUntil(lambda: shown.map.field.drawing.shade.pixels.shape[1] == 100)
    shown.bridge.pause()
    shown.qtbot.waitUntil(lambda: shown.map.field.drawing.shade.pixels.shape[1] == 200)
    assert different(shown.map.field.drawing.shade, before)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_picture_of_the_map(bench, theme, snapshot, circles, mode):
    theme.set_mode(mode)
    shown = bench(first_project(), circles)
    snapshot(shown.map, f"plots_map_{mode}")
