"""What hidden space shows, as values: points, the weave of the input plane, straight boundaries."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gradloom.document import State
from gradloom.layers.base import Source
from gradloom.layers.shapes import Array, Refusal
from gradloom.session.hidden import Hidden
from gradloom.session.planes import Extent, grid
from gradloom.session.readout import Readout
from gradloom.ui.map.subject import Subject, span_of
from gradloom.ui.plots.contour import boundaries
from gradloom.ui.plots.frame import Range
from gradloom.ui.plots.points import PART_NAMES, Points
from gradloom.ui.plots.scale import figure, roomy

_MARGIN = 0.05  # of a range, on each side
_STEPS, _FILLED = 16, 0.5  # how close ranges fit, and when they shrink; see `roomy`
_UNBOUND = (-np.inf, np.inf)
_GRID = 110  # places along each axis where classes are read
_BAND = 0.62  # how much of a class's height its points take, where a layer has one unit
_GOLDEN = 0.6180339887498949
_MOST_NUMBERS = 6  # of a row's activations that are told


@dataclass(frozen=True, eq=False)
class Picture:
    """Points on a plane of `extent`, and the lines of the input `weave` (lines, m, 2).

    `strands` (lines, m - 1) says which shade each piece of the weave has. `scores`
    (classes, n, n) over the plane, y ascending, and `segments` (k, 2 ends, 2) where their largest
    changes, are there where a straight rule reads classes. `key` is what is looked at: from one
    moment to the next of the same key, points move as the training moves them. `banded`: heights
    are no numbers, but keep classes apart.
    """

    key: tuple[str, tuple[int, int] | None]
    names: tuple[str, str]
    extent: Extent
    points: Points
    weave: Array
    strands: Array
    scores: Array
    segments: Array
    banded: bool = False


def picture_of(state: State, subject: Subject, hidden: Hidden, before: Picture | None) -> Picture:
    """The picture of a layer; its ranges stay those of the moment `before` if they can."""
    key = hidden.layer, hidden.units
    same = before is not None and before.key == key
    now = before.extent if before is not None and same else None
    points = points_of(state, subject, hidden)
    extent = _extent(state, subject, hidden, points, now)
    scores, segments = _regions(hidden.readout, hidden.size, extent)
    return Picture(
        key,
        axis_names(state, subject, hidden),
        extent,
        points,
        hidden.weave,
        strands_of(subject, hidden),
        scores,
        segments,
        banded=hidden.size == 1 and bool(subject.classes),
    )


def points_of(state: State, subject: Subject, hidden: Hidden) -> Points:
    """The rows where the layer puts them; those of one unit in a band for each class."""
    prepared, rows = state.prepared, hidden.rows
    part = np.zeros(len(prepared.dataset), np.int8)
    for number, name in enumerate(PART_NAMES):
        part[getattr(prepared.split, name)] = number
    target = prepared.targets[rows, subject.target]
    places = hidden.places
    if places.shape[1] > 1:
        height = places[:, 1]
    elif subject.classes:  # a height of its own for each row, so that it only moves sideways
        height = target + _BAND * ((np.arange(len(rows)) * _GOLDEN) % 1 - 0.5)
    else:
        height = target
    names = axis_names(state, subject, hidden)
    return Points(places[:, 0], height, height, target, part[rows], names, rows)


def axis_names(state: State, subject: Subject, hidden: Hidden) -> tuple[str, str]:
    """What is told along the axes."""
    if hidden.size == 1:
        target = subject.coding.targets[subject.column].name
        return unit_name(state, hidden.layer, 0), target
    if hidden.units is None:
        return "principal plane, axis 1", "principal plane, axis 2"
    first, second = hidden.units
    return unit_name(state, hidden.layer, first), unit_name(state, hidden.layer, second)


def unit_name(state: State, layer: str, unit: int) -> str:
    """One number of a layer's output in words: the feature, the unit, or the place in a picture."""
    kind, shape = state.graph[layer].kind, state.analysis.shapes[layer]
    if len(shape) == 3:
        channel, row, column = np.unravel_index(unit, shape)
        return f"channel {channel + 1} at {row + 1}, {column + 1}"
    chosen = kind.chosen(state.prepared.signature) if isinstance(kind, Source) else None
    if chosen is not None and not isinstance(chosen, Refusal):
        return state.prepared.signature.features[chosen[unit]]
    return f"unit {unit + 1}"


def strands_of(subject: Subject, hidden: Hidden) -> Array:
    """The shade of each piece of the weave, (lines, m - 1): the class told, or 0 for a number."""
    lines, stitches = hidden.weave.shape[:2]
    if not lines or subject.sink not in hidden.woven or not subject.classes:
        return np.zeros((lines, max(stitches - 1, 0)), np.intp)
    woven = hidden.woven[subject.sink]
    told = subject.coding.classify(woven.reshape(len(woven), -1)).reshape(lines, stitches)
    return told[:, 1:]


