"""The pictures of a dataset, and which of them are shown."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradloom.core.counting import counted
from gradloom.layers.shapes import Array
from gradloom.ui.forms.choice import Combo
from gradloom.ui.table.columns import PARTS, Page
from gradloom.ui.table.gallery import Gallery
from gradloom.ui.theme import NORMAL, SMALL, Theme, font

EVERY, WRONG, SELECTED = range(3)
_WHICH = ("All pictures", "Wrong ones", "Selected rows")
_NO_ANSWERS = "What the network tells of the pictures is shown here when it can be trained."


class PicturesPane(QWidget):
    """A gallery under three boxes: which class, which part, which of these."""

    asked_for_told = Signal(bool)  # whether answers of the network are wanted

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._page: Page | None = None
        self._names: tuple[str, ...] | None = None
        self._told: Array | None = None
        self._selected: frozenset[int] = frozenset()
        self.gallery = Gallery(theme)
        self.classes, self.parts, self.which = Combo(), Combo(), Combo()
        self.parts.addItems(["All parts", *(part.capitalize() for part in PARTS)])
        self.which.addItems(_WHICH)
        for box, name, tip in (
            (self.classes, "Class", "Shows the pictures of one class alone."),
            (self.parts, "Part", "Shows the pictures of one part of the split alone."),
            (
                self.which,
                "Which",
                "All, those that the network tells wrong, or the rows that are selected now.",
            ),
        ):
            box.setAccessibleName(name)
            box.setToolTip(tip)
            box.setFont(font(SMALL))
            box.setMinimumContentsLength(5)
            box.setMaximumWidth(160)
        self.count = QLabel()
        self.count.setFont(font(SMALL))
        self.count.setForegroundRole(self.count.palette().ColorRole.PlaceholderText)
        self.empty = QLabel()
        self.empty.setWordWrap(True)
        self.empty.setFont(font(NORMAL))
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setForegroundRole(self.empty.palette().ColorRole.PlaceholderText)
        line = QHBoxLayout()
        line.setSpacing(8)
        for box in (self.classes, self.parts, self.which):
            line.addWidget(box)
        line.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self.empty, 1)
        column.addWidget(self.gallery, 1)
        self.classes.activated.connect(lambda _: self._filter())
        self.parts.activated.connect(lambda _: self._filter())
        self.which.activated.connect(self._which_chosen)

    def show_page(self, page: Page) -> None:
        """Show another dataset's pictures."""
        target = page.target
        names = target.classes if target is not None else ()
        if names != self._names:
            self._names = names
            self.classes.clear()
            self.classes.addItems(["All classes", *names])
        self._page, self._told = page, None
        self.gallery.show_page(page)
        self._filter()

    def show_told(self, told: Array | None) -> None:
        """What the network tells of each row (rows,), -1 where it is not known; None: nothing."""
        self._told = told
        self.gallery.show_told(told)
        if self.which.currentIndex() == WRONG:
            self._filter()

    def select(self, rows: frozenset[int]) -> None:
        """Rows were selected somewhere else."""
        self._selected = rows
        if self.which.currentIndex() == SELECTED:
            self._filter()
        self.gallery.select(rows)

    def _which_chosen(self, which: int) -> None:
        self.asked_for_told.emit(which == WRONG)
        self._filter()

    def _filter(self) -> None:
        page = self._page
        if page is None:
            return
        keep = np.ones(page.rows, bool)
        target, which = page.target, self.which.currentIndex()
        if target is not None and self.classes.currentIndex() > 0:
            keep &= target.values == self.classes.currentIndex() - 1
        if self.parts.currentIndex() > 0:
            keep &= page.part == self.parts.currentIndex() - 1
        if which == SELECTED:
            chosen = [row for row in self._selected if row < page.rows]
            some = np.zeros(page.rows, bool)
            some[chosen] = True
            keep &= some
        elif which == WRONG and target is not None:
            told = np.full(page.rows, -1) if self._told is None else self._told
            keep &= (told >= 0) & (told != target.values)
        rows = np.flatnonzero(keep)
        self.count.setText(counted(len(rows), "picture"))
        self._say_empty(len(rows), which)
        if not np.array_equal(rows, self.gallery.rows):
            self.gallery.show_rows(rows)

    def _say_empty(self, rows: int, which: int) -> None:
        words = ""
        if not rows:
            words = "No picture is in all that is chosen above."
            if which == WRONG:
                words = _NO_ANSWERS if self._told is None else "The network tells them all right."
            elif which == SELECTED and not self._selected:
                words = "No row is selected; select some in a plot, a table or a confusion matrix."
        self.empty.setText(words)
        self.empty.setVisible(bool(words))
        self.gallery.setVisible(not words)
