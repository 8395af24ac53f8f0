"""Small pictures that act as switches: of datasets, and of features over the input plane."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from gradloom.data import Dataset, DataSource
from gradloom.data.ink import ink_of
from gradloom.data.split import evenly
from gradloom.data.transform import Feature, express
from gradloom.layers.shapes import Array
from gradloom.ui.pictures import picture_image
from gradloom.ui.theme import SMALL, Tokens, class_colours, diverging, font, icon_pixmap

_POINTS = 160  # dots in a picture at most


def colours_of(values: Array, limit: float, tokens: Tokens) -> Array:
    """(..., 4) uint8: numbers as diverging colours, -limit .. limit over the whole range."""
    table = diverging(tokens)
    share = np.clip(values / (limit or 1.0), -1, 1)
    index = np.rint((share + 1) / 2 * (len(table) - 1)).astype(np.intp)
    return np.asarray(table[index])


def source_picture(source: DataSource, tokens: Tokens, size: QSize, ratio: float) -> QPixmap:
    """The points of a dataset, coloured by class or value; one feature against its target."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(tokens.surface))
    data = source.make(0)
    if source.room is not None and not len(data):
        return _empty_plane(data, tokens, pixmap)
    if not len(data) or not data.target_columns:
        return pixmap
    if data.feature_shape is not None:
        return _mosaic(data, tokens, pixmap)
    few = evenly(np.arange(len(data)), _POINTS)
    raw, target = data.features[few], data.targets[few, 0]
    whole = np.isfinite(raw).all(axis=1) & np.isfinite(target)
    raw, target = raw[whole], target[whole]
    if not len(raw):
        return pixmap
    classes = data.target_columns[0].classes
    raw = raw[:, _telling(raw, target, classes=bool(classes))]
    if classes:
        wheel = [QColor(c) for c in class_colours(tokens, len(classes))]
        inks = [wheel[int(label)] for label in target]
    else:
        limit = float(np.abs(target).max())
        inks = [QColor(*map(int, c)) for c in colours_of(target, limit, tokens)]
    across = raw[:, -2] if raw.shape[1] > 1 else raw[:, 0]
    up = raw[:, -1] if raw.shape[1] > 1 else np.zeros(len(raw)) if classes else target
    dot = 5.0 if len(raw) <= 8 else 1.6
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    margin = 7.0 if len(raw) <= 8 else 4.0
    for x, y, ink in zip(_spread(across), _spread(up), inks, strict=True):
        painter.setBrush(ink)
        at = QPointF(
            margin + x * (size.width() - 2 * margin),
            size.height() - margin - y * (size.height() - 2 * margin),
        )
        painter.drawEllipse(at, dot, dot)
    painter.end()
    return pixmap


def _empty_plane(data: Dataset, tokens: Tokens, pixmap: QPixmap) -> QPixmap:
    """What can be drawn on a plane: dots of two classes, a curve, dots of all colours; a pencil."""
    size = pixmap.deviceIndependentSize()
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size.width(), size.height())
    classes = data.target_columns[0].classes
    values = np.linspace(-1, 1, 5)
    if classes:
        values = np.where(np.arange(5) < 3, -1.0, 1.0)
    inks = [QColor(*map(int, colour)) for colour in colours_of(values, 1.0, tokens)]
    if data.features.shape[1] == 1:
        path = QPainterPath(QPointF(0.08, 0.62))
        path.cubicTo(QPointF(0.3, 0.0), QPointF(0.45, 0.2), QPointF(0.55, 0.45))
        painter.setPen(QPen(QColor(tokens.positive), 0.06))
        painter.drawPath(path)
        inks = []
    painter.setPen(Qt.PenStyle.NoPen)
    places = ((0.16, 0.55), (0.26, 0.3), (0.46, 0.16), (0.68, 0.2), (0.84, 0.42))
    for (x, y), ink in zip(places, inks, strict=False):
        painter.setBrush(ink)
        painter.drawEllipse(QPointF(x, y), 0.075, 0.075)
    painter.drawPixmap(QRectF(0.42, 0.42, 0.5, 0.5), *_pencil(tokens))
    painter.end()
    return pixmap


def _pencil(tokens: Tokens) -> tuple[QPixmap, QRectF]:
    picture = icon_pixmap("pencil", tokens.text)
    return picture, QRectF(picture.rect())


