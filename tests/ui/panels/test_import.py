"""Tables from files into the project, by real keys and clicks."""

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QStyleOptionHeaderV2

from desk import open_, press, reopened, settle
from gradloom.data import TABLES, FileTable

FLOWERS = "name;length;width;kind\n" + "".join(
    f"n{i};{i},5;{i % 7};{'red' if i % 3 else 'blue'}\n" for i in range(60)
)


@pytest.fixture
def flowers(tmp_path):
    path = tmp_path / "flowers.csv"
    path.write_text(FLOWERS, encoding="utf-8")
    return path


def click_header(dialog, column):
    header = dialog.table.horizontalHeader()
    at = QPoint(header.sectionViewportPosition(column) + 8, 8)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)


def roles(dialog):
    return [(c.name, c.role, c.type) for c in dialog.columns]


def test_the_button_opens_a_preview_and_ok_is_one_edit(desk, qtbot, flowers, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(flowers), ""))
    press(desk.data.open_button)
    settle(desk, qtbot)
    dialog = desk.dialog
    assert dialog.form.record.delimiter == "semicolon"
    assert dialog.form.record.decimal == "comma"
    assert roles(dialog) == [
        ("name", "feature", "category"),
        ("length", "feature", "number"),
        ("width", "feature", "number"),
        ("kind", "target", "category"),
    ]
    assert dialog.model.rowCount() == 50
    click_header(dialog, 0)
    press(dialog.roles.buttons[2])
    assert roles(dialog)[0] == ("name", "ignore", "category")
    before = desk.bench.state
    press(dialog.ok)
    settle(desk, qtbot)
    assert desk.dialog is None
    assert isinstance(desk.source, FileTable)
    assert desk.source.path == "flowers.csv"
    assert not desk.source.embedded
    dataset = desk.bench.state.prepared.dataset
    assert dataset.feature_names == ("length", "width")
    assert dataset.target_columns[0].classes == ("blue", "red")
    assert len(dataset) == 60
    assert desk.bench.state.ready
    assert desk.data.own.isChecked()
    assert desk.data.counts.text().startswith("60 rows:")
    assert desk.bench.document.undo_label == "Data: flowers.csv"
    desk.bench.document.undo()
    assert desk.bench.state == before
    desk.bench.document.redo()
    assert desk.bench.state.ready


def test_a_changed_format_shows_at_once_and_choices_stay(desk, qtbot, flowers):
    dialog = open_(desk, qtbot, flowers)
    click_header(dialog, 2)
    press(dialog.roles.buttons[1])
    combo = dialog.form.rows["delimiter"].field.combo
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)  # tab
    settle(desk, qtbot)
    assert len(dialog.columns) == 1
    assert not dialog.ok.isEnabled()
    assert dialog.trouble.text()
    QTest.keyClick(combo, Qt.Key.Key_Up)
    settle(desk, qtbot)
    assert dialog.form.record.delimiter == "semicolon"
    assert dialog.ok.isEnabled()
    assert ("width", "target", "number") in roles(dialog)


def test_gaps_and_slips_are_told_apart_in_the_preview(desk, qtbot, flowers):
    lines = FLOWERS.splitlines()
    flowers.write_text("\n".join([lines[0], "n;NA;oops;red", *lines[1:]]), encoding="utf-8")
    dialog = open_(desk, qtbot, flowers)
    cells = [dialog.model.index(0, column) for column in range(4)]
    colours = [cell.data(Qt.ItemDataRole.ForegroundRole) for cell in cells]
    tips = [cell.data(Qt.ItemDataRole.ToolTipRole) for cell in cells]
    theme = desk.bench.theme
    assert tips == [None, "Missing", "'oops' is not a number.", None]
    assert colours[:3] == [None, theme.colour("quiet"), theme.colour("error")]
    assert "sheet" not in dialog.form.rows


