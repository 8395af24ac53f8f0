"""Losses side by side as a picture: what a miss costs, or how hard it pulls."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from gradloom.layers import ACTIVATIONS, LOSSES
from gradloom.session.curves import Curve, loss_curve
from gradloom.ui.theme import SMALL, Tokens, font

_SIZE = QSize(272, 180)
_MARGIN, _FOOT, _LINE = 8.0, 18.0, 16.0  # px; the foot holds the numbers of the axis
_REACH = 3.0  # in the units of the target
_LOGITS = 6.0
_TOP = 3.0  # what costs more leaves the picture
_DASH = 10.0
_RATIO = 2.0  # device pixels per logical pixel, as formulas have


def names_in(target: str) -> tuple[str, ...]:
    """The losses of a picture: "mse,mae" over the miss, "sigmoid,mse" over z with target 1."""
    return tuple(name for name in target.split(",") if name in LOSSES)


def loss_picture(target: str, tokens: Tokens, *, slopes: bool) -> QPixmap:
    """The losses of `names_in`, or with `slopes` their slopes, each in a colour of its own."""
    curves = {name: _curve(name, squashed="sigmoid" in target) for name in names_in(target)}
    picture = QPixmap(_SIZE * _RATIO)
    picture.setDevicePixelRatio(_RATIO)
    picture.fill(QColor(tokens.surface))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(SMALL))
    frame = QRectF(0.5, 0.5, _SIZE.width() - 1, _SIZE.height() - 1)
    painter.setPen(QPen(QColor(tokens.hairline), 1))
    painter.drawRoundedRect(frame, 6, 6)
    plane = frame.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_FOOT)
    plane.setTop(_write_names(painter, curves, tokens, plane))
    low, high = _paint_curves(painter, curves, tokens, plane, slopes=slopes)
    z = next(iter(curves.values())).z
    axis = "z" if "sigmoid" in target else "d"
    _write_ends(painter, tokens, plane, (_said(z[0]), f"{axis} = 0", _said(z[-1])))
    beside = plane.center().x() + 4
    for number, y in ((high, plane.y() + _LINE - 4), (low, plane.bottom() - 4)):
        painter.drawText(QPointF(beside, y), _said(number) if number else "")
    painter.end()
    return picture


@lru_cache(maxsize=16)
def _curve(name: str, *, squashed: bool) -> Curve:
    loss = LOSSES.make(name)
    if squashed:
        return loss_curve(loss, ACTIVATIONS.make("sigmoid"), 1.0, -_LOGITS, _LOGITS)
    return loss_curve(loss, ACTIVATIONS.make("identity"), 0.0, -_REACH, _REACH)


def _inks(tokens: Tokens) -> tuple[str, ...]:
    return (tokens.positive, tokens.negative, *tokens.classes)


def _paint_curves(
    painter: QPainter, curves: dict[str, Curve], tokens: Tokens, plane: QRectF, *, slopes: bool
) -> tuple[float, float]:
    """The lines, and what the plane reaches from and to."""
    shown = {name: made.slope if slopes else made.value for name, made in curves.items()}
    low = max(min(float(values.min()) for values in shown.values()), -_TOP)
    high = min(max(float(values.max()) for values in shown.values()), _TOP)
    low, high = min(low, 0.0), max(high, 0.0)

    def y(value: float) -> float:
        return plane.bottom() - (value - low) / (high - low) * plane.height()

    z = next(iter(curves.values())).z
    x = [plane.x() + (at - z[0]) / (z[-1] - z[0]) * plane.width() for at in z.tolist()]
    middle = plane.center().x()
    painter.setPen(QPen(QColor(tokens.hairline), 1))
    painter.drawLine(QPointF(plane.x(), y(0)), QPointF(plane.right(), y(0)))
    painter.drawLine(QPointF(middle, plane.y()), QPointF(middle, plane.bottom()))
    painter.setClipRect(plane)
    for values, ink in zip(shown.values(), _inks(tokens), strict=False):
        painter.setPen(QPen(QColor(ink), 1.8))
        line = [QPointF(at, y(value)) for at, value in zip(x, values.tolist(), strict=True)]
        painter.drawPolyline(QPolygonF(line))
    painter.setClipping(False)
    return low, high


def _write_names(
    painter: QPainter, curves: dict[str, Curve], tokens: Tokens, room: QRectF
) -> float:
    """The names with the colours of their lines; where they end below."""
    metrics, left, middle = painter.fontMetrics(), room.x(), room.y() + 4
    for name, ink in zip(curves, _inks(tokens), strict=False):
        label = LOSSES[name].label
        wide = _DASH + 4 + metrics.horizontalAdvance(label)
        if left + wide > room.right() + 1:
            left, middle = room.x(), middle + _LINE
        painter.setPen(QPen(QColor(ink), 2))
        painter.drawLine(QPointF(left, middle), QPointF(left + _DASH, middle))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QPointF(left + _DASH + 4, middle + metrics.capHeight() / 2), label)
        left += wide + 10
    return middle + _LINE - 4


def _write_ends(
    painter: QPainter, tokens: Tokens, plane: QRectF, words: tuple[str, str, str]
) -> None:
    """What stands below the left end, the middle and the right end."""
    metrics = painter.fontMetrics()
    painter.setPen(QColor(tokens.quiet))
    foot = plane.bottom() + metrics.ascent() + 2
    for word, share in zip(words, (0.0, 0.5, 1.0), strict=True):
        free = plane.width() - metrics.horizontalAdvance(word)
        painter.drawText(QPointF(plane.x() + share * free, foot), word)


def _said(number: float) -> str:
    return f"{number:.2g}".replace("-", "−")
