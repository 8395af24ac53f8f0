"""Small text tables read whole: as text first, then as numbers (`table_files` reads large ones)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isinf, isnan, nan
from pathlib import Path

import numpy as np

from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.data.cells import cut_rows, header_names, lines_of, normal_lines, number
from gradloom.data.dataset import Dataset
from gradloom.data.decoding import decoded
from gradloom.data.format import TableFormat
from gradloom.data.gathering import listed, quick_numbers, why_no_number
from gradloom.data.loading import question
from gradloom.data.paths import start_of
from gradloom.data.sniffing import sniff
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target


@dataclass(frozen=True)
class Table:
    """A file as text: `rows[i]` has a cell for each of `columns` and stood on line `lines[i]`."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    format: TableFormat = field(default_factory=TableFormat)

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column; raises UserError if there is none of this name."""
        if name not in self.columns:
            raise UserError(
                f"{self.name} has no column {name!r}; its columns are {listed(self.columns)}."
            )
        index = self.columns.index(name)
        return tuple(row[index] for row in self.rows)


def read_table(path: Path | str, form: TableFormat | None = None) -> Table:
    """The text of a CSV file; raises UserError in a sentence that names file, line and column.

    Its format is found by itself unless given. Without a header, columns are x1, x2 ...
    """
    path = Path(path)
    data, whole = start_of(path)
    if not whole:
        raise UserError(f"{path.name} is too large to be read at once; import it into a project.")
    form = sniff(data, path.name) if form is None else form
    for setting, _ in form.problems():
        raise UserError(f"{path.name}: {question(form, setting)}")
    text = normal_lines(decoded(data, form.encoding, path.name))
    found = list(cut_rows(lines_of(text, form.skip), form, path.name, form.skip + 1))
    _, first = found[0]
    columns = tuple(f"x{i + 1}" for i in range(len(first)))
    if form.header:
        columns = header_names(first)
        del found[0]
    if not found:
        raise UserError(f"{path.name} has a header but no rows below it.")
    for line, row in found:
        if len(row) != len(columns):
            raise UserError(
                f"{path.name}, line {line} has {counted(len(row), 'cell')} where {len(columns)}"
                f" are needed ({listed(columns)})."
            )
    rows = tuple(tuple(row) for _, row in found)
    return Table(path.name, columns, rows, tuple(n for n, _ in found), form)


def numbers(table: Table, names: Sequence[str], *, gaps: bool = False) -> Array:
    """The columns of these names as numbers (rows, names), float64.

    A name like "colour=red" that is no column stands for 1 where the column colour says red, as in
    a table imported into a project. With `gaps`, cells that stand for a missing value are NaN.
    Raises UserError for the first cell that is no finite number, or none of the words of its
    column, naming file, line, column and what stands there.
    """
    missing = table.format.marks if gaps else frozenset[str]()
    values = np.empty((len(table.rows), len(names)))
    words: dict[str, list[str]] = {}
    for i, name in enumerate(names):
        column, equals, word = name.rpartition("=")
        if name not in table.columns and equals and column in table.columns:
            values[:, i] = [
                np.nan if cell.lower() in missing else cell == word for cell in table.column(column)
            ]
            words.setdefault(column, []).append(word)
        else:
            values[:, i] = _column_numbers(table, name, missing)
    for column, known in words.items():
        _check_words(table, column, known, missing)
    return values


def _check_words(table: Table, column: str, known: Sequence[str], missing: frozenset[str]) -> None:
    for line, cell in zip(table.lines, table.column(column), strict=True):
        if cell not in known and cell.lower() not in missing:
            place = f"{table.name}, line {line}, column {column!r}"
            if not cell:
                raise UserError(f"{place} is empty; one of {listed(known)} is needed.")
            raise UserError(f"{place}: {cell!r} is none of {listed(known)}.")


def read_csv(path: Path | str, target: str | None = None) -> Dataset:
    """The dataset of a file: `target` (the last column unless told) and all others as features.

    A target of text becomes classes in alphabetical order; one of numbers stays a real number.
    Raises UserError, also where a value is missing.
    """
    table = read_table(path)
    if len(table.columns) < 2:
        raise UserError(
            f"{table.name} has one column only; at least one feature and a target are needed."
        )
    target = table.columns[-1] if target is None else target
    answers = table.column(target)
    names = tuple(name for name in table.columns if name != target)
    features = numbers(table, names)
    strange = sum(number(cell, table.format) is None for cell in answers)
    if strange <= len(answers) // 2:  # numbers with a slip in them are a slip, not classes
        targets, column = numbers(table, (target,)), Target(target)
    else:
        for line, cell in zip(table.lines, answers, strict=True):
            if not cell:
                raise UserError(f"{table.name}, line {line}, column {target!r} is empty.")
        classes = tuple(sorted(set(answers)))
        index = {name: i for i, name in enumerate(classes)}
        targets = np.array([[index[cell]] for cell in answers])
        column = Target(target, classes)
    return Dataset(Path(path).stem, features, names, targets, (column,))


def _column_numbers(table: Table, name: str, missing: frozenset[str]) -> Array | list[float]:
    if (table.format.decimal, table.format.thousands) == ("point", "none"):
        quick = quick_numbers(table.column(name), missing)
        if quick is not None:
            return quick
    values = []
    for line, cell in zip(table.lines, table.column(name), strict=True):
        value = nan if cell.lower() in missing else number(cell, table.format)
        if value is None or isinf(value) or (isnan(value) and cell.lower() not in missing):
            place = f"{table.name}, line {line}, column {name!r}"
            if not cell:
                raise UserError(f"{place} is empty; a number is needed.")
            raise UserError(f"{place}: {why_no_number(cell, table.format)}.")
        values.append(value)
    return values
