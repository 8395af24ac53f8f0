"""The data page: the rows, the columns' statistics, two columns as a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gradloom.document import Document, State
from gradloom.ui.forms.choice import Segmented
from gradloom.ui.forms.parts import ElidedLabel
from gradloom.ui.importing.sample import TABLE_SHEET
from gradloom.ui.table.columns import Page, page_of, words_of
from gradloom.ui.table.facts import FactsList
from gradloom.ui.table.model import PICTURE, RowsModel
from gradloom.ui.theme import NORMAL, SMALL, Theme, font
from gradloom.ui.view import View

if TYPE_CHECKING:
    from gradloom.ui.table.scatter import Scatter

_SAMPLE = 50  # rows that widths are judged by
_NARROWEST, _WIDEST = 64, 180  # px of a column at first
_MEASURED = 100  # columns
WALK = "Walk through this row"
ROWS, PLOT, COLUMNS = range(3)  # tabs
_NARROW = 560  # px
_UNSORTED = -1, Qt.SortOrder.AscendingOrder
_Select = QItemSelectionModel.SelectionFlag


class DataPage(QWidget):
    """Looks at the document's data while it is in sight; rows chosen here are chosen everywhere."""

    walk_row = Signal(int)  # a row of the dataset to step through

    def __init__(
        self, document: Document, view: View, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._view, self._theme = document, view, theme
        self._shown: object = None  # what `page` was made of
        self.page: Page | None = None
        self._own = False  # the selection changes by this page's doing
        self._sorted = _UNSORTED
        self.setAccessibleName("Data table")
        self.model = RowsModel(theme)
        self.table = _table(self.model)
        self.facts = FactsList(theme)
        self.scatter: Scatter | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.title = ElidedLabel(size=NORMAL, strong=True)
        self.words = ElidedLabel(size=SMALL)
        self.words.set_quiet()
        self.tabs = Segmented(["Rows", "Plot", "Columns"])
        for button, tip in zip(
            self.tabs.buttons,
            (
                "Every row of the dataset.",
                "Any two columns against each other.",
                "What is in each column.",
            ),
            strict=True,
        ):
            button.setToolTip(tip)
        self.tabs.buttons[0].setChecked(True)
        self.walk = QPushButton(WALK)
        self.walk.setAccessibleName(WALK)
        self.walk.setFont(font(SMALL))
        self.walk.setToolTip(
            "Goes through one training step with the chosen row, operation by operation; a double"
            " click on the row does the same."
        )
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.stack)
        split.addWidget(self.facts)
        split.setStretchFactor(0, 1)
        split.setSizes([600, 240])
        split.setChildrenCollapsible(False)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.words, 1)
        head.addStretch(0)
        head.addWidget(self.tabs)
        head.addWidget(self.walk)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(split, 1)
        self._wire()

    def _wire(self) -> None:
        self.tabs.group.idClicked.connect(self.show_tab)
        self.walk.clicked.connect(self._walk)
        self.table.doubleClicked.connect(self._walk)
        self.table.selectionModel().selectionChanged.connect(self._chosen)
        self.table.selectionModel().currentColumnChanged.connect(self._column_changed)
        self.table.horizontalHeader().sectionClicked.connect(self._sort)
        self.facts.picked.connect(self._picked)
        self._view.rows_selected.connect(self._rows_selected)
        disconnect = self._document.changed.connect(self._follow)
        self.destroyed.connect(lambda *_, disconnect=disconnect: disconnect())
        self._theme.changed.connect(self._repaint)
        self._enable()

    def sizeHint(self) -> QSize:
        return QSize(640, 300)

    def show_tab(self, which: int) -> None:
        """0: the rows; 1: the plot, made when it is first looked at; 2: the columns alone."""
        if which == PLOT and self.scatter is None:
            from gradloom.ui.table.scatter import Scatter

            self.scatter = Scatter(self._theme)
            self.scatter.row_picked.connect(lambda row: self._view.select_rows(frozenset([row])))
            self.stack.addWidget(self.scatter)
            if self.page is not None:
                self.scatter.show_page(self.page)
                self.scatter.show_rows(self._view.rows)
        if which != COLUMNS:
            self.stack.setCurrentIndex(which)
        self.tabs.buttons[which].setChecked(True)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The columns stand beside the rows, or in a narrow page behind them."""
        narrow = self.width() < _NARROW
        alone = narrow and self.tabs.buttons[COLUMNS].isChecked()
        self.tabs.buttons[COLUMNS].setVisible(narrow)
        self.words.setVisible(not narrow)  # the title's tip has them
        self.walk.setText("Walk" if narrow else WALK)
        if not narrow and self.tabs.buttons[COLUMNS].isChecked():
            self.tabs.buttons[self.stack.currentIndex()].setChecked(True)
        self.stack.setVisible(not alone)
        self.facts.setVisible(alone or not narrow)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    # what is shown

    def _follow(self, before: State, after: State) -> None:
        if self.isVisible():
            self._look()

    def _look(self) -> None:
        """Show the data as it is, if it is not shown yet."""
        state = self._document.state
        prepared = state.prepared
        if prepared is self._shown:
            return
        self._shown = prepared
        page = self.page = page_of(state)
        self.title.set_text(page.name, words_of(page))
        self.words.set_text(words_of(page))
        self._own = True
        self._sorted = _UNSORTED
        self.table.horizontalHeader().setSortIndicator(*_UNSORTED)
        self.model.show(page)
        self._own = False
        height = PICTURE + 4 if page.shape is not None else self.fontMetrics().height() + 6
        self.table.verticalHeader().setDefaultSectionSize(height)
        self._fit_widths(page)
        self.facts.show_page(page)
        if self.scatter is not None:
            self.scatter.show_page(page)
        self._rows_selected(self._view.rows)
        self._enable()

    def _fit_widths(self, page: Page) -> None:
        header, text = self.table.horizontalHeader(), self.table.fontMetrics()
        small = QFontMetrics(font(SMALL, strong=True))
        for section in range(min(self.model.columnCount(), _MEASURED)):
            column = self.model.column_at(section)
            if column is None:
                widest = text.horizontalAdvance("validation") + 8
            else:
                words = [column.text(row) for row in range(min(page.rows, _SAMPLE))]
                widest = max([text.horizontalAdvance(word) for word in words], default=0)
                head = max(small.horizontalAdvance(w) for w in (column.name, column.kind))
                widest = max(widest + 14 * bool(column.classes), head + 12)
            header.resizeSection(section, min(max(widest + 14, _NARROWEST), _WIDEST))

    def _repaint(self) -> None:
        self.model.repaint()
        self.table.viewport().update()

    # rows and columns that are chosen

    def _chosen(self) -> None:
        if not self._own:
            found = self.table.selectionModel().selection()
            ranges = [found.at(i) for i in range(found.count())]
            rows = (self.model.row_of(i) for r in ranges for i in range(r.top(), r.bottom() + 1))
            self._own = True
            self._view.select_rows(frozenset(rows))
            self._own = False
            if self.scatter is not None:
                self.scatter.show_rows(self._view.rows)
        self._enable()

    def _rows_selected(self, rows: frozenset[int]) -> None:
        if self._own or self.page is None:
            return
        count = self.page.rows
        places = sorted(self.model.place_of(row) for row in rows if 0 <= row < count)
        self._own = True
        self.table.selectionModel().select(
            self._selection(places), _Select.ClearAndSelect | _Select.Rows
        )
        if places:
            first = self.model.index(places[0], 0)
            self.table.selectionModel().setCurrentIndex(first, _Select.NoUpdate)
            self.table.scrollTo(first)
        self._own = False
        if self.scatter is not None:
            self.scatter.show_rows(rows)
        self._enable()

    def _selection(self, places: list[int]) -> QItemSelection:
        """These places of the table, runs of them together."""
        made, last = QItemSelection(), self.model.columnCount() - 1
        start = 0
        for i, place in enumerate(places):
            if i + 1 == len(places) or places[i + 1] != place + 1:
                made.select(self.model.index(places[start], 0), self.model.index(place, last))
                start = i + 1
        return made

    def _sort(self, section: int) -> None:
        """Up, down, and back to the order of the file."""
        header = self.table.horizontalHeader()
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        before = self._sorted  # Qt has moved its own mark already
        order = down if before == (section, up) else up
        column = -1 if before == (section, down) else section
        self._sorted = column, order
        header.setSortIndicator(column, order)
        self._own = True
        self.model.sort(column, order)
        self._own = False
        self._rows_selected(self._view.rows)
        self.facts.pick(section - self.model.first)

    def _column_changed(self, now: QModelIndex) -> None:
        if now.isValid() and not self._own:
            self.facts.pick(now.column() - self.model.first)

    def _picked(self, column: int) -> None:
        if self.table.currentIndex().column() != column + self.model.first:
            at = self.model.index(max(self.table.rowAt(0), 0), column + self.model.first)
            self.table.scrollTo(at)
        if self.scatter is not None and self.stack.currentWidget() is self.scatter:
            self.scatter.pick(column)

    def _walk(self) -> None:
        rows = self._view.rows
        if len(rows) == 1:
            self.walk_row.emit(next(iter(rows)))

    def _enable(self) -> None:
        self.walk.setEnabled(len(self._view.rows) == 1)


def _table(model: RowsModel) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName("Rows of the dataset")
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setIconSize(QSize(PICTURE, PICTURE))
    table.setStyleSheet(TABLE_SHEET)
    numbers = table.verticalHeader()
    numbers.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    numbers.setFont(font(SMALL))
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    header.setSectionsClickable(True)
    header.setHighlightSections(False)
    header.setSortIndicatorShown(True)
    header.setSortIndicator(*_UNSORTED)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setFixedHeight(2 * QFontMetrics(font(SMALL)).lineSpacing() + 10)
    header.setAccessibleName("Columns: click to sort")
    return table
