"""Gaussian error linear unit, exact or by tanh."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import pi, sqrt

import numpy as np

from gradloom.core.checks import Choice
from gradloom.core.settings import param
from gradloom.layers.algebra import add, call, minus, named, over, square, times
from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.elementwise import elementwise, exp_limit
from gradloom.layers.expression import Expression
from gradloom.layers.site import Equation, Site, Tensor
from gradloom.layers.tail import normal_tail

_CUBIC = 0.044715
_EDGE = 22.0  # beyond, the tanh form is z or 0 even in float64


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class GELU(Activation):
    """a = z P(Z < z) with Z normal, or its tanh form; torch.nn.GELU."""

    kind, label, icon = "gelu", "GELU", "spline"
    help = "z times the share of a bell curve that lies below z: a smooth ReLU with a small dip."
    init = "he_normal"
    span = (-0.16997120747990369, float("inf"))
    form: str = param(
        "exact",
        Choice(("exact", "Exact"), ("tanh", "By tanh")),
        "Form",
        "The exact function, or the older form by tanh, which differs by up to 0.0005.",
    )

    def apply(self, at: Site, z: Tensor) -> Tensor:
        return self._by_tanh(at, z) if self.form == "tanh" else self._exact(at, z)

    def _exact(self, at: Site, z: Tensor) -> Tensor:
        """max(z, 0) - |z| tail, so that small values far below zero are exact too."""
        a, shape = at.tensor("a", z.shape), z.array.shape
        distance, bell, tail, work, side = (at.scratch(*shape) for _ in range(5))
        s = z.symbol
        return elementwise(
            at,
            self,
            z,
            a,
            (
                Equation(
                    rf"a = {s}\,\Phi({s}),\quad \Phi({s}) = P(N \le {s})",
                    "Each sum times the share of a bell curve that lies below it.",
                    "Hendrycks & Gimpel 2016, eq. 1",
                ),
                [
                    *normal_tail(at, z.array, distance, bell, tail),
                    partial(np.multiply, distance, tail, work),
                    partial(np.maximum, z.array, at.constant(0), out=a.array),
                    partial(np.subtract, a.array, work, a.array),
                ],
            ),
            (
                Equation(
                    rf"\left(\Phi({s}) + \frac{{{s}}}{{\sqrt{{2\pi}}}} e^{{-{s}^2/2}}\right)",
                    "The share below the sum, plus the sum times the bell's height there.",
                    "Hendrycks & Gimpel 2016",
                ),
                # with h = [z > 0] and w = tail − |z| φ: h − (2h − 1) w, exact on both sides
                lambda da, dz: [
                    partial(np.multiply, distance, bell, work),
                    partial(np.multiply, work, at.constant(1 / sqrt(2 * pi)), work),
                    partial(np.subtract, tail, work, work),
                    partial(np.greater, z.array, at.constant(0), out=dz),
                    partial(np.multiply, dz, at.constant(2), side),
                    partial(np.subtract, side, at.constant(1), side),
                    partial(np.multiply, work, side, work),
                    partial(np.subtract, dz, work, dz),
                    partial(np.multiply, dz, da, dz),
                ],
            ),
            [z],
            (lambda z: times(z, call("normal", z)), lambda z, _: _slope(z)),
        )

    def _by_tanh(self, at: Site, z: Tensor) -> Tensor:
        """0.5 (1 + tanh(v)) is the sigmoid of 2v, which is exact far below zero too."""
        a, shape = at.tensor("a", z.shape), z.array.shape
        near, square, share, work = (at.scratch(*shape) for _ in range(4))
        double, s = 2 * sqrt(2 / pi), z.symbol
        inner = rf"\sqrt{{2/\pi}}\,({s} + {_CUBIC}\,{s}^3)"
        return elementwise(
            at,
            self,
            z,
            a,
            (
                Equation(
                    rf"a = \frac{{{s}}}{{2}}\,(1 + \tanh({inner}))",
                    "Each sum times the share of a bell curve below it, nearly: by tanh.",
                    "Hendrycks & Gimpel 2016, section 2",
                ),
                [
                    partial(np.maximum, z.array, at.constant(-_EDGE), out=near),
                    partial(np.minimum, near, at.constant(_EDGE), out=near),
                    partial(np.multiply, near, near, square),
                    partial(np.multiply, square, at.constant(double * _CUBIC), square),
                    partial(np.add, square, at.constant(double), share),
                    partial(np.multiply, share, near, share),
                    partial(np.minimum, share, at.constant(exp_limit(at.dtype)), out=share),
                    partial(np.exp, share, share),
                    partial(np.add, share, at.constant(1), work),
                    partial(np.divide, share, work, share),
                    partial(np.multiply, z.array, share, a.array),
                ],
            ),
            (
                Equation(
                    rf"\left(h + 2 {s} h (1 - h) v'\right),\quad h = \frac{{1 + \tanh v}}{{2}},"
                    rf"\quad v = {inner}",
                    "The share itself, plus the sum times the share's slope.",
                    "Hendrycks & Gimpel 2016, section 2",
                ),
                lambda da, dz: [
                    partial(np.multiply, square, at.constant(3), dz),
                    partial(np.add, dz, at.constant(double), dz),
                    partial(np.multiply, dz, near, dz),
                    partial(np.subtract, at.constant(1), share, work),
                    partial(np.multiply, dz, work, dz),
                    partial(np.add, dz, at.constant(1), dz),
                    partial(np.multiply, dz, share, dz),
                    partial(np.multiply, dz, da, dz),
                ],
            ),
            [z],
            (
                lambda z: times(over(z, 2), add(1, call("tanh", _inner(z)))),
                lambda z, _: _slope_by_tanh(z),
            ),
        )


def _slope(z: Expression) -> Expression:
    """The share below z, and z times the bell's height there."""
    bell = call("exp", times(-1, over(square(z), 2)))
    return add(call("normal", z), times(over(z, named(sqrt(2 * pi), r"\sqrt{2\pi}")), bell))


def _inner(z: Expression) -> Expression:
    """What the tanh form takes the tanh of."""
    cubic = times(named(_CUBIC, f"{_CUBIC}"), call("power", z, 3))
    return times(named(sqrt(2 / pi), r"\sqrt{2/\pi}"), add(z, cubic))


def _slope_by_tanh(z: Expression) -> Expression:
    """H + 2 z h (1 - h) v'."""
    share = over(add(1, call("tanh", _inner(z))), 2)
    steepness = times(
        named(sqrt(2 / pi), r"\sqrt{2/\pi}"),
        add(1, times(3, named(_CUBIC, f"{_CUBIC}"), square(z))),
    )
    return add(share, times(2, z, share, minus(1, share), steepness))
