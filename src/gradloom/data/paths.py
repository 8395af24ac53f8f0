"""Paths of the files that data comes from: checked, and as a project names them."""

from __future__ import annotations

import os
import stat
from hashlib import blake2b
from pathlib import Path

from gradloom.core.errors import UserError
from gradloom.core.reading import reason
from gradloom.data.waiting import Waiting

_START = 1 << 24  # bytes that a format is judged by
_BLOCK = 1 << 22


def checked(path: Path | str) -> Path:
    """The path of an ordinary file; raises UserError for anything else."""
    path = Path(path)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise UserError(f"{path.name or path} can't be read: {reason(error)}.") from error
    if stat.S_ISDIR(mode):
        raise UserError(f"{path.name or path} is a folder, not a file.")
    if not stat.S_ISREG(mode):
        raise UserError(f"{path.name} is no ordinary file.")
    return path


def start_of(path: Path | str) -> tuple[bytes, bool]:
    """The first bytes of a file, and whether they are all; raises UserError."""
    path = checked(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(_START)
            return data, not stream.read(1)
    except OSError as error:
        raise UserError(f"{path.name} can't be read: {reason(error)}.") from error


def digest_of(path: Path | str, waiting: Waiting | None = None) -> str:
    """The hash of a file's bytes; raises UserError, Cancelled."""
    path, waiting = checked(path), waiting or Waiting()
    digest = blake2b(digest_size=16)
    try:
        with path.open("rb") as stream:
            while data := stream.read(_BLOCK):
                waiting.tell(0.0)
                digest.update(data)
    except OSError as error:
        raise UserError(f"{path.name} can't be read: {reason(error)}.") from error
    return digest.hexdigest()


def relative(path: Path, folder: Path | None) -> str:
    """How a project in `folder` names a file; in no folder by its whole path."""
    if folder is None:
        return str(path.resolve())
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return str(path.resolve())


def absolute(path: str, folder: Path | None) -> Path:
    """Where the file is that a project in `folder` names so."""
    return Path(path) if folder is None else folder / path
