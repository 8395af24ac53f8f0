"""What each operation wrote over: it can be taken back and done again without computing.

An entry holds, for each array its operation writes, the numbers that the array does not hold now.
Swapping the two takes the operation back, or does it again, to the bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradloom.engine.elements import address_of, index_at, same_bits
from gradloom.engine.program import Operation
from gradloom.layers.expression import Reference
from gradloom.layers.shapes import Array
from gradloom.layers.site import Phase, Value

Entry = tuple[tuple[Array, Array], ...]  # (an array of the program, its other numbers)


@dataclass(frozen=True, eq=False)
class Journal:
    """An entry and the values that were made, for every operation in order.

    Methods take the `position` one stands at: so many operations are done.
    """

    entries: tuple[Entry, ...]
    made: tuple[tuple[Value, ...], ...]

    def swap(self, number: int) -> None:
        """Take an operation back, or do it again; only the last one done, or the next."""
        for array, other in self.entries[number]:
            kept = array.copy()
            array[...] = other
            other[...] = kept

    def maker_of(self, array: Array, index: tuple[int, ...], position: int) -> int | None:
        """The last of the operations done that made a number; None: it came in.

        The number is found by its place in memory, so that a weight's slope leads from the flat
        gradient of the update back to its layer.
        """
        address = address_of(array, index)
        for number in range(position - 1, -1, -1):
            for value in self.made[number]:
                if index_at(value.array, address) is not None:
                    return number
        return None

    def read(self, reference: Reference, position: int) -> float:
        """A number as it is now, or as the operation that was done last found it."""
        array, index = reference.value.array, reference.index
        if reference.before and position:
            address = address_of(array, index)
            for written, other in self.entries[position - 1]:
                place = index_at(written, address)
                if place is not None:
                    return float(other[place])
        return float(array[index])

    def before(self, value: Value, position: int) -> Array:
        """A value as the operation that was done last found it; the array itself if it stayed."""
        if position:
            for written, other in self.entries[position - 1]:
                if written is value.array:
                    return other
        return value.array


def record(operations: Sequence[Operation]) -> Journal:
    """Run every operation once, in order, and keep what each wrote over."""
    entries: list[Entry] = []
    made: list[tuple[Value, ...]] = []
    with np.errstate(all="ignore"):
        for operation in operations:
            arrays = _written(operation)
            before = [array.copy() for array in arrays]
            for call in operation.calls:
                call()
            entries.append(tuple(zip(arrays, before, strict=True)))
            made.append(_moved(operation, entries[-1]))
    return Journal(tuple(entries), tuple(made))


def _written(operation: Operation) -> list[Array]:
    """The arrays an operation changes, each once."""
    found: dict[int, Array] = {id(value.array): value.array for value in operation.writes}
    return list(found.values())


def _moved(operation: Operation, entry: Entry) -> tuple[Value, ...]:
    """What an operation made: all it writes; of the update's vectors those that moved."""
    if operation.phase is not Phase.UPDATE:
        return operation.writes
    moved = {id(array) for array, before in entry if not same_bits(array, before)}
    return tuple(v for v in operation.writes if id(v.array) in moved) or operation.writes
