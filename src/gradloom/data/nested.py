"""Checks for settings of data sources that no form edits in one line."""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass
from typing import Any

from gradloom.core.checks import shown
from gradloom.core.errors import BadValue, UserError
from gradloom.core.settings import Declared

MOST_EMBEDDED = 200_000_000  # bytes of files that a project may hold


@dataclass(frozen=True)
class Nested:
    """A check for one record of settings inside another."""

    cls: type[Declared]

    def why_not(self, value: Any) -> str | None:
        if type(value) is not self.cls:
            return f"must be a {self.cls.label.lower()}, not {shown(value)}"
        first = next(iter(value.problems()), None)
        return None if first is None else f"has a bad {first[0]}: it {first[1]}"

    def encode(self, value: Any) -> Any:
        """`value` as plain JSON."""
        return value.encode()

    def decode(self, plain: Any, path: str) -> Any:
        """The record that plain JSON stands for; raises BadValue."""
        return self.cls.decode(plain, path)

    def schema(self) -> dict[str, Any]:
        """This check as JSON Schema."""
        return self.cls.schema()


@dataclass(frozen=True)
class Packed:
    """A check for the bytes of a file, packed by zlib; in files as base64 text.

    "" holds nothing. `pack` and `unpack` go between these and the bytes.
    """

    def why_not(self, value: Any) -> str | None:
        if not isinstance(value, bytes):
            return f"must be the bytes of a file, not {shown(value)}"
        return None

    def encode(self, value: bytes) -> str:
        """`value` as plain JSON."""
        return base64.b64encode(value).decode("ascii")

    def decode(self, plain: Any, path: str) -> bytes:
        """The bytes that plain JSON stands for; raises BadValue."""
        if not isinstance(plain, str):
            raise BadValue(path, "must be text (base64)")
        try:
            return base64.b64decode(plain.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            raise BadValue(path, "is not base64 text") from None

    def schema(self) -> dict[str, Any]:
        """This check as JSON Schema."""
        return {"type": "string"}


def refuse_to_embed(size: int, name: str) -> None:
    """Raise UserError if so many bytes are more than a project may hold."""
    if size > MOST_EMBEDDED:
        raise UserError(f"{name} is too large to keep in a project ({size / 1e6:.0f} MB).")


def pack(data: bytes) -> bytes:
    """The bytes of a file, packed."""
    return zlib.compress(data, 6)


def unpack(packed: bytes) -> bytes | None:
    """What `pack` packed; None if it is broken or larger than a project may hold."""
    opener = zlib.decompressobj()
    try:
        data = opener.decompress(packed, MOST_EMBEDDED + 1)
    except zlib.error:
        return None
    return data if opener.eof and len(data) <= MOST_EMBEDDED else None
