import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip

from gradloom.data import SOURCES, DataSpec
from gradloom.document import Document
from gradloom.document.samples import first_project
from gradloom.engine.history import History
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.progress import Progress, Snapshot
from gradloom.session.best import Bound, Scale
from gradloom.session.training import Status
from gradloom.ui.maps import MapService
from gradloom.ui.plots import LossPlot, SpeedLine
from gradloom.ui.plots.curves import Curves
from gradloom.ui.plots.export import save_picture, tab_separated
from gradloom.ui.worker import TrainingBridge


def progress_of(rows, run=1, metric="Accuracy"):
    history = History()
    for i, row in enumerate(rows):
        history = history.append(i + 1, *row)
    last = rows[-1] if rows else (math.nan,) * 4
    empty = Snapshot(np.zeros(0), np.zeros(0))
    return Progress(
        run, len(rows), 0, len(rows), *last, metric, 0.1, 50.0, 7500.0, history, empty, 0.0, None
    )  # fmt: skip


ROWS = [(1.0 / (i + 1), 1.1 / (i + 1), i / 40, i / 50) for i in range(40)]


@pytest.fixture
def curves(qtbot, theme):
    made = Curves(theme)
    made.notice = "Press Space to train."
    qtbot.addWidget(made)
    made.resize(560, 320)
    made.show()
    return made


@pytest.fixture
def document():
    return Document(first_project())


@pytest.fixture
def bridge(qtbot, document):
    made = TrainingBridge(document)
    qtbot.waitUntil(lambda: made.latest is not None)
    yield made
    made.shutdown()


@pytest.fixture
def plot(qtbot, document, bridge, theme):
    made = LossPlot(document, bridge, theme)
    qtbot.addWidget(made)
    made.resize(560, 340)
    made.show()
    yield made
    made.shutdown()


def hover(curves, epoch):
    frame = curves.frames[0]
    QTest.mouseMove(
        curves.sheet.viewport(), QPoint(2, 2)
    )  # a pointer that is there already would not move
    QTest.mouseMove(curves.sheet.viewport(), frame.at(epoch, frame.y[0]).toPoint() - QPoint(0, 20))


def test_hovering_reads_an_epoch_in_words(qtbot, curves):
    curves.show_progress(progress_of(ROWS))
    curves.grab()
    read = []
    curves.read.connect(read.append)
    hover(curves, 20)
    words = "Epoch 20: loss 0.0500 train, 0.0550 validation; "
    assert read[-1:] == [words + "Accuracy 47.5\u202f% train, 38.0\u202f% validation."]
    assert curves.row().epoch == 20
    QTest.mouseMove(curves.sheet.viewport(), QPoint(1, 1))
    assert read[-1] == ""
    assert curves.row().epoch == 40


def test_without_validation_nothing_is_said_of_it(curves):
    curves.show_progress(progress_of([(0.5, math.nan, 0.25, math.nan)], metric="R²"))
    assert curves.words() == "Epoch 1: loss 0.500 train; R² 0.250 train."
    curves.grab()


def test_a_hundred_thousand_epochs_are_drawn_as_few_points(curves):
    values = np.abs(np.random.default_rng(0).normal(size=100_000)) + 0.1
    history = History()
    for i, v in enumerate(values.tolist()):
        history = history.append(i + 1, v, v, v, v)
    one = progress_of(ROWS)
    curves.show_progress(
        Progress(*(getattr(one, name) if name != "history" else history for name in one.__slots__))
    )
    assert sum(len(line.points()[0]) for line in curves._lines.values()) <= 4 * 2000
    curves.grab()


def test_ranges_do_not_jump_from_frame_to_frame(curves):
    curves.show_progress(progress_of(ROWS[:30]))
    curves.grab()
    before = [(f.x, f.y) for f in curves.frames]
    curves.show_progress(progress_of(ROWS[:32]))
    curves.grab()
    assert [(f.x, f.y) for f in curves.frames] == before
    curves.show_progress(progress_of(ROWS[:3], run=2))
    curves.grab()
    assert curves.frames[0].x[1] < before[0][0][1], "another run has ranges of its own"


def test_a_logarithmic_axis(qtbot, plot):
    plot.curves.show_progress(progress_of(ROWS))
    plot.grab()
    assert plot.curves.frames[0].y[0] == 0
    QTest.mouseClick(plot.log, Qt.MouseButton.LeftButton)
    plot.grab()
    assert plot.curves.log
    assert plot.curves.frames[0].y == (-2, 1)
    hover(plot.curves, 10)
    assert "loss 0.100 train" in plot.curves.words()


def test_a_loss_of_zero_on_a_logarithmic_axis(curves):
    curves.set_log(True)
    curves.show_progress(progress_of([(1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 1.0, 1.0)]))
    curves.grab()
    assert np.isfinite(curves.frames[0].y).all()


def test_an_empty_plot_says_what_to_do(plot, document):
    assert plot.curves.notice == "Press Space to train."
    document.edit("Cut", lambda s: s.with_graph(s.graph.with_edges(s.graph.edges[1:])))
    assert "problems" in plot.curves.notice
    plot.grab()


