"""Text files of numbers (CSV and its relatives): read as text first, then as numbers."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradloom.core.errors import UserError
from gradloom.data.dataset import Dataset
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_DELIMITERS = "\t;|,"  # the comma last: it may be a decimal comma


@dataclass(frozen=True)
class Table:
    """A file as text: `rows[i]` has a cell for each of `columns` and stood on line `lines[i]`."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, name: str) -> tuple[str, ...]:
        """The cells of one column; raises UserError if there is none of this name."""
        if name not in self.columns:
            raise UserError(
                f"{self.name} has no column {name!r}; its columns are {_list(self.columns)}."
            )
        index = self.columns.index(name)
        return tuple(row[index] for row in self.rows)


def read_table(path: Path | str) -> Table:
    """The text of a CSV file; raises UserError in a sentence that names file, line and column.

    The delimiter is a comma, semicolon, tab or bar, whichever cuts the first lines most evenly.
    Encodings: UTF-8 and UTF-16 by their marks, UTF-8, else Latin-1. Blank lines are passed over.
    A first line of numbers only is no header: columns are then x1, x2 ...
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} can't be read: {error.strerror}.") from error
    text = _decode(raw, path.name)
    cut = csv.reader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True
    )
    found: list[tuple[int, tuple[str, ...]]] = []
    start = 1
    try:
        for cells in cut:
            row = tuple(cell.strip() for cell in cells)
            if any(row):
                found.append((start, row))
            start = cut.line_num + 1
    except csv.Error as error:
        raise UserError(
            f"{path.name}, line {start}: can't be read as a table ({error})."
        ) from error
    if not found:
        raise UserError(f"{path.name} is empty; a header and at least one row are needed.")
    columns = _header(path.name, *found[0])
    if columns is None:
        columns = tuple(f"x{i + 1}" for i in range(len(found[0][1])))
    else:
        del found[0]
    if not found:
        raise UserError(f"{path.name} has a header but no rows below it.")
    for line, row in found:
        if len(row) != len(columns):
            raise UserError(
                f"{path.name}, line {line} has {len(row)} cells where {len(columns)} are needed"
                f" ({_list(columns)})."
            )
    return Table(path.name, columns, tuple(row for _, row in found), tuple(n for n, _ in found))


def numbers(table: Table, names: Sequence[str]) -> Array:
    """The columns of these names as numbers (rows, names), float64.

    A column may use decimal commas throughout. Raises UserError for the first cell that is no
    finite number, naming file, line, column and what stands there.
    """
    values = np.empty((len(table.rows), len(names)))
    for i, name in enumerate(names):
        values[:, i] = _column_numbers(table, name)
    return values


def read_csv(path: Path | str, target: str | None = None) -> Dataset:
    """The dataset of a file: `target` (the last column unless told) and all others as features.

    A target of text becomes classes in alphabetical order; one of numbers stays a real number.
    Raises UserError.
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
    strange = sum(_NUMBER.fullmatch(cell) is None for cell in answers)
    if strange <= len(answers) // 2:  # numbers with a slip in them are a slip, not classes
        targets, column = numbers(table, (target,)), Target(target)
    else:
        if "" in answers:
            line = table.lines[answers.index("")]
            raise UserError(f"{table.name}, line {line}, column {target!r} is empty.")
        classes = tuple(sorted(set(answers)))
        index = {name: i for i, name in enumerate(classes)}
        targets = np.array([[index[cell]] for cell in answers])
        column = Target(target, classes)
    return Dataset(Path(path).stem, features, names, targets, (column,))


def _decode(raw: bytes, name: str) -> str:
    encoding = next((e for mark, e in _BYTE_ORDER_MARKS if raw.startswith(mark)), "")
    if not encoding and b"\0" in raw:
        raise UserError(f"{name} is not a text file; a table of text (CSV) is needed.")
    try:
        return raw.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding:
            promised = encoding.removesuffix("-sig").upper()
            raise UserError(
                f"{name} is not the {promised} text its first bytes promise."
            ) from error
        return raw.decode("latin-1")


def _delimiter(text: str) -> str:
    """The delimiter that cuts most of the first lines into the same number of cells, above one."""
    first = [line for line in text.splitlines()[:50] if line.strip()][:20]

    def evenness(delimiter: str) -> int:
        widths = Counter(len(row) for row in csv.reader(first, delimiter=delimiter))
        width, lines = widths.most_common(1)[0]
        return lines if width > 1 else 0

    try:
        return max(_DELIMITERS, key=evenness) if first else ","
    except csv.Error:  # said with its place when the whole file is read
        return ","


def _header(name: str, line: int, cells: tuple[str, ...]) -> tuple[str, ...] | None:
    """Column names of the first line, or None if it holds numbers only."""
    if all(_NUMBER.fullmatch(cell) for cell in cells):
        return None
    columns = tuple(cell or f"column {i + 1}" for i, cell in enumerate(cells))
    twice = [column for column, times in Counter(columns).items() if times > 1]
    if twice:
        raise UserError(f"{name}, line {line} names the column {twice[0]!r} twice; rename one.")
    return columns


def _column_numbers(table: Table, name: str) -> list[float]:
    cells = table.column(name)
    comma = any("," in cell for cell in cells)
    values = []
    for line, cell in zip(table.lines, cells, strict=True):
        place = f"{table.name}, line {line}, column {name!r}"
        if not cell:
            raise UserError(f"{place} is empty; a number is needed.")
        if not _NUMBER.fullmatch(cell):
            raise UserError(f"{place}: {cell[:40]!r} is not a number.")
        if comma and "." in cell:
            raise UserError(f"{place}: {cell[:40]!r} has a point where others have decimal commas.")
        value = float(cell.replace(",", "."))
        if value in (float("inf"), float("-inf")):
            raise UserError(f"{place}: {cell[:40]!r} is too large for a number.")
        values.append(value)
    return values


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} ... ({len(names)} in all)"
