"""Cross-entropies, computed from logits where the activation before them allows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gradloom.layers.base import Kind
from gradloom.layers.losses.base import LOSSES, Loss
from gradloom.layers.shapes import Array, Refusal
from gradloom.layers.site import Back, Equation, Phase, Site, Tensor


def _from_logits(
    back: Back, at: Site, prediction: Tensor, logits: Tensor, target: Array, scale: float
) -> None:
    """dL/dz = (a - y) * scale, the fused gradient of sigmoid with BCE and softmax with CCE."""
    share = back.into(logits)
    if share is None:
        return
    back.operation(
        Equation(
            rf"{share.symbol} = {scale * target.shape[1]:.6g}\,(a - y) / B",
            "Activation and loss together have a simple slope: prediction minus target.",
            "Bishop, PRML, sections 4.3.2 and 4.3.4",
        ),
        [
            partial(np.subtract, prediction.flat, target, share.flat),
            partial(np.multiply, share.flat, at.constant(scale), share.flat),
        ],
        reads=[prediction, at.value("y", "target", target)],
        writes=[share],
    )


@LOSSES.add
@dataclass(frozen=True)
class CategoricalCrossEntropy(Loss):
    """-sum y log p over classes, mean over rows, as torch.nn.CrossEntropyLoss on the logits."""

    kind, label = "categorical_cross_entropy", "Categorical cross-entropy"
    help = "−Σ target · log(probability) over the classes, mean over the rows."
    tasks = ("binary", "classes")

    def why_not(self, feeder: Kind | None) -> Refusal | None:
        if feeder is not None and feeder.kind in ("softmax", "log_softmax"):
            return None
        return Refusal(
            "Categorical cross-entropy needs probabilities: set the activation before the output"
            " to softmax or log-softmax",
            "softmax",
        )

    def build(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        assert at.loss is not None and prediction.made_by is not None
        rows = target.shape[1]
        y, loss = at.value("y", "target", target), at.value("L", "loss", at.loss)
        wanted = np.ascontiguousarray(target) if not target.flags.c_contiguous else target
        if prediction.made_by.kind == "log_softmax":
            self._from_log(at, prediction, wanted, weight)
            return
        z = prediction.made_from
        assert z is not None
        shifted, total = prediction.notes["shifted"], prediction.notes["total"]
        logs, said = at.scratch(rows), at.scratch()
        ones = np.ones(rows, at.dtype)
        at.operation(
            Equation(
                r"L = -\frac{1}{B} \sum y \log a",
                "Minus the logarithm of the probability given to the right class, mean over rows.",
                "Goodfellow et al., Deep Learning, section 6.2.2.3; log-sum-exp form",
            ),
            [
                partial(np.log, total, logs),
                partial(logs.dot, ones, at.loss),
                partial(wanted.reshape(-1).dot, shifted.reshape(-1), said),
                partial(np.subtract, at.loss, said, at.loss),
                partial(np.multiply, at.loss, at.constant(1 / rows), at.loss),
            ],
            reads=[prediction, y],
            writes=[loss],
            backward=lambda back: _from_logits(back, at, prediction, z, target, weight / rows),
            phase=Phase.LOSS,
        )

    def _from_log(self, at: Site, prediction: Tensor, target: Array, weight: float) -> None:
        """The same from log-probabilities (torch.nn.NLLLoss)."""
        assert at.loss is not None
        rows, loss = target.shape[1], at.loss
        y = at.value("y", "target", target)

        def backward(back: Back) -> None:
            share = back.into(prediction)
            if share is not None:
                back.operation(
                    Equation(rf"{share.symbol} = -y / B", "The slope is minus the target."),
                    [partial(np.multiply, target, at.constant(-weight / rows), share.flat)],
                    reads=[y],
                    writes=[share],
                )

        at.operation(
            Equation(
                r"L = -\frac{1}{B} \sum y\, a",
                "Minus the log-probability of the right class, mean over rows.",
                "torch.nn.NLLLoss",
            ),
            [
                partial(target.reshape(-1).dot, prediction.flat.reshape(-1), loss),
                partial(np.multiply, loss, at.constant(-1 / rows), loss),
            ],
            reads=[prediction, y],
            writes=[at.value("L", "loss", loss)],
            backward=backward,
            phase=Phase.LOSS,
        )
