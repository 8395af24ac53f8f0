"""Squared errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.losses.base import LOSSES, Loss
from gradloom.layers.shapes import Array
from gradloom.layers.site import Back, Equation, Phase, Site, Tensor


def _squared(
    at: Site, prediction: Tensor, target: Array, factor: float, slope: float, equation: Equation
) -> None:
    """L = factor * sum of d^2 and dL/da = slope * d, with d = a - y."""
    assert at.loss is not None
    a = prediction.flat
    d, row = at.scratch(*a.shape), a.size
    flat = d.reshape(row)
    y = at.value("y", "target", target)
    difference = at.value("d", "difference", d)
    loss = at.value("L", "loss", at.loss)

    def backward(back: Back) -> None:
        share = back.into(prediction)
        if share is None:
            return
        back.operation(
            Equation(
                rf"{share.symbol} = {slope * a.shape[1]:.6g}\, d / B",
                "The slope of the square is twice the difference.",
            ),
            [partial(np.multiply, d, at.constant(slope), share.flat)],
            reads=[difference],
            writes=[share],
        )

    at.operation(
        equation,
        [
            partial(np.subtract, a, target, d),
            partial(flat.dot, flat, at.loss),
            partial(np.multiply, at.loss, at.constant(factor), at.loss),
        ],
        reads=[prediction, y],
        writes=[difference, loss],
        backward=backward,
        phase=Phase.LOSS,
    )


@LOSSES.add
@dataclass(frozen=True)
class MeanSquared(Loss):
    """Mean of (a - y)^2 over rows and outputs, as torch.nn.MSELoss."""

    kind, label = "mse", "Mean squared error"
    help = "The mean of (prediction − target)² over rows and outputs."

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        n = target.size
        equation = Equation(
            r"L = \frac{1}{B\,K} \sum d^2,\quad d = a - y",
            "The mean of the squared differences over the rows and the outputs.",
            "torch.nn.MSELoss",
        )
        _squared(at, prediction, target, 1 / n, 2 * weight / n, equation)


@LOSSES.add
@dataclass(frozen=True)
class HalfSquared(Loss):
    """Half the sum over outputs of (a - y)^2, mean over rows: dL/da is a - y for one row."""

    kind, label = "half_squared", "Half squared error"
    help = "½ Σ (prediction − target)² over the outputs, mean over the rows."

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        rows = target.shape[1]
        equation = Equation(
            r"L = \frac{1}{B} \sum \frac{1}{2} d^2,\quad d = a - y",
            "Half the squared differences, summed over the outputs, mean over the rows.",
            "Goodfellow et al., Deep Learning, section 5.1.4",
        )
        _squared(at, prediction, target, 0.5 / rows, weight / rows, equation)
