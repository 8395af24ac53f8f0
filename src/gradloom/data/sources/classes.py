"""Classes of points in the plane, within about -5..5 on each axis as in TensorFlow Playground."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import pi
from typing import ClassVar

import numpy as np

from gradloom.core.checks import Real, Whole
from gradloom.core.settings import param
from gradloom.core.streams import stream
from gradloom.data.bayes import error_of_gaussians, error_of_strays, mislabelled
from gradloom.data.dataset import SOURCES, Dataset, DataSource, frozen
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target

RADIUS = 5.0


@dataclass(frozen=True)
class Points(DataSource):
    """Base: row i is of class i mod k, so that classes are as even as they can be.

    Noise moves each row by its own fixed shift s, uniform in the square -1..1, times
    noise / 100 * `reach`: spinning the noise slides the points and leaves their classes alone.
    Label noise moves a row to a fixed other class once it exceeds the row's fixed threshold, so
    that raising it adds rows and never takes one back.
    """

    reach: ClassVar[float] = RADIUS

    count: int = param(250, Whole(10, 5000), "Points", "How many rows are drawn.")
    noise: int = param(
        10,
        Whole(0, 50),
        "Feature noise",
        "How far points stray from their place.",
        unit="%",
        live=True,
    )
    label_noise: int = param(
        0,
        Whole(0, 50),
        "Label noise",
        "The share of points whose class is another than their place says.",
        unit="%",
        live=True,
    )

    @property
    def class_count(self) -> int:
        """How many classes there are."""
        return 2

    @property
    def target_columns(self) -> tuple[Target, ...]:
        return (Target("class", tuple("ABCDE"[: self.class_count])),)

    def place(self, rng: np.random.Generator, labels: Array) -> Array:
        """Points (rows, 2) without noise for these class numbers (rows,)."""
        raise NotImplementedError

    def make(self, seed: int) -> Dataset:
        made = super().make(seed)
        if not self.label_noise:
            return made
        rng = stream(seed, "data", self.kind, "labels")
        threshold, step = rng.uniform(size=(2, self.count))
        others = self.class_count - 1
        labels = made.targets[:, 0]
        other = (labels + 1 + np.floor(step * others)) % self.class_count
        moved = np.where(threshold < self.label_noise / 100, other, labels)
        return replace(made, targets=frozen(moved[:, None]))

    def best_error(self) -> float:
        clean = _clean_error(self.replace(count=250, label_noise=0))
        return mislabelled(clean, self.label_noise / 100, self.class_count)

    def clean_error(self) -> float:
        """The best possible error without label noise; without noise no classes overlap."""
        half = self.noise / 100 * self.reach
        return error_of_strays(self.place, self.class_count, half) if half else 0.0

    def draw(self, rng: np.random.Generator) -> tuple[Array, Array]:
        labels = np.arange(self.count) % self.class_count
        points = self.place(rng, labels)
        points += self.noise / 100 * self.reach * rng.uniform(-1, 1, points.shape)
        return points, labels[:, None]


@lru_cache(maxsize=64)
def _clean_error(source: Points) -> float:
    return source.clean_error()


@SOURCES.add
@dataclass(frozen=True)
class Circles(Points):
    """A disc inside a ring.

    Class A: r uniform in 0..5q; class B: r uniform in 5(q + 0.4(1 - q))..5; the angle is uniform.
    q is the inner radius over the outer; q = 0.5 is TensorFlow Playground's "circle".
    """

    kind, label, help = "circles", "Circles", "A disc of one class inside a ring of the other."
    ratio: float = param(0.5, Real(0.1, 0.9), "Inner radius", "As a share of the outer radius.")

    def place(self, rng: np.random.Generator, labels: Array) -> Array:
        inner = self.ratio + 0.4 * (1 - self.ratio)
        share = rng.uniform(0, 1, len(labels))
        r = RADIUS * np.where(labels == 0, share * self.ratio, inner + share * (1 - inner))
        angle = rng.uniform(0, 2 * pi, len(labels))
        return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)


@SOURCES.add
@dataclass(frozen=True)
class Xor(Points):
    """Opposite quadrants belong together: class B where x1 x2 < 0.

    |x1| and |x2| are uniform in 0.3..5, so that a gap stays free along the axes.
    """

    kind, label, help = "xor", "XOR", "Four quadrants; opposite ones are of one class."

    def place(self, rng: np.random.Generator, labels: Array) -> Array:
        points = rng.uniform(0.3, RADIUS, (len(labels), 2))
        side = rng.choice([-1.0, 1.0], len(labels))
        points[:, 0] *= side
        points[:, 1] *= np.where(labels == 0, side, -side)
        return points


@SOURCES.add
@dataclass(frozen=True)
class Gaussians(Points):
    """Round clouds whose centres stand evenly on a circle of radius 3.2, the first at 45 degrees.

    x = centre + (0.4 + 0.03 noise) n with n standard normal: noise widens the clouds.
    """

    kind, label, help = "gaussians", "Gaussians", "Round clouds, one for each class."
    classes: int = param(2, Whole(2, 5), "Classes", "How many clouds.")

    @property
    def class_count(self) -> int:
        return self.classes

    @property
    def spread(self) -> float:
        """The standard deviation of each cloud along each axis."""
        return 0.4 + 0.03 * self.noise

    def centres(self, labels: Array) -> Array:
        """The middles (rows, 2) of the clouds of these classes."""
        angle = pi / 4 + 2 * pi * labels / self.classes
        return 3.2 * np.stack([np.cos(angle), np.sin(angle)], axis=1)

    def clean_error(self) -> float:
        return error_of_gaussians(self.centres(np.arange(self.classes)), self.spread)

    def draw(self, rng: np.random.Generator) -> tuple[Array, Array]:
        labels = np.arange(self.count) % self.classes
        centres = self.centres(labels)
        return centres + self.spread * rng.normal(size=centres.shape), labels[:, None]


@SOURCES.add
@dataclass(frozen=True)
class Spiral(Points):
    """Arms that wind around each other.

    Arm c of k, with t running evenly from 0 to 1 along it: r = 0.3 + 4.7 t,
    angle = 2 pi (turns t + c / k), x1 = r sin(angle), x2 = r cos(angle).
    """

    kind, label, help = "spiral", "Spiral", "Arms that wind around each other; hard to separate."
    reach: ClassVar[float] = 2.5
    arms: int = param(2, Whole(2, 5), "Arms", "How many arms, each a class.")
    turns: float = param(1.75, Real(0.25, 3), "Turns", "How often an arm winds around.")

    @property
    def class_count(self) -> int:
        return self.arms

    def place(self, rng: np.random.Generator, labels: Array) -> Array:
        along = (np.arange(len(labels)) // self.arms) / (-(-len(labels) // self.arms))
        r = 0.3 + (RADIUS - 0.3) * along
        angle = 2 * pi * (self.turns * along + labels / self.arms)
        return np.stack([r * np.sin(angle), r * np.cos(angle)], axis=1)


@SOURCES.add
@dataclass(frozen=True)
class Moons(Points):
    """Two half circles that reach into each other.

    With t uniform in 0..pi, class A: (cos t, sin t); class B: (1 - cos t, 1/2 - sin t); then
    centred on the origin and scaled by 3. The shape is that of scikit-learn's `make_moons`.
    """

    kind, label, help = "moons", "Moons", "Two half moons that reach into each other."
    reach: ClassVar[float] = 3.0

    def place(self, rng: np.random.Generator, labels: Array) -> Array:
        t = rng.uniform(0, pi, len(labels))
        x = np.where(labels == 0, np.cos(t), 1 - np.cos(t))
        y = np.where(labels == 0, np.sin(t), 0.5 - np.sin(t))
        return 3.0 * np.stack([x - 0.5, y - 0.25], axis=1)


@SOURCES.add
@dataclass(frozen=True)
class Checkerboard(Points):
    """A board of n x n cells over -5..5, counted from the bottom left.

    Class B has the cells where column + row is odd; a point is uniform within
    the middle nine tenths of its cell.
    """

    kind, label, help = "checkerboard", "Checkerboard", "Cells whose classes alternate."
    cells: int = param(4, Whole(2, 8), "Cells", "How many cells on each side.")

    def place(self, rng: np.random.Generator, labels: Array) -> Array:
        column, row = np.divmod(np.arange(self.cells**2), self.cells)
        odd = (column + row) % 2
        cell = np.where(
            labels == 0,
            rng.choice(np.flatnonzero(odd == 0), len(labels)),
            rng.choice(np.flatnonzero(odd == 1), len(labels)),
        )
        corner = np.stack([column[cell], row[cell]], axis=1)
        inside = rng.uniform(0.05, 0.95, corner.shape)
        return (corner + inside) * (2 * RADIUS / self.cells) - RADIUS
