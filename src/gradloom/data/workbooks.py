"""Excel and Parquet files, through the extra `tables`; the libraries are imported when needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib import import_module
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from gradloom.core.errors import UserError
from gradloom.data.cells import MOST_COLUMNS, header_names
from gradloom.data.columns import Column, guess_columns
from gradloom.data.format import TableFormat
from gradloom.data.gathering import Gatherer, LoadedTable, refuse_if_too_large
from gradloom.data.loading import Preview
from gradloom.data.waiting import Cancelled, Waiting
from gradloom.layers.shapes import Array

SUFFIXES = {".xlsx": "Excel", ".xlsm": "Excel", ".parquet": "Parquet"}
_BLOCK, _WIDE_BLOCK = 5000, 1 << 16  # rows, as text and as numbers
_GUESSED = 1000

Rows = Iterator[tuple[int, list[str]]]
Cells = Array | Sequence[str]  # of one column: numbers (NaN: missing), or text


@dataclass(frozen=True)
class _Opened:
    """A file's `rows` as text, about how many, its `sheets` by name; quicker by `blocks`."""

    rows: Rows
    total: int
    sheets: tuple[str, ...] = ()
    blocks: Callable[[Sequence[Column]], Iterator[list[Cells]]] | None = None

    @property
    def others(self) -> str:
        """The end of a sentence on a sheet that is of no use."""
        return f"; its sheets are {', '.join(self.sheets)}" if len(self.sheets) > 1 else ""


def is_workbook(path: Path) -> bool:
    """Whether a file is read by this module."""
    return path.suffix.lower() in SUFFIXES


def workbook_format() -> TableFormat:
    """How the cells of a workbook are read: they are numbers already."""
    return TableFormat(delimiter="tab", header=True)


def read_workbook(
    path: Path,
    form: TableFormat,
    columns: Sequence[Column] | None = None,
    waiting: Waiting | None = None,
    most: int | None = None,
) -> tuple[LoadedTable, tuple[Column, ...]]:
    """The table in an Excel or Parquet file, or its first `most` rows.

    Raises UserError; also where the extra is not installed.
    """
    with _told(path):
        return _gathered(_opened(path, form), path.name, form, columns, waiting or Waiting(), most)


def preview_workbook(path: Path, form: TableFormat, rows: int) -> Preview:
    """The first rows of an Excel or Parquet file; raises UserError if it can't be read at all."""
    with _told(path):
        opened = _opened(path, form)
        try:
            table, columns = _gathered(opened, path.name, form, None, Waiting(), rows)
        except UserError as error:  # of this sheet; another one may be chosen
            return Preview((), (), (), (str(error),), opened.sheets)
        return Preview(columns, _texts(table), tuple(range(2, table.rows + 2)), (), opened.sheets)