def test_training_is_shown_and_reset_empties_it(qtbot, plot, bridge):
    bridge.start()
    qtbot.waitUntil(lambda: plot.curves.epochs > 3)
    bridge.reset()
    qtbot.waitUntil(lambda: plot.curves.epochs == 0)


def test_broken_numbers_show_why_and_the_way_back(qtbot, plot, document, bridge):
    bridge.step_epoch()
    qtbot.waitUntil(lambda: plot.curves.epochs == 1)
    wild = OPTIMISERS.make("sgd", rate=10.0, weight_decay=1.0)
    document.edit("Rate", lambda s: dataclasses.replace(s, plan=s.plan.replace(optimiser=wild)))
    bridge.start()
    qtbot.waitUntil(lambda: bridge.status is Status.BROKEN)
    assert plot._banner.isVisible()
    assert "learning rate 10" in plot._sentence.text()
    QTest.mouseClick(plot._back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bridge.status is Status.PAUSED)
    assert not plot._banner.isVisible()
    qtbot.waitUntil(lambda: plot.curves.epochs == 1)


def test_colours_follow_the_theme(plot, theme):
    plot.curves.show_progress(progress_of(ROWS))
    light = plot.grab().toImage()
    theme.set_mode("dark")
    dark = plot.grab().toImage()
    assert light.pixelColor(300, 60).lightness() > 200
    assert dark.pixelColor(300, 60).lightness() < 60


def test_zooming_stops_following_until_fit(curves):
    curves.show_progress(progress_of(ROWS))
    curves.grab()
    before = curves.frames
    curves._graphs["loss"].plot.vb.scaleBy((0.5, 0.5))
    curves._graphs["loss"].plot.vb.sigRangeChangedManually.emit([True, True])
    curves.grab()
    near = curves.frames
    assert near[0].x[1] < before[0].x[1]
    assert near[1].x == pytest.approx(near[0].x), "both plots share their epochs"
    curves.show_progress(progress_of(ROWS + ROWS))
    assert curves.frames[0].x == near[0].x
    QTest.mouseClick(curves.sheet.fit_button, Qt.MouseButton.LeftButton)
    assert curves.frames[0].x == pytest.approx((0, 100))


def place_of(curves, graph, height):
    frame = curves.frames[graph]
    return frame.at(sum(frame.x) / 2, height).toPoint()


def point(curves, graph, height):
    """Point at a height of a plot; what its tip would say."""
    view = curves.sheet.viewport()
    QTest.mouseMove(view, QPoint(2, 2))
    QTest.mouseMove(view, place_of(curves, graph, height))
    return list(curves._graphs.values())[graph].plot.vb.toolTip()


def tip(qtbot, view, at):
    """What pops up at a place."""
    QCoreApplication.sendEvent(view, QHelpEvent(QEvent.Type.ToolTip, at, view.mapToGlobal(at)))
    said = QToolTip.text()
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
    return said


def test_the_best_possible_accuracy_is_a_line_that_explains_itself(qtbot, curves):
    curves.show_progress(progress_of(ROWS))
    curves.show_bound(Bound(Scale("accuracy", 1.0, -1.0), 0.1))
    curves.grab()
    upper, lower = curves._graphs["loss"], curves._graphs["accuracy"]
    assert not upper._bound.isVisible()
    assert lower._bound.isVisible()
    assert lower._bound.value() == pytest.approx(0.9)
    words = "Best possible: on new rows no network is right more often than 90.0\u202f%,"
    assert point(curves, 1, 0.9).startswith(words)
    assert tip(qtbot, curves.sheet.viewport(), place_of(curves, 1, 0.9)).startswith(words)
    assert point(curves, 1, 0.3) == ""
    assert point(curves, 0, 0.9) == ""
    name = lower._names["best possible"]
    over = name.mapToScene(name.boundingRect().center()).toPoint()
    assert tip(qtbot, curves.sheet.viewport(), over).startswith(words), "and over its name"
    curves.show_bound(None)
    assert not lower._bound.isVisible()
    assert point(curves, 1, 0.9) == ""


def test_names_below_each_other_begin_below_each_other(curves):
    curves.show_progress(progress_of(ROWS))
    curves.show_bound(Bound(Scale("accuracy", 1.0, -1.0), 0.1))
    curves.grab()
    graph, frame = curves._graphs["accuracy"], curves.frames[1]
    ends = {"accuracy": 0.9, "validation_accuracy": 0.85, "best possible": 0.9}
    for column, y in ends.items():  # the lines end a little before the edge
        share = 1.0 if column == "best possible" else 0.98
        graph._ends[column] = (share * frame.x[1], y)
    graph.place_names(frame)
    assert len({x for x, _ in graph._places.values()}) == 1
    heights = sorted(y for _, y in graph._places.values())
    assert min(b - a for a, b in pairwise(heights)) >= 10


