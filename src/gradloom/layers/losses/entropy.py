"""Categorical cross-entropy, computed from logits after softmax."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import call, times
from gradloom.layers.base import Kind
from gradloom.layers.explaining import Index, element, part_of, sum_over
from gradloom.layers.expression import Expression
from gradloom.layers.losses.base import LOSSES, Loss, Told, factor, put_loss
from gradloom.layers.losses.difference import fused_slope
from gradloom.layers.shapes import Array, Refusal
from gradloom.layers.site import Equation, Site, Tensor


@LOSSES.add
@dataclass(frozen=True)
class CategoricalCrossEntropy(Loss):
    """-sum y log p over classes, mean over rows, as torch.nn.CrossEntropyLoss on the logits."""

    kind, label = "categorical_cross_entropy", "Categorical cross-entropy"
    help = "−Σ target · log(probability) over the classes, mean over the rows."
    tasks = ("binary", "classes")
    unsigned = True
    single = False  # its slope is that of targets that add up to 1

    def why_not(self, feeder: Kind | None) -> Refusal | None:
        if feeder is not None and feeder.kind in ("softmax", "log_softmax"):
            return None
        return Refusal(
            "Categorical cross-entropy needs probabilities: set the activation before the output"
            " to softmax or log-softmax",
            "softmax",
        )

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        assert prediction.made_by is not None
        if prediction.made_by.kind == "log_softmax":
            self._from_log(at, prediction, target, weight)
        else:
            self._from_logits(at, prediction, target, weight)

    def _from_logits(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        """The log-sum-exp form, from what softmax has noted: half distances and the sum.

        Each row's loss is log(sum) - 2 y . half: one dot product, once the logarithms stand under
        the half distances and 1/B under the scaled targets.
        """
        assert at.loss is not None
        assert prediction.made_from is not None
        symbol = prediction.symbol
        rows = target.shape[1]
        noted, total = prediction.notes["noted"], prediction.notes["total"]
        scaled = at.scratch(*noted.shape)
        scaled[-1] = 1 / rows
        y = at.value("y", "target", target)

        def term(index: Index) -> Expression:
            return call("ylog", element(y, index), element(prediction, index))

        share, source = (r"\frac{1}{B}", rows), "Bishop, PRML, section 4.3.4"
        slope, told = fused_slope(at, prediction, y, target, weight, share, source)
        put_loss(
            at,
            [prediction, y],
            [],
            (
                Equation(
                    rf"L = -\frac{{1}}{{B}} \sum y \log {symbol}",
                    "Minus the logarithm of the probability given to the right class, mean over"
                    " rows.",
                    "Goodfellow et al., Deep Learning, section 6.2.2.3; log-sum-exp form",
                ),
                [
                    partial(np.log, total if total.ndim == 1 else total[0], noted[-1]),
                    partial(np.multiply, target, at.constant(-2 / rows), scaled[:-1]),
                    partial(scaled.reshape(-1).dot, noted.reshape(-1), at.loss),
                ],
            ),
            prediction.made_from,
            slope,
            Told(lambda _: times(-1, part_of(1, rows, sum_over(y.array.shape, term))), told),
        )

    def _from_log(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        """The same from log-probabilities (torch.nn.NLLLoss)."""
        assert at.loss is not None
        rows, scaled = target.shape[1], at.scratch(*target.shape)
        y = at.value("y", "target", target)

        def term(index: Index) -> Expression:
            return times(element(y, index), element(prediction, index))

        put_loss(
            at,
            [prediction, y],
            [],
            (
                Equation(
                    rf"L = -\frac{{1}}{{B}} \sum y\, {prediction.symbol}",
                    "Minus the log-probability of the right class, mean over rows.",
                    "torch.nn.NLLLoss",
                ),
                [
                    partial(np.multiply, target, at.constant(-1 / rows), scaled),
                    partial(scaled.reshape(-1).dot, prediction.flat.reshape(-1), at.loss),
                ],
            ),
            prediction,
            (
                Equation(
                    factor(weight) + r"-\frac{1}{B}\, y",
                    "The slope is minus the target.",
                    "torch.nn.NLLLoss",
                ),
                [y],
                lambda out: [partial(np.multiply, target, at.constant(-weight / rows), out)],
            ),
            Told(
                lambda _: times(-1, part_of(1, rows, sum_over(y.array.shape, term))),
                lambda index: times(-1, weight, part_of(1, rows, element(y, index))),
            ),
        )
