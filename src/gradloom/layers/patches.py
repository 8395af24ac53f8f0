"""The patches of pictures that convolution kernels meet, as one matrix, and what meets what."""

from __future__ import annotations

from functools import partial

import numpy as np

from gradloom.layers.algebra import summed, times
from gradloom.layers.explaining import Index, element, sum_over
from gradloom.layers.expression import Expression, Number
from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Site, Tensor, Value
from gradloom.layers.sliding import Axis, Sliding


class Patches:
    """Patches of one convolution, (groups, numbers in a kernel [+ 1], places * batch).

    Under each patch lies a 1 for the bias, if there is one.
    """

    def __init__(
        self, at: Site, x: Tensor, sliding: Sliding, filters: int, groups: int, *, bias: bool
    ) -> None:
        self.sliding, self.filters, self.groups = sliding, filters, groups
        channels, self.batch = x.shape[0], at.batch
        self.inside = (channels // groups, *sliding.window)
        self.size = int(np.prod(self.inside))
        places = sliding.places
        self.patches = at.scratch(groups, self.size + bias, places[0] * places[1] * at.batch)
        self.patches[:, self.size :] = 1
        self.cells = self.patches[:, : self.size].reshape(groups, *self.inside, *places, at.batch)
        self.padded: Array | None = None
        if self.sliding.padding:
            rows, columns = self.sliding.rows, self.sliding.columns
            self.padded = at.scratch(channels, rows.padded, columns.padded, at.batch)

    def gather(self, x: Tensor) -> list[Call]:
        """Copy every patch of the pictures into its place."""
        calls: list[Call] = []
        source = x.array
        if self.padded is not None:
            rows, columns = self.sliding.rows, self.sliding.columns
            inner = self.padded[:, rows.before : rows.before + rows.size, columns.before :][
                :, :, : columns.size
            ]
            calls.append(partial(np.copyto, inner, x.array))
            source = self.padded
        seen = self.sliding.patches(source)
        seen = seen.reshape(self.groups, -1, *seen.shape[1:])
        return [*calls, partial(np.copyto, self.cells, seen)]

    def scatter(self, dx: Tensor) -> list[Call]:
        """Add the slopes of the patches up in the cells they came from."""
        taps = list(self.sliding.taps)
        whole = next((tap for tap in taps if self.sliding.covers(tap)), None)
        calls: list[Call] = []
        if whole is None:
            calls.append(partial(dx.array.fill, 0))
        else:
            taps.remove(whole)
            taps.insert(0, whole)
        for tap in taps:
            target = dx.array[tap.cells]
            target = target.reshape(self.groups, -1, *target.shape[1:])
            share = self.cells[:, :, tap.step[0], tap.step[1]][:, *tap.places]
            calls.append(
                partial(np.copyto, target, share)
                if tap is whole
                else partial(np.add, target, share, target)
            )
        return calls

    def by_filter(self, flat: Array) -> Array:
        """What flows out, (groups, filters of a group, places * batch)."""
        return flat.reshape(self.groups, self.filters // self.groups, -1)

    def sum_at(self, x: Tensor, shown: list[Value], index: Index) -> Expression:
        """A patch times the kernel of a filter, and its bias."""
        row, k, y, u = index
        meetings = self.sliding.cells(y, u)
        first = self._first_channel(k)
        bias = [element(v, (k,)) for v in shown[1:]]
        count = self.inside[0] * len(meetings)

        def term(number: int) -> Expression:
            if number == count:
                return bias[0]
            channel, meeting = divmod(number, len(meetings))
            step, cell = meetings[meeting]
            return times(
                element(x, (row, first + channel, *cell)), element(shown[0], (k, channel, *step))
            )

        return summed(count + len(bias), term) if count + len(bias) else Number(0.0)

    def weight_slope(self, x: Tensor, dz: Tensor, index: Index) -> Expression:
        """What a weight met times the slope there, over all places and rows."""
        k, channel, i, j = index
        channel += self._first_channel(k)
        met = [
            ((y, u), (h, w))
            for y, h in self._met(self.sliding.rows, i)
            for u, w in self._met(self.sliding.columns, j)
        ]
        if not met:
            return Number(0.0)

        def term(number: int) -> Expression:
            row, meeting = divmod(number, len(met))
            place, cell = met[meeting]
            return times(element(x, (row, channel, *cell)), element(dz, (row, k, *place)))

        return summed(self.batch * len(met), term)

    def bias_slope(self, dz: Tensor, index: Index) -> Expression:
        """The slopes of a filter's sums."""
        shape = (self.batch, *self.sliding.places)
        return sum_over(shape, lambda place: element(dz, (place[0], *index, *place[1:])))

    def cell_slope(self, dz: Tensor, kernel: Value, index: Index) -> Expression:
        """What flows back to a cell: over filters of its group and kernels that met it."""
        row, channel, h, w = index
        group, inner = divmod(channel, self.inside[0])
        share = self.filters // self.groups
        met = self.sliding.windows(h, w)
        if not met:
            return Number(0.0)

        def term(number: int) -> Expression:
            k, meeting = divmod(number, len(met))
            step, place = met[meeting]
            k += group * share
            return times(element(dz, (row, k, *place)), element(kernel, (k, inner, *step)))

        return summed(share * len(met), term)

    def _first_channel(self, k: int) -> int:
        """The first channel that a filter sees."""
        return k // (self.filters // self.groups) * self.inside[0]

    def _met(self, axis: Axis, step: int) -> list[tuple[int, int]]:
        """(place, cell) wherever a kernel's cell `step` is inside the picture."""
        places, cells = axis.tap(step)
        return list(
            zip(
                range(places.start, places.stop),
                range(cells.start, cells.stop, cells.step or 1),
                strict=True,
            )
        )
