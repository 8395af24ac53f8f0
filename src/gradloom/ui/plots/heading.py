"""The large figures above a curve, and the words of numbers."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QGraphicsWidget, QSizePolicy

from gradloom.ui.plots.chart import KEPT, face
from gradloom.ui.plots.scale import figure, percent
from gradloom.ui.theme import LARGE, NORMAL, SMALL, Theme

HEIGHT = 30  # px
_BESIDE = 110  # px that belong to the switch at the right

Figure = tuple[str, str, str]  # number, colour (a token), name


class Heading(QGraphicsWidget):
    """What is measured, then its numbers with their names; smaller where there is little room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[str, tuple[Figure, ...]] = ("", ())
        self.setMinimumHeight(HEIGHT)
        self.setMaximumHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCacheMode(KEPT)

    def say(self, title: str, figures: tuple[Figure, ...]) -> None:
        """Show these numbers."""
        if (title, figures) != self._shown:
            self._shown = title, figures
            self.update()

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        quiet, small = self._theme.colour("quiet"), face(SMALL)
        title, figures = self._shown
        for size in (LARGE, NORMAL):
            strong = face(size, strong=True)
            words = [(f"{title}  ", quiet, small)]
            for number, token, name in figures:
                words.append((number, QColor(self._theme.colour(token)), strong))
                words.append((f" {name}  ", quiet, small))
            widths = [QFontMetricsF(style).horizontalAdvance(text) for text, _, style in words]
            if sum(widths) < self.size().width() - _BESIDE:
                break
        x = 10.0
        for (text, colour, style), width in zip(words, widths, strict=True):
            painter.setFont(style)
            painter.setPen(colour)
            painter.drawText(QPointF(x, HEIGHT - 10), text)
            x += width


def score(metric: str, value: float) -> str:
    """An accuracy as a share, an R² as a number."""
    return figure(value) if metric == "R²" else percent(value)


def told(value: float) -> bool:
    """Whether there is such a number."""
    return math.isfinite(value)
