"""The painted plane: a coloured picture, its boundary, the points of the data, a legend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradloom.layers.shapes import Array
from gradloom.session.mapping import Extent
from gradloom.ui.plots.chart import (
    Frame,
    backing,
    face,
    paint_notice,
    paint_x_axis,
    paint_y_axis,
    polyline,
)
from gradloom.ui.plots.markers import stamp
from gradloom.ui.plots.scale import tick_words, ticks
from gradloom.ui.plots.shading import bar
from gradloom.ui.theme import NORMAL, SMALL, Theme

_LEFT, _TOP, _BOTTOM, _LEGEND = 46, 10, 38, 116  # px around the plane
_RADIUS = 4.2  # px of a point


@dataclass(frozen=True, eq=False)
class Dots:
    """Points of one look: the same class (or colour), the same part of the data."""

    x: Array
    y: Array
    marker: int
    part: str
    colour: str
    outline: str = ""  # the surface's colour unless given


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


@dataclass(frozen=True, eq=False)
class Curve:
    """A line over the one feature."""

    x: Array
    y: Array
    colour: str


class Field(QWidget):
    """Paints what it is given; points lie on a cached layer, so that a new picture is cheap."""

    hovered = Signal(float, float)  # raw data units
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._extent: Extent = (0.0, 1.0, 0.0, 1.0)
        self._image: QImage | None = None
        self._segments: Array = np.empty((0, 2, 2))
        self._lines: tuple[QLineF, ...] | None = None
        self._curves: tuple[Curve, ...] = ()
        self._dots: tuple[Dots, ...] = ()
        self._ground: QPixmap | None = None  # axes and legend, under the picture
        self._layer: QPixmap | None = None  # the points, over it
        self._names = ("", "")
        self._keys: tuple[Key, ...] = ()
        self._scale: Scale | None = None
        self._mark: tuple[float, float] | None = None
        self.notice = ""
        self.setMouseTracking(True)
        self.setMinimumSize(200, 170)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Map over the input plane")
        theme.changed.connect(self.refresh)

    def sizeHint(self) -> QSize:
        return QSize(440, 320)

    @property
    def extent(self) -> Extent:
        """The ranges of x and y that are shown."""
        return self._extent

    @property
    def dots(self) -> tuple[Dots, ...]:
        """The points that are shown."""
        return self._dots

    def set_space(self, extent: Extent, names: tuple[str, str]) -> None:
        """Ranges and names of the axes."""
        if (extent, names) != (self._extent, self._names):
            self._extent, self._names = extent, names
            self.refresh()

    def set_dots(self, dots: tuple[Dots, ...]) -> None:
        """The points, drawn in this order."""
        self._dots = dots
        self.refresh()

    def set_legend(self, keys: tuple[Key, ...], scale: Scale | None) -> None:
        """What the colours mean."""
        if (keys, scale) != (self._keys, self._scale):
            self._keys, self._scale = keys, scale
            self._ground = None
            self.update()

    def set_picture(self, image: QImage | None, segments: Array, curves: tuple[Curve, ...]) -> None:
        """The picture under the points, lines in units of the extent, and curves."""
        if bool(curves) != bool(self._curves):
            self._layer = self._ground = None  # the frame has another shape
        self._image, self._curves = image, curves
        self._segments, self._lines = segments, None
        self.update()

    def set_mark(self, mark: tuple[float, float] | None) -> None:
        """Ring one point."""
        if mark != self._mark:
            self._mark = mark
            self.update()

    def refresh(self) -> None:
        """Everything may look different now."""
        self._ground = self._layer = self._lines = None
        face.cache_clear()
        self.update()

    def frame(self) -> Frame:
        """Where the plane is."""
        width = self.width() - _LEFT - _LEGEND
        height = self.height() - _TOP - _BOTTOM
        if not self._curves:
            width = height = min(width, height)
        left = _LEFT + max(0.0, (self.width() - _LEFT - _LEGEND - width) / 2)
        rect = QRectF(left, _TOP, max(width, 20), max(height, 20))
        return Frame(rect, self._extent[:2], self._extent[2:])

    def resizeEvent(self, event: object) -> None:
        self.refresh()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        frame = self.frame()
        if frame.rect.contains(event.position()) and not self.notice:
            self.setCursor(Qt.CursorShape.CrossCursor)
            self.hovered.emit(*frame.back(event.position()))
        else:
            self.unsetCursor()
            self.left.emit()

    def leaveEvent(self, event: object) -> None:
        self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = self._theme.tokens
        if self.notice:
            painter.fillRect(self.rect(), QColor(tokens.surface))
            paint_notice(painter, QRectF(self.rect()), tokens, self.notice)
            return
        frame = self.frame()
        if self._ground is None:
            self._ground = self._paint_ground(frame)
        painter.drawPixmap(0, 0, self._ground)
        if self._image is not None:
            self._paint_image(painter, frame, self._image)
        self._paint_lines(painter, frame)
        if self._layer is None:
            self._layer = self._paint_dots(frame)
        painter.drawPixmap(0, 0, self._layer)
        self._paint_curves(painter, frame)
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame.rect)
        if self._mark is not None:
            painter.setPen(QPen(QColor(tokens.text), 1.5))
            painter.drawEllipse(frame.at(*self._mark), _RADIUS + 3, _RADIUS + 3)

    def _paint_ground(self, frame: Frame) -> QPixmap:
        ground = backing(self, self._theme.tokens.surface)
        painter = QPainter(ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axes(painter, frame)
        self._paint_legend(painter, frame)
        painter.end()
        return ground

    def _paint_image(self, painter: QPainter, frame: Frame, image: QImage) -> None:
        # points of the picture lie at the corners of the extent: half a pixel hangs over
        dx = frame.rect.width() / max(image.width() - 1, 1) / 2
        dy = frame.rect.height() / max(image.height() - 1, 1) / 2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipRect(frame.rect)
        painter.drawImage(frame.rect.adjusted(-dx, -dy, dx, dy), image)
        painter.restore()

    def _paint_lines(self, painter: QPainter, frame: Frame) -> None:
        painter.save()
        painter.setClipRect(frame.rect)
        if len(self._segments):
            if self._lines is None:
                x, y = frame.xs(self._segments[..., 0]), frame.ys(self._segments[..., 1])
                ends = np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1).tolist()
                self._lines = tuple(QLineF(*line) for line in ends)
            painter.setPen(QPen(QColor(self._theme.tokens.text), 1.2))
            painter.drawLines(self._lines)
        painter.restore()

    def _paint_curves(self, painter: QPainter, frame: Frame) -> None:
        painter.save()
        painter.setClipRect(frame.rect)
        for curve in self._curves:
            painter.setPen(QPen(QColor(curve.colour), 2))
            painter.drawPolyline(polyline(frame.xs(curve.x), frame.ys(curve.y)))
        painter.restore()

    def _paint_dots(self, frame: Frame) -> QPixmap:
        ratio, layer = self.devicePixelRatioF(), backing(self, "")
        painter = QPainter(layer)
        painter.setClipRect(frame.rect.adjusted(-_RADIUS, -_RADIUS, _RADIUS, _RADIUS))
        total = sum(len(dots.x) for dots in self._dots)
        radius = _RADIUS if total <= 600 else 3.2 if total <= 2000 else 2.4
        for dots in self._dots:
            surface = self._theme.tokens.surface
            picture = stamp(
                dots.marker, dots.part, dots.colour, surface, radius, ratio, dots.outline
            )
            half = picture.width() / ratio / 2
            xs, ys = frame.xs(dots.x) - half, frame.ys(dots.y) - half
            for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
                painter.drawPixmap(QPointF(x, y), picture)
        painter.end()
        return layer

    def _paint_axes(self, painter: QPainter, frame: Frame) -> None:
        tokens = self._theme.tokens
        values = ticks(*frame.x, max(2, int(frame.rect.width() / 60)))
        paint_x_axis(painter, frame, tokens, values, tick_words(values))
        values = ticks(*frame.y, max(2, int(frame.rect.height() / 40)))
        paint_y_axis(painter, frame, tokens, values, tick_words(values))
        painter.setFont(face(SMALL, strong=True))
        painter.setPen(QColor(tokens.text))
        x_name, y_name = self._names
        under = QRectF(frame.rect.left(), frame.rect.bottom() + 20, frame.rect.width(), 16)
        painter.drawText(under, Qt.AlignmentFlag.AlignCenter, x_name)
        painter.save()
        painter.translate(frame.rect.left() - 36, frame.rect.center().y())
        painter.rotate(-90)
        half = frame.rect.height() / 2
        painter.drawText(QRectF(-half, -8, 2 * half, 16), Qt.AlignmentFlag.AlignCenter, y_name)
        painter.restore()

    def _paint_legend(self, painter: QPainter, frame: Frame) -> None:
        tokens = self._theme.tokens
        x, y = frame.rect.right() + 14, frame.rect.top()
        width = self.width() - x - 6
        metrics = painter.fontMetrics()
        for key in self._keys:
            picture = stamp(
                key.marker, "train", key.colour, tokens.surface, _RADIUS, self.devicePixelRatioF()
            )
            half = picture.deviceIndependentSize().width() / 2
            painter.drawPixmap(QPointF(x + 6 - half, y + 8 - half), picture)
            painter.setFont(face(NORMAL))
            painter.setPen(QColor(tokens.text))
            metrics = painter.fontMetrics()
            text = metrics.elidedText(key.name, Qt.TextElideMode.ElideRight, round(width - 18))
            painter.drawText(QPointF(x + 18, y + 8 + metrics.capHeight() / 2), text)
            y += 20
        if self._scale is not None:
            self._paint_scale(painter, QRectF(x, y + (8 if self._keys else 0), width, 0), frame)

    def _paint_scale(self, painter: QPainter, at: QRectF, frame: Frame) -> None:
        tokens, scale = self._theme.tokens, self._scale
        assert scale is not None
        painter.setFont(face(SMALL))
        painter.setPen(QColor(tokens.quiet))
        metrics = painter.fontMetrics()
        title = metrics.elidedText(scale.title, Qt.TextElideMode.ElideRight, round(at.width()))
        painter.drawText(QPointF(at.left(), at.top() + metrics.ascent()), title)
        top = at.top() + metrics.height() + 8
        height = min(140.0, frame.rect.bottom() - top - 4)
        if height < 30:
            return
        strip = QRectF(at.left(), top, 12, height)
        painter.drawImage(strip, bar(tokens))
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(strip)
        values = [scale.low, (scale.low + scale.high) / 2, scale.high]
        painter.setPen(QColor(tokens.quiet))
        for value, text in zip(values, tick_words(values), strict=True):
            share = (value - scale.low) / ((scale.high - scale.low) or 1.0)
            y = strip.bottom() - share * height + metrics.capHeight() / 2
            painter.drawText(QPointF(strip.right() + 6, y), text)
