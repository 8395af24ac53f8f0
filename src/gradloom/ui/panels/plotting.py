"""Two small plots painted by hand: the curve of an activation, and two histograms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradloom.layers.shapes import Array
from gradloom.session.curves import Curve
from gradloom.ui.panels.scales import bins, short
from gradloom.ui.theme import SMALL, Theme, font

_STRIP = 18.0  # px, the histogram under the curve
_MARGIN = 6.0
_BINS = 60
_MOST_DOTS = 200


# One call for many dots or bars: each call into Qt lets the training thread in, and getting back
# from it takes up to 5 ms.


class CurveView(QWidget):
    """The curve f, its slope f' dashed, and dots where the network works on it now."""

    pointed = Signal(str)  # z, f(z) and f'(z) under the pointer, or ""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._curve: Curve | None = None
        self._points: Array = np.zeros(0)
        self._heights, self._edges = np.zeros(0), np.zeros(1)  # a histogram of all the points
        self._at: float | None = None
        self.setFixedHeight(150)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Curve of the activation and its slope")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, 150)

    def show_curve(self, curve: Curve, points: Array) -> None:
        """Show a curve, and numbers z (any shape) as dots on it."""
        self._curve = curve
        flat = points[np.isfinite(points)].ravel()
        ends = (float(curve.z[0]), float(curve.z[-1]))
        self._heights, self._edges = np.histogram(flat, _BINS, range=ends)
        self._points = flat[:: max(len(flat) // _MOST_DOTS, 1)]
        self.update()

    def _scales(self, curve: Curve) -> tuple[Callable[[float], float], Callable[[float], float]]:
        low = min(float(curve.value.min()), float(curve.slope.min()), 0.0)
        high = max(float(curve.value.max()), float(curve.slope.max()), 1.0)
        wide = self.width() - 2 * _MARGIN
        tall = self.height() - 2 * _MARGIN - _STRIP
        z0, z1 = float(curve.z[0]), float(curve.z[-1])

        def x(z: float) -> float:
            return _MARGIN + (z - z0) / (z1 - z0) * wide

        def y(value: float) -> float:
            return _MARGIN + (high - value) / (high - low) * tall

        return x, y

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        curve = self._curve
        if curve is None:
            return
        x, y = self._scales(curve)
        right, bottom = self.width() - _MARGIN, self.height() - _MARGIN - _STRIP
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        painter.drawLine(QPointF(_MARGIN, y(0)), QPointF(right, y(0)))
        if curve.z[0] < 0 < curve.z[-1]:
            painter.drawLine(QPointF(x(0), _MARGIN), QPointF(x(0), bottom))
        self._strip(painter, x)
        lines = (
            (curve.slope, tokens.quiet, 1.2, Qt.PenStyle.DashLine),
            (curve.value, tokens.text, 1.8, Qt.PenStyle.SolidLine),
        )
        for values, ink, thick, style in lines:
            painter.setPen(QPen(QColor(ink), thick, style))
            dots = zip(curve.z.tolist(), values.tolist(), strict=True)
            painter.drawPolyline(QPolygonF([QPointF(x(z), y(v)) for z, v in dots]))
        accent = QColor(tokens.accent)
        accent.setAlpha(110)
        painter.setPen(QPen(accent, 4.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        heights = np.interp(self._points, curve.z, curve.value)
        dots = zip(self._points.tolist(), heights.tolist(), strict=True)
        painter.drawPoints(QPolygonF([QPointF(x(z), y(v)) for z, v in dots]))
        self._words(painter, x)

    def _strip(self, painter: QPainter, x: Callable[[float], float]) -> None:
        curve = self._curve
        if curve is None or not len(self._points):
            return
        heights, edges = self._heights, self._edges
        foot, most = self.height() - _MARGIN, max(int(heights.max()), 1)
        accent = QColor(self._theme.tokens.accent)
        accent.setAlpha(150)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(accent)
        for height, start, end in zip(heights, edges, edges[1:], strict=False):
            tall = (_STRIP - 4) * height / most
            painter.drawRect(QRectF(x(start), foot - tall, max(x(end) - x(start) - 0.5, 0.5), tall))

    def _words(self, painter: QPainter, x: Callable[[float], float]) -> None:
        tokens, curve = self._theme.tokens, self._curve
        assert curve is not None
        painter.setFont(font(SMALL))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QPointF(_MARGIN + 4, _MARGIN + 11), "— f")
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(QPointF(_MARGIN + 30, _MARGIN + 11), "-- f′")
        foot = self.height() - _MARGIN - _STRIP - 2
        painter.drawText(QPointF(_MARGIN + 2, foot), short(float(curve.z[0])))
        last = short(float(curve.z[-1]))
        wide = painter.fontMetrics().horizontalAdvance(last)
        painter.drawText(QPointF(self.width() - _MARGIN - wide - 2, foot), last)
        if self._at is not None:
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.drawLine(QPointF(x(self._at), _MARGIN), QPointF(x(self._at), foot))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        curve = self._curve
        if curve is None:
            return
        share = (event.position().x() - _MARGIN) / max(self.width() - 2 * _MARGIN, 1)
        z = float(curve.z[0] + np.clip(share, 0, 1) * (curve.z[-1] - curve.z[0]))
        self._at = z
        value, slope = (float(np.interp(z, curve.z, v)) for v in (curve.value, curve.slope))
        self.pointed.emit(f"z = {short(z)}: f = {short(value)}, f′ = {short(slope)}")
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._at = None
        self.pointed.emit("")
        self.update()


class SpreadView(QWidget):
    """How numbers are spread now (bars, in their signs' colours) and at the start (outline)."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._now: Array = np.zeros(0)
        self._start: Array = np.zeros(0)
        self.setFixedHeight(64)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, 64)

    def show_numbers(self, now: Array, start: Array) -> None:
        """Show the numbers of a parameter, and a sample of what its initialiser draws."""
        self._now, self._start = now, start
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        edges, now, start = bins(self._now, self._start)
        now, start = (shares / max(float(shares.max()), 1e-9) for shares in (now, start))
        foot, tall = self.height() - 14.0, self.height() - 18.0
        wide = (self.width() - 2 * _MARGIN) / len(now)
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        painter.drawLine(QPointF(_MARGIN, foot), QPointF(self.width() - _MARGIN, foot))
        painter.setPen(Qt.PenStyle.NoPen)
        bars = [
            QRectF(
                _MARGIN + i * wide,
                foot - tall * share,
                max(wide - 1, 1),
                tall * share,
            )
            for i, share in enumerate(now.tolist())
        ]
        middle = len(now) // 2
        for some, ink in (
            (bars[:middle], tokens.negative),
            (bars[middle : middle + 1], tokens.quiet),
            (bars[middle + 1 :], tokens.positive),
        ):
            painter.setBrush(QColor(ink))
            painter.drawRects(some)
        outline = []
        for i, share in enumerate(start):
            high = foot - tall * float(share)
            outline += [
                QPointF(_MARGIN + i * wide, high),
                QPointF(_MARGIN + (i + 1) * wide, high),
            ]
        painter.setPen(QPen(QColor(tokens.text), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(outline))
        painter.setFont(font(SMALL))
        painter.setPen(QColor(tokens.quiet))
        room = QRectF(_MARGIN, foot, self.width() - 2 * _MARGIN, 14)
        ends = (
            (short(float(edges[0]), 2), Qt.AlignmentFlag.AlignLeft),
            ("0", Qt.AlignmentFlag.AlignHCenter),
            (short(float(edges[-1]), 2), Qt.AlignmentFlag.AlignRight),
        )
        for text, side in ends:
            painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), text)
