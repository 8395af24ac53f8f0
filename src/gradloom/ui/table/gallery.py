"""The pictures of a dataset in rows and columns; only those in sight are painted."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from gradloom.layers.shapes import Array
from gradloom.ui.keys import ARROWS
from gradloom.ui.pictures import picture_pixmap
from gradloom.ui.table.columns import PARTS, Page
from gradloom.ui.theme import SMALL, Theme, class_colours, font

SIDE = 56  # px of a picture
_WIDE, _GAP = SIDE + 24, 4  # of a tile, between its picture and its words
_PARTS = ("train", "valid.", "test")  # where there is little room
_KEPT = 2000  # pictures
_TOGGLE, _RANGE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Gallery(QAbstractScrollArea):
    """Places count from 0, left to right; at each stands a row of the dataset."""

    chosen = Signal(object)  # frozenset of rows
    activated = Signal(int)  # a row: a double click, Enter

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._page: Page | None = None
        self._rows: Array = np.zeros(0, np.intp)  # ascending
        self._told: Array | None = None
        self._selected: frozenset[int] = frozenset()
        self._anchor = self._cursor = 0  # places
        self._pixmaps: OrderedDict[int, QPixmap] = OrderedDict()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Pictures of the dataset")
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self._repaint)

    @property
    def rows(self) -> Array:
        """The rows that are shown, ascending."""
        return self._rows

    def show_page(self, page: Page | None) -> None:
        """Show the pictures of another dataset, none of them yet."""
        self._page, self._told = page, None
        self._pixmaps.clear()
        self.show_rows(np.zeros(0, np.intp))

    def show_rows(self, rows: Array) -> None:
        """Show these rows, ascending."""
        self._rows = rows
        self._anchor = self._cursor = 0
        self._range()
        self.viewport().update()

    def show_told(self, told: Array | None) -> None:
        """What the network tells of each row (rows,), -1 where that is not known."""
        self._told = told
        self.viewport().update()

    def select(self, rows: frozenset[int]) -> None:
        """Frame these rows and bring the first of them into sight."""
        self._selected = rows
        places = self._places(rows)
        if len(places):
            self._anchor = self._cursor = int(places[0])
            self._bring(self._cursor)
        self.viewport().update()

    def tile(self, place: int) -> QRect:
        """Where a place is in the viewport."""
        row, column = divmod(place, self._across)
        top = row * self._high - self.verticalScrollBar().value()
        return QRect(column * self._step, top, self._step, self._high)

    def place_at(self, at: QPoint) -> int | None:
        """The place under a point of the viewport."""
        column = at.x() // self._step
        row = (at.y() + self.verticalScrollBar().value()) // self._high
        place = row * self._across + column
        inside = 0 <= column < self._across and 0 <= place < len(self._rows)
        return place if inside else None

    def words_of(self, row: int) -> str:
        """A row in words: "Row 12, training, 3"."""
        page = self._page
        assert page is not None
        words = f"Row {row + 1:,}, {PARTS[page.part[row]]}"
        told = self._told_of(row)
        if page.target is not None:
            words += f", {page.target.text(row)}"
        return f"{words}; the network tells {told}" if told else words

    def sizeHint(self) -> QSize:
        return QSize(640, 300)

    # where things are

    @property
    def _across(self) -> int:
        return max(self.viewport().width() // _WIDE, 1)

    @property
    def _step(self) -> int:
        return max(self.viewport().width() // self._across, 1)

    @property
    def _high(self) -> int:
        return SIDE + _GAP + 2 * QFontMetrics(font(SMALL)).lineSpacing() + 12

    def _places(self, rows: frozenset[int]) -> Array:
        wanted = np.sort(np.fromiter(rows, np.intp, len(rows)))
        return np.flatnonzero(np.isin(self._rows, wanted))

    def _range(self) -> None:
        lines = -(-len(self._rows) // self._across)
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._high // 2)
        bar.setRange(0, max(0, lines * self._high - self.viewport().height()))

    def _bring(self, place: int) -> None:
        bar, tile = self.verticalScrollBar(), self.tile(place)
        if tile.top() < 0:
            bar.setValue(bar.value() + tile.top())
        elif tile.bottom() >= self.viewport().height():
            bar.setValue(bar.value() + tile.bottom() + 1 - self.viewport().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        first = self.place_at(QPoint(1, 1))
        self._range()
        if event.oldSize().width() != event.size().width() and first is not None:
            self.verticalScrollBar().setValue(first // self._across * self._high)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    # paint

    def _repaint(self) -> None:
        self._pixmaps.clear()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        page = self._page
        if page is None:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SMALL))
        across, high = self._across, self._high
        first = self.verticalScrollBar().value() // high * across
        seen = (self.viewport().height() // high + 2) * across
        classes = page.target.classes if page.target is not None else ()
        colours = [QColor(c) for c in class_colours(self._theme.tokens, len(classes))]
        for place in range(first, min(first + seen, len(self._rows))):
            self._paint_tile(painter, page, place, colours)

    def _paint_tile(self, painter: QPainter, page: Page, place: int, colours: list[QColor]) -> None:
        row, tile, tokens = int(self._rows[place]), self.tile(place), self._theme.tokens
        box = QRectF(tile.adjusted(2, 2, -2, -2))
        if row in self._selected:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box, 6, 6)
        elif place == self._cursor and self.hasFocus():
            painter.setPen(QPen(QColor(tokens.accent), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 6, 6)
        picture = self._pixmap(page, row)
        size = picture.deviceIndependentSize()
        left = tile.center().x() - size.width() / 2
        top = tile.top() + 5 + (SIDE - size.height()) / 2
        painter.drawPixmap(round(left), round(top), picture)
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(left - 0.5, top - 0.5, size.width() + 1, size.height() + 1))
        metrics = painter.fontMetrics()
        y = tile.top() + 5 + SIDE + _GAP
        wide = tile.width() - 12
        target, told = page.target, self._told_of(row)
        if target is not None:
            name = target.text(row)
            wrong = told not in ("", name)
            words = f"{name}, told {told}" if wrong else name
            dot = 10 if target.classes else 0
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, wide - dot)
            x = tile.center().x() - (metrics.horizontalAdvance(shown) + dot) // 2
            if dot:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colours[int(target.values[row])])
                painter.drawEllipse(QRectF(x, y + metrics.ascent() - 7, 7, 7))
            painter.setPen(QColor(tokens.error if wrong else tokens.text))
            painter.drawText(x + dot, y + metrics.ascent(), shown)
        words = f"{row + 1} {_PARTS[page.part[row]]}"
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, wide)
        x = tile.center().x() - metrics.horizontalAdvance(shown) // 2
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(x, y + metrics.lineSpacing() + metrics.ascent(), shown)

    def _told_of(self, row: int) -> str:
        target = self._page.target if self._page is not None else None
        number = -1 if self._told is None else int(self._told[row])
        return target.classes[number] if target is not None and number >= 0 else ""

    def _pixmap(self, page: Page, row: int) -> QPixmap:
        found = self._pixmaps.pop(row, None)
        if found is None:
            picture = page.pictures[row].reshape(page.shape or (1, 1, -1))
            ratio = self.devicePixelRatioF()
            found = picture_pixmap(picture, page.ink, self._theme.tokens, SIDE, ratio)
        self._pixmaps[row] = found
        while len(self._pixmaps) > _KEPT:
            self._pixmaps.popitem(last=False)
        return found

    # what is done

    def _go(self, place: int, how: Qt.KeyboardModifier) -> None:
        """The cursor goes to a place, and the rows are selected that this means."""
        self._cursor = place
        row = int(self._rows[place])
        if how & _RANGE:
            low, high = sorted((self._anchor, place))
            rows = frozenset(self._rows[low : high + 1].tolist())
        else:
            self._anchor = place
            rows = self._selected ^ {row} if how & _TOGGLE else frozenset([row])
        self._bring(place)
        self._choose(rows)

    def _choose(self, rows: frozenset[int]) -> None:
        self._selected = rows
        self.setAccessibleDescription(
            self.words_of(int(self._rows[self._cursor])) if len(self._rows) else ""
        )
        self.viewport().update()
        self.chosen.emit(rows)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if place is not None:
            self._go(place, event.modifiers())
        elif not event.modifiers():
            self._choose(frozenset())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and place is not None:
            self.activated.emit(int(self._rows[place]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, count = Qt.Key(event.key()), len(self._rows)
        lines = max(self.viewport().height() // self._high, 1)
        steps = {key: down * self._across + along for key, (down, along) in ARROWS.items()} | {
            Qt.Key.Key_PageUp: -lines * self._across,
            Qt.Key.Key_PageDown: lines * self._across,
            Qt.Key.Key_Home: -count,
            Qt.Key.Key_End: count,
        }
        if not count:
            super().keyPressEvent(event)
        elif key in steps:
            place = min(max(self._cursor + steps[key], 0), count - 1)
            self._go(place, event.modifiers() & _RANGE)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(int(self._rows[self._cursor]))
        elif _is_select_all(event):
            self._choose(frozenset(self._rows.tolist()))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        shortcut = event.type() == QEvent.Type.ShortcutOverride
        if shortcut and isinstance(event, QKeyEvent) and _is_select_all(event):
            event.accept()  # else the canvas's layers are meant
            return True
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.place_at(event.pos())
            if place is None:
                QToolTip.hideText()
            else:
                words = self.words_of(int(self._rows[place]))
                QToolTip.showText(event.globalPos(), f"{words}. Double-click to walk through it.")
            return True
        return super().viewportEvent(event)


def _is_select_all(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.SelectAll)
