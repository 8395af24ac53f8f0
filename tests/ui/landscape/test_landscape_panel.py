"""The landscape panel under a real mouse and real keys."""

from __future__ import annotations

import dataclasses
import threading
from time import sleep

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

import gradloom.ui.landscape.service as service_module
from gradloom.document import Document
from gradloom.document.samples import first_project, samples
from gradloom.document.samples.build import dense as _dense
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.trainer import Trainer
from gradloom.graph import edits
from gradloom.layers import LAYERS
from gradloom.session.landscape import SIDES, survey
from gradloom.session.slices import GRADIENT, PATH, RANDOM, WEIGHTS, Wish
from gradloom.session.training import Status
from gradloom.ui.landscape import LandscapePanel, words
from gradloom.ui.landscape.trail import BEST, NOW, START, STEP
from gradloom.ui.landscape.weights import numbers_of, units_of
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge
from projects import project

LEFT = Qt.MouseButton.LeftButton


def trained(state, steps=1200, every=20):
    """A run with its path."""
    trainer = Trainer(state.graph, state.prepared, state.plan)
    trainer.progress()
    for _ in range(steps // every):
        trainer.run(steps=every)
        trainer.progress()
    return trainer.checkpoint()


class Bench:
    def __init__(self, qtbot, theme, state, checkpoint=None):
        self.qtbot, self.document, self.messages = qtbot, Document(state), View()
        self.bridge = TrainingBridge(self.document)
        if checkpoint is not None:
            self.bridge.restore(checkpoint)
        self.panel = LandscapePanel(self.document, self.messages, theme, self.bridge)
        qtbot.addWidget(self.panel)
        self.panel.resize(440, 380)
        self.panel.show()
        qtbot.waitUntil(lambda: self.bridge.latest is not None)

    @property
    def found(self):
        return self.panel.landscape

    @property
    def trail(self):
        return self.panel.view.trail

    def drawn(self, wish=None):
        """Wait until it is drawn as finely as it gets."""

        def whole():
            return (
                self.found is not None
                and self.found.whole
                and not self.panel.service.computing
                and (wish is None or self.found.wish == wish)
            )

        self.qtbot.waitUntil(whole)
        return self.found

    def choose(self, name):
        box = self.panel.controls.along
        box.setFocus()
        box.setCurrentIndex(box.findText(name))
        box.activated.emit(box.currentIndex())

    def spot(self, x, y):
        return self.panel.view.field.frame().at(x, y).toPoint()

    def hover(self, x, y):
        view = self.panel.view.field.sheet.viewport()
        QTest.mouseMove(view, QPoint(2, 2))
        QTest.mouseMove(view, self.spot(x, y))
        return self.panel.reading.text()

    def click(self, x, y):
        view = self.panel.view.field.sheet.viewport()
        QTest.mouseMove(view, self.spot(x, y))
        QTest.mouseClick(view, LEFT, pos=self.spot(x, y))

    def close(self):
        self.panel.shutdown()
        self.bridge.shutdown()


@pytest.fixture
def bench(qtbot, theme):
    made = []

    def make(state=None, checkpoint=None):
        made.append(Bench(qtbot, theme, state or first_project(), checkpoint))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def circles():
    return trained(first_project())


def test_at_rest_it_is_drawn_by_itself_around_the_run(bench, circles):
    b = bench(checkpoint=circles)
    found = b.drawn()
    assert found.wish == Wish(PATH)
    assert found.steps == circles.steps
    assert found.losses.shape == (SIDES[-1], SIDES[-1])
    assert b.panel.view.notice == ""
    assert b.panel.view.field.drawing.levels
    assert f"{100 * found.shown:.1f}" in b.panel.caption.text
    assert "slice of 25 dimensions" in b.panel.caption.text
    assert b.trail.now == pytest.approx((0, 0), abs=1e-6)


def test_an_untrained_run_has_no_path_and_random_directions_help(bench):
    b = bench()
    b.qtbot.waitUntil(lambda: "train a little" in b.panel.view.notice)
    b.choose("Random")
    b.drawn(Wish(RANDOM))
    assert b.panel.view.notice == ""
    one = b.found
    QTest.mouseClick(b.panel.controls.dice, LEFT)
    b.drawn(Wish(RANDOM, draw=1))
    assert (b.found.losses != one.losses).any()
    b.choose("Path")
    b.qtbot.waitUntil(lambda: "train a little" in b.panel.view.notice)
    assert b.found is None


def test_it_asks_for_nothing_twice_and_nothing_while_hidden(bench, circles, monkeypatch):
    asked = []

    def counted(*arguments):
        asked.append(arguments[2])
        return survey(*arguments)

    monkeypatch.setattr(service_module, "survey", counted)
    b = bench(checkpoint=circles)
    b.drawn()
    b.panel.hide()
    b.panel.show()
    b.document.edit("Move", lambda s: s.with_places({"dense_1": s.places["dense_2"]}))
    QTest.qWait(300)
    assert len(asked) == 1
    b.panel.hide()
    b.bridge.step_batch()
    b.qtbot.waitUntil(lambda: b.bridge.latest.steps == circles.steps + 1)
    QTest.qWait(300)
    assert len(asked) == 1
    b.panel.show()
    b.qtbot.waitUntil(lambda: b.found.steps == circles.steps + 1)
    assert len(asked) == 2


def test_a_survey_that_was_left_is_taken_up_when_it_is_shown_again(bench, circles):
    b = bench(checkpoint=circles)
    b.drawn()
    b.panel.controls.compute.click()
    assert b.panel.service.computing
    b.choose("Random")
    b.panel.hide()
    assert not b.panel.service.computing
    b.panel.show()
    b.drawn(Wish(RANDOM))


def test_pointing_reads_the_loss_and_the_distance(bench, circles):
    b = bench(checkpoint=circles)
    found = b.drawn()
    x0, x1, y0, y1 = found.extent
    column, row = 20, 30
    x = x0 + (x1 - x0) * column / (SIDES[-1] - 1)
    y = y0 + (y1 - y0) * row / (SIDES[-1] - 1)
    said = b.hover(x, y)
    assert said.startswith("Loss ")
    told = float(said.split()[1].replace("−", "-"))
    near = found.losses[row - 1 : row + 2, column - 1 : column + 2]
    assert near.min() * 0.99 <= told <= near.max() * 1.01
    away = float(said.split("; ")[1].split()[0])
    assert away == pytest.approx(np.hypot(x, y), rel=0.05)
    start = found.trail.places[0]
    assert "Epoch 0, step 0: own loss" in b.hover(*start)
    QTest.mouseMove(b.panel.view.field.sheet.viewport(), QPoint(1, 1))
    assert "Point at the landscape" in b.panel.reading.text()


def test_a_marked_place_takes_the_run_and_undo_brings_it_back(bench, circles):
    b = bench(checkpoint=circles)
    found = b.drawn()
    assert b.panel.put.isHidden()
    place = (found.extent[0] * 0.5, found.extent[3] * 0.6)
    b.click(*place)
    assert b.panel.reading.text().startswith("Loss ")
    marked = b.panel._place
    np.testing.assert_allclose(marked, place, atol=0.05)
    QTest.mouseClick(b.panel.put, LEFT)
    expected = found.axes.lift(marked)
    b.qtbot.waitUntil(
        lambda: (
            b.bridge.latest is not None
            and np.allclose(b.bridge.latest.snapshot.theta, expected, atol=1e-5)
        )
    )
    assert b.document.undo_label == "Put Run There"
    assert b.panel.put.isHidden()
    assert b.bridge.latest.steps == circles.steps  # the run goes on with its history
    b.qtbot.waitUntil(lambda: b.drawn().run == b.bridge.latest.run)
    b.document.undo()
    b.qtbot.waitUntil(
        lambda: (
            b.bridge.latest is not None
            and np.array_equal(b.bridge.latest.snapshot.theta, circles.theta)
        )
    )


def test_the_run_moves_on_its_landscape_while_it_trains(bench, circles):
    b = bench(checkpoint=circles)
    found = b.drawn()
    b.panel.controls.options.auto.setChecked(False)
    b.bridge.set_pace(20.0)
    b.bridge.start()
    seen = set()
    b.qtbot.waitUntil(lambda: seen.add(b.trail.now) or len(seen) > 3)
    assert b.found is found  # nothing was computed
    b.bridge.pause()
    b.qtbot.waitUntil(lambda: b.bridge.status is Status.PAUSED)
    theta = b.bridge.latest.snapshot.theta
    b.qtbot.waitUntil(
        lambda: np.allclose(b.trail.now, found.axes.project(b.bridge.latest.snapshot.theta))
    )
    assert not np.allclose(found.axes.project(theta), 0)
    QTest.mouseClick(b.panel.controls.compute, LEFT)
    b.qtbot.waitUntil(lambda: b.drawn() is not found)
    assert b.trail.now == pytest.approx((0, 0), abs=1e-5)


def test_in_training_a_landscape_appears_by_itself(bench):
    b = bench()
    b.bridge.set_pace(60.0)
    b.bridge.start()
    b.qtbot.waitUntil(lambda: b.found is not None)
    b.bridge.pause()
    b.qtbot.waitUntil(lambda: b.bridge.status is Status.PAUSED)


def test_after_a_reset_the_new_path_is_drawn_on_the_landscape_that_is_there(bench, circles):
    b = bench(checkpoint=circles)
    found = b.drawn()
    start = found.trail.places[0]
    b.bridge.reset()
    b.qtbot.waitUntil(lambda: b.bridge.latest is not None and b.bridge.latest.steps == 0)
    b.qtbot.waitUntil(lambda: b.trail.now == pytest.approx(tuple(start), abs=1e-5))
    assert BEST not in b.trail._spots  # that of the run before
    b.qtbot.waitUntil(lambda: not b.panel.service.computing and not b.panel._soon.isActive())
    assert b.found is found


def test_another_network_clears_it_and_draws_anew(bench, circles):
    b = bench(checkpoint=circles)
    b.drawn()
    b.document.edit(
        "More units",
        lambda s: s.with_graph(
            edits.set_kind(s.graph, "dense_1", s.graph["dense_1"].kind.replace(units=5))
        ),
    )
    assert b.found is None
    b.qtbot.waitUntil(lambda: "train a little" in b.panel.view.notice)
    b.document.edit("Cut", lambda s: s.with_graph(s.graph.with_edges(s.graph.edges[:-1])))
    assert "ready" in b.panel.view.notice


def test_cancel_stops_the_survey_and_keeps_what_was_drawn(bench, circles, monkeypatch):
    b = bench(checkpoint=circles)
    found = b.drawn()
    stopped = threading.Event()

    def slow(state, progress, wish, waiting, training):
        try:
            for n in range(1000):
                waiting.tell(n / 1000)
                sleep(0.005)
                yield from ()
        finally:
            stopped.set()

    monkeypatch.setattr(service_module, "survey", slow)
    QTest.mouseClick(b.panel.controls.compute, LEFT)
    progress = b.panel.controls.progress
    b.qtbot.waitUntil(lambda: not progress.isHidden())
    assert b.panel.controls.compute.isHidden()
    assert progress.bar.value() > 0
    QTest.mouseClick(progress.cancel, LEFT)
    b.qtbot.waitUntil(stopped.is_set)
    b.qtbot.waitUntil(progress.isHidden)
    assert not b.panel.controls.compute.isHidden()
    assert b.found is found
    QTest.qWait(300)
    assert not b.panel.service.computing  # what was cancelled is not asked for again


@pytest.mark.expects_log
def test_an_error_of_the_program_is_told_and_logged(bench, circles, monkeypatch):
    b = bench(checkpoint=circles)
    b.drawn()

    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(service_module, "survey", broken)
    b.choose("Random")
    b.qtbot.waitUntil(lambda: "log says more" in b.panel.view.notice)


def test_a_newer_wish_takes_the_place_of_an_older_one(bench, circles):
    b = bench(checkpoint=circles)
    b.drawn()
    b.choose("Random")
    b.choose("Gradient")
    b.choose("Two weights")
    found = b.drawn()
    assert found.wish.along == WEIGHTS
    QTest.qWait(50)
    assert b.found.wish.along == WEIGHTS


def test_lines_show_the_loss_as_a_curve(bench, circles):
    b = bench(checkpoint=circles)
    b.drawn()
    QTest.mouseClick(b.panel.controls.shape.buttons[1], LEFT)
    b.drawn(Wish(PATH, line=True))
    assert len(b.panel.view.field.drawing.curves) == 1
    assert {START, NOW, BEST} <= set(b.trail._spots)
    low, high = b.panel.view.field.frame().y
    assert b.hover(b.found.extent[0] / 2, (low + high) / 2).startswith("Loss ")
    b.choose("Gradient")
    found = b.drawn(Wish(GRADIENT, line=True))
    assert b.panel.controls.shape.isHidden()
    assert (STEP in b.trail._spots) == (found.stride <= found.extent[1])
    assert "gradient descent" in b.panel.caption.text
    columns = b.panel.columns()
    assert list(columns) == ["distance down the gradient", "loss"]
    assert len(columns["loss"]) == found.losses.size


def test_two_weights_are_chosen_in_the_popup(bench, circles):
    b = bench(checkpoint=circles)
    b.drawn()
    b.choose("Two weights")
    found = b.drawn()
    assert found.axes.names == ("W[1, 1] of Dense", "W[2, 1] of Dense")
    popup = b.panel.controls.weights
    QTest.mouseClick(b.panel.controls.pick, LEFT)
    assert popup.isVisible()
    for box, text in ((popup.layer, "Dense 2"), (popup.unit, "2"), (popup.along_y, "b[2]")):
        box.setFocus()
        box.setCurrentIndex(box.findText(text))
        box.activated.emit(box.currentIndex())
    wish = b.panel.controls.wish
    assert wish.weights == (("dense_2", "W", (0, 1)), ("dense_2", "b", (1,)))
    popup.hide()
    found = b.drawn(wish)
    assert found.axes.names == ("W[1, 2] of Dense 2", "b[2] of Dense 2")
    columns = b.panel.columns()
    assert list(columns) == [*found.axes.names, "loss"]
    np.testing.assert_allclose(columns["loss"], found.losses.ravel())
    # the places are those of the weights themselves
    w = b.bridge.parameter("dense_2", "W")[0, 1]
    assert b.trail.now[0] == pytest.approx(w, abs=1e-6)


def test_numbers_of_a_unit():
    from gradloom.engine.parameters import layout_of

    state = first_project()
    layout = layout_of(state.graph, state.analysis)
    assert units_of(layout, "dense_1") == 4
    assert numbers_of(layout, "dense_1", 2) == (
        ("dense_1", "W", (0, 2)),
        ("dense_1", "W", (1, 2)),
        ("dense_1", "b", (2,)),
    )


def test_the_range_and_the_scale_are_chosen_in_the_popup(bench, circles):
    b = bench(checkpoint=circles)
    plain = b.drawn()
    options = b.panel.controls.options
    QTest.mouseClick(b.panel.controls.more, LEFT)
    assert options.isVisible()
    before = b.panel.view.field.drawing.shade.pixels
    QTest.mouseClick(options.log, LEFT, pos=QPoint(15, 11))
    assert (b.panel.view.field.drawing.shade.pixels != before).any()
    assert b.found is plain  # only drawn in other colours
    options.range.setCurrentIndex(options.range.findText("3 times as far"))
    options.range.activated.emit(options.range.currentIndex())
    options.hide()
    found = b.drawn(Wish(PATH, reach=3.0))
    width = plain.extent[1] - plain.extent[0]
    assert found.extent[1] - found.extent[0] == pytest.approx(3 * width)


def test_a_run_that_broke_has_a_landscape_of_the_way_to_there(bench):
    state = project("sine", _dense(8, "relu"), _dense(1, "identity"))
    plan = Plan(optimiser=OPTIMISERS.make("sgd", rate=3.0))
    b = bench(dataclasses.replace(state, plan=plan))
    b.bridge.start()
    b.qtbot.waitUntil(lambda: b.bridge.status is Status.BROKEN)
    b.choose("Random")
    found = b.drawn(Wish(RANDOM))
    assert found.steps == b.bridge.latest.steps
    b.hover(0.5, 0.5)


def test_running_statistics_are_said_to_stay_as_they_were(bench):
    state = project("circles", _dense(4, "tanh"), LAYERS.make("batch_norm"), _dense(1, "tanh"))
    b = bench(state, trained(state, 60))
    assert "running statistics are as they were" in words.slice_tip(b.drawn())
    plain = bench(first_project(), trained(first_project(), 60))
    assert "running" not in words.slice_tip(plain.drawn())


def test_everything_explains_itself(bench):
    controls = bench().panel.controls
    for widget in (*(controls.dice, controls.pick, controls.more, controls.compute),
                   controls.progress.cancel, *controls.shape.buttons, controls.along):  # fmt: skip
        assert widget.toolTip().endswith((".", ")")), widget.accessibleName()
        assert widget.accessibleName()


def test_a_low_panel_has_one_line_below_the_picture(bench, circles):
    b = bench(checkpoint=circles)
    b.panel.resize(340, 200)
    b.drawn()
    assert b.panel.caption.isHidden()
    b.qtbot.waitUntil(lambda: "slice of 25 dimensions" in b.panel.reading.text())


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pictures(bench, theme, circles, snapshot, mode):
    theme.set_mode(mode)
    b = bench(checkpoint=circles)
    b.drawn()
    QTest.qWait(50)
    snapshot(b.panel, f"landscape_plane_{mode}")
    QTest.mouseClick(b.panel.controls.shape.buttons[1], LEFT)
    b.drawn(Wish(PATH, line=True))
    QTest.qWait(50)
    snapshot(b.panel, f"landscape_line_{mode}")


def test_a_narrow_picture(bench, snapshot):
    iris = samples()["iris"]
    b = bench(iris, trained(iris, 300, 10))
    b.panel.resize(230, 330)
    b.drawn()
    QTest.qWait(50)
    snapshot(b.panel, "landscape_narrow_light")
