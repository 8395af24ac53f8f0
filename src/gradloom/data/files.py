"""Files into projects: look at one, import it, read again what a project names.

Nothing here is quick enough for a window's own thread. `Waiting` tells progress and stops.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from gradloom.core.errors import UserError
from gradloom.core.reading import reason
from gradloom.data.columns import Column, settled
from gradloom.data.dataset import DataSource
from gradloom.data.format import TableFormat
from gradloom.data.gathering import LoadedTable
from gradloom.data.loading import Preview, load_text, preview
from gradloom.data.nested import MOST_EMBEDDED, pack, unpack
from gradloom.data.sniffing import sniff
from gradloom.data.sources.file import FileTable, missing_words
from gradloom.data.store import TABLES
from gradloom.data.waiting import Waiting
from gradloom.data.workbooks import is_workbook, read_workbook, workbook_format

_START = 1 << 24  # bytes that a format is judged by
_BLOCK = 1 << 22


@dataclass(frozen=True)
class Imported:
    """A source made of a file, which the store holds already, and what there is to say of it."""

    source: FileTable
    notes: tuple[str, ...]


def start_of(path: Path | str) -> tuple[bytes, bool]:
    """The first bytes of a file, and whether they are all; raises UserError."""
    path = checked(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(_START)
            return data, not stream.read(1)
    except OSError as error:
        raise UserError(f"{path.name} can't be read: {reason(error)}.") from error


def checked(path: Path | str) -> Path:
    """The path of an ordinary file; raises UserError for anything else."""
    path = Path(path)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise UserError(f"{path.name or path} can't be read: {reason(error)}.") from error
    if stat.S_ISDIR(mode):
        raise UserError(f"{path.name or path} is a folder, not a file.")
    if not stat.S_ISREG(mode):
        raise UserError(f"{path.name} is no ordinary file.")
    return path


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
        table, columns = read_workbook(checked(path), form, most=max(rows, 1))
        return Preview(columns, _texts(table), tuple(range(2, table.rows + 2)), ())
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
) -> Imported:
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
) -> Imported:
    """The source for pasted text (or the bytes of a file that was dropped), kept in the project."""
    raw = data.encode() if isinstance(data, str) else data
    name = "The pasted table"
    if len(raw) > MOST_EMBEDDED:
        raise UserError(f"{name} is too large to keep in a project; save it as a file.")
    form = sniff(raw, name) if form is None else form
    table, found, digest = load_text(io.BytesIO(raw), len(raw), form, name, columns, waiting)
    return _source(table, found, digest, form, missing, pack(raw))


def load(source: FileTable, folder: Path | None = None, waiting: Waiting | None = None) -> str:
    """Read what a project's source names into the store; "" or the sentence that went wrong.

    A file that is gone, has changed or can't be read leaves a note in the store, which `prepare`
    turns into a problem; a copy inside the project is used instead, and the note says so. Raises
    Cancelled alone.
    """
    waiting = waiting or Waiting()
    sentence = ""
    if source.path:
        path = _absolute(source.path, folder)
        try:
            if digest_of(path, waiting) == source.digest:
                table, _, _ = _read(path, source.format, source.columns, waiting)
                TABLES.put(source.key, table)
                return ""
            sentence = (
                f"{source.name} has changed since it was read; read it again, or choose another"
                " dataset."
            )
        except UserError as error:
            sentence = str(error)
        except MemoryError:
            sentence = f"{source.name} does not fit into memory."
    if source.embedded:
        trouble = _load_copy(source, sentence, waiting)
        if not trouble:
            return sentence
        sentence = sentence or trouble
    TABLES.put(source.key, None, sentence or "The table has no rows; choose a file.")
    return sentence


def load_source(
    source: DataSource, folder: Path | None = None, waiting: Waiting | None = None
) -> str:
    """`load` for whatever a project's data comes from; "" at once if no file has to be read."""
    if isinstance(source, FileTable) and source.waiting:
        return load(source, folder, waiting)
    return ""


def read_again(
    source: FileTable, folder: Path | None = None, waiting: Waiting | None = None
) -> Imported:
    """The source for what its file holds now, with the same format and the roles by name."""
    path = _absolute(source.path, folder)
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


def embed_copy(source: FileTable, folder: Path | None = None) -> FileTable:
    """The same source with the file inside the project; raises UserError."""
    path = checked(_absolute(source.path, folder))
    if digest_of(path) != source.digest:
        raise UserError(f"{source.name} has changed since it was read; read it again first.")
    return source.replace(embedded=_packed(path))


def digest_of(path: Path | str, waiting: Waiting | None = None) -> str:
    """The hash of a file's bytes; raises UserError, Cancelled."""
    path, waiting = checked(path), waiting or Waiting()
    digest = blake2b(digest_size=16)
    try:
        with path.open("rb") as stream:
            while data := stream.read(_BLOCK):
                waiting.tell(0.0)
                digest.update(data)
    except OSError as error:
        raise UserError(f"{path.name} can't be read: {reason(error)}.") from error
    return digest.hexdigest()


def _load_copy(source: FileTable, sentence: str, waiting: Waiting) -> str:
    data = unpack(source.embedded)
    if data is None or blake2b(data, digest_size=16).hexdigest() != source.digest:
        return f"{source.name}: the copy in the project is damaged."
    try:
        table, _, _ = load_text(
            io.BytesIO(data), len(data), source.format, source.name, source.columns, waiting
        )
    except UserError as error:
        return str(error)
    note = f"{sentence} The copy in the project is used." if sentence else ""
    TABLES.put(source.key, table, note)
    return ""


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
) -> Imported:
    found, notes = settled(columns, table.words, table.name)
    source = FileTable(digest=digest, embedded=packed, format=form, columns=found, missing=missing)
    for name, sentence in source.problems():
        raise UserError(f"{table.name}: the {name} {sentence}.")
    counts = missing_words(table, found)
    if counts:
        notes = (*notes, f"{table.name} has missing values: {counts}.")
    TABLES.put(source.key, table)
    return Imported(source, notes)


def _packed(path: Path) -> bytes:
    if is_workbook(path):
        raise UserError(f"{path.name} can't be kept in the project; save it as CSV first.")
    if path.stat().st_size > MOST_EMBEDDED:
        size = path.stat().st_size / 1e6
        raise UserError(f"{path.name} is too large to keep in a project ({size:.0f} MB).")
    return pack(path.read_bytes())


def relative(path: Path, folder: Path | None) -> str:
    """How a project in `folder` names a file; in no folder by its whole path."""
    if folder is None:
        return str(path.resolve())
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return str(path.resolve())


def moved(source: DataSource, before: Path | None, after: Path) -> DataSource:
    """The same source for a project that goes from one folder (None: it had none) to another."""
    if not isinstance(source, FileTable) or not source.path or before == after:
        return source
    path = relative(_absolute(source.path, before), after)
    return source if path == source.path else source.replace(path=path)


def _absolute(path: str, folder: Path | None) -> Path:
    return Path(path) if folder is None else folder / path


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
