"""Whatever a project's data is read from: read again, and named anew where the project goes.

Nothing here is quick enough for a window's own thread. `Waiting` tells progress and stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from gradloom.core.errors import UserError
from gradloom.data import picture_files, table_files
from gradloom.data.dataset import DataSource
from gradloom.data.paths import absolute, relative
from gradloom.data.sources.file import FileSource, FileTable, Imported
from gradloom.data.sources.pictures import FilePictures
from gradloom.data.store import TABLES, Sized
from gradloom.data.waiting import Waiting


class _Reader(Protocol):
    """A module that knows how to read one kind of source. All raise UserError, Cancelled."""

    def read(self, source: Any, folder: Path | None, waiting: Waiting) -> Sized:
        """What its files hold, if that is what they held."""

    def unpacked(self, source: Any, waiting: Waiting) -> Sized:
        """What the copy inside the project holds."""

    def again(self, source: Any, folder: Path | None, waiting: Waiting) -> Imported[FileSource]:
        """The source for what its files hold now."""

    def placed(self, source: Any, path: Path, folder: Path | None) -> FileSource:
        """The same source with its files somewhere else."""


_READERS: Mapping[type[FileSource], _Reader] = {
    FileTable: table_files,
    FilePictures: picture_files,
}


def load(source: FileSource, folder: Path | None = None, waiting: Waiting | None = None) -> str:
    """Read what a project's source names into the store; "" or the sentence that went wrong.

    A file that is gone, has changed or can't be read leaves a note in the store, which `prepare`
    turns into a problem; a copy inside the project is used instead, and the note says so. Raises
    Cancelled alone.
    """
    waiting = waiting or Waiting()
    reader = _READERS[type(source)]
    sentence = ""
    if source.path:
        try:
            TABLES.put(source.key, reader.read(source, folder, waiting))
            return ""
        except UserError as error:
            sentence = str(error)
        except MemoryError:
            sentence = f"{source.name} does not fit into memory."
    if source.embedded:
        try:
            content = reader.unpacked(source, waiting)
        except UserError as error:
            sentence = sentence or str(error)
        else:
            note = f"{sentence} The copy in the project is used." if sentence else ""
            TABLES.put(source.key, content, note)
            return sentence
    TABLES.put(source.key, None, sentence or "There are no rows; choose a file.")
    return sentence


def load_source(
    source: DataSource, folder: Path | None = None, waiting: Waiting | None = None
) -> str:
    """`load` for whatever a project's data comes from; "" at once if no file has to be read."""
    if isinstance(source, FileSource) and source.waiting:
        return load(source, folder, waiting)
    return ""


def read_again(
    source: FileSource, folder: Path | None = None, waiting: Waiting | None = None
) -> Imported[FileSource]:
    """The source for what its files hold now, read in the same way."""
    return _READERS[type(source)].again(source, folder, waiting or Waiting())


def found_at(source: FileSource, path: Path, folder: Path | None) -> FileSource:
    """The same source, of a project in `folder`, with its files where a person says they are.

    Raises UserError.
    """
    return _READERS[type(source)].placed(source, path, folder)


def moved(source: DataSource, before: Path | None, after: Path) -> DataSource:
    """The same source for a project that goes from one folder (None: it had none) to another."""
    if not isinstance(source, FileSource) or before == after:
        return source
    named = {name: getattr(source, name) for name in source.paths}
    gone = {n: relative(absolute(path, before), after) for n, path in named.items() if path}
    return source if gone == named else source.replace(**gone)
