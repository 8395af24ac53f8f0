"""Exponential linear units: straight above zero, an exponential that levels off below."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Real
from gradloom.core.settings import param
from gradloom.layers.algebra import add, call, times
from gradloom.layers.base import ACTIVATIONS, LAYERS, Activation
from gradloom.layers.elementwise import elementwise
from gradloom.layers.shapes import Array
from gradloom.layers.site import Call, Equation, Site, Tensor

_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


def _apply(
    at: Site,
    by: Activation,
    z: Tensor,
    above: float,
    below: float,
    said: tuple[str, str, str],
) -> Tensor:
    """Put above · z for z > 0, below · (e^z − 1) else; `said`: both as LaTeX, and the source."""
    a, positive = at.tensor("a", z.shape), at.scratch(*z.array.shape)
    zero = at.constant(0)
    scaled_above, scaled_below = at.constant(above), at.constant(below)
    up, down, source = said
    s = z.symbol

    def slope(da: Array, dz: Array) -> list[Call]:
        calls: list[Call] = [
            partial(np.minimum, z.array, zero, out=dz),
            partial(np.exp, dz, dz),
        ]
        if below != 1:
            calls.append(partial(np.multiply, dz, scaled_below, dz))
        if above != below:  # the exponential is 1 above zero, so there the slope is `below` so far
            calls += [
                partial(np.sign, z.array, positive),
                partial(np.maximum, positive, zero, out=positive),
                partial(np.multiply, positive, at.constant(above - below), positive),
                partial(np.add, dz, positive, dz),
            ]
        return [*calls, partial(np.multiply, dz, da, dz)]

    forward: list[Call] = [
        partial(np.minimum, z.array, zero, out=a.array),
        partial(np.expm1, a.array, a.array),
    ]
    if below != 1:
        forward.append(partial(np.multiply, a.array, scaled_below, a.array))
    forward.append(partial(np.maximum, z.array, zero, out=positive))
    if above != 1:  # cut off where the product would be infinite
        largest = at.constant(float(np.finfo(at.dtype).max) * (1 - 1e-6) / above)
        forward.append(partial(np.minimum, positive, largest, out=positive))
        forward.append(partial(np.multiply, positive, scaled_above, positive))
    forward.append(partial(np.add, a.array, positive, a.array))
    return elementwise(
        at,
        by,
        z,
        a,
        (
            Equation(
                rf"a = {up}\max({s}, 0) + {down}\,(e^{{\min({s}, 0)}} - 1)",
                "Straight above zero; below it, an exponential that levels off.",
                source,
            ),
            forward,
        ),
        (
            Equation(
                rf"({up or '1'}[{s} > 0] + {down}\,e^{{{s}}}[{s} \le 0])",
                "Constant above zero; below it, the exponential's own slope.",
                source,
            ),
            slope,
        ),
        [z],
        (
            lambda z: add(
                times(above, call("max", z, 0)), times(below, call("expm1", call("min", z, 0)))
            ),
            lambda z, _: add(
                times(above, call("greater", z, 0)),
                times(below, call("exp", call("min", z, 0)), call("at_most", z, 0)),
            ),
        ),
    )


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class ELU(Activation):
    """a = z where z > 0, else alpha (exp(z) - 1); torch.nn.ELU."""

    kind, label, icon = "elu", "ELU", "trending-up"
    help = "Like ReLU above zero; below, it levels off at −alpha, so averages stay near zero."
    init = "he_normal"
    alpha: float = param(1.0, Real(0, 100), "Alpha", "Far below zero the value is −alpha.")

    def apply(self, at: Site, z: Tensor) -> Tensor:
        said = ("", f"{self.alpha:g}", "Clevert, Unterthiner & Hochreiter 2016, eq. 15")
        return _apply(at, self, z, 1.0, self.alpha, said)


@LAYERS.add
@ACTIVATIONS.add
@dataclass(frozen=True)
class SELU(Activation):
    """a = scale (z where z > 0, else alpha (exp(z) - 1)); torch.nn.SELU."""

    kind, label, icon = "selu", "SELU", "trending-up"
    help = "An ELU scaled so that mean 0 and variance 1 keep themselves up from layer to layer."
    init = "lecun_normal"
    span = (-_SELU_ALPHA * _SELU_SCALE, float("inf"))

    def apply(self, at: Site, z: Tensor) -> Tensor:
        said = ("1.0507", "1.7581", "Klambauer et al. 2017, eq. 2")
        return _apply(at, self, z, _SELU_SCALE, _SELU_ALPHA * _SELU_SCALE, said)
