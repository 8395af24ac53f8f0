"""A document with everything the panels need, its training never started unless a test does."""

from __future__ import annotations

import pytest


class Bench:
    """Document, view, theme and training of one test."""

    def __init__(self, state, theme):
        from gradloom.document import Document
        from gradloom.ui.view import View
        from gradloom.ui.worker import TrainingBridge

        self.document, self.view, self.theme = Document(state), View(), theme
        self.bridge = TrainingBridge(self.document)
        self.said = []
        self.view.message.connect(self.said.append)

    @property
    def state(self):
        return self.document.state

    def select(self, *layers, edges=()):
        from gradloom.ui.view import Selection

        self.view.select(Selection(frozenset(layers), frozenset(edges)))


@pytest.fixture
def bench(qtbot, theme):
    """The first project, with its run set up (start values drawn)."""
    from gradloom.document.samples import first_project

    made = Bench(first_project(), theme)
    qtbot.waitUntil(lambda: made.bridge.latest is not None)
    yield made
    made.bridge.shutdown()
