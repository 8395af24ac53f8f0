"""How parameters start: each initialiser with its source. Fans are those of the parameter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod, sqrt
from typing import ClassVar

import numpy as np

from gradloom.core.checks import Numbers, Real
from gradloom.core.settings import Declared, Registry, param
from gradloom.layers.shapes import Array, Shape


@dataclass(frozen=True)
class Initialiser(Declared):
    """Draws the start values of one parameter, in float64."""

    source: ClassVar[str] = ""

    def draw(self, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
        """Start values of `shape`, (inputs, outputs) for a dense kernel."""
        raise NotImplementedError


INITIALISERS: Registry[Initialiser] = Registry("initialiser")


@INITIALISERS.add
@dataclass(frozen=True)
class Zeros(Initialiser):
    """All zeros: right for biases; for weights every unit of a layer would stay the same."""

    kind, label, help = (
        "zeros",
        "Zeros",
        "All 0. For weights this keeps all units of a layer equal.",
    )

    def draw(self, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return np.zeros(shape)


@INITIALISERS.add
@dataclass(frozen=True)
class Ones(Initialiser):
    """All ones."""

    kind, label, help = "ones", "Ones", "All 1."

    def draw(self, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return np.ones(shape)


@INITIALISERS.add
@dataclass(frozen=True)
class Constant(Initialiser):
    """All the same number."""

    kind, label, help = "constant", "Constant", "All the same number."
    value: float = param(0.1, Real(), "Value")

    def draw(self, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return np.full(shape, self.value)


@INITIALISERS.add
@dataclass(frozen=True)
class Listed(Initialiser):
    """Given numbers, first row first; they start again from the first if there are too few."""

    kind, label = "listed", "My own numbers"
    help = "The numbers you give: all weights of the first input first, then of the second ..."
    numbers: str = param("0.1", Numbers(), "Numbers", "With spaces or commas between.")

    def draw(self, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return np.resize(np.array(Numbers.read(self.numbers)), shape)


@INITIALISERS.add
@dataclass(frozen=True)
class Uniform(Initialiser):
    """Evenly spread between two bounds."""

    kind, label, help = "uniform", "Uniform", "Evenly spread from low to high."
    low: float = param(-0.05, Real(), "Low")
    high: float = param(0.05, Real(), "High")

    def rules(self) -> Iterator[tuple[str, str]]:
        if self.low > self.high:
            yield "high", f"must be at least the low bound {self.low:g}, not {self.high:g}"

    def draw(self, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return rng.uniform(self.low, self.high, shape)


@INITIALISERS.add
@dataclass(frozen=True)
class Normal(Initialiser):
    """Bell-shaped around a mean."""

    kind, label, help = "normal", "Normal", "Bell-shaped with this mean and deviation."
    mean: float = param(0.0, Real(), "Mean")
    deviation: float = param(0.05, Real(0), "Deviation")

    def draw(self, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return rng.normal(self.mean, self.deviation, shape)


@INITIALISERS.add
@dataclass(frozen=True)
class TruncatedNormal(Initialiser):
    """Bell-shaped, values beyond two deviations drawn again (torch.nn.init.trunc_normal_)."""

    kind, label = "truncated_normal", "Truncated normal"
    help = "Bell-shaped; values beyond two deviations are drawn again."
    mean: float = param(0.0, Real(), "Mean")
    deviation: float = param(0.05, Real(0), "Deviation")

    def draw(self, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
        return self.mean + self.deviation * _truncated(rng, shape)


@dataclass(frozen=True)
class _Scaled(Initialiser):
    """Deviation sqrt(gain / fan); the mode picks the fan."""

    gain: ClassVar[float] = 1.0
    mode: ClassVar[str] = "in"
    bell: ClassVar[bool] = True

    def draw(self, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
        fan = fan_in if self.mode == "in" else (fan_in + fan_out) / 2
        deviation = sqrt(self.gain / max(fan, 1))
        if self.bell:
            return rng.normal(0.0, deviation, shape)
        return rng.uniform(-sqrt(3.0) * deviation, sqrt(3.0) * deviation, shape)


@INITIALISERS.add
@dataclass(frozen=True)
class GlorotUniform(_Scaled):
    """U(-a, a), a = sqrt(6 / (fan_in + fan_out))."""

    kind, label = "glorot_uniform", "Glorot uniform"
    help = "Uniform within ±√(6 / (inputs + outputs)). Suits tanh and sigmoid."
    source = "Glorot & Bengio 2010, eq. 16"
    mode, bell = "mean", False


@INITIALISERS.add
@dataclass(frozen=True)
class GlorotNormal(_Scaled):
    """N(0, 2 / (fan_in + fan_out))."""

    kind, label = "glorot_normal", "Glorot normal"
    help = "Normal with variance 2 / (inputs + outputs). Suits tanh and sigmoid."
    source = "Glorot & Bengio 2010, eq. 12"
    mode = "mean"


@INITIALISERS.add
@dataclass(frozen=True)
class HeUniform(_Scaled):
    """U(-a, a), a = sqrt(6 / fan_in)."""

    kind, label = "he_uniform", "He uniform"
    help = "Uniform within ±√(6 / inputs). Suits the ReLU family."
    source = "He et al. 2015, eq. 10"
    gain, bell = 2.0, False


@INITIALISERS.add
@dataclass(frozen=True)
class HeNormal(_Scaled):
    """N(0, 2 / fan_in)."""

    kind, label = "he_normal", "He normal"
    help = "Normal with variance 2 / inputs. Suits the ReLU family."
    source = "He et al. 2015, eq. 10"
    gain = 2.0


@INITIALISERS.add
@dataclass(frozen=True)
class LecunUniform(_Scaled):
    """U(-a, a), a = sqrt(3 / fan_in)."""

    kind, label = "lecun_uniform", "LeCun uniform"
    help = "Uniform within ±√(3 / inputs). Suits SELU."
    source = "LeCun et al. 1998, Efficient BackProp, eq. 16"
    bell = False


@INITIALISERS.add
@dataclass(frozen=True)
class LecunNormal(_Scaled):
    """N(0, 1 / fan_in)."""

    kind, label = "lecun_normal", "LeCun normal"
    help = "Normal with variance 1 / inputs. Suits SELU."
    source = "LeCun et al. 1998, Efficient BackProp, eq. 16; Klambauer et al. 2017"


@INITIALISERS.add
@dataclass(frozen=True)
class Orthogonal(Initialiser):
    """Rows or columns of a random orthogonal matrix times a gain."""

    kind, label = "orthogonal", "Orthogonal"
    help = "A random rotation: keeps lengths, so deep linear stacks neither grow nor fade."
    source = "Saxe et al. 2014; torch.nn.init.orthogonal_"
    gain: float = param(1.0, Real(0), "Gain")

    def draw(self, rng: np.random.Generator, shape: Shape, fan_in: int, fan_out: int) -> Array:
        if not shape:
            return np.full(shape, self.gain)
        rows, columns = shape[0], prod(shape[1:])
        tall = rng.normal(size=(max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(tall)
        q *= np.sign(np.diag(r))
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


def _truncated(rng: np.random.Generator, shape: Shape) -> Array:
    """Standard normal values within two deviations."""
    drawn = rng.normal(size=shape)
    outside = np.abs(drawn) > 2
    while outside.any():
        drawn[outside] = rng.normal(size=int(outside.sum()))
        outside = np.abs(drawn) > 2
    return drawn
