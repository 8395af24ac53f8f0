"""A canvas with the first network, a hand that uses the mouse, and a pretended training."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gradloom.document import Document, Place
from gradloom.document.samples import first_project
from gradloom.session.mapping import MapResult
from gradloom.ui.canvas import Canvas
from gradloom.ui.canvas.cells import bias_at
from gradloom.ui.view import View

PLAIN = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


class FakeBridge(QObject):
    """Parameters without a training thread; an edit is noted and shown at once."""

    progressed = Signal(object)

    def __init__(self, state):
        super().__init__()
        rng = np.random.default_rng(7)
        self.numbers, self.edits = {}, []
        for layer in state.graph:
            shapes = state.analysis.inputs.get(layer.id)
            if shapes and layer.kind.kind == "dense":
                self.numbers[layer.id, "W"] = rng.normal(size=(shapes[0][0], layer.kind.units))
                self.numbers[layer.id, "b"] = rng.normal(size=layer.kind.units)

    def parameter(self, layer, name):
        found = self.numbers.get((layer, name))
        return None if found is None else found.copy()

    def edit_weight(self, layer, parameter, index, value):
        self.edits.append((layer, parameter, index, value))
        self.numbers[layer, parameter][index] = value
        self.progressed.emit(None)


class FakeMaps(QObject):
    """A map whose neurons are slopes in different directions."""

    updated = Signal(object)

    def __init__(self, state):
        super().__init__()
        y, x = np.mgrid[-1:1:40j, -1:1:40j]
        self.latest = MapResult(
            run=1,
            steps=0,
            taken_at=0.0,
            neurons={
                id_: np.stack([np.tanh(3 * (x * np.cos(k) + y * np.sin(k))) for k in range(n)])
                for id_, (n, *_) in state.analysis.shapes.items()
            },
        )


class Hand:
    """A mouse over the viewport, in scene coordinates."""

    def __init__(self, canvas):
        self.canvas, self.viewport = canvas, canvas.board.viewport()

    def pixel(self, at):
        return self.canvas.board.viewportTransform().map(QPointF(*at)).toPoint()

    def move(self, at):
        QTest.mouseMove(self.viewport, self.pixel(at))

    def press(self, at, keys=PLAIN, button=LEFT):
        QTest.mousePress(self.viewport, button, keys, self.pixel(at))

    def release(self, at, keys=PLAIN, button=LEFT):
        QTest.mouseRelease(self.viewport, button, keys, self.pixel(at))

    def click(self, at, keys=PLAIN):
        self.press(at, keys)
        self.release(at, keys)

    def double(self, at):
        QTest.mouseDClick(self.viewport, LEFT, PLAIN, self.pixel(at))

    def start(self, begin, end, keys=PLAIN, button=LEFT):
        """Press and move without letting go."""
        self.press(begin, keys, button)
        for share in (0.3, 0.7, 1.0):
            x, y = (a + (b - a) * share for a, b in zip(begin, end, strict=True))
            self.move((x, y))

    def drag(self, begin, end, keys=PLAIN, button=LEFT):
        self.start(begin, end, keys, button)
        self.release(end, keys, button)

    def drop(self, kind, at, mime="application/x-gradloom-kind"):
        """A palette layer over the canvas; whether it was taken."""
        data = QMimeData()
        data.setData(mime, kind.encode())
        pixel, action = QPointF(self.pixel(at)), Qt.DropAction.CopyAction
        for event in (
            QDragEnterEvent(pixel.toPoint(), action, data, LEFT, PLAIN),
            QDragMoveEvent(pixel.toPoint(), action, data, LEFT, PLAIN),
        ):
            QApplication.sendEvent(self.viewport, event)
        hot = [e for e, cable in self.canvas.sheet.cables.items() if cable.target]
        dropped = QDropEvent(pixel, action, data, LEFT, PLAIN)
        QApplication.sendEvent(self.viewport, dropped)
        return dropped.isAccepted(), hot

    def key(self, key, keys=PLAIN):
        QTest.keyClick(self.canvas.board, key, keys)

    def type(self, text):
        QTest.keyClicks(QApplication.focusWidget(), text)

    # where things are, in scene coordinates

    def out(self, layer):
        return self.canvas.sheet.output_at(layer)

    def into(self, layer, port=0):
        return self.canvas.sheet.input_at(layer, port)

    def body(self, layer):
        box = self.canvas.sheet.cards[layer].box()
        return box.x + 76, box.y + 46

    def name(self, layer):
        card = self.canvas.sheet.cards[layer]
        return card.face.frame.name.moved(card.x() - 20, card.y()).middle

    def toggle(self, layer):
        card = self.canvas.sheet.cards[layer]
        return card.face.frame.toggle.moved(card.x(), card.y()).middle

    def unit(self, layer, unit):
        card = self.canvas.sheet.cards[layer]
        return card.face.frame.neuron(unit).moved(card.x(), card.y()).middle

    def bias(self, layer, unit):
        card = self.canvas.sheet.cards[layer]
        return bias_at(card.face.frame, unit).moved(card.x(), card.y()).middle

    def line(self, layer, i, j, share=0.3):
        lines = self.canvas.sheet.links[layer].lines
        return tuple(lines.starts[i] + (lines.ends[j] - lines.starts[i]) * share)

    def middle(self, edge):
        ends = self.canvas.sheet.cables[edge].ends
        return (ends[0] + ends[6]) / 2, (ends[1] + ends[7]) / 2

    def far(self):
        """Somewhere empty, below everything."""
        boxes = self.canvas.sheet.boxes().values()
        return 300.0, max((b.bottom for b in boxes), default=0.0) + 120.0


@pytest.fixture
def open_canvas(qtbot, theme):
    """Opens a canvas on a state; `live` adds a pretended training and map."""

    def make(state, live=False, size=(1400, 700)):
        document, view = Document(state), View()
        bridge = FakeBridge(state) if live else None
        maps = FakeMaps(state) if live else None
        canvas = Canvas(document, view, theme, bridge, maps)
        canvas.bridge, canvas.maps = bridge, maps
        canvas.said = []
        view.message.connect(canvas.said.append)
        qtbot.addWidget(canvas)
        canvas.resize(*size)
        with qtbot.waitExposed(canvas):
            canvas.show()
        canvas.focus()
        qtbot.wait(1)
        return canvas

    return make


@pytest.fixture(scope="session")
def chain():
    """The first network in a row of closed cards, whatever the sample shows at first."""
    state = first_project()
    order = ("input_1", "dense_1", "dense_2", "dense_3", "output_1")
    return state.with_places({i: Place(192.0 * n, 0.0) for n, i in enumerate(order)})


@pytest.fixture
def canvas(open_canvas, chain):
    return open_canvas(chain)


@pytest.fixture
def hand(canvas):
    return Hand(canvas)


@pytest.fixture
def hand_on():
    return Hand


@pytest.fixture
def origin():
    return QPoint(0, 0)


@pytest.fixture
def wheel():
    """Turn the wheel over a place of the viewport."""

    def turn(canvas, at, delta, pixels=0, keys=Qt.KeyboardModifier.NoModifier):
        viewport = canvas.board.viewport()
        event = QWheelEvent(
            QPointF(at),
            viewport.mapToGlobal(QPointF(at)),
            QPoint(0, pixels),
            QPoint(0, delta),
            Qt.MouseButton.NoButton,
            keys,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)

    return turn
