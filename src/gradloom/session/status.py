"""Where a training stands."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """IDLE: at its start values. FINISHED: ended as the plan asked. BROKEN: numbers not finite."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    BROKEN = "broken"
