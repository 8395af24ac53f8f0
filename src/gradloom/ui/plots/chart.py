"""What the plots share: a view of pyqtgraph with calm axes, zoom, pan and a menu.

Ranges are the plots' own: they stay where they are from frame to frame unless the data leave
them, and belong to the person who zoomed until a double click or "Fit" gives them back. What
seldom changes is kept as a picture by Qt: every call from Qt into Python may have to wait for the
training thread to let the interpreter go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QFrame, QGraphicsItem, QGraphicsScene, QToolButton

from gradloom.layers.shapes import Array
from gradloom.ui.plots.frame import Frame, Range
from gradloom.ui.plots.scale import spaced, tick_words, ticks
from gradloom.ui.theme import NORMAL, SMALL, Theme, Tokens, font

__all__ = ["KEPT", "Axis", "Frame", "Line", "Range", "Sheet", "face"]
KEPT = QGraphicsItem.CacheMode.DeviceCoordinateCache


class Axis(pg.AxisItem):  # type: ignore[misc]
    """Round numbers without an axis line; `across` draws faint lines through the whole plot."""

    def __init__(self, orientation: str, room: float, *, across: bool = False) -> None:
        self._bounds: QRectF | None = None
        super().__init__(orientation)
        self._room = room  # px between two numbers
        self.find: Callable[[float, float, int], list[float]] = ticks
        self.say: Callable[[list[float]], list[str]] = tick_words
        self.enableAutoSIPrefix(False)  # noqa: FBT003
        self.setGrid(255 if across else False)
        self.setStyle(
            tickLength=-4,
            tickTextOffset=6 if orientation == "left" else 3,
            tickAlpha=255,
            hideOverlappingLabels=False,
            autoExpandTextSpace=False,
            autoReduceTextSpace=False,
        )
        self.setCacheMode(KEPT)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        found = self.find(low, high, max(2, int(size / self._room)))
        # ranges come back from pyqtgraph not quite as they were given
        return [(1.0, [min(max(value, low), high) for value in found])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        words, (low, high) = self.say(list(values)), self.range
        if self.orientation == "left" or len(values) < 2 or high <= low:
            return words
        widths = [*map(QFontMetricsF(face(SMALL)).horizontalAdvance, words)]
        return spaced(words, widths, self.width() * (values[1] - values[0]) / (high - low))

    def boundingRect(self) -> QRectF:
        """With room for numbers that hang over the ends: pyqtgraph leaves others out."""
        if self._bounds is None:
            rect: QRectF = super().boundingRect()
            over = (0, 8) if self.orientation == "left" else (48, 0)
            self._bounds = rect.adjusted(-over[0], -over[1], over[0], over[1])
        return self._bounds

    def resizeEvent(self, event: Any = None) -> None:
        self._bounds = None
        # Qt paints only what is new of a kept picture that gets larger, though all of it changed
        self.setCacheMode(QGraphicsItem.CacheMode.NoCache)
        self.setCacheMode(KEPT)
        super().resizeEvent(event)
        if self.cacheMode() == KEPT:  # Qt would go on showing part of what is kept
            self.setCacheMode(QGraphicsItem.CacheMode.NoCache)
            self.setCacheMode(KEPT)

    def drawPicture(self, painter: QPainter, axis: Any, marks: Any, texts: Any) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(self.tickPen())
        for _, start, end in marks:
            painter.drawLine(start, end)
        painter.setFont(face(SMALL))
        painter.setPen(self.textPen())
        for rect, flags, text in texts:
            painter.drawText(rect, int(flags), text)

    def paint_in(self, tokens: Tokens) -> None:
        """Take the colours and the font of the theme."""
        self.setStyle(tickFont=face(SMALL))
        self.setTickPen(QPen(QColor(tokens.hairline), 1))
        self.setTextPen(QPen(QColor(tokens.quiet)))

    def forget_bounds(self) -> None:
        """The plot has another size."""
        self.prepareGeometryChange()
        self._bounds = None

    def refresh(self) -> None:
        """The words of the numbers changed."""
        self.picture = None
        self.update()


class Line(pg.PlotCurveItem):  # type: ignore[misc]
    """A curve whose bounds are the room it is given, not worked out anew for every picture."""

    def __init__(self, **options: Any) -> None:
        self._room = QRectF()
        super().__init__(antialias=True, skipFiniteCheck=True, **options)

    def give_room(self, room: QRectF) -> None:
        """The ranges that the plot shows at most; what lies beyond is not drawn."""
        if room != self._room:
            self.prepareGeometryChange()
            self._room = room

    def boundingRect(self) -> QRectF:
        return self._room

    @property
    def single(self) -> bool:
        """Whether it is one point, which no line shows."""
        return self.xData is not None and len(self.xData) == 1

    def show_points(self, x: Array, y: Array) -> None:
        """Other points; unlike `setData` it asks no one about ranges."""
        self.xData, self.yData = x, y
        self.path = self.fillPath = self._mouseShape = None
        self.update()


class _ViewBox(pg.ViewBox):  # type: ignore[misc]
    """Zooms by the wheel and pans by the left button; its menu and keys are the window's."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.disableAutoRange()

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            super().mouseDragEvent(event, axis)
        else:
            event.ignore()

    def keyPressEvent(self, event: Any) -> None:
        event.ignore()


