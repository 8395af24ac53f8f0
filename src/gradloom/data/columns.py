"""What each column of a file is: its role, its type and the words that stand in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from gradloom.core.checks import Choice
from gradloom.core.counting import counted
from gradloom.core.errors import BadValue
from gradloom.data.cells import MOST_COLUMNS, number
from gradloom.data.format import TableFormat

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
# "column 1" is what a first column without a name is called, as pandas writes its index
_ROW_NAMES = frozenset(("id", "index", "row", "no", "nr", "#", "column 1", "unnamed: 0"))
MOST_CATEGORIES = 100  # of a column that becomes features, or classes
ROLES = Choice(("feature", "Feature"), ("target", "Target"), ("ignore", "Left out"))
TYPES = Choice(("number", "Number"), ("category", "Category"))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file. `categories` are the words of a category, in their order."""

    name: str
    role: str = "feature"
    type: str = "number"
    categories: tuple[str, ...] = ()

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The features it becomes: itself, or one for each of its words."""
        if self.type == "number":
            return (self.name,)
        return tuple(f"{self.name}={word}" for word in self.categories)


@dataclass(frozen=True)
class Columns:
    """A check for the columns of a file, a tuple of `Column`.

    In files: [{"name", "role", "type", "categories"}].
    """

    most: ClassVar[int] = MOST_COLUMNS

    def why_not(self, value: Any) -> str | None:
        if not isinstance(value, tuple) or not all(isinstance(c, Column) for c in value):
            return "must be a list of columns"
        if len(value) > self.most:
            return f"must be at most {self.most} columns, not {len(value)}"
        names = Counter(column.name for column in value)
        if len(names) < len(value):
            return f"has two columns of the name {names.most_common(1)[0][0]!r}"
        for column in value:
            sentence = ROLES.why_not(column.role) or TYPES.why_not(column.type)
            if sentence:
                return f"has a column {column.name!r} that {sentence}"
            if len(set(column.categories)) < len(column.categories):
                return f"has a category twice in the column {column.name!r}"
        return self._features(value)

    def _features(self, columns: tuple[Column, ...]) -> str | None:
        if not columns:
            return None
        names = [n for c in columns if c.role == "feature" for n in c.feature_names]
        if not names:
            return "has no feature; make at least one column a feature"
        names += [c.name for c in columns if c.role == "target"]
        twice = [name for name, times in Counter(names).items() if times > 1]
        return f"gives the feature {twice[0]!r} twice; rename a column" if twice else None

    def encode(self, value: tuple[Column, ...]) -> list[dict[str, Any]]:
        """`value` as plain JSON."""
        return [
            {"name": c.name, "role": c.role, "type": c.type, "categories": list(c.categories)}
            for c in value
        ]

    def decode(self, plain: Any, path: str) -> tuple[Column, ...]:
        """The columns that plain JSON stands for; raises BadValue with the place."""
        if not isinstance(plain, list):
            raise BadValue(path, "must be a list of columns")
        value = tuple(_column(item, f"{path}[{i}]") for i, item in enumerate(plain))
        sentence = self.why_not(value)
        if sentence is not None:
            raise BadValue(path, sentence)
        return value

    def schema(self) -> dict[str, Any]:
        """This check as JSON Schema."""
        text = {"type": "string"}
        return {
            "type": "array",
            "maxItems": self.most,
            "items": {
                "type": "object",
                "properties": {
                    "name": text,
                    "role": ROLES.schema(),
                    "type": TYPES.schema(),
                    "categories": {"type": "array", "items": text, "uniqueItems": True},
                },
                "required": ["name", "role", "type", "categories"],
                "additionalProperties": False,
            },
        }


def _column(plain: Any, path: str) -> Column:
    fields = {"name", "role", "type", "categories"}
    if not isinstance(plain, dict) or set(plain) != fields:
        raise BadValue(path, 'must be an object with "name", "role", "type" and "categories"')
    words = plain["categories"]
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise BadValue(f"{path}.categories", "must be a list of words")
    if not isinstance(plain["name"], str):
        raise BadValue(f"{path}.name", "must be text")
    return Column(plain["name"], plain["role"], plain["type"], tuple(words))


def guess_columns(
    names: Sequence[str], rows: Sequence[Sequence[str]], form: TableFormat
) -> tuple[Column, ...]:
    """Types by what stands in most cells of these rows; the last column is the target.

    A target of just two whole numbers, as 0 and 1, is one of two classes. A column that only counts
    the rows, by its name and its numbers, is left out.
    """
    marks = form.marks
    found = []
    for i, name in enumerate(names):
        cells = [row[i] for row in rows if i < len(row) and row[i].lower() not in marks]
        figures = sum(number(cell, form) is not None for cell in cells)
        kind = "number" if figures > len(cells) / 2 or not cells else "category"
        role = "ignore" if _counts_rows(name, cells) else "feature"
        found.append(Column(name, role, kind))
    if len(found) > 1:
        kind = "category" if _are_two_classes(cells) else found[-1].type
        found[-1] = replace(found[-1], role="target", type=kind)
    return tuple(found)


def looked_at(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], form: TableFormat
) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """What the first rows tell of guessed columns: words and gaps, a line for each.

    Features of more words than can be used are left out at once.
    """
    found, told = [], []
    for i, column in enumerate(columns):
        cells = [row[i] for row in rows if i < len(row)]
        there = [cell for cell in cells if cell.lower() not in form.marks]
        words = len(set(there)) if column.type == "category" else 0
        many, gaps = words > MOST_CATEGORIES, len(cells) - len(there)
        facts = [f"{words:,} different words{', too many to use' if many else ''}"] if words else []
        facts += [counted(gaps, "gap")] if gaps else []
        told.append(", ".join(facts))
        role = "ignore" if many and column.role == "feature" else column.role
        found.append(replace(column, role=role))
    return tuple(found), tuple(told)


def _counts_rows(name: str, cells: Sequence[str]) -> bool:
    if name.lower() not in _ROW_NAMES or len(cells) < 2 or not cells[0].isdecimal():
        return False
    first = int(cells[0])
    return all(cell == str(first + i) for i, cell in enumerate(cells))


def _are_two_classes(cells: Sequence[str]) -> bool:
    counts = Counter(cells)
    return len(counts) == 2 and all(
        times > 1 and _WHOLE.fullmatch(cell) for cell, times in counts.items()
    )


def settled(
    columns: Sequence[Column], words: Sequence[tuple[str, ...] | None], name: str
) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """Columns with the words found in the whole file, and a sentence for each one left out.

    `words` holds None for a column of more different words than can be used.
    """
    found, notes = [], []
    for column, categories in zip(columns, words, strict=True):
        if column.type == "number":
            found.append(column)
        elif categories:
            found.append(replace(column, categories=categories))
        else:
            if column.role != "ignore":
                many = f"more than {MOST_CATEGORIES} different words" if categories is None else ""
                notes.append(
                    f"{name}: the column {column.name!r} has {many or 'no value'}, so it is left"
                    " out."
                )
            found.append(replace(column, role="ignore"))
    return tuple(found), tuple(notes)