def test_a_long_name_ends_in_dots_and_leaves_what_the_column_is(desk, qtbot, flowers):
    name = "mean yearly rainfall in millimetres, measured at the station " * 2
    flowers.write_text(f"{name};kind\n1;a\n2;b\n", encoding="utf-8")
    dialog = open_(desk, qtbot, flowers)
    option = QStyleOptionHeaderV2()
    dialog.table.horizontalHeader().initStyleOptionForIndex(option, 0)
    first, second = option.text.split("\n")
    assert first.startswith("mean yearly")
    assert first.endswith("…")
    assert option.fontMetrics.horizontalAdvance(first) <= dialog.table.columnWidth(0) - 12
    assert second == "Feature · number"


def test_a_chosen_column_tells_its_words_and_gaps(desk, qtbot, flowers):
    days = "".join(f"day {i};{i % 9 or 'NA'};{'red' if i % 3 else 'blue'}\n" for i in range(120))
    flowers.write_text(f"day;width;kind\n{days}", encoding="utf-8")
    dialog = open_(desk, qtbot, flowers)
    assert dialog.which.text == "kind: 2 different words"
    click_header(dialog, 1)
    assert dialog.which.text == "width: 14 gaps"
    click_header(dialog, 0)
    assert dialog.which.text == "day: 120 different words, too many to use"
    assert roles(dialog)[0] == ("day", "ignore", "category")


def test_without_header_columns_get_names(desk, qtbot, flowers):
    dialog = open_(desk, qtbot, flowers)
    press(dialog.form.rows["header"].field.switch)
    settle(desk, qtbot)
    assert [c.name for c in dialog.columns] == ["x1", "x2", "x3", "x4"]


def test_what_has_to_be_mended_is_said_and_stops(desk, qtbot, flowers):
    dialog = open_(desk, qtbot, flowers)
    assert dialog.which.text.startswith("kind:")  # the target is chosen at first
    press(dialog.roles.buttons[0])
    assert dialog.trouble.text().startswith("No column is a target")
    assert not dialog.ok.isEnabled()
    for i in range(4):
        click_header(dialog, i)
        press(dialog.roles.buttons[1])
    assert "has no feature" in dialog.trouble.text()
    before = desk.bench.state
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert desk.dialog is None
    assert desk.bench.state is before


def test_a_bad_cell_is_told_when_the_whole_table_is_read(desk, qtbot, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n" + "1,2\n" * 2000 + "1,two\n", encoding="utf-8")
    dialog = open_(desk, qtbot, path)
    before = desk.bench.state
    press(dialog.ok)
    settle(desk, qtbot)
    assert dialog.trouble.text() == "bad.csv, line 2002, column 'b': 'two' is not a number."
    assert dialog.ok.isEnabled()
    assert desk.bench.state is before


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "empty"),
        ("page.csv", b"<!DOCTYPE html><html><body>no</body></html>", "page"),
        ("nul.csv", b"a,b\n\0\0\0\0\0\0,1\n", "nul.csv"),
    ],
)
def test_a_bad_file_is_one_sentence(desk, qtbot, tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content)
    before = desk.bench.state
    dialog = open_(desk, qtbot, path)
    assert words in dialog.trouble.text()
    assert not dialog.ok.isEnabled()
    assert desk.bench.state is before


def test_excel_without_the_extra_is_one_sentence(desk, qtbot, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"PK")
    dialog = open_(desk, qtbot, path)
    assert "pip install 'gradloom[tables]'" in dialog.trouble.text()
    assert set(dialog.form.rows) == {"header", "skip", "missing"}
    assert not dialog.ok.isEnabled()


