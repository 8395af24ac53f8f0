"""One honest line about how fast it trains and how old the picture is."""

from __future__ import annotations

import math
from time import perf_counter

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QLabel

from gradloom.engine.progress import Progress
from gradloom.session.training import Status
from gradloom.ui.maps import MapService
from gradloom.ui.plots.scale import THIN, count
from gradloom.ui.theme import SMALL, Theme, font
from gradloom.ui.worker import TrainingBridge

_EVERY = 250  # ms between two updates: numbers that change faster can't be read


class SpeedLine(QLabel):
    """For example: epoch 120 · 1 240 epochs/s · 31 000 samples/s · picture 33 ms old."""

    def __init__(self, bridge: TrainingBridge, maps: MapService, theme: Theme) -> None:
        super().__init__()
        self._bridge, self._maps, self._theme = bridge, maps, theme
        self.setAccessibleName("Training speed")
        self.setContentsMargins(0, 0, 8, 0)
        self.setToolTip(
            "Epochs and training rows per second over the last second of training, whether the pace"
            " that you chose holds them back, and how long ago the weights were read that the map"
            " shows."
        )
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self.refresh)
        bridge.status_changed.connect(self._status)
        bridge.progressed.connect(self._progress)
        theme.changed.connect(self._paint)
        self._paint()
        self._status(bridge.status)

    @Slot()
    def refresh(self) -> None:
        """Say the numbers now."""
        latest = self._bridge.latest
        if latest is None:
            self.setText("")
            return
        parts = [f"epoch {count(latest.epoch)}"]
        if self._bridge.status is Status.RUNNING:
            if math.isfinite(latest.epochs_per_second):
                parts.append(f"{_rate(latest.epochs_per_second)} epochs/s{self._held(latest)}")
                parts.append(f"{_rate(latest.samples_per_second)} samples/s")
            shown = self._maps.latest
            has_map = shown is not None and not shown.sentence
            taken = shown.taken_at if shown is not None and has_map else latest.taken_at
            age = 1000 * (perf_counter() - taken)
            parts.append(f"{'picture' if has_map else 'numbers'} {age:.0f}{THIN}ms old")
        text = " · ".join(parts)
        if text != self.text():
            self.setText(text)

    def _held(self, latest: Progress) -> str:
        """Says so if the pace keeps it from training faster."""
        pace = self._bridge.pace
        return " (at your pace)" if pace and latest.epochs_per_second > 0.8 * pace else ""

    @Slot(object)
    def _status(self, status: Status) -> None:
        if status is Status.RUNNING:
            self._timer.start()
        else:
            self._timer.stop()
        self.refresh()

    @Slot(object)
    def _progress(self, progress: object) -> None:
        if not self._timer.isActive():
            self.refresh()

    def _paint(self) -> None:
        self.setFont(font(SMALL))
        self.setStyleSheet(f"color: {self._theme.tokens.quiet}; font-size: {SMALL}px;")


def _rate(per_second: float) -> str:
    return count(per_second) if per_second >= 100 else f"{per_second:.3g}"
