"""Small pictures of the health panel: slopes over time, outputs, weights against their start."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradloom.diagnosis import LayerHealth, Mark, ParameterHealth
from gradloom.ui.panels.health_flow import paint_bins, power
from gradloom.ui.panels.scales import short
from gradloom.ui.theme import SMALL, Theme, font

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class _Picture(QWidget):
    def __init__(self, theme: Theme, lines: float, name: str, tip: str) -> None:
        super().__init__()
        self._theme, self._lines = theme, lines
        self.setFont(font(SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setToolTip(tip)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(240, round(self._lines * self.fontMetrics().lineSpacing()))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def _axis(self, painter: QPainter, box: QRectF, low: float, high: float) -> None:
        """The line under a histogram, with its ends and 0."""
        tokens, metrics = self._theme.tokens, self.fontMetrics()
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        below = QRectF(0, box.bottom() + 2, box.width(), metrics.height() + 2)
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(below, int(_LEFT), short(low))
        painter.drawText(below, int(_RIGHT), short(high))
        if low < 0 < high:
            x = box.width() * -low / (high - low)
            if metrics.horizontalAdvance(short(low)) + 14 < x < box.width() - 60:
                place = QRectF(x - 10, below.y(), 20, below.height())
                painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), "0")


class CourseChart(_Picture):
    """A line per layer with weights: log of its slope over the steps; the deepest is darkest."""

    def __init__(self, theme: Theme) -> None:
        tip = (
            "The gradient of each layer over the steps of this run, on a log scale. Pale lines are"
            " near the input, strong ones near the output."
        )
        super().__init__(theme, 7, "Gradient over time", tip)
        self.course: tuple[Mark, ...] = ()
        self._selected = ""

    def show_course(self, course: tuple[Mark, ...]) -> None:
        """Show these marks."""
        self.course = course
        if course:
            steps = course[-1].steps
            self.setAccessibleDescription(f"{len(course[-1].gradients)} layers, step {steps:,}")
        self.update()

    def select(self, layer: str) -> None:
        """Draw this layer's line in the accent colour."""
        if layer != self._selected:
            self._selected = layer
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, metrics = self._theme.tokens, self.fontMetrics()
        marks = [m for m in self.course if m.gradients]
        values = [math.log10(g) for m in marks for _, g in m.gradients if g > 0]
        if len(marks) < 2 or not values:
            painter.setPen(QColor(tokens.quiet))
            text = "Appears while it trains."
            painter.drawText(QRectF(self.rect()), int(Qt.AlignmentFlag.AlignCenter), text)
            return
        low, high = math.floor(min(values)), math.ceil(max(values))
        high = max(high, low + 1)
        left = metrics.horizontalAdvance("1e−99") + 6
        box = QRectF(left, 4, self.width() - left - 2, self.height() - metrics.height() - 8)
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        for y in (box.top(), box.bottom()):
            painter.drawLine(QPointF(left, y), QPointF(box.right(), y))
        painter.setPen(QColor(tokens.quiet))
        for exponent, y in ((high, box.top()), (low, box.bottom())):
            painter.drawText(QRectF(0, y - 8, left - 6, 16), int(_RIGHT), power(10.0**exponent))
        first, last = marks[0].steps, marks[-1].steps
        below = QRectF(left, box.bottom() + 2, box.width(), metrics.height() + 2)
        painter.drawText(below, int(_LEFT), f"step {first:,}".replace(",", "\u202f"))
        painter.drawText(below, int(_RIGHT), f"{last:,}".replace(",", "\u202f"))
        names = [layer for layer, _ in marks[-1].gradients]
        span = max(last - first, 1)
        for name in sorted(names, key=lambda n: n == self._selected):
            line = QPolygonF()
            for mark in marks:
                value = dict(mark.gradients).get(name, 0.0)
                if value > 0:
                    x = box.left() + box.width() * (mark.steps - first) / span
                    y = box.bottom() - box.height() * (math.log10(value) - low) / (high - low)
                    line.append(QPointF(x, y))
            chosen = name == self._selected
            colour = QColor(tokens.accent if chosen else tokens.positive)
            if not chosen:
                colour.setAlphaF(0.25 + 0.7 * (names.index(name) + 1) / len(names))
            painter.setPen(QPen(colour, 2.0 if chosen else 1.3))
            painter.drawPolyline(line)


class ValuesChart(_Picture):
    """How the outputs of a layer are distributed over the rows that were looked at."""

    def __init__(self, theme: Theme) -> None:
        tip = "How often the layer gives which number, over some training rows and all its units."
        super().__init__(theme, 5, "Distribution of the outputs", tip)
        self.health: LayerHealth | None = None

    def show_layer(self, health: LayerHealth) -> None:
        """Show this layer."""
        self.health = health
        self.setAccessibleDescription(
            f"from {short(health.values.low)} to {short(health.values.high)}"
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.health is None:
            return
        painter = QPainter(self)
        bins = self.health.values
        box = QRectF(0, 4, self.width() - 1, self.height() - self.fontMetrics().height() - 8)
        paint_bins(painter, box, bins, self._theme.colour("quiet"))
        self._axis(painter, box, bins.low, bins.high)


class WeightChart(_Picture):
    """A parameter's numbers now, filled, over those it started with, as an outline."""

    def __init__(self, theme: Theme) -> None:
        tip = "Filled: the numbers now. Outline: how they were at the start of the run."
        super().__init__(theme, 6, "Weights against their start", tip)
        self.health: ParameterHealth | None = None

    def show_parameter(self, health: ParameterHealth | None) -> None:
        """Show this parameter; None: nothing."""
        self.health = health
        if health is not None:
            self.setAccessibleDescription(
                f"{health.name}: root mean square {short(health.rms)} now,"
                f" {short(health.start_rms)} at the start"
            )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        health, tokens, metrics = self.health, self._theme.tokens, self.fontMetrics()
        if health is None:
            return
        box = QRectF(0, 4, self.width() - 1, self.height() - metrics.height() - 8)
        most = max(*health.now.counts, *health.start.counts, 1)
        fill = QColor(tokens.positive)
        fill.setAlphaF(0.75)
        paint_bins(painter, box, health.now, fill, most)
        wide = box.width() / len(health.start.counts)
        outline = QPolygonF([QPointF(box.left(), box.bottom())])
        for i, count in enumerate(health.start.counts):
            y = box.bottom() - box.height() * count / most
            outline.append(QPointF(box.left() + i * wide, y))
            outline.append(QPointF(box.left() + (i + 1) * wide, y))
        outline.append(QPointF(box.right(), box.bottom()))
        painter.setPen(QPen(QColor(tokens.text), 1.2))
        painter.drawPolyline(outline)
        self._axis(painter, box, health.now.low, health.now.high)
