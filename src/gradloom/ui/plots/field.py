"""The painted plane: a coloured picture, its boundary, the points of the data, a legend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
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
from gradloom.ui.plots.legend import Legend, paint_legend
from gradloom.ui.plots.markers import RADIUS, stamp
from gradloom.ui.plots.scale import tick_words, ticks
from gradloom.ui.theme import SMALL, Theme

_LEFT, _TOP, _BOTTOM, _RIGHT = 46, 10, 38, 14  # px around the plane
_LEGEND = 102, 26  # px of the legend: its width at the side, its height below


@dataclass(frozen=True, eq=False)
class Dots:
    """Points of one look: the same class (or colour), the same part of the data."""

    x: Array
    y: Array
    marker: int
    part: str
    colour: str
    outline: str = ""  # the surface's colour unless given


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
        self._legend = Legend()
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

    @property
    def legend(self) -> Legend:
        """What the colours mean."""
        return self._legend

    def set_legend(self, legend: Legend) -> None:
        """Say what the colours mean."""
        if legend != self._legend:
            self._legend, self._ground = legend, None
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
        """Where the plane is: a square, or the whole room for curves."""
        width = self.width() - _LEFT - _RIGHT
        height = self.height() - _TOP - _BOTTOM
        if self._below():
            height -= _LEGEND[1]
        else:
            width -= _LEGEND[0]
        left, room = float(_LEFT), width
        if not self._curves:
            width = height = min(width, height)
            left += max(0.0, (room - width) / 2)
        return Frame(
            QRectF(left, _TOP, max(width, 20), max(height, 20)), self._extent[:2], self._extent[2:]
        )

    def _legend_place(self, frame: Frame) -> QPointF | None:
        """Where the legend's line begins below the plane; None: at its side."""
        return frame.rect.bottomLeft() + QPointF(0, _BOTTOM + 2) if self._below() else None

    def _below(self) -> bool:
        """Whether the legend lies below the plane, because there is more room."""
        beside = self.width() - _LEFT - _RIGHT - _LEGEND[0]
        return beside < self.height() - _TOP - _BOTTOM - _LEGEND[1]

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
            painter.drawEllipse(frame.at(*self._mark), RADIUS + 3, RADIUS + 3)

    def _paint_ground(self, frame: Frame) -> QPixmap:
        ground = backing(self, self._theme.tokens.surface)
        painter = QPainter(ground)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axes(painter, frame)
        paint_legend(painter, self, self._theme, self._legend, frame, self._legend_place(frame))
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
        painter.setClipRect(frame.rect.adjusted(-RADIUS, -RADIUS, RADIUS, RADIUS))
        total = sum(len(dots.x) for dots in self._dots)
        most = RADIUS if total <= 600 else 3.2 if total <= 2000 else 2.4
        radius = min(most, max(2.4, min(frame.rect.width(), frame.rect.height()) / 62))
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
        values = ticks(*frame.x, max(3, int(frame.rect.width() / 60)))
        paint_x_axis(painter, frame, tokens, values, tick_words(values))
        values = ticks(*frame.y, max(3, int(frame.rect.height() / 40)))
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
