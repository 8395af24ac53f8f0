"""Drawing a picture for the network: strokes of ink, and the cells that they come to.

What is drawn is brought to the place and size that the data's own pictures have. MNIST's digits
were made so (yann.lecun.com/exdb/mnist): size normalised, then the centre of mass moved to the
middle. The digits of the UCI repository fill their 8 × 8 cells; each cell counts the ink in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.data import Dataset
from gradloom.data.ink import Ink, ink_of
from gradloom.layers.shapes import Array, Shape

_FINE = 192  # points that the longer side of a sketch has at least, where that is possible
_MOST_FINE = 16  # points a cell
_LOOKED_AT = 500  # pictures
_INKED = 0.25  # the share of ink from which a place counts as part of what is drawn
_FILLS = 0.75  # of the paper's height: how large people draw
_SOFT = 0.4  # of a line's radius: where its edge fades
_MOST_ENLARGED = 4.0
_BLUR = 0.9  # cells
_FAINT = 0.02  # ink that nobody sees
_FAR = 1e6  # cells from a line: no ink
_REACH = 3.0  # times the brush's radius: how far from a line it is known how far


@dataclass(frozen=True, slots=True)
class Manner:
    """How the data's pictures are drawn, in cells.

    `ink` says what numbers mean; `extent` is the longer side of what is drawn, `middle` (row,
    column) its centre of mass, `stroke` the width of its lines.
    """

    shape: Shape
    ink: Ink
    extent: float
    middle: tuple[float, float]
    stroke: float

    @property
    def brush(self) -> float:
        """The radius of a brush whose lines come out as wide as the data's."""
        larger = max(self.shape[1:]) * _FILLS / self.extent
        return self.stroke * larger / 2


