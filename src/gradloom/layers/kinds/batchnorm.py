"""Batch normalisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from gradloom.core.checks import Real
from gradloom.core.settings import param
from gradloom.layers.algebra import add, call, minus, square, times, was
from gradloom.layers.algebra import over as fraction
from gradloom.layers.base import LAYERS, Block, Kind, StateArray
from gradloom.layers.explaining import Index, Part, alone, by_name, element, part_of, sum_over
from gradloom.layers.expression import Expression
from gradloom.layers.normalising import gain_and_shift, spread
from gradloom.layers.shapes import Array, Shape
from gradloom.layers.site import Back, Call, Equation, Site, Tensor, Value

_SOURCE = "Ioffe & Szegedy 2015, algorithm 1; torch.nn.BatchNorm1d"


@LAYERS.add
@dataclass(frozen=True)
class BatchNorm(Kind):
    """Each feature made mean 0 and variance 1 over the batch, then gamma x + beta.

    torch.nn.BatchNorm1d (and 2d: further axes count as rows): the biased variance normalises, the
    unbiased one goes into running_var, and momentum is the part of the new value. Prediction uses
    the running values. PyTorch refuses to train on a single row; here its normalised value is 0,
    its slope is 0, and the running values stay as they are.
    """

    kind, label, icon, category = "batch_norm", "BatchNorm", "ruler", "Normalising"
    help = (
        "Makes each feature mean 0 and variance 1 over the batch, then learns a scale and a shift."
    )
    momentum: float = param(
        0.1, Real(0, 1), "Momentum", "How much of each batch goes into the running mean."
    )
    epsilon: float = param(
        1e-5, Real(1e-12, 1, log=True), "Epsilon", "Added to the variance.", advanced=True
    )

    def blocks(self, *shapes: Shape) -> tuple[Block, ...]:
        return gain_and_shift(shapes[0][:1])

    def state(self, *shapes: Shape) -> tuple[StateArray, ...]:
        features = shapes[0][:1]
        return (StateArray("running_mean", features, 0.0), StateArray("running_var", features, 1.0))

    def build(self, at: Site) -> Tensor:
        (x,) = at.inputs
        of = _Buffers(at, x)
        if at.training:
            self._statistics(at, x, of)
        else:
            of.mean, of.variance = at.state("running_mean"), at.state("running_var")
        return self._normalise(at, x, of)

    def _statistics(self, at: Site, x: Tensor, of: _Buffers) -> None:
        mean, variance = at.value(r"\mu", "mean", of.mean), at.value("v", "variance", of.variance)
        over = np.full(of.rows, 1 / of.rows, at.dtype)
        at.operation(
            Equation(
                rf"\mu = \frac{{1}}{{n}} \sum_i {x.symbol}_i,\quad"
                rf" v = \frac{{1}}{{n}} \sum_i ({x.symbol}_i - \mu)^2",
                "Mean and variance of each feature over the batch.",
                _SOURCE,
            ),
            [
                partial(of.x.dot, over, of.mean),
                partial(np.subtract, of.x, of.mean[:, None], of.centred),
                partial(np.multiply, of.centred, of.centred, of.work),
                partial(of.work.dot, over, of.variance),
            ],
            reads=[x],
            writes=[mean, variance],
            explain=by_name(
                {
                    mean.name: lambda i: of.mean_of(lambda place: element(x, place), *i),
                    variance.name: lambda i: of.mean_of(
                        lambda place: square(minus(element(x, place), element(mean, i))), *i
                    ),
                }
            ),
        )
        if of.rows == 1:
            return
        kept_mean, kept_variance = at.state("running_mean"), at.state("running_var")
        part, unbiased = self.momentum, of.rows / (of.rows - 1)
        shown_mean = at.value("m", "running_mean", kept_mean)
        shown_variance = at.value("s", "running_var", kept_variance)
        calls: list[Call] = []
        for kept, new, share in (
            (kept_mean, of.mean, part),
            (kept_variance, of.variance, part * unbiased),
        ):
            calls += [
                partial(np.multiply, kept, at.constant(1 - part), kept),
                partial(np.multiply, new, at.constant(share), of.small),
                partial(np.add, kept, of.small, kept),
            ]
        at.operation(
            Equation(
                rf"m = {1 - part:g}\,m + {part:g}\,\mu,\quad"
                rf" s = {1 - part:g}\,s + {part:g}\,\frac{{n}}{{n - 1}}\,v",
                "Move the running mean and variance, used for prediction, towards this batch.",
                "torch.nn.BatchNorm1d: the unbiased variance is kept",
            ),
            calls,
            reads=[mean, variance, shown_mean, shown_variance],
            writes=[shown_mean, shown_variance],
            explain=by_name(
                {
                    shown_mean.name: lambda i: add(
                        times(1 - part, was(shown_mean, *i)), times(part, element(mean, i))
                    ),
                    shown_variance.name: lambda i: add(
                        times(1 - part, was(shown_variance, *i)),
                        times(part, fraction(of.rows, of.rows - 1), element(variance, i)),
                    ),
                }
            ),
        )

    def _normalise(self, at: Site, x: Tensor, of: _Buffers) -> Tensor:
        mean, variance = at.value(r"\mu", "mean", of.mean), at.value("v", "variance", of.variance)
        gamma, beta = at.parameter("gamma"), at.parameter("beta")
        shown = [at.shown("gamma"), at.shown("beta")]
        a = at.tensor("a", x.shape)
        out = a.flat.reshape(of.x.shape)
        normal = at.value(r"\hat{x}", "normal", of.normal.reshape(x.array.shape))
        calls: list[Call] = [
            partial(np.add, of.variance, at.constant(self.epsilon), of.inverse),
            partial(np.sqrt, of.inverse, of.inverse),
            partial(np.reciprocal, of.inverse, of.inverse),
            partial(np.multiply, of.centred, of.inverse[:, None], of.normal),
            partial(np.multiply, of.normal, gamma[:, None], out),
            partial(np.add, out, beta[:, None], out),
        ]
        if not at.training:
            calls.insert(0, partial(np.subtract, of.x, of.mean[:, None], of.centred))
        at.operation(
            Equation(
                rf"\hat{{x}} = \frac{{{x.symbol} - \mu}}{{{spread(self.epsilon)}}},\quad"
                r" a = \gamma \odot \hat{x} + \beta",
                "Centre and scale each feature, then apply the learnt scale and shift.",
                _SOURCE,
            ),
            calls,
            reads=[x, mean, variance, *shown],
            writes=[normal, a],
            backward=lambda back: self._backward(at, back, x, a, of, normal),
            explain=by_name(
                {
                    normal.name: lambda i: fraction(
                        minus(element(x, i), element(mean, i[1:2])), self._root(variance, i)
                    ),
                    a.name: lambda i: add(
                        times(element(shown[0], i[1:2]), element(normal, i)),
                        element(shown[1], i[1:2]),
                    ),
                }
            ),
        )
        return a

    def _backward(
        self, at: Site, back: Back, x: Tensor, a: Tensor, of: _Buffers, normal: Value
    ) -> None:
        da = back.gradient_of(a)
        arriving = da.flat.reshape(of.x.shape)
        slopes = [at.shown_gradient("gamma"), at.shown_gradient("beta")]
        dgamma, dbeta = at.gradient("gamma"), at.gradient("beta")
        ones = np.ones(of.rows, at.dtype)
        back.operation(
            Equation(
                rf"{slopes[0].symbol} = \sum_i {da.symbol}_i \hat{{x}}_i,\quad"
                rf" {slopes[1].symbol} = \sum_i {da.symbol}_i",
                "The scale's slope weighs what arrives by the normalised values; the shift's sums.",
                "Ioffe & Szegedy 2015, section 3",
            ),
            [
                partial(np.multiply, arriving, of.normal, of.work),
                partial(of.work.dot, ones, dgamma),
                partial(arriving.dot, ones, dbeta),
            ],
            reads=[da, normal],
            writes=slopes,
            explain=by_name(
                {
                    slopes[0].name: lambda i: of.sum_of(
                        lambda place: times(element(da, place), element(normal, place)), *i
                    ),
                    slopes[1].name: lambda i: of.sum_of(lambda place: element(da, place), *i),
                }
            ),
        )
        dx = back.into(x)
        if dx is None:
            return
        leaving = dx.flat.reshape(of.x.shape)
        factor, mean_share = of.small, at.scratch(*of.mean.shape)
        scale: list[Call] = [
            partial(np.multiply, at.parameter("gamma"), of.inverse, factor),
            partial(np.multiply, leaving, factor[:, None], leaving),
        ]
        variance, gamma = at.value("v", "variance", of.variance), at.shown("gamma")
        root = rf"\frac{{\gamma}}{{{spread(self.epsilon)}}}"
        if not at.training:
            back.operation(
                Equation(
                    rf"{dx.symbol} = {root} \odot {da.symbol}",
                    "With fixed mean and variance only the scale acts.",
                    _SOURCE,
                ),
                [partial(np.copyto, leaving, arriving), *scale],
                reads=[da, gamma, variance],
                writes=[dx],
                explain=alone(
                    lambda i: times(
                        fraction(element(gamma, i[1:2]), self._root(variance, i)), element(da, i)
                    )
                ),
            )
            return
        share = at.constant(1 / of.rows)
        back.operation(
            Equation(
                rf"{dx.symbol} = {root} \odot \left({da.symbol}"
                rf" - \frac{{1}}{{n}} {slopes[1].symbol}"
                rf" - \frac{{1}}{{n}}\, \hat{{x}} \odot {slopes[0].symbol}\right)",
                "A row moves the mean and the variance too, so their shares are taken off.",
                "Ioffe & Szegedy 2015, section 3",
            ),
            [
                partial(np.multiply, dgamma, share, factor),
                partial(np.multiply, of.normal, factor[:, None], leaving),
                partial(np.multiply, dbeta, share, mean_share),
                partial(np.add, leaving, mean_share[:, None], leaving),
                partial(np.subtract, arriving, leaving, leaving),
                *scale,
            ],
            reads=[da, normal, gamma, variance, *slopes],
            writes=[dx],
            explain=alone(
                lambda i: times(
                    fraction(element(gamma, i[1:2]), self._root(variance, i)),
                    add(
                        element(da, i),
                        times(-1, part_of(1, of.rows, element(slopes[1], i[1:2]))),
                        times(
                            -1,
                            part_of(1, of.rows, element(normal, i)),
                            element(slopes[0], i[1:2]),
                        ),
                    ),
                )
            ),
        )

    def _root(self, variance: Value, index: Index) -> Expression:
        """The root of a feature's variance plus epsilon."""
        return call("sqrt", add(element(variance, index[1:2]), self.epsilon))


