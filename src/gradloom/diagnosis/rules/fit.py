"""Overfitting: the validation loss climbs while the training loss goes on falling."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradloom.diagnosis.finding import Evidence, Finding, Rule
from gradloom.diagnosis.words import figure

RECENT = 10  # epochs that are averaged over
AFTER = 20  # epochs since the best one; before that it may be a wave
# Prechelt 1998, "Early stopping - but when?": generalisation loss GL = 100 (now / best - 1)
CLIMBED = 0.3  # GL of 30
# and by so much of the constant answer's loss: cross-entropy of a few sure mistakes grows a while
# when all other answers stay right (Guo et al. 2017, "On calibration", section 3; up to .19 in the
# samples), which is no harm yet
UNIT = 0.25


def _overfitting(evidence: Evidence) -> Iterator[Finding]:
    progress = evidence.progress
    if progress is None or len(progress.history) < AFTER + RECENT:
        return
    train, held = progress.history.loss, progress.history.validation_loss
    if not np.isfinite(held).all():
        return
    best = int(np.argmin(held))
    if len(held) - 1 - best < AFTER:
        return
    now, then = float(np.median(held[-RECENT:])), float(held[best])
    learnt = float(np.median(train[-RECENT:]))
    unit = evidence.unit
    if now < (1 + CLIMBED) * then or not now - then > UNIT * unit:
        return
    if learnt > float(train[best]) or learnt > 0.5 * now:
        return
    epoch = int(progress.history.epoch[best])
    yield Finding(
        "overfitting",
        "Overfitting",
        f"Since epoch {epoch:,} the network learns the training rows by heart: it gets worse on"
        " rows it has not seen.",
        f"Validation loss {figure(then)} at epoch {epoch:,}, {figure(now)} now; training loss"
        f" {figure(train[best])} then, {figure(learnt)} now.",
        "A network with more room than the data fills it with the noise of single rows. Stop at the"
        " best epoch, pull weights towards 0, or get more data. (Prechelt 1998; Goodfellow et al.,"
        " Deep Learning, sections 5.2 and 7.8.)",
        remedies=("stop_early", "l2"),
    )


OVERFITTING = Rule("overfitting", _overfitting, dynamic=True)
