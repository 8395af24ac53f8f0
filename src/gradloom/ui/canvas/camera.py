"""A view of the scene that zooms about the pointer, pans, and glides to what is to be seen."""

from __future__ import annotations

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QPoint,
    QPointF,
    QRectF,
    Qt,
    QTimer,
    QVariantAnimation,
)
from PySide6.QtGui import QNativeGestureEvent, QPainter, QTransform, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from gradloom.ui.canvas.geometry import Box, Point
from gradloom.ui.canvas.ink import reduced_motion
from gradloom.ui.canvas.scene import Scene

LEAST_ZOOM, MOST_ZOOM = 0.1, 4.0
_REST = 150  # ms after which zooming counts as over
_GLIDE = 200  # ms
_EDGE = 40.0  # px; a card that is revealed stands so far from the edge
_HEAD = 56.0  # scene units


class Camera(QGraphicsView):
    """What is seen of a scene, and how large. `last_pos` is where the pointer was, in pixels."""

    def __init__(self, sheet: Scene, parent: QWidget) -> None:
        super().__init__(sheet, parent)
        self._sheet = sheet
        self.last_pos = QPoint(-1, -1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._glided = QPoint(0, 0)
        self._glide = QVariantAnimation(self)
        self._glide.setDuration(_GLIDE)
        self._glide.setEasingCurve(QEasingCurve.Type.InOutSine)
        self._glide.valueChanged.connect(self._glide_to)
        self._rest = QTimer(self, interval=_REST, singleShot=True)
        self._rest.timeout.connect(lambda: self._sheet.set_still(still=True))

    @property
    def sheet(self) -> Scene:
        """The items."""
        return self._sheet

    @property
    def zoom(self) -> float:
        """Pixels per scene unit."""
        return self.transform().m11()

    @property
    def slack(self) -> float:
        """Scene units per pixel, at least 1, so that thin things stay easy to hit."""
        return max(1.0, 1.0 / self.zoom)

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        """Zoom, keeping what is under a point of the viewport (else its middle) where it is."""
        where = QPointF(self.viewport().rect().center()) if about is None else about
        wanted = min(max(self.zoom * factor, LEAST_ZOOM), MOST_ZOOM)
        kept = self.viewportTransform().inverted()[0].map(where)
        self._sheet.set_still(still=False)
        self._rest.start()
        self.setTransform(QTransform.fromScale(wanted, wanted))
        off = self.viewportTransform().map(kept) - where
        self.pan_by(round(off.x()), round(off.y()))

    def pan_by(self, dx: int, dy: int) -> None:
        """Move what is seen by pixels."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + dx)
        down.setValue(down.value() + dy)

    def reveal(self, box: Box, calm: bool) -> None:
        """Bring a card into view if it is not: at once, or in a moment one can follow."""
        seen = self.viewportTransform().mapRect(QRectF(*box))
        room = QRectF(self.viewport().rect())
        top = min(seen.bottom(), seen.top() + _HEAD * self.zoom)  # of a tall one its head
        seen.setBottom(top if seen.height() > room.height() - 2 * _EDGE else seen.bottom())
        across, down = (
            _beyond(seen.left(), seen.right(), room.width()),
            _beyond(seen.top(), seen.bottom(), room.height()),
        )
        self.stay()
        if not across and not down:
            return
        if not calm or reduced_motion():
            self.pan_by(across, down)
            return
        self._glide.setStartValue(QPoint(0, 0))
        self._glide.setEndValue(QPoint(across, down))
        self._glided = QPoint(0, 0)
        self._glide.start()

    def stay(self) -> None:
        """End a glide where it is."""
        self._glide.stop()

    def show_box(self, box: Box, most: float = 1.0) -> None:
        """Zoom so that a part of the scene fills the view, but no closer than `most`."""
        room = self.viewport().size()
        margin = 40
        across = max(room.width() - margin, 1) / max(box.width, 1)
        down = max(room.height() - margin, 1) / max(box.height, 1)
        wanted = min(max(min(across, down), LEAST_ZOOM), most)
        self.setTransform(QTransform.fromScale(wanted, wanted))
        self.centerOn(*box.middle)
        # items that came or went in the same turn would be moved along, not painted over
        self.viewport().update()

    def show_from(self, box: Box, least: float) -> None:
        """Not farther away than `least`; what does not fit then is seen from its top left."""
        if self.zoom >= least:
            return
        self.setTransform(QTransform.fromScale(least, least))
        room = self.viewport().size()
        x, y = box.middle
        if box.width * least > room.width() - _EDGE:
            x = box.x + (room.width() - _EDGE) / 2 / least
        if box.height * least > room.height() - _EDGE:
            y = box.y + (room.height() - _EDGE) / 2 / least
        self.centerOn(x, y)

    def at(self, pos: QPointF | QPoint) -> Point:
        """A point of the viewport in scene units."""
        exact = self.viewportTransform().inverted()[0].map(QPointF(pos))
        return exact.x(), exact.y()

    def here(self) -> Point:
        """Where the pointer is in the scene, or the middle of what is seen."""
        inside = self.viewport().rect().contains(self.last_pos) and self.viewport().underMouse()
        return self.at(self.last_pos if inside else self.viewport().rect().center())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.stay()
        pixels, angle = event.pixelDelta(), event.angleDelta()
        keys = event.modifiers()
        pinch = bool(keys & Qt.KeyboardModifier.ControlModifier)
        if keys & Qt.KeyboardModifier.ShiftModifier:
            self.pan_by(-(angle.y() or angle.x()), 0)
        elif not pixels.isNull() and not pinch:
            self.pan_by(-pixels.x(), -pixels.y())
        else:
            self.zoom_by(1.0015 ** (angle.y() or angle.x()), event.position())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        pinch = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == pinch:
            self.zoom_by(1.0 + event.value(), event.position())
            return True
        return super().viewportEvent(event)

    def _glide_to(self, value: object) -> None:
        assert isinstance(value, QPoint)
        step, self._glided = value - self._glided, value
        self.pan_by(step.x(), step.y())


def _beyond(low: float, high: float, room: float) -> int:
    """How far to pan so that low .. high lies in 0 .. room with an edge; 0 if it lies there."""
    if low >= 0 and high <= room:
        return 0
    edge = min(_EDGE, max(0.0, (room - (high - low)) / 2))
    return round(low - edge if low < 0 else min(high - room + edge, low - edge))
