"""Text files as columns: in blocks, with progress, quickly where every cell is a plain number."""

from __future__ import annotations

import codecs
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import BinaryIO

import numpy as np

from gradloom.core.counting import counted
from gradloom.core.errors import UserError
from gradloom.data.cells import cut_rows, header_names, lines_of, normal_lines
from gradloom.data.columns import Column, guess_columns, looked_at
from gradloom.data.decoding import broken_text, decoded, refuse_pages, without_mark
from gradloom.data.format import TableFormat
from gradloom.data.gathering import Gatherer, LoadedTable, refuse_if_too_large
from gradloom.data.waiting import Waiting
from gradloom.layers.shapes import Array

_FIRST = 1 << 18  # bytes that columns are guessed by
_BLOCK = 1 << 22
_LONGEST = 1 << 25  # characters that one pair of quotes may hold up
_GUESSED = 1000  # rows that types are judged by


@dataclass(frozen=True)
class Preview:
    """The first rows of a file as they would be read: `rows` of text, `columns` as guessed.

    `problems` are sentences that stop reading (a question to answer, a broken row); `sheets` are
    the names of those of a workbook; `told` says of each column what the rows looked at tell.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    problems: tuple[str, ...]
    sheets: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


def preview(
    data: bytes, form: TableFormat, rows: int = 50, name: str = "The file", *, whole: bool = True
) -> Preview:
    """The first rows of a file of these bytes in this format; never raises UserError.

    `whole` False: `data` is only the beginning of the file.
    """
    whole = whole and len(data) <= 4 * _BLOCK
    data = data[: 4 * _BLOCK]
    text = normal_lines(without_mark(data, form.encoding).decode(form.encoding, "replace"))
    found: list[tuple[int, list[str]]] = []
    asked = [question(form, setting) for setting, _ in form.problems()]
    problems = [sentence for sentence in asked if sentence]
    try:
        decoded(data, form.encoding, name, whole=whole)
    except UserError as error:
        problems.append(str(error))
    try:
        for row in cut_rows(lines_of(text, form.skip), form, name, form.skip + 1):
            found.append(row)
            if len(found) > max(rows, _GUESSED):
                break
        else:
            if not whole and len(found) > 1:
                found.pop()
    except UserError as error:
        if whole or "never closed" not in str(error):
            problems.append(str(error))
    try:
        names, found = _named(found, form, name)
    except UserError as error:
        return Preview((), (), (), (*problems, str(error)))
    if whole and not found:
        problems.append(_no_rows(name))
    for line, cells in found:
        if len(cells) != len(names):
            problems.append(
                f"{name}, line {line} has {counted(len(cells), 'cell')} where {len(names)} are"
                " needed."
            )
            break
    texts = [row for _, row in found]
    columns, told = looked_at(guess_columns(names, texts, form), texts, form)
    lines = tuple(line for line, _ in found[:rows])
    shown = tuple(tuple(row) for row in texts[:rows])
    return Preview(columns, shown, lines, tuple(problems), told=told)


def _no_rows(name: str) -> str:
    return f"{name} has a header but no rows below it."


def question(form: TableFormat, setting: str) -> str:
    """The problem of one setting as a whole sentence, or "" if there is none."""
    labels = {s.name: s.label for s in form.settings()}
    return next((f"{labels[n]} {sentence}." for n, sentence in form.problems() if n == setting), "")


def load_text(
    stream: BinaryIO,
    size: int,
    form: TableFormat,
    name: str,
    columns: Sequence[Column] | None = None,
    waiting: Waiting | None = None,
) -> tuple[LoadedTable, tuple[Column, ...], str]:
    """The table in a stream of `size` bytes, its columns, and the hash of all bytes.

    `columns` tells types (by name, in the order of the file); guessed by the first rows unless
    given. Raises UserError in a sentence that names file, line and column; Cancelled.
    """
    for setting, _ in form.problems():
        raise UserError(f"{name}: {question(form, setting)}")
    source = _Source(stream, size, form, name, waiting or Waiting())
    gatherer: Gatherer | None = None
    for line, text in source.blocks():
        skip = max(form.skip - line + 1, 0)
        block = "".join(lines_of(text, skip)) if skip else text
        first = line + skip
        if gatherer is None:
            rows = list(cut_rows(lines_of(block), form, name, first))
            if not rows:
                continue
            gatherer, rows = _started(rows, form, name, columns, len(text), source)
            gatherer.add_rows([n for n, _ in rows], [cells for _, cells in rows])
        else:
            _add(gatherer, block, form, name, first)
    if gatherer is None:
        raise UserError(f"{name} is empty; a header and at least one row are needed.")
    table = gatherer.finish()
    if not table.rows:
        raise UserError(_no_rows(name))
    return table, gatherer.columns, source.digest.hexdigest()


class _Source:
    """Blocks of whole lines of a file, decoded, with the number of their first line."""

    def __init__(
        self, stream: BinaryIO, size: int, form: TableFormat, name: str, waiting: Waiting
    ) -> None:
        self.size, self.digest = size, blake2b(digest_size=16)
        self._stream, self._form, self._name, self._waiting = stream, form, name, waiting
        self._read = 0

    def blocks(self) -> Iterator[tuple[int, str]]:
        decoder = codecs.getincrementaldecoder(self._form.encoding)()
        quote, line, kept = self._form.quoting, 1, ""
        while True:
            data = self._stream.read(_BLOCK if self._read else _FIRST)
            self.digest.update(data)
            first = self._read == 0
            self._read += len(data)
            self._waiting.tell(self._read / max(self.size, 1))
            if first:
                data = without_mark(data, self._form.encoding)
            text = kept + self._decoded(decoder, data, kept, line)
            if first:
                refuse_pages(text, self._name)
            if not data:
                if text:
                    yield line, normal_lines(text)
                return
            # a carriage return at the end may be half of a line's end
            end = len(text) - text.endswith("\r")
            whole = normal_lines(text[:end])
            cut = whole.rfind("\n") + 1
            odd = bool(quote) and whole.count(quote, 0, cut) % 2 == 1 and quote == '"'
            if (not cut or odd) and len(whole) < _LONGEST:
                kept = text
                continue
            cut = cut or len(whole)
            yield line, whole[:cut]
            line += whole.count("\n", 0, cut)
            kept = whole[cut:] + text[end:]

    def _decoded(
        self, decoder: codecs.IncrementalDecoder, data: bytes, kept: str, line: int
    ) -> str:
        try:
            return decoder.decode(data, not data)
        except UnicodeDecodeError as error:
            raise broken_text(self._name, self._form.encoding, error, kept, line) from None


def _started(
    rows: list[tuple[int, list[str]]],
    form: TableFormat,
    name: str,
    columns: Sequence[Column] | None,
    characters: int,
    source: _Source,
) -> tuple[Gatherer, list[tuple[int, list[str]]]]:
    names, body = _named(rows, form, name)
    if columns is None:
        columns = guess_columns(names, [cells for _, cells in body[:_GUESSED]], form)
    elif tuple(column.name for column in columns) != names:
        known = [column.name for column in columns]
        raise UserError(
            f"{name} has other columns than before: {_difference(known, names)}; import it anew."
        )
    wide = 2 if form.encoding.startswith("utf-16") else 1
    estimate = int(source.size / wide / max(characters, 1) * len(rows))
    refuse_if_too_large(estimate, len(names), name)
    return Gatherer(name, columns, form), body


def _difference(known: Sequence[str], names: Sequence[str]) -> str:
    gone = [name for name in known if name not in names]
    new = [name for name in names if name not in known]
    if gone or new:
        words = [f"{gone[0]!r} is gone"] if gone else []
        return " and ".join(words + ([f"{new[0]!r} is new"] if new else []))
    return "they stand in another order"


def _named(
    rows: list[tuple[int, list[str]]], form: TableFormat, name: str
) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    """Column names, and the rows below them."""
    if not rows:
        raise UserError(f"{name} is empty; a header and at least one row are needed.")
    _, first = rows[0]
    if form.header:
        return header_names(first), rows[1:]
    return tuple(f"x{i + 1}" for i in range(len(first))), rows


def _add(gatherer: Gatherer, text: str, form: TableFormat, name: str, line: int) -> None:
    if gatherer.all_numbers and _is_plain(text, form):
        block = _parsed(text, form, len(gatherer.columns))
        if block is None:
            block = _parsed_with_gaps(text, form, len(gatherer.columns))
        if block is not None:
            gatherer.add_block(block)
            return
    rows = list(cut_rows(lines_of(text), form, name, line))
    gatherer.add_rows([n for n, _ in rows], [cells for _, cells in rows])


def _is_plain(text: str, form: TableFormat) -> bool:
    """Whether NumPy's reader and ours agree on every cell: no quotes, comments or groups."""
    return (
        form.thousands == "none"
        and (form.decimal == "point" or (form.delimiter != "comma" and "." not in text))
        and not (form.quoting and form.quoting in text)
        and (form.comment == "none" or form.comment not in text)
        and text.isascii()
    )


