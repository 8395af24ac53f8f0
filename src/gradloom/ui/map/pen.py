"""The pencil of the map: turns the mouse into strokes on a drawing."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer

from gradloom.ui.map.sketch import Sketch
from gradloom.ui.map.strokes import Stroke
from gradloom.ui.map.tools import Tool, Touch

_TICK = 30  # ms


class Pen(Tool):
    """One stroke at a time; it counts when the button comes up.

    `begin` gives the stroke of a touch, or None where nothing can be drawn; `end` takes it over;
    `over` is told where the pointer is.
    """

    buttons = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)

    def __init__(
        self,
        owner: QObject,
        sketch: Sketch,
        begin: Callable[[Touch], Stroke | None],
        end: Callable[[Stroke], object],
        over: Callable[[Touch], object],
    ) -> None:
        self._sketch, self._begin, self._end, self._over = sketch, begin, end, over
        self.stroke: Stroke | None = None
        self._timer = QTimer(owner)
        self._timer.setInterval(_TICK)
        self._timer.timeout.connect(self._wait)
        self._last = 0.0

    def press(self, touch: Touch) -> None:
        self.stroke = self._begin(touch)
        self._over(touch)
        if self.stroke is not None:
            self.stroke.press(touch)
            self._sketch.show(self.stroke)
            self._last = perf_counter()
            self._timer.start()

    def drag(self, touch: Touch) -> None:
        self._over(touch)
        if self.stroke is not None:
            self.stroke.drag(touch)
            self._sketch.show(self.stroke)

    def hover(self, touch: Touch) -> None:
        self._over(touch)

    def release(self, touch: Touch) -> None:
        self._timer.stop()
        stroke, self.stroke = self.stroke, None
        if stroke is not None:
            self._end(stroke)
            self._sketch.clear()
        self._over(touch)

    def cancel(self) -> None:
        self._timer.stop()
        stroke, self.stroke = self.stroke, None
        if stroke is not None:
            self._sketch.clear()

    def lay_down(self) -> None:
        self._sketch.ring(None)

    def _wait(self) -> None:
        now = perf_counter()
        if self.stroke is not None and self.stroke.wait(now - self._last):
            self._sketch.show(self.stroke)
        self._last = now
