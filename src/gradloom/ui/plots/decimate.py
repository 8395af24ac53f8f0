"""A long curve as a short one: the smallest and largest value of every stretch."""

from __future__ import annotations

import numpy as np

from gradloom.layers.shapes import Array

_BUCKETS = 500


class Decimated:
    """A growing curve kept as at most 500 stretches, so that an update costs only what is new.

    `points` gives at most 1001 points: a curve drawn through them looks like the whole one.
    """

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget the curve."""
        self._width = 1  # values per stretch
        self._count = 0  # whole stretches
        self._low = np.empty(2 * _BUCKETS)
        self._high = np.empty(2 * _BUCKETS)
        self._values = np.empty(0)
        self._points: tuple[Array, Array] | None = None

    def follow(self, values: Array) -> None:
        """Take the curve as it is now: the one before with more values at its end."""
        if len(values) < len(self._values):
            self.clear()
        self._values, self._points = values, None
        while True:
            done = self._count * self._width
            fresh = min((len(values) - done) // self._width, len(self._low) - self._count)
            if fresh > 0:
                part = values[done : done + fresh * self._width].reshape(fresh, self._width)
                into = slice(self._count, self._count + fresh)
                np.fmin.reduce(part, axis=1, out=self._low[into])
                np.fmax.reduce(part, axis=1, out=self._high[into])
                self._count += fresh
            if self._count < _BUCKETS:
                return
            self._halve()

    def points(self) -> tuple[Array, Array]:
        """Numbers of the values (from 0) and the values; NaN is left out."""
        if self._points is None:
            self._points = self._thin()
        return self._points

    def _thin(self) -> tuple[Array, Array]:
        if self._width == 1:
            x, y = np.arange(len(self._values), dtype=float), self._values
        else:
            n, done = self._count, self._count * self._width
            middle = np.arange(n) * self._width + (self._width - 1) / 2
            x = np.concatenate([np.repeat(middle, 2), [len(self._values) - 1.0]])
            pairs = np.stack([self._low[:n], self._high[:n]], axis=1)
            rest = self._values[done:]
            last = rest[-1:] if len(rest) else self._values[-1:]
            y = np.concatenate([pairs.ravel(), last])
        good = np.isfinite(y)
        return (x, y) if good.all() else (x[good], y[good])

    def _halve(self) -> None:
        n = self._count // 2
        self._low[:n] = np.fmin(self._low[: 2 * n : 2], self._low[1 : 2 * n : 2])
        self._high[:n] = np.fmax(self._high[: 2 * n : 2], self._high[1 : 2 * n : 2])
        self._count, self._width = n, 2 * self._width
