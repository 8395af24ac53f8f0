"""A small plot: axes with round numbers, and pixels of data."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from gradloom.layers.shapes import Array
from gradloom.ui.measure.face import Face, Rows, put
from gradloom.ui.plots.frame import Frame, Range
from gradloom.ui.plots.scale import spaced, tick_words, ticks
from gradloom.ui.theme import SMALL, Theme, font

LEAST = 130.0  # px, the height of a plot with its axes
_LEFT, _RIGHT, _TOP, _BOTTOM = 18.0, 10.0, 8.0, 32.0
SHARES = (-0.03, 1.03)  # an axis from 0 to 1; lines at its ends are whole
_MOST_POINTS = 600  # of a line


class PlotFace(Face):
    """Base of the faces with two axes; `square` keeps both sides equal."""

    square = True

    def __init__(self, theme: Theme, selected: Rows, x: str, y: str) -> None:
        super().__init__(theme, selected)
        self._titles = x, y
        self.ranges: tuple[Range, Range] = (SHARES, SHARES)
        self.frame = Frame(QRectF(), *self.ranges)

    def least(self, width: float) -> float:
        return LEAST

    def lay(self, rect: QRectF) -> None:
        super().lay(rect)
        metrics = QFontMetricsF(font(SMALL))
        tall = rect.height() - _TOP - _BOTTOM
        said = tick_words(ticks(*self.ranges[1], _lines(tall)))
        numbers = max((metrics.horizontalAdvance(text) for text in said), default=0.0) + 6
        inner = rect.adjusted(_LEFT + numbers, _TOP, -_RIGHT, -_BOTTOM)
        if self.square:
            side = min(inner.width(), inner.height())
            inner = QRectF(inner.left(), inner.top(), side, side)
        self.frame = Frame(inner, *self.ranges)

    def paint_axes(self, painter: QPainter) -> None:
        """The numbers, their names, and faint lines through the plot."""
        t, area = self.theme, self.frame.rect
        painter.setFont(font(SMALL))
        line, ink = QPen(t.colour("hairline"), 1), t.colour("quiet")
        x_name, y_name = self._titles
        columns = ticks(*self.frame.x, max(2, int(area.width() / 36)))
        words = tick_words(columns)
        if len(columns) > 1:
            widths = [*map(QFontMetricsF(font(SMALL)).horizontalAdvance, words)]
            words = spaced(words, widths, (columns[1] - columns[0]) / self.frame.unit[0])
        for value, text in zip(columns, words, strict=True):
            at = round(self.frame.at(value, 0).x()) + 0.5
            painter.setPen(line)
            painter.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
            painter.setPen(ink)
            put(painter, QRectF(at - 30, area.bottom() + 3, 60, 14), text)
        lines = ticks(*self.frame.y, _lines(area.height()))
        beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, text in zip(lines, tick_words(lines), strict=True):
            at = round(self.frame.at(0, value).y()) + 0.5
            painter.setPen(line)
            painter.drawLine(QPointF(area.left(), at), QPointF(area.right(), at))
            painter.setPen(ink)
            place = QRectF(self.rect.left() + 12, at - 8, area.left() - self.rect.left() - 16, 16)
            put(painter, place, text, beside)
        painter.setPen(ink)
        put(painter, QRectF(area.left(), area.bottom() + 16, area.width(), 14), x_name)
        painter.save()
        painter.translate(self.rect.left() + 7, area.center().y())
        painter.rotate(-90)
        put(painter, QRectF(-area.height() / 2, -7, area.height(), 14), y_name)
        painter.restore()

    def line(self, painter: QPainter, x: Array, y: Array, colour: QColor, width: float) -> None:
        """A line through points of data, thinned where there are very many."""
        few = thinned(len(x))
        x, y = x[few], y[few]
        painter.setPen(QPen(colour, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(self.pixels(x, y))

    def diagonal(self, painter: QPainter) -> None:
        """The dashed line y = x, where both axes have the same range."""
        low, high = self.frame.x
        if self.frame.x == SHARES:
            low, high = 0.0, 1.0
        painter.setPen(QPen(self.theme.colour("quiet"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(self.frame.at(low, low), self.frame.at(high, high))

    def pixels(self, x: Array, y: Array) -> QPolygonF:
        """Points of data as pixels."""
        pairs = zip(self.frame.xs(x).tolist(), self.frame.ys(y).tolist(), strict=True)
        return QPolygonF([QPointF(a, b) for a, b in pairs])

    def along(self, at: QPointF, x: Array, y: Array) -> tuple[float, int]:
        """The distance in pixels to a line through points of data, and the nearest of these."""
        few = thinned(len(x))
        a = np.stack([self.frame.xs(x[few]), self.frame.ys(y[few])])
        if a.shape[1] < 2 or not np.isfinite(a).all():
            return self.nearest(at, x, y)
        start, way = a[:, :-1], np.diff(a)
        here = np.array([[at.x()], [at.y()]]) - start
        length = np.square(way).sum(axis=0)
        share = np.clip((here * way).sum(axis=0) / np.where(length > 0, length, 1.0), 0.0, 1.0)
        away = np.hypot(*(here - share * way))
        best = int(away.argmin())
        return float(away[best]), int(few[best + round(float(share[best]))])

    def nearest(self, at: QPointF, x: Array, y: Array) -> tuple[float, int]:
        """The distance in pixels to the nearest of some points of data, and its number."""
        if not len(x):
            return float("inf"), 0
        away = np.hypot(self.frame.xs(x) - at.x(), self.frame.ys(y) - at.y())
        away = np.nan_to_num(away, nan=np.inf)
        best = int(away.argmin())
        return float(away[best]), best


def thinned(count: int) -> Array:
    """The numbers of at most so many of `count` points that a line of pixels shows."""
    if count <= _MOST_POINTS:
        return np.arange(count)
    return np.linspace(0, count - 1, _MOST_POINTS).astype(np.intp)


def _lines(height: float) -> int:
    """How many numbers an axis of this height has, about."""
    return max(2, int(height / 36))
