"""Rows of cells from text, and the numbers in cells, as a `TableFormat` says."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from gradloom.core.errors import UserError
from gradloom.data.format import DECIMALS, THOUSANDS, TableFormat

MOST_COLUMNS = 10_000
LONGEST_CELL = 131_072  # characters: the limit of Python's csv reader


@lru_cache(maxsize=64)
def number_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    """What a number looks like with these marks (names as in `TableFormat`)."""
    mark = re.escape(DECIMALS[decimal])
    group = re.escape(THOUSANDS[thousands])
    whole = rf"(?:\d{{1,3}}(?:[{group}]\d{{3}})+|\d+)" if group else r"\d+"
    return re.compile(rf"[+-]?(?:{whole}(?:{mark}\d*)?|{mark}\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def pattern_of(form: TableFormat) -> re.Pattern[str]:
    """What a number looks like in this format."""
    return number_pattern(form.decimal or "point", form.thousands)


def number(cell: str, form: TableFormat) -> float | None:
    """The number in a cell, or None if there is none; infinite if it is too large."""
    if pattern_of(form).fullmatch(cell) is None:
        return None
    return float(plain_digits(cell, form))


def plain_digits(text: str, form: TableFormat) -> str:
    """Numbers as Python writes them: no grouping, a decimal point."""
    for letter in THOUSANDS[form.thousands]:
        text = text.replace(letter, "")
    return text.replace(",", ".") if form.decimal == "comma" else text


def cut_rows(
    lines: Iterable[str], form: TableFormat, name: str, first: int = 1
) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of each row of `lines`, stripped; blank lines and comments are passed over.

    `first` is the number of the first line. Raises UserError where quotes or cells are broken.
    """
    start = first
    try:
        if not form.cut:
            for line, text in enumerate(lines, first):
                cell = _unquoted(text.strip(), form.quoting)
                if cell and not _is_comment(text, form):
                    yield line, [cell]
            return
        reader = csv.reader(
            _without_comments(lines, form),
            delimiter=form.cut,
            quotechar=form.quoting or None,
            quoting=csv.QUOTE_MINIMAL if form.quoting else csv.QUOTE_NONE,
            skipinitialspace=form.cut != "\t",
            strict=True,
        )
        for cells in reader:
            row = [cell.strip() for cell in cells]
            if any(row):
                if len(row) > MOST_COLUMNS:
                    raise UserError(
                        f"{name}, line {start} has {len(row)} cells; a table may have at most"
                        f" {MOST_COLUMNS} columns."
                    )
                yield start, row
            start = first + reader.line_num
    except csv.Error as error:
        raise UserError(f"{name}, line {start}: {_why(error)}.") from error


def _why(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text or "field limit" in text:
        return (
            f"can't be read as a table, as a quote is never closed or a cell is longer than"
            f" {LONGEST_CELL} characters"
        )
    if "expected after" in text:
        return "can't be read as a table, as something follows a closing quote inside a cell"
    return f"can't be read as a table ({text})"


def _is_comment(line: str, form: TableFormat) -> bool:
    return form.comment != "none" and line.lstrip().startswith(form.comment)


def _without_comments(lines: Iterable[str], form: TableFormat) -> Iterator[str]:
    """The lines for the csv reader; a comment is an empty line, so that lines still count."""
    for line in lines:
        if _is_comment(line, form):
            yield "\n"
        elif form.cut == " ":
            yield line.strip() + "\n"
        else:
            yield line


def _unquoted(cell: str, quote: str) -> str:
    if quote and len(cell) > 1 and cell[0] == quote == cell[-1]:
        return cell[1:-1].strip()
    return cell


def normal_lines(text: str) -> str:
    """Text whose lines all end with a line feed, as csv and NumPy both cut them."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def lines_of(text: str, skip: int = 0) -> Iterator[str]:
    """The lines of normal text, each with its end; the first `skip` left out."""
    return islice(_lines(text), skip, None)


def _lines(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        yield text[at:end]
        at = end


def header_names(cells: list[str]) -> tuple[str, ...]:
    """Column names from a header; an empty one is counted, further ones alike are numbered."""
    names: dict[str, None] = {}
    written = set(cells)
    copies: dict[str, int] = {}
    for i, cell in enumerate(cells):
        base = name = cell or f"column {i + 1}"
        while name in names or (name in written and name != cell):
            copies[base] = copies.get(base, 1) + 1
            name = f"{base} {copies[base]}"
        names[name] = None
    return tuple(names)
