"""Tables in files: look at one, import it, read again what a project names (see `files`).

Nothing here is quick enough for a window's own thread. `Waiting` tells progress and stops.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from gradloom.core.errors import UserError
from gradloom.core.reading import reason
from gradloom.data.columns import Column, settled
from gradloom.data.format import TableFormat
from gradloom.data.gathering import LoadedTable
from gradloom.data.loading import Preview, load_text, preview
from gradloom.data.nested import MOST_EMBEDDED, pack, refuse_to_embed, unpack
from gradloom.data.paths import absolute, checked, digest_of, relative, start_of
from gradloom.data.sniffing import sniff
from gradloom.data.sources.file import FileTable, Imported, changed, damaged, missing_words
from gradloom.data.store import TABLES
from gradloom.data.waiting import Waiting
from gradloom.data.workbooks import is_workbook, preview_workbook, read_workbook, workbook_format


def sniff_file(path: Path | str) -> TableFormat:
    """The format of a file; raises UserError."""
    path = Path(path)
    if is_workbook(path):
        checked(path)
        return workbook_format()
    data, whole = start_of(path)
    return sniff(data, path.name, whole=whole)


def preview_file(path: Path | str, form: TableFormat, rows: int = 50) -> Preview:
    """The first rows of a file in this format; raises UserError only if it can't be read at all."""
    path = Path(path)
    if is_workbook(path):
        return preview_workbook(checked(path), form, max(rows, 1))
    data, whole = start_of(path)
    return preview(data, form, rows, path.name, whole=whole)


def import_file(
    path: Path | str,
    form: TableFormat | None = None,
    columns: Sequence[Column] | None = None,
    folder: Path | None = None,
    missing: str = "drop",
    waiting: Waiting | None = None,
    *,
    embed: bool = False,
) -> Imported[FileTable]:
    """The source for a file, read and put into the store; raises UserError, Cancelled.

    `form` and `columns` as the preview showed them or a person changed them. `folder` is the
    project's; the path is kept relative to it.
    """
    path = checked(path)
    form = sniff_file(path) if form is None else form
    table, found, digest = _read(path, form, columns, waiting or Waiting())
    packed = b""
    if embed:
        packed = _packed(path)
    made = _source(table, found, digest, form, missing, packed)
    return replace(made, source=made.source.replace(path=relative(path, folder)))


def import_text(
    data: str | bytes,
    form: TableFormat | None = None,
    columns: Sequence[Column] | None = None,
    missing: str = "drop",
    waiting: Waiting | None = None,
) -> Imported[FileTable]:
    """The source for pasted text (or the bytes of a file that was dropped), kept in the project."""
    raw = data.encode() if isinstance(data, str) else data
    name = "The pasted table"
    if len(raw) > MOST_EMBEDDED:
        raise UserError(f"{name} is too large to keep in a project; save it as a file.")
    form = sniff(raw, name) if form is None else form
    table, found, digest = load_text(io.BytesIO(raw), len(raw), form, name, columns, waiting)
    return _source(table, found, digest, form, missing, pack(raw))


def read(source: FileTable, folder: Path | None, waiting: Waiting) -> LoadedTable:
    """The table that a source names; raises UserError also if its file is not what it was."""
    path = absolute(source.path, folder)
    if digest_of(path, waiting) != source.digest:
        raise changed(source)
    table, _, _ = _read(path, source.format, source.columns, waiting)
    return table


def unpacked(source: FileTable, waiting: Waiting) -> LoadedTable:
    """The table in the project's copy of a file; raises UserError."""
    data = unpack(source.embedded)
    if data is None or blake2b(data, digest_size=16).hexdigest() != source.digest:
        raise damaged(source)
    table, _, _ = load_text(
        io.BytesIO(data), len(data), source.format, source.name, source.columns, waiting
    )
    return table


def again(source: FileTable, folder: Path | None, waiting: Waiting) -> Imported[FileTable]:
    """The source for what its file holds now, with the same format and the roles by name."""
    path = absolute(source.path, folder)
    made = import_file(
        path,
        source.format,
        None,
        folder,
        source.missing,
        waiting,
        embed=bool(source.embedded),
    )
    before = {column.name: column for column in source.columns}
    columns = tuple(
        replace(column, role=before[column.name].role)
        if column.name in before and (column.type == "number" or column.categories)
        else column
        for column in made.source.columns
    )
    kept = made.source.replace(columns=columns)
    return replace(made, source=made.source if kept.problems() else kept)


def placed(source: FileTable, path: Path, folder: Path | None) -> FileTable:
    """The same source with its file somewhere else."""
    return source.replace(path=relative(path, folder))


def _read(
    path: Path, form: TableFormat, columns: Sequence[Column] | None, waiting: Waiting
) -> tuple[LoadedTable, tuple[Column, ...], str]:
    try:
        if is_workbook(path):
            table, found = read_workbook(path, form, columns, waiting)
            return table, found, digest_of(path)
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            return load_text(stream, size, form, path.name, columns, waiting)
    except OSError as error:
        raise UserError(f"{path.name} can't be read: {reason(error)}.") from error


def _source(
    table: LoadedTable,
    columns: Sequence[Column],
    digest: str,
    form: TableFormat,
    missing: str,
    packed: bytes,
) -> Imported[FileTable]:
    found, notes = settled(columns, table.words, table.name)
    source = FileTable(digest=digest, embedded=packed, format=form, columns=found, missing=missing)
    for name, sentence in source.problems():
        raise UserError(f"{table.name}: the {name} {sentence}.")
    counts = missing_words(table, found)
    if counts:
        gone = table.rows - int(source.kept(table).sum())
        after = f"; {gone:,} of {table.rows:,} rows are left out" if gone else ""
        notes = (*notes, f"{table.name} has missing values: {counts}{after}.")
    TABLES.put(source.key, table)
    return Imported(source, notes)


def _packed(path: Path) -> bytes:
    if is_workbook(path):
        raise UserError(f"{path.name} can't be kept in the project; save it as CSV first.")
    refuse_to_embed(path.stat().st_size, path.name)
    return pack(path.read_bytes())
