"""Any two columns of the data against each other, coloured by the target."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradloom.layers.shapes import Array
from gradloom.ui.forms.choice import Combo
from gradloom.ui.forms.parts import ElidedLabel
from gradloom.ui.plots.chart import Sheet
from gradloom.ui.plots.dots import DotsItem, dots_of
from gradloom.ui.plots.markers import RADIUS
from gradloom.ui.plots.points import PART_NAMES, Points
from gradloom.ui.plots.scale import tick_words
from gradloom.ui.table.columns import Page, PageColumn
from gradloom.ui.theme import SMALL, Theme, font

MOST = 5000  # points that are drawn
_REACH = 12  # px around a point that a click counts for


class Scatter(QWidget):
    """Two boxes to choose columns, and the plot. A click chooses the row nearest to it."""

    row_picked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._page: Page | None = None
        self._rows: Array = np.zeros(0, np.intp)  # those that are drawn
        self._chosen: frozenset[int] = frozenset()
        self.boxes = (Combo(), Combo())
        self.note = ElidedLabel(size=SMALL)
        self.note.set_quiet()
        self.sheet = Sheet(theme)
        self.plot: Any = self.sheet.add_plot(0, 52, 30, 12, 8)
        self.sheet.setAccessibleName("Two columns against each other")
        self._dots = DotsItem(theme)
        self._ring = pg.ScatterPlotItem(pxMode=True, size=2 * RADIUS + 6, brush=None)
        for item in (self._dots, self._ring):
            self.plot.addItem(item, ignoreBounds=True)
        line = QHBoxLayout()
        for box, name in zip(self.boxes, ("Across", "Up"), strict=True):
            box.setAccessibleName(f"{name}: column")
            box.setMinimumContentsLength(8)
            box.setToolTip(f"The column that is drawn {name.lower()}.")
            box.currentIndexChanged.connect(self._draw)
            label = QLabel(name)
            label.setFont(font(SMALL))
            line.addWidget(label)
            line.addWidget(box, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line)
        column.addWidget(self.note)
        column.addWidget(self.sheet, 1)
        self.sheet.clicked.connect(self._click)
        theme.changed.connect(self._draw)

    def show_page(self, page: Page) -> None:
        """Show another dataset; columns of the same name stay chosen."""
        names = [box.currentText() for box in self.boxes]
        self._page = page
        all_ = [column.name for column in page.columns]
        fallback = _first_two(page)
        for box, before, other in zip(self.boxes, names, fallback, strict=True):
            box.blockSignals(True)  # noqa: FBT003 - Qt's own
            box.clear()
            box.addItems(all_)
            box.setCurrentIndex(all_.index(before) if before in all_ else other)
            box.blockSignals(False)  # noqa: FBT003 - Qt's own
        self._draw()

    def show_rows(self, rows: frozenset[int]) -> None:
        """Ring these rows."""
        self._chosen = rows
        self._mark()

    def pick(self, column: int) -> None:
        """Draw this column across."""
        self.boxes[0].setCurrentIndex(column)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw()

    def _columns(self) -> tuple[PageColumn, PageColumn] | None:
        page = self._page
        if page is None or not page.rows or any(box.currentIndex() < 0 for box in self.boxes):
            return None
        x, y = (page.columns[box.currentIndex()] for box in self.boxes)
        return x, y

    def _draw(self) -> None:
        page, chosen = self._page, self._columns()
        if page is None or chosen is None:
            self._dots.show_dots((), 300.0)
            self._ring.setData(x=[], y=[])
            self.note.set_text("The dataset has no rows." if page is not None else "")
            return
        x, y = chosen
        every = max(-(-page.rows // MOST), 1)
        self._rows = np.arange(0, page.rows, every)
        target = page.target
        values = target.values if target is not None else np.zeros(page.rows)
        classes = target.classes if target is not None else ()
        points = Points(
            x.values[self._rows],
            y.values[self._rows],
            y.values[self._rows],
            values[self._rows],
            page.part[self._rows],
            (x.name, y.name),
            self._rows,
        )
        least, most = float(points.target.min()), float(points.target.max())
        levels = (least, most if most > least else least + 1.0)
        parts = list(range(len(PART_NAMES)))
        dots = dots_of(points, classes, parts, levels, self._theme.tokens)
        (left, right), (low, high) = _range(x), _range(y)
        self.sheet.set_whole(self.plot, (left, right), (low, high))
        self._dots.give_room(QRectF(left, low, right - left, high - low))
        self._dots.show_dots(dots, float(min(self.sheet.width(), self.sheet.height())))
        for side, column in (("bottom", x), ("left", y)):
            axis = self.plot.getAxis(side)
            axis.say = partial(_class_words, column) if column.classes else tick_words
            axis.refresh()
        said = [f"every {every}th of {page.rows:,} rows"] if every > 1 else []
        said += [f"coloured by {target.name}"] if target is not None else []
        words = ", ".join(said)
        words = words[:1].upper() + words[1:]
        self.note.set_text(words, "Filled: training; hollow: validation and test.")
        self._mark()

    def _mark(self) -> None:
        page, chosen = self._page, self._columns()
        if page is None or chosen is None:
            return
        rows = [row for row in sorted(self._chosen)[:MOST] if row < page.rows]
        x, y = chosen
        self._ring.setData(
            x=x.values[rows], y=y.values[rows], pen=pg.mkPen(self._theme.tokens.text, width=2)
        )

    def _click(self, at: QPointF) -> None:
        chosen = self._columns()
        if chosen is None:
            return
        frame = self.sheet.frame_of(self.plot)
        x, y = (column.values[self._rows] for column in chosen)
        away = np.hypot(frame.xs(x) - at.x(), frame.ys(y) - at.y())
        nearest = int(away.argmin())
        if away[nearest] <= _REACH:
            self.row_picked.emit(int(self._rows[nearest]))


def _first_two(page: Page) -> tuple[int, int]:
    features = [i for i, c in enumerate(page.columns) if c.role == "feature"]
    wanted = [*features[:2], *range(len(page.columns))]
    return (wanted[0], wanted[1]) if len(wanted) > 1 else (0, 0)


def _range(column: PageColumn) -> tuple[float, float]:
    low, high = float(column.values.min()), float(column.values.max())
    room = (high - low) * 0.07 or 0.5
    return low - room, high + room


def _class_words(column: PageColumn, values: list[float]) -> list[str]:
    last = len(column.classes) - 1
    return [column.classes[int(v)] if v == int(v) and 0 <= v <= last else "" for v in values]
