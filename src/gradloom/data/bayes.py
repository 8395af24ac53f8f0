"""The best possible error of generated classes: that of the rule which knows their densities.

For classes of equal share it is 1 - integral of max_c p_c(x) / k. Where points are Gaussian it is
Phi(-d / 2 sigma) for two classes of distance d, else a sum over a fine grid. Where points stray
uniformly in a square, each class's density is its clean shape smoothed by that square: many points
of the shape without noise are counted in cells, and the counts summed over the square's cells.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erfc, pi, sqrt

import numpy as np

from gradloom.layers.shapes import Array

_POINTS = 2_000_000
_MOST_CELLS = 1400  # along one axis
_FINEST = 10  # cells in half a square


def mislabelled(clean: float, share: float, classes: int) -> float:
    """The best error once a `share` of labels is moved to one of the other classes at random.

    A label is right with q' = (1 - share) q + share (1 - q) / (k - 1).
    """
    right = 1 - clean
    return 1 - ((1 - share) * right + share * clean / (classes - 1))


def error_of_gaussians(centres: Array, sigma: float) -> float:
    """The best error for round clouds of one width at `centres` (classes, 2)."""
    if len(centres) == 2:
        distance = float(np.linalg.norm(centres[0] - centres[1]))
        return float(0.5 * erfc(distance / (2 * sigma) / sqrt(2)))
    edge = float(np.abs(centres).max()) + 7 * sigma
    axis = np.linspace(-edge, edge, min(int(2 * edge / sigma * 12) + 1, _MOST_CELLS))
    best = np.zeros((len(axis), len(axis)))
    for x, y in centres:
        one = np.exp(-np.square(axis - x) / (2 * sigma**2))
        other = np.exp(-np.square(axis - y) / (2 * sigma**2))
        np.maximum(best, one[:, None] * other[None, :], out=best)
    cell = (axis[1] - axis[0]) ** 2
    right = float(best.sum() * cell) / (2 * pi * sigma**2) / len(centres)
    return max(0.0, 1 - right)


def error_of_strays(
    place: Callable[[np.random.Generator, Array], Array], classes: int, half: float
) -> float:
    """The best error for points of `place` that stray uniformly in a square of 2 x `half`."""
    labels = np.arange(_POINTS // classes * classes) % classes
    points = place(np.random.Generator(np.random.PCG64(1)), labels)
    edge = float(np.abs(points).max()) + half
    reach = int(np.clip(half * _MOST_CELLS / (2 * edge), 1, _FINEST))
    side = 2 * half / (2 * reach + 1)
    cells = int(2 * edge / side) + 3
    spots = np.floor((points + edge) / side + 1).astype(np.intp)
    flat = spots[:, 0] * cells + spots[:, 1]
    best = np.zeros((cells, cells))
    for label in range(classes):
        counts = np.bincount(flat[label::classes], minlength=cells * cells)
        density = _summed(_summed(counts.reshape(cells, cells), reach).T, reach).T
        np.maximum(best, density, out=best)
    return max(0.0, 1 - float(best.sum()) / (len(labels) * (2 * reach + 1) ** 2))


def _summed(counts: Array, reach: int) -> Array:
    """Sums over 2 reach + 1 neighbours along the first axis."""
    padded = np.pad(counts, ((reach + 1, reach), (0, 0)))
    total = np.cumsum(padded, axis=0)
    return np.asarray(total[2 * reach + 1 :] - total[: -2 * reach - 1])
