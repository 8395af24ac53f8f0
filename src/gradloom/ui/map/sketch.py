"""What lies over the map while one draws: points that do not count yet, the brush, a sentence."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsItem

from gradloom.data.drawing import Place
from gradloom.ui.map.field import Field
from gradloom.ui.map.shown import Shown
from gradloom.ui.map.strokes import Stroke
from gradloom.ui.plots.dots import DotsItem, dots_of
from gradloom.ui.plots.points import Points
from gradloom.ui.theme import LARGE, Theme, font

_WET, _TOP = 2.5, 4.0  # the points of the data are at 2


class Sketch:
    """Shows a stroke before it counts; the document knows nothing of it."""

    def __init__(self, field: Field, shown: Shown, theme: Theme) -> None:
        self._field, self._shown, self._theme = field, shown, theme
        self._wet = DotsItem(theme)
        self._circle = QGraphicsEllipseItem()
        self._circle.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self._circle.hide()
        self._words = pg.TextItem(anchor=(0.5, 0.5))
        self._words.hide()
        self._sentence = ""
        for item, z in ((self._wet, _WET), (self._circle, _TOP), (self._words, _TOP)):
            item.setZValue(z)
            field.plot.addItem(item, ignoreBounds=True)
        theme.changed.connect(self._paint)
        self._paint()

    @property
    def wet(self) -> int:
        """How many points are shown that do not count yet."""
        return sum(len(dots.x) for dots in self._wet.dots)

    @property
    def circle(self) -> QRectF | None:
        """The circle of the brush as a rectangle in px around its middle, or None."""
        return self._circle.rect() if self._circle.isVisible() else None

    def show(self, stroke: Stroke) -> None:
        """Show what the stroke does so far."""
        drawn, target = stroke.wet
        x, y = drawn.T
        classes = stroke.before.content.target_columns[0].classes
        trained, rows = np.zeros(len(x), np.int8), np.zeros(len(x), np.intp)
        points = Points(x, y, y, target, trained, (), rows)
        tokens, levels = self._theme.tokens, self._shown.levels
        x0, x1, y0, y1 = self._field.extent
        self._wet.give_room(QRectF(x0, y0, x1 - x0, y1 - y0))
        dots = dots_of(points, classes, [0], levels, tokens)
        others = sum(len(group.x) for group in self._field.dots)
        self._wet.show_dots(dots, self._field.side, others)
        self._field.leave_out(stroke.gone)
        self._words.setVisible(bool(self._sentence) and not len(x))

    def clear(self) -> None:
        """No stroke: all rows of the data are where they are."""
        self._wet.show_dots((), self._field.side)
        self._field.leave_out(None)
        self._words.setVisible(bool(self._sentence))

    def ring(self, at: Place | None, radius: float = 0.0) -> None:
        """The circle of the brush around a place, of this radius in px; None: nowhere."""
        self._circle.setVisible(at is not None and radius > 0)
        if at is not None:
            self._circle.setRect(-radius, -radius, 2 * radius, 2 * radius)
            self._circle.setPos(*at)

    def say(self, words: str) -> None:
        """Words in the middle of the plane while no stroke draws; none: ""."""
        self._sentence = words
        self._words.setVisible(bool(words) and not self.wet)
        if words:
            x0, x1, y0, y1 = self._field.extent
            self._words.setText(words)
            self._words.setPos((x0 + x1) / 2, (y0 + y1) / 2)

    @property
    def words(self) -> str:
        """What is said in the middle of the plane."""
        return str(self._words.toPlainText()) if self._words.isVisible() else ""

    def _paint(self) -> None:
        t = self._theme.tokens
        self._circle.setPen(QPen(QColor(t.text), 1, Qt.PenStyle.SolidLine))
        self._words.setColor(t.quiet)
        self._words.setFont(font(LARGE))
