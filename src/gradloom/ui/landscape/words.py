"""What is said about a landscape: which slice it is, and what stands at a place."""

from __future__ import annotations

import math

import numpy as np

from gradloom.core.counting import counted
from gradloom.engine.parameters import layout_of
from gradloom.layers.shapes import Array
from gradloom.session.landscape import Landscape
from gradloom.session.slices import GRADIENT, PATH, RANDOM, WEIGHTS
from gradloom.ui.map.subject import lookup
from gradloom.ui.plots.scale import count, figure, percent

_TIP = (
    "{what}. The loss is that of {rows}, without dropout and penalties{state}. Points of the path"
    " lie off the slice and are seen from straight above: their own loss may differ from the one"
    " below them."
)


def slice_words(found: Landscape) -> str:
    """How much of the path the slice shows, and of how many dimensions it is one."""
    numbers = f"a slice of {counted(len(found.axes.centre), 'dimension')}"
    if found.wish.along == GRADIENT:
        return f"One step of gradient descent goes {figure(found.stride)} far; {numbers}."
    if not math.isfinite(found.shown):
        return f"{numbers.capitalize()}."
    parts = ""
    if len(found.shares) > 1:
        parts = f" ({' + '.join(f'{100 * share:.1f}' for share in found.shares)})"
    return f"{percent(found.shown)} of the path's variance{parts}; {numbers}."


def slice_tip(found: Landscape) -> str:
    """Which slice it is, and on what the loss is measured."""
    place = "line" if len(found.axes.along) == 1 else "plane"
    what = {
        PATH: f"The {place} along which the run has moved most, through where it was",
        RANDOM: f"A random {place} through the run; each unit's part is as long as its weights",
        GRADIENT: "The line down the gradient; one step is one of plain gradient descent at the"
        " learning rate in force",
        WEIGHTS: f"{' and '.join(found.axes.names)}, all other numbers as they are",
    }[found.wish.along]
    if found.axes.flat and math.isfinite(found.downhill_share):
        seen = percent(min(found.downhill_share, 1.0))
        what += f". The arrow points downhill: {seen} of the gradient's length lies in the plane"
    state = found.state
    kept = bool(layout_of(state.graph, state.analysis).states)
    running = "; running statistics are as they were when it was computed" if kept else ""
    return _TIP.format(what=what, rows=counted(found.rows, "training row"), state=running)


def place_words(found: Landscape, place: Array) -> str:
    """The loss at a place (axes,), its coordinates, how far it is from where the run was."""
    at = ", ".join(
        f"{name} {figure(float(value))}"
        for name, value in zip(found.axes.names, place, strict=True)
    )
    loss = loss_at(found, place)
    told = f"Loss {figure(loss)}" if math.isfinite(loss) else "No finite loss"
    return f"{told} at {at}; {figure(found.axes.distance(place))} from the run."


def loss_at(found: Landscape, place: Array) -> float:
    """The loss at a place (axes,), linear between computed ones."""
    y = float(place[1]) if len(place) > 1 else 0.5
    with np.errstate(invalid="ignore"):
        return float(lookup(found.losses, found.extent, float(place[0]), y))


def point_words(found: Landscape, point: int) -> str:
    """A point of the path, with its own loss."""
    waypoint = found.trail.points[point]
    return (
        f" Epoch {count(waypoint.epoch)}, step {count(waypoint.steps)}:"
        f" own loss {figure(float(found.trail.losses[point]))}."
    )
