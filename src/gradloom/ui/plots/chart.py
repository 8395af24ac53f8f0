"""What the plots share: a frame that maps data to pixels, axes, polylines.

Why not pyqtgraph here: these plots need fixed ranges and few items; painted directly a frame costs
1 to 2 ms and the window starts half a second sooner.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from gradloom.layers.shapes import Array
from gradloom.ui.theme import SMALL, Tokens, font

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
    metrics = QFontMetricsF(font(SMALL))
    painter.setFont(font(SMALL))
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
    metrics = QFontMetricsF(font(SMALL))
    painter.setFont(font(SMALL))
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
    for text, colour, face in words:
        painter.setFont(face)
        painter.setPen(colour)
        painter.drawText(QPointF(x, at.y()), text)
        x += painter.fontMetrics().horizontalAdvance(text)
    return x - at.x()


def polyline(x: Array, y: Array) -> QPolygonF:
    """Points as Qt draws them."""
    return QPolygonF(list(map(QPointF, x.tolist(), y.tolist())))


def paint_notice(painter: QPainter, rect: QRectF, tokens: Tokens, text: str) -> None:
    """One quiet sentence in the middle of an empty place."""
    painter.setFont(font())
    painter.setPen(QColor(tokens.quiet))
    inner = rect.adjusted(16, 8, -16, -8)
    painter.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
