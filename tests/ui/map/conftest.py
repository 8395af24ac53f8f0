from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gradloom.document import Document
from gradloom.document.samples import first_project
from gradloom.ui.map import DecisionMap
from gradloom.ui.maps import MapService
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge
from projects import trained

LEFT = Qt.MouseButton.LeftButton


class Bench:
    """A map of a trained state, shown."""

    def __init__(self, qtbot, theme, state, checkpoint=None):
        self.document, self.view = Document(state), View()
        self.bridge = TrainingBridge(self.document)
        if checkpoint is not None:
            self.bridge.restore(checkpoint)
        self.maps = MapService(self.document, self.bridge)
        self.map = DecisionMap(self.document, self.bridge, self.maps, self.view, theme)
        qtbot.addWidget(self.map)
        self.map.resize(520, 400)
        self.map.show()
        steps = 0 if checkpoint is None else checkpoint.steps
        self.qtbot = qtbot
        qtbot.waitUntil(lambda: self.maps.latest is not None)
        if not self.maps.latest.sentence:
            qtbot.waitUntil(lambda: self.maps.latest.steps == steps)
        self.map.grab()

    def hover(self, x, y):
        view = self.map.field.sheet.viewport()
        QTest.mouseMove(view, QPoint(2, 2))  # a pointer that is there already would not move
        QTest.mouseMove(view, self.map.field.frame().at(x, y).toPoint())
        return self.map.reading.text()

    def click(self, x, y):
        at = self.map.field.frame().at(x, y).toPoint()
        view = self.map.field.sheet.viewport()
        QTest.mouseMove(view, at)
        QTest.mouseClick(view, LEFT, pos=at)

    def drag(self, *places, keys=Qt.KeyboardModifier.NoModifier, release=True):
        view, frame = self.map.field.sheet.viewport(), self.map.field.frame()
        points = [frame.at(x, y).toPoint() for x, y in places]
        QTest.mousePress(view, LEFT, keys, points[0])
        for a, b in pairwise(points):
            for share in (0.5, 1.0):
                QTest.mouseMove(view, a + (b - a) * share)
        if release:
            QTest.mouseRelease(view, LEFT, keys, points[-1])

    def choose(self, box, name):
        """Choose a line of a combo box by keys."""
        box.setFocus()
        box.setCurrentIndex(box.findText(name))
        box.activated.emit(box.currentIndex())

    def shade_by(self, name):
        box = self.map.controls.shading
        box.setFocus()
        QTest.keyClicks(box, name)
        assert box.currentText() == name

    def close(self):
        self.maps.shutdown()
        self.bridge.shutdown()


@pytest.fixture
def bench(qtbot, theme):
    made = []

    def make(state, checkpoint=None):
        made.append(Bench(qtbot, theme, state, checkpoint))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def circles():
    return trained(first_project())