def words_of(state: State, subject: Subject, hidden: Hidden, point: int, part: int) -> str:
    """A row in words: its number, its class or target, what is told, and the layer's numbers."""
    row = int(hidden.rows[point])
    target = float(state.prepared.targets[row, subject.target])
    right = subject.classes[int(target)] if subject.classes else figure(target)
    output = hidden.told[subject.sink][:, point]
    told = figure(float(output[subject.column]))
    if subject.classes:
        told = subject.classes[int(subject.coding.classify(output[:, None])[0])]
    units = (0,) if hidden.size == 1 else hidden.units
    if units is None:
        few = hidden.values[:_MOST_NUMBERS, point].tolist()
        more = " …" if hidden.size > len(few) else ""
        numbers = f"{hidden.size} numbers " + ", ".join(figure(x) for x in few) + more
    else:
        numbers = ", ".join(
            f"{unit_name(state, hidden.layer, unit)} {figure(float(hidden.values[unit, point]))}"
            for unit in units
        )
    part_name = PART_NAMES[part].capitalize()
    return f"{part_name} row {row + 1}, target {right}, told {told}: {numbers}."


def table_of(picture: Picture) -> dict[str, Array]:
    """The points as columns: number of the row, target, and where it is."""
    points = picture.points
    table = {"row": points.rows + 1, "target": points.target, picture.names[0]: points.x}
    return table if picture.banded else {**table, picture.names[1]: points.height}


def mixed(start: Picture, end: Picture, share: float) -> Picture:
    """`end`, with its points and lines only a `share` of the way from where `start` has them."""
    x, y = _carried(start, end, start.points.x, start.points.height)
    a, b = end.points, share
    x, y = x + b * (a.x - x), y + b * (a.height - y)
    weave = end.weave
    if start.weave.shape == weave.shape and weave.size:
        old = np.stack(_carried(start, end, start.weave[..., 0], start.weave[..., 1]), axis=-1)
        weave = old + b * (weave - old)
    return replace(end, points=replace(a, x=x, y=y, height=y), weave=weave)


def _carried(start: Picture, end: Picture, x: Array, y: Array) -> tuple[Array, Array]:
    """Where on the plane of `end` a place of `start` is at the same spot of the screen."""
    a, b = start.extent, end.extent
    across = (x - a[0]) / (a[1] - a[0]) * (b[1] - b[0]) + b[0]
    up = (y - a[2]) / (a[3] - a[2]) * (b[3] - b[2]) + b[2]
    return across, up


def _extent(
    state: State, subject: Subject, hidden: Hidden, points: Points, now: Extent | None
) -> Extent:
    """Ranges of both axes: the bounds of the activation, else around what is shown."""
    weave = hidden.weave.reshape(-1, 2)
    x, y = _around(points.x, weave[:, 0]), _around(points.height, weave[:, 1])
    if hidden.size > 1 and hidden.units is None:
        return _square(x, y, now)
    held = span_of(state, hidden.layer)
    x = _range(x, held, now and now[:2])
    if hidden.size > 1:
        return (*x, *_range(y, held, now and now[2:]))
    if subject.classes:
        return (*x, -0.6, len(subject.classes) - 0.4)
    return (*x, *_range(y, _UNBOUND, now and now[2:]))


def _around(values: Array, woven: Array) -> Range:
    """What is to be seen along one axis, with a margin."""
    low, high = float(values.min()), float(values.max())
    if len(woven):  # the input plane may be seen far away: the points must not shrink to a spot
        span = (high - low) or 1.0
        low = max(min(low, float(woven.min())), low - span)
        high = min(max(high, float(woven.max())), high + span)
    room = _MARGIN * (high - low)
    return low - room, high + room


def _range(wanted: Range, held: Range, now: Range | None) -> Range:
    """The bounds of an activation where it has them, else a range that keeps still."""
    if np.isfinite(held).all():
        room = _MARGIN * (held[1] - held[0])
        return held[0] - room, held[1] + room
    return roomy(*wanted, now, steps=_STEPS, filled=_FILLED)


def _square(x: Range, y: Range, now: Extent | None) -> Extent:
    """Ranges of one length, as distances count, that keep still."""
    span = max(x[1] - x[0], y[1] - y[0])
    if now is not None and span >= _FILLED * (now[1] - now[0]):
        inside = now[0] <= x[0] and x[1] <= now[1] and now[2] <= y[0] and y[1] <= now[3]
        if inside:
            return now
    middles = [(low + high) / 2 for low, high in (x, y)]
    both = [roomy(m - span / 2, m + span / 2, None, steps=_STEPS) for m in middles]
    half = max(high - low for low, high in both) / 2
    (x0, x1), (y0, y1) = (((a + b) / 2 - half, (a + b) / 2 + half) for a, b in both)
    return x0, x1, y0, y1


def _regions(readout: Readout | None, size: int, extent: Extent) -> tuple[Array, Array]:
    """Scores of the classes over the plane, and where the class that is read changes."""
    if readout is None:
        return np.empty((0, 0, 0)), np.empty((0, 2, 2))

    def over(side: int) -> Array:
        places = grid(extent, side, side)
        found = readout.scores(places[:, :1] if size == 1 else places)
        return found.reshape(-1, side, side)

    scores = over(_GRID)
    side = 2 if len(scores) == 2 else _GRID  # a single straight line is exact between corners
    steps = (extent[1] - extent[0]) / (side - 1), (extent[3] - extent[2]) / (side - 1)
    return scores, boundaries(over(side)) * steps + (extent[0], extent[2])
