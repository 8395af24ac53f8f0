"""What stands before decimals and what groups digits, by the evidence of all cells together."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from gradloom.data.format import TableFormat

MARKED = re.compile(r"[+-]?(\d*(?:[.,]\d*)+)(?:[eE][+-]?\d+)?", re.ASCII)
SPACED = re.compile(r"[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d*)?", re.ASCII)
TICKED = re.compile(r"[+-]?\d{1,3}(?:['’]\d{3})+(?:[.,]\d*)?", re.ASCII)
_LATE = re.compile(r"(?<=[;\n])[+-]?\d*[.,][\d.,]*(?=[;\r\n])", re.ASCII)
_CELLS = 1000  # with marks that come late


def with_marks(rows: list[list[str]], form: TableFormat, text: str) -> TableFormat:
    """With the decimal mark and the grouping of digits that all cells together tell.

    Where no cell of the sampled `rows` has a mark, the first ones below them in `text` tell: 1.234
    would be read as a decimal number without a word.
    """
    if form.delimiter is None:
        return form.replace(decimal="comma")
    told = _told(rows, form, text)
    grouping = _grouping(rows, form)
    if grouping != "none":
        form = form.replace(thousands=grouping)
    comma, point = told["decimal ,"], told["decimal ."]
    if comma or point:
        first = next(mark for mark in told if mark.startswith("decimal"))
        even = comma == point
        decimal = "comma" if comma > point or (even and first == "decimal ,") else "point"
        grouped = {"comma": ".", "point": ","}[decimal]
        several = told[f"group {grouped}"] or told[f"either {grouped}"]
        if grouping == "none" and several and not told[f"decimal {grouped}"]:
            form = form.replace(thousands={",": "comma", ".": "point"}[grouped])
        return form.replace(decimal=decimal)
    if told["group ,"] or told["group ."]:
        if told["group ,"] and told["group ."]:
            return form.replace(decimal=None)
        groups = "comma" if told["group ,"] else "point"
        other = "point" if groups == "comma" else "comma"
        return form.replace(thousands=groups, decimal=other)
    if told["either ,"] or (told["either ."] and form.delimiter == "semicolon"):
        return form.replace(decimal=None)
    return form


def _told(rows: list[list[str]], form: TableFormat, text: str) -> Counter[str]:
    told: Counter[str] = Counter()
    for row in rows:
        for cell in row:
            if "." in cell or "," in cell:
                told.update(_evidence(cell))
    if not told and form.delimiter == "semicolon":
        first = min((at for at in map(text.find, ".,") if at >= 0), default=len(text))
        start = max(text.rfind("\n", 0, first), 0)
        for late in islice(_LATE.finditer(text, start), _CELLS):
            told.update(_evidence(late[0]))
    return told


def _evidence(cell: str) -> tuple[str, ...]:
    """What one cell says of its marks: "decimal ,", "group .", "either ," (both could be)."""
    found = MARKED.fullmatch(SPACED.sub(_joined, cell))
    if not found:
        return ()
    digits = found[1]
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        last = max(".,", key=digits.rfind)
        first = "," if last == "." else "."
        whole = digits.partition(last)[0]
        if digits.count(last) == 1 and _groups(whole, first):
            return f"decimal {last}", f"group {first}"
        return ()
    mark = "." if points else ","
    if points + commas > 1:
        return (f"group {mark}",) if _groups(digits, mark) else ()
    if _groups(digits, mark) and not digits.startswith("0") and digits == cell.lstrip("+-"):
        return (f"either {mark}",)
    return (f"decimal {mark}",)


def _joined(found: re.Match[str]) -> str:
    return re.sub(r"[ \u00a0\u202f]", "", found[0])


def _groups(digits: str, mark: str) -> bool:
    first, *others = digits.split(mark)
    return 1 <= len(first) <= 3 and bool(others) and all(len(group) == 3 for group in others)


def _grouping(rows: list[list[str]], form: TableFormat) -> str:
    if form.delimiter != "space" and any(SPACED.fullmatch(cell) for row in rows for cell in row):
        return "space"
    if any(TICKED.fullmatch(cell) for row in rows for cell in row):
        return "apostrophe"
    return "none"
