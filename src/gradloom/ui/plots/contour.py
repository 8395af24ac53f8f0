"""Lines of equal value through a grid, as loose segments (marching squares)."""

from __future__ import annotations

import numpy as np

from gradloom.layers.shapes import Array

# corners of a cell: 0 (0, 0), 1 (1, 0), 2 (1, 1), 3 (0, 1); edge e joins corner e and e + 1
_CORNERS = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
_ALONG = np.roll(_CORNERS, -1, axis=0) - _CORNERS
# by which corners are above (a bit each): the two edges that the line joins
_JOINS = np.array(
    [
        *((0, 0), (3, 0), (0, 1), (3, 1), (1, 2), (3, 2), (0, 2), (3, 2)),
        *((2, 3), (2, 0), (3, 0), (2, 1), (1, 3), (1, 0), (0, 3), (0, 0)),
    ]
)
_SADDLES = {5: (0, 1), 10: (1, 2)}  # the second line of a cell that has two


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
    following = np.roll(corners, -1, axis=0)
    apart = corners - following
    t = (corners / np.where(apart == 0, 1.0, apart)).T[..., None]
    crossings = np.stack([columns, rows], axis=1)[:, None] + _CORNERS + t * _ALONG
    joins = _JOINS[codes]
    cells = np.arange(len(codes))[:, None]
    lines = [crossings[cells, joins]]
    for code_of_saddle, edges in _SADDLES.items():
        here = codes == code_of_saddle
        if here.any():
            lines.append(crossings[here][:, edges])
    return np.concatenate(lines) if len(lines) > 1 else lines[0]


def boundaries(shares: Array) -> Array:
    """Segments where the largest of `shares` (classes, ny, nx) changes hands."""
    if len(shares) == 2:
        return contour(shares[1] - shares[0])
    lines = []
    for number in range(len(shares)):
        others = np.delete(shares, number, axis=0).max(axis=0)
        lines.append(contour(shares[number] - others))
    return np.concatenate(lines) if lines else np.empty((0, 2, 2))
