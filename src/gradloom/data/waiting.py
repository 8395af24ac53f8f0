"""Long work that tells its progress and can be cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class Cancelled(Exception):  # noqa: N818 - it is no error
    """The person who waited said so; what was done so far is forgotten."""


@dataclass(frozen=True)
class Waiting:
    """How long work tells its progress (0..1), and asks whether to stop."""

    progress: Callable[[float], object] = lambda _: None
    cancelled: Callable[[], bool] = lambda: False

    def tell(self, share: float) -> None:
        """Report; raises Cancelled."""
        if self.cancelled():
            raise Cancelled
        self.progress(min(share, 1.0))
