"""One picture of the gallery with its words: class, number, part, what the network tells."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap

from gradloom.layers.shapes import Array
from gradloom.layers.signature import answers_of
from gradloom.ui.pictures import picture_pixmap
from gradloom.ui.table.columns import PARTS, Page
from gradloom.ui.theme import SMALL, Theme, class_colours, font

SIDE = 56  # px of a picture
WIDE = SIDE + 24  # of a tile at least
_GAP = 4  # between picture and words
_PARTS = ("train", "valid.", "test")  # where there is little room
_KEPT = 2000  # pictures
_ELIDED = Qt.TextElideMode.ElideRight


def tile_height() -> int:
    """How high a tile is, px."""
    return SIDE + _GAP + 2 * QFontMetrics(font(SMALL)).lineSpacing() + 12


class TilePainter:
    """Paints rows of a page; keeps the pictures that were painted last."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.page: Page | None = None
        self.told: Array | None = None
        self.pixmaps: OrderedDict[int, QPixmap] = OrderedDict()
        self._colours: list[QColor] = []

    def show_page(self, page: Page | None) -> None:
        """Paint another dataset."""
        self.page, self.told = page, None
        self.forget()

    def forget(self) -> None:
        """Colours changed."""
        self.pixmaps.clear()
        target = self.page.target if self.page is not None else None
        count = len(target.classes) if target is not None else 0
        self._colours = [QColor(c) for c in class_colours(self._theme.tokens, count)]

    def words_of(self, row: int) -> str:
        """A row in words: "Row 12, training, 3"."""
        page = self.page
        assert page is not None
        words = f"Row {row + 1:,}, {PARTS[page.part[row]]}"
        told = self._told_of(page, row)
        if page.target is not None:
            words += f", {page.target.text(row)}"
        return f"{words}; the network tells {told}" if told else words

    def paint(self, painter: QPainter, tile: QRect, row: int, ratio: float) -> None:
        """Paint a row into its tile; `ratio`: device pixels a pixel."""
        page, tokens = self.page, self._theme.tokens
        assert page is not None
        picture = self._pixmap(page, row, ratio)
        size = picture.deviceIndependentSize()
        left = tile.center().x() - size.width() / 2
        top = tile.top() + 5 + (SIDE - size.height()) / 2
        painter.drawPixmap(round(left), round(top), picture)
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(left - 0.5, top - 0.5, size.width() + 1, size.height() + 1))
        metrics = painter.fontMetrics()
        y = tile.top() + 5 + SIDE + _GAP
        self._answer(painter, page, tile, y, row)
        words = f"{row + 1} {_PARTS[page.part[row]]}"
        shown = metrics.elidedText(words, _ELIDED, tile.width() - 12)
        x = tile.center().x() - metrics.horizontalAdvance(shown) // 2
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(x, y + metrics.lineSpacing() + metrics.ascent(), shown)

    def _answer(self, painter: QPainter, page: Page, tile: QRect, y: int, row: int) -> None:
        """The class with its colour, and what it is told to be if that is another."""
        target = page.target
        if target is None:
            return
        metrics, tokens = painter.fontMetrics(), self._theme.tokens
        name, told = target.text(row), self._told_of(page, row)
        wrong = told not in ("", name)
        dot = 10 if target.classes else 0
        words = f"{name}, told {told}" if wrong else name
        shown = metrics.elidedText(words, _ELIDED, tile.width() - 12 - dot)
        x = tile.center().x() - (metrics.horizontalAdvance(shown) + dot) // 2
        if dot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colours[int(target.values[row])])
            painter.drawEllipse(QRectF(x, y + metrics.ascent() - 7, 7, 7))
        painter.setPen(QColor(tokens.error if wrong else tokens.text))
        painter.drawText(x + dot, y + metrics.ascent(), shown)

    def _told_of(self, page: Page, row: int) -> str:
        number = -1 if self.told is None else int(self.told[row])
        if page.target is None or number < 0:
            return ""
        return answers_of(page.target.classes)[number]

    def _pixmap(self, page: Page, row: int, ratio: float) -> QPixmap:
        found = self.pixmaps.pop(row, None)
        if found is None:
            picture = page.pictures[row].reshape(page.shape or (1, 1, -1))
            found = picture_pixmap(picture, page.ink, self._theme.tokens, SIDE, ratio)
        self.pixmaps[row] = found
        while len(self.pixmaps) > _KEPT:
            self.pixmaps.popitem(last=False)
        return found
