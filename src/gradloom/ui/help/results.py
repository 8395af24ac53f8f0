"""What a search in help found: titles, and the words around what was searched."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from gradloom.ui.help.topics import Hit
from gradloom.ui.theme import NORMAL, SMALL, Theme, font

_HIT = Qt.ItemDataRole.UserRole
_PAD, _LINES = 8, 2
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop)
Index = QModelIndex | QPersistentModelIndex


class Results(QListWidget):
    """Arrow keys or the mouse choose, Enter or a click opens."""

    chosen = Signal(str)  # name of a topic

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Topics found")
        self.setItemDelegate(_Rows(theme, self))
        self.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setStyleSheet("QListView { border: none; border-radius: 0; }")
        self.itemClicked.connect(self._open)
        self.itemActivated.connect(self._open)
        theme.changed.connect(self.viewport().update)

    def show_hits(self, hits: tuple[Hit, ...]) -> None:
        """List these, the first one chosen."""
        self.clear()
        for hit in hits:
            item = QListWidgetItem(hit.topic.title)
            item.setData(_HIT, hit)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, hit.snippet)
            self.addItem(item)
        self.setCurrentRow(0)

    def move(self, by: int) -> None:  # type: ignore[override]
        """Choose the one so many rows further."""
        self.setCurrentRow(max(0, min(self.count() - 1, self.currentRow() + by)))

    def choose(self) -> None:
        """Open the one that is chosen, if any."""
        item = self.currentItem()
        if item is not None:
            self._open(item)

    def _open(self, item: QListWidgetItem) -> None:
        hit = item.data(_HIT)
        assert isinstance(hit, Hit)
        self.chosen.emit(hit.topic.name)


class _Rows(QStyledItemDelegate):
    """A title, and up to two quiet lines."""

    def __init__(self, theme: Theme, parent: QListWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, at: Index) -> QSize:
        title, small = QFontMetrics(font(NORMAL, strong=True)), QFontMetrics(font(SMALL))
        return QSize(120, title.height() + _LINES * small.lineSpacing() + 2 * _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, at: Index) -> None:
        hit, tokens = at.data(_HIT), self._theme.tokens
        room: QRect = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(room, self._theme.colour("window"))
            painter.fillRect(QRect(room.x(), room.y(), 3, room.height()), tokens.accent)
        inside = room.adjusted(14, _PAD, -10, -_PAD)
        painter.setFont(font(NORMAL, strong=True))
        painter.setPen(self._theme.colour("text"))
        metrics = painter.fontMetrics()
        title = metrics.elidedText(hit.topic.title, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, int(Qt.AlignmentFlag.AlignTop), title)
        painter.setFont(font(SMALL))
        painter.setPen(self._theme.colour("quiet"))
        below = inside.adjusted(0, metrics.height(), 0, 0)
        painter.setClipRect(below)
        painter.drawText(below, _WRAP, hit.snippet)
        painter.restore()
