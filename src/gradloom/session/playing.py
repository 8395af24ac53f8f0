"""Walking by itself: which position is due at which time."""

from __future__ import annotations

import math

SLOWEST, FASTEST = 0.1, 1000.0  # operations a second


class Play:
    """`direction` is 1 forwards, -1 backwards, 0 not at all; `speed` in operations a second."""

    def __init__(self) -> None:
        self.direction = 0
        self.speed = 2.0
        self._since: tuple[float, int] | None = None  # a time, and the position then

    def start(self, direction: int) -> None:
        """Walk this way from the next moment on."""
        self.direction, self._since = direction, None

    def stop(self) -> None:
        """Stay."""
        self.start(0)

    def set_speed(self, speed: float) -> None:
        """Operations a second, 0.1 to 1000."""
        self.speed = min(max(speed, SLOWEST), FASTEST)
        self._since = None

    def due(self, now: float, position: int, end: int) -> int:
        """Where to stand at the time `now` (seconds of any clock that goes on)."""
        if not self.direction:
            return position
        if self._since is None:
            self._since = (now, position)
            return position
        began, start = self._since
        steps = math.floor((now - began) * self.speed + 1e-9)
        return min(max(start + self.direction * steps, 0), end)
