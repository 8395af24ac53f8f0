"""A plain observer list, for notices below the window where Qt's signals do not exist."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")
_log = logging.getLogger(__name__)


class Event(Generic[P]):
    """Callables that are told, in the order they were added, in the thread that emits."""

    def __init__(self) -> None:
        self._listeners: list[Callable[P, object]] = []

    def connect(self, listener: Callable[P, object]) -> Callable[[], None]:
        """Add a listener; the callable that comes back removes it again."""
        self._listeners.append(listener)

        def disconnect() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return disconnect

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Tell every listener; the first exception of one is raised after all were told."""
        raised: list[Exception] = []
        for listener in tuple(self._listeners):
            try:
                listener(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - raised below, or logged
                if raised:
                    _log.exception("One more listener failed")
                raised.append(error)
        if raised:
            raise raised[0]
