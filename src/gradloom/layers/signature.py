"""What a network needs to know of a dataset: its columns, not its numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """One target column; `classes` are the class names, or empty for a real number."""

    name: str
    classes: tuple[str, ...] = ()

    @property
    def task(self) -> str:
        """'real', 'binary' (two classes) or 'classes' (three or more)."""
        if not self.classes:
            return "real"
        return "binary" if len(self.classes) <= 2 else "classes"


@dataclass(frozen=True, slots=True)
class Signature:
    """Feature columns (after feature crosses) and target columns, in their order.

    `feature_shape` is (channels, height, width) where the features of a row are a picture.
    """

    features: tuple[str, ...]
    targets: tuple[Target, ...]
    feature_shape: tuple[int, ...] | None = None
