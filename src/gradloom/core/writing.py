"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from gradloom.core.errors import UserError
from gradloom.core.reading import reason


def json_bytes(plain: Any) -> bytes:
    """Plain JSON as text for people: short lists of numbers on one line; no NaN (ValueError)."""
    return (_pretty(plain, "") + "\n").encode()


def write_whole(path: Path, data: bytes) -> None:
    """Put `data` in a file, atomically: the old file stays until the new one is on the disk.

    A symbolic link stays one, permissions stay as they were. Raises UserError.
    """
    try:
        target = path.resolve()
        if target.exists() and not (target.is_file() or target.is_dir()):
            raise ValueError("it is no ordinary file")  # a device or pipe must not be replaced
        mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
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
        raise UserError(
            f"{path.name} can't be written to {path.parent}: {reason(error)}."
        ) from error


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


def _pretty(plain: Any, indent: str) -> str:
    """JSON with an object's fields on lines of their own, and lists of plain values on one line."""
    deeper = indent + "  "
    if isinstance(plain, dict) and plain and not _is_small(plain):
        inner = (f"{deeper}{_line(key)}: {_pretty(value, deeper)}" for key, value in plain.items())
        return "{\n" + ",\n".join(inner) + f"\n{indent}}}"
    if isinstance(plain, list) and any(isinstance(item, dict | list) for item in plain):
        inner = (deeper + _pretty(item, deeper) for item in plain)
        return "[\n" + ",\n".join(inner) + f"\n{indent}]"
    return _line(plain)


def _is_small(plain: dict[str, Any]) -> bool:
    return len(plain) <= 4 and not any(isinstance(v, dict | list) for v in plain.values())


def _line(plain: Any) -> str:
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)
