"""The rows of a dataset in a table: sorted by a click on a header, chosen by mouse and keys."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gradloom.ui.importing.heads import ColumnHeads
from gradloom.ui.importing.sample import TABLE_SHEET
from gradloom.ui.table.columns import Page
from gradloom.ui.table.model import PICTURE, RowsModel
from gradloom.ui.theme import SMALL, Theme, font

_SAMPLE = 50  # rows that widths are judged by
_NARROWEST, _WIDEST = 64, 180  # px of a column at first
_MEASURED = 100  # columns
_MOST_RUNS = 2000  # of selected rows: for more Qt takes seconds, so they are marked by the model
_UNSORTED = -1, Qt.SortOrder.AscendingOrder
_Select = QItemSelectionModel.SelectionFlag


class RowsTable(QTableView):
    """Rows are told by their number in the dataset, columns by their place in the page."""

    chosen = Signal(object)  # frozenset of rows
    column_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._model = RowsModel(theme)
        self._rows: frozenset[int] = frozenset()
        self._own = False  # the selection changes by this table's doing
        self._sorted = _UNSORTED
        self.setHorizontalHeader(ColumnHeads())
        self.setModel(self._model)
        self._look()
        self.selectionModel().selectionChanged.connect(self._chosen)
        self.selectionModel().currentColumnChanged.connect(self._column_changed)
        self.horizontalHeader().sectionClicked.connect(self._sort)
        theme.changed.connect(self._repaint)

    def show_page(self, page: Page) -> None:
        """Show another dataset."""
        self._own = True
        self._sorted = _UNSORTED
        self.horizontalHeader().setSortIndicator(*_UNSORTED)
        self._model.show(page)
        self._own = False
        height = PICTURE + 4 if page.shape is not None else self.fontMetrics().height() + 6
        self.verticalHeader().setDefaultSectionSize(height)
        self._fit_widths(page)

    def select_rows(self, rows: frozenset[int]) -> None:
        """Choose exactly these rows and bring the first into sight."""
        self._rows = rows
        found = np.fromiter(rows, np.intp, len(rows))
        found = found[(found >= 0) & (found < self._model.rowCount())]
        places = np.sort(self._model.places_of(found))
        runs = _runs(places)
        many = len(runs) > _MOST_RUNS
        self._own = True
        self._model.mark(found if many else found[:0])
        chosen = QItemSelection() if many else self._selection(runs)
        self.selectionModel().select(chosen, _Select.ClearAndSelect | _Select.Rows)
        if len(places):
            first = self._model.index(int(places[0]), 0)
            self.selectionModel().setCurrentIndex(first, _Select.NoUpdate)
            self.scrollTo(first)
        self._own = False

    def show_column(self, column: int) -> None:
        """Bring a column of the page into sight."""
        section = column + self._model.first
        if self.currentIndex().column() != section:
            self.scrollTo(self._model.index(max(self.rowAt(0), 0), section))

    def _fit_widths(self, page: Page) -> None:
        header, text = self.horizontalHeader(), self.fontMetrics()
        small = QFontMetrics(font(SMALL, strong=True))
        for section in range(min(self._model.columnCount(), _MEASURED)):
            column = self._model.column_at(section)
            if column is None:
                widest = text.horizontalAdvance("validation") + 8
            else:
                words = [column.text(row) for row in range(min(page.rows, _SAMPLE))]
                widest = max([text.horizontalAdvance(word) for word in words], default=0)
                head = max(small.horizontalAdvance(w) for w in (column.name, column.kind))
                widest = max(widest + 14 * bool(column.classes), head + 12)
            header.resizeSection(section, min(max(widest + 14, _NARROWEST), _WIDEST))

    def _repaint(self) -> None:
        self._model.repaint()
        self.viewport().update()

    def _chosen(self) -> None:
        if self._own:
            return
        found = self.selectionModel().selection()
        ranges = [found.at(i) for i in range(found.count())]
        rows = (self._model.row_of(i) for r in ranges for i in range(r.top(), r.bottom() + 1))
        self._rows = frozenset(rows)
        self._model.mark(np.zeros(0, np.intp))
        self.chosen.emit(self._rows)

    def _selection(self, runs: list[list[int]]) -> QItemSelection:
        """These runs of places of the table."""
        made, right = QItemSelection(), self._model.columnCount() - 1
        for first, last in runs:
            made.select(self._model.index(first, 0), self._model.index(last, right))
        return made

    def _sort(self, section: int) -> None:
        """Up, down, and back to the order of the file."""
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        before = self._sorted  # Qt has moved its own mark already
        order = down if before == (section, up) else up
        column = -1 if before == (section, down) else section
        self._sorted = column, order
        self.horizontalHeader().setSortIndicator(column, order)
        self._own = True
        self._model.sort(column, order)
        self._own = False
        self.select_rows(self._rows)
        self.column_chosen.emit(section - self._model.first)

    def _column_changed(self, now: QModelIndex) -> None:
        if now.isValid() and not self._own:
            self.column_chosen.emit(now.column() - self._model.first)

    def _look(self) -> None:
        self.setAccessibleName("Rows of the dataset")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.setStyleSheet(TABLE_SHEET)
        numbers = self.verticalHeader()
        numbers.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        numbers.setFont(font(SMALL))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(*_UNSORTED)
        header.setAccessibleName("Columns: click to sort")


def _runs(places: np.ndarray) -> list[list[int]]:
    """The first and the last of every run of neighbours among ascending places."""
    if not len(places):
        return []
    ends = np.flatnonzero(np.diff(places) > 1)
    first = places[np.concatenate([[0], ends + 1])]
    last = places[np.concatenate([ends, [len(places) - 1]])]
    runs: list[list[int]] = np.stack([first, last], axis=1).tolist()
    return runs
