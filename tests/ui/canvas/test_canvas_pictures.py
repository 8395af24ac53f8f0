"""Pixel snapshots of card, cable and opened layers, light and dark."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from gradloom.graph import Edge
from gradloom.ui.canvas import changes
from gradloom.ui.canvas.geometry import around
from gradloom.ui.view import Selection


def picture(canvas, box, scale=2.0):
    """A part of the scene as an image, the same on every machine."""
    x, y, width, height = box
    image = QImage(int(width * scale), int(height * scale), QImage.Format.Format_RGB32)
    image.fill(canvas.sheet.ink.window)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    canvas.sheet.render(painter, QRectF(image.rect()), QRectF(x, y, width, height))
    painter.end()
    return image


def wide(canvas, layers, margin=24):
    hull = around(canvas.sheet.boxes(layers).values())
    return hull.x - margin, hull.y - margin, hull.width + 2 * margin, hull.height + 2 * margin


@pytest.fixture(params=["light", "dark"])
def mode(request, theme):
    theme.set_mode(request.param)
    return request.param


def test_cards(mode, open_canvas, chain, hand_on, snapshot):
    canvas = open_canvas(chain)
    canvas.document.edit("Cut", changes.remove(("output_1",), ()))
    canvas.document.edit("Add", changes.add(changes.made("subtract"), (224.0, 88.0)))
    canvas.view.select(Selection(frozenset(("dense_1",))))
    canvas.sheet.cards["dense_2"].set_state(hovered=True)
    canvas.sheet.cards["input_1"].set_state(focused=True)
    layers = ("input_1", "dense_1", "dense_2", "subtract_1")
    snapshot(picture(canvas, wide(canvas, layers)), f"canvas-cards-{mode}")


def test_cables(mode, open_canvas, chain, snapshot):
    canvas = open_canvas(chain)
    canvas.document.edit(
        "Move", changes.move({"dense_1": (220.0, 120.0), "dense_3": (440.0, 200.0)})
    )
    canvas.view.select(Selection(frozenset(), frozenset((Edge("dense_1", "dense_2"),))))
    snapshot(
        picture(canvas, wide(canvas, ("input_1", "dense_1", "dense_2", "dense_3"))),
        f"canvas-cables-{mode}",
    )


def test_opened(mode, open_canvas, chain, hand_on, snapshot):
    state = chain
    ids = {"input_1", "dense_1", "dense_2"}
    canvas = open_canvas(changes.set_open(ids, {}, opened=True)(state), live=True)
    hand = hand_on(canvas)
    hand.move(hand.far())
    hand.move(hand.unit("dense_1", 1))
    assert canvas.sheet.cards["dense_1"].hot_unit == 1
    snapshot(picture(canvas, wide(canvas, ids)), f"canvas-neurons-{mode}")


def test_far_away(mode, open_canvas, chain, snapshot):
    """Below a third of the size, texts give way to icons."""
    canvas = open_canvas(chain)
    snapshot(picture(canvas, wide(canvas, None), scale=0.3), f"canvas-far-{mode}")


def test_pulled_cable(open_canvas, chain, hand_on, snapshot, theme, qtbot):
    canvas = open_canvas(chain)
    hand = hand_on(canvas)
    hand.start(hand.out("dense_2"), hand.body("dense_1"))
    snapshot(picture(canvas, wide(canvas, None)), "canvas-pull-refused")
    hand.key(Qt.Key.Key_Escape)