def _mosaic(data: Dataset, tokens: Tokens, pixmap: QPixmap) -> QPixmap:
    """The first four pictures of a dataset, side by side and below each other."""
    pictures = data.features.reshape(-1, *(data.feature_shape or ()))
    ink = ink_of(pictures)
    painter = QPainter(pixmap)
    side = pixmap.width() / pixmap.devicePixelRatio() / 2
    for i, picture in enumerate(pictures[:4]):
        room = QRectF(i % 2 * side + 1, i // 2 * side + 1, side - 2, side - 2)
        painter.drawImage(room, picture_image(picture, ink, tokens))
    painter.end()
    return pixmap


def _telling(raw: Array, target: Array, *, classes: bool) -> list[int]:
    """The two columns that tell most of the target (one for a number), by their correlation.

    For classes: the share of a column's variance that lies between them.
    """
    count = raw.shape[1]
    if count <= (2 if classes else 1):
        return list(range(count))
    centred = raw - raw.mean(axis=0)
    spread = np.maximum((centred**2).mean(axis=0), 1e-300)
    if classes:
        between = sum(
            (target == c).mean() * centred[target == c].mean(axis=0) ** 2 for c in np.unique(target)
        )
        told = between / spread
        best = np.sort(np.argsort(told)[-2:])
    else:
        told = (centred * (target - target.mean())[:, None]).mean(axis=0) ** 2 / spread
        best = np.array([int(np.argmax(told))])
    return [int(i) for i in best]


def feature_picture(feature: Feature, tokens: Tokens, size: QSize) -> QPixmap:
    """A feature as colours over the plane -5..5."""
    n = 24
    axis = np.linspace(-5, 5, n)
    plane = np.stack(np.meshgrid(axis, axis[::-1]), axis=-1).reshape(-1, 2)
    names = ("x1", "x2")
    values = express(names, (feature,), plane)[:, 0]
    pixels = np.ascontiguousarray(colours_of(values, float(np.abs(values).max()), tokens))
    image = QImage(pixels.tobytes(), n, n, 4 * n, QImage.Format.Format_RGBA8888)
    return QPixmap.fromImage(image).scaled(
        size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )


def _spread(values: Array) -> Array:
    """Numbers moved into 0..1."""
    low, high = float(values.min()), float(values.max())
    return (values - low) / (high - low) if high > low else np.full(len(values), 0.5)


class Thumbnail(QAbstractButton):
    """A picture one switches on; the frame says whether it is on, and so does the caption."""

    def __init__(self, label: str, tip: str, side: int, *, caption: bool) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setText(label)
        self.setAccessibleName(label)
        self.setAccessibleDescription(tip)
        self.setToolTip(tip)
        self.setFont(font(SMALL))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._side, self._caption = side, caption
        self._draw: Callable[[QSize, float], QPixmap] | None = None
        self._picture: QPixmap | None = None

    def set_picture(self, draw: Callable[[QSize, float], QPixmap]) -> None:
        """What paints the picture; asked for when it is first seen."""
        self._draw, self._picture = draw, None
        self.update()

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().height() + 2 if self._caption else 0
        return QSize(self._side, self._side + words)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        inner = QSize(self._side - 6, self._side - 6)
        if self._picture is None and self._draw is not None:
            self._picture = self._draw(inner, self.devicePixelRatioF())
        if self._picture is not None:
            if not self.isEnabled():
                painter.setOpacity(0.4)
            painter.drawPixmap(3, 3, self._picture)
            painter.setOpacity(1.0)
        frame = QRectF(1, 1, self._side - 2, self._side - 2)
        accent = palette.color(QPalette.ColorRole.Highlight)
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        pen = QPen(palette.color(QPalette.ColorRole.Mid), 1)
        if self.isChecked():
            pen = QPen(accent, 2)
        elif self.underMouse():
            pen = QPen(quiet, 1)
        painter.setPen(pen)
        painter.drawRoundedRect(frame, 5, 5)
        if self.hasFocus():
            painter.setPen(QPen(accent, 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(frame.adjusted(3, 3, -3, -3), 3, 3)
        if self._caption:
            strong = self.isChecked()
            painter.setFont(font(SMALL, strong=strong))
            painter.setPen(palette.color(QPalette.ColorRole.WindowText) if strong else quiet)
            room = QRectF(0, self._side, self._side, self.height() - self._side)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.text())
