"""A problem: something wrong with the user's network or data, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem hinders: an error stops training, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence that says what is wrong and what to do, with the place it is about.

    `layer` is the id of a layer or "" for the whole network or data; `field` the name of a
    setting or ""; `fix` the name of a one-click remedy (see `document.fixes`) or "".
    """

    text: str
    layer: str = ""
    field: str = ""
    severity: Severity = Severity.ERROR
    fix: str = ""

    @property
    def stops_training(self) -> bool:
        """Whether training can't start while this problem stands."""
        return self.severity is Severity.ERROR
