"""Which slice of the space of parameters a loss landscape shows, and how much of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradloom.core.errors import UserError
from gradloom.core.streams import stream
from gradloom.document import State
from gradloom.engine.freezing import frozen_numbers
from gradloom.engine.parameters import Layout
from gradloom.engine.progress import Progress
from gradloom.layers.shapes import Array
from gradloom.session.directions import (
    Axes,
    at_right_angles,
    filter_normalised,
    parallel,
    path_components,
)
from gradloom.session.planes import Extent
from gradloom.session.runs import Number

PATH, RANDOM, GRADIENT, WEIGHTS = "path", "random", "gradient", "weights"
_MARGIN = 1.5  # of a range, over what it has to show
_CLOSEST = 1e-4  # of the length of the parameters: closer, rounding is all there is to see


@dataclass(frozen=True, slots=True)
class Wish:
    """Which slice. `along`: PATH, RANDOM, GRADIENT or WEIGHTS; `line`: one direction, not two.

    `reach` makes the range larger or smaller; `draw` numbers random directions; `weights` are the
    numbers that WEIGHTS is about.
    """

    along: str = PATH
    line: bool = False
    reach: float = 1.0
    draw: int = 0
    weights: tuple[Number, ...] = ()

    @property
    def axes(self) -> int:
        """How many directions."""
        return 1 if self.line or self.along == GRADIENT else 2


def words_of(number: Number) -> str:
    """A number inside its layer, counted from 1: "W[1, 2]"."""
    _, name, index = number
    return f"{name}[{', '.join(str(i + 1) for i in index)}]"


def axes_of(
    state: State, progress: Progress, wish: Wish, layout: Layout, gradient: Array
) -> tuple[Axes, tuple[float, ...]]:
    """The axes of a wish, and the shares of the path's variance that principal ones show.

    Raises UserError where there are none.
    """
    theta, count = progress.snapshot.theta.astype(float), wish.axes
    learning = ~frozen_numbers(layout)
    if not learning.any():
        raise UserError("No weights learn in this network, so there is nothing to look along.")
    if np.count_nonzero(learning) < count:
        raise UserError("A single weight learns in this network: choose a line.")
    origin, shares = np.zeros(count), tuple[float, ...]()
    if wish.along == PATH:
        along, shares = _of_path(state, progress, learning, count)
        names = tuple(f"component {i + 1}" for i in range(count))
    elif wish.along == RANDOM:
        seed = state.plan.seed
        drawn = [filter_normalised(theta, layout, seed, wish.draw, i) for i in range(count)]
        if count == 2 and parallel(*drawn):
            raise UserError(
                "Random directions change the weights of each unit together, and every unit has a"
                " single one here, so there is one such direction: choose a line."
            )
        along, names = np.stack(drawn), tuple(f"random {i + 1}" for i in range(count))
    elif wish.along == GRADIENT:
        length = float(np.linalg.norm(gradient))
        if not (length > 0 and np.isfinite(length)):
            raise UserError("The gradient is 0 or not finite here, so it gives no direction.")
        along, names = -gradient[None] / length, ("distance down the gradient",)
    else:
        along, names = _by_hand(state, layout, wish.weights[:count])
        origin = along @ theta
    return Axes(theta, along, names, origin), shares


def _of_path(
    state: State, progress: Progress, learning: Array, count: int
) -> tuple[Array, tuple[float, ...]]:
    """Principal components of a run's points, and one across if they all lie on a line."""
    along, shares = path_components(progress.trajectory, progress.snapshot.theta)
    if len(along) < count:
        drawn = stream(state.plan.seed, "landscape", "across").standard_normal(len(learning))
        drawn *= learning
        return np.stack([along[0], at_right_angles(drawn, along[0])]), (*shares, 0.0)
    return along[:count], shares[:count]


def _by_hand(
    state: State, layout: Layout, weights: tuple[Number, ...]
) -> tuple[Array, tuple[str, ...]]:
    """Directions along single numbers, and the names of these."""
    places = np.arange(layout.size)
    chosen, names = [], []
    for layer, name, index in weights:
        try:
            chosen.append(int(layout.parameter(places, layer, name)[index]))
        except (KeyError, IndexError):
            raise UserError("Choose weights again: the network has others now.") from None
        names.append(f"{words_of((layer, name, index))} of {state.graph[layer].name}")
    if not chosen or len(set(chosen)) < len(chosen):
        raise UserError("Choose two weights that are not the same.")
    along = np.zeros((len(chosen), layout.size))
    along[np.arange(len(chosen)), chosen] = 1.0
    return along, tuple(names)


def extent_of(
    wish: Wish, axes: Axes, places: Array, loss: Callable[[Array], float], stride: float
) -> Extent:
    """The range to show; both axes are as long, so that right angles look like right angles.

    `places` (points, axes) are those of the run, `stride` is the length of a step of gradient
    descent. Along a line y is 0..1.
    """
    origin, count = axes.origin, len(axes.origin)
    middle = origin
    if wish.along == PATH:
        low, high = places.min(axis=0), places.max(axis=0)
        middle = (low + high) / 2
        half = _MARGIN * float((high - low).max()) / 2 or 1.0
    elif wish.along == RANDOM:
        half = 1.0
    elif wish.along == GRADIENT:
        far = _back_up(axes, loss, stride)
        middle, half = origin + far / 2, 0.75 * far
    else:
        away = float(np.abs(places - origin).max())
        half = max(1.0, _MARGIN * away, float(np.abs(origin).max()) / 2)
    half *= wish.reach
    if wish.reach < 1:  # a closer look is at where the run is
        middle = origin
    x, y = float(middle[0]), float(middle[1]) if count > 1 else 0.5
    tall = half if count > 1 else 0.5
    return x - half, x + half, y - tall, y + tall


def _back_up(axes: Axes, loss: Callable[[Array], float], stride: float) -> float:
    """How far down the gradient the loss is back where it was, within a factor of two."""
    here, length = loss(axes.centre), float(np.linalg.norm(axes.centre)) or 1.0

    def lower(far: float) -> bool:
        return loss(axes.lift(np.array([far]))) < here

    far = max(min(stride, length), _CLOSEST * length)
    if lower(far):
        while far < 4 * length and lower(2 * far):
            far *= 2
        return 2 * far
    while far > _CLOSEST * length and not lower(far / 2):
        far /= 2
    return far
