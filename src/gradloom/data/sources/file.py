"""Data in files: the project keeps where they are, what they held and how they are read."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import PurePath
from typing import Any, ClassVar, Generic, TypeVar

import numpy as np

from gradloom.core.checks import Choice, Text
from gradloom.core.errors import UserError
from gradloom.core.problem import Problem, Severity
from gradloom.core.settings import param
from gradloom.data.columns import Column, Columns
from gradloom.data.dataset import SOURCES, Dataset, DataSource, frozen
from gradloom.data.format import TableFormat
from gradloom.data.gathering import LoadedTable
from gradloom.data.nested import Nested, Packed
from gradloom.data.store import TABLES
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target

_DEFAULT = (Column("x1"), Column("y", "target"))


def _last(path: str) -> str:
    return PurePath(path.replace("\\", "/")).name


def _hidden(_: Any) -> bool:
    return False


@dataclass(frozen=True)
class FileSource(DataSource):
    """Base of what comes from files: looked up in the store, never read here.

    `path` is relative to the project's folder where it can be, as are all settings in `paths`.
    `digest` is the hash of what was read; `embedded` may hold that, packed, for when the file is
    gone. These are live: where the same numbers are kept is nothing to a run.
    """

    task: ClassVar[str] = "table"
    offered: ClassVar[bool] = False
    paths: ClassVar[tuple[str, ...]] = ("path",)
    change_label: ClassVar[str] = ""  # of the button that shows again how it is read
    change_help: ClassVar[str] = ""
    path: str = param("", Text(1000), "File", "Where the file is.", live=True, when=_hidden)
    digest: str = param("", Text(64), "Content", "The hash of its bytes.", when=_hidden)
    embedded: bytes = param(
        b"", Packed(), "Copy", "The file inside the project.", live=True, when=_hidden
    )

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.kind, *(getattr(self, s.name) for s in self.settings())))

    @property
    def key(self) -> str:
        """What the store knows the content by."""
        return f"{self.kind}:{self.digest}"

    @property
    def name(self) -> str:
        """The file's name, for sentences."""
        return _last(self.path) or "The pasted table"

    @cached_property
    def bare(self) -> FileSource:
        names = {n: _last(getattr(self, n)) for n in self.paths}
        same = not self.embedded and all(getattr(self, n) == name for n, name in names.items())
        return self if same else self.replace(embedded=b"", **names)

    @property
    def waiting(self) -> bool:
        """Whether the file has to be read (see `load`) before there is data."""
        return TABLES.get(self.key) is None

    @property
    def stamp(self) -> Hashable:
        return TABLES.stamp(self.key)

    def troubles(self) -> Iterator[Problem]:
        note = TABLES.note(self.key)
        if self.waiting:
            text = note or f"{self.name} has not been read yet."
            yield Problem(text, field="source", fix="load_file")
        elif note:
            yield Problem(note, field="source", severity=Severity.WARNING, fix="reload_file")


S_co = TypeVar("S_co", bound=FileSource, covariant=True)


@dataclass(frozen=True)
class Imported(Generic[S_co]):
    """A source made of files, which the store holds already, and what there is to say of it."""

    source: S_co
    notes: tuple[str, ...]


def changed(source: FileSource) -> UserError:
    """What to raise where a file is not what it was."""
    return UserError(
        f"{source.name} has changed since it was read; read it again, or choose another dataset."
    )


def damaged(source: FileSource) -> UserError:
    """What to raise where the copy inside the project is none."""
    return UserError(f"{source.name}: the copy in the project is damaged.")


