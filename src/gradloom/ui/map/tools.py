"""Tools of the map: what the left button does on the plane, one gesture at a time.

A tool is an object with `press`, `drag`, `release` and `cancel`; `Grip` holds at most one and
feeds it the mouse, in data units, before pyqtgraph pans. Esc cancels any gesture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent

from gradloom.layers.shapes import Array
from gradloom.ui.map.field import Field
from gradloom.ui.plots.frame import Frame

_LEAST = 2.0  # px that the pointer moves before a place counts as another


@dataclass(frozen=True, slots=True)
class Touch:
    """The pointer over the plane: where in data units, where in px, with which keys and button.

    `frame` turns px into data and back. `button` is the one that began the gesture.
    """

    x: float
    y: float
    px: QPointF
    frame: Frame
    keys: Qt.KeyboardModifier
    button: Qt.MouseButton = Qt.MouseButton.LeftButton

    @property
    def adding(self) -> bool:
        """Whether Shift is held: add to what there is."""
        return bool(self.keys & Qt.KeyboardModifier.ShiftModifier)


class Tool:
    """Base: a tool that does nothing. `cursor` is shown over the plane while it is in hand.

    Its gestures begin with one of its `buttons`.
    """

    cursor = Qt.CursorShape.CrossCursor
    buttons: tuple[Qt.MouseButton, ...] = (Qt.MouseButton.LeftButton,)

    def press(self, touch: Touch) -> None:
        """The button went down."""

    def drag(self, touch: Touch) -> None:
        """The pointer moved with the button down."""

    def hover(self, touch: Touch) -> None:
        """The pointer moved with no button down."""

    def release(self, touch: Touch) -> None:
        """The button came up: the gesture counts."""

    def cancel(self) -> None:
        """Nothing of the gesture counts."""

    def lay_down(self) -> None:
        """Another tool is taken in hand."""


class Grip(QObject):
    """Feeds the tool in hand with the mouse over a field."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._field = field
        self._tool: Tool | None = None
        self.busy = False  # a gesture goes on
        self._button = Qt.MouseButton.LeftButton  # that it began with
        self._view = field.sheet.viewport()
        self._view.installEventFilter(self)
        field.sheet.installEventFilter(self)
        field.sheet.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    @property
    def tool(self) -> Tool | None:
        """What is in hand; None: the pointer."""
        return self._tool

    def take(self, tool: Tool | None) -> None:
        """Take a tool in hand; a gesture that goes on is cancelled."""
        self.cancel()
        if self._tool is not None:
            self._tool.lay_down()
        self._tool = tool
        self._field.cursor_shape = Qt.CursorShape.CrossCursor if tool is None else tool.cursor

    def cancel(self) -> None:
        """End the gesture that goes on, if any, without effect."""
        if self.busy and self._tool is not None:
            self.busy = False
            self._tool.cancel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._tool is None:
            return False
        if isinstance(event, QMouseEvent) and watched is self._view:
            return self._mouse(self._tool, event)
        if event.type() == QEvent.Type.ContextMenu and watched is self._view:
            return Qt.MouseButton.RightButton in self._tool.buttons
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self.busy:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            elif event.type() == QEvent.Type.KeyPress:
                self.cancel()
            return True
        return False

    def _mouse(self, tool: Tool, event: QMouseEvent) -> bool:
        at, frame, kind = event.position(), self._field.frame(), event.type()
        # a second click of two is a first one here, not "show everything"
        down = kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
        if down and not self.busy and event.button() in tool.buttons:
            self._button = event.button()
        touch = Touch(*frame.back(at), at, frame, event.modifiers(), self._button)
        if kind == QEvent.Type.MouseMove:
            if self.busy:
                tool.drag(touch)
                return True
            tool.hover(touch)
            return False  # the reading goes on
        if event.button() not in tool.buttons:
            return False
        if self.busy:
            if kind == QEvent.Type.MouseButtonRelease and event.button() is self._button:
                self.busy = False
                tool.release(touch)
            return True
        if down and frame.rect.contains(at):
            self.busy = True
            self._field.sheet.setFocus(Qt.FocusReason.MouseFocusReason)
            tool.press(touch)
            return True
        return False


class Lasso(Tool):
    """Selects the points inside a line drawn by hand; with Shift, adds them."""

    def __init__(self, field: Field, chosen: Callable[[Array, bool], object]) -> None:
        """`chosen` is given the polygon (n, 2) in data units and whether to add."""
        self._field, self._chosen = field, chosen
        self._path: list[tuple[float, float]] = []
        self._last = QPointF()

    def press(self, touch: Touch) -> None:
        self._path, self._last = [(touch.x, touch.y)], touch.px

    def drag(self, touch: Touch) -> None:
        away = touch.px - self._last
        if abs(away.x()) + abs(away.y()) < _LEAST:
            return
        self._last = touch.px
        self._path.append((touch.x, touch.y))
        self._field.overlay.outline(*zip(*self._path, strict=True))

    def release(self, touch: Touch) -> None:
        path = np.array(self._path)
        self.cancel()
        self._chosen(path, touch.adding)

    def cancel(self) -> None:
        self._path = []
        self._field.overlay.outline((), ())


def inside(x: Array, y: Array, polygon: Array) -> Array:
    """Which points (n,) lie in a polygon (corners, 2): an odd number of sides is to their right.

    The even-odd rule (M. Shimrat, "Algorithm 112", Communications of the ACM 5, 1962).
    """
    odd = np.zeros(len(x), bool)
    if len(polygon) < 3:
        return odd
    for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y0 != y1:
            crosses = (y0 > y) != (y1 > y)
            odd ^= crosses & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return odd