def _parsed(text: str, form: TableFormat, width: int, *, gaps: bool = False) -> Array | None:
    """A block of numbers by NumPy's C reader, or None where a cell is none or is missing."""
    if form.decimal == "comma":
        text = text.replace(",", ".")
    cut = {" ": None, "": "\t"}.get(form.cut, form.cut)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a block may have no rows at all
            block = np.loadtxt(text.split("\n"), delimiter=cut, comments=None, ndmin=2)
    except ValueError:
        return None
    if block.size == 0:
        return np.zeros((0, width))
    if block.shape[1] != width or not (gaps or np.isfinite(block).all()):
        return None
    return block


def _parsed_with_gaps(text: str, form: TableFormat, width: int) -> Array | None:
    """The same with NaN where a mark of a missing value stands between two delimiters."""
    cut, low = form.cut, text.lower()  # of numbers, only the e is a letter
    if not cut.strip() or width < 2 or ("nan" in low and "nan" not in form.marks):
        return None
    low = f"\n{low}" if low.endswith("\n") else f"\n{low}\n"
    for mark in form.marks - {"nan"}:
        if mark and mark not in low:
            continue
        for before, after in ((cut, cut), (cut, cut), ("\n", cut), (cut, "\n")):  # ",NA,NA," twice
            low = low.replace(f"{before}{mark}{after}", f"{before}nan{after}")
    block = _parsed(low[1:], form, width, gaps=True)
    if block is None or np.isinf(block).any() or np.isnan(block).all(axis=1).any():
        return None  # a row of gaps alone is a blank one
    return block