def manner_of(data: Dataset) -> Manner:
    """The manner of a dataset of pictures; without rows a guess."""
    shape = data.feature_shape
    assert shape is not None
    _, height, width = shape
    every = data.features.reshape(-1, *shape)
    some = every[:: max(len(every) // _LOOKED_AT, 1)]
    ink = ink_of(some)
    shares = ink.shares(some).mean(axis=1)
    shares = shares[shares.max(axis=(1, 2), initial=0.0) > _INKED]
    if not len(shares):
        return Manner(shape, ink, 0.7 * max(height, width), (height / 2, width / 2), 1.0)
    inked = shares > _INKED
    tall, wide = inked.any(axis=2).sum(axis=1), inked.any(axis=1).sum(axis=1)
    mass = shares.sum(axis=(1, 2))
    rows = (shares.sum(axis=2) @ (np.arange(height) + 0.5)) / mass
    columns = (shares.sum(axis=1) @ (np.arange(width) + 0.5)) / mass
    # a line of width w and length l has w l of ink and 2 l of edge; the grid sees an edge of any
    # direction 4 / π times as long on average
    padded = np.pad(shares, ((0, 0), (1, 1), (1, 1)))
    edges = sum(float(np.abs(np.diff(padded, axis=axis)).sum()) for axis in (1, 2))
    seen = 2 * float(mass.sum()) / (np.pi / 4 * edges)
    stroke = float(np.sqrt(max(seen**2 - _BLUR**2, 0.0)))  # cells make thin lines look wider
    return Manner(
        shape,
        ink,
        float(np.median(np.maximum(tall, wide))),
        (float(np.median(rows)), float(np.median(columns))),
        min(max(stroke, 0.6), max(height, width) / 4),
    )


class Sketch:
    """Strokes on paper, finer than the cells; places are (row, column) in cells.

    A stroke is kept as how far every point of the paper is from its line, so that it can be drawn
    in any width: large drawings and small ones come out with lines as wide as the data's. `loaded`
    are the raw numbers of a row of the data as long as nothing is drawn over it.
    """

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        _, height, width = manner.shape
        self.fine = int(np.clip(_FINE // max(height, width), 1, _MOST_FINE))
        shape = height * self.fine, width * self.fine
        self._away: Array = np.full(shape, _FAR, np.float32)  # from lines, in cells
        self._under: Array = np.zeros(shape, np.float32)  # ink that is no stroke: a row's
        self.loaded: Array | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing is drawn."""
        return self.loaded is None and not (self.ink > _FAINT).any()

    @property
    def ink(self) -> Array:
        """How much ink is on each point of the paper (height, width), 0 to 1."""
        return self._inked(self.manner.brush)

    def copy(self) -> Sketch:
        """The same drawing on paper of its own."""
        made = Sketch(self.manner)
        made._away, made._under = self._away.copy(), self._under.copy()
        made.loaded = self.loaded
        return made

    def for_manner(self, manner: Manner) -> Sketch:
        """The same drawing for other data with pictures of as many cells, else a blank one."""
        made = Sketch(manner)
        if manner.shape == self.manner.shape and self.loaded is None:
            made._away, made._under = self._away, self._under
        return made

    def clear(self) -> None:
        """A new sheet of paper."""
        self._away.fill(_FAR)
        self._under.fill(0.0)
        self.loaded = None

    def load(self, raw: Array) -> None:
        """Put a row of the data on the paper, (channels * height * width,)."""
        self.clear()
        shares = self.manner.ink.shares(raw.reshape(self.manner.shape)).mean(axis=0)
        self._under[...] = np.kron(shares, np.ones((self.fine, self.fine)))
        self.loaded = raw

    def draw(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        width: float = 1.0,
        *,
        rub: bool = False,
    ) -> None:
        """Draw (or rub out) along a straight line; `width` is relative to the data's lines."""
        self.loaded = None
        radius = self.manner.brush * width
        reach = radius * (1 + _SOFT if rub else _REACH)
        corners = np.array([start, end]) * self.fine
        low = np.floor(corners.min(axis=0) - reach * self.fine).astype(int)
        high = np.ceil(corners.max(axis=0) + reach * self.fine).astype(int) + 1
        low = np.maximum(low, 0)
        high = np.minimum(high, self._away.shape)
        if (high <= low).any():
            return
        y = ((np.arange(low[0], high[0]) + 0.5) / self.fine)[:, None]
        x = ((np.arange(low[1], high[1]) + 0.5) / self.fine)[None, :]
        down, across = end[0] - start[0], end[1] - start[1]
        length = down * down + across * across
        along = ((y - start[0]) * down + (x - start[1]) * across) / (length or 1.0)
        along = np.clip(along, 0.0, 1.0)
        away = np.hypot(y - start[0] - along * down, x - start[1] - along * across)
        place = slice(low[0], high[0]), slice(low[1], high[1])
        if rub:
            gone = away <= reach
            self._away[place][gone] = _FAR
            self._under[place][gone] = 0.0
            # else what was too far away to be seen would be seen where lines come out wider
            self._away[self._away > self.manner.brush * (1 + _SOFT)] = _FAR
        else:
            np.minimum(self._away[place], away / width, out=self._away[place])

    def cells(self, *, centred: bool) -> Array:
        """How much ink is in each cell (height, width), 0 to 1, moved and sized if `centred`."""
        ink, per_cell, starts = self._inked(self.manner.stroke / 2), 1.0, (0.0, 0.0)
        if centred and self.loaded is None and not self.blank:
            ink, per_cell, starts = self._framed()
        rows, columns = (
            _window(count, points, per_cell, start)
            for count, points, start in zip(self.manner.shape[1:], ink.shape, starts, strict=True)
        )
        return np.asarray(np.clip(rows @ ink @ columns.T, 0.0, 1.0))

    def raw(self, *, centred: bool) -> Array:
        """What the network is given, a row of raw columns (F,)."""
        if self.loaded is not None:
            return self.loaded
        channels, manner = self.manner.shape[0], self.manner
        numbers = manner.ink.numbers(self.cells(centred=centred))
        planes = [numbers] * channels
        if channels in (2, 4):  # the last one is how opaque a cell is
            planes[-1] = np.full_like(numbers, manner.ink.high)
        return np.stack(planes).ravel()

    def _inked(self, radius: float) -> Array:
        """The ink with lines of this radius."""
        soft = max(_SOFT * radius, 0.5 / self.fine)
        strokes = np.clip((radius + soft - self._away) / (2 * soft), 0.0, 1.0)
        return np.asarray(np.maximum(strokes, self._under))

    def _framed(self) -> tuple[Array, float, tuple[float, float]]:
        """The ink, how many cells of the paper a cell takes, and where the first one begins."""
        manner, fine, ink = self.manner, self.fine, self.ink
        if self._under.any():  # what is no stroke is as wide as it is
            per_cell = _longer(_ends(_seen(ink), fine)) / manner.extent
        else:
            line = self._away <= 1.0 / fine
            line = line if line.any() else _seen(ink)
            per_cell = _longer(_ends(line, fine)) / max(manner.extent - manner.stroke, 1.0)
            ink = self._inked(max(per_cell, 1 / _MOST_ENLARGED) * manner.stroke / 2)
        if not ink.any():  # a rest that was rubbed out all but its edge
            return self.ink, 1.0, (0.0, 0.0)
        per_cell = max(per_cell, 1 / _MOST_ENLARGED)
        mass = float(ink.sum())
        starts = []
        for axis, (low, high) in enumerate(_ends(_seen(ink), fine)):
            along = (np.arange(ink.shape[axis]) + 0.5) / fine
            centre = float(ink.sum(axis=1 - axis) @ along) / mass
            start = centre - manner.middle[axis] * per_cell
            room = manner.shape[1 + axis] * per_cell
            # all of it stays in the picture; what hardly fits is put in the middle
            spare = max(room - (high - low), 0.0)
            first = (low + high - room - spare) / 2
            starts.append(min(max(start, first), first + spare))
        return ink, per_cell, (starts[0], starts[1])


def _seen(ink: Array) -> Array:
    """Where there is enough ink to count, at least somewhere if there is any."""
    return np.asarray(ink > min(_INKED, float(ink.max()) / 2))


def _ends(inked: Array, fine: int) -> list[tuple[float, float]]:
    """Where it begins and ends, down and across, in cells."""
    lines = (np.flatnonzero(inked.any(axis=axis)) for axis in (1, 0))
    return [(line[0] / fine, (line[-1] + 1) / fine) for line in lines]


def _longer(ends: list[tuple[float, float]]) -> float:
    return max(high - low for low, high in ends)


def _window(count: int, points: int, per_cell: float, start: float) -> Array:
    """(count, points): how much of each cell each point of the paper takes.

    The first cell begins at `start`; a cell takes `per_cell` cells of the paper, of which there
    are `count`.
    """
    fine = points / count
    begin = ((start + np.arange(count) * per_cell) * fine)[:, None]
    end = begin + per_cell * fine
    point = np.arange(points)[None, :]
    shared = np.minimum(end, point + 1) - np.maximum(begin, point)
    return np.asarray(np.clip(shared, 0.0, None) / (per_cell * fine))
