"""Squared errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import square, times
from gradloom.layers.explaining import Index, element, part_of, sum_over
from gradloom.layers.expression import Expression
from gradloom.layers.losses.base import LOSSES, Loss, Told, factor, put_loss
from gradloom.layers.losses.difference import difference
from gradloom.layers.shapes import Array
from gradloom.layers.site import Equation, Site, Tensor


def _squared(
    at: Site,
    prediction: Tensor,
    target: Array,
    count: int,
    weight: float,
    said: tuple[str, ...],
    *,
    half: bool = False,
) -> None:
    """L = sum of d^2 (or half of it) / count, d = a - y; `said`: LaTeX, slope, words, source."""
    assert at.loss is not None
    share = (0.5 if half else 1.0) / count
    d, scaled = difference(at, prediction, target), at.scratch(*target.shape)
    symbol = prediction.symbol
    latex, slope, words, source = said

    def term(index: Index) -> Expression:
        squared = square(element(d.shown, index))
        return part_of(1, 2, squared) if half else squared

    put_loss(
        at,
        [prediction, d.y],
        [d.shown],
        (
            Equation(rf"L = {latex},\quad d = {symbol} - y", words, source),
            [
                d.write,
                # scaling the array first is quicker than scaling a single number afterwards
                partial(np.multiply, d.array, at.constant(share), scaled),
                partial(d.array.reshape(-1).dot, scaled.reshape(-1), at.loss),
            ],
        ),
        prediction,
        (
            Equation(factor(weight) + slope, "The slope of the square is twice the difference."),
            [d.shown],
            lambda out: [partial(np.multiply, d.array, at.constant(2 * share * weight), out)],
        ),
        Told(
            lambda _: part_of(1, count, sum_over(d.y.array.shape, term)),
            lambda index: times(weight, part_of(1 if half else 2, count, element(d.shown, index))),
            d.told,
        ),
    )


@LOSSES.add
@dataclass(frozen=True)
class MeanSquared(Loss):
    """Mean of (a - y)^2 over rows and outputs, as torch.nn.MSELoss."""

    kind, label = "mse", "Mean squared error"
    help = "The mean of (prediction − target)² over rows and outputs."

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        said = (
            r"\frac{1}{B\,K} \sum d^2",
            r"\frac{2}{B\,K}\, d",
            "The mean of the squared differences over the rows and the outputs.",
            "torch.nn.MSELoss",
        )
        _squared(at, prediction, target, target.size, weight, said)


@LOSSES.add
@dataclass(frozen=True)
class HalfSquared(Loss):
    """Half the sum over outputs of (a - y)^2, mean over rows: dL/da is a - y for one row."""

    kind, label = "half_squared", "Half squared error"
    help = "½ Σ (prediction − target)² over the outputs, mean over the rows."

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        said = (
            r"\frac{1}{B} \sum \frac{1}{2} d^2",
            r"\frac{1}{B}\, d",
            "Half the squared differences, summed over the outputs, mean over the rows.",
            "Goodfellow et al., Deep Learning, section 5.1.4",
        )
        _squared(at, prediction, target, target.shape[1], weight, said, half=True)