@SOURCES.add
@dataclass(frozen=True, eq=True)
class FileTable(FileSource):
    """Columns of a CSV, Excel or Parquet file, each a feature, a target or left out.

    A column of words becomes one feature for each word (1 where it stands), or classes.
    """

    kind, label, help = "file", "Table from a file", "Numbers and words from a file of your own."
    change_label: ClassVar[str] = "Columns…"
    change_help: ClassVar[str] = (
        "Which columns are features and which are targets, and how the file is read."
    )
    format: TableFormat = param(
        TableFormat, Nested(TableFormat), "Format", "How it is read.", when=_hidden
    )
    columns: tuple[Column, ...] = param(
        (), Columns(), "Columns", "The role and type of each column.", when=_hidden
    )
    missing: str = param(
        "drop",
        Choice(
            ("drop", "Leave out the row"),
            ("fill", "Mean, or the most frequent"),
            ("refuse", "Refuse"),
        ),
        "Missing values",
        "Means and most frequent words are those of the training part.",
    )

    __hash__ = FileSource.__hash__

    @cached_property
    def key(self) -> str:
        types = tuple((c.name, c.type) for c in self.columns)
        form = blake2b(repr((self.format, types)).encode(), digest_size=8).hexdigest()
        return f"{self.kind}:{self.digest}:{form}"

    @cached_property
    def _used(self) -> tuple[Column, ...]:
        return self.columns or _DEFAULT

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(n for c in self._used if c.role == "feature" for n in c.feature_names)

    @cached_property
    def target_columns(self) -> tuple[Target, ...]:
        return tuple(Target(c.name, c.categories) for c in self._used if c.role == "target")

    @property
    def groups(self) -> tuple[slice, ...]:
        found, at = [], 0
        for column in self._used:
            if column.role == "feature":
                width = len(column.feature_names)
                if column.type == "category":
                    found.append(slice(at, at + width))
                at += width
        return tuple(found)

    def make(self, seed: int) -> Dataset:
        if TABLES.get(self.key) is None:
            return self._dataset(np.zeros((0, self.features)), None)
        roles = tuple(column.role for column in self.columns)
        made: Dataset = TABLES.derived(self.key, (roles, self.missing == "fill"), self._made)
        return made

    def troubles(self) -> Iterator[Problem]:
        yield from super().troubles()
        table: LoadedTable | None = TABLES.get(self.key)
        if table is None:
            return
        counts = missing_words(table, self.columns)
        if counts and self.missing == "refuse":
            yield Problem(
                f"{self.name} has missing values ({counts}); leave those rows out or fill them in.",
                field="source",
            )
        elif table.rows and not len(self.make(0)):
            yield Problem(
                f"Every row of {self.name} has a missing value ({counts}); fill them in or leave a"
                " column out.",
                field="source",
            )

    def kept(self, table: LoadedTable) -> Array:
        """Which rows of the file become rows of the dataset: those with what it needs."""
        needed = self._places("target")
        if self.missing != "fill":
            needed += self._places("feature")
        keep = np.ones(table.rows, bool)
        for i in needed:
            if table.missing[i]:
                array = table.arrays[i]
                keep &= ~np.isnan(array) if array.dtype == np.float64 else array >= 0
        return keep

    def _places(self, role: str) -> list[int]:
        return [i for i, column in enumerate(self.columns) if column.role == role]

    def _made(self, table: LoadedTable) -> Dataset:
        used, wanted = self._places("feature"), self._places("target")
        keep = self.kept(table)
        rows = slice(None) if keep.all() else keep
        features = np.empty((int(keep.sum()), self.features))
        at = 0
        for i in used:
            width = len(self.columns[i].feature_names)
            features[:, at : at + width] = _expanded(table.arrays[i][rows], width)
            at += width
        targets = np.empty((len(features), len(wanted)))
        for place, i in enumerate(wanted):
            targets[:, place] = table.arrays[i][rows]
        return self._dataset(frozen(features), frozen(targets))

    def _dataset(self, features: Array, targets: Array | None) -> Dataset:
        if targets is None:
            targets = np.zeros((0, len(self.target_columns)))
        stem = PurePath(self.name).stem
        return Dataset(stem, features, self.feature_names, targets, self.target_columns)


def _expanded(array: Array, width: int) -> Array:
    """(rows, width): numbers as they are, words one-hot with NaN in the row of a missing one."""
    if array.dtype == np.float64:
        return np.asarray(array[:, None])
    hot: Array = (array[:, None] == np.arange(width)).astype(np.float64)
    hot[array < 0] = np.nan
    return np.asarray(hot)


def missing_words(table: LoadedTable, columns: tuple[Column, ...]) -> str:
    """How many values are missing in the columns that are used: "age 3, weight 12"; or ""."""
    counts = [
        f"{column.name} {count:,}"
        for column, count in zip(columns, table.missing, strict=True)
        if count and column.role != "ignore"
    ]
    return ", ".join(counts[:6]) + (" …" if len(counts) > 6 else "")
