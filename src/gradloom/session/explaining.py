"""Where the numbers of a traced operation come from, element by element."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.engine.elements import address_of, index_at
from gradloom.engine.trace import Trace
from gradloom.layers.compound import Sum
from gradloom.layers.expression import Expression, Reference
from gradloom.layers.functions import number_latex
from gradloom.layers.shapes import Array
from gradloom.layers.site import Phase, Value
from gradloom.session.plain import plain

_DIGITS = 6


@dataclass(frozen=True, eq=False)
class Shown:
    """An array of the current operation as people see it.

    `result`: made by this operation. `before`: as it was before the operation wrote over it.
    `known` False: not computed yet. `value` is what expressions refer to.
    """

    value: Value
    array: Array
    title: str
    result: bool
    before: bool
    known: bool

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of the matrix it is shown as."""
        shape = self.array.shape
        if len(shape) < 2:
            return 1, int(np.prod(shape))
        return shape[0], int(np.prod(shape[1:]))

    def index_of(self, row: int, column: int) -> tuple[int, ...]:
        """The index of a cell of that matrix."""
        shape = self.array.shape
        if len(shape) == 0:
            return ()
        if len(shape) == 1:
            return (column,)
        return (row, *(int(i) for i in np.unravel_index(column, shape[1:])))

    def cell_of(self, index: tuple[int, ...]) -> tuple[int, int]:
        """The cell that shows an index."""
        if len(index) < 2:
            return 0, (index[0] if index else 0)
        return index[0], int(np.ravel_multi_index(index[1:], self.array.shape[1:]))

    def rows(self, first: int, last: int) -> Array:
        """Some rows of the matrix, (last - first, columns)."""
        if self.array.ndim < 2:
            return self.array.reshape(1, -1)
        return self.array[first:last].reshape(last - first, -1)

    def cell_at(self, address: int) -> tuple[int, int] | None:
        """The cell that shows the number at this place in memory, or None."""
        index = index_at(self.value.array, address)
        return None if index is None else self.cell_of(index)


@dataclass(frozen=True, eq=False)
class Explanation:
    """One number of a result: the expression that gives it, if the operation tells it."""

    value: Value
    index: tuple[int, ...]
    number: float
    expression: Expression | None

    @property
    def reference(self) -> Reference:
        """The number itself."""
        return Reference(self.value, self.index)

    def name(self) -> str:
        """Its name in plain text: "z₁,₂"."""
        return plain(self.reference.latex())

    def latex(self, trace: Trace, digits: int = _DIGITS) -> str:
        """The equation with symbols, with numbers, and the result."""
        parts = [self.reference.latex()]
        if self.expression is not None:
            parts.append(self.expression.latex(most=64))
            parts.append(self.expression.latex(read=trace.read, digits=digits, most=64))
        parts.append(number_latex(self.number, digits))
        return " = ".join(parts)

    def code(self, trace: Trace) -> str | None:
        """Python that computes the number from the numbers it is made of; None if not told."""
        if self.expression is None:
            return None
        text = self.expression.code(trace.read)
        imports = [f"import {module}" for module in ("math",) if f"{module}." in text]
        imports += ["import numpy as np"] if "np." in text else []
        return "\n".join([*imports, f"value = {text}", f"# {self.name()} = {self.number!r}"])


def explain(trace: Trace, value: Value, index: tuple[int, ...]) -> Explanation:
    """A number of what the current operation made."""
    operation = trace.current
    number = float(value.array[index])
    expression = None
    if operation is not None and operation.explain is not None:
        address = address_of(value.array, index)
        for written in operation.writes:
            place = index_at(written.array, address)
            if place is not None:
                expression = operation.explain(written.name, place)
                break
    return Explanation(value, index, number, expression)


def walked_sum(expression: Expression | None) -> Sum | None:
    """The outermost sum of at least two terms inside an expression: what "term by term" walks."""
    if expression is None:
        return None
    front = [expression]
    while front:
        found = front.pop(0)
        if isinstance(found, Sum) and len(found.terms) > 1:
            return found
        front.extend(found.parts())
    return None


def shown_arrays(trace: Trace, pieces_of: tuple[str, str] | None) -> tuple[Shown, ...]:
    """Results first, then what the operation reads; in the update, of one parameter.

    At the start of the walk: what the first operation will read, and its results, still empty.
    """
    number = max(trace.position - 1, 0)
    operation = trace.operations[number]
    begun = trace.position > 0
    writes = trace.changed(number)
    written = {id(value.array) for value in writes}
    found: list[Shown] = []

    def put(value: Value, array: Array, *, result: bool, before: bool) -> None:
        known = trace.known(value) if begun or not result else False
        for piece, part in _pieces(trace, value, array, pieces_of, operation.phase):
            found.append(Shown(piece, part, plain(piece.symbol), result, before, known))

    for value in writes:
        put(value, value.array, result=True, before=False)
    for value in operation.reads:
        before = begun and id(value.array) in written
        array = trace.before(value) if before else value.array
        put(value, array, result=False, before=before)
    return tuple(found)


def parameter_keys(trace: Trace) -> tuple[tuple[str, str], ...]:
    """(layer, parameter) of everything that is learnt."""
    return tuple((layer, p.name) for layer, p in trace.parameters.layout.parameters())


def _pieces(
    trace: Trace, value: Value, array: Array, key: tuple[str, str] | None, phase: Phase
) -> list[tuple[Value, Array]]:
    """A flat vector of the update as one parameter's part of it; other values as they are."""
    layout = trace.parameters.layout
    if phase is not Phase.UPDATE or key is None or value.array.shape[-1:] != (layout.size,):
        return [(value, array)]
    rows = value.array if value.array.ndim == 2 else value.array[None]
    copies = array if array.ndim == 2 else array[None]
    names = _row_names(value, len(rows))
    return [
        (
            Value(symbol, f"{value.name}.{i}.{'.'.join(key)}", layout.parameter(row, *key)),
            layout.parameter(np.ascontiguousarray(copy), *key),
        )
        for i, (symbol, row, copy) in enumerate(zip(names, rows, copies, strict=True))
    ]


def _row_names(value: Value, rows: int) -> list[str]:
    if rows == 1:
        return [value.symbol]
    if len(value.symbol) == rows:  # "mv": a letter for each row
        return list(value.symbol)
    return [f"{value.symbol}_{{{i + 1}}}" for i in range(rows)]
