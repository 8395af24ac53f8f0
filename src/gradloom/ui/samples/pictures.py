"""The picture of a sample: its data, over what the network answers once it has learnt a little."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPolygonF

from gradloom.data.split import evenly
from gradloom.document import State
from gradloom.layers.coding import Coding
from gradloom.layers.shapes import Array
from gradloom.session.mapping import MapResult, why_no_map
from gradloom.session.planes import Extent, Look, ground_of
from gradloom.ui.canvas.ink import Ink
from gradloom.ui.panels.thumbnails import source_picture
from gradloom.ui.plots.shading import (
    colour_of,
    levels_of,
    shade_shares,
    shade_values,
    shares_of,
)
from gradloom.ui.samples.glyph import paint_network
from gradloom.ui.theme import NORMAL, Tokens, class_colours, font

_MOST = 200  # points
_PAD = 14.0  # px around the network


def sample_picture(
    state: State, learnt: MapResult | None, tokens: Tokens, size: QSize, ratio: float
) -> QPixmap:
    """Data and map in a square on the left, the network beside it; of a single row its numbers."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(tokens.window))
    side = size.height()
    painter = QPainter(pixmap)
    if len(state.prepared.dataset) > 1:
        painter.drawPixmap(0, 0, _data(state, learnt, tokens, side, ratio))
    else:
        painter.fillRect(0, 0, side, side, QColor(tokens.surface))
        _write_row(painter, state, tokens, side)
    painter.fillRect(side, 0, 1, side, QColor(tokens.hairline))
    room = QRectF(side, 0, size.width() - side, size.height())
    paint_network(painter, room.adjusted(_PAD, _PAD, -_PAD, -_PAD), state, Ink(tokens))
    painter.end()
    return pixmap


def _write_row(painter: QPainter, state: State, tokens: Tokens, side: int) -> None:
    """The one row there is: what enters, an arrow, what should come out."""
    data = state.prepared.dataset
    painter.setFont(font(NORMAL))
    painter.setPen(QColor(tokens.text))
    line, third = painter.fontMetrics().height() * 1.4, side / 3
    for column, numbers in ((0, data.features.ravel()), (2, data.targets.ravel())):
        top = (side - line * len(numbers)) / 2
        places = max(len(f"{number:.4g}".partition(".")[2]) for number in numbers.tolist())
        for i, number in enumerate(numbers.tolist()):
            room = QRectF(column * third, top + i * line, third, line)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), f"{number:.{places}f}")
    painter.setPen(QColor(tokens.quiet))
    painter.drawText(QRectF(third, 0, third, side), int(Qt.AlignmentFlag.AlignCenter), "→")


def _data(
    state: State, learnt: MapResult | None, tokens: Tokens, side: int, ratio: float
) -> QPixmap:
    prepared = state.prepared
    if prepared.dataset.feature_shape is not None or why_no_map(state):
        return source_picture(state.data.source, tokens, QSize(side, side), ratio)
    pixmap = QPixmap(QSize(side, side) * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(tokens.surface))
    coding = next(iter(state.analysis.codings.values()))
    ground = learnt.ground if learnt is not None else None
    ground = ground or ground_of(state, Look())
    few = evenly(np.arange(len(ground.rows)), _MOST)
    target = prepared.targets[ground.rows[few], coding.columns[0]]
    flat, levels, extent = ground.plane.flat, levels_of(target), ground.extent
    across, up = ground.points[few, 0], ground.points[few, 1] if flat else target
    if not flat:
        room = 0.08 * (float(np.ptp(target)) or 1.0)
        extent = (*extent[:2], float(target.min()) - room, float(target.max()) + room)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    square = QRectF(0, 0, side, side)
    answers = None if learnt is None else next(iter(learnt.outputs.values()), None)
    if answers is not None and flat:
        painter.drawImage(square, _shaded(coding, answers, levels, tokens))
    inks = _inks(coding, target, levels, tokens) if flat else [QColor(tokens.positive)]
    radius = 5.0 if len(across) <= 8 else 1.7
    painter.setPen(QPen(QColor(tokens.surface), 0.5))
    for i, at in enumerate(_placed(across, up, extent, square)):
        painter.setBrush(inks[i % len(inks)])
        painter.drawEllipse(at, radius, radius)
    if answers is not None and not flat:
        _paint_curve(painter, coding, answers[:, 0], extent, square, tokens)
    painter.end()
    return pixmap


def _paint_curve(
    painter: QPainter, coding: Coding, answers: Array, extent: Extent, room: QRectF, tokens: Tokens
) -> None:
    """The answers (outputs, nx) over the one feature, with a band of one sigma if it is told."""
    x = np.linspace(*extent[:2], answers.shape[1])
    if coding.parts > 1:
        sigma = coding.deviation(answers, 0)
        edges = [_placed(x, answers[0] + sign * sigma, extent, room) for sign in (1, -1)]
        band = QColor(tokens.text)
        band.setAlpha(40)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(band)
        painter.drawPolygon(QPolygonF([*edges[0], *reversed(edges[1])]))
    painter.setPen(QPen(QColor(tokens.text), 2))
    painter.drawPolyline(QPolygonF(_placed(x, answers[0], extent, room)))


def _shaded(coding: Coding, answers: Array, levels: tuple[float, float], tokens: Tokens) -> QImage:
    """The answers over the plane (outputs, ny, nx) in colours."""
    if coding.style == "real":
        shade = shade_values(answers[0], *levels, tokens)
    else:
        shade = shade_shares(shares_of(coding, answers), tokens)
    pixels = np.ascontiguousarray(shade.colours()[::-1])
    high, wide = pixels.shape[:2]
    return QImage(pixels.tobytes(), wide, high, 3 * wide, QImage.Format.Format_RGB888).copy()


def _inks(
    coding: Coding, target: Array, levels: tuple[float, float], tokens: Tokens
) -> list[QColor]:
    if coding.style == "real":
        return [QColor(colour_of(float(value), *levels, tokens)) for value in target]
    colours = class_colours(tokens, len(coding.targets[0].classes))
    return [QColor(colours[int(label)]) for label in target]


def _placed(x: Array, y: Array, extent: Extent, room: QRectF) -> list[QPointF]:
    """Data as points of a picture; what is far out lies just outside."""
    x0, x1, y0, y1 = extent
    across = room.x() + (x - x0) / (x1 - x0) * room.width()
    up = np.clip((y - y0) / (y1 - y0), -1, 2)
    down = room.bottom() - up * room.height()
    return [QPointF(*place) for place in zip(across.tolist(), down.tolist(), strict=True)]
