"""Hidden space under a real mouse and real keys."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from gradloom.data import SOURCES, DataSpec
from gradloom.document import Document, State
from gradloom.document.samples import chain, first_project, samples
from gradloom.document.samples.build import dense as _dense
from gradloom.engine.progress import Snapshot
from gradloom.engine.trainer import Trainer
from gradloom.ui.hidden import HiddenPanel, glide
from gradloom.ui.plots.export import menu_of, tab_separated
from gradloom.ui.plots.scale import figure
from gradloom.ui.view import Selection, View
from gradloom.ui.worker import TrainingBridge


def project(source, *layers, **settings):
    return State(chain(layers), data=DataSpec(source=SOURCES.make(source, **settings)))


def trained(state, epochs=30):
    trainer = Trainer(state.graph, state.prepared, state.plan)
    for _ in range(epochs):
        trainer.step_epoch()
    return trainer.checkpoint()


class Bench:
    """The panel of a trained state, shown."""

    def __init__(self, qtbot, theme, state, checkpoint=None):
        self.document, self.view = Document(state), View()
        self.bridge = TrainingBridge(self.document)
        if checkpoint is not None:
            self.bridge.restore(checkpoint)
        self.panel = HiddenPanel(self.document, self.view, theme, self.bridge)
        qtbot.addWidget(self.panel)
        self.panel.resize(460, 400)
        self.panel.show()
        self.qtbot = qtbot
        if state.ready:
            steps = 0 if checkpoint is None else checkpoint.steps
            qtbot.waitUntil(lambda: self.steps == steps)
        self.panel.grab()

    @property
    def steps(self):
        hidden = self.panel.hidden
        return None if hidden is None else hidden.steps

    @property
    def shown(self):
        """Layer and units of the picture."""
        return self.panel.glide.end.key

    @property
    def sheet(self):
        return self.panel.field.sheet.viewport()

    def wait_for(self, layer, units="any"):
        wanted = (layer,) if units == "any" else (layer, units)
        self.qtbot.waitUntil(lambda: self.shown[: len(wanted)] == wanted)
        self.panel.grab()

    def at(self, point):
        points = self.panel.scene.points
        return self.place(float(points.x[point]), float(points.height[point]))

    def place(self, x, y):
        return self.panel.field.frame().at(x, y).toPoint()

    def hover(self, at):
        QTest.mouseMove(self.sheet, QPoint(2, 2))  # a pointer that is there already would not move
        QTest.mouseMove(self.sheet, at)
        return self.panel.reading.text()

    def click(self, at):
        QTest.mouseClick(self.sheet, Qt.MouseButton.LeftButton, pos=at)

    def lonely(self):
        """A point that no other is near."""
        points, frame = self.panel.scene.points, self.panel.field.frame()
        spots = np.stack([frame.xs(points.x), frame.ys(points.height)], axis=1)
        away = np.hypot(*(spots[:, None] - spots).transpose(2, 0, 1))
        np.fill_diagonal(away, np.inf)
        return int(away.min(axis=1).argmax())

    def select(self, *layers):
        self.view.select(Selection(frozenset(layers)))

    def close(self):
        self.panel.shutdown()
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


def test_it_opens_on_the_layer_before_the_last_dense(bench, circles):
    shown = bench(first_project(), circles)
    assert shown.shown == ("dense_2", (0, 1))
    assert shown.panel.controls.layer.currentText() == "Dense 2"
    assert shown.panel.scene.weave.pieces == 2 * 21 * 60
    assert shown.panel.scene.weave.divided


def test_hovering_reads_the_row(bench, circles):
    state = first_project()
    shown = bench(state, circles)
    point = shown.lonely()
    hidden = shown.panel.hidden
    words = shown.hover(shown.at(point))
    row = int(hidden.rows[point])
    name = "AB"[int(state.prepared.targets[row, 0])]
    assert f" row {row + 1}, target {name}, told " in words
    assert words.split()[0].lower() in ("train", "validation", "test")
    first, second = (figure(float(v)) for v in hidden.values[:, point])
    assert words.endswith(f": unit 1 {first}, unit 2 {second}.")
    assert shown.hover(shown.place(1.05, -1.05)).startswith("Point at a dot")


def test_in_the_principal_plane_the_first_numbers_are_read(bench):
    shown = bench(samples()["iris"])
    words = shown.hover(shown.at(shown.lonely()))
    assert ": 8 numbers " in words
    assert words.endswith(" ….")


def test_a_click_selects_the_row_everywhere_and_rings_it(bench, circles):
    shown = bench(first_project(), circles)
    point = shown.lonely()
    shown.click(shown.at(point))
    assert shown.view.rows == {int(shown.panel.hidden.rows[point])}
    assert shown.panel.field.overlay.chosen == 1
    shown.click(shown.place(1.05, -1.05))
    assert shown.view.rows == frozenset()
    assert shown.panel.field.overlay.chosen == 0
    shown.view.select_rows(frozenset({3, 4, 5}))
    assert shown.panel.field.overlay.chosen == 3
    shown.panel.setFocus()
    QTest.keyClick(shown.panel, Qt.Key.Key_Escape)
    assert shown.view.rows == frozenset()


def draw_around(shown, corners, keys=Qt.KeyboardModifier.NoModifier):
    first, *rest = [shown.place(x, y) for x, y in corners]
    QTest.mousePress(shown.sheet, Qt.MouseButton.LeftButton, keys, first)
    for at in rest:
        QTest.mouseMove(shown.sheet, at)
    QTest.mouseRelease(shown.sheet, Qt.MouseButton.LeftButton, keys, rest[-1])


def test_the_lasso_selects_what_is_inside(bench, circles):
    shown = bench(first_project(), circles)
    QTest.mouseClick(shown.panel.controls.tools["lasso"], Qt.MouseButton.LeftButton)
    points, said = shown.panel.scene.points, []
    shown.view.message.connect(said.append)
    draw_around(shown, [(-1.08, -1.08), (0, -1.08), (0, 1.08), (-1.08, 1.08)])
    left = set(points.rows[points.x < 0].tolist())
    near = set(points.rows[np.abs(points.x) < 0.02].tolist())
    assert shown.view.rows ^ left <= near
    assert said == [f"{len(shown.view.rows)} rows are selected."]
    shift = Qt.KeyboardModifier.ShiftModifier
    draw_around(shown, [(0, -1.08), (1.08, -1.08), (1.08, 1.08), (0, 1.08)], shift)
    assert len(shown.view.rows) >= 248


def test_parts_can_be_hidden(bench, circles):
    shown = bench(first_project(), circles)
    assert sum(len(d.x) for d in shown.panel.field.dots) == 250
    QTest.mouseClick(shown.panel.controls.parts.buttons[0], Qt.MouseButton.LeftButton)
    assert {d.part for d in shown.panel.field.dots} == {"validation", "test"}
    points = shown.panel.scene.points
    hidden_one = int(np.flatnonzero(points.part == 0)[0])
    assert "Train row" not in shown.hover(shown.at(hidden_one))


def test_it_follows_the_canvas_unless_it_is_pinned(bench, circles):
    shown = bench(first_project(), circles)
    shown.select("dense_1")
    shown.wait_for("dense_1", None)
    shown.select()
    assert shown.panel.layer == "dense_1", "nothing selected: it stays"
    shown.select("output_1")
    shown.wait_for("dense_3")
    QTest.mouseClick(shown.panel.controls.pin, Qt.MouseButton.LeftButton)
    shown.select("input_1")
    assert shown.panel.layer == "dense_3"
    QTest.mouseClick(shown.panel.controls.pin, Qt.MouseButton.LeftButton)
    shown.select("input_1", "dense_1")
    assert shown.panel.layer == "dense_3", "several are no single layer"
    shown.select("input_1")
    shown.wait_for("input_1", (0, 1))
    assert shown.panel.glide.end.names == ("x1", "x2")


def test_arrow_keys_walk_through_the_layers(bench, circles):
    shown = bench(first_project(), circles)
    trail = shown.panel.controls.trail
    trail.setFocus()
    QTest.keyClick(trail, Qt.Key.Key_Home)
    shown.wait_for("input_1")
    for layer in ("dense_1", "dense_2", "dense_3", "dense_3"):
        QTest.keyClick(trail, Qt.Key.Key_Right)
        shown.wait_for(layer)
    assert shown.panel.controls.layer.currentText() == "Dense 3"
    box = shown.panel.controls.layer
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Up)
    shown.wait_for("dense_2")
    assert trail.value() == 2


def test_the_walk_goes_from_the_input_to_the_last_layer(bench, circles):
    shown = bench(first_project(), circles)
    seen = []
    shown.panel.glide.moved.connect(lambda: seen.append(shown.shown[0]))
    shown.panel.walk._timer.setInterval(120)
    QTest.mouseClick(shown.panel.controls.play, Qt.MouseButton.LeftButton)
    assert shown.panel.walk.goes_on
    assert shown.panel.controls.play.isChecked()
    shown.wait_for("dense_3")
    assert list(dict.fromkeys(seen)) == ["input_1", "dense_1", "dense_2", "dense_3"]
    shown.qtbot.waitUntil(lambda: not shown.panel.walk.goes_on)
    assert not shown.panel.controls.play.isChecked()


def test_a_choice_ends_the_walk(bench, circles):
    shown = bench(first_project(), circles)
    QTest.mouseClick(shown.panel.controls.play, Qt.MouseButton.LeftButton)
    shown.wait_for("input_1")
    shown.select("dense_2")
    assert not shown.panel.walk.goes_on
    shown.wait_for("dense_2")
    QTest.mouseClick(shown.panel.controls.play, Qt.MouseButton.LeftButton)
    QTest.mouseClick(shown.panel.controls.play, Qt.MouseButton.LeftButton)
    assert not shown.panel.walk.goes_on


def test_units_and_principal_plane(bench):
    shown = bench(samples()["iris"])
    controls = shown.panel.controls
    assert shown.shown == ("dense_1", None)
    assert controls.share.text.endswith("% shown")
    assert not controls.units[0].isVisible()
    QTest.mouseClick(controls.axes.buttons[0], Qt.MouseButton.LeftButton)
    shown.wait_for("dense_1", (0, 1))
    assert controls.share.text == ""
    second = controls.units[1]
    assert second.isVisible()
    assert second.maximum() == 8
    second.setFocus()
    QTest.keyClick(second, Qt.Key.Key_Up)
    shown.wait_for("dense_1", (0, 2))
    assert shown.panel.glide.end.names == ("unit 1", "unit 3")
    np.testing.assert_allclose(
        shown.panel.scene.points.height, shown.panel.hidden.values[2], atol=1e-6
    )
    QTest.mouseClick(controls.axes.buttons[1], Qt.MouseButton.LeftButton)
    shown.wait_for("dense_1", None)
    QTest.mouseClick(controls.axes.buttons[0], Qt.MouseButton.LeftButton)
    shown.wait_for("dense_1", (0, 2))


def test_a_layer_of_one_unit_is_a_band_for_each_class(bench, circles):
    shown = bench(first_project(), circles)
    shown.select("dense_3")
    shown.wait_for("dense_3")
    points = shown.panel.scene.points
    assert (np.rint(points.height) == points.target).all()
    np.testing.assert_allclose(points.x, shown.panel.hidden.values[0], atol=1e-6)
    assert shown.panel.glide.end.banded
    assert shown.panel.field.plot.getAxis("left").tickValues(0, 1, 200) == [(1.0, [])]
    assert not shown.panel.controls.axes.isVisible()
    shown.select("dense_2")
    shown.wait_for("dense_2")
    assert shown.panel.field.plot.getAxis("left").tickValues(0, 1, 200)[0][1]


def test_a_real_target_is_the_height_over_one_unit(bench):
    state = project("sine", _dense(3, "tanh"), _dense(1, "identity"))
    shown = bench(state)
    shown.select("dense_2")
    shown.wait_for("dense_2")
    points = shown.panel.scene.points
    np.testing.assert_array_equal(points.height, state.prepared.targets[points.rows, 0])
    assert shown.panel.glide.end.names == ("unit 1", "y")


def test_points_glide_to_another_layer(bench, circles, monkeypatch):
    monkeypatch.setattr(glide, "reduced_motion", lambda: False)
    shown = bench(first_project(), circles)
    frame = shown.panel.field.frame()
    points = shown.panel.scene.points
    before = np.stack([frame.xs(points.x), frame.ys(points.height)])
    spots = []

    def look():
        points, frame = shown.panel.scene.points, shown.panel.field.frame()
        spots.append(np.stack([frame.xs(points.x), frame.ys(points.height)]))

    shown.panel.glide.moved.connect(look)
    shown.select("dense_1")
    shown.wait_for("dense_1")
    assert shown.panel.glide.under_way
    assert not shown.panel.scene.weave.divided
    shown.qtbot.waitUntil(lambda: not shown.panel.glide.under_way)
    assert np.abs(spots[0] - before).max() < 25, "it starts where the points were"
    moves = [np.abs(b - a).max() for a, b in pairwise(spots)]
    assert len(moves) > 3
    assert max(moves) < 0.6 * np.abs(spots[-1] - before).max()
    final = shown.panel.glide.end.points
    np.testing.assert_array_equal(shown.panel.scene.points.x, final.x)


def test_with_reduced_motion_the_next_layer_is_there_at_once(bench, circles):
    shown = bench(first_project(), circles)
    shown.select("dense_3")
    shown.wait_for("dense_3")
    assert not shown.panel.glide.under_way
    assert shown.panel.scene.weave.divided


def test_points_move_while_it_trains(bench):
    shown = bench(first_project())
    seen = []
    shown.panel.service.updated.connect(lambda h: seen.append((h.steps, shown.at(0))))
    shown.bridge.set_pace(60)
    shown.bridge.start()
    shown.qtbot.waitUntil(lambda: len(seen) >= 8)
    shown.bridge.pause()
    assert len({steps for steps, _ in seen}) >= 6
    assert len({(at.x(), at.y()) for _, at in seen}) > 1


def test_it_only_computes_while_it_is_seen(bench):
    shown = bench(first_project())
    heard = []
    shown.panel.service.updated.connect(heard.append)
    shown.panel.hide()
    shown.bridge.step_epoch()
    shown.qtbot.waitUntil(lambda: shown.bridge.latest is not None and shown.bridge.latest.epoch)
    shown.qtbot.wait(80)
    assert heard == []
    shown.panel.show()
    shown.qtbot.waitUntil(lambda: shown.steps == shown.bridge.latest.steps)


def test_a_network_in_pieces_says_what_to_do(bench):
    shown = bench(first_project())
    shown.document.edit("Cut", lambda s: s.with_graph(s.graph.with_edges(s.graph.edges[1:])))
    assert "ready to train" in shown.panel.field.notice
    assert not shown.panel.controls.layer.isVisible()
    assert shown.panel.layer == ""
    QTest.mouseClick(shown.panel.controls.play, Qt.MouseButton.LeftButton)
    assert not shown.panel.walk.goes_on
    shown.document.undo()
    shown.qtbot.waitUntil(lambda: shown.panel.hidden is not None)
    assert shown.panel.field.notice == ""
    assert shown.panel.controls.layer.isVisible()


def test_numbers_that_broke_are_said(bench, circles):
    shown = bench(first_project(), circles)
    bad = Snapshot(np.full_like(circles.theta, np.nan), np.zeros(0))
    broken = dataclasses.replace(shown.bridge.latest, snapshot=bad)
    shown.panel.service._ask(broken)
    shown.qtbot.waitUntil(lambda: "not finite" in shown.panel.field.notice)


def test_another_network_is_another_choice_of_layers(bench, circles):
    shown = bench(first_project(), circles)
    shown.select("dense_2")

    def change(state):
        return dataclasses.replace(samples()["iris"], plan=state.plan)

    shown.document.edit("Iris", change)
    assert shown.panel.hidden is None, "numbers of another network are not read"
    shown.wait_for("dense_2", None)
    names = [shown.panel.controls.layer.itemText(i) for i in range(3)]
    assert names == ["Input", "Dense", "Dense 2"]


def test_the_points_can_be_copied(bench, circles):
    shown = bench(first_project(), circles)
    lines = tab_separated(shown.panel.columns()).splitlines()
    assert lines[0] == "row\ttarget\tunit 1\tunit 2"
    assert len(lines) == 251
    menu = menu_of(shown.panel.field, "x", shown.panel.field.sheet.fit, shown.panel.columns)
    assert menu.actions()[-1].isEnabled()
    menu.deleteLater()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_picture_of_hidden_space(bench, circles, theme, snapshot, mode):
    theme.set_mode(mode)
    shown = bench(first_project(), circles)
    shown.view.select_rows(frozenset({0, 1, 2}))
    shown.hover(shown.place(1.05, -1.05))
    snapshot(shown.panel, f"hidden_units_{mode}")


def test_picture_of_a_principal_plane(bench, snapshot):
    state = samples()["iris"]
    shown = bench(state, trained(state))
    shown.hover(QPointF(3, 3).toPoint())
    shown.panel.resize(300, 260)
    shown.panel.grab()
    snapshot(shown.panel, "hidden_principal_narrow")
