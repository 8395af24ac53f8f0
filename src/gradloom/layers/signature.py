"""What a network needs to know of a dataset: its columns, not its numbers."""

from __future__ import annotations

from dataclasses import dataclass


def answers_of(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The names of what a network may answer: of a single class it may say that it is not there."""
    return (*classes, f"not {classes[0]}") if len(classes) == 1 else classes


@dataclass(frozen=True, slots=True)
class Target:
    """One target column; `classes` are the class names, or empty for a real number.

    A network learns (number - `offset`) / `scale` of a real one.
    """

    name: str
    classes: tuple[str, ...] = ()
    offset: float = 0.0
    scale: float = 1.0

    @property
    def task(self) -> str:
        """'real', 'binary' (two classes) or 'classes' (three or more)."""
        if not self.classes:
            return "real"
        return "binary" if len(self.classes) <= 2 else "classes"

    @property
    def scaled(self) -> bool:
        """Whether a network learns other numbers than stand in the column."""
        return (self.offset, self.scale) != (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Signature:
    """Feature columns (after feature crosses) and target columns, in their order.

    `feature_shape` is (channels, height, width) where the features of a row are a picture.
    """

    features: tuple[str, ...]
    targets: tuple[Target, ...]
    feature_shape: tuple[int, ...] | None = None
