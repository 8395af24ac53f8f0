"""The best possible error of generated data: that of the rule which knows their densities.

For classes of equal share it is 1 - integral of max_c p_c(x) / k. Where points are Gaussian it is
Phi(-d / 2 sigma) for two classes of distance d, else a sum over a fine grid. Where points stray
uniformly in a square, each class's density is its clean shape smoothed by that square: many points
of the shape without noise are counted in cells, and the counts summed over the square's cells.

For real targets whose features stray it is the mean variance of what the features leave open, by
Gauss and Legendre's rule within each window of features that may have been the true ones.
"""

from __future__ import annotations

from collections.abc import Callable
from math import erfc, pi, sqrt

import numpy as np

from gradloom.layers.shapes import Array

_POINTS = 2_000_000
_MOST_CELLS = 1400  # along one axis
_FINEST = 10  # cells in half a square
_SEEN = {1: 2000, 2: 120}  # places along an axis where features are seen
_NODES = {1: 16, 2: 6}  # of the quadrature along an axis of a window
_AT_ONCE = 2000  # windows


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


def error_of_shifts(
    answer: Callable[[Array], Array], features: int, radius: float, half: float
) -> float:
    """The mean of Var(answer(x) | x + s), x uniform over the cube of `radius`, s of `half`.

    What is seen, x + s, leaves x uniform over the part of a window around it that is in the cube,
    and is as likely as that part is large.
    """
    nodes, weights = np.polynomial.legendre.leggauss(_NODES[features])
    count, edge = _SEEN[features], radius + half
    seen = -edge + (np.arange(count) + 0.5) * 2 * edge / count
    low, high = np.maximum(seen - half, -radius), np.minimum(seen + half, radius)
    inner = (low + high)[:, None] / 2 + (high - low)[:, None] / 2 * nodes
    weight = weights / 2
    for _ in range(features - 1):
        weight = np.multiply.outer(weight, weights / 2)
    variances, sizes = 0.0, 0.0
    for first in range(0, count**features, _AT_ONCE):
        place = np.unravel_index(
            np.arange(first, min(first + _AT_ONCE, count**features)), (count,) * features
        )
        size = np.prod([(high - low)[i] for i in place], axis=0)
        axes = [inner[i] for i in place]
        if features == 2:
            axes = [axes[0][:, :, None], axes[1][:, None, :]]
        points = np.stack(np.broadcast_arrays(*axes), axis=-1)
        values = answer(points.reshape(-1, features)).reshape(len(size), -1)
        mean = values @ weight.ravel()
        variance = np.square(values - mean[:, None]) @ weight.ravel()
        variances += float(size @ variance)
        sizes += float(size.sum())
    return variances / sizes


def _summed(counts: Array, reach: int) -> Array:
    """Sums over 2 reach + 1 neighbours along the first axis."""
    padded = np.pad(counts, ((reach + 1, reach), (0, 0)))
    total = np.cumsum(padded, axis=0)
    return np.asarray(total[2 * reach + 1 :] - total[: -2 * reach - 1])
