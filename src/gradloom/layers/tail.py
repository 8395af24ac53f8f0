"""The upper tail of the normal distribution, which NumPy lacks, as bound calls."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import sqrt

import numpy as np

from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Site

# (1 + 2u) exp(u²) erfc(u) as a polynomial in t = (u − 4) / (u + 4), u ≥ 0: the Chebyshev series of
# degree 23, summed as powers; computed with 60 digits, relative error 3.4e-17. The mapping is that
# of Shepherd & Laframboise 1981. The coefficients add up to 1.8 in magnitude: no cancellation.
_POWERS = (
    1.2329951186255526,
    -0.1396211168405623,
    0.015379652102610473,
    0.06809705425466908,
    -0.10103906603586531,
    0.0937328349990944,
    -0.06633036582031154,
    0.03716751552655567,
    -0.016197733981455194,
    0.005031970067657489,
    -0.000757773707063825,
    -0.00019925714661091188,
    0.00015062309720018628,
    -2.4397746422436416e-05,
    -1.1225101875659178e-05,
    5.706604414895734e-06,
    2.9801353803031333e-07,
    -8.210939042560568e-07,
    7.115337800585303e-08,
    1.0633855618594884e-07,
    -1.6371779763566967e-08,
    -1.234686604382353e-08,
    1.5738283774192037e-09,
    9.311744978232572e-10,
)
_MANY = 20_000  # numbers; from here on the powers of t would not stay in the cache
FAR = 40.0  # beyond this many deviations the tail is 0 even as a denormal float64


def normal_tail(at: Site, z: Array, distance: Array, bell: Array, tail: Array) -> Sequence[Call]:
    """Calls that write |z| (cut at `FAR`), exp(−z²/2) and P(Z > |z|), accurate relatively."""
    u, below, t = (at.scratch(*z.shape) for _ in range(3))
    return [
        partial(np.absolute, z, distance),
        partial(np.minimum, distance, at.constant(FAR), out=distance),
        partial(np.multiply, distance, distance, bell),
        partial(np.multiply, bell, at.constant(-0.5), bell),
        partial(np.exp, bell, bell),
        partial(np.multiply, distance, at.constant(1 / sqrt(2)), u),
        partial(np.add, u, at.constant(4), below),
        partial(np.subtract, u, at.constant(4), t),
        partial(np.divide, t, below, t),
        *(_by_powers(at, t, tail) if z.size < _MANY else _by_horner(at, t, tail)),
        partial(np.multiply, tail, bell, tail),
        partial(np.multiply, u, at.constant(4), u),
        partial(np.add, u, at.constant(2), u),
        partial(np.divide, tail, u, tail),
    ]


def _by_powers(at: Site, t: Array, out: Array) -> Sequence[Call]:
    """The polynomial as one product with all powers of t: few calls, 24 times the memory."""
    rows = at.scratch(len(_POWERS), t.size)
    rows[0] = 1
    doubling = [  # t^(k+i) = t^i · t^k
        partial(
            np.multiply,
            rows[1 : len(rows[k + 1 : 2 * k + 1]) + 1],
            rows[k],
            rows[k + 1 : 2 * k + 1],
        )
        for k in (1, 2, 4, 8, 16)
    ]
    return [
        partial(np.copyto, rows[1], t.reshape(-1)),
        *doubling,
        partial(np.array(_POWERS, at.dtype).dot, rows, out.reshape(-1)),
    ]


def _by_horner(at: Site, t: Array, out: Array) -> Sequence[Call]:
    """The polynomial by Horner's rule: two calls per power, no memory."""
    calls: list[Call] = [partial(np.multiply, t, at.constant(_POWERS[-1]), out)]
    for coefficient in reversed(_POWERS[1:-1]):
        calls.append(partial(np.add, out, at.constant(coefficient), out))
        calls.append(partial(np.multiply, out, t, out))
    calls.append(partial(np.add, out, at.constant(_POWERS[0]), out))
    return calls
