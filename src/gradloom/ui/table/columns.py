"""The columns of the data page: what stands in them, made from the prepared data. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from gradloom.core.counting import counted
from gradloom.data import TABLES, FileTable, Prepared
from gradloom.data.gathering import LoadedTable
from gradloom.data.ink import Ink, ink_of
from gradloom.data.summary import Summary, summary
from gradloom.document import State
from gradloom.layers.shapes import Array

PARTS = ("training", "validation", "test")


@dataclass(frozen=True, eq=False)
class PageColumn:
    """`values` (rows,) are numbers, or numbers of `classes` where there are some.

    `missing` counts in the file: those rows are left out or filled in.
    """

    name: str
    role: str  # "feature", "target"
    values: Array = field(repr=False)
    classes: tuple[str, ...] = ()
    missing: int = 0

    @property
    def kind(self) -> str:
        """Role and type in words."""
        return f"{self.role} · {'category' if self.classes else 'number'}"

    @cached_property
    def summary(self) -> Summary:
        """What is in it; takes a moment for many rows."""
        return summary(self.values, len(self.classes))

    @property
    def summed(self) -> bool:
        """Whether `summary` is known already."""
        return "summary" in self.__dict__

    def text(self, row: int) -> str:
        """The cell of a row."""
        value = float(self.values[row])
        return self.classes[int(value)] if self.classes else f"{value:.6g}"


@dataclass(frozen=True, eq=False)
class Page:
    """A dataset as the page shows it. `part` (rows,) is an index into `PARTS`."""

    name: str
    rows: int
    columns: tuple[PageColumn, ...]
    part: Array
    shape: tuple[int, ...] | None  # of a row of features, where it is a picture
    pictures: Array
    ignored: tuple[str, ...]
    dropped: int

    @cached_property
    def ink(self) -> Ink:
        """How the pictures are to be seen."""
        return ink_of(self.pictures.reshape(-1, *(self.shape or (1, 1, 1))))

    @property
    def target(self) -> PageColumn | None:
        """The first target."""
        return next((c for c in self.columns if c.role == "target"), None)


def page_of(state: State) -> Page:
    """The page of a state's data."""
    prepared, source = state.prepared, state.data.source
    data = prepared.dataset
    part = np.zeros(len(data), np.int8)
    part[prepared.split.validation] = 1
    part[prepared.split.test] = 2
    missing: dict[str, int] = {}
    ignored: tuple[str, ...] = ()
    dropped = 0
    if isinstance(source, FileTable):
        ignored = tuple(c.name for c in source.columns if c.role == "ignore")
        table: LoadedTable | None = TABLES.get(source.key)
        if table is not None:
            missing = dict(zip(table.columns, table.missing, strict=True))
            dropped = table.rows - len(data)
    features = tuple(_features(state, prepared, missing))
    targets = tuple(
        PageColumn(t.name, "target", data.targets[:, i], t.classes, missing.get(t.name, 0))
        for i, t in enumerate(data.target_columns)
    )
    shape = data.feature_shape
    columns = (*targets, *features) if shape is not None else (*features, *targets)
    return Page(data.name, len(data), columns, part, shape, data.features, ignored, dropped)


def _features(state: State, prepared: Prepared, missing: dict[str, int]) -> list[PageColumn]:
    """Feature columns; those that stand for the words of one column are that column again."""
    data, source = prepared.dataset, state.data.source
    words = {}
    if isinstance(source, FileTable):
        named = [c for c in source.columns if c.role == "feature" and c.type == "category"]
        words = {g.start: (g, c) for g, c in zip(source.groups, named, strict=True)}
    found, at = [], 0
    while at < len(data.feature_names):
        if at in words:
            group, column = words[at]
            values = data.features[:, group].argmax(axis=1)
            count = missing.get(column.name, 0)
            found.append(PageColumn(column.name, "feature", values, column.categories, count))
            at = group.stop
        else:
            name = data.feature_names[at]
            values = data.features[:, at]
            found.append(PageColumn(name, "feature", values, (), missing.get(name, 0)))
            at += 1
    return found


def words_of(page: Page) -> str:
    """The dataset in a line."""
    features = sum(c.role == "feature" for c in page.columns)
    words = f"{counted(page.rows, 'row')}, {counted(features, 'feature')}"
    if page.dropped:
        left = "is" if page.dropped == 1 else "are"
        words += f"; {counted(page.dropped, 'row')} with missing values {left} left out"
    if page.ignored:
        names = ", ".join(page.ignored[:4]) + (" …" if len(page.ignored) > 4 else "")
        words += f"; columns left out: {names}"
    return words


def facts_of(column: PageColumn) -> list[tuple[str, str]]:
    """The statistics of a column, named."""
    found = column.summary
    facts = [("Rows", f"{found.count:,}"), ("Missing", f"{column.missing:,}")]
    if not column.classes:
        facts += [
            ("Smallest", f"{found.low:.6g}"),
            ("Largest", f"{found.high:.6g}"),
            ("Mean", f"{found.mean:.6g}"),
            ("Deviation", f"{found.deviation:.6g}"),
        ]
    return [*facts, ("Distinct", f"{found.distinct:,}")]


def balance(column: PageColumn, part: Array) -> Array:
    """(classes, parts): how many rows of each class each part has."""
    counts = np.zeros((len(column.classes), len(PARTS)), int)
    np.add.at(counts, (column.values.astype(np.intp), part), 1)
    return counts
