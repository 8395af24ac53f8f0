"""The data page: rows, columns, plot, by real keys and clicks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from gradloom.data import SOURCES, TABLES
from gradloom.data.table_files import import_file
from gradloom.ui.table import DataPage
from gradloom.ui.table.columns import PARTS, balance, facts_of
from gradloom.ui.table.page import COLUMNS, PLOT, ROWS


def use(bench, source):
    bench.document.edit(
        "Data", lambda s: dataclasses.replace(s, data=s.data.replace(source=source))
    )


@pytest.fixture
def page(bench, qtbot):
    bridge = bench.bridge  # while the network fits the data
    use(bench, SOURCES.make("iris"))
    made = DataPage(bench.document, bench.view, bench.theme, bridge)
    qtbot.addWidget(made)
    made.resize(900, 320)
    made.show()
    qtbot.waitActive(made)
    yield made
    made.shutdown()


def model(page):
    return page.table.model()


def cell(page, row, section):
    return model(page).index(row, section).data()


def centre(page, row, section):
    return page.table.visualRect(model(page).index(row, section)).center()


def click(page, row, section=1, **keys):
    view = page.table.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=centre(page, row, section), **keys)


def click_header(page, section):
    header = page.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(section) + 12, 8)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_rows_stand_with_part_and_class(page, bench):
    prepared = bench.state.prepared
    assert model(page).rowCount() == 150
    names = [
        model(page).headerData(i, Qt.Orientation.Horizontal)
        for i in range(model(page).columnCount())
    ]
    assert names[0].startswith("Part")
    assert names[1] == "sepal_length\nfeature · number"
    assert names[-1] == "species\ntarget · category"
    for row in (0, 75, 149):
        assert float(cell(page, row, 1)) == prepared.dataset.features[row, 0]
        assert cell(page, row, 5) == ("setosa", "versicolor", "virginica")[row // 50]
        part = PARTS.index(cell(page, row, 0))
        rows = (prepared.split.train, prepared.split.validation, prepared.split.test)[part]
        assert row in rows
    assert page.words.text == "150 rows, 4 features"


def test_a_click_selects_the_row_everywhere_and_back(page, bench):
    told = []
    bench.view.rows_selected.connect(told.append)
    click(page, 2)
    assert told == [frozenset([2])]
    assert page.walk.isEnabled()
    bench.view.select_rows(frozenset([100, 101, 120]))
    chosen = {i.row() for i in page.table.selectionModel().selectedRows()}
    assert chosen == {100, 101, 120}
    assert not page.walk.isEnabled()
    assert page.table.visualRect(model(page).index(100, 0)).intersects(page.table.viewport().rect())
    assert told[1:] == [frozenset([100, 101, 120])]


def test_the_keyboard_walks_the_rows(page, bench):
    click(page, 0)
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    assert bench.view.rows == {1}
    QTest.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert bench.view.rows == {1, 2}


def test_a_row_is_walked_by_button_and_double_click(page):
    walked = []
    page.walk_row.connect(walked.append)
    click(page, 3)
    QTest.mouseClick(page.walk, Qt.MouseButton.LeftButton)
    view = page.table.viewport()
    click(page, 1)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=centre(page, 1, 1))
    assert walked == [3, 1]


def test_a_header_sorts_up_down_and_back_and_rows_stay_chosen(page, bench):
    raw = bench.state.prepared.dataset.features[:, 0]
    click(page, 5)
    click_header(page, 1)
    assert float(cell(page, 0, 1)) == raw.min()
    assert bench.view.rows == {5}
    (index,) = page.table.selectionModel().selectedRows()
    assert model(page).row_of(index.row()) == 5
    assert model(page).headerData(index.row(), Qt.Orientation.Vertical) == "6"
    assert page.facts.currentIndex().row() == 0
    click_header(page, 1)
    assert float(cell(page, 0, 1)) == raw.max()
    click(page, 0)
    assert bench.view.rows == {int(model(page).row_of(0))}
    assert raw[model(page).row_of(0)] == raw.max()
    click_header(page, 1)
    assert model(page).row_of(7) == 7


def test_statistics_of_each_column(page, bench, qtbot):
    qtbot.waitUntil(lambda: page.page.columns[0].summed, timeout=3000)
    raw = bench.state.prepared.dataset.features[:, 0]
    assert dict(facts_of(page.page.columns[0])) == {
        "Rows": "150",
        "Missing": "0",
        "Smallest": f"{raw.min():.6g}",
        "Largest": f"{raw.max():.6g}",
        "Mean": f"{raw.mean():.6g}",
        "Deviation": f"{raw.std():.6g}",
        "Distinct": str(len(np.unique(raw))),
    }
    counts = balance(page.page.columns[-1], page.page.part)
    assert counts.tolist() == [[30, 10, 10]] * 3
    page.facts.scrollToBottom()
    qtbot.waitUntil(lambda: page.page.columns[-1].summed, timeout=3000)
    tip = page.facts.model().index(4, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "setosa: 30 training, 10 validation, 10 test" in tip


def test_a_column_is_picked_in_the_list(page):
    page.resize(500, 320)
    facts = page.facts
    at = facts.visualRect(facts.model().index(1, 0)).center()
    QTest.mouseClick(facts.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert page.table.visualRect(model(page).index(0, 2)).intersects(page.table.viewport().rect())


def test_the_plot_is_made_when_it_is_looked_at_and_a_click_takes_the_row(page, bench, qtbot):
    assert page.scatter is None
    page.resize(420, 320)  # as wide as the window gives at first
    QTest.mouseClick(page.tabs.buttons[PLOT], Qt.MouseButton.LeftButton)
    scatter = page.scatter
    for label in scatter.findChildren(QLabel):
        assert label.width() >= label.sizeHint().width(), label.text()
    assert scatter.note.width() >= scatter.note.sizeHint().width()
    assert [box.currentText() for box in scatter.boxes] == ["sepal_length", "sepal_width"]
    assert len({d.colour for d in scatter._dots.dots}) == 3
    assert sum(len(d.x) for d in scatter._dots.dots) == 150
    scatter.boxes[1].setFocus()
    QTest.keyClick(scatter.boxes[1], Qt.Key.Key_Down)
    assert scatter.boxes[1].currentText() == "petal_length"
    page.grab()
    QApplication.processEvents()
    raw = bench.state.prepared.dataset.features
    frame = scatter.sheet.frame_of(scatter.plot)
    place = frame.at(raw[118, 0], raw[118, 2])
    QTest.mouseClick(scatter.sheet.viewport(), Qt.MouseButton.LeftButton, pos=place.toPoint())
    qtbot.waitUntil(lambda: bench.view.rows == {118}, timeout=2000)
    assert len(scatter._ring.data) == 1


def test_digits_are_pictures(page, bench):
    use(bench, SOURCES.make("digits"))
    assert model(page).headerData(1, Qt.Orientation.Horizontal).startswith("Picture")
    assert model(page).headerData(2, Qt.Orientation.Horizontal).startswith("digit\n")
    raw = bench.state.prepared.dataset.features[0].reshape(8, 8)
    image = model(page).index(0, 1).data(Qt.ItemDataRole.DecorationRole).toImage()
    grey = np.array(
        [
            [image.pixelColor(x * 28 // 8 + 1, y * 28 // 8 + 1).red() for x in range(8)]
            for y in range(8)
        ]
    )
    assert np.corrcoef(grey.ravel(), raw.ravel())[0, 1] < -0.9  # dark where there is ink
    page.grab()


def test_a_file_with_gaps_words_and_columns_left_out(page, bench, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,size,town,y\n1,2,A,0\n2,,B,1\n3,4,B,0\n4,5,C,1\n", encoding="utf-8")
    source = import_file(path).source
    columns = tuple(
        dataclasses.replace(c, role="ignore") if c.name == "id" else c for c in source.columns
    )
    use(bench, source.replace(columns=columns))
    assert page.words.text == (
        "3 rows, 2 features; 1 row with missing values is left out; columns left out: id"
    )
    assert [cell(page, 1, i) for i in (1, 2, 3)] == ["4", "B", "0"]
    assert dict(facts_of(page.page.columns[0]))["Missing"] == "1"
    TABLES.clear()


def test_a_hundred_thousand_rows_ask_for_what_is_seen_alone(page, bench, tmp_path, monkeypatch):
    path = tmp_path / "long.csv"
    table = np.random.default_rng(0).normal(size=(100_000, 8)).round(3)
    lines = "\n".join(",".join(map(str, row)) for row in table.tolist())
    path.write_text("a,b,c,d,e,f,g,y\n" + lines, encoding="utf-8")
    source = import_file(path).source
    bench.state.prepared  # noqa: B018 - what is counted is the page's work
    model(page).asked = 0
    use(bench, source)
    page.grab()
    assert model(page).rowCount() == 100_000
    seen = page.table.viewport().height() // page.table.rowHeight(0) + 2
    assert 0 < model(page).asked <= 4 * seen * model(page).columnCount()
    model(page).asked = 0
    page.table.verticalScrollBar().setValue(60_000)
    page.grab()
    assert model(page).asked <= 4 * seen * model(page).columnCount()
    assert sum(c.summed for c in page.page.columns) <= 5  # those in sight of the list
    QTest.keyClick(page.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(bench.view.rows) == 100_000
    page.show_tab(PLOT)
    assert sum(len(d.x) for d in page.scatter._dots.dots) == 5000
    TABLES.clear()


def test_nothing_is_looked_at_while_out_of_sight(page, bench, monkeypatch):
    page.hide()
    before = page.page
    use(bench, SOURCES.make("wine"))
    assert page.page is before
    page.show()
    assert page.page.name == "Wine"


def test_rows_chosen_while_out_of_sight_are_shown_when_it_comes_back(page, bench, monkeypatch):
    page.hide()
    bench.view.select_rows(frozenset([7, 90]))
    assert not page.table.selectionModel().hasSelection()
    assert page.walk.isEnabled() is False
    page.show()
    assert {i.row() for i in page.table.selectionModel().selectedRows()} == {7, 90}
    bench.view.select_rows(frozenset([4]))
    assert [i.row() for i in page.table.selectionModel().selectedRows()] == [4]


def background(page, row):
    return model(page).index(row, 1).data(Qt.ItemDataRole.BackgroundRole)


def test_very_many_rows_are_marked_at_once(page, bench, monkeypatch):
    """Qt takes seconds for thousands of single rows, so they are no selection of Qt's."""
    monkeypatch.setattr("gradloom.ui.table.rows._MOST_RUNS", 3)
    every_second = frozenset(range(0, 20, 2))
    bench.view.select_rows(every_second)
    assert not page.table.selectionModel().hasSelection()
    assert {row for row in range(150) if background(page, row) is not None} == every_second
    click_header(page, 1)
    marked = {model(page).row_of(row) for row in range(150) if background(page, row) is not None}
    assert marked == every_second, "sorted, the same rows are marked"
    click(page, 5)
    assert len(bench.view.rows) == 1
    assert all(background(page, row) is None for row in range(150))
    bench.view.select_rows(every_second)
    bench.view.select_rows(frozenset([1, 2, 3, 9]))
    assert all(background(page, row) is None for row in range(150))
    rows = {model(page).row_of(i.row()) for i in page.table.selectionModel().selectedRows()}
    assert rows == {1, 2, 3, 9}


