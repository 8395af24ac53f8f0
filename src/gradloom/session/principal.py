"""The first two principal components of rows, and how they keep still while the rows move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradloom.layers.shapes import Array

_EXACT = 256  # columns up to which the whole covariance is taken apart
_BLOCK, _ROUNDS, _CLOSE = 8, 60, 1e-6  # of the iteration beyond


@dataclass(frozen=True, eq=False)
class Components:
    """A plane through rows (n, d): `centre` (d,), `axes` (d, 2) of length 1, at right angles.

    `share` is the part of the rows' variance that it shows; 1 where they do not vary.
    """

    centre: Array
    axes: Array
    share: float

    def places(self, rows: Array) -> Array:
        """Where rows (n, d) lie on the plane, (n, 2)."""
        places: Array = (rows - self.centre) @ self.axes
        return places


def principal(rows: Array, last: Array | None = None) -> Components:
    """The plane of the first two principal components of rows (n, d), d at least 2.

    The eigenvectors of their covariance with the largest eigenvalues (I. T. Jolliffe, Principal
    Component Analysis, 2nd ed., 1.1), each with its largest entry positive; turned to `last`, the
    axes (d, 2) of the moment before, if they are given.
    """
    rows = np.asarray(rows, np.float64)
    centre = rows.mean(axis=0)
    centred = rows - centre
    total = float(np.square(centred).sum())
    wide = rows.shape[1] > _EXACT
    values, axes = _iterated(centred, last) if wide else _exact(centred)
    axes = upright(axes) if last is None else turned(axes, last)
    share = min(float(values.sum()) / total, 1.0) if total > 0 else 1.0
    return Components(centre, axes, share)


def upright(axes: Array) -> Array:
    """Axes (d, k), each with its largest entry positive, so that a picture is always the same."""
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    signed: Array = axes * np.where(largest < 0, -1.0, 1.0)
    return signed


def turned(axes: Array, last: Array) -> Array:
    """Axes (d, 2) turned or mirrored within their plane, as near to `last` as they can come.

    So components that change places or signs do not make the picture jump.
    """
    near: Array = axes @ turn(axes, last)
    return near


def turn(moving: Array, still: Array) -> Array:
    """The turn or mirroring R (2, 2) that brings `moving` R (n, 2) nearest to `still` (n, 2).

    The orthogonal R with the least |moving R - still| is U V^T, where moving^T still = U S V^T
    (P. H. Schönemann, "A generalized solution of the orthogonal Procrustes problem", 1966).
    """
    left, _, right = np.linalg.svd(moving.T @ still)
    found: Array = left @ right
    return found


def _exact(centred: Array) -> tuple[Array, Array]:
    """The two largest eigenvalues and their eigenvectors (d, 2) of centred^T centred."""
    values, vectors = np.linalg.eigh(centred.T @ centred)
    return values[::-1][:2], vectors[:, ::-1][:, :2]


def _iterated(centred: Array, last: Array | None) -> tuple[Array, Array]:
    """The same where there are many columns, quicker the nearer `last` is.

    Orthogonal iteration with a Ritz step (G. H. Golub, C. F. Van Loan, Matrix Computations,
    4th ed., 8.2.4) until the two pairs are right to 1e-6 of the largest value.
    """
    block = np.random.Generator(np.random.PCG64(0)).normal(size=(centred.shape[1], _BLOCK))
    if last is not None:
        block[:, :2] = last
    basis, _ = np.linalg.qr(block)
    for _ in range(_ROUNDS):
        image = centred.T @ (centred @ basis)
        values, inner = np.linalg.eigh(basis.T @ image)
        order = inner[:, ::-1]
        values, vectors, image = values[::-1][:2], (basis @ order)[:, :2], image @ order
        off = image[:, :2] - vectors * values
        if np.abs(off).max() <= _CLOSE * max(float(values[0]), 1e-300):
            break
        basis, _ = np.linalg.qr(image)
    return values, vectors
