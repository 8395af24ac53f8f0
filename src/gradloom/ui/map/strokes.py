"""What one stroke on the map does to a drawing; no widgets.

A stroke is fed with touches; `after` is the drawing with it. Until it counts, the map hides the
rows that are `gone` from where they were and shows the points that are `wet`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF

from gradloom.core.counting import counted
from gradloom.core.streams import stream
from gradloom.data import Drawing
from gradloom.data.drawing import (
    MOST_POINTS,
    Place,
    Reach,
    add_points,
    erase,
    heights,
    is_curve,
    move,
    near,
    places,
    recolour,
    swept,
)
from gradloom.layers.shapes import Array
from gradloom.session.planes import Extent
from gradloom.ui.map.tools import Touch

GRAB = 14.0  # px around the pointer in which a point can be grabbed


@dataclass(frozen=True, slots=True)
class Ink:
    """What one draws with: a class number or a target, a radius in px, points a second."""

    value: float = 0.0
    radius: float = 6.0
    rate: float = 60.0


class Stroke:
    """Base: changes nothing. `room` is the plane that points must lie in."""

    verb = ""

    def __init__(self, before: Drawing, ink: Ink, room: Extent) -> None:
        self.before, self.ink, self.room = before, ink, room
        self.gone = np.zeros(len(before.content), bool)
        self._wet = np.empty((0, 2))

    def press(self, touch: Touch) -> None:
        """The button went down."""

    def drag(self, touch: Touch) -> None:
        """The pointer moved with the button down."""

    def wait(self, seconds: float) -> bool:
        """The button was held for some time; whether that did anything."""
        return False

    def after(self) -> Drawing:
        """The drawing with this stroke; the same object if it changed nothing."""
        return self.before

    @property
    def wet(self) -> tuple[Array, Array]:
        """Where points appear (n, 2), and their class numbers or targets (n,)."""
        drawn, target = self._wet, self._values()
        content = self.before.content
        if self.before.features == 1 and not is_curve(self.before):
            level = heights(target, content.target_columns[0].classes)
            drawn = np.stack([drawn[:, 0], level], axis=1)
        return drawn, target

    @property
    def label(self) -> str:
        """What the edit is called: "Draw 12 points"."""
        return f"{self.verb} {counted(self._count(), 'point')}"

    @property
    def full(self) -> bool:
        """Whether it drew more points than a drawing holds."""
        return False

    def _count(self) -> int:
        return int(self.gone.sum())

    def _values(self) -> Array:
        if is_curve(self.before):
            return self._wet[:, 1]
        return np.full(len(self._wet), self.ink.value)


def _reach(touch: Touch, radius: float) -> Reach:
    """How far a disc of this radius (px) reaches along each axis."""
    unit = touch.frame.unit
    return radius * unit[0], radius * unit[1]


class Adding(Stroke):
    """Base of the strokes that add points."""

    verb = "Draw"

    def after(self) -> Drawing:
        return add_points(self.before, self._wet, self.ink.value)

    @property
    def full(self) -> bool:
        return len(self.before.content) + len(self._wet) > MOST_POINTS

    def _count(self) -> int:
        return min(len(self._wet), MOST_POINTS - len(self.before.content))

    def _inside(self, drawn: Array) -> Array:
        x0, x1, y0, y1 = self.room
        x, y = drawn.T
        kept: Array = drawn[(x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)]
        return kept


class Beads(Adding):
    """Points along a line drawn by hand, two radii apart; with Shift along a straight line."""

    def press(self, touch: Touch) -> None:
        self._firm = self._wet = self._inside(np.array([[touch.x, touch.y]]))
        self._anchor, self._owed = touch.px, 0.0

    def drag(self, touch: Touch) -> None:
        spacing = max(2 * self.ink.radius, 1.0)
        pixels, owed = beads(self._anchor, touch.px, spacing, self._owed)
        drawn = np.array([touch.frame.back(at) for at in pixels]).reshape(-1, 2)
        self._wet = np.concatenate([self._firm, self._inside(drawn)])
        if not touch.adding:
            self._firm, self._anchor, self._owed = self._wet, touch.px, owed


def beads(start: QPointF, end: QPointF, spacing: float, owed: float) -> tuple[list[QPointF], float]:
    """Places `spacing` apart on a straight way whose last bead lies `owed` before its start.

    With the way from the last of them to the end.
    """
    way = end - start
    length = float(np.hypot(way.x(), way.y()))
    along = np.arange(spacing - owed, length + 1e-9, spacing)
    found = [start + way * (at / length) for at in along.tolist()] if length else []
    return found, owed + length - spacing * len(found)


class Spray(Adding):
    """Points at random in the disc under the pointer, evenly over it, as long as it is held."""

    def __init__(self, before: Drawing, ink: Ink, room: Extent) -> None:
        super().__init__(before, ink, room)
        self._rng = stream(0, "spray", len(before.content))
        self._owed = 0.0

    def press(self, touch: Touch) -> None:
        self._touch = touch
        self._spray(1)

    def drag(self, touch: Touch) -> None:
        self._touch = touch

    def wait(self, seconds: float) -> bool:
        self._owed += self.ink.rate * seconds
        count = int(self._owed)
        self._owed -= count
        self._spray(count)
        return count > 0

    def _spray(self, count: int) -> None:
        r = np.sqrt(self._rng.uniform(size=count))
        angle = self._rng.uniform(0, 2 * np.pi, count)
        disc = np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)
        touch = self._touch
        drawn = (touch.x, touch.y) + disc * _reach(touch, self.ink.radius)
        self._wet = np.concatenate([self._wet, self._inside(drawn)])


class Dot(Adding):
    """One point, which can be dragged to its place before the button comes up."""

    def press(self, touch: Touch) -> None:
        self.drag(touch)

    def drag(self, touch: Touch) -> None:
        inside = self._inside(np.array([[touch.x, touch.y]]))
        self._wet = inside if len(inside) else self._wet


class Sweep(Stroke):
    """Base of the strokes that touch all points under the brush."""

    def press(self, touch: Touch) -> None:
        self._last = touch
        self.drag(touch)

    def drag(self, touch: Touch) -> None:
        last, self._last = self._last, touch
        reach = _reach(touch, self.ink.radius)
        self.gone |= swept(self.before, (last.x, last.y), (touch.x, touch.y), reach)

    @property
    def _rows(self) -> Array:
        return np.flatnonzero(self.gone)


class Erase(Sweep):
    """Takes away the points under the brush."""

    verb = "Erase"

    def after(self) -> Drawing:
        return erase(self.before, self._rows)


class Recolour(Sweep):
    """Gives the points under the brush another class or target."""

    verb = "Recolour"

    def drag(self, touch: Touch) -> None:
        super().drag(touch)
        self.gone &= self.before.content.targets[:, 0] != self.ink.value
        self._wet = places(self.before)[self.gone]

    def after(self) -> Drawing:
        return recolour(self.before, self._rows, self.ink.value)


class Move(Stroke):
    """Drags the nearest point, or all `chosen` rows if it is one of them."""

    verb = "Move"
    chosen: frozenset[int] = frozenset()

    def press(self, touch: Touch) -> None:
        self._start, self._by = touch, (0.0, 0.0)
        found = _grabbed(self.before, touch)
        together = set(found) <= self.chosen
        rows = [row for row in self.chosen if row < len(self.gone)] if found and together else found
        self.gone[rows] = True
        self._wet = places(self.before)[self.gone]

    def drag(self, touch: Touch) -> None:
        there = places(self.before)[self.gone]
        if len(there):
            x0, x1, y0, y1 = self.room
            low, high = there.min(axis=0), there.max(axis=0)
            dx = _within(touch.x - self._start.x, x0 - low[0], x1 - high[0])
            dy = _within(touch.y - self._start.y, y0 - low[1], y1 - high[1])
            self._by = dx, dy
            self._wet = there + self._by

    def after(self) -> Drawing:
        return move(self.before, np.flatnonzero(self.gone), self._by)

    def _values(self) -> Array:
        if is_curve(self.before):
            return super()._values()
        held: Array = self.before.content.targets[self.gone, 0]
        return held


def _grabbed(source: Drawing, touch: Touch) -> list[int]:
    """The row of the point that can be grabbed here, if there is one."""
    found: list[int] = near(source, (touch.x, touch.y), _reach(touch, GRAB))[:1].tolist()
    return found


def grabbable(source: Drawing, touch: Touch) -> Place | None:
    """Where the point lies that can be grabbed here, or None."""
    found = _grabbed(source, touch)
    if not found:
        return None
    x, y = places(source)[found[0]].tolist()
    return x, y


def _within(by: float, low: float, high: float) -> float:
    return float(min(max(by, min(low, 0.0)), max(high, 0.0)))
