"""The view of the canvas: zoom, pan, mouse and keys. It starts gestures and holds at most one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    Qt,
    QTimer,
    QVariantAnimation,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from gradloom.document import Document
from gradloom.ui.canvas import gestures
from gradloom.ui.canvas.changes import Joint
from gradloom.ui.canvas.commands import Commands
from gradloom.ui.canvas.drops import Drops
from gradloom.ui.canvas.geometry import Box, Point
from gradloom.ui.canvas.gesture import Gesture
from gradloom.ui.canvas.hits import NOTHING, Hit, Part
from gradloom.ui.canvas.ink import Ink, reduced_motion
from gradloom.ui.canvas.inplace import Tip
from gradloom.ui.canvas.paper import Paper
from gradloom.ui.canvas.scene import Scene
from gradloom.ui.view import Selection, View

LEAST_ZOOM, MOST_ZOOM = 0.1, 4.0
_DRAG_FROM = 4  # px
_REST = 150  # ms after which zooming counts as over
_GLIDE = 200  # ms
_EDGE = 40.0  # px; a card that is revealed stands so far from the edge
_HEAD = 56.0  # scene units


class _Press(NamedTuple):
    """A button that went down: on what, where, what a band adds to, what was selected before."""

    hit: Hit
    pixel: QPoint
    at: Point
    keep: Selection
    before: Selection


def _beyond(low: float, high: float, room: float) -> int:
    """How far to pan so that low .. high lies in 0 .. room with an edge; 0 if it lies there."""
    if low >= 0 and high <= room:
        return 0
    edge = min(_EDGE, max(0.0, (room - (high - low)) / 2))
    return round(low - edge if low < 0 else min(high - room + edge, low - edge))


class Board(QGraphicsView):
    """`do` answers what is more than a gesture: menus, editors, drops (see `canvas.Canvas`)."""

    def __init__(
        self, sheet: Scene, document: Document, view: View, do: Commands, parent: QWidget
    ) -> None:
        super().__init__(sheet, parent)
        self._sheet, self._document, self._view, self._do = sheet, document, view, do
        self.gesture: Gesture | None = None
        self.hovered: Hit = NOTHING
        self._pressed: _Press | None = None
        self._pan: QPoint | None = None
        self._band: Box | None = None
        self._paper = Paper()
        self._drops = Drops(self)
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
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tip = Tip(self.viewport())
        self._glided = QPoint(0, 0)
        self._glide = QVariantAnimation(self)
        self._glide.setDuration(_GLIDE)
        self._glide.setEasingCurve(QEasingCurve.Type.InOutSine)
        self._glide.valueChanged.connect(self._glide_to)
        self._rest = QTimer(self, interval=_REST, singleShot=True)
        self._rest.timeout.connect(lambda: self._sheet.set_still(still=True))

    # what gestures ask for

    @property
    def sheet(self) -> Scene:
        """The items."""
        return self._sheet

    @property
    def document(self) -> Document:
        """What is edited."""
        return self._document

    @property
    def view(self) -> View:
        """What is selected."""
        return self._view

    @property
    def zoom(self) -> float:
        """Pixels per scene unit."""
        return self.transform().m11()

    @property
    def slack(self) -> float:
        """Scene units per pixel, at least 1, so that thin things stay easy to hit."""
        return max(1.0, 1.0 / self.zoom)

    def tell(self, text: str, *, bad: bool = False) -> None:
        """Show a tip by the pointer; "" takes it away."""
        if text:
            self._tip.dress(self._sheet.ink.tokens, bad=bad)
        self._tip.say(text, self.last_pos, self.viewport().rect())

    def ask_kind(
        self, at: Point, joint: Joint | None = None, closed: Callable[[], None] | None = None
    ) -> None:
        """Open the search menu at a point of the scene; `closed` is called when it goes."""
        self._do.ask_kind(at, joint, closed)

    def show_band(self, band: Box | None) -> None:
        """Draw the rubber band."""
        self._band = band
        self.viewport().update()

    # zoom and pan

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
        self._glide.stop()
        if not across and not down:
            return
        if not calm or reduced_motion():
            self.pan_by(across, down)
            return
        self._glide.setStartValue(QPoint(0, 0))
        self._glide.setEndValue(QPoint(across, down))
        self._glided = QPoint(0, 0)
        self._glide.start()

    def _glide_to(self, value: object) -> None:
        assert isinstance(value, QPoint)
        step, self._glided = value - self._glided, value
        self.pan_by(step.x(), step.y())

    def show_box(self, box: Box, most: float = 1.0) -> None:
        """Zoom so that a part of the scene fills the view, but no closer than `most`."""
        room = self.viewport().size()
        margin = 40
        across = max(room.width() - margin, 1) / max(box.width, 1)
        down = max(room.height() - margin, 1) / max(box.height, 1)
        wanted = min(max(min(across, down), LEAST_ZOOM), most)
        self.setTransform(QTransform.fromScale(wanted, wanted))
        self.centerOn(*box.middle)

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
        self._glide.stop()
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
        if event.type() == QEvent.Type.Leave:
            self._hover(NOTHING)
        return super().viewportEvent(event)

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._glide.stop()
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._do.focus_changed(by_key=False)
        self.last_pos = event.position().toPoint()
        left = event.button() == Qt.MouseButton.LeftButton
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.button() == Qt.MouseButton.MiddleButton or (left and alt):
            self._pan = event.position().toPoint()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif left and self.gesture is None:
            self._press(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pos = event.position().toPoint()
        self.last_pos = pos
        if self._pan is not None:
            self.pan_by(self._pan.x() - pos.x(), self._pan.y() - pos.y())
            self._pan = pos
        elif self.gesture is not None:
            self.gesture.move(self.at(event.position()))
        elif self._pressed is not None:
            if (pos - self._pressed.pixel).manhattanLength() >= _DRAG_FROM:
                self._begin(self._pressed)
                assert self.gesture is not None
                self.gesture.move(self.at(event.position()))
        else:
            self._hover(self._sheet.hit(*self.at(event.position()), self.slack))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan is not None:
            self._pan = None
            self.viewport().unsetCursor()
        elif event.button() == Qt.MouseButton.LeftButton:
            gesture, pressed = self.gesture, self._pressed
            self.gesture = self._pressed = None
            if gesture is not None:
                self.viewport().unsetCursor()
                gesture.end(self.at(event.position()))
            elif pressed is not None:
                self._click(pressed.hit, event.modifiers())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._pressed = None
        at = self.at(event.position())
        hit = self._sheet.hit(*at, self.slack)
        if hit.part is Part.NAME:
            self._do.rename(hit.layer)
        elif hit.part is Part.CARD:
            if not self._do.go_to(hit.layer):
                self._do.toggle_open_of(hit.layer)
        elif hit.part is Part.EMPTY:
            self.ask_kind(at)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.cancel()
        self._do.menu_for(
            self._sheet.hit(*self.at(event.pos()), self.slack),
            self.at(event.pos()),
            event.globalPos(),
        )
        event.accept()

    def cancel(self) -> bool:
        """Give up the gesture that is held; False if there is none."""
        gesture, self.gesture, self._pressed = self.gesture, None, None
        if gesture is None:
            return False
        self.viewport().unsetCursor()
        gesture.cancel()
        return True

    def _press(self, event: QMouseEvent) -> None:
        at = self.at(event.position())
        hit = self._sheet.hit(*at, self.slack)
        keys = event.modifiers()
        more = bool(
            keys & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        )
        selection = self._view.selection
        if hit.on_card and hit.part not in (Part.TOGGLE, Part.BIAS):
            if more:
                self._view.select(Selection(selection.layers ^ {hit.layer}, selection.edges))
            elif hit.layer not in selection.layers:
                self._view.select(Selection(frozenset((hit.layer,))))
            self._sheet.raise_card(hit.layer)
        elif hit.edge is not None:
            mine = frozenset((hit.edge,))
            kept = Selection(selection.layers, selection.edges ^ mine)
            self._view.select(kept if more else Selection(frozenset(), mine))
        elif hit.part is Part.EMPTY and not more:
            self._view.select(Selection())
        keep = selection if more else Selection()
        self._pressed = _Press(hit, event.position().toPoint(), at, keep, selection)

    def _begin(self, press: _Press) -> None:
        self._hover(NOTHING)
        hit = press.hit
        if hit.on_card and hit.layer not in self._view.selection.layers:
            self._view.select(Selection(frozenset((hit.layer,))))
        self.gesture = gestures.begin(self, hit, press.at, press.keep, press.before)
        self.viewport().setCursor(self.gesture.cursor)

    def _click(self, hit: Hit, keys: Qt.KeyboardModifier) -> None:
        if hit.part is Part.TOGGLE:
            self._do.toggle_open_of(hit.layer)
        elif hit.part is Part.STRIP:
            self._do.go_to(hit.layer)
        elif hit.part is Part.WEIGHT:
            self._do.edit_number(hit.layer, "W", hit.weight)
        elif hit.part is Part.BIAS:
            self._do.edit_number(hit.layer, "b", (hit.index,))
        elif hit.on_card and keys == Qt.KeyboardModifier.NoModifier:
            self._view.select(Selection(frozenset((hit.layer,))))

    def _hover(self, hit: Hit) -> None:
        if hit == self.hovered:
            return
        self.hovered = hit
        self._do.hovered(hit)

    # drops from the palette

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self._drag(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._drag(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drops.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        at = self.at(event.position())
        kind, edge = self._drops.drop(event, at)
        if kind is not None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self._do.drop_kind(kind, at, edge)

    def _drag(self, event: QDragMoveEvent) -> None:
        self.last_pos = event.position().toPoint()
        self._drops.over(event, self.at(event.position()))

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.cancel():
            event.accept()
        elif not self._do.key(event.key(), event.modifiers()):
            event.ignore()

    def focusNextPrevChild(self, forward: bool) -> bool:
        return self._do.focus_next(1 if forward else -1) or super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._do.focus_changed()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._do.focus_changed()

    # painting around the items

    def set_ink(self, ink: Ink) -> None:
        """Another theme."""
        self._sheet.set_ink(ink)
        self._tip.dress(ink.tokens)
        self.viewport().update()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        self._paper.paint(painter, QRectF(rect), self.viewportTransform(), self._sheet.ink)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        if self._band is not None:
            painter.setPen(self._sheet.ink.band_edge)
            painter.setBrush(self._sheet.ink.band)
            painter.drawRect(QRectF(*self._band))
