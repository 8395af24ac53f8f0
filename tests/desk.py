"""A window with the panels that have to do with files, and what tests do with it."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gradloom.data import TABLES
from gradloom.ui.importing import Importer
from gradloom.ui.panels.data import DataPanel
from gradloom.ui.panels.problems import ProblemsPanel
from gradloom.ui.tables import TableProgress, TableService


class Desk:
    """A window with the panels that have to do with files."""

    def __init__(self, bench, folder):
        self.bench, self.folder = bench, folder
        self.window = QWidget()
        self.tables = TableService(bench.document, lambda: self.folder)
        self.importer = Importer(bench.document, bench.view, bench.theme, self.tables, self.window)
        self.data = DataPanel(bench.document, bench.view, bench.theme, self.importer)
        self.problems = ProblemsPanel(bench.document, bench.view, bench.theme, self.importer)
        self.progress = TableProgress(self.tables)
        layout = QVBoxLayout(self.window)
        for widget in (self.data, self.problems, self.progress):
            layout.addWidget(widget)
        self.window.resize(320, 900)

    @property
    def dialog(self):
        return self.importer.dialog

    @property
    def source(self):
        return self.bench.state.data.source


def settle(desk, qtbot):
    qtbot.waitUntil(lambda: not desk.tables.busy, timeout=5000)


def open_(desk, qtbot, path):
    desk.importer.open(path)
    settle(desk, qtbot)
    return desk.dialog


def press(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def reopened(desk, qtbot):
    """The project as it is when it comes from a file: nothing in the store."""
    state = desk.bench.state
    TABLES.clear()
    desk.bench.document.replace(dataclasses.replace(state, data=state.data.replace()))
    assert desk.source.waiting
    tried = lambda: not desk.source.waiting or TABLES.note(desk.source.key) != ""  # noqa: E731
    qtbot.waitUntil(tried)
    settle(desk, qtbot)
