"""Projects in files, and a copy kept aside while one is open, in case the program dies."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from gradloom.core.errors import BadValue, UserError
from gradloom.core.reading import in_file, read_file, reason
from gradloom.core.writing import json_pieces, write_whole
from gradloom.document.codec import project_from_plain, project_to_plain
from gradloom.document.state import State
from gradloom.engine.run import Checkpoint

SUFFIX = ".gradloom"
_LOCKED_BYTE = 1 << 20  # far behind what the lock file holds, so that others can read that


def load_project(path: Path) -> tuple[State, Checkpoint | None]:
    """The project in a file; raises UserError, one sentence that names the file and the place."""
    plain = read_file(path)
    try:
        return project_from_plain(plain)
    except BadValue as error:
        raise in_file(path, error) from error


def save_project(
    path: Path,
    state: State,
    run: Checkpoint | None = None,
    wanted: Callable[[], bool] = lambda: True,
) -> None:
    """Write the project, whole or not at all; raises UserError, also once it is not `wanted`."""
    try:
        plain = project_to_plain(state, run)
    except BadValue as error:
        raise in_file(path, error) from error
    write_whole(path, _while(wanted, json_pieces(plain)))


def _while(wanted: Callable[[], bool], pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if not wanted():
            raise UserError("The file was not finished: it is not wanted any more.")
        yield piece


def data_folder() -> Path:
    """Where the program keeps files of its own for this person (or where GRADLOOM_DATA says)."""
    if chosen := os.environ.get("GRADLOOM_DATA"):
        return Path(chosen)
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming") / "Gradloom"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Gradloom"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "gradloom"


class Autosave:
    """The copy of one open project, with a lock file that this process holds while it lives."""

    def __init__(self, folder: Path) -> None:
        """Raises UserError if the folder can't be used."""
        name = f"autosave-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.path = folder / f"{name}{SUFFIX}"
        self._lock_path = folder / f"{name}.lock"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = self._lock_path.open("w+", encoding="utf-8")
        except OSError as error:
            raise UserError(f"No copy can be kept in {folder}: {reason(error)}.") from error
        _try_lock(self._lock)

    def write(
        self,
        state: State,
        run: Checkpoint | None,
        origin: Path | None,
        wanted: Callable[[], bool] = lambda: True,
    ) -> None:
        """Keep a copy; `origin` is the file the project belongs to. Raises UserError."""
        said = {"pid": os.getpid(), "origin": None if origin is None else str(origin)}
        try:
            self._lock.seek(0)
            self._lock.truncate()
            json.dump(said, self._lock)
            self._lock.flush()
        except OSError as error:
            raise UserError(
                f"No copy can be kept in {self.path.parent}: {reason(error)}."
            ) from error
        save_project(self.path, state, run, wanted)

    def clear(self) -> None:
        """The project is safe in its own file: the copy is not needed now."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Drop copy and lock, at a regular end of the program."""
        self.clear()
        with contextlib.suppress(OSError):  # a full disk; the file is closed all the same
            self._lock.close()
        self._lock_path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Recovery:
    """A copy that a dead program left. `origin` is the file it belongs to, None if never saved."""

    path: Path
    origin: Path | None
    written: datetime

    def load(self) -> tuple[State, Checkpoint | None]:
        """The project in the copy; raises UserError."""
        return load_project(self.path)

    def discard(self) -> None:
        """Delete the copy."""
        self.path.unlink(missing_ok=True)
        self.path.with_suffix(".lock").unlink(missing_ok=True)


def recoveries(folder: Path) -> list[Recovery]:
    """Copies of programs that are not running any more, newest first."""
    found = []
    for path in folder.glob(f"autosave-*{SUFFIX}"):
        with contextlib.suppress(OSError):
            if not _held(path.with_suffix(".lock")):
                written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                found.append(Recovery(path, _origin(path.with_suffix(".lock")), written))
    return sorted(found, key=lambda recovery: recovery.written, reverse=True)


def _origin(lock: Path) -> Path | None:
    try:
        origin = json.loads(lock.read_text(encoding="utf-8"))["origin"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Path(origin) if isinstance(origin, str) else None


def _held(path: Path) -> bool:
    """Whether a living program holds this lock file."""
    try:
        with path.open("r+", encoding="utf-8") as file:
            return not _try_lock(file)
    except FileNotFoundError:
        return False


def _try_lock(file: IO[str]) -> bool:
    """Lock a file until it is closed; False if another one holds it. Dies with its process."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(_LOCKED_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            file.seek(0)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
