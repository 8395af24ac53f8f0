"""Windows that slide over pictures: where each stands, which cells it meets, what a cell meets.

A picture is a sample (channels, height, width). A window's cell i lies `dilation * i` further on,
windows stand `stride` apart, and `before` and `after` cells of padding surround the picture, as in
torch.nn.functional.conv2d. Places count from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradloom.layers.algebra import summed
from gradloom.layers.expression import Expression, Number
from gradloom.layers.shapes import Array, Refusal, Shape, words

Pair = tuple[int, int]
Meeting = tuple[Pair, Pair]


@dataclass(frozen=True)
class Axis:
    """How a window slides along one axis."""

    size: int
    window: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0

    @property
    def reach(self) -> int:
        """From a window's first cell to its last, both counted."""
        return self.dilation * (self.window - 1) + 1

    @property
    def padded(self) -> int:
        """The size with its padding."""
        return self.size + self.before + self.after

    @property
    def places(self) -> int:
        """How many windows stand on it; what is left at the end is not covered."""
        return max(0, (self.padded - self.reach) // self.stride + 1)

    def tap(self, step: int) -> tuple[slice, slice]:
        """The windows whose cell `step` is inside the picture, and these cells."""
        offset = step * self.dilation - self.before
        first = max(0, -(offset // self.stride))
        last = min(self.places - 1, (self.size - 1 - offset) // self.stride)
        if last < first:
            return slice(0, 0), slice(0, 0)
        start = first * self.stride + offset
        return (
            slice(first, last + 1),
            slice(start, last * self.stride + offset + 1, self.stride),
        )

    def cells(self, place: int) -> list[Pair]:
        """(step, cell) of the window at `place`, those inside the picture."""
        start = place * self.stride - self.before
        steps = ((step, start + step * self.dilation) for step in range(self.window))
        return [(step, cell) for step, cell in steps if 0 <= cell < self.size]

    def windows(self, cell: int) -> list[Pair]:
        """(step, place) of each window that meets `cell`."""
        found = []
        for step in range(self.window):
            place, off = divmod(cell + self.before - step * self.dilation, self.stride)
            if off == 0 and 0 <= place < self.places:
                found.append((step, place))
        return found


@dataclass(frozen=True)
class Tap:
    """One cell of the window at all places: arrays are indexed [:, rows, columns]."""

    step: Pair
    places: tuple[slice, slice, slice]
    cells: tuple[slice, slice, slice]


@dataclass(frozen=True)
class Sliding:
    """A window over the rows and columns of a picture."""

    rows: Axis
    columns: Axis

    @property
    def places(self) -> Pair:
        """Height and width of what comes out."""
        return self.rows.places, self.columns.places

    @property
    def window(self) -> Pair:
        """Height and width of the window."""
        return self.rows.window, self.columns.window

    @property
    def padding(self) -> bool:
        """Whether there is any."""
        return (self.rows.padded, self.columns.padded) != (self.rows.size, self.columns.size)

    @property
    def disjoint(self) -> bool:
        """Whether no two windows meet the same cell."""
        return all(a.stride >= a.reach for a in (self.rows, self.columns))

    @property
    def complete(self) -> bool:
        """Whether every cell is met by exactly one window."""
        return not self.padding and all(
            a.stride == a.window == a.reach and a.places * a.stride == a.size
            for a in (self.rows, self.columns)
        )

    @cached_property
    def taps(self) -> tuple[Tap, ...]:
        """Every cell of the window that meets the picture at all, row by row."""
        every = slice(None)
        found = []
        for i in range(self.rows.window):
            for j in range(self.columns.window):
                (y, h), (x, w) = self.rows.tap(i), self.columns.tap(j)
                if y.stop > y.start and x.stop > x.start:
                    found.append(Tap((i, j), (every, y, x), (every, h, w)))
        return tuple(found)

    def covers(self, tap: Tap) -> bool:
        """Whether a tap meets every cell of the picture."""
        return all(
            len(range(axis.size)[cells]) == axis.size
            for cells, axis in zip(tap.cells[1:], (self.rows, self.columns), strict=True)
        )

    def everywhere(self, tap: Tap) -> bool:
        """Whether a tap is inside the picture at every place."""
        return all(
            places == slice(0, axis.places)
            for places, axis in zip(tap.places[1:], (self.rows, self.columns), strict=True)
        )

    def cells(self, y: int, x: int) -> list[Meeting]:
        """(step, cell) for each cell that the window at (y, x) meets, row by row."""
        return [((i, j), (h, w)) for i, h in self.rows.cells(y) for j, w in self.columns.cells(x)]

    def windows(self, h: int, w: int) -> list[Meeting]:
        """(step, place) for each window that meets the cell (h, w)."""
        return [
            ((i, j), (y, x)) for i, y in self.rows.windows(h) for j, x in self.columns.windows(w)
        ]

    def patches(self, picture: Array) -> Array:
        """A view (channels, *window, *places, batch) of a picture with its padding."""
        reach = (self.rows.reach, self.columns.reach)
        seen = np.lib.stride_tricks.sliding_window_view(picture, reach, axis=(1, 2))
        s, t = self.rows.stride, self.columns.stride
        d, e = self.rows.dilation, self.columns.dilation
        return seen[:, ::s, ::t, :, ::d, ::e].transpose(0, 4, 5, 1, 2, 3)


def sum_of(meetings: list[Meeting], make: Callable[[Pair, Pair], Expression]) -> Expression:
    """The sum over places where window and picture meet; 0 where they do not."""
    if not meetings:
        return Number(0.0)
    return summed(len(meetings), lambda k: make(*meetings[k]))


def no_picture(label: str, shape: Shape) -> Refusal | None:
    """Why a shape is no picture, or None."""
    if len(shape) == 3:
        return None
    got = f"a flat row of {shape[0]}" if len(shape) == 1 else words(shape)
    return Refusal(
        f"{label} takes pictures (channels, height, width), got {got}; add a Reshape before it",
        "reshape",
    )


def no_room(label: str, what: str, sliding: Sliding) -> Refusal | None:
    """Why a window does not fit into a picture, or None."""
    if min(sliding.places) > 0:
        return None
    axes = (sliding.rows, sliding.columns)
    reach, size = words(tuple(a.reach for a in axes)), words(tuple(a.size for a in axes))
    window = words(sliding.window) if reach == words(sliding.window) else f"{reach} (dilated)"
    padded = f", {words(tuple(a.padded for a in axes))} with padding" if sliding.padding else ""
    return Refusal(
        f"{label} has a {what} of {window}, too large for pictures of {size}{padded};"
        f" make the {what} smaller or add padding"
    )


def likely_picture(count: int) -> Shape:
    """The shape that a flat row of `count` numbers most likely has as a picture.

    A square of one channel, else of three, else the most nearly square one of one channel.
    """
    for channels in (1, 3):
        side = int(np.sqrt(count // channels))
        if channels * side * side == count:
            return (channels, side, side)
    height = next(h for h in range(int(np.sqrt(count)), 0, -1) if count % h == 0)
    return (1, height, count // height)
