"""Points on their way from one layer's picture to the next."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation, Signal

from gradloom.ui.canvas.ink import reduced_motion
from gradloom.ui.hidden.picture import Picture, mixed

LASTS = 240  # ms


class Glide(QObject):
    """Shows pictures as they are, or one of another key by and by."""

    moved = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._end: Picture | None = None
        self._start: Picture | None = None
        self._clock = QVariantAnimation(self)
        self._clock.setDuration(LASTS)
        self._clock.setStartValue(0.0)
        self._clock.setEndValue(1.0)
        self._clock.setEasingCurve(QEasingCurve.Type.InOutSine)
        self._clock.valueChanged.connect(self.moved)
        self._clock.finished.connect(self._arrive)

    @property
    def picture(self) -> Picture | None:
        """What is seen now."""
        if self._end is None or self._start is None:
            return self._end
        return mixed(self._start, self._end, float(self._clock.currentValue()))

    @property
    def end(self) -> Picture | None:
        """Where the points are or will be."""
        return self._end

    @property
    def under_way(self) -> bool:
        """Whether points are on their way."""
        return self._start is not None

    def show(self, picture: Picture | None) -> None:
        """Show this picture; one of the same rows and another key is glided to."""
        seen, end, self._end = self.picture, self._end, picture
        same_rows = end is not None and picture is not None and _same_rows(end, picture)
        if end is None or picture is None or not same_rows or picture.key != end.key:
            self._clock.stop()
            self._start = None
            if same_rows and not reduced_motion():
                self._start = seen
                self._clock.start()
        self.moved.emit()

    def _arrive(self) -> None:
        self._start = None
        self.moved.emit()


def _same_rows(one: Picture, other: Picture) -> bool:
    return np.array_equal(one.points.rows, other.points.rows)
