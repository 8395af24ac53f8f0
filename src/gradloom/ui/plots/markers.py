"""A marker shape per class, so that nothing is told by colour alone."""

from __future__ import annotations

import math
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from gradloom.ui.theme import MARKERS

RADIUS = 4.2  # px of a point on a large plane


@cache
def shape(number: int) -> QPainterPath:
    """The outline of a class's marker, about the size of a circle of radius 1.

    Colours and markers come round again after different numbers of classes, so that both together
    tell seventy apart.
    """
    symbol = MARKERS[number % len(MARKERS)]
    path = QPainterPath()
    if symbol == "o":
        path.addEllipse(QRectF(-1, -1, 2, 2))
        return path
    if symbol == "star":
        radii, turns = [1.35 if i % 2 == 0 else 0.55 for i in range(10)], 10
    else:
        turns = {"s": 4, "t": 3, "d": 4, "p": 5, "h": 6}[symbol]
        radii = [{"s": 1.27, "t": 1.35, "d": 1.3, "p": 1.15, "h": 1.1}[symbol]] * turns
    start = math.pi / 4 if symbol == "s" else -math.pi / 2
    for i, radius in enumerate(radii):
        angle = start + 2 * math.pi * i / turns
        at = QPointF(radius * math.cos(angle), radius * math.sin(angle))
        if i:
            path.lineTo(at)
        else:
            path.moveTo(at)
    path.closeSubpath()
    return path


def stamp(
    number: int,
    part: str,
    colour: str,
    surface: str,
    radius: float,
    ratio: float,
    outline: str = "",
) -> QPixmap:
    """A marker as a picture: train filled, validation hollow, test hollow with a dot inside.

    `outline` sets it off from a background of its own colour; the surface's unless given.
    """
    side = 2 * math.ceil(1.4 * radius + 2)
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(side / 2, side / 2)
    painter.scale(radius, radius)
    filled = part == "train"
    if not filled and outline:
        painter.setPen(QPen(QColor(outline), 3.2 / radius))
        painter.drawPath(shape(number))
    edge = (outline or surface) if filled else colour
    painter.setPen(QPen(QColor(edge), (1.0 if filled else 1.6) / radius))
    painter.setBrush(QColor(colour if filled else surface))
    painter.drawPath(shape(number))
    if part == "test":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(outline or colour))
        painter.drawEllipse(QPointF(0, 0), 0.42, 0.42)
    painter.end()
    return pixmap
