"""Garbage is collected in the GUI thread only.

Why: Python collects cycles on whichever thread allocates. A QObject in one then dies on the
training's thread, holding a lock of Qt while it waits for the interpreter; the GUI thread holds the
interpreter and waits for that lock, and the window stands still for ever.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY = 1000  # ms


class Garbage(QObject):
    """Collects by Python's own thresholds, once a second; `stop` gives the task back to Python."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._begun = False
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due, and with it the younger ones."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        due = [g for g in (2, 1, 0) if counts[g] > thresholds[g]]
        if due:
            gc.collect(due[0])
        if not self._begun:
            self._begun = True
            gc.freeze()  # modules and classes stay, and need not be looked at again

    def stop(self) -> None:
        """For closeEvent."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
