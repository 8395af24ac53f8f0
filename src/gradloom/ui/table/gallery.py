"""The pictures of a dataset in rows and columns; only those in sight are painted."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip

from gradloom.layers.shapes import Array
from gradloom.ui.keys import ARROWS
from gradloom.ui.table.columns import Page
from gradloom.ui.table.tile import WIDE, TilePainter, tile_height
from gradloom.ui.theme import SMALL, Theme, font

_TOGGLE, _RANGE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Gallery(QAbstractScrollArea):
    """Places count from 0, left to right; at each stands a row of the dataset."""

    chosen = Signal(object)  # frozenset of rows
    activated = Signal(int)  # a row: a double click, Enter

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.tiles = TilePainter(theme)
        self._rows: Array = np.zeros(0, np.intp)  # ascending
        self._selected: frozenset[int] = frozenset()
        self._anchor = self._cursor = 0  # places
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
        self.tiles.show_page(page)
        self.show_rows(np.zeros(0, np.intp))

    def show_rows(self, rows: Array) -> None:
        """Show these rows, ascending."""
        self._rows = rows
        self._anchor = self._cursor = 0
        self._range()
        self.viewport().update()

    def show_told(self, told: Array | None) -> None:
        """What the network tells of each row (rows,), -1 where that is not known."""
        self.tiles.told = told
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
        top = row * tile_height() - self.verticalScrollBar().value()
        return QRect(column * self._step, top, self._step, tile_height())

    def place_at(self, at: QPoint) -> int | None:
        """The place under a point of the viewport."""
        column = at.x() // self._step
        row = (at.y() + self.verticalScrollBar().value()) // tile_height()
        place = row * self._across + column
        inside = 0 <= column < self._across and 0 <= place < len(self._rows)
        return place if inside else None

    def sizeHint(self) -> QSize:
        return QSize(640, 300)

    # where things are

    @property
    def _across(self) -> int:
        return max(self.viewport().width() // WIDE, 1)

    @property
    def _step(self) -> int:
        return max(self.viewport().width() // self._across, 1)

    def _places(self, rows: frozenset[int]) -> Array:
        wanted = np.sort(np.fromiter(rows, np.intp, len(rows)))
        return np.flatnonzero(np.isin(self._rows, wanted))

    def _range(self) -> None:
        lines = -(-len(self._rows) // self._across)
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(tile_height() // 2)
        bar.setRange(0, max(0, lines * tile_height() - self.viewport().height()))

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
            self.verticalScrollBar().setValue(first // self._across * tile_height())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    # paint

    def _repaint(self) -> None:
        self.tiles.forget()
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.tiles.page is None:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SMALL))
        across, high = self._across, tile_height()
        first = self.verticalScrollBar().value() // high * across
        seen = (self.viewport().height() // high + 2) * across
        ratio = self.devicePixelRatioF()
        for place in range(first, min(first + seen, len(self._rows))):
            tile, row = self.tile(place), int(self._rows[place])
            self._frame(painter, tile, place, row)
            self.tiles.paint(painter, tile, row, ratio)

    def _frame(self, painter: QPainter, tile: QRect, place: int, row: int) -> None:
        """Around what is selected, or else where the keyboard is."""
        accent = self._theme.colour("accent")
        if row in self._selected:
            painter.setPen(QPen(accent, 2))
            painter.setBrush(self._theme.colour("raised"))
        elif place == self._cursor and self.hasFocus():
            painter.setPen(QPen(accent, 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            return
        painter.drawRoundedRect(QRectF(tile.adjusted(2, 2, -2, -2)), 6, 6)

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
            self.tiles.words_of(int(self._rows[self._cursor])) if len(self._rows) else ""
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
        lines = max(self.viewport().height() // tile_height(), 1)
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
                words = self.tiles.words_of(int(self._rows[place]))
                QToolTip.showText(event.globalPos(), f"{words}. Double-click to walk through it.")
            return True
        return super().viewportEvent(event)


def _is_select_all(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.SelectAll)
