"""Losses that grow with the distance, not its square: absolute error, Huber, hinge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.core.checks import Real
from gradloom.core.settings import param
from gradloom.layers.algebra import call, minus, over, times
from gradloom.layers.explaining import Index, element, mean_over, part_of
from gradloom.layers.expression import Expression
from gradloom.layers.losses.base import LOSSES, Loss, Told, factor, put_loss
from gradloom.layers.losses.difference import difference
from gradloom.layers.shapes import Array
from gradloom.layers.site import Equation, Site, Tensor


@LOSSES.add
@dataclass(frozen=True)
class MeanAbsolute(Loss):
    """Mean of |a - y| over rows and outputs, slope 0 where they are equal; torch.nn.L1Loss."""

    kind, label = "mae", "Mean absolute error"
    help = "The mean of |prediction − target|: outliers count less than with squares."

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        assert at.loss is not None
        a, n, symbol = prediction.flat, target.size, prediction.symbol
        d, size = difference(at, prediction, target), at.scratch(*a.shape)
        over = np.full(n, 1 / n, at.dtype)
        put_loss(
            at,
            [prediction, d.y],
            [d.shown],
            (
                Equation(
                    rf"L = \frac{{1}}{{B\,K}} \sum |d|,\quad d = {symbol} - y",
                    "The mean of the differences without their signs.",
                    "torch.nn.L1Loss",
                ),
                [
                    d.write,
                    partial(np.absolute, d.array, size),
                    partial(size.reshape(n).dot, over, at.loss),
                ],
            ),
            prediction,
            (
                Equation(
                    factor(weight) + r"\frac{1}{B\,K}\, \mathrm{sign}(d)",
                    "Only the sign of the difference counts.",
                    "torch.nn.L1Loss",
                ),
                [d.shown],
                lambda out: [
                    partial(np.sign, d.array, out),
                    partial(np.multiply, out, at.constant(weight / n), out),
                ],
            ),
            Told(
                lambda _: mean_over(
                    d.y.array.shape, lambda index: call("abs", element(d.shown, index))
                ),
                lambda index: times(weight, part_of(1, n, call("sign", element(d.shown, index)))),
                d.told,
            ),
        )


@LOSSES.add
@dataclass(frozen=True)
class Huber(Loss):
    """Mean of d^2/2 where |d| <= delta, else delta (|d| - delta/2); torch.nn.HuberLoss."""

    kind, label = "huber", "Huber"
    help = "Squared near zero, absolute far away: outliers do not take over."
    delta: float = param(
        1.0, Real(0, above=True, log=True), "Delta", "Where it turns from square to straight."
    )

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        """With c = d cut to ±delta, each term is c (d - c/2) and its slope c."""
        assert at.loss is not None
        a, n, symbol = prediction.flat, target.size, prediction.symbol
        d = difference(at, prediction, target)
        cut, work = at.scratch(*a.shape), at.scratch(*a.shape)
        shown = at.value("c", "cut_difference", cut)

        def term(index: Index) -> Expression:
            c = element(shown, index)
            return times(c, minus(element(d.shown, index), over(c, 2)))

        put_loss(
            at,
            [prediction, d.y],
            [d.shown, shown],
            (
                Equation(
                    rf"L = \frac{{1}}{{B\,K}} \sum c\,(d - \frac{{c}}{{2}}),\quad"
                    rf" d = {symbol} - y,\quad c = \min(\max(d, -{self.delta:g}), {self.delta:g})",
                    f"Half the square for differences up to {self.delta:g}, straight beyond.",
                    "Huber 1964; torch.nn.HuberLoss",
                ),
                [
                    d.write,
                    partial(np.minimum, d.array, at.constant(self.delta), out=cut),
                    partial(np.maximum, cut, at.constant(-self.delta), out=cut),
                    partial(np.multiply, cut, at.constant(-0.5), work),
                    partial(np.add, work, d.array, work),
                    partial(np.multiply, work, at.constant(1 / n), work),
                    partial(cut.reshape(n).dot, work.reshape(n), at.loss),
                ],
            ),
            prediction,
            (
                Equation(
                    factor(weight) + r"\frac{1}{B\,K}\, c",
                    "The slope is the difference, cut off where the loss runs straight.",
                    "Huber 1964",
                ),
                [shown],
                lambda out: [partial(np.multiply, cut, at.constant(weight / n), out)],
            ),
            Told(
                lambda _: mean_over(d.y.array.shape, term),
                lambda index: times(weight, part_of(1, n, element(shown, index))),
                {
                    **d.told,
                    shown.name: lambda i: call(
                        "min",
                        call("max", element(d.shown, i), -self.delta),
                        self.delta,
                    ),
                },
            ),
        )


@LOSSES.add
@dataclass(frozen=True)
class Hinge(Loss):
    """Mean of max(0, 1 - y a) with classes coded -1 and 1; slope 0 at the corner."""

    kind, label = "hinge", "Hinge"
    help = "Asks for a margin of 1 on the right side: the loss of support vector machines."
    tasks = ("binary", "classes")
    signed = True

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        assert at.loss is not None
        a, n, symbol = prediction.flat, target.size, prediction.symbol
        lack = at.scratch(*a.shape)
        over = np.full(n, 1 / n, at.dtype)
        y, shown = at.value("y", "target", target), at.value("h", "lack", lack)
        put_loss(
            at,
            [prediction, y],
            [shown],
            (
                Equation(
                    rf"L = \frac{{1}}{{B\,K}} \sum h,\quad h = \max(0,\, 1 - y\,{symbol})",
                    "How much each answer lacks to be right by a margin of 1, on average.",
                    "Rosasco et al. 2004; Bishop, PRML, section 7.1.2",
                ),
                [
                    partial(np.multiply, a, target, lack),
                    partial(np.subtract, at.constant(1), lack, lack),
                    partial(np.maximum, lack, at.constant(0), out=lack),
                    partial(lack.reshape(n).dot, over, at.loss),
                ],
            ),
            prediction,
            (
                Equation(
                    factor(weight) + r"-\frac{1}{B\,K}\, y\, [h > 0]",
                    "Answers that lack margin are pushed to their side, the others left alone.",
                    "Bishop, PRML, section 7.1.2",
                ),
                [y, shown],
                lambda out: [
                    partial(np.sign, lack, out),
                    partial(np.multiply, out, target, out),
                    partial(np.multiply, out, at.constant(-weight / n), out),
                ],
            ),
            Told(
                lambda _: mean_over(y.array.shape, lambda index: element(shown, index)),
                lambda index: times(
                    -1,
                    weight,
                    part_of(
                        1, n, times(element(y, index), call("greater", element(shown, index), 0))
                    ),
                ),
                {
                    shown.name: lambda i: call(
                        "max", 0, minus(1, times(element(y, i), element(prediction, i)))
                    )
                },
            ),
        )
