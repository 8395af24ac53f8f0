"""A stepper panel on a document, shown, in the middle of a training."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gradloom.document import Document
from gradloom.document.samples import samples
from gradloom.ui.stepper import StepperPanel
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge


@pytest.fixture
def stepper(qtbot, theme):
    """`stepper(sample, size)` gives the panel with what it stands on; `key`, `click` drive it."""
    made = []

    def make(sample="classic_step", size=(900, 320), state=None, active=True):
        document, view = Document(state or samples()[sample]), View()
        bridge = TrainingBridge(document)
        panel = StepperPanel(document, view, theme, bridge)
        said = []
        view.message.connect(said.append)
        qtbot.addWidget(panel)
        panel.resize(*size)
        panel.show()
        qtbot.waitExposed(panel)
        made.append((panel, bridge))
        if active:
            panel.enter()
            panel.setFocus()

        def key(which, modifiers=Qt.KeyboardModifier.NoModifier):
            QTest.keyClick(panel, which, modifiers)

        def click(array, cell, double=False):
            matrix = panel.body.arrays.view(array)
            act = QTest.mouseDClick if double else QTest.mouseClick
            place = matrix.cell_rect(cell).center()
            act(matrix.viewport(), Qt.MouseButton.LeftButton, pos=place)

        def hover(array, cell):
            matrix = panel.body.arrays.view(array)
            QTest.mouseMove(matrix.viewport(), QPoint(0, 0))
            QTest.mouseMove(matrix.viewport(), matrix.cell_rect(cell).center())

        return SimpleNamespace(
            panel=panel,
            body=panel.body,
            stepping=panel.stepping,
            document=document,
            bridge=bridge,
            view=view,
            said=said,
            key=key,
            click=click,
            hover=hover,
        )

    yield make
    for panel, bridge in made:
        panel.shutdown()
        panel.close()
        bridge.shutdown()
