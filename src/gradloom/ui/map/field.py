"""The plane of the map: a coloured picture, its boundary, the points of the data, a legend."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gradloom.layers.shapes import Array
from gradloom.session.planes import Extent
from gradloom.ui.map.drawing import Curve, Drawing
from gradloom.ui.map.legend import LegendView
from gradloom.ui.map.overlay import Overlay
from gradloom.ui.plots.chart import Line, Sheet, face
from gradloom.ui.plots.dots import Dots, DotsItem
from gradloom.ui.plots.export import Columns, menu_of
from gradloom.ui.plots.frame import Frame
from gradloom.ui.plots.scale import tick_words, ticks
from gradloom.ui.plots.shading import Shade
from gradloom.ui.theme import SMALL, Theme

_LEFT, _TOP, _BOTTOM, _RIGHT = 46, 8, 32, 12  # px around the plane: numbers and names
_NAME, _TICKS = 20, 5  # px beside the numbers for the name; about how many numbers there are
_GAP = 4  # px between the plane's margin and the legend


class Field(QWidget):
    """Shows what it is given on a square, or curves in the whole room."""

    hovered = Signal(float, float)  # raw data units
    left = Signal()
    clicked = Signal(float, float)  # raw data units

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._extent: Extent = (0.0, 1.0, 0.0, 1.0)
        self._names = ("", "")
        self._left = _LEFT
        self._drawing = Drawing()
        self._lines: list[Line] = []
        self.table: Callable[[], Columns] = dict  # what the menu copies
        self.file = "map"  # how an exported picture is called
        self.cursor_shape = Qt.CursorShape.CrossCursor  # over the plane
        self.sheet = Sheet(theme)
        self.sheet.setParent(self)
        self.plot = self.sheet.add_plot(0, _LEFT, _BOTTOM, _RIGHT, _TOP)
        self._image = pg.ImageItem(axisOrder="row-major")
        self._image_rect = QRectF()
        self._boundary = Line(connect="pairs")
        self._points = DotsItem(theme)
        for item in (self._image, self._boundary, self._points):
            self.plot.addItem(item, ignoreBounds=True)
        self._boundary.setZValue(1)
        self._points.setZValue(2)
        self.overlay = Overlay(self.plot, theme)
        self._legend = LegendView(theme)
        self._legend.setParent(self)
        self._notice = QLabel(self)
        self._notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._notice.setWordWrap(True)
        self._notice.setMargin(16)
        self.notice = ""
        self.setMinimumSize(200, 110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Map over the input plane")
        self.sheet.setAccessibleName(self.accessibleName())
        self.sheet.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.sheet.customContextMenuRequested.connect(self._open_menu)
        self.sheet.pointed.connect(self._point)
        self.sheet.gone.connect(self.left)
        self.sheet.clicked.connect(self._click)
        theme.changed.connect(self.refresh)
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(440, 320)

    @property
    def notice(self) -> str:
        """Why there is nothing to show, or ""."""
        return self._notice.text()

    @notice.setter
    def notice(self, sentence: str) -> None:
        self._notice.setText(sentence)
        self._notice.setVisible(bool(sentence))
        self.sheet.setVisible(not sentence)
        self._legend.setVisible(not sentence)

    @property
    def extent(self) -> Extent:
        """The ranges of x and y of the whole plane."""
        return self._extent

    @property
    def dots(self) -> tuple[Dots, ...]:
        """The points that are shown."""
        return self._points.dots

    @property
    def radius(self) -> float:
        """The size of a point now, px."""
        return self._points.radius

    @property
    def legend_below(self) -> bool:
        """Whether the legend lies below the plane, because that leaves it more room."""
        return self._legend.below

    @property
    def drawing(self) -> Drawing:
        """What is shown under the points."""
        return self._drawing

    def set_space(self, extent: Extent, names: tuple[str, str]) -> None:
        """Ranges and names of the axes."""
        if names != self._names:
            self._names = names
            self._name_axes()
            self.sheet.fit()
        self._extent = extent
        self._give_numbers_room()
        self.sheet.set_whole(self.plot, extent[:2], extent[2:])
        self._points.give_room(self._boundary.boundingRect())
        self.overlay.give_room(self._boundary.boundingRect())

    def set_dots(self, dots: tuple[Dots, ...]) -> None:
        """The points, drawn in this order."""
        self._points.show_dots(dots, self.side)

    def leave_out(self, gone: Array | None) -> None:
        """Hide the points of these rows, (rows of the dataset,) of bool; None: of none."""
        self._points.leave_out(gone)

    def show_drawing(self, drawing: Drawing) -> None:
        """The picture under the points, lines and curves, and what the colours mean."""
        before, self._drawing = self._drawing, drawing
        self._image.setVisible(drawing.shade is not None)
        if drawing.shade is not None:
            self._set_image(drawing.shade)
        ends = drawing.segments.reshape(-1, 2)
        self._boundary.show_points(ends[:, 0], ends[:, 1])
        self._set_curves(drawing.curves)
        self.overlay.show_levels(drawing.levels)
        self.overlay.show_bands(drawing.bands)
        reshaped = drawing.fills != before.fills
        if self._legend.show_legend(drawing.legend) or reshaped:
            self._place()

    def frame(self) -> Frame:
        """Where the plane is in the sheet, and what it shows."""
        return self.sheet.frame_of(self.plot)

    def refresh(self) -> None:
        """Take the colours of the theme."""
        t = self._theme.tokens
        self._notice.setStyleSheet(f"background: {t.surface}; color: {t.quiet};")
        self._boundary.setPen(pg.mkPen(t.text, width=1))
        self.overlay.refresh()
        self.plot.vb.setBorder(pg.mkPen(t.hairline, width=1))
        self._name_axes()
        self._place()

    def resizeEvent(self, event: object) -> None:
        self._place()

    def _set_image(self, shade: Shade) -> None:
        # points of the picture lie at the corners of the extent: half a pixel hangs over
        x0, x1, y0, y1 = self._extent
        ny, nx = shade.pixels.shape[:2]
        dx, dy = (x1 - x0) / max(nx - 1, 1), (y1 - y0) / max(ny - 1, 1)
        rect = QRectF(x0 - dx / 2, y0 - dy / 2, nx * dx, ny * dy)
        self._image.setLookupTable(shade.table, update=False)
        if rect == self._image_rect:
            self._image.setImage(shade.pixels, autoLevels=False)
        else:
            self._image.setImage(shade.pixels, autoLevels=False, rect=rect)
        self._image_rect = rect

    def _set_curves(self, curves: tuple[Curve, ...]) -> None:
        while len(self._lines) < len(curves):
            line = Line()
            line.setZValue(3)
            self.plot.addItem(line, ignoreBounds=True)
            line.give_room(self._boundary.boundingRect())
            self._lines.append(line)
        for line in self._lines[len(curves) :]:
            line.hide()
        for line, curve in zip(self._lines, curves, strict=False):
            line.setVisible(True)
            line.setPen(pg.mkPen(curve.colour, width=2))
            line.show_points(curve.x, np.nan_to_num(curve.y))

    def _place(self) -> None:
        """The plane as large as it can be, with the legend at its side or below."""
        self._notice.setGeometry(self.rect())
        around = self._left + _RIGHT, _TOP + _BOTTOM
        wide, high = self._legend.room()
        beside = self.width() - around[0] - wide - _GAP, self.height() - around[1]
        below = self.width() - around[0], self.height() - around[1] - high
        under = self._legend.below = min(below) > min(beside)
        width, height = below if under else beside
        left = 0
        if not self._drawing.fills:
            side = min(width, height)
            left = max(0, (width - side) // 2)
            width = height = side
        width, height = max(width, 20) + around[0], max(height, 20) + around[1]
        self.sheet.setGeometry(left, 0, width, height)
        if under:
            start = left + self._left
            if self._legend.length() > self.width() - start - _RIGHT:
                start = 0
            self._legend.setGeometry(start, height + 2, self.width() - start - _RIGHT, high)
        else:
            self._legend.setGeometry(left + width + _GAP, _TOP, wide, height - _TOP)
        self._points.show_dots(self._points.dots, self.side)
        self.sheet.place_fit()

    @property
    def side(self) -> float:
        """The shorter side of the plane, px."""
        return float(min(self.sheet.width() - self._left, self.sheet.height() - _BOTTOM))

    def _name_axes(self) -> None:
        style = {"font-size": f"{SMALL}px", "font-weight": "600", "color": self._theme.tokens.text}
        for side, name in zip(("bottom", "left"), self._names, strict=True):
            axis = self.plot.getAxis(side)
            axis.setLabel(escape(name), **style)
            axis.resizeEvent()  # puts the name in the middle

    def _give_numbers_room(self) -> None:
        """The name of the left axis stands beside its numbers, however long they are."""
        metrics = QFontMetricsF(face(SMALL))
        words = tick_words(ticks(*self._extent[2:], _TICKS))
        longest = max((metrics.horizontalAdvance(word) for word in words), default=0.0)
        left = max(_LEFT, round(longest) + _NAME)
        if left != self._left:
            self._left = left
            self.plot.getAxis("left").setWidth(left)
            self._name_axes()
            self._place()

    def _point(self, at: QPointF) -> None:
        frame = self.frame()
        inside = frame.rect.contains(at)
        shape = self.cursor_shape if inside else Qt.CursorShape.ArrowCursor
        self.sheet.viewport().setCursor(shape)
        if inside:
            self.hovered.emit(*frame.back(at))
        else:
            self.left.emit()

    def _click(self, at: QPointF) -> None:
        frame = self.frame()
        if frame.rect.contains(at):
            self.clicked.emit(*frame.back(at))

    def _open_menu(self, at: QPoint) -> None:
        menu = menu_of(self, self.file, self.sheet.fit, self.table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.sheet.mapToGlobal(at))
