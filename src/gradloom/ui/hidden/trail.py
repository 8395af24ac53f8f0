"""The way through the layers: a slider with a mark for each of them, and a button that walks it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette

from gradloom.ui.forms.number import RateSlider


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
