"""The whole step as a strip: a tick per operation, layers side by side, a band per phase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
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
        self._pictures: tuple[QPixmap, QPixmap] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Timeline of the step")
        theme.changed.connect(self._repaint)

    def show_step(
        self, operations: Sequence[Operation], groups: Sequence[Group], name: Callable[[str], str]
    ) -> None:
        """Show these operations; `name` gives a layer's name by its id."""
        self._operations, self._groups, self._name = operations, groups, name
        self._repaint()

    def set_position(self, position: int) -> None:
        """Mark how many operations are done."""
        self._position = position
        said = "at the start"
        if 0 < position <= len(self._operations):
            said = self._said(position - 1)
        self.setAccessibleDescription(f"{position} of {len(self._operations)}: {said}")
        self.update()

    def _repaint(self) -> None:
        self._pictures = None
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
        if self._pictures is None or self._pictures[0].deviceIndependentSize() != QSizeF(
            self.size()
        ):
            self._pictures = self._picture(done=False), self._picture(done=True)
        painter = QPainter(self)
        still, done = self._pictures
        painter.drawPixmap(0, 0, still)
        left = _EDGE + _START
        step = (self.width() - _EDGE - left) / len(self._operations)
        painter.setClipRect(QRectF(0, 0, left + self._position * step, self.height()))
        painter.drawPixmap(0, 0, done)
        painter.setClipping(False)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._current(painter, step)
        self._marker(painter)

    def _picture(self, *, done: bool) -> QPixmap:
        """The strip with every operation done, or none: what is painted is cut from both."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SMALL))
        metrics = QFontMetricsF(font(SMALL))
        left = _EDGE + _START
        step = (self.width() - _EDGE - left) / len(self._operations)
        for phase, groups in groupby(self._groups, key=lambda group: group.phase):
            own = list(groups)
            colour = phase_colour(self._theme, phase)
            if not done:
                x0, x1 = left + own[0].start * step, left + own[-1].stop * step
                painter.setPen(colour)
                place = QRectF(x0 + 1, 0, x1 - x0 - 2, metrics.height())
                _fit(painter, metrics, place, str(phase).capitalize())
                colour.setAlpha(64)
            for group in own:
                self._ticks_of(painter, group, step, colour)
                if not done:
                    painter.setPen(self._theme.colour("quiet"))
                    _fit(painter, metrics, self._label(group, step), self._title(group))
        painter.end()
        return picture

    def _ticks(self) -> QRectF:
        return QRectF(_EDGE + _START, QFontMetricsF(font(SMALL)).height() + 4, 0, 8)

    def _ticks_of(self, painter: QPainter, group: Group, step: float, colour: QColor) -> None:
        ticks = self._ticks()
        gap = 1.5 if step > 4 else 0.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for number in range(group.start, group.stop):
            last = number == group.stop - 1
            width = max(1.0, step - gap - (2.0 if last and step > 8 else 0.0))
            place = QRectF(ticks.x() + number * step, ticks.y(), width, ticks.height())
            painter.drawRoundedRect(place, 2, 2)

    def _label(self, group: Group, step: float) -> QRectF:
        ticks = self._ticks()
        wide = (group.stop - group.start) * step - 3
        return QRectF(ticks.x() + group.start * step, ticks.bottom() + 5, wide, ticks.y())

    def _title(self, group: Group) -> str:
        return self._name(group.layer) if group.layer else "All parameters"

    def _current(self, painter: QPainter, step: float) -> None:
        """The name of the layer where one stands, dark and in full."""
        group = next((g for g in self._groups if g.start < self._position <= g.stop), None)
        if group is None:
            return
        metrics = QFontMetricsF(font(SMALL))
        place, title = self._label(group, step), self._title(group)
        wide = max(place.width(), metrics.horizontalAdvance(title) + 4)
        place.setLeft(max(0.0, min(place.left(), self.width() - wide)))
        place.setWidth(wide)
        for other in self._groups:  # no half of a name looks out from under this one
            hidden = self._label(other, step)
            hidden.setWidth(min(hidden.width(), metrics.horizontalAdvance(self._title(other))))
            if hidden.intersects(place):
                painter.fillRect(hidden.adjusted(0, 0, 1, 0), self.palette().window())
        painter.fillRect(place, self.palette().window())
        painter.setFont(font(SMALL))
        painter.setPen(self._theme.colour("text"))
        painter.drawText(place, title)

    def _marker(self, painter: QPainter) -> None:
        ticks = self._ticks()
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