def test_ranges_leave_room_for_the_best_possible(curves):
    rows = [(2.0, 2.2, 0.95, 0.95)] * 12
    curves.show_progress(progress_of(rows))
    curves.show_bound(Bound(Scale("accuracy", 1.0, -1.0), 0.45))
    curves.grab()
    assert curves.frames[1].y[0] <= 0.55
    curves.show_bound(Bound(Scale("loss", 0.0, 1.0, "mean squared error"), 5.0))
    curves.grab()
    assert curves.frames[0].y[1] >= 5
    assert "below a mean squared error of 5.00" in point(curves, 0, 5.0)
    curves.set_log(True)
    curves.show_bound(Bound(Scale("loss", 0.0, 1.0, "mean squared error"), 0.01))
    curves.grab()
    assert curves.frames[0].y[0] <= -2
    assert curves._graphs["loss"]._bound.value() == pytest.approx(-2)


def test_a_best_loss_of_zero_has_no_place_on_a_logarithmic_axis(curves):
    curves.show_progress(progress_of(ROWS))
    curves.show_bound(Bound(Scale("loss", 0.0, 1.0, "mean squared error"), 0.0))
    assert curves._graphs["loss"]._bound.isVisible()
    curves.set_log(True)
    assert not curves._graphs["loss"]._bound.isVisible()
    assert curves.frames[0].y[0] > -5


def test_the_line_follows_the_noise_of_the_data(qtbot, plot, document):
    def spin(**noise):
        source = SOURCES.make("xor", **noise)
        document.edit("Noise", lambda s: dataclasses.replace(s, data=DataSpec(source=source)))

    shown = []
    plot.best.changed.connect(shown.append)
    spin(noise=0, label_noise=10)
    qtbot.waitUntil(lambda: plot.best.bound is not None and plot.best.bound.error > 0.05)
    assert plot.best.bound.value == pytest.approx(0.9)
    spin(noise=0, label_noise=25)
    assert plot.best.bound.value == pytest.approx(0.9), "the old line until the new one is known"
    qtbot.waitUntil(lambda: plot.best.bound.value == pytest.approx(0.75))
    document.edit("Gate", lambda s: s.with_graph(s.graph.with_edges(())))
    assert plot.best.bound is None


def test_other_data_takes_the_line_away_at_once(qtbot, plot, document):
    qtbot.waitUntil(lambda: plot.best.bound is not None)
    source = SOURCES.make("iris")
    document.edit("Iris", lambda s: dataclasses.replace(s, data=DataSpec(source=source)))
    assert plot.best.bound is None


def test_the_history_can_be_copied(curves):
    assert curves.columns() == {}
    curves.show_progress(progress_of([(0.5, math.nan, 0.25, math.nan)]))
    text = tab_separated(curves.columns())
    names, row = text.splitlines()
    assert names == "epoch\tloss\tvalidation_loss\taccuracy\tvalidation_accuracy"
    assert row == "1\t0.5\t\t0.25\t"


def test_a_picture_of_the_curves_is_written(curves, tmp_path):
    curves.show_progress(progress_of(ROWS))
    save_picture(curves, tmp_path / "loss.svg")
    text = (tmp_path / "loss.svg").read_text()
    assert "<title>Loss and accuracy over the epochs</title>" in text
    assert text.count("<polyline") + text.count("<path") > 5


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_picture_of_the_curves(curves, theme, snapshot, mode):
    theme.set_mode(mode)
    curves.show_progress(progress_of(ROWS))
    curves.show_bound(Bound(Scale("accuracy", 1.0, -1.0), 0.07))
    curves.grab()
    hover(curves, 12)
    snapshot(curves, f"plots_loss_{mode}")


def test_the_speed_line_tells_the_numbers(qtbot, document, bridge, theme):
    maps = MapService(document, bridge)
    line = SpeedLine(bridge, maps, theme)
    qtbot.addWidget(line)
    assert line.text() == "epoch 0"
    texts = []
    bridge.start()
    qtbot.waitUntil(
        lambda: texts.append(line.text()) or line.text().count(" · ") == 3, timeout=3000
    )
    epoch, epochs, samples, age = line.text().split(" · ")
    assert epoch.startswith("epoch ")
    assert epochs.endswith(" epochs/s")
    assert samples.endswith(" samples/s")
    assert age.startswith("picture ")
    assert age.endswith("\u202fms old")
    bridge.pause()
    qtbot.waitUntil(lambda: " · " not in line.text())
    maps.shutdown()


def test_the_speed_line_says_that_the_pace_holds_it(qtbot, document, bridge, theme):
    maps = MapService(document, bridge)
    line = SpeedLine(bridge, maps, theme)
    qtbot.addWidget(line)
    bridge.set_pace(40)
    bridge.start()
    qtbot.waitUntil(lambda: "epochs/s (at your pace)" in line.text(), timeout=4000)
    assert float(line.text().split(" · ")[1].split()[0]) < 60
    bridge.set_pace(None)
    qtbot.waitUntil(lambda: "epochs/s" in line.text() and "pace" not in line.text(), timeout=4000)
    maps.shutdown()
