"""Lines of equal value through a grid, as loose segments (marching squares)."""

from __future__ import annotations

import numpy as np

from gradloom.layers.shapes import Array

# corners of a cell: 0 (0, 0), 1 (1, 0), 2 (1, 1), 3 (0, 1); edge e joins corner e and e + 1
_CORNERS = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
_EDGES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 5: ((3, 2), (0, 1)), 6: ((0, 2),),
    7: ((3, 2),), 8: ((2, 3),), 9: ((2, 0),), 10: ((3, 0), (1, 2)), 11: ((2, 1),),
    12: ((1, 3),), 13: ((1, 0),), 14: ((0, 3),),
}  # fmt: skip


def contour(values: Array, level: float = 0.0) -> Array:
    """Segments (n, 2 ends, 2) as (column, row) in grid units where `values` (ny, nx) is `level`."""
    with np.errstate(invalid="ignore"):
        above = np.asarray(values, float) - level
    if not np.isfinite(above).all():
        above = np.nan_to_num(above, nan=0.0, posinf=1e30, neginf=-1e30)
    inside = above > 0
    code = inside[:-1, :-1] * 1 + inside[:-1, 1:] * 2 + inside[1:, 1:] * 4 + inside[1:, :-1] * 8
    rows, columns = np.nonzero((code > 0) & (code < 15))
    codes = code[rows, columns]
    corners = np.stack(
        [
            above[rows, columns],
            above[rows, columns + 1],
            above[rows + 1, columns + 1],
            above[rows + 1, columns],
        ]
    )
    found = []
    for number, pairs in _EDGES.items():
        here = np.flatnonzero(codes == number)
        if not len(here):
            continue
        base = np.stack([columns[here], rows[here]], axis=1)
        for a, b in pairs:
            ends = [base + _crossing(corners[:, here], edge) for edge in (a, b)]
            found.append(np.stack(ends, axis=1))
    return np.concatenate(found) if found else np.empty((0, 2, 2))


def boundaries(shares: Array) -> Array:
    """Segments where the largest of `shares` (classes, ny, nx) changes hands."""
    if len(shares) == 2:
        return contour(shares[1] - shares[0])
    lines = []
    for number in range(len(shares)):
        others = np.delete(shares, number, axis=0).max(axis=0)
        lines.append(contour(shares[number] - others))
    return np.concatenate(lines) if lines else np.empty((0, 2, 2))


def _crossing(corners: Array, edge: int) -> Array:
    """Where the line crosses this edge of the cells, (n, 2)."""
    a, b = corners[edge], corners[(edge + 1) % 4]
    t = (a / np.where(a == b, 1.0, a - b))[:, None]
    start, end = _CORNERS[edge], _CORNERS[(edge + 1) % 4]
    crossing: Array = start + t * (end - start)
    return crossing
