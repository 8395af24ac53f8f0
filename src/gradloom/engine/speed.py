"""How fast a run trains, over the last second or so of training."""

from __future__ import annotations

import math
from collections import deque

_WINDOW = 1.0  # seconds of training that speeds are averaged over


class Speed:
    """Takes marks of how long it trained and on how many rows."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, seconds: float, samples: int) -> float:
        """Samples per second of training until this mark; NaN at first."""
        marks = self._marks
        marks.append((seconds, samples))
        while len(marks) > 2 and seconds - marks[1][0] > _WINDOW:
            marks.popleft()
        elapsed = seconds - marks[0][0]
        return (samples - marks[0][1]) / elapsed if elapsed > 0 else math.nan
