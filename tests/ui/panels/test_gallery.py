"""The pictures of the data page, by real keys and clicks."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from gradloom.data import SOURCES, TABLES, FilePictures
from gradloom.data.pictures import Pictures
from gradloom.document.fixes import FIXES
from gradloom.session.answering import Question
from gradloom.session.telling import RowsStudy
from gradloom.ui.table import DataPage
from gradloom.ui.table.columns import PARTS
from gradloom.ui.table.page import PICTURES, ROWS
from gradloom.ui.table.pictures import SELECTED, WRONG

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(bench, qtbot):
    bridge = bench.bridge  # while the network fits the data
    bench.document.edit("Data", lambda s: s.with_data(source=SOURCES.make("digits")))
    made = DataPage(bench.document, bench.view, bench.theme, bridge)
    qtbot.addWidget(made)
    made.resize(800, 360)
    made.show()
    qtbot.waitActive(made)
    yield made
    made.shutdown()


@pytest.fixture
def gallery(page):
    return page.pictures.gallery


def click(gallery, place, keys=NONE):
    QTest.mouseClick(gallery.viewport(), LEFT, keys, gallery.tile(place).center())


def choose(box, index):
    box.setCurrentIndex(index)
    box.activated.emit(index)


def test_pictures_are_shown_first_and_no_columns_beside_them(page, gallery):
    assert page.tabs.buttons[PICTURES].isChecked()
    assert gallery.isVisible()
    assert not page.facts.isVisible()
    assert len(gallery.rows) == 1797
    assert page.pictures.count.text() == "1,797 pictures"
    QTest.mouseClick(page.tabs.buttons[ROWS], LEFT)
    assert page.table.isVisible()
    assert page.facts.isVisible()
    assert not gallery.isVisible()


def test_other_data_has_no_pictures(page, bench):
    bench.document.edit("Data", lambda s: s.with_data(source=SOURCES.make("wine")))
    assert not page.tabs.buttons[PICTURES].isVisible()
    assert page.table.isVisible()
    bench.document.undo()
    assert page.tabs.buttons[PICTURES].isChecked()


def test_clicks_select_rows_everywhere_and_back(page, gallery, bench):
    told = []
    bench.view.rows_selected.connect(told.append)
    click(gallery, 2)
    click(gallery, 5, SHIFT)
    click(gallery, 3, CTRL)
    click(gallery, 0)
    assert told == [{2}, {2, 3, 4, 5}, {2, 4, 5}, {0}]
    rows = {i.row() for i in page.table.selectionModel().selectedRows()}
    assert rows == {0}
    bench.view.select_rows(frozenset([1200, 1201]))
    place = gallery.tile(1200)
    assert gallery.viewport().rect().contains(place)
    accent = bench.theme.tokens.accent
    image = gallery.viewport().grab().toImage()
    edge = [image.pixelColor(place.left() + x, place.center().y()).name() for x in range(6)]
    assert accent.lower() in edge


def test_keys_move_and_extend(gallery, bench):
    click(gallery, 1)
    QTest.keyClick(gallery, Qt.Key.Key_Right)
    assert bench.view.rows == {2}
    QTest.keyClick(gallery, Qt.Key.Key_Down, SHIFT)
    across = gallery.viewport().width() // 80
    assert bench.view.rows == set(range(2, 3 + across))
    QTest.keyClick(gallery, Qt.Key.Key_End)
    assert bench.view.rows == {1796}
    assert gallery.viewport().rect().contains(gallery.tile(1796))
    assert gallery.accessibleDescription().startswith("Row 1,797, ")
    QTest.keyClick(gallery, Qt.Key.Key_Right)
    assert bench.view.rows == {1796}
    QTest.keyClick(gallery, Qt.Key.Key_Home)
    assert bench.view.rows == {0}
    QTest.keyClick(gallery, Qt.Key.Key_A, CTRL)
    assert len(bench.view.rows) == 1797


def test_a_double_click_and_enter_walk_through_the_row(page, gallery):
    walked = []
    page.walk_row.connect(walked.append)
    QTest.mouseDClick(gallery.viewport(), LEFT, NONE, gallery.tile(4).center())
    click(gallery, 6)
    QTest.keyClick(gallery, Qt.Key.Key_Return)
    assert walked == [4, 6]


def test_classes_and_parts_are_filtered(page, gallery, bench):
    dataset, split = bench.state.prepared.dataset, bench.state.prepared.split
    choose(page.pictures.classes, 4)  # "3"
    threes = np.flatnonzero(dataset.targets[:, 0] == 3)
    assert gallery.rows.tolist() == threes.tolist()
    choose(page.pictures.parts, 3)
    assert gallery.rows.tolist() == sorted(set(threes) & set(split.test.tolist()))
    click(gallery, 1)
    assert bench.view.rows == {gallery.rows[1]}


def test_wrong_ones(page, gallery, bench):
    asked = []
    page.pictures.asked_for_told.connect(asked.append)
    choose(page.pictures.which, WRONG)
    assert asked == [True]
    assert "can be trained" in page.pictures.empty.text()
    assert not gallery.isVisible()
    told = bench.state.prepared.dataset.targets[:, 0].astype(int)
    told[[3, 12]] = 8
    told[50:] = -1  # not known
    page.pictures.show_told(told)
    assert gallery.rows.tolist() == [3, 12]
    assert gallery.tiles.words_of(3) == f"Row 4, {PARTS[page.page.part[3]]}, 3; the network tells 8"
    page.pictures.show_told(np.full(1797, -1))
    assert page.pictures.empty.text() == "The network tells them all right."


def test_wrong_ones_are_asked_of_the_network_while_they_are_wanted(page, gallery, bench, qtbot):
    problem = next(p for p in bench.state.problems if p.fix == "fit_output")
    bench.document.edit("Fit", lambda s: FIXES["fit_output"].apply(s, problem))
    choose(page.pictures.which, WRONG)
    qtbot.waitUntil(lambda: 0 < len(gallery.rows) < 1797, timeout=5000)  # untrained, mostly wrong
    bridge, before = bench.bridge, gallery.rows
    bridge.step_batch()
    qtbot.waitUntil(lambda: not np.array_equal(gallery.rows, before), timeout=5000)
    latest, state = bridge.latest, bench.state
    expected = RowsStudy().answer(Question(state, latest, False)).classes
    qtbot.waitUntil(
        lambda: np.array_equal(
            gallery.rows, np.flatnonzero(expected != state.prepared.targets[:, 0])
        ),
        timeout=5000,
    )
    choose(page.pictures.which, 0)
    assert len(gallery.rows) == 1797
    assert "tells" not in gallery.tiles.words_of(0)


def test_nobody_asks_for_wrong_ones_while_something_else_is_looked_at(page, bench, monkeypatch):
    """Every row through the network, again and again, is much work for nothing."""
    asked = []
    monkeypatch.setattr(page.service, "watch", lambda *, on: asked.append(on))
    choose(page.pictures.which, WRONG)
    assert asked == [True]
    QTest.mouseClick(page.tabs.buttons[ROWS], Qt.MouseButton.LeftButton)
    assert asked[-1] is False
    QTest.mouseClick(page.tabs.buttons[PICTURES], Qt.MouseButton.LeftButton)
    assert asked[-1] is True
    bench.document.edit("Data", lambda s: s.with_data(source=SOURCES.make("iris")))
    assert asked[-1] is False
    page.hide()
    page.show()
    assert asked[-1] is False


def test_selected_rows_stay_while_one_of_them_is_clicked(page, gallery, bench):
    choose(page.pictures.which, SELECTED)
    assert page.pictures.empty.text().startswith("No row is selected")
    bench.view.select_rows(frozenset([5, 9, 700]))  # by a confusion matrix, say
    assert gallery.rows.tolist() == [5, 9, 700]
    click(gallery, 1)
    assert bench.view.rows == {9}
    assert gallery.rows.tolist() == [5, 9, 700]


def test_a_tip_says_what_a_picture_is(gallery):
    at = gallery.tile(0).center()
    event = QHelpEvent(QHelpEvent.Type.ToolTip, at, gallery.viewport().mapToGlobal(at))
    QApplication.sendEvent(gallery.viewport(), event)
    assert QToolTip.text().startswith("Row 1, ")
    QToolTip.hideText()


def test_many_pictures_are_quick(page, gallery, bench):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (20_000, 1, 12, 12), np.uint8)
    pixels[:, :, :5] = 0
    pixels.setflags(write=False)
    labels = rng.integers(0, 10, 20_000).astype(np.int32)
    labels.setflags(write=False)
    classes = tuple("0123456789")
    content = Pictures("many", pixels, labels, classes)
    source = FilePictures(digest=content.digest, size="1 x 12 x 12", classes=classes)
    TABLES.put(source.key, content)
    state = bench.state.with_data(source=source)
    assert len(state.prepared.dataset) == 20_000  # what is timed is the page's work
    bench.document.edit("Data", lambda _: state)
    assert len(gallery.rows) == 20_000
    bar = gallery.verticalScrollBar()
    times = []
    for place in np.linspace(0, bar.maximum(), 12).astype(int):
        bar.setValue(int(place))
        start = time.perf_counter()
        gallery.viewport().repaint()
        times.append(time.perf_counter() - start)
    assert np.median(times) < 0.1  # some 20 ms on a slow machine
    assert len(gallery.tiles.pixmaps) <= 2000
    choose(page.pictures.classes, 2)
    assert len(gallery.rows) == (labels == 1).sum()
    TABLES.clear()


def test_both_themes_and_a_narrow_page(page, gallery, bench):
    light = gallery.grab().toImage()
    bench.theme.set_mode("dark")
    assert gallery.grab().toImage() != light
    bench.theme.set_mode("light")
    page.resize(300, 300)
    assert gallery.isVisible()
    assert gallery.tile(1).right() <= gallery.viewport().width()
