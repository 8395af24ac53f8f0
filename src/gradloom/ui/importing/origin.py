"""What an import looks at: a file, or text that was pasted. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gradloom.core.errors import UserError
from gradloom.data import Column, FileTable, TableFormat
from gradloom.data.loading import Preview, preview
from gradloom.data.nested import MOST_EMBEDDED, unpack
from gradloom.data.sniffing import sniff
from gradloom.data.sources.file import Imported
from gradloom.data.table_files import import_file, import_text, preview_file, sniff_file
from gradloom.data.waiting import Waiting
from gradloom.data.workbooks import is_workbook


@dataclass(frozen=True)
class Origin:
    """A file at `path`, or the bytes of pasted text. All methods take their time."""

    path: Path | None = None
    data: bytes = b""

    @property
    def name(self) -> str:
        """For sentences."""
        return "The pasted table" if self.path is None else self.path.name

    @property
    def workbook(self) -> bool:
        """Whether it is an Excel or Parquet file."""
        return self.path is not None and is_workbook(self.path)

    def sniff(self) -> TableFormat:
        """The format as found; raises UserError."""
        if self.path is not None:
            return sniff_file(self.path)
        if len(self.data) > MOST_EMBEDDED:
            raise UserError(f"{self.name} is too large to keep in a project; save it as a file.")
        return sniff(self.data, self.name)

    def preview(self, form: TableFormat, rows: int) -> Preview:
        """The first rows in this format; raises UserError."""
        if self.path is not None:
            return preview_file(self.path, form, rows)
        return preview(self.data, form, rows, self.name)

    def bring(
        self,
        form: TableFormat,
        columns: Sequence[Column],
        folder: Path | None,
        missing: str,
        waiting: Waiting,
        *,
        embed: bool,
    ) -> Imported[FileTable]:
        """The source for a project; raises UserError, Cancelled."""
        if self.path is None:
            return import_text(self.data, form, columns, missing, waiting)
        return import_file(self.path, form, columns, folder, missing, waiting, embed=embed)


def origin_of(source: FileTable, folder: Path | None) -> Origin:
    """What a project's table was read from; raises UserError if neither file nor copy is left."""
    if source.path:
        path = Path(source.path) if folder is None else folder / source.path
        if path.is_file():
            return Origin(path)
    data = unpack(source.embedded) if source.embedded else None
    if data is None:
        raise UserError(f"{source.name} is not where it was; open the table anew.")
    return Origin(None, data)
