"""What a pane shows: painted, with places that explain themselves and may stand for rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from gradloom.ui.theme import NORMAL, SMALL, Theme, font

Rows = frozenset[int]
NOTHING: Rows = frozenset()
LINE = 18.0  # px, of a line of small text


@dataclass(frozen=True)
class Spot:
    """A place that explains itself; `rows`, where a click selects some, says which and what."""

    rect: QRectF
    words: str
    rows: Callable[[], tuple[Rows, str]] | None = None


class Face:
    """One picture of one part: `lay` it into a rectangle, then paint and ask it.

    `columns` is how many spots a step up or down with the keys passes.
    """

    columns = 1

    def __init__(self, theme: Theme, selected: Rows) -> None:
        self.theme, self.selected = theme, selected
        self.rect = QRectF()

    def least(self, width: float) -> float:
        """The height it needs."""
        return 150.0

    def lay(self, rect: QRectF) -> None:
        """Take its place."""
        self.rect = rect

    def paint(self, painter: QPainter) -> None:
        """Paint it."""
        raise NotImplementedError

    def spot(self, at: QPointF) -> Spot | None:
        """The place at a point."""
        return next((s for s in self.spots() if s.rect.contains(at)), None)

    def spots(self) -> list[Spot]:
        """The places that keys walk through."""
        raise NotImplementedError


class Words:
    """Numbers with their names in lines, each a spot."""

    def __init__(self, theme: Theme, said: Iterable[tuple[str, str, str]]) -> None:
        """`said`: number, name and explanation of each."""
        self._theme = theme
        self._said = [item for item in said if item[0]]
        self._placed: list[tuple[QPointF, str, str, QRectF, str]] = []
        self.height = 0.0

    def lay(self, rect: QRectF) -> float:
        """Place them from the top of `rect`; gives the height they take."""
        strong, small = QFontMetricsF(font(NORMAL, strong=True)), QFontMetricsF(font(SMALL))
        x, y = rect.left(), rect.top()
        self._placed = []
        for number, name, words in self._said:
            first = strong.horizontalAdvance(number)
            width = first + 4 + small.horizontalAdvance(name)
            if x > rect.left() and x + width > rect.right():
                x, y = rect.left(), y + LINE
            place = QRectF(x - 2, y, width + 4, LINE)
            self._placed.append((QPointF(x, y + 13), number, name, place, words))
            x += width + 10
        self.height = y + LINE - rect.top() if self._said else 0.0
        return self.height

    def paint(self, painter: QPainter) -> None:
        """Paint them."""
        metrics = QFontMetricsF(font(NORMAL, strong=True))
        for at, number, name, _, _ in self._placed:
            painter.setFont(font(NORMAL, strong=True))
            painter.setPen(self._theme.colour("text"))
            painter.drawText(at, number)
            painter.setFont(font(SMALL))
            painter.setPen(self._theme.colour("quiet"))
            painter.drawText(at + QPointF(metrics.horizontalAdvance(number) + 4, 0), name)

    def spots(self) -> list[Spot]:
        """Each number's place."""
        return [Spot(rect, words) for _, _, _, rect, words in self._placed]


def put(
    painter: QPainter,
    rect: QRectF,
    text: str,
    flags: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignCenter,
) -> None:
    """A line of text in a rectangle, shortened where it does not fit."""
    short = painter.fontMetrics().elidedText(
        text, Qt.TextElideMode.ElideRight, max(math.floor(rect.width() + 0.5), 0)
    )
    painter.drawText(rect, flags, short)


def mixed(low: QColor, high: QColor, share: float) -> QColor:
    """A colour between two."""
    share = float(np.clip(share, 0.0, 1.0))
    parts = zip(low.getRgb()[:3], high.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * share) for a, b in parts))


def ink_on(ground: QColor, theme: Theme) -> QColor:
    """Whichever of the theme's dark and light text is easier to read on `ground`."""
    inks = [QColor(theme.tokens.text), QColor(theme.tokens.surface)]
    return max(inks, key=lambda ink: _contrast(ink, ground))


def _contrast(a: QColor, b: QColor) -> float:
    first, second = sorted((_luminance(a), _luminance(b)))
    return (second + 0.05) / (first + 0.05)


def _luminance(colour: QColor) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
