"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from gradloom.core.errors import UserError
from gradloom.core.reading import reason

_PIECE = 4096  # items of a list that are encoded at once, holding the interpreter for milliseconds
_ROOM = 1 << 16  # characters
_PLAIN = {float, int, bool, str, type(None)}

_NOT_ORDINARY = "it is no ordinary file"


def json_bytes(plain: Any) -> bytes:
    """Plain JSON as text for people: short lists of numbers on one line; no NaN (ValueError)."""
    return b"".join(json_pieces(plain))


def json_pieces(plain: Any) -> Iterator[bytes]:
    """The same in pieces, each of which takes a few milliseconds: other threads go on between."""
    waiting: list[str] = []
    room = _ROOM
    for text in _pretty(plain, ""):
        waiting.append(text)
        room -= len(text)
        if room <= 0:
            yield "".join(waiting).encode()
            waiting.clear()
            room = _ROOM
    yield ("".join(waiting) + "\n").encode()


def refuse_unwritable(path: Path) -> None:
    """Raise UserError if `write_whole` would be refused now; for before long work."""
    try:
        target = path.resolve()
        if target.is_dir():
            raise ValueError("it is a folder")
        if target.exists() and not target.is_file():
            raise ValueError(_NOT_ORDINARY)
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except (OSError, ValueError, RuntimeError) as error:
        raise _unwritable(path, error) from error


def write_whole(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Put `data` in a file, atomically: the old file stays until the new one is on the disk.

    A symbolic link stays one, permissions stay as they were. Raises UserError, and what `data`
    raises while it is gone through.
    """
    try:
        target = path.resolve()
        if target.exists() and not (target.is_file() or target.is_dir()):
            raise ValueError(_NOT_ORDINARY)  # a device or pipe must not be replaced
        mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in (data,) if isinstance(data, bytes) else data:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
        _sync_folder(target.parent)
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: Exception) -> UserError:
    return UserError(f"{path.name} can't be written to {path.parent}: {reason(error)}.")


def _sync_folder(folder: Path) -> None:
    # so that the new name survives a power cut; not every system opens folders
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _pretty(plain: Any, indent: str) -> Iterator[str]:
    """JSON with an object's fields on lines of their own, and lists of plain values on one line."""
    deeper = indent + "  "
    if isinstance(plain, dict) and plain and not _is_small(plain):
        opening = "{\n"
        for key, value in plain.items():
            yield f"{opening}{deeper}{_line(key)}: "
            yield from _pretty(value, deeper)
            opening = ",\n"
        yield f"\n{indent}}}"
    elif isinstance(plain, list) and _has_inner(plain):
        opening = "[\n"
        for item in plain:
            yield opening + deeper
            yield from _pretty(item, deeper)
            opening = ",\n"
        yield f"\n{indent}]"
    elif isinstance(plain, list) and len(plain) > _PIECE:
        opening = "["
        for piece in _pieces(plain):
            yield opening + _line(piece)[1:-1]
            opening = ", "
        yield "]"
    else:
        yield _line(plain)


def _pieces(plain: list[Any]) -> Iterator[list[Any]]:
    return (plain[i : i + _PIECE] for i in range(0, len(plain), _PIECE))


def _has_inner(plain: list[Any]) -> bool:
    for piece in _pieces(plain):
        if not _PLAIN.issuperset(map(type, piece)) and any(
            isinstance(item, dict | list) for item in piece
        ):
            return True
    return False


def _is_small(plain: dict[str, Any]) -> bool:
    return len(plain) <= 4 and not any(isinstance(v, dict | list) for v in plain.values())


def _line(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)
