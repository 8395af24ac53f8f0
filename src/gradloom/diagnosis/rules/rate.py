"""Learning rates that are too large or too small, from the course of the loss."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from gradloom.core.counting import counted
from gradloom.diagnosis.finding import Evidence, Finding, Rule
from gradloom.diagnosis.measure import Measurement
from gradloom.diagnosis.words import figure
from gradloom.engine.progress import Broken
from gradloom.layers.shapes import Array

RECENT = 10  # epochs
# Shares of the loss of the best constant answer, the natural unit of a loss.
WORSE = 1.2  # above it, a network knows less than nothing
SWING = 0.25  # mean change from epoch to epoch that is no noise of batches any more
GROWN = 3.0  # weights against their start, when large steps threw them away
FALLING = 0.98  # from one half of the recent epochs to the next: large targets take their time
STEADY = 0.8  # share of epochs that lowered the loss
SLOW_EPOCHS = 20
SLOW_STEPS = 200
SLOW_FALL = 0.03  # of the constant answer's loss, gained in SLOW_EPOCHS
SLOW_LEFT = 0.5  # so much of it must be left to learn
# Updates of a thousandth of the weights are usual (Karpathy, cs231n.github.io/neural-networks-3,
# under ratio of weights to updates); a thirtieth of that is little.
SLOW_RATIO = 3e-5


def _too_large(evidence: Evidence) -> Iterator[Finding]:
    progress, measured = evidence.progress, evidence.measured
    if progress is None:
        return
    rate = progress.rate
    said = ""
    if isinstance(progress.outcome, Broken):
        if progress.outcome.fix:  # else it was broken before any step: the start or the data
            steps = counted(progress.outcome.steps, "step")
            said = f"The numbers grew beyond all bounds after {steps}"
    else:
        losses = progress.history.loss
        unit = evidence.unit
        if len(losses) >= RECENT and unit > 0 and measured is not None:
            said = _course(losses, unit, measured)
    if not said:
        return
    yield Finding(
        "rate_too_large",
        "Learning rate too large",
        "The steps overshoot: the loss does not settle because the learning rate is too large.",
        f"{said}, at a learning rate of {rate:g}.",
        "A step longer than twice the width of the valley climbs its other side. Lower the rate"
        " until the loss falls steadily. (Goodfellow et al., Deep Learning, section 11.4.1; LeCun"
        " et al. 1998, section 4.7.)",
        remedies=("lower_rate",),
    )


def _course(losses: Array, unit: float, measured: Measurement) -> str:
    recent = losses[-RECENT:]
    now = float(np.median(recent))
    if not math.isfinite(now):
        return ""
    changes = np.diff(recent)
    swing = float(np.abs(changes).mean()) / unit
    turns = sum(1 for a, b in pairwise(changes) if a * b < 0)
    if swing > SWING and turns >= RECENT // 3:
        return f"The loss jumps by {figure(swing * unit)} from epoch to epoch, around {figure(now)}"
    grown = max(
        (
            p.rms / p.start_rms
            for h in measured.layers
            for p in h.parameters
            if p.weight and p.start_rms > 0
        ),
        default=0.0,
    )
    half = RECENT // 2
    less = float(recent[half:].mean()) < FALLING * float(recent[:half].mean())
    falls = less or float((changes < 0).mean()) >= STEADY
    if now > WORSE * unit and grown > GROWN and not falls:
        return (
            f"The loss stands at {figure(now)}, above the {figure(unit)} of an answer that is"
            f" always the same, and weights are {figure(grown)} times as large as at the start"
        )
    return ""


def _too_small(evidence: Evidence) -> Iterator[Finding]:
    progress, measured = evidence.progress, evidence.measured
    if progress is None or measured is None or progress.steps < SLOW_STEPS:
        return
    losses, unit = progress.history.loss, evidence.unit
    if len(losses) <= SLOW_EPOCHS or not unit > 0:
        return
    recent = losses[-SLOW_EPOCHS - 1 :]
    fall = float(recent[0] - recent[-1]) / unit
    steady = float((np.diff(recent) < 0).mean())
    ratios = [p.ratio for h in measured.layers for p in h.parameters if p.weight]
    ratio = max((r for r in ratios if math.isfinite(r)), default=math.nan)
    if not (0 < fall < SLOW_FALL and steady >= STEADY and float(recent[-1]) > SLOW_LEFT * unit):
        return
    if not ratio < SLOW_RATIO:
        return
    yield Finding(
        "rate_too_small",
        "Learning rate too small",
        "The loss falls steadily but hardly: the learning rate is too small to get anywhere.",
        f"From {recent[0]:.4g} to {recent[-1]:.4g} in {SLOW_EPOCHS} epochs at a learning rate of"
        f" {progress.rate:g}; a step changes the weights by {ratio:.1g} of their size at most.",
        "A loss that falls in almost every epoch, without noise, could be walked down in longer"
        " steps. A thousandth of the weights per step is usual. (Karpathy, CS231n, “Ratio of"
        " weights:updates”.)",
        remedies=("raise_rate",),
    )


TOO_LARGE = Rule("rate_too_large", _too_large, dynamic=True)
TOO_SMALL = Rule("rate_too_small", _too_small, dynamic=True)
