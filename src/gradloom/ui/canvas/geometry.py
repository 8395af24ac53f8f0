"""Where things are on the canvas, in scene units: sizes, ports, curves, distances. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gradloom.layers.shapes import Array
from gradloom.ui.canvas.neurons import Neurons

GRID = 8
CARD_WIDTH, CARD_HEIGHT = 152.0, 56.0
PORT_GAP = 16.0
REACH_OUT, REACH_IN = 16.0, 8.0  # how far from a port it still is the port: outside, inside a card
CABLE_REACH = 7.0
EDGE_OF_WORLD = 100_000.0
_STEPS = np.linspace(0.0, 1.0, 25)

Point = tuple[float, float]


class Box(NamedTuple):
    """An upright rectangle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in it."""
        return self.x <= x <= self.right and self.y <= y <= self.bottom

    def meets(self, other: Box) -> bool:
        """Whether they overlap."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )

    def moved(self, dx: float, dy: float) -> Box:
        """The same size elsewhere."""
        return Box(self.x + dx, self.y + dy, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Frame:
    """The size of a card and where its parts are, from its top left corner."""

    inputs: int
    has_output: bool = True
    openable: bool = False
    neurons: Neurons | None = None

    @property
    def header(self) -> float:
        """Height of the part that a closed card consists of."""
        return max(CARD_HEIGHT, snap((self.inputs + 1) * PORT_GAP))

    @property
    def width(self) -> float:
        """Width of the card."""
        return CARD_WIDTH

    @property
    def height(self) -> float:
        """Height, with the neurons of an opened layer."""
        return self.header + (self.neurons.height if self.neurons else 0.0)

    @property
    def name(self) -> Box:
        """Where the name stands."""
        return Box(34, self.header / 2 - 22, CARD_WIDTH - 34 - 28 * self.openable - 8, 20)

    @property
    def toggle(self) -> Box | None:
        """The button that opens the layer into its neurons."""
        return Box(CARD_WIDTH - 27, self.header / 2 - 23, 22, 22) if self.openable else None

    @property
    def badge(self) -> Box:
        """The problem badge, over the top left corner (ports and the toggle are elsewhere)."""
        return Box(-8, -8, 18, 18)

    def input_at(self, port: int) -> Point:
        """The centre of an input port."""
        middle = self.header / 2
        return 0.0, middle + (port - (self.inputs - 1) / 2) * PORT_GAP

    def output_at(self) -> Point:
        """The centre of the output port."""
        return CARD_WIDTH, self.header / 2

    def neuron(self, unit: int) -> Box | None:
        """The picture of a unit, if it is shown."""
        if self.neurons is None or unit >= self.neurons.shown:
            return None
        x, y = self.neurons.corner(unit)
        cell = self.neurons.cell
        return Box((CARD_WIDTH - cell) / 2 + x, self.header + y, cell, cell)

    def port_at(self, x: float, y: float) -> tuple[str, int] | None:
        """("in", port) or ("out", 0) near a point, the nearest; None if none is near."""
        if self.has_output:
            px, py = self.output_at()
            if -REACH_IN <= x - px <= REACH_OUT and abs(y - py) <= REACH_OUT:
                return "out", 0
        if self.inputs and -REACH_OUT <= x <= REACH_IN:
            port = min(range(self.inputs), key=lambda i: abs(self.input_at(i)[1] - y))
            reach = REACH_OUT if self.inputs == 1 else PORT_GAP * 0.75
            if abs(self.input_at(port)[1] - y) <= reach:
                return "in", port
        return None


def snap(value: float, grid: int = GRID) -> float:
    """The nearest multiple of the grid."""
    return float(round(value / grid) * grid)


def within_world(x: float, y: float) -> Point:
    """A point that a scroll bar can reach; also for numbers a file made up."""
    limit = EDGE_OF_WORLD
    return min(max(x, -limit), limit), min(max(y, -limit), limit)


def curve(start: Point, end: Point) -> tuple[float, ...]:
    """A cable as a cubic Bézier curve: x0, y0, then two handles, then x3, y3."""
    (x0, y0), (x3, y3) = start, end
    ahead = x3 - x0
    pull = max(min(abs(ahead) / 2, 120.0), min(abs(y3 - y0) / 2, 40.0), 16.0)
    if ahead < 0:
        pull = min(48.0 - ahead / 2, 240.0)
    return x0, y0, x0 + pull, y0, x3 - pull, y3, x3, y3


def sampled(curves: Array) -> Array:
    """Points (n, steps, 2) on curves (n, 8)."""
    p = np.asarray(curves, float).reshape(-1, 4, 2)
    t = _STEPS[:, None]
    weights = np.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3])
    return np.asarray(np.einsum("ksi,nkj->nsj", weights, p))


