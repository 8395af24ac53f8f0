"""The ranges of the loss plot's axes, which keep still from frame to frame."""

from __future__ import annotations

import numpy as np

from gradloom.layers.shapes import Array
from gradloom.ui.plots.frame import Range
from gradloom.ui.plots.scale import roomy, whole_decades

_FLOOR = 1e-16  # a loss of 0 on a logarithmic axis


class Ranges:
    """Each range stays while what is drawn keeps to it; see `roomy`. `log`: of the loss axis."""

    def __init__(self) -> None:
        self._now: dict[str, Range] = {}
        self._log = False

    @property
    def log(self) -> bool:
        """Whether the loss axis is logarithmic."""
        return self._log

    def set_log(self, *, on: bool) -> None:
        """Linear or logarithmic loss axis."""
        self._log = on
        self._now.pop("loss", None)

    def clear(self) -> None:
        """Another run: other ranges."""
        self._now = {}

    def shown(self, values: Array, name: str) -> Array:
        """Numbers as heights on the axis "loss" or "accuracy"."""
        if name == "loss" and self._log:
            return np.log10(np.maximum(values, _FLOOR))
        return values

    def epochs(self, last: int) -> Range:
        """From 0 to a little beyond the last epoch."""
        last = max(last, 10)
        now = self._now.get("x")
        if now is None or last > now[1] or last < 0.5 * now[1]:
            now = self._now["x"] = (0.0, roomy(0.0, 1.08 * last, None)[1])
        return now

    def heights(self, name: str, heights: Array) -> Range:
        """Of the axis "loss" or "accuracy", around everything that is drawn there."""
        now = self._now.get(name)
        if not len(heights):
            return now or (0.0, 1.0)
        low, high = float(heights.min()), float(heights.max())
        if name == "accuracy":
            low, high = max(min(low, 0.9), -1.0), 1.0
        elif not self._log:
            low = min(low, 0.0)
        keep = whole_decades if name == "loss" and self._log else roomy
        now = self._now[name] = keep(low, high, now)
        return now
