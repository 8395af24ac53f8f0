"""How a text file holds its table, found from its beginning.

Every judgement is by evidence over all sampled rows. Where two readings are both possible and give
other numbers ("0,2" in a file of one comma a row; "1,234" with nothing to tell thousands from
decimals), the setting is left None, and `TableFormat.problems` asks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from gradloom.core.errors import UserError
from gradloom.data.cells import MOST_COLUMNS, cut_rows, lines_of, normal_lines, number
from gradloom.data.decoding import find_encoding, refuse_pages, without_mark
from gradloom.data.format import TableFormat
from gradloom.data.marks import MARKED, SPACED, TICKED, with_marks

_SAMPLE = 1 << 18  # characters
_ROWS = 1000
_FEW = 200  # rows that delimiters are judged by
_ORDER = ("tab", "semicolon", "bar", "comma", "space")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)


def sniff(data: bytes, name: str = "The file", *, whole: bool = True) -> TableFormat:
    """The format of a file of these bytes; raises UserError for what is no text table.

    `whole` False: `data` is only the beginning of the file.
    """
    encoding = find_encoding(data, name, whole=whole)
    text = without_mark(data, encoding).decode(encoding, "ignore")
    return sniff_text(text, name, encoding, whole=whole)


def sniff_text(
    text: str, name: str = "The text", encoding: str = "utf-8", *, whole: bool = True
) -> TableFormat:
    """The format of text, as `sniff`."""
    refuse_pages(text, name)
    sample = normal_lines(text[:_SAMPLE])
    if not whole or len(text) > _SAMPLE:  # the last line may be cut short
        end = sample.rfind("\n")
        sample = sample[: end + 1] if end >= 0 else sample
    for line, row in enumerate(sample.split("\n", _FEW)[:_FEW], 1):
        if (max(map(row.count, "\t;|,")) or len(row.split())) > MOST_COLUMNS:
            raise UserError(
                f"{name}, line {line} has more than {MOST_COLUMNS} cells; a table may have at most"
                f" {MOST_COLUMNS} columns."
            )
    if not sample.strip():
        raise UserError(f"{name} is empty; a header and at least one row are needed.")
    lines = list(islice(lines_of(sample), _ROWS))
    form = TableFormat(encoding=encoding, comment=_comment(lines))
    form = form.replace(quote=_quote(lines))
    form, cuts = _delimiter(lines, form, name)
    form = form.replace(skip=_titles(cuts))
    rows = [cells for line, cells in cuts if line > form.skip]
    form = with_marks(rows, form, text)
    return form.replace(header=_has_header(rows, form))


Cuts = list[tuple[int, list[str]]]


def _comment(lines: Sequence[str]) -> str:
    full = [line.strip() for line in lines if line.strip()]
    for mark in ("#", "%", "//"):
        marked = [line for line in full if line.startswith(mark)]
        if not marked or len(marked) == len(full):
            continue
        # a first column called "#" is a header, not a comment
        if marked == full[:1] and full[0][len(mark) : len(mark) + 1] in tuple("\t;|,"):
            continue
        return mark
    return "none"


def _quote(lines: Sequence[str]) -> str:
    text = "".join(lines)
    if '"' in text:
        return "double"
    edges = re.findall(r"(?:^|[\t;|,])\s*'[^'\n]*'\s*(?=$|[\t;|,])", text, re.MULTILINE)
    return "single" if len(edges) > len(lines) // 2 else "double"


@dataclass(frozen=True)
class _Cutting:
    """How well a delimiter cuts: share of rows with the usual width, share of clear cells."""

    name: str
    rows: Cuts
    width: int
    even: float
    clear: float

    @property
    def score(self) -> float:
        return self.even * (0.3 + 0.7 * self.clear) if self.width > 1 else 0.0


def _cutting(lines: Sequence[str], form: TableFormat, delimiter: str, name: str) -> _Cutting:
    tried = form.replace(delimiter=delimiter)
    rows: Cuts = []
    with suppress(UserError):
        rows.extend(cut_rows(lines, tried, name))
    if not rows:
        return _Cutting(delimiter, rows, 1, 0.0, 0.0)
    width, count = Counter(len(cells) for _, cells in rows).most_common(1)[0]
    cells = [cell for _, row in rows[1:] or rows for cell in row]
    clear = sum(_looks_whole(cell, form) for cell in cells) / max(len(cells), 1)
    return _Cutting(delimiter, rows, width, count / len(rows), clear)


def _looks_whole(cell: str, form: TableFormat) -> bool:
    """Whether a cell is a number, a missing value or a plain word: no second delimiter in it."""
    if cell.lower() in form.marks or MARKED.fullmatch(cell) or number(cell, form) is not None:
        return True
    if SPACED.fullmatch(cell) or TICKED.fullmatch(cell):
        return True
    return not any(letter in cell for letter in "\t;|,") and not cell[:1].isdigit()


def _delimiter(lines: list[str], form: TableFormat, name: str) -> tuple[TableFormat, Cuts]:
    tries = [_cutting(lines[:_FEW], form, delimiter, name) for delimiter in _ORDER]
    best = max(tries, key=lambda one: one.score)
    if best.score < 0.3:
        alone = form.replace(delimiter="none")
        # a first row with the most cells says what was meant, and reading tells the ragged row
        ragged = max(tries, key=lambda one: len(one.rows[0][1]) if one.rows else 0)
        if not (ragged.rows and len(ragged.rows[0][1]) > 1) or _one_column(lines, alone, name):
            return alone, list(cut_rows(lines, alone, name))
        best = ragged
    if best.name == "comma" and best.width == 2:
        alone = form.replace(delimiter="none")
        verdict = _decimal_column(lines, alone, name)
        if verdict is not False:
            chosen = "none" if verdict else None
            return form.replace(delimiter=chosen), list(cut_rows(lines, alone, name))
    form = form.replace(delimiter=best.name)
    rows: Cuts = []
    with suppress(UserError):  # said with its place when the whole file is read
        rows.extend(cut_rows(lines, form, name))
    return form, rows


def _one_column(lines: list[str], alone: TableFormat, name: str) -> bool:
    cells = [cells[0] for _, cells in cut_rows(lines, alone, name)][1:]
    return bool(cells) and all(_WHOLE.fullmatch(c) or _DECIMAL_COMMA.fullmatch(c) for c in cells)


def _decimal_column(lines: list[str], alone: TableFormat, name: str) -> bool | None:
    """Whether rows of one comma are one number with decimals; None if it can't be told."""
    cells = [cells[0] for _, cells in cut_rows(lines, alone, name)]
    body = cells[1:] if not _numeric_line(cells[0]) else cells
    if not body or not all(_numeric_line(cell) for cell in body):
        return False
    headed = len(body) < len(cells)
    if headed:
        return "," not in cells[0]
    if any("," not in cell for cell in body):
        return True
    if any(re.search(r",0\d", cell) for cell in body):  # nobody writes a whole number as 05
        return True
    return None


