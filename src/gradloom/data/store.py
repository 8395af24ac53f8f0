"""Tables that were read from files, by their content: what `prepare` looks up.

How data from files works. A project's source (`FileTable`, `FilePictures`) says which file, by path
and content hash, and how to read it. `prepare` never reads: it looks the source's `key` up here.
If nothing is there, the dataset has the right columns and no rows, and a problem says why.
Reading is explicit: `import_file` (a new source) and `load` (the one a project has), in a worker
thread, with progress and Cancel; both put the table here, and `TABLES.changed` tells the key, in
that thread. A window listens, passes to its own thread, and shows the state anew: `State.prepared`
is another value then, as the store's stamp is part of what `prepare` caches by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol

from gradloom.core.event import Event

_MOST = 6  # tables; those not used for longest go


class Sized(Protocol):
    """What the store keeps."""

    @property
    def nbytes(self) -> int:
        """Memory it takes."""


@dataclass
class _Entry:
    content: Any
    note: str
    derived: dict[Any, Any] = field(default_factory=dict)


class Store:
    """Contents by key, with a note on each: why it is not there, or what else to say."""

    def __init__(self) -> None:
        self.changed: Event[str] = Event()
        self._entries: dict[str, _Entry] = {}
        self._stamps: dict[str, int] = {}
        self._lock = Lock()

    def put(self, key: str, content: Sized | None, note: str = "") -> None:
        """Keep `content` (None: there is none, and `note` says why)."""
        with self._lock:
            self._entries.pop(key, None)
            self._entries[key] = _Entry(content, note)
            self._stamps[key] = self._stamps.get(key, 0) + 1
            while len(self._entries) > _MOST:
                oldest = next(iter(self._entries))
                del self._entries[oldest]
                self._stamps[oldest] += 1
        self.changed.emit(key)

    def get(self, key: str) -> Any:
        """The content of this key, or None."""
        with self._lock:
            entry = self._entries.pop(key, None)
            if entry is None:
                return None
            self._entries[key] = entry  # used last
            return entry.content

    def derived(self, key: str, what: Any, make: Callable[[Any], Any]) -> Any:
        """`make(content)` for a key that is there; the last one is kept."""
        with self._lock:
            entry = self._entries[key]
            if what in entry.derived:
                return entry.derived[what]
        made = make(entry.content)
        with self._lock:
            entry.derived = {what: made}
        return made

    def note(self, key: str) -> str:
        """What was said of this key."""
        with self._lock:
            entry = self._entries.get(key)
            return entry.note if entry else ""

    def stamp(self, key: str) -> int:
        """Changes whenever the content of this key does."""
        return self._stamps.get(key, 0)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            for key in self._entries:
                self._stamps[key] += 1
            self._entries.clear()


TABLES = Store()
