"""Where a map looks in data of any number of features: a flat piece of the space of raw columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.data import Prepared
from gradloom.data.dataset import Room
from gradloom.data.split import evenly
from gradloom.document import State
from gradloom.layers.shapes import Array
from gradloom.session.principal import principal

Extent = tuple[float, float, float, float]

MOST_ROWS = 4000  # that are drawn as points; fewer where rows are very long
_NUMBERS = 1 << 23  # of features that are worked on at once
_MARGIN = 0.08  # of the data's range, on each side
_FITTED = 5000  # training rows that principal components and deviations are taken from
_NEIGHBOURS = 600  # training rows that nearness is judged by
_LEAST = 200  # rows, however long they are
_VEIL = 48  # points per side of a veil


@dataclass(frozen=True, slots=True)
class Look:
    """Which piece: along the features `x` and `y`, or along two principal components if "".

    `at` gives numbers, in raw units, that other features are held at; the rest are typical.
    """

    x: str = ""
    y: str = ""
    at: tuple[tuple[str, float], ...] = ()

    @property
    def principal(self) -> bool:
        """Whether it is the plane of the first two principal components."""
        return not (self.x and self.y)

    def held(self, name: str, value: float) -> Look:
        """With another feature held at a number."""
        kept = tuple((n, v) for n, v in self.at if n != name)
        return Look(self.x, self.y, (*kept, (name, value)))

    def fitting(self, names: tuple[str, ...]) -> Look:
        """This if its features are among these, else the default."""
        wanted = {name for name in (self.x, self.y) if name} | {name for name, _ in self.at}
        return self if wanted <= set(names) and (self.principal or self.x != self.y) else Look()


@dataclass(frozen=True, eq=False)
class Plane:
    """A flat piece of the space of F raw features, with one axis or two.

    A place c on it is the row `base + c @ along`; a row r lies over the place
    `(r - centre) @ across`. `spread` (F,) are the units that distances are measured in. `share` is
    the part of the training rows' variance, in those units, that the axes show (1 where there is
    no other feature), NaN along two of several features.
    """

    base: Array
    along: Array
    centre: Array
    across: Array
    spread: Array
    names: tuple[str, ...]
    share: float

    @property
    def flat(self) -> bool:
        """Whether it has two axes, and not one."""
        return len(self.along) == 2

    @property
    def whole(self) -> bool:
        """Whether the axes are all features there are: nothing lies off it."""
        return len(self.along) == len(self.base)

    def lift(self, places: Array) -> Array:
        """The raw rows (n, F) of places (n, axes)."""
        rows: Array = self.base + places @ self.along
        return rows

    def project(self, rows: Array) -> Array:
        """The places (n, axes) of raw rows (n, F)."""
        places: Array = (rows - self.centre) @ self.across
        return places

    def away(self, rows: Array) -> Array:
        """How far raw rows (n, F) lie off the plane: the root mean square over all features."""
        if self.whole:
            return np.zeros(len(rows))
        off = (rows - self.lift(self.project(rows))) / self.spread
        distances: Array = np.sqrt(np.square(off).mean(axis=1))
        return distances


@dataclass(frozen=True, eq=False)
class Ground:
    """A plane with the data on it.

    `extent` (x0, x1, y0, y1) is the range of the points with a margin; with one axis y is 0..1.
    Data with a room of its own (see `DataSource.room`) is shown in that, and all its rows are.
    `rows` are the numbers of the rows that are drawn (all, or some evenly chosen), `points`
    (n, axes) where they lie, `away` (n,) how far off. `count`: of how many rows.
    """

    plane: Plane
    extent: Extent
    rows: Array
    points: Array
    away: Array
    count: int


def ground_of(state: State, look: Look) -> Ground:
    """The plane of this look at this data, with its points."""
    dataset = state.prepared.dataset
    raw = dataset.features
    plane = plane_of(state, look.fitting(dataset.feature_names))
    count = len(raw)
    room = state.data.source.room
    rows = (
        np.arange(count) if room is not None else evenly(np.arange(count), _fitting(MOST_ROWS, raw))
    )
    drawn = raw[rows]
    points = plane.project(drawn)
    extent = _extent(points) if room is None else _roomy(points, room)
    return Ground(plane, extent, rows, points, plane.away(drawn), count)


def plane_of(state: State, look: Look) -> Plane:
    """The plane of a look that fits the data; with one or two features all there is."""
    names = state.prepared.dataset.feature_names
    learnt = _learnt(state.prepared)
    spread = learnt.std(axis=0) if len(learnt) else np.ones(len(names))
    spread = np.where((spread > 0) & np.isfinite(spread), spread, 1.0)
    if len(names) <= 2:
        every = np.eye(len(names))
        zero = np.zeros(len(names))
        return Plane(zero, every, zero, every, spread, names, 1.0)
    base = typical(state)
    for name, value in look.at:
        base[names.index(name)] = value
    if look.principal:
        return _principal(learnt, base, spread)
    chosen = [names.index(look.x), names.index(look.y)]
    base[chosen] = 0.0
    along = np.eye(len(names))[chosen]
    return Plane(base, along, np.zeros(len(names)), along.T, spread, (look.x, look.y), float("nan"))


def typical(state: State) -> Array:
    """A row (F,) in the middle of the training rows.

    The mean of each feature; of features that stand for the words of one column, the commonest.
    """
    learnt = _learnt(state.prepared)
    middle: Array = np.array(learnt.mean(axis=0) if len(learnt) else np.zeros(learnt.shape[1]))
    for group in state.data.source.groups:
        commonest = int(np.argmax(middle[group]))
        middle[group] = 0.0
        middle[group.start + commonest] = 1.0
    return middle


def ranges_of(prepared: Prepared) -> tuple[Array, Array]:
    """The least and the greatest number (F,) of each raw feature in the training rows."""
    features, train = prepared.dataset.features, prepared.split.train
    low, high = np.zeros(features.shape[1]), np.zeros(features.shape[1])
    step = _fitting(_FITTED, features)
    for start in range(0, len(train), step):  # not a copy of them all
        some = features[train[start : start + step]]
        least, most = some.min(axis=0), some.max(axis=0)
        low = np.minimum(low, least) if start else least
        high = np.maximum(high, most) if start else most
    return low, high


def _learnt(prepared: Prepared) -> Array:
    """Raw training rows, not too many."""
    features = prepared.dataset.features
    learnt: Array = features[evenly(prepared.split.train, _fitting(_FITTED, features))]
    return learnt


def _principal(learnt: Array, base: Array, spread: Array) -> Plane:
    """Along the two directions in which standardised training rows vary most.

    The eigenvectors of their correlation matrix (I. T. Jolliffe, Principal Component Analysis,
    2nd ed., 2.3).
    """
    middle = learnt.mean(axis=0)
    found = principal((learnt - middle) / spread)
    axes = found.axes
    along, across = axes.T * spread, axes / spread[:, None]
    return Plane(
        base - (base - middle) @ across @ along,  # so that `base` itself is on the plane
        along,
        middle,
        across,
        spread,
        ("component 1", "component 2"),
        found.share,
    )


def veil_of(prepared: Prepared, ground: Ground) -> Array:
    """How far from any training row each place of a plane is, (ny, nx) in 0..1, y ascending.

    0 as near as training rows are to each other (95 of 100 of them), 1 from three times that
    distance on; distances are in units of `spread`, over all features.
    """
    plane = ground.plane
    features = prepared.dataset.features
    chosen = evenly(prepared.split.train, _fitting(_NEIGHBOURS, features))
    known = features[chosen] / plane.spread
    if len(known) < 2:
        return np.zeros((_VEIL, _VEIL))
    among = _squares(known, known)
    np.fill_diagonal(among, np.inf)
    usual = float(np.sqrt(np.quantile(among.min(axis=1), 0.95)))
    places = grid(ground.extent, _VEIL, _VEIL)
    nearest = np.empty(len(places))
    step = _fitting(len(places), features)
    for start in range(0, len(places), step):
        here = slice(start, start + step)
        lifted = plane.lift(places[here]) / plane.spread
        nearest[here] = np.sqrt(_squares(lifted, known).min(axis=1))
    veil: Array = np.clip((nearest / (usual or 1.0) - 1) / 2, 0.0, 1.0)
    return veil.reshape(_VEIL, _VEIL)


def _fitting(most: int, rows: Array) -> int:
    """How many of these rows (n, F) are worked on at once: at most so many, fewer long ones."""
    return int(np.clip(_NUMBERS // max(rows.shape[1], 1), min(_LEAST, most), most))


def _squares(a: Array, b: Array) -> Array:
    """Squared distances (n, m) between rows (n, F) and rows (m, F)."""
    products: Array = a @ b.T
    sums = np.square(a).sum(axis=1)[:, None] + np.square(b).sum(axis=1)
    squares: Array = np.maximum(sums - 2 * products, 0.0)
    return squares


def _extent(points: Array) -> Extent:
    """The range of points (n, 1 or 2) with a margin."""
    if not len(points):
        return 0.0, 1.0, 0.0, 1.0
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    low, high = low - _MARGIN * span, high + _MARGIN * span
    if points.shape[1] == 1:
        return float(low[0]), float(high[0]), 0.0, 1.0
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def _roomy(points: Array, room: Room) -> Extent:
    """A room, on each side as far as points (n, 1 or 2) that lie beyond it with their margin."""
    x0, x1, y0, y1 = room if points.shape[1] == 2 else (*room[:2], 0.0, 1.0)
    if len(points):
        (left, right, below, above), low, high = _extent(points), points.min(0), points.max(0)
        x0, x1 = (left if low[0] < x0 else x0), (right if high[0] > x1 else x1)
        if len(low) == 2:
            y0, y1 = (below if low[1] < y0 else y0), (above if high[1] > y1 else y1)
    return x0, x1, y0, y1


def grid(extent: Extent, nx: int, ny: int) -> Array:
    """The places of a map (ny * nx, 2), row by row, y ascending."""
    x, y = np.meshgrid(np.linspace(*extent[:2], nx), np.linspace(*extent[2:], ny))
    return np.stack([x.ravel(), y.ravel()], axis=1)
