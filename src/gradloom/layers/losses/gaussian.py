"""Gaussian negative log-likelihood: the network says how sure it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.algebra import add, call, minus, square, times
from gradloom.layers.algebra import over as fraction
from gradloom.layers.elementwise import exp_limit
from gradloom.layers.explaining import Index, element, part_of, sum_over
from gradloom.layers.expression import Expression
from gradloom.layers.losses.base import LOSSES, Loss, Told, factor, put_loss
from gradloom.layers.shapes import Array
from gradloom.layers.site import Equation, Site, Tensor


@LOSSES.add
@dataclass(frozen=True)
class GaussianLikelihood(Loss):
    """Mean of (s + (mu - y)^2 exp(-s)) / 2 with rows mu first, then log variances s.

    torch.nn.GaussianNLLLoss(full=False) with var = exp(s). PyTorch cuts the variance off at 1e-6;
    here it is positive by construction, so nothing is cut.
    """

    kind, label = "gaussian_nll", "Gaussian likelihood"
    help = "The network gives a mean and a log variance for each target: how sure it is."
    tasks = ("real",)
    parts = 2

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        """With r = (mu - y) exp(-s/2): slopes r exp(-s/2) and (1 - r^2) / 2."""
        assert at.loss is not None
        k, n = len(target), target.size
        mean, logs = prediction.flat[:k], prediction.flat[k:]
        shape = mean.shape
        sharp, residual, work = (at.scratch(*shape) for _ in range(3))
        half = at.constant(0.5 / n)
        over = np.ones(n, at.dtype)
        mu = at.value(r"\mu", "predicted_mean", mean)
        s = at.value("s", "log_variance", logs)
        r, q = at.value("r", "residual", residual), at.value("q", "sharpness", sharp)
        y = at.value("y", "target", target)

        def term(index: Index) -> Expression:
            return add(element(s, index), square(element(r, index)))

        def slope(index: Index) -> Expression:
            row, output = index
            place = (row, output % k)
            if output < k:
                return times(weight, part_of(1, n, times(element(r, place), element(q, place))))
            rest = fraction(minus(1, square(element(r, place))), 2)
            return times(weight, part_of(1, n, rest))

        put_loss(
            at,
            [mu, s, y],
            [q, r],
            (
                Equation(
                    r"L = \frac{1}{2 B K} \sum (s + r^2),\quad r = (\mu - y)\,q,\quad"
                    r" q = e^{-s/2}",
                    "Half the log variance plus half the squared difference in deviations.",
                    "Nix & Weigend 1994; torch.nn.GaussianNLLLoss(full=False)",
                ),
                [
                    partial(np.multiply, logs, at.constant(-0.5), sharp),
                    partial(np.minimum, sharp, at.constant(exp_limit(at.dtype)), out=sharp),
                    partial(np.exp, sharp, sharp),
                    partial(np.subtract, mean, target, residual),
                    partial(np.multiply, residual, sharp, residual),
                    partial(np.multiply, residual, residual, work),
                    partial(np.add, work, logs, work),
                    partial(np.multiply, work, half, work),
                    partial(work.reshape(n).dot, over, at.loss),
                ],
            ),
            prediction,
            (
                Equation(
                    factor(weight) + r"\frac{1}{B\,K}\,\left[\, r\,q,\; \frac{1 - r^2}{2}\,\right]",
                    "Means move towards the target; log variances rise where the miss is large.",
                    "Nix & Weigend 1994",
                ),
                [r, q],
                lambda out: [
                    partial(np.multiply, residual, sharp, out[:k]),
                    partial(np.multiply, out[:k], at.constant(weight / n), out[:k]),
                    partial(np.multiply, residual, residual, out[k:]),
                    partial(np.subtract, at.constant(1), out[k:], out[k:]),
                    partial(np.multiply, out[k:], at.constant(0.5 * weight / n), out[k:]),
                ],
            ),
            Told(
                lambda _: part_of(1, 2 * n, sum_over(y.array.shape, term)),
                slope,
                {
                    q.name: lambda i: call("exp", times(-1, fraction(element(s, i), 2))),
                    r.name: lambda i: times(minus(element(mu, i), element(y, i)), element(q, i)),
                },
            ),
        )
