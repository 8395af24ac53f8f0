"""Binary cross-entropy, computed from logits after a sigmoid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import add, call, minus, times
from gradloom.layers.algebra import over as fraction
from gradloom.layers.base import Activation, Kind
from gradloom.layers.explaining import Index, element, mean_over, part_of
from gradloom.layers.expression import Expression
from gradloom.layers.losses.base import LOSSES, Loss, Told, factor, put_loss
from gradloom.layers.losses.difference import fused_slope, scaled_difference
from gradloom.layers.shapes import Array, Refusal
from gradloom.layers.site import Call, Equation, Site, Tensor


@LOSSES.add
@dataclass(frozen=True)
class BinaryCrossEntropy(Loss):
    """-y log a - (1 - y) log(1 - a), mean over rows and outputs.

    After a sigmoid it is computed from what enters the sigmoid (torch.nn.BCEWithLogitsLoss); after
    another activation with values in 0..1 as torch.nn.BCELoss, whose logarithms end at -100.
    """

    kind, label = "binary_cross_entropy", "Binary cross-entropy"
    help = "−target · log(p) − (1 − target) · log(1 − p), mean over rows and outputs."
    tasks = ("binary", "classes")
    unsigned = True

    def why_not(self, feeder: Kind | None) -> Refusal | None:
        if isinstance(feeder, Activation) and feeder.span[0] >= 0 and feeder.span[1] <= 1:
            return None
        return Refusal(
            "Binary cross-entropy needs a probability: set the activation before the output to"
            " sigmoid",
            "sigmoid",
        )

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        made_by = prediction.made_by
        if made_by is not None and made_by.kind == "sigmoid":
            self._from_logits(at, prediction, target, weight)
        else:
            self._from_probability(at, prediction, target, weight)

    def _from_logits(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        """max(z, 0) - z y + log1p(exp(-|z|)), which never overflows nor cancels."""
        assert at.loss is not None
        assert prediction.made_from is not None
        source, n, symbol = prediction.made_from, target.size, prediction.symbol
        z = source.flat
        size, work, product = (at.scratch(*z.shape) for _ in range(3))
        over = np.full(n, 1 / n, at.dtype)
        y = at.value("y", "target", target)

        def term(index: Index) -> Expression:
            answer, entering = element(y, index), element(source, index)
            right = times(answer, call("log_sigmoid", entering))
            return add(right, times(minus(1, answer), call("log_rest", entering)))

        share, cited = (r"\frac{1}{B\,K}", n), "Bishop, PRML, section 4.3.2"
        slope, told = fused_slope(at, prediction, y, target, weight, share, cited)
        put_loss(
            at,
            [source, y],
            [],
            (
                Equation(
                    rf"L = -\frac{{1}}{{B\,K}} \sum (y \log {symbol} + (1 - y) \log(1 - {symbol})),"
                    rf"\quad {symbol} = \sigma({source.symbol})",
                    "Minus the logarithm of the probability given to the right answer, on average.",
                    "torch.nn.BCEWithLogitsLoss, from what enters the sigmoid",
                ),
                [
                    partial(np.absolute, z, size),
                    partial(np.negative, size, size),
                    partial(np.exp, size, size),
                    partial(np.log1p, size, size),
                    partial(np.maximum, z, at.constant(0), out=work),
                    partial(np.multiply, z, target, product),
                    partial(np.subtract, work, product, work),
                    partial(np.add, size, work, size),
                    partial(size.reshape(n).dot, over, at.loss),
                ],
            ),
            source,
            slope,
            Told(lambda _: times(-1, mean_over(y.array.shape, term)), told),
        )

    def _from_probability(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        assert at.loss is not None
        a, n, symbol = prediction.flat, target.size, prediction.symbol
        rest, one, other, work = (at.scratch(*a.shape) for _ in range(4))
        here = at.scratch(*a.shape, dtype=bool)
        over = np.full(n, -1 / n, at.dtype)
        y = at.value("y", "target", target)

        def term(index: Index) -> Expression:
            answer, given = element(y, index), element(prediction, index)
            right = times(answer, call("max", call("log", given), -100))
            return add(
                right, times(minus(1, answer), call("max", call("log", minus(1, given)), -100))
            )

        def slope(index: Index) -> Expression:
            answer, given = element(y, index), element(prediction, index)
            below = call("max", times(given, minus(1, given)), 1e-12)
            return times(weight, part_of(1, n, fraction(minus(given, answer), below)))

        put_loss(
            at,
            [prediction, y],
            [],
            (
                Equation(
                    rf"L = -\frac{{1}}{{B\,K}} \sum (y \log {symbol} + (1 - y) \log(1 - {symbol}))",
                    "Minus the logarithm of the probability given to the right answer, on"
                    " average; a logarithm below −100 counts as −100.",
                    "torch.nn.BCELoss",
                ),
                [
                    *_cut_log(at, a, one, here),
                    partial(np.subtract, at.constant(1), a, rest),
                    *_cut_log(at, rest, other, here),
                    partial(np.multiply, one, target, one),
                    partial(np.subtract, at.constant(1), target, work),
                    partial(np.multiply, other, work, other),
                    partial(np.add, one, other, one),
                    partial(one.reshape(n).dot, over, at.loss),
                ],
            ),
            prediction,
            (
                Equation(
                    factor(weight)
                    + rf"\frac{{1}}{{B\,K}}\,\frac{{{symbol} - y}}{{{symbol}\,(1 - {symbol})}}",
                    "The difference, weighed more where the answer is sure.",
                    "torch.nn.BCELoss; the divisor is at least 1e-12",
                ),
                [prediction, y],
                lambda out: [
                    partial(np.multiply, a, rest, work),
                    partial(np.maximum, work, at.constant(1e-12), out=work),
                    *scaled_difference(at, a, target, out, weight / n),
                    partial(np.divide, out, work, out),
                ],
            ),
            Told(lambda _: times(-1, mean_over(y.array.shape, term)), slope),
        )


def _cut_log(at: Site, a: Array, out: Array, here: Array) -> Sequence[Call]:
    """Calls that write max(log a, -100), also for a = 0."""
    return [
        partial(np.greater, a, at.constant(0), here),
        partial(out.fill, -100),
        partial(np.log, a, out, where=here),
        partial(np.maximum, out, at.constant(-100), out=out),
    ]
