"""The columns of a dataset in a list: their statistics, each with its histogram."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gradloom.ui.table.columns import PARTS, Page, PageColumn, balance, facts_of
from gradloom.ui.theme import NORMAL, SMALL, Theme, class_colours, font

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_NOWHERE = QModelIndex()
_BARS = 72  # px across
_MARGIN = 8


class _Columns(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.page: Page | None = None

    def show(self, page: Page) -> None:
        self.beginResetModel()
        self.page = page
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() or self.page is None else len(self.page.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if self.page is None:
            return None
        column = self.page.columns[index.row()]
        if role == Role.DisplayRole:
            return column.name
        if role == Role.ToolTipRole or role == Role.AccessibleDescriptionRole:
            return told(column, self.page) if column.summed else column.kind
        return None


def told(column: PageColumn, page: Page) -> str:
    """Everything about a column, line by line; for classes how many rows of each, by part."""
    lines = [f"{column.name}: {column.kind}"]
    lines += [f"{name}: {value}" for name, value in facts_of(column)]
    if column.classes:
        for name, counts in zip(column.classes[:20], balance(column, page.part), strict=False):
            parts = ", ".join(f"{n:,} {p}" for n, p in zip(counts, PARTS, strict=True) if n)
            lines.append(f"{name}: {parts or 'none'}")
    return "\n".join(lines)


def lines_of(column: PageColumn) -> tuple[str, str, str]:
    """Three short lines of statistics."""
    found = column.summary
    last = f"{found.distinct:,} distinct, {column.missing:,} missing"
    if column.classes:
        counts = zip(column.classes, found.counts, strict=False)
        named = ", ".join(f"{name} {count:,}" for name, count in counts)
        return named, column.kind, last
    return (
        f"{found.low:.4g} to {found.high:.4g}",
        f"mean {found.mean:.4g} ± {found.deviation:.4g}",
        last,
    )


class _Painter(QStyledItemDelegate):
    """Paints a column; asks for its statistics when it is first seen."""

    wanted = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        small = QFontMetrics(font(SMALL)).lineSpacing()
        return QSize(180, QFontMetrics(font(NORMAL)).lineSpacing() + 3 * small + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        page = index.model().page  # type: ignore[attr-defined]
        column: PageColumn = page.columns[index.row()]
        tokens = self._theme.tokens
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(tokens.window))
            painter.fillRect(rect.x(), rect.y(), 2, rect.height(), QColor(tokens.accent))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, QColor(tokens.hairline))
        room = rect.adjusted(_MARGIN, 6, -_MARGIN, -4)
        words = room.adjusted(0, 0, -_BARS - _MARGIN, 0)
        strong = font(NORMAL, strong=column.role == "target")
        painter.setFont(strong)
        painter.setPen(QColor(tokens.text))
        metrics = QFontMetrics(strong)
        _say(painter, words.x(), words.y(), words.width(), metrics, column.name)
        small = QFontMetrics(font(SMALL))
        painter.setFont(font(SMALL))
        painter.setPen(QColor(tokens.quiet))
        y = words.y() + metrics.lineSpacing()
        if column.summed:
            for line in lines_of(column):
                _say(painter, words.x(), y, words.width(), small, line)
                y += small.lineSpacing()
            bars = QRectF(room.right() - _BARS, room.y() + 2, _BARS, room.height() - 6)
            self._bars(painter, bars, column)
        else:
            _say(painter, words.x(), y, words.width(), small, "…")
            self.wanted.emit(index.row())
        painter.restore()

    def _bars(self, painter: QPainter, room: QRectF, column: PageColumn) -> None:
        tokens = self._theme.tokens
        counts = column.summary.counts[:60]
        most = max(int(counts.max()), 1) if len(counts) else 1
        wide = room.width() / max(len(counts), 1)
        gap = 1.0 if wide > 3 else 0.0
        colours = class_colours(tokens, len(counts)) if column.role == "target" else ()
        painter.setPen(Qt.PenStyle.NoPen)
        for i, count in enumerate(counts.tolist()):
            high = max(room.height() * count / most, 1.0 if count else 0.0)
            ink = colours[i] if column.classes and colours else tokens.quiet
            painter.setBrush(QColor(ink))
            painter.drawRect(
                QRectF(room.x() + i * wide, room.bottom() - high, max(wide - gap, 0.5), high)
            )
        painter.setBrush(QColor(tokens.hairline))
        painter.drawRect(QRectF(room.x(), room.bottom(), room.width(), 1))


def _say(painter: QPainter, x: int, y: int, width: int, metrics: QFontMetrics, text: str) -> None:
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    painter.drawText(x, y + metrics.ascent(), shown)


class FactsList(QListView):
    """The columns; what is in one is worked out when it comes into sight, one at a time."""

    picked = Signal(int)  # a column of the page

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._columns = _Columns()
        self._wanted: list[int] = []
        self.setModel(self._columns)
        self._painter = _Painter(theme)
        self._painter.wanted.connect(self._want)
        self.setItemDelegate(self._painter)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Columns and their statistics")
        self.setForegroundRole(QPalette.ColorRole.Text)
        self.setMinimumWidth(180)
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._work)
        self.selectionModel().currentChanged.connect(self._current)
        theme.changed.connect(self.viewport().update)

    def show_page(self, page: Page) -> None:
        """Show the columns of another dataset."""
        self._wanted = []
        self._columns.show(page)

    def pick(self, column: int) -> None:
        """Bring a column into sight."""
        if 0 <= column < self._columns.rowCount():
            self.setCurrentIndex(self._columns.index(column))

    def _current(self, now: QModelIndex) -> None:
        if now.isValid():
            self.picked.emit(now.row())

    def _want(self, column: int) -> None:
        if column not in self._wanted:
            self._wanted.append(column)
            self._timer.start()

    def _work(self) -> None:
        page = self._columns.page
        if page is None or not self._wanted:
            return
        column = self._wanted.pop(0)
        _ = page.columns[column].summary
        index = self._columns.index(column)
        self._columns.dataChanged.emit(index, index)
        if self._wanted:
            self._timer.start()
