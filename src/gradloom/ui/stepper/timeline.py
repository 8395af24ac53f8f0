"""The whole step as a strip: a tick per operation, layers side by side, a band per phase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gradloom.engine.program import Operation
from gradloom.layers.site import Phase
from gradloom.session.marks import Group
from gradloom.session.plain import plain
from gradloom.ui.theme import SMALL, Theme, font

_EDGE = 8.0
_START = 10.0  # the place before the first operation
PHASE_COLOURS = {Phase.FORWARD: 4, Phase.LOSS: 2, Phase.BACKWARD: 1, Phase.UPDATE: 0}


def phase_colour(theme: Theme, phase: Phase) -> QColor:
    """The colour of a phase; none of them is that of positive or negative."""
    return QColor(theme.tokens.classes[PHASE_COLOURS[phase]])


class Timeline(QWidget):
    """Click or drag to stand after an operation."""

    moved = Signal(int)  # a position: operations that are done

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._operations: Sequence[Operation] = ()
        self._groups: Sequence[Group] = ()
        self._name: Callable[[str], str] = str
        self._position = 0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline of the step")
        theme.changed.connect(self.update)

    def show_step(
        self, operations: Sequence[Operation], groups: Sequence[Group], name: Callable[[str], str]
    ) -> None:
        """Show these operations; `name` gives a layer's name by its id."""
        self._operations, self._groups, self._name = operations, groups, name
        self.update()

    def set_position(self, position: int) -> None:
        """Mark how many operations are done."""
        self._position = position
        said = "at the start"
        if 0 < position <= len(self._operations):
            said = self._said(position - 1)
        self.setAccessibleDescription(f"{position} of {len(self._operations)}: {said}")
        self.update()

    def sizeHint(self) -> QSize:
        line = QFontMetricsF(font(SMALL)).height()
        return QSize(400, round(2 * line + 18))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def position_at(self, x: float) -> int:
        """The position that a click at x means."""
        left = _EDGE + _START
        if x < left or not self._operations:
            return 0
        step = (self.width() - _EDGE - left) / len(self._operations)
        return min(int((x - left) / step) + 1, len(self._operations))

    def place_of(self, position: int) -> QPointF:
        """The middle of the tick of a position."""
        left = _EDGE + _START
        if position == 0:
            return QPointF(_EDGE + _START / 2, self.height() / 2)
        step = (self.width() - _EDGE - left) / max(1, len(self._operations))
        return QPointF(left + (position - 0.5) * step, self.height() / 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._operations:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SMALL))
        metrics = QFontMetricsF(font(SMALL))
        line = metrics.height()
        left = _EDGE + _START
        step = (self.width() - _EDGE - left) / len(self._operations)
        ticks = QRectF(left, line + 4, 0, 8)
        for phase, groups in groupby(self._groups, key=lambda group: group.phase):
            own = list(groups)
            x0, x1 = left + own[0].start * step, left + own[-1].stop * step
            colour = phase_colour(self._theme, phase)
            painter.setPen(colour)
            _fit(painter, metrics, QRectF(x0 + 1, 0, x1 - x0 - 2, line), str(phase).capitalize())
            for group in own:
                self._group(painter, metrics, group, step, ticks, colour)
        self._marker(painter, ticks)

    def _group(
        self,
        painter: QPainter,
        metrics: QFontMetricsF,
        group: Group,
        step: float,
        ticks: QRectF,
        colour: QColor,
    ) -> None:
        gap = 1.5 if step > 4 else 0.0
        faint = QColor(colour)
        faint.setAlpha(64)
        painter.setPen(Qt.PenStyle.NoPen)
        for number in range(group.start, group.stop):
            x = ticks.x() + number * step
            last = number == group.stop - 1
            width = max(1.0, step - gap - (2.0 if last and step > 8 else 0.0))
            painter.setBrush(colour if number < self._position else faint)
            painter.drawRoundedRect(QRectF(x, ticks.y(), width, ticks.height()), 2, 2)
        here = group.start < self._position <= group.stop
        painter.setPen(self._theme.colour("text" if here else "quiet"))
        place = QRectF(
            ticks.x() + group.start * step,
            ticks.bottom() + 5,
            (group.stop - group.start) * step - 3,
            metrics.height(),
        )
        name = self._name(group.layer) if group.layer else "All parameters"
        _fit(painter, metrics, place, name)

    def _marker(self, painter: QPainter, ticks: QRectF) -> None:
        x = self.place_of(self._position).x()
        painter.setPen(QPen(self._theme.colour("surface"), 1))
        painter.setBrush(self._theme.colour("accent"))
        top = ticks.y() - 4
        painter.drawRoundedRect(QRectF(x - 2.5, top, 5, ticks.height() + 8), 2.5, 2.5)
        tip = QPolygonF([QPointF(x - 5, top - 3), QPointF(x + 5, top - 3), QPointF(x, top + 3)])
        painter.drawPolygon(tip)

    def _said(self, number: int) -> str:
        operation = self._operations[number]
        name = self._name(operation.layer) if operation.layer else "All parameters"
        return f"{name}, {operation.phase}: {plain(operation.equation.latex)}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._operations:
            self.moved.emit(self.position_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._operations:
            position = self.position_at(event.position().x())
            if position != self._position:
                self.moved.emit(position)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._operations:
            position = self.position_at(event.pos().x())
            said = self._said(position - 1) if position else "Before the first operation"
            QToolTip.showText(event.globalPos(), said, self)
            return True
        return super().event(event)


def _fit(painter: QPainter, metrics: QFontMetricsF, place: QRectF, text: str) -> None:
    """A text that is cut short, or left out where not even three letters fit."""
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    if cut == text or len(cut) > 3:
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), cut)
