"""A dot that runs along a cable, the way the numbers go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QStyleOptionGraphicsItem, QWidget

from gradloom.ui.canvas.cable import Cable

LASTS = 240  # ms
_RADIUS, _GLOW = 4.0, 8.0


class Dot(QGraphicsItem):
    """Small, so that moving it repaints little; it stands between cables and cards."""

    def __init__(self, cable: Cable, colour: QColor, span: tuple[float, float]) -> None:
        super().__init__()
        self.cable = cable
        self.span = span  # of the whole time, when it runs
        self._colour = colour
        self._glow = QColor(colour)
        self._glow.setAlpha(70)
        self.setZValue(0.5)

    def boundingRect(self) -> QRectF:
        return QRectF(-_GLOW, -_GLOW, 2 * _GLOW, 2 * _GLOW)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._glow)
        painter.drawEllipse(QPointF(0, 0), _GLOW, _GLOW)
        painter.setBrush(self._colour)
        painter.drawEllipse(QPointF(0, 0), _RADIUS, _RADIUS)


class Pulse:
    """At most one is on its way; starting another ends it."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self.dots: list[Dot] = []
        self._against = False
        self._clock = QVariantAnimation(scene)
        self._clock.setDuration(LASTS)
        self._clock.setStartValue(0.0)
        self._clock.setEndValue(1.0)
        self._clock.setEasingCurve(QEasingCurve.Type.InOutSine)
        self._clock.valueChanged.connect(self._move)
        self._clock.finished.connect(self.stop)

    def start(
        self, entering: Sequence[Cable], leaving: Sequence[Cable], colour: QColor, *, against: bool
    ) -> None:
        """Run along `entering`, then along `leaving`; `against`: from end to start."""
        self.stop()
        both = bool(entering) and bool(leaving)
        spans = ((0.0, 0.55), (0.45, 1.0)) if both else ((0.0, 1.0), (0.0, 1.0))
        self._against = against
        for cables, span in zip((entering, leaving), spans, strict=True):
            for cable in cables:
                dot = Dot(cable, colour, span)
                self.dots.append(dot)
                self._scene.addItem(dot)
        if self.dots:
            self._move(0.0)
            self._clock.start()

    def stop(self) -> None:
        """Take the dots away."""
        self._clock.stop()
        for dot in self.dots:
            self._scene.removeItem(dot)
        self.dots = []

    def _move(self, value: object) -> None:
        time = float(value)  # type: ignore[arg-type]
        for dot in self.dots:
            begin, end = dot.span
            share = (time - begin) / (end - begin)
            dot.setVisible(0 <= share <= 1)
            x, y = dot.cable.point(1 - share if self._against else share)
            dot.setPos(x, y)
