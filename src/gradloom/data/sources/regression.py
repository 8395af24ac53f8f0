"""Real targets over one feature or two, each feature uniform over -5..5."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import ClassVar

import numpy as np

from gradloom.core.checks import Real, Whole
from gradloom.core.settings import param
from gradloom.data.dataset import SOURCES, DataSource
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target


@dataclass(frozen=True)
class Measured(DataSource):
    """Base: y = f(x) + noise / 100 * n, where n is standard normal and fixed for each row.

    Spinning the noise moves the targets and leaves the features alone.
    """

    task: ClassVar[str] = "real"

    count: int = param(250, Whole(10, 5000), "Points", "How many rows are drawn.")
    noise: int = param(
        10,
        Whole(0, 50),
        "Target noise",
        "Standard deviation of the target's error, in hundredths.",
        unit="%",
        live=True,
    )
    feature_noise: int = param(
        0,
        Whole(0, 50),
        "Feature noise",
        "How far features stray from where the target was measured: up to so much of 5.",
        unit="%",
        live=True,
    )

    @property
    def target_columns(self) -> tuple[Target, ...]:
        return (Target("y"),)

    def answer(self, x: Array) -> Array:
        """The target (rows,) without noise of features (rows, F)."""
        raise NotImplementedError

    def draw(self, rng: np.random.Generator) -> tuple[Array, Array]:
        x = rng.uniform(-5, 5, (self.count, self.features))
        y = self.answer(x) + self.noise / 100 * rng.normal(size=self.count)
        x += self.feature_noise / 100 * 5 * rng.uniform(-1, 1, x.shape)
        return x, y[:, None]

    def best_error(self) -> float | None:
        return None if self.feature_noise else (self.noise / 100) ** 2


@dataclass(frozen=True)
class Curve(Measured):
    """Base of the targets over one feature."""

    @property
    def feature_names(self) -> tuple[str, ...]:
        return ("x1",)


@SOURCES.add
@dataclass(frozen=True)
class Line(Curve):
    """A straight line: y = slope x1 + intercept."""

    kind, label, help = "line", "Line", "A straight line; one weight and one bias are enough."
    slope: float = param(0.3, Real(-10, 10), "Slope", "How much y rises for 1 of x₁.")
    intercept: float = param(0.5, Real(-10, 10), "Intercept", "y where x₁ is 0.")

    def answer(self, x: Array) -> Array:
        return np.asarray(self.slope * x[:, 0] + self.intercept)


@SOURCES.add
@dataclass(frozen=True)
class Sine(Curve):
    """A wave: y = amplitude sin(frequency x1)."""

    kind, label, help = "sine", "Sine", "A wave; needs hidden units to bend the line."
    amplitude: float = param(1.0, Real(0.1, 10), "Amplitude", "The height of the crests.")
    frequency: float = param(1.0, Real(0.1, 5), "Frequency", "Radians for 1 of x₁.")

    def answer(self, x: Array) -> Array:
        return np.asarray(self.amplitude * np.sin(self.frequency * x[:, 0]))


@SOURCES.add
@dataclass(frozen=True)
class Plane(Measured):
    """A tilted plane: y = a x1 + b x2 + intercept. By default y stays within -1..1."""

    kind, label, help = "plane", "Plane", "A tilted plane over two features."
    slope_x1: float = param(0.1, Real(-10, 10), "Slope along x₁", "How much y rises for 1 of x₁.")
    slope_x2: float = param(0.1, Real(-10, 10), "Slope along x₂", "How much y rises for 1 of x₂.")
    intercept: float = param(0.0, Real(-10, 10), "Intercept", "y where both features are 0.")

    def answer(self, x: Array) -> Array:
        return np.asarray(x @ [self.slope_x1, self.slope_x2] + self.intercept)


@SOURCES.add
@dataclass(frozen=True)
class Bumps(Measured):
    """Hills and hollows in turn, evenly on a circle of radius 3: two-dimensional Gaussians.

    y = sum over k of (-1)^k exp(-|x - c_k|^2 / (2 w^2)), c_k at the angle 2 pi k / bumps.
    """

    kind, label, help = "bumps", "Gaussian bumps", "Hills and hollows around the middle."
    bumps: int = param(6, Whole(1, 12), "Bumps", "How many hills and hollows together.")
    width: float = param(1.0, Real(0.2, 4), "Width", "Standard deviation of each bump.")

    def answer(self, x: Array) -> Array:
        number = np.arange(self.bumps)
        angle = 2 * pi * number / self.bumps
        centres = 3 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        squared = np.square(x[:, None, :] - centres).sum(axis=2)
        return np.asarray(np.exp(-squared / (2 * self.width**2)) @ (-1.0) ** number)
