"""The view of the canvas: mouse and keys. It starts gestures and holds at most one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QWidget

from gradloom.document import Document
from gradloom.ui.canvas import gestures
from gradloom.ui.canvas.camera import Camera
from gradloom.ui.canvas.changes import Joint
from gradloom.ui.canvas.commands import Commands
from gradloom.ui.canvas.drops import Drops
from gradloom.ui.canvas.geometry import Box, Point
from gradloom.ui.canvas.gesture import Gesture
from gradloom.ui.canvas.hits import NOTHING, Hit, Part
from gradloom.ui.canvas.ink import Ink
from gradloom.ui.canvas.inplace import Tip
from gradloom.ui.canvas.paper import Paper
from gradloom.ui.canvas.scene import Scene
from gradloom.ui.view import Selection, View

_DRAG_FROM = 4  # px


class _Press(NamedTuple):
    """A button that went down: on what, where, what a band adds to, what was selected before."""

    hit: Hit
    pixel: QPoint
    at: Point
    keep: Selection
    before: Selection


class Board(Camera):
    """`do` answers what is more than a gesture: menus, editors, drops (see `canvas.Canvas`)."""

    def __init__(
        self, sheet: Scene, document: Document, view: View, do: Commands, parent: QWidget
    ) -> None:
        super().__init__(sheet, parent)
        self._document, self._view, self._do = document, view, do
        self.gesture: Gesture | None = None
        self.hovered: Hit = NOTHING
        self._pressed: _Press | None = None
        self._pan: QPoint | None = None
        self._band: Box | None = None
        self._paper = Paper()
        self._drops = Drops(self)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._tip = Tip(self.viewport())

    # what gestures ask for

    @property
    def document(self) -> Document:
        """What is edited."""
        return self._document

    @property
    def view(self) -> View:
        """What is selected."""
        return self._view

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

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(NOTHING)
        return super().viewportEvent(event)

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.stay()
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
        elif hit.part is Part.BADGE:
            self._view.ask_trouble(hit.layer)
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