def test_an_excel_file_comes_in_like_any_other(desk, qtbot, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (("a", "b", "kind"), (1, 2.5, "x"), (2, 3.5, "y"), (3, 4.5, "x")):
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    press(open_(desk, qtbot, tmp_path / "book.xlsx").ok)
    settle(desk, qtbot)
    assert desk.bench.state.prepared.dataset.features[:, 1].tolist() == [2.5, 3.5, 4.5]


def test_the_sheet_of_a_workbook_is_chosen_from_those_it_has(desk, qtbot, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Numbers"
    for row in (("a", "kind"), (1, "x"), (2, "y")):
        book.active.append(row)
    book.create_sheet("Notes", 0).append(["Measured in May."])
    book.save(tmp_path / "book.xlsx")
    dialog = open_(desk, qtbot, tmp_path / "book.xlsx")
    combo = dialog.sheets.combo
    assert combo.isVisible()
    assert combo.currentText() == "Notes"
    assert "no rows below" in dialog.trouble.text()
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    settle(desk, qtbot)
    assert combo.currentText() == "Numbers"
    assert [c.name for c in dialog.columns] == ["a", "kind"]
    press(dialog.ok)
    settle(desk, qtbot)
    assert desk.source.format.sheet == "Numbers"
    assert len(desk.bench.state.prepared.dataset) == 2


def test_a_folder_is_one_sentence(desk, qtbot, tmp_path):
    dialog = open_(desk, qtbot, tmp_path)
    assert "none was found" in dialog.trouble.text()


def test_data_that_does_not_fit_the_output_offers_its_remedy(desk, qtbot, tmp_path):
    path = tmp_path / "three.csv"
    path.write_text("a,b,kind\n" + "1,2,x\n2,3,y\n4,5,z\n" * 9, encoding="utf-8")
    imported(desk, qtbot, path)
    (card,) = [c for c in desk.data.cards if c.problem.fix == "fit_output"]
    press(card.fix)
    assert desk.bench.state.ready


def test_a_file_is_dropped_on_the_window(desk, qtbot, flowers):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(flowers))])
    args = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    enter = QDragEnterEvent(QPoint(5, 5), *args)
    QApplication.sendEvent(desk.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(desk.window, QDropEvent(QPointF(5, 5), *args))
    settle(desk, qtbot)
    assert desk.dialog.windowTitle() == "Open table"
    data.setUrls([QUrl.fromLocalFile("/x/y.gradloom")])
    other = QDragEnterEvent(QPoint(5, 5), *args)
    other.ignore()
    QApplication.sendEvent(desk.window, other)
    assert not other.isAccepted()


def test_several_files_dropped_at_once_are_told(desk, qtbot, flowers):
    said = []
    desk.bench.view.message.connect(said.append)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(flowers)), QUrl.fromLocalFile("/x/y.csv")])
    args = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0))
    QApplication.sendEvent(desk.window, QDragEnterEvent(QPoint(5, 5), *args))
    QApplication.sendEvent(desk.window, QDropEvent(QPointF(5, 5), *args))
    assert desk.dialog is None
    assert said[-1].startswith("One file at a time")


