"""Opened layers of pictures: kernels and feature maps on the card and in the panel."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from gradloom.document import Document
from gradloom.session.featuring import Specimen
from gradloom.ui.canvas import Canvas
from gradloom.ui.canvas.kernels import kernel_images
from gradloom.ui.featuremaps import FeatureService
from gradloom.ui.maps import MapService
from gradloom.ui.panels.kernels import KernelsView
from gradloom.ui.panels.matrix import MatrixView
from gradloom.ui.panels.properties import Properties
from gradloom.ui.view import Selection, View
from gradloom.ui.worker import TrainingBridge
from networks import small_cnn


class Desk:
    """A canvas and the panel of properties on a small network for pictures."""

    def __init__(self, theme):
        self.document, self.view = Document(small_cnn()), View()
        self.bridge = TrainingBridge(self.document)
        self.features = FeatureService(self.document, self.bridge, self.view)
        self.maps = MapService(self.document, self.bridge)
        self.canvas = Canvas(self.document, self.view, theme, self.bridge, self.maps, self.features)
        self.panel = Properties(self.document, self.view, theme, self.bridge, self.features)

    def card(self, layer):
        return self.canvas.sheet.cards[layer]

    def select(self, *layers):
        self.view.select(Selection(frozenset(layers)))


@pytest.fixture
def desk(qtbot, theme):
    made = Desk(theme)
    for widget, size in ((made.canvas, (900, 700)), (made.panel, (300, 1400))):
        qtbot.addWidget(widget)
        widget.resize(*size)
        widget.show()
    qtbot.waitActive(made.canvas)
    qtbot.waitUntil(lambda: made.bridge.latest is not None, timeout=5000)
    yield made
    for service in (made.features, made.maps, made.bridge):
        service.shutdown()


def opened(desk, qtbot, *layers):
    desk.select(*layers)
    desk.canvas.toggle_open()
    images = lambda: all(desk.card(i).cells.image is not None for i in layers)  # noqa: E731
    qtbot.waitUntil(images, timeout=5000)


def test_a_layer_opens_into_its_feature_maps_and_kernels(desk, qtbot):
    assert desk.features.latest is None  # nobody looks
    opened(desk, qtbot, "conv2d_1", "max_pool2d_1", "input_1")
    conv = desk.card("conv2d_1")
    assert conv.face.pictured
    assert conv.face.frame.neurons.units == 4
    assert len(conv.cells._kernels) == 4
    assert conv.cells.bias.shape == (4,)
    assert desk.card("input_1").face.frame.neurons.units == 1
    assert not desk.card("max_pool2d_1").cells._kernels
    assert not desk.canvas.sheet.links  # kernels are no single weights
    image = conv.cells.image
    assert (image.width(), image.height()) == (8, 4 * 8)
    desk.canvas.grab()


def test_maps_follow_the_training_the_row_and_the_drawing(desk, qtbot):
    opened(desk, qtbot, "conv2d_1")
    steps = desk.features.latest.steps
    desk.bridge.step_batch()
    qtbot.waitUntil(lambda: desk.features.latest.steps > steps, timeout=5000)
    desk.view.select_rows(frozenset([20]))
    qtbot.waitUntil(lambda: desk.features.latest.number == 20, timeout=5000)
    before = desk.features.latest.maps["input_1"]
    assert desk.canvas.live.specimen == "row 21"
    desk.view.show_specimen(Specimen(np.full(64, 8.0)))
    qtbot.waitUntil(lambda: desk.features.latest.number is None, timeout=5000)
    assert desk.canvas.live.specimen == "the drawing"
    assert np.unique(desk.features.latest.maps["input_1"]).tolist() == [0.5]
    desk.view.show_specimen(None)
    qtbot.waitUntil(lambda: desk.features.latest.number == 20, timeout=5000)
    assert np.array_equal(desk.features.latest.maps["input_1"], before)


def test_a_map_says_what_it_is_and_leaves_the_big_map_alone(desk, qtbot):
    opened(desk, qtbot, "conv2d_1")
    hovered = []
    desk.view.neuron_hovered.connect(hovered.append)
    card = desk.card("conv2d_1")
    box = card.face.frame.neuron(2)
    at = desk.canvas.board.mapFromScene(
        QPointF(card.x() + box.x + box.width / 2, card.y() + box.y + box.height / 2)
    )
    QTest.mouseMove(desk.canvas.board.viewport(), at)
    words = desk.canvas.pointing.words(desk.canvas.board.hovered)
    assert words.startswith("Conv2D, feature map 3 of row ")
    assert hovered == []


def test_nothing_is_computed_when_all_are_closed(desk, qtbot):
    opened(desk, qtbot, "conv2d_1")
    desk.select()
    desk.canvas.toggle_open_of("conv2d_1")
    told = []
    desk.features.updated.connect(told.append)
    desk.bridge.step_batch()
    qtbot.waitUntil(lambda: desk.bridge.latest.steps == 1, timeout=5000)
    qtbot.wait(50)
    assert told == []


def test_the_panel_shows_the_maps_and_kernels_of_the_selected_layer(desk, qtbot):
    desk.select("conv2d_1")
    maps = desk.panel.layer.maps
    assert maps.isVisible()
    qtbot.waitUntil(lambda: maps.title.text.startswith("4 feature maps of row "), timeout=5000)
    assert maps.maps._maps.shape == (4, 8, 8)
    tiling = maps.maps.tiling
    left, top = tiling.corner(1)
    desk.canvas.hide()  # else it lies above
    QTest.mouseMove(maps.maps, QPoint(0, 0))
    told = []
    maps.maps.pointed.connect(told.append)
    QTest.mouseMove(maps.maps, QPointF(left + 2.5 * tiling.cell, top + 0.5 * tiling.cell).toPoint())
    value = float(desk.features.latest.maps["conv2d_1"][1, 0, 2])
    assert told[-1].startswith("Map 2 [1, 3] = ")
    assert float(told[-1].split("= ")[1].replace("−", "-")) == pytest.approx(value, abs=1e-5)
    desk.select("dense_1")
    assert not maps.isVisible()
    figures = desk.panel.layer.figures
    assert isinstance(kernels(desk), MatrixView)
    desk.select("conv2d_2")
    assert isinstance(kernels(desk), KernelsView)
    assert list(figures.parameters) == ["W", "b"]
    order = [figures.column.indexOf(view) for view in figures.parameters.values()]
    assert order == sorted(order)


def kernels(desk):
    return desk.panel.layer.figures.parameters["W"].matrix


def test_a_number_of_a_kernel_is_edited_in_place(desk, qtbot):
    desk.select("conv2d_1")
    view = kernels(desk)
    assert isinstance(view, KernelsView)
    cell = (3, 5)  # filter 4, row 2, column 3
    assert view.words(cell).startswith("W[4, 1, 2, 3] = ")
    assert view.cell_at(view.place(cell).center()) == cell
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place(cell).center().toPoint())
    edit = view._editor.edit
    edit.selectAll()
    QTest.keyClicks(edit, "0.25")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    (made,) = desk.document.state.run_edits
    assert (made.layer, made.parameter, made.index, made.after) == (
        "conv2d_1", "W", (3, 0, 1, 2), 0.25
    )  # fmt: skip


def test_keys_go_from_kernel_to_kernel(desk):
    desk.select("conv2d_2")
    view = kernels(desk)
    view.setFocus()
    assert view._current == (0, 0)
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Right)
    assert view._current == (1, 0)  # the next filter of the same channel
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Down)
    assert view._current == (1, 4)  # its next channel
    view.grab()
    assert "column is a filter" in view.note


def test_kernels_of_several_channels_are_one_picture(theme):
    from gradloom.ui.canvas.ink import Ink

    images = kernel_images(np.ones((2, 5, 3, 3)), Ink(theme.tokens))
    assert len(images) == 2
    assert (images[0].width(), images[0].height()) == (3 * 4 - 1, 2 * 4 - 1)
    assert images[0].pixelColor(3, 0).alpha() == 0  # between two channels
    assert images[0].pixelColor(0, 0).alpha() == 255
