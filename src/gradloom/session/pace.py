"""The pace of a training that is watched: how many steps are due, and how long to wait for them."""

from __future__ import annotations

import math
from collections import deque
from time import perf_counter

_ROUND = 1 / 30  # seconds between two rounds: the map moves evenly
_OWED = 0.1  # seconds of steps that are made up for at most
_WINDOW = 1.5  # seconds that the measured rate is averaged over


class Pace:
    """At most `epochs_per_second`, its steps spread evenly; None is full speed.

    Why by the clock and not by pauses of one length: a late round is made up for, but a network too
    slow for its pace does not pile up what it owes.
    """

    def __init__(self) -> None:
        self.epochs_per_second: float | None = None
        self._due = 0.0  # when the step after the last one is due
        self._next = 0.0
        self._marks: deque[tuple[float, int]] = deque()

    def begin(self) -> None:
        """From now on steps become due."""
        self._due = self._next = perf_counter()
        self._marks.clear()

    def wait(self) -> float:
        """Seconds until the next round; 0 if it is due, or at full speed."""
        if self.epochs_per_second is None:
            return 0.0
        return max(0.0, max(self._due, self._next) - perf_counter())

    def steps(self, whole: int) -> int | None:
        """How many steps of `whole` an epoch are due now, at least one; None at full speed."""
        if self.epochs_per_second is None:
            return None
        now, each = perf_counter(), 1 / (self.epochs_per_second * whole)
        self._due = max(self._due, now - _OWED)
        count = 1 + max(0, math.floor((now - self._due) / each))
        self._due += count * each
        self._next = now + _ROUND
        return count

    def rate(self, steps: int) -> float | None:
        """Steps per second by the clock, waiting and all; None at full speed, NaN at first."""
        if self.epochs_per_second is None:
            return None
        marks, now = self._marks, perf_counter()
        marks.append((now, steps))
        while len(marks) > 2 and now - marks[1][0] > _WINDOW:
            marks.popleft()
        elapsed = now - marks[0][0]
        return (steps - marks[0][1]) / elapsed if elapsed > 0 else math.nan
