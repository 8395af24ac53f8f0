"""The loss landscape: the loss over a slice of the space of a network's parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter, sleep, thread_time

import numpy as np

from gradloom.data.waiting import Waiting
from gradloom.document import State
from gradloom.engine.progress import Progress
from gradloom.engine.trajectory import Trajectory, Waypoint
from gradloom.layers.shapes import Array
from gradloom.session.directions import Axes, shown_share
from gradloom.session.losses import Losses
from gradloom.session.planes import Extent
from gradloom.session.slices import Wish, axes_of, extent_of

SIDES = (7, 13, 25, 49)  # points per side: each picture has the points of the one before
POINTS = (25, 49, 97, 193)  # along a line
_PATIENCE = 60.0  # seconds of computing; slow networks get a coarser picture
_TURN = 0.004  # seconds of computing at one go
_IDLE = 9  # rests so many times longer while the run trains
_TOLD = 0.05  # seconds between two reports


@dataclass(frozen=True, eq=False)
class Trail:
    """A run's points seen on the axes: `places` (points, axes) and their true `losses` (points,).

    The last one is the run's newest.
    """

    points: tuple[Waypoint, ...]
    places: Array
    losses: Array

    @property
    def best(self) -> int:
        """The point of lowest loss."""
        return int(np.nan_to_num(self.losses, nan=np.inf).argmin())


@dataclass(frozen=True, eq=False)
class Landscape:
    """The loss over a slice, around a run of a state at one moment.

    `losses` (ny, nx), y ascending, or (1, nx) along a line, float64, not finite where the network's
    numbers are not. Places lie at the corners of `extent` (x0, x1, y0, y1) and evenly between.
    `shares` are the parts of the variance of the run's path that its principal components show,
    `shown` what all axes show together. `downhill` (axes,) is the negative gradient as seen on the
    axes, `downhill_share` the part of its length; `stride` the length of a step of plain gradient
    descent at the learning rate in force. `rows`: of how many training rows the loss is. `whole`:
    it gets no finer.
    """

    state: State
    run: int
    steps: int
    wish: Wish
    axes: Axes
    shares: tuple[float, ...]
    shown: float
    trail: Trail
    downhill: Array
    downhill_share: float
    stride: float
    rows: int
    extent: Extent
    losses: Array
    whole: bool

    @property
    def here(self) -> float:
        """The loss at the centre: that of the run's newest point."""
        return float(self.trail.losses[-1])


def survey(
    state: State,
    progress: Progress,
    wish: Wish,
    waiting: Waiting | None = None,
    training: Callable[[], bool] = lambda: False,
) -> Iterator[Landscape]:
    """The landscape around a run as it is now, finer and finer; the state must be ready.

    `training` says whether the run goes on and needs the processor. Raises UserError where there is
    no such slice, Cancelled.
    """
    turns = _Turns(waiting or Waiting(), training)
    losses = Losses(state, progress.snapshot)
    theta = progress.snapshot.theta.astype(float)
    gradient = losses.gradient(theta)
    axes, shares = axes_of(state, progress, wish, losses.layout, gradient)
    began = thread_time()
    trail = _trail_of(progress, axes, losses.at, turns)
    cost = (thread_time() - began) / len(trail.losses)
    stride = progress.rate * float(np.linalg.norm(gradient))
    sides = _affordable(axes, cost)
    landscape = Landscape(
        state,
        progress.run,
        progress.steps,
        wish,
        axes,
        shares,
        shown_share(axes, progress.trajectory),
        trail,
        axes.turn(-gradient),
        axes.share(gradient),
        stride,
        losses.rows,
        extent_of(wish, axes, trail.places, losses.at, stride),
        np.zeros((0, 0)),
        whole=False,
    )
    turns.whole = sides[-1] ** len(axes.along)
    for side in sides:
        found = _finer(landscape, side, losses.at, turns)
        landscape = replace(landscape, losses=found, whole=side == sides[-1])
        yield landscape


class Follower:
    """Where the points of a run that goes on lie on the axes of a landscape, each found once."""

    def __init__(self, landscape: Landscape) -> None:
        self._axes = landscape.axes
        trail = landscape.trail
        # by identity: a trajectory hands the same vectors on
        self._known = {
            id(point.theta): (point.theta, place)
            for point, place in zip(trail.points, trail.places, strict=True)
        }

    def places(self, trajectory: Trajectory) -> Array:
        """The places (points, axes) of a run of the same network."""
        known = {}
        for point in trajectory.points:
            key = id(point.theta)
            found = self._known.get(key)
            known[key] = found or (point.theta, self._axes.project(point.theta))
        self._known = known
        return np.array([place for _, place in known.values()]).reshape(-1, len(self._axes.along))


class _Turns:
    """Lets others work: while a run trains, rests `_IDLE` times as long as was computed."""

    def __init__(self, waiting: Waiting, training: Callable[[], bool]) -> None:
        self._waiting, self._training = waiting, training
        self._told, self._since = 0.0, thread_time()
        self.done, self.whole = 0, 0  # places

    def __call__(self) -> None:
        """Call it after every evaluation; raises Cancelled."""
        worked = thread_time() - self._since
        if worked < _TURN:
            return
        now = perf_counter()
        if now - self._told >= _TOLD or self._waiting.cancelled():
            self._told = now
            self._waiting.tell(self.done / self.whole if self.whole else 0.0)
        if self._training():
            sleep(_IDLE * worked)
        self._since = thread_time()


def _trail_of(
    progress: Progress, axes: Axes, loss: Callable[[Array], float], turns: _Turns
) -> Trail:
    points, told = progress.trajectory.points, []
    for point in points:
        told.append(loss(point.theta))
        turns()
    return Trail(points, np.stack([axes.project(p.theta) for p in points]), np.array(told))


def _affordable(axes: Axes, cost: float) -> tuple[int, ...]:
    """Points per side of the pictures, given the seconds that one point costs."""
    sides = SIDES if axes.flat else POINTS
    points = len(axes.along)
    return tuple(side for side in sides if cost * side**points <= _PATIENCE) or sides[:1]


def _finer(landscape: Landscape, side: int, loss: Callable[[Array], float], turns: _Turns) -> Array:
    """Losses at `side` points per side, of which every second is in the landscape already."""
    axes, extent, coarse = landscape.axes, landscape.extent, landscape.losses
    xs = np.linspace(*extent[:2], side)
    ys = np.linspace(*extent[2:], side) if axes.flat else np.zeros(1)
    found = np.full((len(ys), side), np.nan)
    known = np.zeros(found.shape, bool)
    if coarse.size:
        every = (slice(None, None, 2) if axes.flat else slice(None), slice(None, None, 2))
        found[every], known[every] = coarse, True
    left = float(axes.origin[0])
    for j, y in enumerate(ys.tolist()):
        row = axes.lift(np.array([left, y][: len(axes.along)]))
        for i in np.flatnonzero(~known[j]).tolist():
            found[j, i] = loss(row + (xs[i] - left) * axes.along[0])
            turns.done += 1
            turns()
    found.flags.writeable = False
    return found