def test_a_narrow_page_has_the_columns_behind_the_rows(page):
    assert page.facts.isVisible()
    assert not page.tabs.buttons[COLUMNS].isVisible()
    page.resize(420, 300)
    assert not page.facts.isVisible()
    QTest.mouseClick(page.tabs.buttons[COLUMNS], Qt.MouseButton.LeftButton)
    assert page.facts.isVisible()
    assert not page.table.isVisible()
    page.resize(900, 300)
    assert page.facts.isVisible()
    assert page.table.isVisible()
    assert page.tabs.buttons[ROWS].isChecked()


def test_both_themes(page, bench):
    page.show_tab(PLOT)
    for tab in (ROWS, PLOT):
        page.show_tab(tab)
        light = page.grab().toImage()
        bench.theme.set_mode("dark")
        assert page.grab().toImage() != light
        bench.theme.set_mode("light")


def test_the_page_of_no_rows(page, bench, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n1,2\n3,4\n", encoding="utf-8")
    source = import_file(path).source
    TABLES.clear()
    page.show_tab(PLOT)
    use(bench, source)
    assert model(page).rowCount() == 0
    assert page.scatter.note.text == "The dataset has no rows."
    page.grab()
    QTest.mouseClick(
        page.scatter.sheet.viewport(), Qt.MouseButton.LeftButton, pos=QPointF(90, 90).toPoint()
    )
