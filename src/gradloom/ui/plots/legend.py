"""What the colours and markers of the map mean: classes, and a scale of colours."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QWidget

from gradloom.ui.plots.chart import Frame, face
from gradloom.ui.plots.markers import RADIUS, stamp
from gradloom.ui.plots.scale import tick_words
from gradloom.ui.plots.shading import bar
from gradloom.ui.theme import NORMAL, SMALL, Theme, Tokens


@dataclass(frozen=True)
class Scale:
    """A colour bar with numbers at its ends and middle."""

    title: str
    low: float
    high: float


@dataclass(frozen=True)
class Key:
    """One class in the legend."""

    name: str
    marker: int
    colour: str


@dataclass(frozen=True)
class Legend:
    """Classes, a scale, both or nothing."""

    keys: tuple[Key, ...] = ()
    scale: Scale | None = None


def paint_legend(
    painter: QPainter,
    widget: QWidget,
    theme: Theme,
    legend: Legend,
    frame: Frame,
    below: QPointF | None,
) -> None:
    """Key by key, then the scale: in one line from `below`, or down the frame's right side."""
    tokens = theme.tokens
    at = QPointF(frame.rect.right() + 14, frame.rect.top()) if below is None else below
    x, y = at.x(), at.y()
    painter.setFont(face(NORMAL))
    metrics = painter.fontMetrics()
    for key in legend.keys:
        room = widget.width() - x - 24 if below is None else 60
        name = metrics.elidedText(key.name, Qt.TextElideMode.ElideRight, round(room))
        _paint_key(painter, tokens, key, name, QPointF(x, y), widget.devicePixelRatioF())
        if below is not None:
            x += 18 + metrics.horizontalAdvance(name) + 12
        else:
            y += 20
    if legend.scale is not None and below is not None:
        _paint_scale_along(painter, tokens, legend.scale, QPointF(x, y), frame.rect.right())
    elif legend.scale is not None:
        corner = QPointF(x, y + (8 if legend.keys else 0))
        _paint_scale(painter, tokens, legend.scale, corner, widget.width(), frame)


def _paint_key(
    painter: QPainter, tokens: Tokens, key: Key, name: str, at: QPointF, ratio: float
) -> None:
    picture = stamp(key.marker, "train", key.colour, tokens.surface, RADIUS, ratio)
    half = picture.deviceIndependentSize().width() / 2
    painter.drawPixmap(at + QPointF(6 - half, 8 - half), picture)
    painter.setPen(QColor(tokens.text))
    painter.drawText(at + QPointF(18, 8 + painter.fontMetrics().capHeight() / 2), name)


def _paint_scale(
    painter: QPainter, tokens: Tokens, scale: Scale, at: QPointF, width: int, frame: Frame
) -> None:
    painter.setFont(face(SMALL))
    painter.setPen(QColor(tokens.quiet))
    metrics = painter.fontMetrics()
    room = round(width - at.x() - 6)
    title = metrics.elidedText(scale.title, Qt.TextElideMode.ElideRight, room)
    painter.drawText(at + QPointF(0, metrics.ascent()), title)
    top = at.y() + metrics.height() + 8
    height = min(140.0, frame.rect.bottom() - top - 4)
    if height < 30:
        return
    strip = QRectF(at.x(), top, 12, height)
    _paint_bar(painter, tokens, strip, bar(tokens))
    values = [scale.low, (scale.low + scale.high) / 2, scale.high]
    painter.setPen(QColor(tokens.quiet))
    for value, text in zip(values, tick_words(values), strict=True):
        share = (value - scale.low) / ((scale.high - scale.low) or 1.0)
        y = strip.bottom() - share * height + metrics.capHeight() / 2
        painter.drawText(QPointF(strip.right() + 6, y), text)


def _paint_scale_along(
    painter: QPainter, tokens: Tokens, scale: Scale, at: QPointF, right: float
) -> None:
    """The scale in one line: title, lowest number, bar, highest number."""
    painter.setFont(face(SMALL))
    metrics = painter.fontMetrics()
    low, _, high = tick_words([scale.low, (scale.low + scale.high) / 2, scale.high])
    numbers = metrics.horizontalAdvance(low) + metrics.horizontalAdvance(high) + 14
    room = right - at.x() - numbers - 60
    title = metrics.elidedText(scale.title, Qt.TextElideMode.ElideRight, round(room))
    base = at.y() + 8 + metrics.capHeight() / 2
    painter.setPen(QColor(tokens.quiet))
    painter.drawText(QPointF(at.x(), base), title)
    x = at.x() + metrics.horizontalAdvance(title) + 10
    painter.drawText(QPointF(x, base), low)
    x += metrics.horizontalAdvance(low) + 6
    strip = QRectF(x, at.y() + 3, max(24.0, min(120.0, right - x - numbers / 2)), 10)
    _paint_bar(painter, tokens, strip, bar(tokens).transformed(QTransform().rotate(90)))
    painter.setPen(QColor(tokens.quiet))
    painter.drawText(QPointF(strip.right() + 6, base), high)


def _paint_bar(painter: QPainter, tokens: Tokens, strip: QRectF, picture: QImage) -> None:
    painter.drawImage(strip, picture)
    painter.setPen(QPen(QColor(tokens.hairline), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(strip)
