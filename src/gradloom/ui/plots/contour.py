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
    rows, columns = np.nonzero(_mixed(above > 0))
    return _segments(_corners(above, rows, columns), rows, columns)


def boundaries(shares: Array) -> Array:
    """Segments where the largest of `shares` (classes, ny, nx) changes hands."""
    if len(shares) == 2:
        return contour(shares[1] - shares[0])
    if not len(shares):
        return np.empty((0, 2, 2))
    best = _largest(shares)
    rows, columns = np.nonzero(_mixed(best))  # few of all cells: the rest is inside some class
    corners = _corners(shares, rows, columns).astype(float)
    lines = [np.empty((0, 2, 2))]
    for number in np.unique(_corners(best, rows, columns)):
        others = np.delete(corners, number, axis=0).max(axis=0)
        lines.append(_segments(corners[number] - others, rows, columns))
    return np.concatenate(lines)


def _largest(shares: Array) -> Array:
    """Which of `shares` is the largest, (ny, nx): `argmax`, several times quicker on this axis."""
    best, top = np.zeros(shares.shape[1:], np.int8), shares[0].copy()
    for number, share in enumerate(shares[1:], 1):
        larger = share > top
        best[larger] = number
        np.maximum(top, share, out=top)
    return best


def _mixed(grid: Array) -> Array:
    """Which cells (ny - 1, nx - 1) have corners that differ."""
    first = grid[:-1, :-1]
    mixed: Array = first != grid[:-1, 1:]
    mixed |= first != grid[1:, 1:]
    mixed |= first != grid[1:, :-1]
    return mixed


def _corners(values: Array, rows: Array, columns: Array) -> Array:
    """The values (..., ny, nx) at the corners of these cells: (..., 4, n)."""
    around = [(0, 0), (0, 1), (1, 1), (1, 0)]
    return np.stack([values[..., rows + y, columns + x] for y, x in around], axis=-2)


def _segments(corners: Array, rows: Array, columns: Array) -> Array:
    """Segments where numbers at the corners (4, n) of these cells change their sign."""
    inside = corners > 0
    codes = inside[0] * 1 + inside[1] * 2 + inside[2] * 4 + inside[3] * 8
    following = np.roll(corners, -1, axis=0)
    apart = corners - following
    t = (corners / np.where(apart == 0, 1.0, apart)).T[..., None]
    crossings = np.stack([columns, rows], axis=1)[:, None] + _CORNERS + t * _ALONG
    crossed = (codes > 0) & (codes < 15)
    lines = [crossings[np.flatnonzero(crossed)[:, None], _JOINS[codes[crossed]]]]
    for code_of_saddle, edges in _SADDLES.items():
        here = codes == code_of_saddle
        if here.any():
            lines.append(crossings[here][:, edges])
    return np.concatenate(lines) if len(lines) > 1 else lines[0]
