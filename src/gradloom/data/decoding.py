"""From bytes to text: the encoding found by itself, and what is no text told by its first bytes."""

from __future__ import annotations

from gradloom.core.errors import UserError
from gradloom.data.cells import normal_lines
from gradloom.data.format import ENCODINGS

_SAMPLE = 1 << 16
_NEEDED = "a table of text (CSV) is needed"
_FORMS = (
    (b"PK\x03\x04", "an archive or an Excel file", _NEEDED),
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)", "save it as .xlsx or CSV"),
    (b"PAR1", "a Parquet file", _NEEDED),
    (b"%PDF", "a PDF", _NEEDED),
    (b"\x89PNG", "a picture", _NEEDED),
    (b"\xff\xd8\xff", "a picture", _NEEDED),
    (b"GIF8", "a picture", _NEEDED),
    (b"\x1f\x8b", "a packed file (gzip)", "unpack it first"),
    (b"\x7fELF", "a program", _NEEDED),
    (b"SQLite format", "a database", _NEEDED),
)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v\x1a\x1b"))


def find_encoding(data: bytes, name: str, *, whole: bool = True) -> str:
    """The encoding of a text file; raises UserError for what is no text.

    `whole` False: `data` is only the beginning, and may end inside a letter.
    """
    for start, what, advice in _FORMS:
        if data.startswith(start):
            raise UserError(f"{name} is {what}, not a text file; {advice}.")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            _check(data, encoding, name, whole=whole)
            return encoding
    if b"\0" in data[:_SAMPLE]:
        encoding = _wide(data[:_SAMPLE])
        if not encoding or not _decodes(data, encoding, whole=whole):
            raise UserError(f"{name} is not a text file (it holds zero bytes); {_NEEDED}.")
        return encoding
    if len(data[:_SAMPLE].translate(None, _CONTROL)) < 0.98 * len(data[:_SAMPLE]):
        raise UserError(f"{name} is not a text file; {_NEEDED}.")
    if _decodes(data, "utf-8", whole=whole):
        return "utf-8"
    if _is_korean(data, whole=whole):
        return "cp949"
    if _is_broken_utf8(data):
        return "utf-8"  # decoding says where
    return "cp1252" if _decodes(data, "cp1252", whole=whole) else "latin-1"


def decoded(data: bytes, encoding: str, name: str, *, whole: bool = True) -> str:
    """The text of a file, without its mark; raises UserError naming the first line that is none.

    `whole` as in `find_encoding`.
    """
    data = without_mark(data, encoding)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if not whole and error.start >= len(data) - 4:
            return data[: error.start].decode(encoding)
        raise broken_text(name, encoding, error) from None


def broken_text(
    name: str, encoding: str, error: UnicodeDecodeError, before: str = "", line: int = 1
) -> UserError:
    """What to raise where bytes are no letters.

    `before` is the text before those of `error`, which begins on `line`.
    """
    start = normal_lines(before + error.object[: error.start].decode(encoding, "ignore"))
    line += start.count("\n")
    return UserError(
        f"{name}, line {line} is not text in {dict(ENCODINGS)[encoding]}; mend the file, or choose"
        " another encoding."
    )


def without_mark(data: bytes, encoding: str) -> bytes:
    """`data` without the byte order mark of its encoding."""
    for mark, owner in _MARKS:
        if owner == encoding and data.startswith(mark):
            return data[len(mark) :]
    return data


def refuse_pages(text: str, name: str) -> None:
    """UserError for a web page, XML or JSON that carries a table's name."""
    start = text[:1000].lstrip().lower()
    if start.startswith("<?xml") and "<html" not in start:
        raise UserError(f"{name} is XML, not a table; a CSV file is needed.")
    if start.startswith(("<!doctype", "<html", "<?xml", "<head", "<body")):
        raise UserError(
            f"{name} is a web page, not a table; download the file itself, not the page about it."
        )
    if start.startswith(("{", '["', "[{", "[[")):
        raise UserError(f"{name} looks like JSON, not like a table; a CSV file is needed.")


def _decodes(data: bytes, encoding: str, *, whole: bool) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return not whole and error.start >= len(data) - 4
    return True


def _check(data: bytes, encoding: str, name: str, *, whole: bool) -> None:
    if data.startswith(b"\xff\xfe\0\0") or not _decodes(data, encoding, whole=whole):
        promised = encoding.partition("-le")[0].partition("-be")[0].upper()
        raise UserError(f"{name} is not the {promised} text its first bytes promise.")


def _wide(sample: bytes) -> str:
    """UTF-16 told by where its zero bytes are: those of ASCII letters are all on one side."""
    pairs = len(sample) // 2
    first, second = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if second > pairs // 5 and first < second / 2:
        return "utf-16-le"
    return "utf-16-be" if first > pairs // 5 and second < first / 2 else ""


def _is_broken_utf8(data: bytes) -> bool:
    """Whether most letters beyond ASCII are whole ones of UTF-8, though some are broken."""
    text = data.decode("utf-8", "replace")
    strange = len(text) - len(text.encode("ascii", "ignore"))
    return strange > 3 * text.count("\ufffd")


def _is_korean(data: bytes, *, whole: bool) -> bool:
    """Whether most letters beyond ASCII are the 2350 usual syllables, as two bytes each.

    Western letters often make valid CP949 by chance, but then rare syllables or hanja.
    """
    if not _decodes(data, "cp949", whole=whole):
        return False
    text = data[:_SAMPLE].decode("cp949", "ignore")
    strange = [letter for letter in text if letter > "\x7f"]
    usual = sum(
        "\uac00" <= letter <= "\ud7a3" and all(b > 0xA0 for b in letter.encode("cp949"))
        for letter in strange
    )
    return usual > 0.6 * len(strange)
