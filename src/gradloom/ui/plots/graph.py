"""One plot of curves over the epochs: lines, their names at their ends, the hovered epoch."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsSimpleTextItem

from gradloom.layers.shapes import Array
from gradloom.ui.plots.chart import Axis, Line, Sheet, face
from gradloom.ui.plots.frame import Frame
from gradloom.ui.plots.heading import Heading
from gradloom.ui.theme import SMALL, Theme

_TOKENS = ("text", "accent")  # of the training line and the validation line
_NAMES = ("train", "validation")
_BOUND = "best possible"
_WIDE = 70.0  # px that a name takes
_REACH = 5.0  # px around a line that belong to it


class Graph:
    """The items of one plot; `columns` are the training line and the validation line."""

    def __init__(
        self,
        sheet: Sheet,
        theme: Theme,
        row: int,
        columns: tuple[str, str],
        room: tuple[int, int, int],
    ) -> None:
        self._theme = theme
        self.columns = columns
        self.heading = Heading(theme)
        sheet.ci.addItem(self.heading, row=row, col=0)
        self.plot: Any = sheet.add_plot(row + 1, *room)
        self._ends: dict[str, tuple[float, float]] = {}
        self._quiet = False  # neither a reading nor dots are shown
        self._places: dict[str, tuple[int, int]] = {}  # px, of the names
        self._named: dict[str, bool] = {}  # whose names are visible
        self._lines: dict[str, Line] = {}
        self._names: dict[str, QGraphicsSimpleTextItem] = {}
        for column, name in reversed(list(zip(columns, _NAMES, strict=True))):
            line = Line()
            self.plot.addItem(line, ignoreBounds=True)
            self._lines[column] = line
            self._names[column] = QGraphicsSimpleTextItem(name, self.plot)
        self._bound = pg.InfiniteLine(angle=0, movable=False)
        self._bound.hide()
        self.plot.addItem(self._bound, ignoreBounds=True)
        self._names[_BOUND] = QGraphicsSimpleTextItem(_BOUND, self.plot)
        self._reading = pg.InfiniteLine(angle=90, movable=False)
        self._reading.hide()
        self.plot.addItem(self._reading, ignoreBounds=True)
        self._dots = pg.ScatterPlotItem(pxMode=True, size=8)
        self.plot.addItem(self._dots, ignoreBounds=True)
        self._chip = QGraphicsPathItem(self.plot)
        self._chip_text = QGraphicsSimpleTextItem(self._chip)
        self._chip.setZValue(10)
        self._chip.hide()

    def axis(self, side: str) -> Axis:
        """The axis "left" or "bottom"."""
        found: Axis = self.plot.getAxis(side)
        return found

    def set_line(self, column: str, x: Array, y: Array) -> None:
        """The points of a line; all finite."""
        self._lines[column].show_points(x, y)
        if len(x):
            self._ends[column] = float(x[-1]), float(y[-1])
        else:
            self._ends.pop(column, None)

    def set_bound(self, height: float | None, words: str) -> None:
        """A dashed line that no curve passes on new rows, explained in words; None: none."""
        self._bound.setVisible(height is not None)
        self._names[_BOUND].setToolTip(words)
        if height is None:
            self._ends.pop(_BOUND, None)
        else:
            self._bound.setValue(height)
            self._ends[_BOUND] = math.inf, height

    def point(self, at: QPointF, frame: Frame) -> None:
        """The pointer is at a place (px): over that line the plot explains it."""
        end = self._end(_BOUND, frame)
        near = end is not None and abs(end.y() - at.y()) <= _REACH
        said = self._names[_BOUND].toolTip() if near else ""
        if self.plot.vb.toolTip() != said:
            self.plot.vb.setToolTip(said)

    def set_reading(self, epoch: int | None, points: dict[str, float]) -> None:
        """A line through an epoch with dots on the curves; None: none.

        A curve of a single point is a dot too.
        """
        quiet = epoch is None and not any(line.single for line in self._lines.values())
        if quiet and self._quiet:
            return
        self._quiet = quiet
        self._reading.setVisible(epoch is not None)
        if epoch is not None:
            self._reading.setValue(epoch)
        dots = [(float(epoch or 0), y, column) for column, y in points.items()]
        for column, line in self._lines.items():
            if line.single and column not in points:
                dots.append((*self._ends[column], column))
        self._dots.setVisible(bool(dots))
        if not dots:
            return
        surface = pg.mkPen(self._theme.tokens.surface, width=1.5)
        self._dots.setData(
            x=[x for x, _, _ in dots],
            y=[y for _, y, _ in dots],
            brush=[pg.mkBrush(self._colour(column)) for _, _, column in dots],
            pen=surface,
        )

    def place_names(self, frame: Frame) -> None:
        """The names of the lines at their ends, not on top of each other."""
        ends = []
        for column, name in self._names.items():
            at = self._end(column, frame)
            shown = at is not None and frame.rect.left() <= at.x() <= frame.rect.right() + 1
            if shown != self._named.get(column, True):
                name.setVisible(shown)
            self._named[column] = shown
            if at is not None and shown:
                ends.append((at.y(), column, at.x() + 6))
        alone = [end for end in ends if end[1] == _BOUND]
        others = [end for end in ends if end[1] != _BOUND]
        if any(alone[0][2] - x < _WIDE for _, _, x in others if alone):
            right = max(x for _, _, x in ends)
            alone, others = [], [(y, column, right) for y, column, _ in ends]
        self._stack(alone, frame)
        self._stack(others, frame)

    def _stack(self, ends: list[tuple[float, str, float]], frame: Frame) -> None:
        """Put names (y, name, x) at their heights, or one below the other where these are close."""
        gap = face(SMALL).pixelSize() + 2
        lowest, last = frame.rect.bottom() - gap * (len(ends) - 1), 0.0
        for number, (y, column, x) in enumerate(sorted(ends)):
            y = min(max(y, frame.rect.top() + number * gap), lowest + number * gap)
            last = y = max(y, last + gap) if number else y
            self._move(column, x, y)

    def _end(self, column: str, frame: Frame) -> QPointF | None:
        """Where a line ends (px); the one at the best possible at the plot's edge."""
        if column not in self._ends:
            return None
        x, y = self._ends[column]
        if column == _BOUND and not frame.y[0] <= y <= frame.y[1]:
            return None
        return frame.at(min(x, frame.x[1]) if column == _BOUND else x, y)

    def _move(self, column: str, x: float, y: float) -> None:
        place = round(x), round(y)
        if self._places.get(column) != place:
            self._places[column] = place
            half = self._names[column].boundingRect().height() / 2
            self._names[column].setPos(self.plot.mapFromScene(x, y - half))

    def place_chip(self, text: str, epoch: int, frame: Frame) -> None:
        """The epoch in words on the axis, under its line."""
        at = frame.at(epoch, frame.y[0])
        self._chip.setVisible(bool(text) and frame.rect.left() <= at.x() <= frame.rect.right() + 1)
        if not text:
            return
        self._chip_text.setText(text)
        size = self._chip_text.boundingRect()
        width, height = size.width() + 12, size.height() + 4
        left = min(max(at.x() - width / 2, 2.0), self.plot.scene().width() - width - 2.0)
        path = QPainterPath()
        path.addRoundedRect(QRectF(0, 0, width, height), 5, 5)
        self._chip.setPath(path)
        self._chip.setPos(self.plot.mapFromScene(left, frame.rect.bottom() + 3))
        self._chip_text.setPos(6, 2)

    def paint(self) -> None:
        """Take the colours of the theme."""
        t = self._theme.tokens
        for column in self.columns:
            self._lines[column].setPen(pg.mkPen(self._colour(column), width=1))
            self._names[column].setBrush(self._colour(column))
            self._names[column].setFont(face(SMALL))
        faint = QColor(t.good)
        faint.setAlpha(170)
        self._bound.setPen(pg.mkPen(faint, width=1, style=Qt.PenStyle.DashLine))
        self._names[_BOUND].setBrush(QColor(t.good))
        self._names[_BOUND].setFont(face(SMALL))
        self._reading.setPen(pg.mkPen(t.quiet, width=1))
        self._chip.setPen(QPen(QColor(t.hairline), 1))
        self._chip.setBrush(QColor(t.raised))
        self._chip_text.setBrush(QColor(t.text))
        self._chip_text.setFont(face(SMALL, strong=True))
        self.heading.update()

    def _colour(self, column: str) -> QColor:
        return self._theme.colour(_TOKENS[self.columns.index(column)])
