"""The background of the canvas: a faint grid of dots, at every zoom one that is calm."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPixmap, QTransform

from gradloom.ui.canvas.ink import Ink

_DOTS = 24.0  # scene units between two dots
_LEAST = 12.0  # px between two dots; below, there are none


class Paper:
    """Paints one tile again and again; the tile is made anew when zoom or theme change."""

    def __init__(self) -> None:
        self._key: tuple[float, str] = (0.0, "")
        self._tile = QPixmap()

    def paint(self, painter: QPainter, area: QRectF, transform: QTransform, ink: Ink) -> None:
        """Fill an area of the scene."""
        painter.fillRect(area, ink.window)
        step = _DOTS * transform.m11()
        if step < _LEAST:
            return
        tile = self._made(step, ink)
        seen, origin = transform.mapRect(area), transform.map(QPointF(0, 0))
        side = tile.width()
        painter.save()
        painter.resetTransform()
        off = QPointF((seen.x() - origin.x()) % side, (seen.y() - origin.y()) % side)
        painter.drawTiledPixmap(seen, tile, off)
        painter.restore()

    def _made(self, step: float, ink: Ink) -> QPixmap:
        if self._key != (step, ink.tokens.window):
            self._key = (step, ink.tokens.window)
            # A whole number of pixels keeps the dots sharp and the pattern without seams.
            self._tile = QPixmap(round(step), round(step))
            self._tile.fill(ink.window)
            painter = QPainter(self._tile)
            side = 1 if step < 36 else 2
            painter.fillRect(0, 0, side, side, ink.dot)
            painter.end()
        return self._tile
