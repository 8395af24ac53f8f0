"""Output: ends the network and carries its loss."""

from __future__ import annotations

from dataclasses import dataclass

from gradloom.core.checks import Choice, Names, Optional, Real, Variant
from gradloom.core.counting import counted
from gradloom.core.settings import param
from gradloom.layers.base import LAYERS, Activation, Kind, Sink
from gradloom.layers.coding import Coding
from gradloom.layers.losses import LOSSES, Loss
from gradloom.layers.shapes import Refusal, Shape, words
from gradloom.layers.signature import Signature, Target
from gradloom.layers.site import Site, Tensor


@LAYERS.add
@dataclass(frozen=True)
class Output(Sink):
    """Compares what arrives with the target columns; several outputs add their losses up.

    "Automatic" takes mean squared error for real targets, binary cross-entropy after a sigmoid,
    categorical cross-entropy after a softmax, and mean squared error otherwise.
    """

    kind, label, icon, category = "output", "Output", "log-out", "Ends"
    help = "What the network answers. Carries the loss that compares it with the target."
    loss: Loss | None = param(None, Optional(Variant(LOSSES)), "Loss", "How wrong answers count.")
    weight: float = param(
        1.0, Real(0, 1e6), "Weight", "This loss times the weight goes into the sum of all outputs."
    )
    columns: tuple[str, ...] | None = param(
        None,
        Optional(Names(), "All targets"),
        "Targets",
        "Which target columns are compared here.",
        advanced=True,
    )
    levels: str | None = param(
        None,
        Optional(Choice(("unit", "0 and 1"), ("signed", "−1 and 1"))),
        "Class levels",
        "The numbers that stand for no and yes. Automatic: −1 and 1 after tanh or with hinge.",
        advanced=True,
    )

    def coding(self, signature: Signature, feeder: Kind | None, shape: Shape) -> Coding | Refusal:
        chosen = self._chosen(signature)
        if isinstance(chosen, Refusal):
            return chosen
        targets = tuple(signature.targets[i] for i in chosen)
        tasks = {t.task for t in targets}
        if len(targets) > 1 and tasks != {"real"}:
            return Refusal(
                "an Output takes several real targets or one column of classes; choose its targets"
            )
        (task,) = tasks
        if len(shape) != 1:
            return Refusal(
                f"Output takes a flat row, got ({', '.join(map(str, shape))}); add a Flatten",
                "flatten",
            )
        loss = self._loss(task, feeder)
        if task not in loss.tasks:
            wants = "classes" if "real" not in loss.tasks else "a real number"
            return Refusal(f"{loss.label} is for {wants}; choose another loss", "automatic_loss")
        refusal = (
            loss.why_not(feeder) or self._bad_levels(loss) or _width(loss, targets, task, shape)
        )
        if refusal is not None:
            return refusal
        style = _style(task, shape)
        low, high = self._levels(loss, feeder, style)
        logs = feeder is not None and feeder.kind == "log_softmax"
        return Coding(chosen, targets, style, loss.kind, low, high, loss.parts, logs)

    def loss_of(self, coding: Coding) -> Loss:
        return self.loss if self.loss is not None else LOSSES.make(coding.loss)

    def build(self, at: Site) -> Tensor:
        (a,) = at.inputs
        if at.target is not None:
            assert at.coding is not None
            self.loss_of(at.coding).build(at, a, at.target, self.weight)
        return a

    def summary(self) -> str:
        return "" if self.loss is None else self.loss.label

    def _chosen(self, signature: Signature) -> tuple[int, ...] | Refusal:
        if not signature.targets:
            return Refusal("the data has no target column to compare with; choose one in the data")
        if self.columns is None:
            return tuple(range(len(signature.targets)))
        index = {target.name: i for i, target in enumerate(signature.targets)}
        missing = [name for name in self.columns if name not in index]
        if missing:
            known = ", ".join(index)
            return Refusal(
                f"the data has no target {missing[0]!r}; choose among {known}", "all_targets"
            )
        return tuple(index[name] for name in self.columns)

    def _loss(self, task: str, feeder: Kind | None) -> Loss:
        if self.loss is not None:
            return self.loss
        fused = {"sigmoid": "binary_cross_entropy", "softmax": "categorical_cross_entropy"}
        fused["log_softmax"] = fused["softmax"]
        if task == "real" or feeder is None:
            return LOSSES.make("mse")
        return LOSSES.make(fused.get(feeder.kind, "mse"))

    def _bad_levels(self, loss: Loss) -> Refusal | None:
        """Why the chosen class levels do not go with the loss; None if they do."""
        if (self.levels == "signed" and loss.unsigned) or (self.levels == "unit" and loss.signed):
            wanted = "0 and 1" if loss.unsigned else "−1 and 1"
            return Refusal(
                f"{loss.label} needs the class levels {wanted}; set them to Automatic",
                "automatic_levels",
            )
        return None

    def _levels(self, loss: Loss, feeder: Kind | None, style: str) -> tuple[float, float]:
        if style == "real":
            return 0.0, 1.0
        negative = isinstance(feeder, Activation) and feeder.span[0] == -1 == -feeder.span[1]
        automatic = loss.signed or (negative and not loss.unsigned)
        signed = automatic if self.levels is None else self.levels == "signed"
        return (-1.0 if signed else 0.0), 1.0


def _style(task: str, shape: Shape) -> str:
    if task == "real":
        return "real"
    return "unit" if task == "binary" and shape == (1,) else "one_hot"


def _width(loss: Loss, targets: tuple[Target, ...], task: str, shape: Shape) -> Refusal | None:
    """Why this many numbers do not fit the targets; None if they do."""
    got = shape[0]
    if task == "real":
        wanted = len(targets) * loss.parts
        if got == wanted:
            return None
        named = "1 number" if len(targets) == 1 else f"{len(targets)} numbers"
        if loss.parts > 1:
            named = f"a mean and a log variance for {named}"
        return Refusal(
            f"the target is {named}, so {_units(wanted)} needed before the output, not {got}",
            "fit_output",
        )
    classes = len(targets[0].classes)
    if got == 1 and task == "binary":
        if loss.single:
            return None
        if classes == 1:
            return Refusal(
                f"{loss.label} of a single unit is 0 whatever it gives; set the activation before"
                " the output to sigmoid",
                "sigmoid",
            )
    elif got == classes:
        return None
    return Refusal(
        f"the data has {counted(classes, 'class', 'classes')} but {words(shape)}"
        f" {'units arrive' if got > 1 else 'unit arrives'};"
        f" set the output to {counted(classes, 'unit')} with softmax and cross-entropy",
        "fit_output",
    )


def _units(count: int) -> str:
    return "1 unit is" if count == 1 else f"{count} units are"
