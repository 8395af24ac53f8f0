"""The data page: the pictures, the rows, the columns' statistics, two columns as a plot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from gradloom.document import Document, State
from gradloom.session.answering import Rest
from gradloom.session.telling import RowsStudy, RowsTold
from gradloom.ui.answers import AnswerService
from gradloom.ui.forms.choice import Segmented
from gradloom.ui.forms.parts import ElidedLabel
from gradloom.ui.table.columns import Page, page_of, words_of
from gradloom.ui.table.facts import FactsList
from gradloom.ui.table.pictures import PicturesPane
from gradloom.ui.table.rows import RowsTable
from gradloom.ui.theme import NORMAL, SMALL, Theme, font
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

if TYPE_CHECKING:
    from gradloom.ui.table.scatter import Scatter

WALK = "Walk through this row"
PICTURES, ROWS, PLOT, COLUMNS = range(4)  # tabs
_TABS = (
    ("Pictures", "Every picture of the dataset."),
    ("Rows", "Every row of the dataset."),
    ("Plot", "Any two columns against each other."),
    ("Columns", "What is in each column."),
)
_NARROW = 560  # px
_REST = Rest(interval=0.5, idle=9)


class DataPage(QWidget):
    """Looks at the document's data while it is in sight; rows chosen here are chosen everywhere."""

    walk_row = Signal(int)  # a row of the dataset to step through

    def __init__(
        self, document: Document, view: View, theme: Theme, bridge: TrainingBridge
    ) -> None:
        super().__init__()
        self._document, self._view, self._theme = document, view, theme
        self._shown: object = None  # what `page` was made of
        self.page: Page | None = None
        self._tab = ROWS
        self._own = False  # rows are chosen by this page's doing
        self._behind = False  # other rows were chosen while it was out of sight
        self._wanted = False  # whether it is asked what the network tells of the rows
        self.service = AnswerService(document, bridge, RowsStudy(), _REST, self)
        self.setAccessibleName("Data table")
        self.table = RowsTable(theme)
        self.pictures = PicturesPane(theme)
        self.facts = FactsList(theme)
        self.scatter: Scatter | None = None
        self.title = ElidedLabel(size=NORMAL, strong=True)
        self.words = ElidedLabel(size=SMALL)
        self.words.set_quiet()
        self.tabs = Segmented([label for label, _ in _TABS])
        for button, (_, tip) in zip(self.tabs.buttons, _TABS, strict=True):
            button.setToolTip(tip)
        self.walk = QPushButton(WALK)
        self.walk.setAccessibleName(WALK)
        self.walk.setFont(font(SMALL))
        self.walk.setToolTip(
            "Goes through one training step with the chosen row, operation by operation; a double"
            " click on the row does the same."
        )
        self.split = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.pictures, self.table, self.facts):
            self.split.addWidget(widget)
        self.split.setSizes([600, 600, 240])
        self.split.setChildrenCollapsible(False)
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
        column.addWidget(self.split, 1)
        self._wire()
        self.show_tab(ROWS)

    def _wire(self) -> None:
        self.tabs.group.idClicked.connect(self.show_tab)
        self.walk.clicked.connect(self._walk)
        self.table.doubleClicked.connect(self._walk)
        self.table.chosen.connect(partial(self._chosen, self.table))
        self.table.column_chosen.connect(self.facts.pick)
        self.pictures.gallery.chosen.connect(partial(self._chosen, self.pictures))
        self.pictures.gallery.activated.connect(self.walk_row)
        self.pictures.asked_for_told.connect(self._want_told)
        self.service.updated.connect(self._told)
        self.facts.picked.connect(self._picked)
        self._view.rows_selected.connect(self._rows_selected)
        disconnect = self._document.changed.connect(self._follow)
        self.destroyed.connect(lambda *_, disconnect=disconnect: disconnect())
        self._enable()

    def sizeHint(self) -> QSize:
        return QSize(640, 300)

    def show_tab(self, which: int) -> None:
        """One of the tabs; the plot is made when it is first looked at."""
        if which == PLOT and self.scatter is None:
            from gradloom.ui.table.scatter import Scatter

            self.scatter = Scatter(self._theme)
            self.scatter.row_picked.connect(lambda row: self._view.select_rows(frozenset([row])))
            self.split.insertWidget(2, self.scatter)
            if self.page is not None:
                self.scatter.show_page(self.page)
                self.scatter.show_rows(self._view.rows)
        self._tab = which
        self.tabs.buttons[which].setChecked(True)
        self._fit()
        self._watch()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The columns stand beside rows and plot, or in a narrow page behind them."""
        narrow = self.width() < _NARROW
        if not narrow and self._tab == COLUMNS:
            self._tab = ROWS
            self.tabs.buttons[ROWS].setChecked(True)
        self.tabs.buttons[COLUMNS].setVisible(narrow)
        self.words.setVisible(not narrow)  # the title's tip has them
        self.walk.setText("Walk" if narrow else WALK)
        self.pictures.setVisible(self._tab == PICTURES)
        self.table.setVisible(self._tab == ROWS)
        if self.scatter is not None:
            self.scatter.setVisible(self._tab == PLOT)
        beside = not narrow and self._tab in (ROWS, PLOT)
        self.facts.setVisible(beside or self._tab == COLUMNS)

    def shutdown(self) -> None:
        """End the thread; for closeEvent."""
        self.service.shutdown()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()
        if self._behind:
            self._rows_selected(self._view.rows)
        self._watch()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.service.watch(on=False)

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
        had_pictures = self._has_pictures
        page = self.page = page_of(state)
        self.title.set_text(page.name, words_of(page))
        self.words.set_text(words_of(page))
        self.table.show_page(page)
        self.facts.show_page(page)
        has_pictures = self._has_pictures
        self.tabs.buttons[PICTURES].setVisible(has_pictures)
        if has_pictures:
            self.pictures.show_page(page)
        if has_pictures != had_pictures:
            self.show_tab(PICTURES if has_pictures else ROWS)
        if self.scatter is not None:
            self.scatter.show_page(page)
        self._rows_selected(self._view.rows)
        self._enable()

    def _want_told(self, wanted: bool) -> None:
        self._wanted = wanted
        self._watch()
        if not wanted:
            self.pictures.show_told(None)

    def _watch(self) -> None:
        """Have the rows told while their pictures are looked at, and at no other time."""
        seen = self._tab == PICTURES and self._has_pictures and self.isVisible()
        self.service.watch(on=self._wanted and seen)

    @property
    def _has_pictures(self) -> bool:
        return self.page is not None and self.page.shape is not None

    def _told(self, told: RowsTold) -> None:
        page = self.page
        fits = self._wanted and page is not None and len(told.classes) == page.rows
        self.pictures.show_told(told.classes if fits else None)

    # rows and columns that are chosen

    def _chosen(self, chooser: QWidget, rows: frozenset[int]) -> None:
        self._own = True
        self._view.select_rows(rows)
        self._own = False
        if chooser is not self.table:
            self.table.select_rows(rows)
        else:
            self.pictures.gallery.select(rows)
        if self.scatter is not None:
            self.scatter.show_rows(rows)
        self._enable()

    def _rows_selected(self, rows: frozenset[int]) -> None:
        self._behind = not self.isVisible()
        if self._own or self.page is None or self._behind:
            return
        self.table.select_rows(rows)
        self.pictures.select(rows)
        if self.scatter is not None:
            self.scatter.show_rows(rows)
        self._enable()

    def _picked(self, column: int) -> None:
        self.table.show_column(column)
        if self.scatter is not None and self._tab == PLOT:
            self.scatter.pick(column)

    def _walk(self) -> None:
        rows = self._view.rows
        if len(rows) == 1:
            self.walk_row.emit(next(iter(rows)))

    def _enable(self) -> None:
        self.walk.setEnabled(len(self._view.rows) == 1)
