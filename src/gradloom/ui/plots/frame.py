"""Where on a widget the data are: between their numbers and pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gradloom.layers.shapes import Array

Range = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """A rectangle of pixels that shows x and y ranges of data."""

    rect: QRectF
    x: Range
    y: Range

    @property
    def unit(self) -> tuple[float, float]:
        """How much of the data one px is wide and high."""
        wide, high = self.rect.width() or 1.0, self.rect.height() or 1.0
        return (self.x[1] - self.x[0]) / wide, (self.y[1] - self.y[0]) / high

    def xs(self, values: Array) -> Array:
        """Pixel columns of data values."""
        span = (self.x[1] - self.x[0]) or 1.0
        columns: Array = self.rect.left() + (values - self.x[0]) / span * self.rect.width()
        return columns

    def ys(self, values: Array) -> Array:
        """Pixel rows of data values."""
        span = (self.y[1] - self.y[0]) or 1.0
        rows: Array = self.rect.bottom() - (values - self.y[0]) / span * self.rect.height()
        return rows

    def at(self, x: float, y: float) -> QPointF:
        """The pixel of a data point."""
        return QPointF(float(self.xs(np.asarray(x))), float(self.ys(np.asarray(y))))

    def back(self, point: QPointF) -> tuple[float, float]:
        """The data point of a pixel."""
        u = (point.x() - self.rect.left()) / max(self.rect.width(), 1e-9)
        v = (self.rect.bottom() - point.y()) / max(self.rect.height(), 1e-9)
        return self.x[0] + u * (self.x[1] - self.x[0]), self.y[0] + v * (self.y[1] - self.y[0])
