"""One thread that runs commands in order and, between them, rounds of work while asked to."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Loop:
    """A daemon thread; it starts with the first command and ends with `close`.

    `work` is one round; it is called again and again while it returns True, and must return soon
    after `interrupted` is set, because then a command waits.
    """

    def __init__(self, name: str, work: Callable[[], bool] = lambda: False) -> None:
        self.interrupted = threading.Event()
        self._work = work
        self._commands: deque[Callable[[], None]] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def post(self, command: Callable[[], T]) -> Future[T]:
        """Run `command` on the thread, after those posted before; what it raises is logged.

        The future is cancelled if the loop is closed before the command's turn.
        """
        future: Future[T] = Future()

        def answer() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(command())
            except Exception as error:  # noqa: BLE001 - given to the waiting thread, and logged
                _log.exception("A command of the thread %s failed", self._thread.name)
                future.set_exception(error)

        with self._wake:
            if self._closing:
                future.cancel()
                return future
            self._commands.append(answer)
            self.interrupted.set()
            self._wake.notify()
            if not self._thread.ident:
                self._thread.start()
        return future

    def close(self, timeout: float = 1.0) -> bool:
        """End the thread after the round that goes on; False if that took longer than `timeout`."""
        with self._wake:
            self._closing = True
            self.interrupted.set()
            self._wake.notify()
        if self._thread.ident and self._thread is not threading.current_thread():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        again = False
        while True:
            with self._wake:
                while not (self._commands or self._closing or again):
                    self._wake.wait()
                if self._closing:
                    break
                waiting = tuple(self._commands)
                self._commands.clear()
                self.interrupted.clear()
            for command in waiting:
                command()
            again = self._round()

    def _round(self) -> bool:
        try:
            return self._work()
        except Exception:  # noqa: BLE001 - logged; the thread must live on
            _log.exception("A round of the thread %s failed", self._thread.name)
            return False
