"""A document with everything the panels need, its training never started unless a test does."""

from __future__ import annotations

from functools import cached_property

import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop


class Bench:
    """Document, view, theme and training of one test."""

    def __init__(self, state, theme):
        from gradloom.document import Document
        from gradloom.ui.view import View

        self.document, self.view, self.theme = Document(state), View(), theme

    @cached_property
    def bridge(self):
        """The training, its run set up; made when a test first asks for it."""
        from gradloom.ui.worker import TrainingBridge

        made = TrainingBridge(self.document)
        while made.latest is None:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
        return made

    @property
    def state(self):
        return self.document.state

    def select(self, *layers, edges=()):
        from gradloom.ui.view import Selection

        self.view.select(Selection(frozenset(layers), frozenset(edges)))


@pytest.fixture
def bench(qtbot, theme):
    """The first project on a bench."""
    from gradloom.document.samples import first_project

    made = Bench(first_project(), theme)
    yield made
    if "bridge" in vars(made):
        made.bridge.shutdown()


@pytest.fixture
def desk(bench, qtbot, tmp_path):
    """A window in which files are opened, for a project in `tmp_path`."""
    from desk import Desk
    from gradloom.data import TABLES

    TABLES.clear()
    made = Desk(bench, tmp_path)
    qtbot.addWidget(made.window)
    made.window.show()
    qtbot.waitActive(made.window)
    yield made
    if made.dialog is not None:
        made.dialog.reject()
    made.tables.shutdown()
    TABLES.clear()