def test_rows_are_pasted_into_the_data_panel(desk, qtbot):
    QGuiApplication.clipboard().setText("a\tb\n1\t2\n3\t4\n5\t6\n")
    thumb = next(iter(desk.data.thumbnails.values()))
    thumb.setFocus()
    QTest.keyClick(thumb, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle(desk, qtbot)
    press(desk.dialog.ok)
    settle(desk, qtbot)
    assert desk.source.embedded
    assert len(desk.bench.state.prepared.dataset) == 3
    QGuiApplication.clipboard().clear()
    assert not desk.importer.paste()


def imported(desk, qtbot, path):
    press(open_(desk, qtbot, path).ok)
    settle(desk, qtbot)
    assert isinstance(desk.source, FileTable)


def test_a_project_that_is_opened_reads_its_file_and_everyone_looks_again(desk, qtbot, flowers):
    imported(desk, qtbot, flowers)
    told = []
    disconnect = desk.bench.document.changed.connect(lambda b, a: told.append((b, a)))
    reopened(desk, qtbot)
    disconnect()
    before, after = told[-1]
    assert before == after
    assert before.data is not after.data
    assert not desk.bench.document.modified
    assert desk.bench.document.undo_label == ""
    assert len(desk.bench.state.prepared.dataset) == 60
    assert all("file" not in c.problem.fix for c in desk.problems.cards)


def test_a_file_that_changed_is_read_again_by_the_button(desk, qtbot, flowers):
    imported(desk, qtbot, flowers)
    flowers.write_text(FLOWERS + "n61;1,5;2;blue\n", encoding="utf-8")
    said = []
    desk.bench.view.message.connect(said.append)
    reopened(desk, qtbot)
    assert said[-1].startswith("flowers.csv has changed since it was read")
    card = next(c for c in desk.problems.cards if c.problem.fix == "load_file")
    assert "has changed" in card.problem.text
    press(card.fix)
    settle(desk, qtbot)
    assert len(desk.bench.state.prepared.dataset) == 61
    assert desk.bench.document.undo_label == "Read flowers.csv again"
    assert not any(c.problem.fix == "load_file" for c in desk.problems.cards)


def test_weights_trained_on_a_file_before_it_changed_are_carried_over(desk, qtbot, flowers):
    imported(desk, qtbot, flowers)
    for card in desk.problems.cards:
        press(card.fix)
    bridge = desk.bench.bridge
    bridge.step_epoch()
    qtbot.waitUntil(lambda: bridge.latest is not None and bridge.latest.epoch == 1)
    learnt = bridge.checkpoint()
    flowers.write_text(FLOWERS + "n6;1,5;2;blue\n", encoding="utf-8")
    reopened(desk, qtbot)
    bridge.restore(learnt)
    assert not desk.bench.state.ready
    press(next(c for c in desk.problems.cards if c.problem.fix == "load_file").fix)
    settle(desk, qtbot)
    assert bridge.checkpoint().steps == 0
    bridge.carry_over()
    assert np.array_equal(bridge.checkpoint().theta, learnt.theta)


def test_a_file_that_is_gone_is_looked_for(desk, qtbot, flowers, tmp_path, monkeypatch):
    imported(desk, qtbot, flowers)
    (tmp_path / "there").mkdir()
    moved = flowers.rename(tmp_path / "there" / "flowers2.csv")
    reopened(desk, qtbot)
    (card,) = [c for c in desk.data.cards if c.problem.fix == "load_file"]
    asked = []
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda _, title, *a: asked.append(title) or (str(moved), "")
    )
    press(card.fix)
    settle(desk, qtbot)
    assert asked == ["Where is flowers.csv?"]
    assert desk.source.path == "there/flowers2.csv"
    assert len(desk.bench.state.prepared.dataset) == 60


def test_columns_are_changed_afterwards(desk, qtbot, flowers):
    imported(desk, qtbot, flowers)
    press(desk.data.change_button)
    settle(desk, qtbot)
    dialog = desk.dialog
    click_header(dialog, 0)
    press(dialog.roles.buttons[2])
    press(dialog.ok)
    settle(desk, qtbot)
    assert desk.bench.state.prepared.dataset.feature_names == ("length", "width")


def test_a_run_waits_for_its_file(desk, qtbot, flowers):
    imported(desk, qtbot, flowers)
    bridge = desk.bench.bridge
    bridge.step_batch()
    qtbot.waitUntil(lambda: bridge.latest is not None and bridge.latest.steps == 1, timeout=5000)
    run = bridge.checkpoint()
    state = desk.bench.state
    TABLES.clear()
    desk.bench.document.replace(dataclasses.replace(state, data=state.data.replace()))
    bridge.restore(run)
    assert bridge.checkpoint().steps == 1  # saved as it was, whether the file is there or not
    settle(desk, qtbot)
    qtbot.waitUntil(lambda: bridge.latest is not None, timeout=5000)
    assert bridge.latest.steps == 1
    assert (bridge.checkpoint().theta == run.theta).all()


def test_reading_can_be_cancelled(desk, qtbot):
    def work(waiting):
        while True:
            waiting.tell(0.5)

    told = []
    desk.tables.run("Reading long.csv …", work, told.append, told.append)
    qtbot.waitUntil(desk.progress.isVisible, timeout=3000)
    assert desk.progress.words.text == "Reading long.csv …"
    qtbot.waitUntil(lambda: desk.progress.bar.value() == 50, timeout=3000)
    press(desk.progress.cancel)
    settle(desk, qtbot)
    assert desk.progress.isHidden()
    assert told == []
