"""The classes of a set of pictures in a list: how many of each, and some of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from gradloom.core.counting import counted
from gradloom.data.ink import Ink, ink_of
from gradloom.data.pictures import Look
from gradloom.ui.pictures import picture_pixmap
from gradloom.ui.theme import NORMAL, SMALL, Theme, class_colours, font

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SIDE, _GAP, _NAME = 40, 4, 96  # px


class _Classes(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.look: Look | None = None
        self.ink = Ink()

    def show(self, look: Look | None) -> None:
        self.beginResetModel()
        self.look = look
        if look is not None:
            some = [s for s in look.samples if len(s)]
            self.ink = ink_of(np.concatenate(some)) if some else Ink()
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() or self.look is None else len(self.look.classes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.look is None or role != Qt.ItemDataRole.DisplayRole:
            return None
        row = index.row()
        return f"{self.look.classes[row]}: {counted(self.look.counts[row], 'picture')}"


class _Painter(QStyledItemDelegate):
    def __init__(self, theme: Theme, classes: _Classes) -> None:
        super().__init__()
        self._theme, self._classes = theme, classes
        self.kept: dict[tuple[int, int], QPixmap] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, _SIDE + 10)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, row = self._classes.look, index.row()
        if look is None:
            return
        tokens = self._theme.tokens
        room: QRect = option.rect.adjusted(8, 5, -8, -5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = class_colours(tokens, len(look.classes))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours[row]))
        middle = room.center().y()
        painter.drawEllipse(room.x(), middle - 4, 8, 8)
        strong, small = QFontMetrics(font(NORMAL)), QFontMetrics(font(SMALL))
        x, wide = room.x() + 16, _NAME - 16
        painter.setFont(font(NORMAL))
        painter.setPen(QColor(tokens.text))
        top = middle - (strong.height() + small.height()) // 2
        name = strong.elidedText(look.classes[row], Qt.TextElideMode.ElideRight, wide)
        painter.drawText(x, top + strong.ascent(), name)
        painter.setFont(font(SMALL))
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(x, top + strong.height() + small.ascent(), f"{look.counts[row]:,}")
        ratio = option.widget.devicePixelRatioF() if option.widget else 1.0
        x = room.x() + _NAME
        for i in range(len(look.samples[row])):
            if x + _SIDE > room.right():
                break
            picture = self._picture(look, row, i, ratio)
            size = picture.deviceIndependentSize()
            painter.drawPixmap(x, room.y() + round((_SIDE - size.height()) / 2), picture)
            x += round(size.width()) + _GAP
        painter.restore()

    def _picture(self, look: Look, row: int, i: int, ratio: float) -> QPixmap:
        if (row, i) not in self.kept:
            self.kept[row, i] = picture_pixmap(
                look.samples[row][i], self._classes.ink, self._theme.tokens, _SIDE, ratio
            )
        return self.kept[row, i]


class ClassList(QListView):
    """A row for each class."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._classes = _Classes()
        self.setModel(self._classes)
        self._painter = _Painter(theme, self._classes)
        self.setItemDelegate(self._painter)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Classes and some of their pictures")
        theme.changed.connect(self._repaint)

    def show_look(self, look: Look | None) -> None:
        """Show the classes of another set."""
        self._painter.kept.clear()
        self._classes.show(look)

    def _repaint(self) -> None:
        self._painter.kept.clear()
        self.viewport().update()
