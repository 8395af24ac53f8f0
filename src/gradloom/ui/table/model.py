"""The rows of the data page as Qt asks for them: nothing is made that is not looked at."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPixmap

from gradloom.ui.pictures import picture_pixmap
from gradloom.ui.table.columns import PARTS, Page, PageColumn
from gradloom.ui.theme import SMALL, Theme, class_colours, font

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
PICTURE = 28  # px
_KEPT = 500  # pictures
_NOWHERE = QModelIndex()
_COLOURS = (Role.BackgroundRole, Role.ForegroundRole)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class RowsModel(QAbstractTableModel):
    """Columns: the part, the picture if rows are pictures, then those of the page.

    Rows may stand in another order (`sort`); `row_of` and `places_of` go between the two.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.page: Page | None = None
        self._order: np.ndarray | None = None  # rows in the order shown; None: as they are
        self._places: np.ndarray | None = None
        self._marked: np.ndarray | None = None  # (rows,) of bool
        self._pictures: OrderedDict[int, QPixmap] = OrderedDict()
        self._colours: dict[int, list[QPixmap]] = {}
        self.asked = 0  # how often a cell was asked for; for tests

    @property
    def first(self) -> int:
        """Where the page's own columns begin."""
        return 2 if self.page is not None and self.page.shape is not None else 1

    def show(self, page: Page) -> None:
        """Show another dataset."""
        self.beginResetModel()
        self.page, self._order, self._places, self._marked = page, None, None, None
        self.endResetModel()
        self.repaint()

    def repaint(self) -> None:
        """Colours changed."""
        self._pictures.clear()
        self._colours.clear()

    def column_at(self, section: int) -> PageColumn | None:
        """The page's column at a place, None for part and picture."""
        if self.page is None or not 0 <= section - self.first < len(self.page.columns):
            return None
        return self.page.columns[section - self.first]

    def row_of(self, place: int) -> int:
        """The row of the dataset that stands at a place."""
        return place if self._order is None else int(self._order[place])

    def places_of(self, rows: np.ndarray) -> np.ndarray:
        """Where rows of the dataset stand."""
        return rows if self._places is None else self._places[rows]

    def mark(self, rows: np.ndarray) -> None:
        """Show just these rows in the colour of selected ones."""
        if not len(rows) and self._marked is None:
            return
        self._marked = None
        if len(rows):
            self._marked = np.zeros(self.rowCount(), bool)
            self._marked[rows] = True
        corner = self.index(self.rowCount() - 1, self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), corner, list(_COLOURS))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() or self.page is None else self.page.rows

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        if parent.isValid() or self.page is None:
            return 0
        return self.first + len(self.page.columns)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Rows by a column; by their number for no column."""
        if self.page is None:
            return
        self.layoutAboutToBeChanged.emit()
        found = self.column_at(column)
        values = found.values if found is not None else self.page.part if column == 0 else None
        if values is None:
            self._order = self._places = None
        else:
            ordered = np.argsort(values, kind="stable")
            if order == Qt.SortOrder.DescendingOrder:
                ordered = ordered[::-1]
            self._order = ordered
            self._places = np.empty_like(ordered)
            self._places[ordered] = np.arange(len(ordered))
        self.layoutChanged.emit()

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        assert self.page is not None
        section = index.column()
        column = self.column_at(section)
        if role == Role.DisplayRole:
            self.asked += 1
            row = self.row_of(index.row())
            if column is not None:
                return column.text(row)
            return PARTS[self.page.part[row]] if section == 0 else None
        if role == Role.TextAlignmentRole:
            return _RIGHT if column is not None and not column.classes else None
        if role in _COLOURS and self._marked is not None and self._marked[self.row_of(index.row())]:
            palette = QGuiApplication.palette()
            background = role == Role.BackgroundRole
            return palette.highlight() if background else palette.highlightedText()
        if role == Role.ForegroundRole and section == 0:
            return self._theme.colour("quiet")
        if role == Role.DecorationRole:
            return self._decoration(section, column, self.row_of(index.row()))
        return None

    def _decoration(self, section: int, column: PageColumn | None, row: int) -> QPixmap | None:
        if column is None:
            return self._picture(row) if section == 1 else None
        if column.classes and column.role == "target":
            return self._dots(section, column)[int(column.values[row])]
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return f"{self.row_of(section) + 1}" if role == Role.DisplayRole else None
        column = self.column_at(section)
        if role == Role.DisplayRole:
            if column is None:
                return ("Part\n", "Picture\n")[section]
            return f"{column.name}\n{column.kind}"
        if role == Role.FontRole:
            return font(SMALL, strong=column is not None and column.role == "target")
        if role == Role.ForegroundRole and column is None:
            return self._theme.colour("quiet")
        if role == Role.ToolTipRole and column is not None:
            return f"{column.name}: {column.kind}. Click to sort the rows by it."
        return None

    def _dots(self, section: int, column: PageColumn) -> list[QPixmap]:
        if section not in self._colours:
            colours = class_colours(self._theme.tokens, len(column.classes))
            self._colours[section] = [_dot(colour) for colour in colours]
        return self._colours[section]

    def _picture(self, row: int) -> QPixmap:
        page = self.page
        assert page is not None
        assert page.shape is not None
        found = self._pictures.pop(row, None)
        if found is None:
            picture = page.pictures[row].reshape(page.shape)
            found = picture_pixmap(picture, page.ink, self._theme.tokens, PICTURE, 1.0)
        self._pictures[row] = found
        while len(self._pictures) > _KEPT:
            self._pictures.popitem(last=False)
        return found


def _dot(colour: str) -> QPixmap:
    pixmap = QPixmap(16, 16)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(0, 0, 8, 8)
    painter.end()
    return pixmap
