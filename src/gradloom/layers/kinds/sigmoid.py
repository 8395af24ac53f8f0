"""The logistic function and what is built on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import add, call, minus, times
from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.elementwise import elementwise, exp_limit
from gradloom.layers.expression import Expression
from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Equation, Site, Tensor


def _logistic(at: Site, z: Array, work: Array, out: Array) -> Sequence[Call]:
    """Calls that write e^z / (1 + e^z), relatively exact on both sides; e^z is cut off."""
    return [
        partial(np.minimum, z, at.constant(exp_limit(at.dtype)), out=out),
        partial(np.exp, out, out),
        partial(np.add, out, at.constant(1), work),
        partial(np.divide, out, work, out),
    ]


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class Sigmoid(Activation):
    """a = 1 / (1 + exp(-z)), torch.nn.Sigmoid."""

    kind, label, icon = "sigmoid", "Sigmoid", "activity"
    help = "Squashes to 0 … 1, read as a probability. Flat far from zero, where learning fades."
    span = (0.0, 1.0)

    def apply(self, at: Site, z: Tensor) -> Tensor:
        a, work = at.tensor("a", z.shape), at.scratch(*z.array.shape)
        return elementwise(
            at,
            self,
            z,
            a,
            (
                Equation(
                    rf"a = \frac{{1}}{{1 + e^{{-{z.symbol}}}}}",
                    "Squash each sum to between 0 and 1.",
                    "Goodfellow et al., Deep Learning, eq. 3.30",
                ),
                _logistic(at, z.array, work, a.array),
            ),
            (
                Equation(
                    r"a\,(1 - a)",
                    "The slope of the sigmoid is its value times one minus its value.",
                    "Goodfellow et al., Deep Learning, eq. 3.36",
                ),
                lambda da, dz: [
                    partial(np.subtract, at.constant(1), a.array, dz),
                    partial(np.multiply, dz, a.array, dz),
                    partial(np.multiply, dz, da, dz),
                ],
            ),
            [a],
            (lambda z: call("sigmoid", z), lambda _, a: times(a, minus(1, a))),
        )


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class SiLU(Activation):
    """a = z sigmoid(z), torch.nn.SiLU; also called swish."""

    kind, label, icon = "silu", "SiLU", "spline"
    help = "z · sigmoid(z): like ReLU, but smooth, with a small dip below zero. Also called swish."
    init = "he_normal"
    span = (-0.2784645427610738, float("inf"))

    def apply(self, at: Site, z: Tensor) -> Tensor:
        a = at.tensor("a", z.shape)
        share, work = at.scratch(*z.array.shape), at.scratch(*z.array.shape)
        return elementwise(
            at,
            self,
            z,
            a,
            (
                Equation(
                    rf"a = \frac{{{z.symbol}}}{{1 + e^{{-{z.symbol}}}}}",
                    "Each sum times its own sigmoid.",
                    "Elfwing, Uchibe & Doya 2018, eq. 6; Hendrycks & Gimpel 2016",
                ),
                [
                    *_logistic(at, z.array, work, share),
                    partial(np.multiply, z.array, share, a.array),
                ],
            ),
            (
                Equation(
                    rf"s\,(1 + {z.symbol}(1 - s)),\quad s = \frac{{1}}{{1 + e^{{-{z.symbol}}}}}",
                    "The sigmoid itself, plus the sum times the sigmoid's slope.",
                    "Elfwing, Uchibe & Doya 2018, eq. 7",
                ),
                lambda da, dz: [
                    partial(np.subtract, at.constant(1), share, dz),
                    partial(np.multiply, dz, z.array, dz),
                    partial(np.add, dz, at.constant(1), dz),
                    partial(np.multiply, dz, share, dz),
                    partial(np.multiply, dz, da, dz),
                ],
            ),
            [z],
            (lambda z: times(z, call("sigmoid", z)), lambda z, _: _silu_slope(z)),
        )


def _silu_slope(z: Expression) -> Expression:
    share = call("sigmoid", z)
    return times(share, add(1, times(z, minus(1, share))))


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class Softplus(Activation):
    """a = log(1 + exp(z)), torch.nn.Softplus; PyTorch turns linear at z = 20, 2e-9 away."""

    kind, label, icon = "softplus", "Softplus", "spline"
    help = "A smooth ReLU, always positive: log(1 + exp(z))."
    init = "he_normal"
    span = (0.0, float("inf"))

    def apply(self, at: Site, z: Tensor) -> Tensor:
        a, work = at.tensor("a", z.shape), at.scratch(*z.array.shape)
        return elementwise(
            at,
            self,
            z,
            a,
            (
                Equation(
                    rf"a = \log(1 + e^{{{z.symbol}}})",
                    "A smooth version of keeping the positive part.",
                    "Dugas et al. 2001; as max(z, 0) + log1p(exp(-|z|))",
                ),
                [
                    partial(np.absolute, z.array, a.array),
                    partial(np.negative, a.array, a.array),
                    partial(np.exp, a.array, a.array),
                    partial(np.log1p, a.array, a.array),
                    partial(np.maximum, z.array, at.constant(0), out=work),
                    partial(np.add, a.array, work, a.array),
                ],
            ),
            (
                Equation(
                    rf"\frac{{1}}{{1 + e^{{-{z.symbol}}}}}",
                    "The slope of softplus is the sigmoid.",
                    "Goodfellow et al., Deep Learning, eq. 3.39",
                ),
                lambda da, dz: [
                    *_logistic(at, z.array, work, dz),
                    partial(np.multiply, dz, da, dz),
                ],
            ),
            [z],
            (lambda z: call("softplus", z), lambda z, _: call("sigmoid", z)),
        )
