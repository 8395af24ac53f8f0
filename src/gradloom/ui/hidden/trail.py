"""The way through the layers: a slider with a mark for each of them, and a walk along it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette

from gradloom.ui.forms.number import RateSlider

_STOP = 1100  # ms at each layer of a walk


class Trail(RateSlider):
    """One stop for each layer, from the input to the output; arrow keys walk."""

    def __init__(self) -> None:
        super().__init__(1)
        self.setPageStep(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(64)
        self.setAccessibleName("Way through the layers")
        self.setToolTip("Walk through the layers with the arrow keys, from the input on.")

    def offer(self, count: int, at: int) -> None:
        """So many stops, standing at one of them."""
        if (self.maximum(), self.value()) != (max(count - 1, 0), at):
            self.setRange(0, max(count - 1, 0))
            self.setValue(at)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.PlaceholderText))
        stops = self.maximum()
        if stops <= self.width() // 8:
            for stop in range(stops + 1):
                x = 8 + (self.width() - 16) * stop / max(stops, 1)
                painter.drawRect(QRectF(x - 0.5, self.height() / 2 - 5, 1, 10))
        painter.end()
        super().paintEvent(event)


class Walk(QObject):
    """Goes from stop to stop on its own, from the first to the last."""

    stepped = Signal(int)
    changed = Signal(bool)  # whether it goes on

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._at, self._last = 0, 0
        self._timer = QTimer(self, interval=_STOP)
        self._timer.timeout.connect(self._step)

    @property
    def goes_on(self) -> bool:
        """Whether it is under way."""
        return self._timer.isActive()

    def start(self, stops: int) -> None:
        """Stand at the first of so many stops, and go on."""
        self._at, self._last = 0, stops - 1
        self._timer.start()
        self.changed.emit(True)  # noqa: FBT003 - a signal
        self._tell()

    def stop(self) -> None:
        """Stay where it is."""
        if self.goes_on:
            self._timer.stop()
            self.changed.emit(False)  # noqa: FBT003 - a signal

    def _step(self) -> None:
        self._at += 1
        self._tell()

    def _tell(self) -> None:
        self.stepped.emit(self._at)
        if self._at >= self._last:
            self.stop()
