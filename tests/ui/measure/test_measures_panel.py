"""The measures panel under a real mouse and real keys, fed with known numbers."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip

from gradloom.data import SOURCES, DataSpec
from gradloom.document import Document
from gradloom.document.samples import first_project, samples
from gradloom.engine.measures import (
    Fit,
    brier,
    calibration,
    confusion,
    precision_recall,
    roc,
)
from gradloom.session.measuring import Answer, ClassPart, Curves, Measures, RealPart
from gradloom.ui.measure import MeasuresPanel
from gradloom.ui.measure.numbers import numbers_of
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

NAMES = ("A", "B", "C")


def class_part(first, truth, told):
    truth, told = np.array(truth), np.array(told)
    shares = np.full((3, len(truth)), 0.15)
    shares[told, np.arange(len(truth))] = 0.7
    curves = tuple(
        Curves(k, roc(truth == k, shares[k]), precision_recall(truth == k, shares[k]))
        for k in range(3)
    )
    return ClassPart(
        np.arange(first, first + len(truth)),
        truth,
        told,
        confusion(truth, told, 3),
        curves,
        calibration(truth == told, np.full(len(truth), 0.7)),
        brier(truth, shares),
    )


def class_measures():
    parts = {
        "train": class_part(0, [0] * 6 + [1] * 5 + [2] * 4, [0] * 5 + [1] * 7 + [2] * 3),
        "validation": class_part(15, [0, 0, 1, 1, 2, 2], [0, 0, 1, 2, 2, 2]),
        "test": class_part(21, [0, 0, 1, 1, 2, 2], [0, 1, 1, 1, 2, 2]),
    }
    return Measures(1, 1, answers=(Answer("output_1", "Output", "class", NAMES, parts),))


def real_measures(*, sigma=False, outputs=1):
    rng = np.random.default_rng(3)
    parts = {}
    for name, first, count in (("train", 0, 40), ("validation", 40, 12), ("test", 52, 12)):
        truth = rng.normal(0, 2, count)
        told = truth + rng.normal(0, 0.4, count)
        spread = np.full(count, 0.4) if sigma else None
        parts[name] = RealPart(np.arange(first, first + count), Fit(told, truth, spread))
    answers = [Answer(f"output_{i}", f"Output {i}", "y", (), parts) for i in range(1, outputs + 1)]
    return Measures(1, 1, answers=tuple(answers))


class Bench:
    def __init__(self, state, theme):
        self.document, self.view, self.theme = Document(state), View(), theme
        self.bridge = TrainingBridge(self.document)
        self.panel = MeasuresPanel(self.document, self.view, theme, self.bridge)

    def show(self, measures, width=760, height=330):
        """Show known numbers; the service stays still."""
        self.panel.service.updated.disconnect(self.panel.show_measures)
        self.panel.resize(width, height)
        self.panel.show()
        self.panel.show_measures(measures)
        settle()

    def pane(self, name):
        return self.panel.panes[name]

    def at(self, name, words):
        """Where a number of a pane is, by how its explanation starts."""
        found = [s for s in self.pane(name).spots() if s.words.startswith(words)]
        assert len(found) == 1, [s.words for s in self.pane(name).spots()]
        return found[0].rect.center().toPoint()

    def close(self):
        self.panel.shutdown()
        self.bridge.shutdown()
        self.panel.close()


def settle():
    for _ in range(5):
        QCoreApplication.processEvents()


@pytest.fixture
def make_bench(qtbot, theme):
    made = []

    def make(state):
        made.append(Bench(state, theme))
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench):
    return make_bench(first_project())


def click(pane, at, *, ctrl=False):
    keys = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(pane, Qt.MouseButton.LeftButton, keys, at)


def test_a_click_on_a_cell_selects_its_rows_and_a_second_lets_go(bench):
    bench.show(class_measures())
    said = []
    bench.view.message.connect(said.append)
    pane = bench.pane("train")
    at = bench.at("train", "1 row of class A predicted as B")
    click(pane, at)
    assert bench.view.rows == {5}
    assert said == ["1 train row of class A predicted as B selected."]
    assert "1 selected" in pane.spot_at(QPointF(at)).words
    click(pane, at)
    assert bench.view.rows == frozenset()


def test_ctrl_adds_and_escape_clears(bench):
    bench.show(class_measures())
    click(bench.pane("train"), bench.at("train", "1 row of class A predicted as B"))
    other = bench.at("test", "1 row of class A predicted as B")
    click(bench.pane("test"), other, ctrl=True)
    assert bench.view.rows == {5, 22}
    QTest.keyClick(bench.pane("test"), Qt.Key.Key_Escape)
    assert bench.view.rows == frozenset()


def test_a_class_name_selects_its_row_of_the_matrix(bench):
    bench.show(class_measures())
    pane = bench.pane("train")
    cell = pane.face.spots()[0].rect
    click(pane, QPoint(round(cell.left()) - 6, round(cell.center().y())))
    assert bench.view.rows == set(range(6))
    click(pane, QPoint(round(cell.center().x()), round(cell.top()) - 6))
    assert bench.view.rows == set(range(5))


def test_keys_walk_the_matrix_and_return_selects(bench):
    bench.show(class_measures())
    pane = bench.pane("validation")
    pane.setFocus()
    heard = []
    pane.pointed.connect(heard.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right):
        QTest.keyClick(pane, key)
    assert [text.split(" =")[0] for text in heard] == [
        "2 rows of class A predicted as A",
        "0 rows of class B predicted as A",
        "1 row of class B predicted as B",
    ]
    assert pane.accessibleDescription() == heard[-1]
    QTest.keyClick(pane, Qt.Key.Key_Return)
    assert bench.view.rows == {17}


def test_pointing_explains_numbers_with_the_numbers_put_in(bench, qtbot):
    bench.show(class_measures())
    bench.panel.open_page("scores")
    settle()
    pane = bench.pane("train")
    at = bench.at("train", "precision of B")
    QTest.mouseMove(pane, at)
    settle()
    # told B: one A, five B, and one C
    said = "precision of B = 5 / (5 + 2) = 0.714"
    assert bench.panel.line.text().startswith(said)
    QCoreApplication.sendEvent(pane, QHelpEvent(QEvent.Type.ToolTip, at, pane.mapToGlobal(at)))
    assert QToolTip.text().startswith(said)
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


@pytest.mark.parametrize("page", ["matrix", "scores", "roc", "pr", "calibration"])
def test_every_formula_gives_its_number(bench, page):
    """What stands before the last = of a fraction is what stands behind it."""
    bench.show(class_measures())
    bench.panel.open_page(page)
    settle()
    checked = 0
    for name in ("train", "validation", "test"):
        for spot in bench.pane(name).spots():
            found = re.search(r"= ([\d .()+·/|−…]*/[\d .()+·/|−]*) = (\d\.\d{3})", spot.words)
            if found is not None and "…" not in found[1]:
                sums = found[1].replace("·", "*").replace("−", "-")
                sums = re.sub(r"\|([^|]*)\|", r"abs(\1)", sums)
                # what is put in is rounded to three digits itself
                assert eval(sums) == pytest.approx(float(found[2]), abs=1.1e-3), spot.words
                checked += 1
    assert checked >= 3


@pytest.mark.parametrize(("page", "name"), [("roc", "AUC of B"), ("pr", "AP of B")])
def test_a_single_curve_says_what_its_number_is(page, name):
    part = class_part(0, [0, 0, 0, 1, 1], [0, 0, 1, 1, 1])
    part = dataclasses.replace(part, curves=part.curves[1:2])
    ((number, said, words),) = numbers_of(
        page, Answer("o", "Output", "class", ("A", "B"), {}), part
    )
    assert said == name
    assert number in words


@pytest.mark.parametrize(
    ("page", "words"),
    [
        # from a score of 0.7 on: of six A five are found, and none that is no A
        ("roc", "A from a score of 0.700 on: true positive rate 5 / 6 = 0.833,"),
        ("pr", "A from a score of 0.700 on: precision 5 / 5 = 1.000, recall 5 / 6 = 0.833"),
        ("calibration", "probability from 0.6 to 0.7: 15 rows, 0.700 in the mean; it was right"),
    ],
)
def test_pointing_into_a_plot_reads_the_nearest_point(bench, page, words):
    bench.show(class_measures())
    bench.panel.open_page(page)
    settle()
    pane = bench.pane("train")
    place = {"roc": (0.0, 0.6), "pr": (0.7, 1.0), "calibration": (0.7, 0.8)}[page]
    at = pane.face.frame.at(*place).toPoint()
    QTest.mouseMove(pane, at)
    settle()
    assert bench.panel.line.text().startswith(words)
    QTest.mouseMove(pane, QPoint(2, 2))
    settle()
    assert bench.panel.line.text().startswith("Point at a number")


def test_parts_stand_side_by_side_or_take_turns(bench):
    bench.show(class_measures(), 760)
    assert all(pane.isVisible() for pane in bench.panel.panes.values())
    assert not bench.panel.parts.isVisible()
    bench.panel.resize(500, 360)
    settle()
    assert bench.panel.parts.width() == bench.panel.pages[True].width()
    bench.panel.resize(320, 360)
    settle()
    assert [n for n, p in bench.panel.panes.items() if p.isVisible()] == ["validation"]
    assert bench.panel.minimumSizeHint().width() <= 320
    click(bench.panel.parts.buttons[2], bench.panel.parts.buttons[2].rect().center())
    settle()
    assert [n for n, p in bench.panel.panes.items() if p.isVisible()] == ["test"]


def test_real_targets_dots_and_bars_select_rows(bench):
    measures = real_measures()
    bench.show(measures)
    fit = measures.answers[0].parts["test"].fit
    pane = bench.pane("test")
    far = int(np.abs(fit.truth).argmax())
    at = pane.face.frame.at(float(fit.truth[far]), float(fit.told[far])).toPoint()
    click(pane, at)
    assert bench.view.rows == {52 + far}
    bench.panel.open_page("residuals")
    settle()
    pane = bench.pane("train")
    bar = max(pane.face.spots(), key=lambda s: s.rect.height())
    click(pane, bar.rect.center().toPoint())
    assert len(bench.view.rows) == int(bar.words.split()[0])
    residuals = measures.answers[0].parts["train"].fit.residuals[sorted(bench.view.rows)]
    assert np.ptp(residuals) < 0.4


def test_the_gaussian_loss_shows_both_bands(bench):
    bench.show(real_measures(sigma=True))
    said = [s.words for s in bench.pane("train").spots()]
    assert any(text.startswith("within 1σ:") and "/ 40" in text for text in said)
    assert any(text.startswith("within 2σ:") for text in said)
    assert bench.panel.page == "predicted"


def test_several_outputs_have_a_chooser(bench):
    bench.show(real_measures(outputs=2))
    assert bench.panel.outputs.isVisible()
    assert [bench.panel.outputs.itemText(i) for i in range(2)] == ["Output 1", "Output 2"]
    QTest.keyClick(bench.panel.outputs, Qt.Key.Key_Down)
    bench.panel.show_measures(real_measures(outputs=2))
    assert bench.panel.outputs.currentIndex() == 1
    bench.panel.show_measures(class_measures())
    assert not bench.panel.outputs.isVisible()
    assert bench.panel.page == "matrix"


def test_other_data_lets_go_of_the_rows(bench):
    bench.show(class_measures())
    bench.view.select_rows(frozenset({1}))
    data = DataSpec(source=SOURCES.make("xor"))
    bench.document.edit("Data", lambda state: dataclasses.replace(state, data=data))
    assert bench.view.rows == frozenset()


def test_empty_places_say_what_to_do(bench):
    bench.show(Measures(1, 0))
    assert "press Space" in bench.panel.message.text()
    bench.panel.show_measures(Measures(1, 0, sentence="The network answers nothing."))
    assert bench.panel.message.text() == "The network answers nothing."
    assert not bench.panel.area.isVisible()


def test_it_measures_the_run_only_while_somebody_looks(qtbot, make_bench):
    bench = make_bench(samples()["iris"])
    qtbot.waitUntil(lambda: bench.bridge.latest is not None)
    bench.bridge.step_epoch()
    settle()
    assert bench.panel.service.latest is None
    with qtbot.waitSignal(bench.panel.service.updated, timeout=5000):
        bench.panel.resize(760, 330)
        bench.panel.show()
    before = bench.bridge.latest.steps

    def told():
        latest = bench.panel.service.latest
        return latest.steps == bench.bridge.latest.steps > before

    bench.bridge.step_epoch()
    qtbot.waitUntil(told, timeout=5000)
    found = bench.panel.service.latest.answers[0].parts["validation"].confusion
    assert found.accuracy == bench.bridge.latest.validation_accuracy
    bench.panel.hide()
    shown = bench.panel.service.latest
    bench.bridge.step_epoch()
    qtbot.waitUntil(lambda: bench.bridge.latest.steps > shown.steps)
    qtbot.wait(50)
    assert bench.panel.service.latest is shown


def test_at_most_twice_a_second_while_it_trains(qtbot, make_bench):
    plan = dataclasses.replace(first_project().plan, epochs=10**6)
    bench = make_bench(dataclasses.replace(first_project(), plan=plan))
    heard = []
    bench.panel.service.updated.connect(heard.append)
    bench.panel.resize(760, 330)
    bench.panel.show()
    qtbot.waitUntil(lambda: bool(heard))
    bench.bridge.start()
    qtbot.waitUntil(lambda: heard[-1].steps > 0, timeout=5000)
    first = len(heard)
    qtbot.wait(1100)
    assert 1 <= len(heard) - first <= 3
    bench.bridge.pause()
    qtbot.waitUntil(lambda: heard[-1].steps == bench.bridge.latest.steps, timeout=5000)


def test_a_network_that_can_not_train_says_so(qtbot, make_bench):
    bench = make_bench(first_project())
    bench.panel.show()
    qtbot.waitUntil(lambda: bench.panel.service.latest is not None)
    bench.document.edit("Cut", lambda s: s.with_graph(s.graph.with_edges(s.graph.edges[:-1])))
    assert "see the problems" in bench.panel.message.text()


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(
    ("page", "make"),
    [
        ("matrix", class_measures),
        ("roc", class_measures),
        ("predicted", lambda: real_measures(sigma=True)),
    ],
)
def test_pictures(bench, snapshot, mode, page, make):
    bench.theme.set_mode(mode)
    bench.view.select_rows(frozenset({5, 41}))
    bench.show(make())
    bench.panel.open_page(page)
    settle()
    snapshot(bench.panel, f"measures_{page}_{mode}")


def test_narrow_picture(bench, snapshot):
    bench.show(class_measures(), 320, 330)
    bench.panel.open_page("scores")
    settle()
    snapshot(bench.panel, "measures_scores_narrow")


def test_many_classes_and_rows_are_painted_soon(bench, qtbot):
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 100_000)
    told = np.where(rng.random(100_000) < 0.8, truth, 0)
    answer = Answer("o", "Output", "class", NAMES, {"train": class_part(0, truth, told)})
    bench.show(Measures(1, 1, answers=(answer,)))
    for page in ("matrix", "scores", "roc", "pr", "calibration"):
        bench.panel.open_page(page)
        assert not bench.panel.grab().isNull()
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def test_a_thinned_cloud_still_selects_the_row_that_is_drawn(bench):
    truth = np.linspace(-1, 1, 3000)
    part = RealPart(np.arange(7000, 10_000), Fit(truth.copy(), truth))
    bench.show(Measures(1, 1, answers=(Answer("o", "Output", "y", (), {"train": part}),)))
    pane = bench.pane("train")
    spots = pane.face.spots()
    assert len(spots) == 600
    click(pane, spots[300].rect.center().toPoint())
    (row,) = bench.view.rows
    assert (row - 7000) % 5 == 0
    assert abs(row - 7000 - 1500) < 30  # dots of neighbours lie within a pixel
