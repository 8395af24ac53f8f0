"""Real targets over one feature or two, each feature uniform over -5..5."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import pi
from typing import ClassVar

import numpy as np

from gradloom.core.checks import Real, Whole
from gradloom.core.settings import param
from gradloom.data.bayes import error_of_shifts
from gradloom.data.dataset import SOURCES, DataSource
from gradloom.layers.shapes import Array
from gradloom.layers.signature import Target

RADIUS = 5.0


@dataclass(frozen=True)
class Measured(DataSource):
    """Base: y = f(x) + sigma(x) n, where n is standard normal and fixed for each row.

    sigma is noise / 100 unless `deviation` says otherwise. Spinning the noise moves the targets and
    leaves the features alone.
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

    def deviation(self, x: Array) -> Array:
        """The standard deviation (rows,) of the target's error at features (rows, F)."""
        return np.full(len(x), self.noise / 100)

    @property
    def variance(self) -> float:
        """The mean square of `deviation` over all features there can be."""
        return (self.noise / 100) ** 2

    def draw(self, rng: np.random.Generator) -> tuple[Array, Array]:
        x = rng.uniform(-RADIUS, RADIUS, (self.count, self.features))
        y = self.answer(x) + self.deviation(x) * rng.normal(size=self.count)
        x += self.feature_noise / 100 * RADIUS * rng.uniform(-1, 1, x.shape)
        return x, y[:, None]

    def best_error(self) -> float:
        """The variance of the noise, and of what features that stray leave open.

        The least squared error is the mean of Var(y | features seen), that of the rule which
        answers with their mean (C. M. Bishop, Pattern Recognition and Machine Learning, 1.5.5).
        """
        return self.variance + _left_open(self.replace(count=250, noise=0))

    def left_open(self) -> float:
        """The mean of Var(f(x) | features seen)."""
        half = self.feature_noise / 100 * RADIUS
        return error_of_shifts(self.answer, self.features, RADIUS, half) if half else 0.0


@lru_cache(maxsize=64)
def _left_open(source: Measured) -> float:
    return source.left_open()


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
class GrowingNoise(Curve):
    """A wave whose noise grows: y = sin(x1) + sigma(x1) n, for networks that say how sure they are.

    sigma rises evenly from s at -5 to g s at 5, where g is `growth` and s is such that sigma is
    noise / 100 in the mean: s = 2 noise / (100 (1 + g)). The mean of its square is
    s^2 (1 + g + g^2) / 3, the integral of s^2 (1 + (g - 1) t)^2 over t in 0..1.
    """

    kind, label = "growing_noise", "Growing noise"
    help = "A wave that is measured ever less exactly; the Gaussian loss learns how exactly."
    noise: int = param(
        30,
        Whole(0, 50),
        "Target noise",
        "Standard deviation of the target's error in the mean, in hundredths.",
        unit="%",
        live=True,
    )
    growth: float = param(
        8.0,
        Real(1, 100),
        "Growth",
        "How many times larger the error on the right is than that on the left.",
    )

    @property
    def least(self) -> float:
        """The standard deviation of the error at the left end."""
        return 2 * self.noise / 100 / (1 + self.growth)

    def answer(self, x: Array) -> Array:
        return np.asarray(np.sin(x[:, 0]))

    def deviation(self, x: Array) -> Array:
        share = (x[:, 0] + RADIUS) / (2 * RADIUS)
        return np.asarray(self.least * (1 + (self.growth - 1) * share))

    @property
    def variance(self) -> float:
        return self.least**2 * (1 + self.growth + self.growth**2) / 3


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
