"""Layer normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Real
from gradloom.core.settings import param
from gradloom.layers.algebra import add, call, minus, square, summed, times
from gradloom.layers.algebra import over as fraction
from gradloom.layers.base import LAYERS, Block, Kind
from gradloom.layers.explaining import Index, alone, by_name, element, mean_over, part_of, sum_over
from gradloom.layers.expression import Expression
from gradloom.layers.normalising import gain_and_shift, spread
from gradloom.layers.shapes import Array, Shape, size
from gradloom.layers.site import Back, Equation, Site, Tensor, Value

_SOURCE = "Ba, Kiros & Hinton 2016; torch.nn.LayerNorm"


@LAYERS.add
@dataclass(frozen=True)
class LayerNorm(Kind):
    """Each sample made mean 0 and variance 1 over all its features, then gamma x + beta.

    torch.nn.LayerNorm over the whole sample shape, with the biased variance.
    """

    kind, label, icon, category = "layer_norm", "LayerNorm", "ruler", "Normalising"
    help = "Makes each row mean 0 and variance 1 over its features, then learns scale and shift."
    epsilon: float = param(
        1e-5, Real(1e-12, 1, log=True), "Epsilon", "Added to the variance.", advanced=True
    )

    def blocks(self, *shapes: Shape) -> tuple[Block, ...]:
        return gain_and_shift(shapes[0])

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        a, flat = at.tensor("a", x.shape), x.flat
        n, batch = flat.shape
        centred, work = at.scratch(n, batch), at.scratch(n, batch)
        mean, variance, inverse = at.scratch(batch), at.scratch(batch), at.scratch(batch)
        over = np.full(n, 1 / n, at.dtype)
        gamma, beta = (at.parameter(name).reshape(n, 1) for name in ("gamma", "beta"))
        statistics = at.value(r"\mu", "mean", mean), at.value("v", "variance", variance)
        shown = at.shown("gamma"), at.shown("beta")
        normal = at.value(r"\hat{x}", "normal", centred.reshape(x.array.shape))
        at.operation(
            Equation(
                rf"\hat{{x}} = \frac{{{x.symbol} - \mu}}{{{spread(self.epsilon)}}},\quad"
                r" a = \gamma \odot \hat{x} + \beta",
                "Centre and scale each row over its features, then apply the learnt scale and"
                " shift.",
                _SOURCE,
            ),
            [
                partial(over.dot, flat, mean),
                partial(np.subtract, flat, mean, centred),
                partial(np.multiply, centred, centred, work),
                partial(over.dot, work, variance),
                partial(np.add, variance, at.constant(self.epsilon), inverse),
                partial(np.sqrt, inverse, inverse),
                partial(np.reciprocal, inverse, inverse),
                partial(np.multiply, centred, inverse, centred),
                partial(np.multiply, centred, gamma, a.flat),
                partial(np.add, a.flat, beta, a.flat),
            ],
            reads=[x, *shown],
            writes=[*statistics, normal, a],
            backward=lambda back: _backward(
                at,
                back,
                x,
                a,
                _Kept(centred, work, inverse, over, gamma, normal, statistics[1], self.epsilon),
            ),
            explain=by_name(
                {
                    statistics[0].name: lambda i: mean_over(
                        x.shape, lambda place: element(x, (*i, *place))
                    ),
                    statistics[1].name: lambda i: mean_over(
                        x.shape,
                        lambda place: square(
                            minus(element(x, (*i, *place)), element(statistics[0], i))
                        ),
                    ),
                    normal.name: lambda i: fraction(
                        minus(element(x, i), element(statistics[0], i[:1])),
                        call("sqrt", add(element(statistics[1], i[:1]), self.epsilon)),
                    ),
                    a.name: lambda i: add(
                        times(element(shown[0], i[1:]), element(normal, i)),
                        element(shown[1], i[1:]),
                    ),
                }
            ),
        )
        return a


@dataclass(frozen=True)
class _Kept:
    """What the forward part leaves for the backward part: (features, batch), (batch,)."""

    scaled: Array
    work: Array
    inverse: Array
    over: Array
    gamma: Array
    normal: Value
    variance: Value
    epsilon: float


def _backward(at: Site, back: Back, x: Tensor, a: Tensor, kept: _Kept) -> None:
    da = back.gradient_of(a)
    batch = da.flat.shape[1]
    slopes = [at.shown_gradient("gamma"), at.shown_gradient("beta")]
    ones = np.ones(batch, at.dtype)
    back.operation(
        Equation(
            rf"{slopes[0].symbol} = \sum_i {da.symbol}_i \odot \hat{{x}}_i,\quad"
            rf" {slopes[1].symbol} = \sum_i {da.symbol}_i",
            "The scale's slope weighs what arrives by the normalised values; the shift's sums.",
            _SOURCE,
        ),
        [
            partial(np.multiply, da.flat, kept.scaled, kept.work),
            partial(kept.work.dot, ones, at.gradient("gamma").reshape(-1)),
            partial(da.flat.dot, ones, at.gradient("beta").reshape(-1)),
        ],
        reads=[da, kept.normal],
        writes=slopes,
        explain=by_name(
            {
                slopes[0].name: lambda i: summed(
                    batch,
                    lambda r: times(element(da, (r, *i)), element(kept.normal, (r, *i))),
                ),
                slopes[1].name: lambda i: summed(batch, lambda r: element(da, (r, *i))),
            }
        ),
    )
    dx = back.into(x)
    if dx is None:
        return
    mean_share, scale_share = at.scratch(batch), at.scratch(batch)
    g = dx.flat
    shown = at.shown("gamma")

    def scaled(index: Index) -> Expression:
        return times(element(shown, index[1:]), element(da, index))

    def told(index: Index) -> Expression:
        row, mine = index[:1], element(kept.normal, index)
        along = sum_over(
            x.shape, lambda j: times(scaled((*row, *j)), element(kept.normal, (*row, *j)))
        )
        return times(
            fraction(1, call("sqrt", add(element(kept.variance, row), kept.epsilon))),
            add(
                scaled(index),
                times(-1, mean_over(x.shape, lambda j: scaled((*row, *j)))),
                times(-1, part_of(1, size(x.shape), mine), along),
            ),
        )

    back.operation(
        Equation(
            rf"{dx.symbol} = \frac{{1}}{{{spread(kept.epsilon)}}}\,(g - \mathrm{{mean}}(g)"
            r" - \hat{x} \odot \mathrm{mean}(g \odot \hat{x})),"
            rf"\quad g = \gamma \odot {da.symbol}",
            "A feature moves its row's mean and variance too, so their shares are taken off.",
            _SOURCE,
        ),
        [
            partial(np.multiply, da.flat, kept.gamma, g),
            partial(kept.over.dot, g, mean_share),
            partial(np.multiply, g, kept.scaled, kept.work),
            partial(kept.over.dot, kept.work, scale_share),
            partial(np.multiply, kept.scaled, scale_share, kept.work),
            partial(np.subtract, g, mean_share, g),
            partial(np.subtract, g, kept.work, g),
            partial(np.multiply, g, kept.inverse, g),
        ],
        reads=[da, shown, kept.normal, kept.variance],
        writes=[dx],
        explain=alone(told),
    )