def _numeric_line(cell: str) -> bool:
    return bool(_WHOLE.fullmatch(cell) or _DECIMAL_COMMA.fullmatch(cell))


def _titles(cuts: Cuts) -> int:
    """Lines before the first row as wide as most: a title above the table."""
    width = Counter(len(cells) for _, cells in cuts).most_common(1)[0][0] if cuts else 1
    for i, (line, cells) in enumerate(cuts[:20]):
        if len(cells) == width:
            return line - 1 if i and width > 1 else 0
        if len(cells) != 1:
            break
    return 0


def _has_header(rows: list[list[str]], form: TableFormat) -> bool:
    """Whether the first row is of another sort than those below it.

    A column of numbers under a word says so. Words above words are names if none of them stands in
    its column again and no number is among them.
    """
    if not rows:
        return False
    first, below = rows[0], rows[1:]

    def numeric(cell: str) -> bool:
        return number(cell, form) is not None

    if all(numeric(cell) or cell.lower() in form.marks - {""} for cell in first):
        return False
    if not below:
        return not any(numeric(cell) for cell in first)
    for column, cell in enumerate(first):
        under = [row[column] for row in below if column < len(row) and row[column]]
        under = [one for one in under if one.lower() not in form.marks]
        if cell and not numeric(cell) and sum(map(numeric, under)) > len(under) / 2:
            return cell.lower() not in form.marks
    if any(numeric(cell) for cell in first):
        return False
    return not any(
        cell in {row[column] for row in below if column < len(row)}
        for column, cell in enumerate(first)
        if cell
    )
