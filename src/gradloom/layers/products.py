"""Matrix products with one long side, cut into pieces that BLAS computes without copying them.

OpenBLAS has a path for products of at most a million multiplications that does not first pack its
operands; for the thin matrices of convolutions it is up to twice as quick. `np.matmul` over a
stack of such pieces is one call.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Site

_SMALL = 1_000_000  # multiplications
_FEW = 512  # numbers in the result of `over_columns`; larger ones cost more to add up


def along_columns(left: Array, right: Array, out: Array, batch: int) -> Call:
    """Multiply left (g, m, k) by right (g, k, n) into out (g, m, n), for each g.

    n is cut at multiples of `batch`.
    """
    m, k = left.shape[1:]
    pieces = _pieces(right.shape[2], batch, m * k)
    if len(left) == pieces == 1:
        return partial(left[0].dot, right[0], out[0])
    return partial(np.matmul, left[:, None], _cut(right, pieces), _cut(out, pieces))


def over_columns(at: Site, left: Array, right: Array, out: Array) -> list[Call]:
    """Multiply left (g, m, n) by right (g, k, n), transposed, into out (g, m, k), for each g."""
    m, k, n = left.shape[1], right.shape[1], left.shape[2]
    pieces = _pieces(n, at.batch, m * k) if m * k <= _FEW else 1
    if pieces == 1:
        if len(left) == 1:
            return [partial(left[0].dot, right[0].T, out[0])]
        return [partial(np.matmul, left, right.transpose(0, 2, 1), out)]
    parts = at.scratch(len(left), pieces, m, k)
    turned = _cut(right, pieces).transpose(0, 1, 3, 2)
    return [
        partial(np.matmul, _cut(left, pieces), turned, parts),
        partial(np.add.reduce, parts, 1, None, out),
    ]


def _pieces(columns: int, batch: int, rows: int) -> int:
    """In how many equal pieces, each of whole batches, to cut; 1 if small pieces do not exist."""
    places = columns // batch
    if columns * rows <= _SMALL or batch * rows > _SMALL:
        return 1
    most = _SMALL // (batch * rows)
    return places // next(d for d in range(min(most, places), 0, -1) if places % d == 0)


def _cut(matrices: Array, pieces: int) -> Array:
    """A view (g, pieces, rows, columns / pieces) of (g, rows, columns)."""
    groups, rows, columns = matrices.shape
    return matrices.reshape(groups, rows, pieces, columns // pieces).transpose(0, 2, 1, 3)
