"""Strict JSON: bytes become plain values, or one BadValue sentence that names the place.

Refused, beyond what is not JSON: NaN and infinities, numbers a float can't hold, a key twice in one
object, deep nesting, text that UTF-8 can't say. Python's own reader takes all of these.
"""

from __future__ import annotations

import gc
import json
import math
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gradloom.core.errors import BadValue, UserError

DEEPEST = 64
LARGEST = 1_000_000_000  # bytes
_LONGEST_WHOLE = 25  # digits; 64-bit integers take 19
_LARGEST_WHOLE = 10**_LONGEST_WHOLE - 1
_NUMBERS = {float, int, bool}
_HALF = "holds half a character (a lone surrogate)"


def read_file(path: Path) -> Any:
    """The plain value in a JSON file; raises UserError with the file's name."""
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise UserError(f"{path.name} is a folder, not a file.")
        if not stat.S_ISREG(facts.st_mode):
            raise UserError(f"{path.name} is no ordinary file.")
        if facts.st_size > LARGEST:
            size = facts.st_size / 1e9
            raise UserError(f"{path.name} is too large to read ({size:.1f} GB; at most 1 GB).")
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise UserError(f"{path.name} can't be read: {reason(error)}.") from error
    try:
        return parse(data)
    except BadValue as error:
        raise in_file(path, error) from error


def in_file(path: Path, error: BadValue) -> BadValue:
    """The same refusal, with the file's name before the place."""
    place = f"{path.name}: {error.path}" if error.path else path.name
    return BadValue(place, error.sentence)


def reason(error: Exception) -> str:
    """Why the system refused, in its own words."""
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]


def parse(data: bytes) -> Any:
    """The plain value of JSON text in UTF-8; raises BadValue."""
    text = _text(data)
    # all that is made here stays, so to look for garbage among millions of new lists is wasted time
    collecting = gc.isenabled()
    gc.disable()
    try:
        plain = _decoded(text)
        _walk(plain)
    finally:
        if collecting:
            gc.enable()
    return plain


def _decoded(text: str) -> Any:
    try:
        try:
            return _decoder(int).decode(text)
        except json.JSONDecodeError:
            raise
        except ValueError:  # more digits than Python makes a number of
            return _decoder(_whole).decode(text)
    except json.JSONDecodeError as error:
        raise _not_json(text, error) from None
    except RecursionError:
        raise BadValue("", f"is nested too deeply (at most {DEEPEST} levels)") from None


def _decoder(whole: Callable[[str], Any]) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_object,
        parse_constant=lambda word: _Wrong(f"{word} is not a JSON number"),
        parse_int=whole,  # exactly `int` is called at C speed
    )


class _Wrong:
    """Stands in the parsed value where something was refused, until its place is known."""

    def __init__(self, sentence: str, key: str | None = None) -> None:
        self.sentence = sentence
        self.key = key


def _text(data: bytes) -> str:
    if not data.strip():
        raise BadValue("", "is empty")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadValue("", "is UTF-16 text; JSON is written in UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadValue("", f"is not UTF-8 text (byte {error.start})") from None
    if text.lstrip()[:1] == "<":
        raise BadValue("", "is a web page or XML, not JSON")
    return text


def _object(pairs: list[tuple[str, Any]]) -> Any:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return _Wrong("stands twice in one object", key)
        seen.add(key)
    return plain


def _whole(digits: str) -> Any:
    return int(digits) if len(digits.lstrip("-")) <= _LONGEST_WHOLE else _Wrong(_too_large(digits))


def _too_large(digits: str) -> str:
    return f"{_short(digits)} is too large a number"


def _short(digits: str) -> str:
    return digits if len(digits) <= 20 else f"{digits[:12]}… ({len(digits)} digits)"


def _not_json(text: str, error: json.JSONDecodeError) -> BadValue:
    where = f"line {error.lineno}, column {error.colno}"
    if error.pos >= len(text.rstrip()):
        return BadValue(where, "the text ends too early; the file may have been cut off")
    what = error.msg[:1].lower() + error.msg[1:]
    return BadValue(where, f"is not JSON ({what.removesuffix(' at')})")


_Place = tuple["_Place | None", str | int]  # the place around it, and the key or index there


def _walk(plain: Any) -> None:
    """Refuse what was marked wrong, deep nesting, infinite numbers, text that can't be written."""
    front: list[tuple[Any, _Place | None, int]] = [(plain, None, 1)]
    while front:
        value, place, depth = front.pop()
        if type(value) is list:
            _level(place, depth)
            if not _plain_numbers(value):
                judge = _doubtful if depth < DEEPEST else _doubtful_deep
                front.extend(
                    (item, (place, i), depth + 1) for i, item in enumerate(value) if judge(item)
                )
        elif type(value) is dict:
            _level(place, depth)
            judge = _doubtful if depth < DEEPEST else _doubtful_deep
            for key, item in value.items():
                if not (key.isascii() or _writable(key)):
                    raise BadValue(_said(place), _HALF)
                if judge(item):
                    front.append((item, (place, key), depth + 1))
        elif type(value) is str and not _writable(value):
            raise BadValue(_said(place), _HALF)
        elif type(value) is float and not math.isfinite(value):
            raise BadValue(_said(place), "is too large a number")
        elif type(value) is int and abs(value) > _LARGEST_WHOLE:
            raise BadValue(_said(place), _too_large(str(value)))
        elif type(value) is _Wrong:
            raise BadValue(_joined(_said(place), value.key), value.sentence)


def _plain_numbers(value: list[Any]) -> bool:
    """Whether all are numbers in bounds: long lists of them are most of a file, so at C speed."""
    kinds = set(map(type, value))
    if not kinds <= _NUMBERS:
        return False
    if int in kinds:
        return bool(min(value) >= -_LARGEST_WHOLE and max(value) <= _LARGEST_WHOLE)
    return all(map(math.isfinite, value))


def _doubtful(item: Any) -> bool:
    kind = type(item)
    if kind is float:
        return not math.isfinite(item)
    if kind is int:
        return not -_LARGEST_WHOLE <= item <= _LARGEST_WHOLE
    if kind is str:
        return not item.isascii()
    return kind is _Wrong or (bool(item) and kind in (list, dict))


def _doubtful_deep(item: Any) -> bool:
    """The same where not even an empty list may follow."""
    return _doubtful(item) or type(item) in (list, dict)


def _level(place: _Place | None, depth: int) -> None:
    if depth > DEEPEST:
        raise BadValue(_said(place)[:100], f"is nested too deeply (at most {DEEPEST} levels)")


def _said(place: _Place | None) -> str:
    """The place in words; put together only when something is wrong there, as that is slow."""
    keys: list[str | int] = []
    while place is not None:
        place, key = place
        keys.append(key)
    path = ""
    for key in reversed(keys):
        path = f"{path}[{key}]" if isinstance(key, int) else _joined(path, key)
    return path


def _joined(path: str, key: str | None) -> str:
    if key is None:
        return path
    return f"{path}.{key[:60]}" if path else key[:60]


def _writable(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)