class Sheet(pg.GraphicsLayoutWidget):  # type: ignore[misc]
    """One or more plots on the theme's surface."""

    pointed = Signal(QPointF)  # px
    gone = Signal()
    clicked = Signal(QPointF)  # px
    zoomed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._plots: list[Any] = []
        self._whole: dict[Any, tuple[Range, Range]] = {}
        self.free = False  # a person zoomed or panned: ranges do not follow the data
        self.ci.setContentsMargins(0, 0, 0, 0)
        self.ci.setSpacing(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setViewportUpdateMode(self.ViewportUpdateMode.FullViewportUpdate)
        self.scene().setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.fit_button = QToolButton(self)
        self.fit_button.setText("Fit")
        self.fit_button.setToolTip("Show everything again (double click does the same).")
        self.fit_button.setAccessibleName("Show everything")
        self.fit_button.clicked.connect(self.fit)
        self.fit_button.hide()
        self.scene().sigMouseClicked.connect(self._click)
        theme.changed.connect(self._paint)

    def add_plot(self, row: int, left: int, bottom: int, right: int, top: int = 0) -> Any:
        """A plot with room for the numbers at its left and below; no room, no numbers."""
        axes = {"left": Axis("left", 32, across=True)}
        axes["bottom"] = Axis("bottom", 66)
        plot = self.ci.addPlot(row=row, col=0, viewBox=_ViewBox(), axisItems=axes)
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.layout.setContentsMargins(0, top, right, 0)
        for axis in axes.values():
            axis.setZValue(-1)
        axes["left"].setWidth(left)
        axes["bottom"].setHeight(bottom)
        plot.showAxis("bottom", bool(bottom))
        plot.vb.sigRangeChangedManually.connect(self._range_chosen)
        plot.vb.sigResized.connect(axes["left"].forget_bounds)
        self._plots.append(plot)
        self._paint()
        return plot

    def set_whole(self, plot: Any, x: Range, y: Range) -> None:
        """What the plot shows of itself; nothing can be seen beyond."""
        if self._whole.get(plot) == (x, y):
            return
        self._whole[plot] = (x, y)
        room = QRectF(x[0], y[0], x[1] - x[0], y[1] - y[0])
        for item in plot.items:
            if isinstance(item, Line):
                item.give_room(room)
        plot.vb.setLimits(xMin=x[0], xMax=x[1], yMin=y[0], yMax=y[1])
        if not self.free:
            plot.vb.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)

    def fit(self) -> None:
        """Show everything and follow the data again."""
        self.free = False
        self.fit_button.hide()
        for plot, (x, y) in self._whole.items():
            plot.vb.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)
        self.zoomed.emit()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Show everything for a while."""
        ranges = [(plot, plot.vb.viewRange()) for plot in self._plots] if self.free else []
        self.fit()
        try:
            yield
        finally:
            for plot, (x, y) in ranges:
                plot.vb.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)
            self._range_chosen()

    def frame_of(self, plot: Any) -> Frame:
        """Where the plot is on the sheet and what it shows."""
        (x0, x1), (y0, y1) = plot.vb.viewRange()
        return Frame(plot.vb.sceneBoundingRect(), (x0, x1), (y0, y1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.pointed.emit(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.gone.emit()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if hasattr(self, "fit_button"):  # pyqtgraph resizes while it is being made
            self.fit_button.adjustSize()
            self.place_fit()

    def place_fit(self) -> None:
        """Put the button into the upper right corner of the first plot."""
        if self._plots:
            corner = self._plots[0].vb.sceneBoundingRect().topRight()
            x, y = round(corner.x()) - self.fit_button.width() - 4, round(corner.y()) + 4
            self.fit_button.move(x, y)

    def _range_chosen(self, *_: object) -> None:
        self.free = any(_differ(p.vb.viewRange(), self._whole[p]) for p in self._whole)
        self.fit_button.setVisible(self.free)
        self.place_fit()
        self.zoomed.emit()

    def _click(self, event: Any) -> None:
        if event.button() is Qt.MouseButton.LeftButton and not event.double():
            self.clicked.emit(QPointF(event.scenePos()))

    def _paint(self) -> None:
        face.cache_clear()
        tokens = self._theme.tokens
        self.setBackground(QColor(tokens.surface))
        for plot in self._plots:
            for side in ("left", "bottom"):
                plot.getAxis(side).paint_in(tokens)


def _differ(shown: Any, whole: tuple[Range, Range]) -> bool:
    return any(
        abs(a - b) > 1e-6 * ((full[1] - full[0]) or 1.0)
        for part, full in zip(shown, whole, strict=True)
        for a, b in zip(part, full, strict=True)
    )


@lru_cache(maxsize=16)
def face(size: int = NORMAL, *, strong: bool = False) -> QFont:
    """`theme.font`, made once: a frame asks for it some twenty times."""
    return font(size, strong=strong)
