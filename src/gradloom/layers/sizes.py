"""A shape as a person types it: 1 x 8 x 8."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gradloom.core.checks import Text, shown
from gradloom.layers.shapes import Shape, size

_SIZES = r"\s*[0-9]{1,9}(\s*[xX×*,]\s*[0-9]{1,9}){0,7}\s*"
_MOST = 1_000_000_000


def sizes_of(text: str) -> Shape:
    """The sizes in a text that `Sizes` takes."""
    return tuple(int(part) for part in re.findall("[0-9]+", text))


@dataclass(frozen=True)
class Sizes(Text):
    """Whole numbers from 1 with x between them, at most eight."""

    longest: int = 100

    def why_not(self, value: Any) -> str | None:
        if not isinstance(value, str) or len(value) > self.longest:
            return super().why_not(value)
        sizes = sizes_of(value) if re.fullmatch(_SIZES, value) else ()
        if not sizes or min(sizes) < 1:
            return f"must be sizes like 1 × 8 × 8, not {shown(value)}"
        return None if size(sizes) <= _MOST else f"must hold at most {_MOST:,} numbers"

    def schema(self) -> dict[str, Any]:
        return {**super().schema(), "pattern": f"^{_SIZES}$"}
