"""Precision, recall and F1 of each class as a table."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gradloom.session.measuring import Answer, ClassPart
from gradloom.ui.measure import words
from gradloom.ui.measure.face import Face, Rows, Spot, put
from gradloom.ui.theme import NORMAL, SMALL, Theme, class_colours, font

_ROW, _HEAD = 22.0, 20.0
_NUMBERS = ("precision", "recall", "f1")
_HEADS = ("precision", "recall", "F1", "rows")
_SHORT = ("prec.", "recall", "F1", "rows")
_NARROW = 280.0  # px
_SPACIOUS = 56.0  # px of a column
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_DOT = 14.0


class ScoresFace(Face):
    """A line per class, then the two means over them."""

    columns = 4

    def __init__(self, theme: Theme, selected: Rows, answer: Answer, part: ClassPart) -> None:
        super().__init__(theme, selected)
        self._classes = answer.classes
        self._lines: list[tuple[str, list[tuple[str, str]]]] = []
        found = part.confusion
        for i, name in enumerate(self._classes):
            told = (words.precision, words.recall, words.f1)
            cells = [
                (words.share(float(getattr(found, key)[i])), say(found, i, name))
                for key, say in zip(_NUMBERS, told, strict=True)
            ]
            cells.append((str(int(found.support[i])), words.support(found, i, name)))
            self._lines.append((name, cells))
        for name in ("macro", "weighted"):
            mean = getattr(found, name)
            cells = [
                (words.share(getattr(mean, key)), words.average(found, name, key))
                for key in _NUMBERS
            ]
            cells.append((str(found.total), f"{words.rows(found.total)} in this part"))
            self._lines.append((name, cells))

    def least(self, width: float) -> float:
        return _HEAD + _ROW * len(self._lines) + 6

    def paint(self, painter: QPainter) -> None:
        t = self.theme
        narrow = self.rect.width() < _NARROW
        size = SMALL if narrow else NORMAL
        painter.setFont(font(SMALL))
        painter.setPen(t.colour("quiet"))
        for column, name in enumerate(_SHORT if self._cell(0, 0).width() < _SPACIOUS else _HEADS):
            rect = self._cell(0, column)
            put(painter, QRectF(rect.left(), self.rect.top(), rect.width(), _HEAD), name, _RIGHT)
        colours = class_colours(t.tokens, len(self._classes))
        for number, (name, cells) in enumerate(self._lines):
            first = self._cell(number, 0)
            of_class = number < len(self._classes)
            if number in (0, len(self._classes)):
                painter.setPen(QPen(t.colour("hairline"), 1))
                y = round(first.top()) - 0.5
                painter.drawLine(QPointF(self.rect.left(), y), QPointF(self.rect.right() - 2, y))
            if of_class:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colours[number]))
                painter.drawEllipse(QPointF(self.rect.left() + 5, first.center().y()), 3.5, 3.5)
            painter.setPen(t.colour("text" if of_class else "quiet"))
            painter.setFont(font(size))
            left = self.rect.left() + _DOT
            place = QRectF(left, first.top(), first.left() - left, _ROW)
            put(painter, place, name, _LEFT)
            for column, (text, _) in enumerate(cells):
                painter.setPen(t.colour("text" if column < 3 else "quiet"))
                painter.setFont(font(size, strong=column == 2 and not narrow))
                put(painter, self._cell(number, column), text, _RIGHT)

    def spots(self) -> list[Spot]:
        return [
            Spot(self._cell(number, column).adjusted(0, 1, 4, -1), said)
            for number, (_, cells) in enumerate(self._lines)
            for column, (_, said) in enumerate(cells)
        ]

    def _cell(self, line: int, column: int) -> QRectF:
        wide = min(max((self.rect.width() - 110) / 4, 40.0), 72.0)
        last = min(wide, 30.0) if self.rect.width() < _NARROW else wide
        names = min(self.rect.width() - 3 * wide - last, 160.0)
        left = self.rect.left() + names + column * wide
        wide = last if column == 3 else wide
        top = self.rect.top() + _HEAD + line * _ROW + (4 if line >= len(self._classes) else 0)
        return QRectF(left, top, wide - 4, _ROW)