@dataclass
class _Buffers:
    """Working memory of one BatchNorm: (features, rows) and (features,)."""

    at: Site
    entering: Tensor
    x: Array = field(init=False)
    centred: Array = field(init=False)
    normal: Array = field(init=False)
    work: Array = field(init=False)
    mean: Array = field(init=False)
    variance: Array = field(init=False)
    inverse: Array = field(init=False)
    small: Array = field(init=False)

    def __post_init__(self) -> None:
        features = self.entering.shape[0]
        self.x = self.entering.flat.reshape(features, -1)
        self.centred, self.normal, self.work = (self.at.scratch(*self.x.shape) for _ in range(3))
        self.mean, self.variance, self.inverse, self.small = (
            self.at.scratch(features) for _ in range(4)
        )

    def sum_of(self, make: Part, feature: int) -> Expression:
        """The sum over the batch (and further axes) of one feature's numbers."""
        batch, shape = self.entering.array.shape[-1], self.entering.shape[1:]
        return sum_over((batch, *shape), lambda place: make((place[0], feature, *place[1:])))

    def mean_of(self, make: Part, feature: int) -> Expression:
        """The mean of the same."""
        return part_of(1, self.rows, self.sum_of(make, feature))

    @property
    def rows(self) -> int:
        """Numbers per feature."""
        return self.x.size // len(self.x)
