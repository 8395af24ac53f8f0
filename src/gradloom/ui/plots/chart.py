"""What the plots share: a frame that maps data to pixels, axes, polylines.

Why not pyqtgraph here: these plots need fixed ranges and few items; painted directly a frame costs
about a millisecond and the window starts half a second sooner. What seldom changes (axes, legend,
points) is kept as a picture: every call from Python into Qt may have to wait for the training
thread to let the interpreter go.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget
from shiboken6 import VoidPtr

from gradloom.layers.shapes import Array
from gradloom.ui.theme import NORMAL, SMALL, Tokens, font

Range = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """A rectangle of pixels that shows x and y ranges of data."""

    rect: QRectF
    x: Range
    y: Range

    def xs(self, values: Array) -> Array:
        """Pixel columns of data values."""
        span = (self.x[1] - self.x[0]) or 1.0
        columns: Array = self.rect.left() + (values - self.x[0]) / span * self.rect.width()
        return columns

    def ys(self, values: Array) -> Array:
        """Pixel rows of data values."""
        span = (self.y[1] - self.y[0]) or 1.0
        rows: Array = self.rect.bottom() - (values - self.y[0]) / span * self.rect.height()
        return rows

    def at(self, x: float, y: float) -> QPointF:
        """The pixel of a data point."""
        return QPointF(float(self.xs(np.asarray(x))), float(self.ys(np.asarray(y))))

    def back(self, point: QPointF) -> tuple[float, float]:
        """The data point of a pixel."""
        u = (point.x() - self.rect.left()) / max(self.rect.width(), 1e-9)
        v = (self.rect.bottom() - point.y()) / max(self.rect.height(), 1e-9)
        return self.x[0] + u * (self.x[1] - self.x[0]), self.y[0] + v * (self.y[1] - self.y[0])


def paint_y_axis(
    painter: QPainter, frame: Frame, tokens: Tokens, values: list[float], words: list[str]
) -> None:
    """Faint lines across the frame and their numbers to its left."""
    metrics = QFontMetricsF(face(SMALL))
    painter.setFont(face(SMALL))
    for value, text in zip(values, words, strict=True):
        y = round(frame.at(frame.x[0], value).y()) + 0.5
        if not frame.rect.top() - 1 <= y <= frame.rect.bottom() + 1:
            continue
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        painter.drawLine(QPointF(frame.rect.left(), y), QPointF(frame.rect.right(), y))
        painter.setPen(QColor(tokens.quiet))
        width = metrics.horizontalAdvance(text)
        painter.drawText(QPointF(frame.rect.left() - 6 - width, y + metrics.capHeight() / 2), text)


def paint_x_axis(
    painter: QPainter, frame: Frame, tokens: Tokens, values: list[float], words: list[str]
) -> None:
    """Numbers under the frame with short ticks."""
    metrics = QFontMetricsF(face(SMALL))
    painter.setFont(face(SMALL))
    for value, text in zip(values, words, strict=True):
        x = round(frame.at(value, frame.y[0]).x()) + 0.5
        if not frame.rect.left() - 1 <= x <= frame.rect.right() + 1:
            continue
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        painter.drawLine(QPointF(x, frame.rect.bottom()), QPointF(x, frame.rect.bottom() + 4))
        painter.setPen(QColor(tokens.quiet))
        width = metrics.horizontalAdvance(text)
        painter.drawText(QPointF(x - width / 2, frame.rect.bottom() + 6 + metrics.ascent()), text)


def paint_words(painter: QPainter, at: QPointF, words: list[tuple[str, QColor, QFont]]) -> float:
    """Pieces of text (text, colour, font) one after the other on one base line; the width."""
    x = at.x()
    for text, colour, style in words:
        painter.setFont(style)
        painter.setPen(colour)
        painter.drawText(QPointF(x, at.y()), text)
        x += painter.fontMetrics().horizontalAdvance(text)
    return x - at.x()


def polyline(x: Array, y: Array) -> QPolygonF:
    """Points as Qt draws them, copied into its memory in one go."""
    polygon = QPolygonF()
    polygon.resize(len(x))
    if len(x):
        start: Any = polygon.data()  # the stubs say QPointF; it is a pointer to the first one
        memory: Any = VoidPtr(start, 16 * len(x), True)  # type: ignore[call-arg]  # noqa: FBT003
        numbers = np.frombuffer(memory, np.float64)
        numbers[0::2], numbers[1::2] = x, y
    return polygon


@lru_cache(maxsize=16)
def face(size: int = NORMAL, *, strong: bool = False) -> QFont:
    """`theme.font`, made once: a frame asks for it some twenty times."""
    return font(size, strong=strong)


def backing(widget: QWidget, colour: str) -> QPixmap:
    """A picture of a widget's size to keep what seldom changes; "" gives a transparent one."""
    ratio = widget.devicePixelRatioF()
    pixmap = QPixmap(round(widget.width() * ratio), round(widget.height() * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(colour) if colour else Qt.GlobalColor.transparent)
    return pixmap


def paint_notice(painter: QPainter, rect: QRectF, tokens: Tokens, text: str) -> None:
    """One quiet sentence in the middle of an empty place."""
    painter.setFont(face())
    painter.setPen(QColor(tokens.quiet))
    inner = rect.adjusted(16, 8, -16, -8)
    painter.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
