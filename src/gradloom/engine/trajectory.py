"""The way of a run through the space of its parameters: some of its vectors, evenly apart."""

from __future__ import annotations

from dataclasses import dataclass

from gradloom.layers.shapes import Array

MOST, MOST_BYTES = 128, 64 * 2**20  # points of a run that goes on
_KEPT, _KEPT_BYTES = 64, 8 * 2**20  # of one that rests: undo may keep many of them


@dataclass(frozen=True, slots=True, eq=False)
class Waypoint:
    """Where a run was after so many steps; `theta` (n,) is read-only."""

    steps: int
    epoch: int
    theta: Array


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """Every 2^k-th point that was published, from the first on, and the newest.

    k grows so that there are at most MOST points and MOST_BYTES, but always the first and the
    newest. `every` is 2^k; `since` counts the points published after the last one that stays. They
    are the vectors that progress publishes anyway, so that a record costs no copies. Not part of a
    project's file: it would be a hundred times as long, and the history tells how the loss went.
    """

    points: tuple[Waypoint, ...] = ()
    every: int = 1
    since: int = 0

    def reach(self, point: Waypoint) -> Trajectory:
        """With the newest point; one that is no step further stands in its predecessor's place."""
        points, since = self.points, self.since + 1
        if points and points[-1].steps >= point.steps:
            points, since = points[:-1], self.since
        elif len(points) > 1 and self.since < self.every:
            points = points[:-1]  # it was only the newest
        elif points:
            since = 1
        longer = Trajectory((*points, point), self.every, since)
        return longer.thinned(_fitting(point, MOST, MOST_BYTES))

    def thinned(self, most: int) -> Trajectory:
        """Every second point left out until there are at most so many, or two."""
        points, every, since = self.points, self.every, self.since
        while len(points) > max(most, 2):
            *stay, newest = points
            since += 0 if len(stay) % 2 else every
            points, every = (*stay[::2], newest), 2 * every
        return Trajectory(points, every, since)

    def at_rest(self) -> Trajectory:
        """What a checkpoint keeps of it."""
        if not self.points:
            return self
        return self.thinned(_fitting(self.points[-1], _KEPT, _KEPT_BYTES))


def _fitting(point: Waypoint, most: int, most_bytes: int) -> int:
    """How many points there may be, given the size of one."""
    return min(most, most_bytes // max(point.theta.nbytes, 1))
