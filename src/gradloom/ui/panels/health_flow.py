"""Every layer in one line: its activations, the slope that reaches it, its updates, idle units."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gradloom.diagnosis import LayerHealth, Measurement
from gradloom.diagnosis.measure import Histogram
from gradloom.graph import Graph
from gradloom.layers import ACTIVATIONS
from gradloom.ui.panels.scales import short
from gradloom.ui.theme import SMALL, Theme, font

_GAP = 8
_ELIDE = Qt.TextElideMode.ElideRight
_HEADS = ("Layer", "Values", "Gradient", "Update", "Idle")
_TIPS = (
    "Layers from the input on. A click selects one.",
    "How the layer's outputs are distributed over some training rows.",
    "Length of the loss's slope by the layer's output, log scale; it should not fade away.",
    "How much of its size a step changes a weight by. About 0.001 is usual.",
    "Share of units that are dead (0 for every row) or saturated (at a flat end).",
)


class FlowChart(QWidget):
    """The layers of one measurement, the deepest last."""

    chosen = Signal(str)  # layer id

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.layers: tuple[LayerHealth, ...] = ()
        self._names: dict[str, str] = {}
        self._alarms: frozenset[str] = frozenset()
        self._selected = ""
        self._row = 0  # the one the keys are on
        self._range = (0.0, 1.0)
        self.setFont(font(SMALL))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Gradient over depth")
        theme.changed.connect(self.update)

    def show_measurement(
        self, graph: Graph, measured: Measurement | None, idle: frozenset[str] = frozenset()
    ) -> None:
        """Show these layers; None: nothing. `idle`: those whose units are a finding."""
        layers = () if measured is None else measured.layers
        layers = tuple(h for h in layers if h.layer in graph and math.isfinite(h.gradient))
        count = len(self.layers)
        self.layers, self._alarms = layers, idle
        self._names = {h.layer: graph[h.layer].name for h in layers}
        self._row = min(self._row, max(len(layers) - 1, 0))
        found = [math.log10(h.gradient) for h in layers if h.gradient > 0]
        if found:
            low, high = math.floor(min(found)), math.ceil(max(found))
            self._range = (float(min(low, high - 2)), float(high))
        if len(layers) != count:
            self.updateGeometry()
        self._speak()
        self.update()

    def select(self, layer: str) -> None:
        """Mark a layer."""
        if layer != self._selected:
            self._selected = layer
            for row, health in enumerate(self.layers):
                if health.layer == layer:
                    self._row = row
            self.update()

    def told(self, health: LayerHealth) -> str:
        """A layer in words, line by line."""
        lines = [self._names[health.layer]]
        lines.append(f"Outputs: mean {short(health.mean)}, deviation {short(health.deviation)}")
        lines.append(f"Gradient by the output: {short(health.gradient)}")
        lines += [
            f"{p.name}: gradient {short(p.gradient)}, step {short(p.ratio, 2)} of its size,"
            f" size {short(p.rms)} (at the start {short(p.start_rms)})"
            for p in health.parameters
        ]
        if health.units and not math.isnan(health.dead):
            lines.append(f"{round(health.dead * health.units)} of {health.units} units are dead")
        if health.units and not math.isnan(health.saturated):
            count = round(health.saturated * health.units)
            label = ACTIVATIONS[health.activation].label
            lines.append(f"{count} of {health.units} units are saturated at the ends of {label}")
        return "\n".join(lines)

    def sizeHint(self) -> QSize:
        return QSize(260, round(self._head() + len(self.layers) * self._line()) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def _line(self) -> float:
        return float(self.fontMetrics().height() + 7)

    def _head(self) -> float:
        return float(self.fontMetrics().height() + 6)

    def _columns(self) -> list[QRectF]:
        """Left edge and width of each column, as rectangles of no height."""
        metrics = self.fontMetrics()
        update = float(max(metrics.horizontalAdvance(t) for t in ("Update", "9e−99")) + 2)
        idle = float(metrics.horizontalAdvance("100 %") + 2)
        room = self.width() - update - idle - 4 * _GAP
        longest = max([metrics.horizontalAdvance(n) for n in self._names.values()] or [30]) + 4
        name = min(float(longest), 0.4 * room)
        name = max(name, float(metrics.horizontalAdvance("Layer") + 4))
        values = float(metrics.horizontalAdvance("Values") + 4)
        if room - name - values < metrics.horizontalAdvance("Gradient") + 8:
            values = -_GAP  # no room for pictures of the values; the tip tells their mean
        bar = max(room - name - values, 24.0)
        x, found = 0.0, []
        for width in (name, values, bar, update, idle):
            found.append(QRectF(x, 0, width, 0))
            x += width + _GAP
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, columns = self._theme.tokens, self._columns()
        quiet, text = QColor(tokens.quiet), QColor(tokens.text)
        painter.setPen(quiet)
        for number, (title, column) in enumerate(zip(_HEADS, columns, strict=True)):
            if column.width() <= 0:
                continue
            rect = QRectF(column.x(), 0, column.width(), self._head() - 4)
            words = self.fontMetrics().elidedText(title, _ELIDE, round(column.width()))
            painter.drawText(rect, int(_right(number)), words)
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        y = self._head() - 1.5
        painter.drawLine(QPointF(0, y), QPointF(self.width(), y))
        self._decades(painter, columns[2])
        for row, health in enumerate(self.layers):
            top, high = self._head() + row * self._line(), self._line()
            if health.layer == self._selected or (self.hasFocus() and row == self._row):
                mark = QColor(tokens.accent)
                mark.setAlphaF(0.14 if health.layer == self._selected else 0.07)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(mark)
                painter.drawRoundedRect(QRectF(-2, top, self.width() + 2, high - 1), 4, 4)
            cells = [QRectF(c.x(), top, c.width(), high) for c in columns]
            painter.setPen(text)
            elided = self.fontMetrics().elidedText(
                self._names[health.layer], _ELIDE, int(cells[0].width())
            )
            painter.drawText(cells[0], int(_right(0)), elided)
            if cells[1].width() > 0:
                paint_bins(painter, cells[1].adjusted(0, 4, 0, -5), health.values, quiet)
            self._bar(painter, cells[2], health)
            painter.setPen(quiet)
            painter.drawText(cells[3], int(_right(3)), _ratio(health))
            self._idle(painter, cells[4], health)

    def _decades(self, painter: QPainter, column: QRectF) -> None:
        """Hairlines at the decades of the log scale, so many as there is room for."""
        low, high = self._range
        bottom = self._head() + len(self.layers) * self._line() - 2
        step = max(1, math.ceil((high - low) / max(column.width() / 30, 1)))
        pen = QPen(QColor(self._theme.tokens.hairline), 1)
        painter.setPen(pen)
        decade = low
        while decade <= high + 0.01:
            x = column.x() + column.width() * (decade - low) / (high - low)
            painter.drawLine(QPointF(x, self._head()), QPointF(x, bottom))
            decade += step

    def _bar(self, painter: QPainter, cell: QRectF, health: LayerHealth) -> None:
        tokens = self._theme.tokens
        low, high = self._range
        if health.gradient > 0:
            share = (math.log10(health.gradient) - low) / (high - low)
            width = max(2.0, cell.width() * min(max(share, 0.0), 1.0))
            colour = tokens.positive
        else:
            width, colour = 2.0, tokens.error
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(cell.x(), cell.y() + 5, width, cell.height() - 11), 2, 2)
        text = power(health.gradient)
        wide = self.fontMetrics().horizontalAdvance(text)
        painter.setPen(QColor(tokens.quiet))
        if width + wide + 6 <= cell.width():
            place = cell.adjusted(width + 4, 0, 0, 0)
        elif wide + 6 <= width:
            painter.setPen(QColor(tokens.on_accent if self._theme.dark else tokens.surface))
            place = QRectF(cell.x() + width - wide - 4, cell.y(), wide + 2, cell.height())
        else:
            return  # the tip says it
        painter.drawText(place, int(_right(0)), text)

    def _idle(self, painter: QPainter, cell: QRectF, health: LayerHealth) -> None:
        share = health.dead if not math.isnan(health.dead) else health.saturated
        tokens = self._theme.tokens
        if math.isnan(share):
            painter.setPen(QColor(tokens.hairline))
            painter.drawText(cell, int(_right(4)), "–")
            return
        alarm = health.layer in self._alarms
        painter.setPen(QColor(tokens.warning if alarm else tokens.quiet))
        painter.setFont(font(SMALL, strong=alarm))
        painter.drawText(cell, int(_right(4)), f"{100 * share:.0f} %")
        painter.setFont(font(SMALL))

    def _row_at(self, place: QPoint) -> int | None:
        row = int((place.y() - self._head()) // self._line())
        return row if 0 <= row < len(self.layers) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().toPoint())
        if row is not None and event.button() == Qt.MouseButton.LeftButton:
            self._row = row
            self.chosen.emit(self.layers[row].layer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        move = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if not move or not self.layers:
            super().keyPressEvent(event)
            return
        self._row = min(max(self._row + move, 0), len(self.layers) - 1)
        self.chosen.emit(self.layers[self._row].layer)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            row = self._row_at(event.pos())
            if row is not None:
                tip = self.told(self.layers[row])
            else:
                starts = [c.x() for c in self._columns()]
                tip = _TIPS[max(i for i, x in enumerate(starts) if i == 0 or x <= event.pos().x())]
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def _speak(self) -> None:
        self.setAccessibleDescription(
            "; ".join(f"{self._names[h.layer]}: gradient {power(h.gradient)}" for h in self.layers)
        )


def paint_bins(
    painter: QPainter, rect: QRectF, bins: Histogram, colour: QColor, most: int | None = None
) -> None:
    """A histogram as a filled skyline."""
    top = most if most is not None else max(bins.counts, default=0)
    if not top:
        return
    wide = rect.width() / len(bins.counts)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for i, count in enumerate(bins.counts):
        if count:
            high = max(1.0, rect.height() * count / top)
            left, right = rect.x() + i * wide, rect.x() + (i + 1) * wide
            painter.drawRect(QRectF(left, rect.bottom() - high, max(right - left, 1.0), high))
    painter.restore()


def _right(number: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if number >= 3 else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _ratio(health: LayerHealth) -> str:
    """The largest update of the layer's weights, over their size."""
    found = [p.ratio for p in health.parameters if p.weight and math.isfinite(p.ratio)]
    return power(max(found)) if found else "–"


def power(value: float) -> str:
    """A number to one digit as people read powers: 3e−5, 0.02, 4."""
    if value == 0 or not math.isfinite(value):
        return short(value)
    if 0.01 <= value < 1000:
        return f"{float(f'{value:.1g}'):g}"
    mantissa, _, exponent = f"{value:.0e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", "−")