def _opened(path: Path, form: TableFormat) -> _Opened:
    return (_excel if SUFFIXES[path.suffix.lower()] == "Excel" else _parquet)(path, form)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Whatever the libraries say of a file is told as one sentence."""
    what = SUFFIXES[path.suffix.lower()]
    try:
        yield
    except ImportError as error:
        raise UserError(
            f"{path.name}: reading {what} files needs the extra `tables`; install it with"
            " pip install 'gradloom[tables]', or save the table as CSV."
        ) from error
    except (UserError, OSError, Cancelled):
        raise
    except Exception as error:
        raise UserError(f"{path.name} can't be read as {what}; it may be damaged.") from error


def _gathered(
    opened: _Opened,
    name: str,
    form: TableFormat,
    columns: Sequence[Column] | None,
    waiting: Waiting,
    most: int | None,
) -> tuple[LoadedTable, tuple[Column, ...]]:
    rows, others = opened.rows, opened.others
    head = next(rows, None)
    if head is None:
        raise UserError(f"{name} is empty; a header and at least one row are needed{others}.")
    line, first = head
    if len(first) > MOST_COLUMNS:
        raise UserError(f"{name} has more than {MOST_COLUMNS} columns.")
    names = tuple(f"x{i + 1}" for i in range(len(first)))
    start: list[tuple[int, list[str]]] = [head]
    if form.header:
        names, start = header_names(first), []
    start += islice(rows, _GUESSED)
    if columns is None:
        columns = guess_columns(names, [cells for _, cells in start], form)
    elif tuple(column.name for column in columns) != names:
        raise UserError(f"{name} has other columns than before; import it anew.")
    refuse_if_too_large(opened.total, len(names), name)
    gatherer = Gatherer(name, columns, form)
    block = start if most is None else start[:most]
    if opened.blocks is not None and form.header and most is None:
        for cells in opened.blocks(columns):
            waiting.tell(gatherer.rows / max(opened.total, 1))
            gatherer.add_columns(line + 1 + gatherer.rows, cells)
        block = []
    while block:
        waiting.tell(gatherer.rows / max(opened.total, 1))
        gatherer.add_rows([n for n, _ in block], [_padded(c, len(names)) for _, c in block])
        block = list(islice(rows, _BLOCK)) if most is None else []
    if not gatherer.rows:
        raise UserError(f"{name} has a header but no rows below it{others}.")
    return gatherer.finish(), tuple(columns)


def _padded(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells)) if len(cells) < width else cells


def _excel(path: Path, form: TableFormat) -> _Opened:
    openpyxl = import_module("openpyxl")

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    if form.sheet and form.sheet not in book.sheetnames:
        raise UserError(
            f"{path.name} has no sheet {form.sheet!r}; its sheets are {', '.join(book.sheetnames)}."
        )
    sheet = book[form.sheet] if form.sheet else book.worksheets[0]

    def rows() -> Rows:
        for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
            cells = [_cell(value) for value in values]
            while cells and not cells[-1]:
                cells.pop()
            if cells and line > form.skip:
                yield line, cells
        book.close()

    return _Opened(rows(), int(sheet.max_row or 0), tuple(book.sheetnames))


def _parquet(path: Path, _: TableFormat) -> _Opened:
    file = import_module("pyarrow.parquet").ParquetFile(path)

    def rows() -> Rows:
        yield 1, [str(name) for name in file.schema_arrow.names]
        line = 2
        for batch in file.iter_batches(_BLOCK):
            for cells in zip(*map(_text, batch.columns), strict=True):
                yield line, list(cells)
                line += 1

    def blocks(columns: Sequence[Column]) -> Iterator[list[Cells]]:
        wanted = [column.type == "number" for column in columns]
        for batch in file.iter_batches(_WIDE_BLOCK):
            yield [
                _numbers(cells) if number and _is_numeric(cells) else _text(cells)
                for number, cells in zip(wanted, batch.columns, strict=True)
            ]

    return _Opened(rows(), int(file.metadata.num_rows), blocks=blocks)


def _is_numeric(cells: Any) -> bool:
    types = import_module("pyarrow.types")
    kinds = (types.is_floating, types.is_integer, types.is_boolean)
    return any(is_kind(cells.type) for is_kind in kinds)


def _numbers(cells: Any) -> Array:
    """An Arrow array of numbers as float64; what is none is NaN, as by `_cell`."""
    made = np.array(cells.cast("float64", safe=False).to_numpy(zero_copy_only=False))
    made[~np.isfinite(made)] = np.nan
    return made


def _text(cells: Any) -> list[str]:
    return [_cell(value) for value in cells.to_pylist()]


def _cell(value: Any) -> str:
    """A value as the text that stands for it exactly."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, float):
        return repr(value) if isfinite(value) else ""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value).strip()


def _texts(table: LoadedTable) -> tuple[tuple[str, ...], ...]:
    """The cells of a table as text."""
    columns = []
    for array, words in zip(table.arrays, table.words, strict=True):
        if array.dtype == "float64":
            columns.append(["" if v != v else f"{v:.15g}" for v in array.tolist()])
        else:
            named = words or ()
            columns.append([named[i] if 0 <= i < len(named) else "" for i in array.tolist()])
    return tuple(zip(*columns, strict=False))
