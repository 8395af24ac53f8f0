"""What a network tells of one row: a bar for each class, or a number."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradloom.session.telling import Telling
from gradloom.ui.plots.scale import figure, percent
from gradloom.ui.theme import LARGE, SMALL, Theme, class_colours, font

_ROW, _LEAST = 18, 12  # px of a line: wished, at least
_HEAD = 26
_MOST = 12  # classes; of more the likeliest are shown


class SharesView(QWidget):
    """The likeliest class in large letters, then all of them with their shares."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._telling: Telling | None = None
        self._true = -1  # the number of the class that it really is
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("What the network tells")
        theme.changed.connect(self.update)

    def show_telling(self, telling: Telling | None, true: int = -1) -> None:
        """Show another answer, or none; `true` is the class it should be, if that is known."""
        self._telling, self._true = telling, true
        self.setAccessibleDescription(words_of(telling))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(170, _HEAD + 10 * _ROW)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, _HEAD + 4 * _LEAST)

    def paintEvent(self, event: QPaintEvent) -> None:
        told, tokens = self._telling, self._theme.tokens
        if told is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(LARGE, strong=True))
        painter.setPen(QColor(tokens.text))
        large = QFontMetrics(font(LARGE, strong=True))
        wide = self.width()
        head = headline(told)
        shown = large.elidedText(head, Qt.TextElideMode.ElideRight, wide)
        painter.drawText(0, large.ascent(), shown)
        if not told.classes:
            return
        room = self.height() - _HEAD
        fit = max(int(room // _LEAST), 1)
        numbers = ordered(told, min(fit, _MOST))
        high = min(room / len(numbers), _ROW)
        small = QFontMetrics(font(SMALL))
        names = max(small.horizontalAdvance(told.classes[n]) for n in numbers)
        names = min(names, wide // 3)
        figures = QFontMetrics(font(SMALL, strong=True)).horizontalAdvance(percent(1.0))
        colours = class_colours(tokens, len(told.classes))
        best = int(np.argmax(told.shares))
        for i, number in enumerate(numbers):
            top = _HEAD + i * high
            strong = number == best
            painter.setFont(font(SMALL, strong=strong))
            painter.setPen(QColor(tokens.text if strong else tokens.quiet))
            name = small.elidedText(told.classes[number], Qt.TextElideMode.ElideRight, names)
            base = top + (high + small.ascent() - small.descent()) / 2
            painter.drawText(QRectF(0, top, names + 8, high), _LEFT, name)
            share = float(told.shares[number])
            left, right = names + 10, wide - figures - 6
            track = QRectF(left, base - small.ascent() / 2 - 2.5, max(right - left, 1), 5)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.hairline))
            painter.drawRoundedRect(track, 2.5, 2.5)
            painter.setBrush(QColor(colours[number]))
            if share > 0:
                full = QRectF(track.x(), track.y(), max(track.width() * share, 2), track.height())
                painter.drawRoundedRect(full, 2.5, 2.5)
            if number == self._true:
                painter.setBrush(QColor(tokens.text))
                painter.drawEllipse(QRectF(left - 7, track.center().y() - 2, 4, 4))
            painter.setPen(QColor(tokens.text if strong else tokens.quiet))
            painter.drawText(QRectF(right, top, figures + 6, high), _RIGHT, percent(share))


_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def ordered(told: Telling, most: int) -> list[int]:
    """The numbers of the classes to show: all in their order, or of many the likeliest first."""
    if len(told.classes) <= most:
        return list(range(len(told.classes)))
    return [int(n) for n in np.argsort(-told.shares, kind="stable")[:most]]


def headline(told: Telling) -> str:
    """The answer in short: "7 · 93 %"."""
    if not told.classes:
        return f"{told.label} {figure(told.number)}"
    best = int(np.argmax(told.shares))
    return f"{told.classes[best]} · {percent(float(told.shares[best]))}"


def words_of(told: Telling | None) -> str:
    """The answer for people who read by ear."""
    if told is None:
        return ""
    if not told.classes:
        return headline(told)
    parts = (f"{told.classes[n]}: {percent(float(told.shares[n]))}" for n in ordered(told, _MOST))
    return ", ".join(parts)
