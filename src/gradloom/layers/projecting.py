"""Which shape layers that merge can meet at, and how far a picture is from it: shapes alone."""

from __future__ import annotations

from collections.abc import Sequence

from gradloom.layers.shapes import Shape

FLAT, PICTURE = 1, 3  # axes of a flat row, and of channels × height × width


def stride_between(shape: Shape, wanted: Shape) -> int | None:
    """The stride at which a 1 × 1 kernel makes a picture of one size another; None if none does."""
    for stride in range(1, max(shape[1:]) + 1):
        if all((n - 1) // stride + 1 == m for n, m in zip(shape[1:], wanted[1:], strict=True)):
            return stride
    return None


def reaches(shape: Shape, wanted: Shape) -> bool:
    """Whether learnt layers can make one shape of the other without guessing."""
    if shape == wanted:
        return True
    if len(wanted) == FLAT:
        return True  # flattened first, if it is no flat row
    pictures = len(shape) == len(wanted) == PICTURE
    return pictures and stride_between(shape, wanted) is not None


def meeting_shape(shapes: Sequence[Shape]) -> Shape | None:
    """The shape that most have, of those that all others can be brought to; None if there is none.

    Of equally frequent ones the first is taken: it came in through the first port.
    """
    candidates = sorted(dict.fromkeys(shapes), key=shapes.count, reverse=True)
    return next((c for c in candidates if all(reaches(s, c) for s in shapes)), None)
