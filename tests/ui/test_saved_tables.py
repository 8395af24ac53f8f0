"""A project on a table of one's own, saved here and there and opened again."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtWidgets import QWidget

from gradloom.data import TABLES
from gradloom.data.table_files import import_file
from gradloom.document import Document
from gradloom.document.samples import first_project
from gradloom.ui.files import Files
from gradloom.ui.tables import TableService
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge


@pytest.fixture
def desk(qtbot, theme, tmp_path):
    TABLES.clear()
    window = QWidget()
    qtbot.addWidget(window)
    document = Document(first_project())
    bridge = TrainingBridge(document)
    files = Files(document, bridge, View(), window)
    tables = TableService(document, lambda: files.path.parent if files.path else None)
    path = tmp_path / "points.csv"
    path.write_text("x1,x2,label\n" + "1,2,A\n3,4,B\n5,7,A\n8,9,B\n" * 5, encoding="utf-8")
    source = import_file(path).source
    document.edit("Data", lambda s: dataclasses.replace(s, data=s.data.replace(source=source)))
    qtbot.waitUntil(lambda: bridge.latest is not None, timeout=5000)
    yield document, bridge, files, tables
    files.leave()
    tables.shutdown()
    bridge.shutdown()
    TABLES.clear()


def test_the_file_is_named_by_the_way_from_the_project(desk, tmp_path, qtbot) -> None:
    document, bridge, files, _ = desk
    assert document.state.data.source.path == str(tmp_path / "points.csv")
    bridge.step_batch()
    qtbot.waitUntil(lambda: bridge.latest is not None and bridge.latest.steps == 1, timeout=5000)
    theta, prepared = bridge.checkpoint().theta, document.state.prepared
    (tmp_path / "sub").mkdir()
    for place, path in (("a.gradloom", "points.csv"), ("sub/b.gradloom", "../points.csv")):
        assert files._write(tmp_path / place)
        assert document.state.data.source.path == path
        assert not files.unsaved
        assert document.state.prepared is prepared  # views keep what they show and have selected
        assert bridge.checkpoint().steps == 1
    TABLES.clear()
    files.load(tmp_path / "sub" / "b.gradloom")
    assert document.state.data.source.waiting
    assert files._write(tmp_path / "c.gradloom")  # before its file was read: the run is kept too
    qtbot.waitUntil(lambda: bridge.latest is not None, timeout=5000)
    assert len(document.state.prepared.dataset) == 20
    assert bridge.latest.steps == 1
    assert (bridge.checkpoint().theta == theta).all()
    TABLES.clear()
    files.load(tmp_path / "c.gradloom")
    qtbot.waitUntil(lambda: bridge.latest is not None, timeout=5000)
    assert (bridge.checkpoint().theta == theta).all()
    assert not files.unsaved
