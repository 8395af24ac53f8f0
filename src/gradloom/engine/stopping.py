"""Stop rules: when a run has done what the plan asked for."""

from __future__ import annotations

from gradloom.core.counting import counted
from gradloom.engine.history import History
from gradloom.engine.plan import Plan
from gradloom.engine.progress import Finished
from gradloom.engine.run import Best


def watched(validation: float, training: float, *, has_validation: bool) -> float:
    """The number stop rules look at: on the validation rows if there are any."""
    return validation if has_validation else training


def finished(
    plan: Plan, history: History, best: Best | None, metric: str, *, has_validation: bool
) -> Finished | None:
    """Why the run ends after the last row of `history`, or None."""
    epoch = len(history)
    rules = (plan.target_loss, plan.target_accuracy, plan.patience, plan.epochs)
    if not epoch or all(rule is None for rule in rules):
        return None
    rows = "validation" if has_validation else "training"
    loss = watched(
        float(history.validation_loss[-1]),
        float(history.loss[-1]),
        has_validation=has_validation,
    )
    score = watched(
        float(history.validation_accuracy[-1]),
        float(history.accuracy[-1]),
        has_validation=has_validation,
    )
    if plan.target_loss is not None and loss <= plan.target_loss:
        return Finished(f"The {rows} loss reached {loss:.4g} after epoch {epoch:,}.")
    if plan.target_accuracy is not None and score >= plan.target_accuracy:
        return Finished(f"{metric} on the {rows} rows reached {score:.4g} after epoch {epoch:,}.")
    if plan.patience is not None and best is not None and epoch - best.epoch >= plan.patience:
        return Finished(
            f"The {rows} loss has not fallen for {counted(plan.patience, 'epoch')};"
            f" it was lowest, {best.loss:.4g}, after epoch {best.epoch:,}."
        )
    if plan.epochs is not None and epoch >= plan.epochs:
        return Finished(f"{counted(epoch, 'epoch is', 'epochs are')} done.")
    return None
