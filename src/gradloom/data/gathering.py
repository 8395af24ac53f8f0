"""Columns gathered block by block: numbers as float64, words as the numbers of categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan

import numpy as np

from gradloom.core.errors import UserError
from gradloom.core.memory import available_bytes
from gradloom.data.cells import number
from gradloom.data.columns import MOST_CATEGORIES, Column
from gradloom.data.dataset import frozen
from gradloom.data.format import DECIMALS, TableFormat
from gradloom.layers.shapes import Array

_COPIES = 4  # the table, the dataset made of it, its scaled features, one in the making


@dataclass(frozen=True, eq=False)
class LoadedTable:
    """A file's columns as arrays (rows,), read-only, in the order of the file.

    A number column is float64 with NaN where a value is missing; a category column int32 with the
    places in `words[i]`, -1 where missing. `words[i]` is None for a column with too many words
    (its array is empty). `missing` counts per column.
    """

    name: str
    rows: int
    columns: tuple[str, ...]
    arrays: tuple[Array, ...]
    words: tuple[tuple[str, ...] | None, ...]
    missing: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return sum(array.nbytes for array in self.arrays)


def refuse_if_too_large(rows: int, columns: int, name: str) -> None:
    """Raise UserError, before allocating, if a table of this size would not fit."""
    needed, free = rows * columns * 8 * _COPIES, available_bytes()
    if needed > free * 0.8:
        raise UserError(
            f"{name} has about {rows:,} rows of {columns:,} columns; working with it needs about"
            f" {needed / 2**30:.1f} GiB, and {free / 2**30:.1f} GiB are free. Use fewer rows."
        )


class Gatherer:
    """Takes rows of cells, or blocks of numbers, and gives a `LoadedTable`."""

    def __init__(self, name: str, columns: Sequence[Column], form: TableFormat) -> None:
        self.name, self.columns, self.form = name, tuple(columns), form
        self._marks = form.marks
        self._blocks: list[list[Array]] = [[] for _ in columns]
        self._words: list[dict[str, int] | None] = [{} for _ in columns]
        self.rows = 0
        self._checked = 0

    @property
    def all_numbers(self) -> bool:
        """Whether every column holds numbers, so that blocks can be added."""
        return all(column.type == "number" for column in self.columns)

    def add_block(self, block: Array) -> None:
        """Numbers (rows, columns), finite."""
        self._grow(len(block))
        for i, column in enumerate(np.ascontiguousarray(block.T)):
            self._blocks[i].append(column)

    def add_rows(self, lines: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        """Rows of cells with the lines they stood on; raises UserError naming line and column."""
        if not rows:
            return
        width = len(self.columns)
        if set(map(len, rows)) != {width}:
            at = next(i for i, row in enumerate(rows) if len(row) != width)
            names = [column.name for column in self.columns]
            raise UserError(
                f"{self.name}, line {lines[at]} has {_cells(len(rows[at]))} where {width} are"
                f" needed ({listed(names)})."
            )
        self._grow(len(rows))
        for i, cells in enumerate(zip(*rows, strict=True)):
            self._add(i, cells, lines)

    def add_columns(self, line: int, columns: Sequence[Array | Sequence[str]]) -> None:
        """Rows that begin on `line`, by columns: cells, or numbers (NaN: missing) where wanted."""
        rows = len(columns[0])
        self._grow(rows)
        lines = range(line, line + rows)
        for i, values in enumerate(columns):
            if isinstance(values, np.ndarray):
                self._blocks[i].append(values)
            else:
                self._add(i, values, lines)

    def finish(self) -> LoadedTable:
        """The table; the gatherer is empty then."""
        arrays: list[Array] = []
        missing: list[int] = []
        words: list[tuple[str, ...] | None] = []
        for i, column in enumerate(self.columns):
            blocks = self._blocks[i]
            self._blocks[i] = []
            known = self._words[i]
            if column.type == "number":
                array = np.concatenate(blocks) if blocks else np.zeros(0)
                missing.append(int(np.isnan(array).sum()))
                words.append(())
            elif known is None:
                array = np.zeros(0, np.int32)
                missing.append(0)
                words.append(None)
            else:
                array, names = _in_order(blocks, known)
                missing.append(int((array < 0).sum()))
                words.append(names)
            arrays.append(frozen(array))
        names_ = tuple(column.name for column in self.columns)
        return LoadedTable(
            self.name, self.rows, names_, tuple(arrays), tuple(words), tuple(missing)
        )

    def _add(self, i: int, cells: Sequence[str], lines: Sequence[int]) -> None:
        made = (
            self._numbers(cells, lines, self.columns[i].name)
            if self.columns[i].type == "number"
            else self._codes(cells, i)
        )
        self._blocks[i].append(made)

    def _grow(self, rows: int) -> None:
        self.rows += rows
        if self.rows - self._checked > 100_000:  # the first estimate may have been too low
            self._checked = self.rows
            refuse_if_too_large(self.rows // _COPIES, len(self.columns), self.name)

    def _numbers(self, cells: Sequence[str], lines: Sequence[int], name: str) -> Array:
        form = self.form
        if form.decimal == "point" and form.thousands == "none":
            values = quick_numbers(cells, self._marks)
            if values is not None:
                return values
        slow = []
        for line, cell in zip(lines, cells, strict=True):
            value = number(cell, form)
            if value is None and cell.lower() in self._marks:
                value = nan
            if value is None or value in (inf, -inf):
                raise UserError(
                    f"{self.name}, line {line}, column {name!r}: {why_no_number(cell, form)}."
                )
            slow.append(value)
        return np.array(slow)

    def _codes(self, cells: Sequence[str], column: int) -> Array:
        known = self._words[column]
        if known is None:
            return np.zeros(0, np.int32)
        for cell in set(cells):
            if cell not in known and cell.lower() not in self._marks:
                known[cell] = len(known)
        if len(known) > MOST_CATEGORIES:
            self._words[column] = None
            self._blocks[column] = []
            return np.zeros(0, np.int32)
        return np.array([known.get(cell, -1) for cell in cells], np.int32)


def why_no_number(cell: str, form: TableFormat) -> str:
    """What is wrong with a cell where a number was expected: the end of a sentence."""
    shown = repr(cell if len(cell) <= 40 else f"{cell[:39]}…")
    if number(cell, form) is not None:
        return f"{shown} is too large for a number"
    mark = DECIMALS[form.decimal or "point"]
    other, word = (",", "comma") if mark == "." else (".", "point")
    if other in cell and number(cell.replace(other, mark), form) is not None:
        right = "points" if mark == "." else "commas"
        return f"{shown} has a {word} where others have decimal {right}"
    return f"{shown} is not a number"


def quick_numbers(cells: Sequence[str], marks: frozenset[str]) -> Array | None:
    """Numbers by Python's own reader where it and ours agree, NaN at marks: else None."""
    plain = [cell if cell not in marks else "nan" for cell in cells]
    try:
        values = np.array(list(map(float, plain)))
    except (ValueError, OverflowError):
        return None
    if not np.isfinite(values).all():
        # "inf", "NaN" as a mark in other letters, 1e999: judged cell by cell
        strange = np.flatnonzero(~np.isfinite(values))
        if any(cells[i] not in marks for i in strange.tolist()):
            return None
    text = "".join(cells)
    return values if text.isascii() and "_" not in text else None


def _in_order(blocks: list[Array], known: dict[str, int]) -> tuple[Array, tuple[str, ...]]:
    """Codes by the alphabet (numbers by their size) rather than by what came first."""
    words = sorted(known, key=_sorting)
    place = np.empty(len(words) + 1, np.int32)
    place[-1] = -1
    for new, word in enumerate(words):
        place[known[word]] = new
    codes = np.concatenate(blocks) if blocks else np.zeros(0, np.int32)
    return place[codes], tuple(words)


def _sorting(word: str) -> tuple[int, float, str]:
    try:
        return 0, float(word), word
    except ValueError:
        return 1, 0.0, word


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def listed(names: Sequence[str]) -> str:
    """The first few names, for a sentence."""
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} ... ({len(names)} in all)"
