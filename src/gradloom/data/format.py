"""How a text file holds a table: found by `sniff`, shown in the import preview, set by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradloom.core.checks import Choice, Flag, Optional, Text, Whole
from gradloom.core.settings import Declared, param

ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("utf-16-le", "UTF-16, little endian"),
    ("utf-16-be", "UTF-16, big endian"),
    ("cp949", "Korean (CP949, EUC-KR)"),
    ("cp1252", "Western (Windows-1252)"),
    ("latin-1", "Western (Latin-1)"),
)
DELIMITERS = {"tab": "\t", "semicolon": ";", "bar": "|", "comma": ",", "space": " ", "none": ""}
DECIMALS = {"point": ".", "comma": ","}
THOUSANDS = {"none": "", "comma": ",", "point": ".", "space": " \u00a0\u202f", "apostrophe": "'’"}
QUOTES = {"double": '"', "single": "'", "none": ""}
MARKS = "? - – . na n/a #n/a nan null none missing"


@dataclass(frozen=True)
class TableFormat(Declared):
    """What a program must know to read a text file as a table.

    `delimiter` or `decimal` None: the file can be read in two ways, and a person has to say which.
    """

    label, help = "Format", "How the file holds its table."
    encoding: str = param("utf-8", Choice(*ENCODINGS), "Encoding", "How letters are stored.")
    delimiter: str | None = param(
        "comma",
        Optional(
            Choice(
                ("comma", "Comma"),
                ("semicolon", "Semicolon"),
                ("tab", "Tab"),
                ("bar", "Bar"),
                ("space", "Spaces"),
                ("none", "None, one column"),
            ),
            "Not clear",
        ),
        "Delimiter",
        "What stands between two cells.",
    )
    decimal: str | None = param(
        "point",
        Optional(Choice(("point", "Point, 0.5"), ("comma", "Comma, 0,5")), "Not clear"),
        "Decimal mark",
        "What stands before the decimals.",
    )
    thousands: str = param(
        "none",
        Choice(
            ("none", "None"),
            ("comma", "Comma, 1,234"),
            ("point", "Point, 1.234"),
            ("space", "Space, 1 234"),
            ("apostrophe", "Apostrophe, 1'234"),
        ),
        "Thousands",
        "What groups the digits of large numbers.",
    )
    header: bool = param(True, Flag(), "Header", "The first row holds the names of the columns.")
    skip: int = param(
        0, Whole(0, 1000), "Lines left out", "Lines at the top, before the table.", advanced=True
    )
    comment: str = param(
        "none",
        Choice(("none", "None"), ("#", "#"), ("%", "%"), ("//", "//")),
        "Comments",
        "Lines that start so are passed over.",
        advanced=True,
    )
    quote: str = param(
        "double",
        Choice(("double", 'Double, "…"'), ("single", "Single, '…'"), ("none", "None")),
        "Quotes",
        "What may surround a cell.",
        advanced=True,
    )
    missing: str = param(
        MARKS,
        Text(),
        "Words for missing",
        "Words that stand for a missing value, with spaces between; an empty cell always does.",
        advanced=True,
    )
    sheet: str = param(
        "",
        Text(),
        "Sheet",
        "Which sheet of an Excel file; the first one unless told.",
        advanced=True,
    )

    def rules(self) -> Iterator[tuple[str, str]]:
        if self.delimiter is None:
            yield (
                "delimiter",
                "is not clear: 0,2 may be two cells or one number; choose Comma or None",
            )
        if self.decimal is None:
            yield (
                "decimal",
                "is not clear: 1,234 (or 1.234) may be 1234 or 1 and some decimals; choose one",
            )
        if self.thousands != "none" and self.thousands == self.decimal:
            yield "thousands", "can't be the decimal mark too"
        if self.delimiter == self.thousands == "space":
            yield "thousands", "can't be the delimiter too"

    @property
    def cut(self) -> str:
        """The delimiter as a character; "" for a single column."""
        return DELIMITERS[self.delimiter or "none"]

    @property
    def quoting(self) -> str:
        """The quote as a character, or ""."""
        return QUOTES[self.quote]

    @property
    def marks(self) -> frozenset[str]:
        """What stands for a missing value, in lower case."""
        return frozenset(("", *self.missing.lower().split()))