def nearest_curve(point: Point, samples: Array, reach: float) -> int | None:
    """Which of the sampled curves (n, steps, 2) passes within `reach` of a point, the nearest."""
    if not len(samples):
        return None
    a, b = samples[:, :-1], samples[:, 1:]
    d = distances(point, a, b).min(axis=1)
    best = int(d.argmin())
    return best if d[best] <= reach else None


def distances(point: Point, a: Array, b: Array) -> Array:
    """From a point to each segment a-b; the last axis of `a` and `b` is x, y."""
    along = b - a
    to = np.asarray(point) - a
    length = (along * along).sum(axis=-1)
    t = np.clip((to * along).sum(axis=-1) / np.where(length > 0, length, 1.0), 0.0, 1.0)
    off = to - along * t[..., None]
    return np.asarray(np.hypot(off[..., 0], off[..., 1]))


def nearer_end(point: Point, start: Point, end: Point) -> str:
    """'source' or 'target': the end of a cable that a point is nearer to."""
    to_start = (point[0] - start[0]) ** 2 + (point[1] - start[1]) ** 2
    to_end = (point[0] - end[0]) ** 2 + (point[1] - end[1]) ** 2
    return "source" if to_start < to_end else "target"


def around(boxes: Iterable[Box]) -> Box | None:
    """The smallest box around all of them."""
    found = list(boxes)
    if not found:
        return None
    x, y = min(b.x for b in found), min(b.y for b in found)
    return Box(x, y, max(b.right for b in found) - x, max(b.bottom for b in found) - y)


def free_spot(wanted: Box, taken: Sequence[Box]) -> Point:
    """The wanted corner, or the next one below where nothing stands."""
    box = wanted
    for _ in range(len(taken) + 1):
        hit = next((t for t in taken if t.meets(box)), None)
        if hit is None:
            break
        box = Box(box.x, snap(hit.bottom + 2 * GRID), box.width, box.height)
    return box.x, box.y


def making_room(boxes: Mapping[str, Box], grown: Mapping[str, Box]) -> dict[str, Point]:
    """New corners of cards that stand where others have grown to: below them, in their order."""
    settled = list(grown.values())
    found: dict[str, Point] = {}
    for id_ in sorted((i for i in boxes if i not in grown), key=lambda i: (boxes[i].y, i)):
        box = boxes[id_]
        before = [boxes[i] for i in (*grown, *found) if i in boxes]
        if any(box.meets(b) for b in before):
            continue  # it overlapped before, as somebody put it
        while hits := [b for b in settled if b.meets(box)]:
            box = box._replace(y=snap(max(b.bottom for b in hits) + 4 * GRID + GRID / 2 - 1))
        if box != boxes[id_]:
            found[id_] = (box.x, box.y)
            settled.append(box)
    return found


ALIGNMENTS = ("left", "right", "top", "bottom", "centre", "middle")


def aligned(boxes: Mapping[str, Box], how: str) -> dict[str, Point]:
    """New corners: lined up at an edge, on a 'centre' line downwards or a 'middle' line across."""
    hull = around(boxes.values())
    if hull is None:
        return {}
    cx, cy = hull.middle
    rule: Callable[[Box], Point] = {
        "left": lambda b: (hull.x, b.y),
        "right": lambda b: (hull.right - b.width, b.y),
        "top": lambda b: (b.x, hull.y),
        "bottom": lambda b: (b.x, hull.bottom - b.height),
        "centre": lambda b: (cx - b.width / 2, b.y),
        "middle": lambda b: (b.x, cy - b.height / 2),
    }[how]
    return {id_: rule(box) for id_, box in boxes.items()}


def spread(boxes: Mapping[str, Box], how: str) -> dict[str, Point]:
    """New corners with equal gaps: 'across' or 'down'; the outermost stay."""
    across = how == "across"
    order = sorted(boxes, key=lambda i: (boxes[i].x, i) if across else (boxes[i].y, i))
    hull = around(boxes.values())
    if hull is None or len(order) < 3:
        return {}
    sizes = [boxes[i].width if across else boxes[i].height for i in order]
    room = (hull.width if across else hull.height) - sum(sizes)
    gap, at = room / (len(order) - 1), hull.x if across else hull.y
    placed: dict[str, Point] = {}
    for id_, extent in zip(order, sizes, strict=True):
        placed[id_] = (at, boxes[id_].y) if across else (boxes[id_].x, at)
        at += extent + gap
    return placed
