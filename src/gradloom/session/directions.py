"""Directions in the space of a network's parameters, through one point of it.

H. Li et al., "Visualizing the Loss Landscape of Neural Nets", NeurIPS 2018: random directions
are filter-normalised (section 4), those of a run's own way are its principal components
(section 7).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradloom.core.errors import UserError
from gradloom.core.streams import stream
from gradloom.engine.parameters import Layout
from gradloom.engine.trajectory import Trajectory
from gradloom.layers.shapes import Array

_PIECE = 1 << 16  # columns that are worked on in float64 at once
_NOTHING = 1e-12  # part of the variance that is rounding


@dataclass(frozen=True, eq=False)
class Axes:
    """One or two directions `along` (axes, n) through `centre` (n,).

    A place c is the point `centre + (c - origin) @ along`; `names` are those of its coordinates.
    """

    centre: Array
    along: Array
    names: tuple[str, ...]
    origin: Array

    @property
    def flat(self) -> bool:
        """Whether there are two, and not one."""
        return len(self.along) == 2

    def lift(self, place: Array) -> Array:
        """The parameters (n,) of a place (axes,), float64."""
        point: Array = self.centre + (place - self.origin) @ self.along
        return point

    def project(self, theta: Array) -> Array:
        """The place (axes,) nearest to parameters (n,)."""
        return self.origin + self.turn(theta - self.centre)

    def turn(self, step: Array) -> Array:
        """The step (axes,) along the axes that comes nearest to a step (n,) of the parameters."""
        nearest: Array = np.linalg.solve(self._products, self.along @ step)
        return nearest

    def distance(self, place: Array) -> float:
        """How far a place is from the centre: the length of the difference of the parameters."""
        step = place - self.origin
        return self._length(step)

    def share(self, step: Array) -> float:
        """The part of the length of a step (n,) that lies along the axes; NaN for no step."""
        whole = float(np.linalg.norm(step))
        return self._length(self.turn(step)) / whole if whole else math.nan

    def _length(self, step: Array) -> float:
        """How long a step (axes,) along the axes is."""
        return math.sqrt(max(float(step @ self._products @ step), 0.0))

    @cached_property
    def _products(self) -> Array:
        products: Array = self.along @ self.along.T
        return products


def path_components(trajectory: Trajectory, theta: Array) -> tuple[Array, tuple[float, ...]]:
    """The two directions (2, n), of length 1, in which a run's points vary most, and their shares.

    The principal components of the differences from `theta`, as in section 7, by way of the
    products of the points: these are few and very long. The first of them lies at negative
    coordinates. Fewer rows where there are fewer such directions; raises UserError where there is
    none.
    """
    points = [point.theta for point in trajectory.points]
    if len(points) < 2:
        raise UserError(
            "The run has no path yet: train a little, or choose random directions, which need none."
        )
    products = np.zeros((len(points), len(points)))
    for piece in _centred(points):
        products += piece @ piece.T
    values, vectors = np.linalg.eigh(products)
    total = float(values.sum())
    if not total > 0:
        raise UserError("The run has not moved yet: train a little, or choose random directions.")
    found, shares = [], []
    for value, weights in list(zip(values[::-1], vectors.T[::-1], strict=True))[:2]:
        if value <= _NOTHING * total:
            break
        direction = np.concatenate([weights @ piece for piece in _centred(points)])
        direction /= np.linalg.norm(direction)
        start = float(direction @ (points[0].astype(float) - theta))
        if abs(start) <= _NOTHING * math.sqrt(total):
            start = -float(direction[np.abs(direction).argmax()])
        found.append(-direction if start > 0 else direction)
        shares.append(float(value) / total)
    return np.stack(found), tuple(shares)


def shown_share(axes: Axes, trajectory: Trajectory) -> float:
    """The part of the variance of a run's points that the axes show; NaN if it did not move."""
    points = [point.theta for point in trajectory.points]
    if len(points) < 2:
        return math.nan
    across = np.linalg.qr(axes.along.T)[0].T  # of length 1 and at right angles
    total, at = 0.0, 0
    seen = np.zeros((len(points), len(across)))
    for piece in _centred(points):
        width = piece.shape[1]
        seen += piece @ across[:, at : at + width].T
        total += float(np.square(piece).sum())
        at += width
    return float(np.square(seen).sum()) / total if total > 0 else math.nan


def _centred(points: Sequence[Array]) -> Iterator[Array]:
    """Points (n,) as rows around their mean, some columns at a time, float64."""
    for start in range(0, len(points[0]), _PIECE):
        piece = np.stack([point[start : start + _PIECE] for point in points]).astype(float)
        yield piece - piece.mean(axis=0)


def filter_normalised(theta: Array, layout: Layout, seed: int, *key: str | int) -> Array:
    """A random direction (n,) in which every unit's (filter's) weights are as long as in `theta`.

    d_ij = d_ij / |d_ij| |theta_ij| with Gaussian d, as in section 4; biases, normalisation and what
    does not learn stay where they are. The same seed and key, the same direction.
    """
    direction = np.zeros(theta.size)
    for slot, block in layout.blocks:
        for parameter in block.parameters:
            if not (parameter.weight and parameter.learns):
                continue
            weights = np.moveaxis(parameter.view(slot.of(theta)), parameter.unit_axis, 0)
            rng = stream(seed, "landscape", *key, slot.layer, parameter.name)
            drawn = rng.standard_normal(weights.shape)
            others = tuple(range(1, weights.ndim))
            lengths = (np.sqrt(np.square(d, dtype=float).sum(others)) for d in (weights, drawn))
            scale = np.divide(*lengths).reshape(-1, *(1,) * len(others))
            into = parameter.view(slot.of(direction))
            np.moveaxis(into, parameter.unit_axis, 0)[...] = drawn * scale
    if not direction.any():
        raise UserError(
            "Random directions are as long as the weights, and all weights that learn are 0:"
            " train a little, or choose other directions."
        )
    return direction


def at_right_angles(direction: Array, to: Array) -> Array:
    """The part of a direction (n,) that is at right angles to another, made of length 1."""
    rest: Array = direction - to * (direction @ to) / (to @ to)
    return rest / float(np.linalg.norm(rest))


def parallel(one: Array, other: Array) -> bool:
    """Whether two directions (n,) span no plane."""
    along = (one @ other) ** 2
    return bool(along >= (1 - _NOTHING) * (one @ one) * (other @ other))
