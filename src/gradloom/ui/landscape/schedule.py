"""When a landscape is to be drawn by itself."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from gradloom.document import State
from gradloom.engine.progress import Progress
from gradloom.layers.shapes import Array
from gradloom.session.landscape import Landscape
from gradloom.session.slices import PATH, Wish

_ENOUGH = 12  # points of a path that show where it goes
_EVERY, _TIMES = 3.0, 3  # seconds between two while it trains, or so many times what one took


@dataclass(frozen=True, eq=False)
class _Asked:
    state: State
    run: int
    theta: Array
    wish: Wish


class Schedule:
    """Remembers what was asked for, so that nothing is asked for twice."""

    def __init__(self) -> None:
        self._asked: _Asked | None = None
        self._began = self._next = 0.0

    @property
    def age(self) -> float:
        """Seconds since the last one was asked for."""
        return perf_counter() - self._began

    def ask(self, state: State, progress: Progress, wish: Wish) -> None:
        """It is computed from now on."""
        self._asked = _Asked(state, progress.run, progress.snapshot.theta, wish)
        self._began = perf_counter()

    def forget(self) -> None:
        """What was asked for is not computed after all."""
        self._asked = None

    def end(self) -> None:
        """It was drawn, or there is none."""
        self._next = perf_counter() + max(_EVERY, _TIMES * self.age)

    def due_at_rest(
        self, state: State, progress: Progress, wish: Wish, shown: Landscape | None
    ) -> bool:
        """Whether the run stands where it was not drawn yet."""
        asked = self._asked
        if asked is None or asked.wish != wish or not same_loss(asked.state, state):
            return True
        if not np.array_equal(asked.theta, progress.snapshot.theta):
            return True
        return asked.run != progress.run and shown is None

    def due_in_training(
        self, progress: Progress, wish: Wish, shown: Landscape | None, place: Array | None
    ) -> bool:
        """Whether there is none, or the run has left it; `place` (axes,) is where it is."""
        if perf_counter() < self._next:
            return False
        if shown is None or shown.wish != wish or place is None:
            return wish.along != PATH or len(progress.trajectory.points) >= _ENOUGH
        return not within(shown, place)


def within(shown: Landscape, place: Array) -> bool:
    """Whether a place (axes,) is in the picture."""
    ranges = zip(place, (shown.extent[:2], shown.extent[2:]), strict=False)
    return all(low <= value <= high for value, (low, high) in ranges)


def same_loss(a: State, b: State) -> bool:
    """Whether the loss of two states is the same function of the same parameters."""
    return a.graph is b.graph and a.data is b.data and a.plan.precision == b.plan.precision
