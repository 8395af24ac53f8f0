"""What lies over and under the points of the map: rings, marks, lines of equal value, bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsPathItem

from gradloom.layers.shapes import Array
from gradloom.session.planes import Extent
from gradloom.ui.map.drawing import Band, Level
from gradloom.ui.plots.chart import Line, face
from gradloom.ui.plots.markers import RADIUS
from gradloom.ui.plots.shading import shade_veil
from gradloom.ui.theme import SMALL, Theme

_VEIL, _BANDS, _LEVELS, _TOP = 0.5, 0.6, 1.0, 4.0
_HALOS, _RINGS = 1.5, 1.6  # under the points, which are at 2: many marks do not bury them
_NUMBER = 0.16, 0.09  # of the width and the height that a number takes
_UNCUT = 0.4  # of the width beside the middle, where a number still fits
_FEW = 30  # selected points that are ringed over all others


class Overlay:
    """The items of one plot beside its picture, its boundary and its points."""

    def __init__(self, plot: Any, theme: Theme) -> None:
        self._plot, self._theme = plot, theme
        self._room = QRectF()
        self._veil_shown: tuple[Array, Extent] | None = None
        self._veil = self._added(pg.ImageItem(axisOrder="row-major"), _VEIL)
        self._veil.hide()
        self._bands: list[QGraphicsPathItem] = []
        self._levels: list[tuple[Line, Any]] = []
        self._rings = self._spots(_RINGS, 2 * RADIUS + 5)
        self._chosen = self._spots(_HALOS, 2 * RADIUS + 8)
        self._few = True
        self._mark = self._spots(_TOP, 2 * RADIUS + 6)
        self._path = self._added(QGraphicsPathItem(), _TOP)
        self._path.hide()
        self.refresh()

    @property
    def ringed(self) -> int:
        """How many points are ringed as wrong."""
        return len(self._rings.data) if self._rings.isVisible() else 0

    @property
    def chosen(self) -> int:
        """How many points are marked as selected."""
        return len(self._chosen.data) if self._chosen.isVisible() else 0

    def give_room(self, room: QRectF) -> None:
        """The ranges that the plot shows at most."""
        self._room = room
        for line, _ in self._levels:
            line.give_room(room)

    def show_veil(self, veil: Array | None, extent: Extent) -> None:
        """Fade the plane where the veil (ny, nx) is near 1; None: nowhere."""
        self._veil.setVisible(veil is not None)
        before = self._veil_shown
        if veil is None or (before is not None and before[0] is veil and before[1] == extent):
            return
        self._veil_shown = veil, extent
        x0, x1, y0, y1 = extent
        ny, nx = veil.shape
        dx, dy = (x1 - x0) / (nx - 1), (y1 - y0) / (ny - 1)
        rect = QRectF(x0 - dx / 2, y0 - dy / 2, nx * dx, ny * dy)
        self._veil.setImage(shade_veil(veil, self._theme.tokens), levels=None, rect=rect)

    def show_levels(self, levels: Sequence[Level]) -> None:
        """Lines of equal value with their numbers."""
        while len(self._levels) < len(levels):
            line = self._added(Line(connect="pairs"), _LEVELS)
            line.give_room(self._room)
            words = self._added(pg.TextItem(anchor=(0.5, 0.5)), _LEVELS)
            self._levels.append((line, words))
            self._paint_level(line, words)
        for line, words in self._levels[len(levels) :]:
            line.hide()
            words.hide()
        placed: list[Array] = []
        for i, level in enumerate(levels):
            line, words = self._levels[i]
            ends = level.segments.reshape(-1, 2)
            line.show_points(ends[:, 0], ends[:, 1])
            line.show()
            if words.toPlainText() != level.words:
                words.setText(level.words)
            at = self._place_of_words(ends, (i + 1) / (len(levels) + 1), placed)
            words.setVisible(bool(level.words) and at is not None)
            if words.isVisible() and at is not None:
                placed.append(ends[at])
                words.setPos(*ends[at])

    def _place_of_words(self, ends: Array, height: float, placed: list[Array]) -> int | None:
        """Which end of a line's segments its number stands at; None if all lie on other numbers.

        One number below the other by `height` (0 to 1), so that those of close lines don't meet.
        """
        size = np.array([self._room.width() or 1.0, self._room.height() or 1.0])
        shares = (ends - (self._room.left(), self._room.top())) / size
        away, aside = np.abs(shares[:, 1] - height), np.abs(shares[:, 0] - 0.5)
        cut = np.maximum(aside - _UNCUT, 0) * 100  # off at an edge: where there is no other
        cost = away + aside / 4 + cut
        for place in placed:
            cost[(np.abs((ends - place) / size) < _NUMBER).all(axis=1)] = np.inf
        at = int(cost.argmin())
        return at if np.isfinite(cost[at]) else None

    def show_bands(self, bands: Sequence[Band]) -> None:
        """Strips between curves."""
        while len(self._bands) < len(bands):
            self._bands.append(self._added(QGraphicsPathItem(), _BANDS))
            self._bands[-1].setPen(QPen(Qt.PenStyle.NoPen))
        for item in self._bands[len(bands) :]:
            item.hide()
        for item, band in zip(self._bands, bands, strict=False):
            colour = QColor(band.colour)
            colour.setAlphaF(band.opacity)
            item.setBrush(colour)
            x = np.concatenate([band.x, band.x[::-1]])
            y = np.nan_to_num(np.concatenate([band.high, band.low[::-1]]))
            path = QPainterPath()
            path.addPolygon(_polygon(x, y))
            item.setPath(path)
            item.show()

    def ring(self, x: Array, y: Array, radius: float) -> None:
        """Ring these points, drawn with this radius, as wrong."""
        _put(self._rings, x, y, 2 * radius + 5)

    def choose(self, x: Array, y: Array, radius: float) -> None:
        """Mark these points, drawn with this radius, as selected."""
        if (len(x) <= _FEW) != self._few:
            self._few = not self._few
            self._dress_chosen()
        _put(self._chosen, x, y, 2 * radius + 6)

    def mark(self, at: tuple[float, float] | None) -> None:
        """Ring the point that is pointed at."""
        self._mark.setVisible(at is not None)
        if at is not None:
            self._mark.setData([at[0]], [at[1]])

    def outline(self, x: Sequence[float], y: Sequence[float], *, closed: bool = True) -> None:
        """A line drawn by hand, its inside faintly filled; no points: none."""
        self._path.setVisible(len(x) > 1)
        path = QPainterPath()
        if len(x) > 1:
            path.addPolygon(_polygon(np.asarray(x), np.asarray(y)))
            if closed:
                path.closeSubpath()
        self._path.setPath(path)

    def refresh(self) -> None:
        """Take the colours of the theme."""
        t = self._theme.tokens
        self._rings.setPen(pg.mkPen(t.error, width=1.5))
        self._dress_chosen()
        self._mark.setPen(pg.mkPen(t.text, width=1.5))
        pen = QPen(QColor(t.accent), 1.5)
        pen.setCosmetic(True)
        self._path.setPen(pen)
        inside = QColor(t.accent)
        inside.setAlphaF(0.12)
        self._path.setBrush(inside)
        for line, words in self._levels:
            self._paint_level(line, words)
        self._veil_shown = None

    def _dress_chosen(self) -> None:
        """Rings over all points, or discs under them."""
        accent = self._theme.tokens.accent
        self._chosen.setZValue(_TOP if self._few else _HALOS)
        self._chosen.setPen(pg.mkPen(accent, width=2.5) if self._few else None)
        self._chosen.setBrush(None if self._few else pg.mkBrush(accent))

    def _paint_level(self, line: Line, words: Any) -> None:
        t = self._theme.tokens
        colour = QColor(t.text)
        colour.setAlphaF(0.6)
        line.setPen(pg.mkPen(colour, width=1))
        words.setColor(t.text)
        words.setFont(face(SMALL))
        back = QColor(t.surface)
        back.setAlphaF(0.7)
        words.fill = pg.mkBrush(back)

    def _spots(self, z: float, size: float) -> Any:
        item = self._added(pg.ScatterPlotItem(pxMode=True, size=size, brush=None), z)
        item.hide()
        return item

    def _added(self, item: Any, z: float) -> Any:
        item.setZValue(z)
        self._plot.addItem(item, ignoreBounds=True)
        return item


def _put(item: Any, x: Array, y: Array, size: float) -> None:
    item.setVisible(len(x) > 0)
    if len(x):
        item.setData(x, y, size=size)


def _polygon(x: Array, y: Array) -> QPolygonF:
    polygon: QPolygonF = pg.functions.arrayToQPolygonF(x, y)
    return polygon
