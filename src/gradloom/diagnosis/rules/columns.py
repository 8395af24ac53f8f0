"""What is wrong with the data's columns: scales, copies, constants, leaks, rare classes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from gradloom.core.counting import listing
from gradloom.diagnosis.finding import Evidence, Finding, Rule
from gradloom.diagnosis.words import figure, percent
from gradloom.layers.base import Source
from gradloom.layers.shapes import Refusal

# LeCun et al. 1998 want mean 0 and deviation 1; the bundled digits, dots of 0 to 16 with a root
# mean square up to 13, still learn well as they are
LARGE = 20.0
APART = 100.0  # ratio of the largest to the smallest deviation
OUTWEIGHS = 10.0  # the same of targets: squares of misses are then a hundred times as large
# developers.google.com/machine-learning, "Imbalanced data": below 20 % of the rows is moderate.
# For more classes: below 40 % of an equal share, which is the same for two.
RARE = 0.4
ROWS = 20  # fewer rows are a truth table


def _entering(evidence: Evidence) -> dict[str, set[int]]:
    """Feature columns that enter at each Input."""
    state = evidence.state
    found: dict[str, set[int]] = {}
    for layer in state.graph:
        if isinstance(layer.kind, Source):
            chosen = layer.kind.chosen(state.prepared.signature)
            found[layer.id] = set() if isinstance(chosen, Refusal) else set(chosen)
    return found


def _used(evidence: Evidence) -> list[int]:
    """Feature columns that enter the network somewhere."""
    return sorted(set().union(*_entering(evidence).values()))


def _inputs(evidence: Evidence, columns: Iterable[int]) -> tuple[str, ...]:
    """The Inputs where any of these columns enters."""
    wanted = set(columns)
    return tuple(id_ for id_, chosen in _entering(evidence).items() if chosen & wanted)


def _unscaled(evidence: Evidence) -> Iterator[Finding]:
    state, facts, used = evidence.state, evidence.facts, _used(evidence)
    if state.data.scaling == "standard" or facts.rows < ROWS or not used:
        return
    names = state.prepared.signature.features
    rms, deviation = facts.rms[used], facts.deviation[used]
    varying = deviation[deviation > 0]
    large = float(rms.max()) > LARGE
    picture = state.prepared.signature.feature_shape is not None
    apart = not picture and varying.size > 1 and float(varying.max() / varying.min()) > APART
    if not large and not apart:
        return
    top = used[int(np.argmax(rms))]
    small = used[int(np.argmin(np.where(deviation > 0, deviation, np.inf)))]
    if large:
        sentence = f"The feature {names[top]} is large: training steps are hard to size."
    else:
        sentence = f"The features are of very different size: {names[top]} drowns {names[small]}."
    yield Finding(
        "unscaled_features",
        "Unscaled features",
        sentence,
        f"{names[top]}: mean {figure(facts.mean[top])}, deviation {figure(facts.deviation[top])}"
        + (
            f"; {names[small]}: deviation {figure(facts.deviation[small])}."
            if small != top
            else "."
        ),
        "A weight's slope is as large as its input, so one learning rate is too large for one"
        " weight and too small for another, and large sums saturate activations. Mean 0 and"
        " deviation 1 suit the start values. (LeCun et al. 1998, “Efficient BackProp”, section"
        " 4.3.)",
        layers=_inputs(evidence, (top,)),
        remedies=("standardise",),
        names=(names[top],),
    )


def _unscaled_targets(evidence: Evidence) -> Iterator[Finding]:
    state, rows = evidence.state, evidence.state.prepared.split.train
    if state.data.target_scaling != "none" or len(rows) < ROWS:
        return
    for id_, coding in state.analysis.codings.items():
        if coding.style != "real":
            continue
        target = state.prepared.targets[rows][:, coding.columns]
        with np.errstate(over="ignore", invalid="ignore"):
            mean, deviation = target.mean(axis=0), target.std(axis=0)
        rms, varying = np.hypot(mean, deviation), deviation[deviation > 0]
        top, names = int(np.argmax(rms)), [t.name for t in coding.targets]
        if rms[top] > LARGE:
            sentence = (
                f"The target {names[top]} is large for a network that starts near 0: learning takes"
                " long, and steps are hard to size."
            )
        elif varying.size > 1 and float(varying.max() / varying.min()) > OUTWEIGHS:
            top = int(np.argmax(deviation))
            small = int(np.argmin(np.where(deviation > 0, deviation, np.inf)))
            sentence = (
                f"The targets are of different size: misses of {names[top]} drown those of"
                f" {names[small]} in the loss."
            )
        else:
            continue
        yield Finding(
            "unscaled_targets",
            "Unscaled targets",
            sentence,
            "; ".join(
                f"{name}: mean {figure(m)}, deviation {figure(d)}"
                for name, m, d in zip(names[:4], mean, deviation, strict=False)
            )
            + ".",
            "Start values suit answers of about 1. For larger ones weights have to grow first, and"
            " slopes are as large as the misses. The network can learn scaled targets; every answer"
            " is shown in the target's own units all the same. (Bishop, Neural Networks for Pattern"
            " Recognition, section 8.2.)",
            id_,
            remedies=("standardise_targets",),
        )


def _duplicates(evidence: Evidence) -> Iterator[Finding]:
    state, facts, used = evidence.state, evidence.facts, set(_used(evidence))
    signature = state.prepared.signature
    if facts.rows < ROWS or signature.feature_shape is not None or _pixels(evidence):
        return
    names = signature.features
    # each of two words of one column tells the other: so words are coded, nobody's copy
    coded = [range(group.start, group.stop) for group in state.data.source.groups]
    copies = [
        (a, b)
        for a, b in facts.duplicates
        if a in used and b in used and not any(a in group and b in group for group in coded)
    ]
    constant = [c for c in facts.constant if c in used]
    gone = sorted({a for a, _ in copies} | set(constant))
    if len(constant) == len(used) > 0:
        yield _still(evidence, constant)
        return
    if not gone or len(gone) == len(used):
        return
    said = []
    if copies:
        said.append(listing([f"{names[a]} = {names[b]} up to scale" for a, b in copies]))
    if constant:
        said.append(listing([names[c] for c in constant]) + " never changes")
    told = f"{listing([names[c] for c in gone])} {'tells' if len(gone) == 1 else 'tell'}"
    new = " that another feature does not" if copies else ", as nothing changes there"
    yield Finding(
        "idle_columns",
        "Columns that add nothing",
        f"{told} the network nothing{new}.",
        f"On the training rows: {'; '.join(said)}.",
        "A column that never changes acts as a second bias; a copy shares the work with its"
        " original, so weights lose their meaning and the step along that direction doubles."
        " (Hastie, Tibshirani & Friedman, section 3.4.1.)",
        layers=_inputs(evidence, gone),
        remedies=("drop_columns",),
        names=tuple(names[c] for c in gone),
    )


def _still(evidence: Evidence, columns: list[int]) -> Finding:
    """That all there is never changes; no column can be left out then."""
    names = evidence.state.prepared.signature.features
    told = listing([names[c] for c in columns])
    return Finding(
        "idle_columns",
        "Columns that add nothing",
        f"{told} never {'changes' if len(columns) == 1 else 'change'}, so the network can only give"
        " every row the same answer; choose features that tell rows apart.",
        f"On the {evidence.facts.rows:,} training rows each has just one value.",
        "A network is a function of its inputs: from equal inputs it can't give unequal answers.",
        layers=_inputs(evidence, columns),
        names=tuple(names[c] for c in columns),
    )


def _pixels(evidence: Evidence) -> bool:
    """Whether the columns are dots of a picture: their margins may well be still."""
    return len(evidence.state.prepared.signature.features) >= _MANY_CONSTANT and (
        len(evidence.facts.constant) < len(evidence.state.prepared.signature.features) // 2
    )


_MANY_CONSTANT = 64


def _leak(evidence: Evidence) -> Iterator[Finding]:
    state, facts, used = evidence.state, evidence.facts, set(_used(evidence))
    if state.data.source.task != "table" or facts.rows < ROWS:
        return  # what is generated or bundled is known not to leak
    signature = state.prepared.signature
    found = [leak for leak in facts.leaks if leak.column in used]
    gone = sorted({leak.column for leak in found})
    if not found or len(gone) == len(used):
        return
    leak = found[0]
    name, aim = signature.features[leak.column], signature.targets[leak.target].name
    whose = f"the ranks of {aim}" if leak.ranked else aim
    yield Finding(
        "target_leak",
        "Target among the features",
        f"{listing([signature.features[c] for c in gone])} all but"
        f" {'tells' if len(gone) == 1 else 'tell'} the target {aim}, which new rows may not have.",
        f"{name} alone explains {100 * leak.told:.4g} % of the variance of {whose} on"
        f" {facts.rows:,} training rows.",
        "A column that was computed from the answer, or known only after it, makes training look"
        " perfect and prediction useless. (Kaufman et al. 2012, “Leakage in data mining”.)",
        layers=_inputs(evidence, gone),
        remedies=("drop_columns",),
        names=tuple(signature.features[c] for c in gone),
    )


def _imbalance(evidence: Evidence) -> Iterator[Finding]:
    state, facts = evidence.state, evidence.facts
    if facts.rows < ROWS or state.data.balance:
        return
    for number, shares in enumerate(facts.shares):
        target = state.prepared.signature.targets[number]
        present = [share for share in shares if share > 0]
        if len(present) < 2 or min(present) * len(shares) >= RARE:
            continue
        rare, common = shares.index(min(present)), shares.index(max(shares))
        yield Finding(
            "class_imbalance",
            "Rare class",
            f"Only {percent(shares[rare])} of the training rows are of class"
            f" {target.classes[rare]}; a network can do well by never naming it.",
            f"{round(shares[rare] * facts.rows):,} of {facts.rows:,} rows; always saying"
            f" {target.classes[common]} gets {percent(shares[common])} right.",
            "The loss is a mean over rows, so rare classes weigh little. Judge by the confusion"
            " matrix rather than by accuracy, collect more rows of the rare class, and see to it"
            " that every part of the split has its share. Showing rare rows more often makes every"
            " class count alike. (He & Garcia 2009, section 3.1.)",
            layers=tuple(o for o, c in state.analysis.codings.items() if number in c.columns),
            remedies=("balance",) if state.data.stratify else ("stratify", "balance"),
        )


UNSCALED = Rule("unscaled_features", _unscaled)
UNSCALED_TARGETS = Rule("unscaled_targets", _unscaled_targets)
DUPLICATES = Rule("idle_columns", _duplicates)
LEAK = Rule("target_leak", _leak)
IMBALANCE = Rule("class_imbalance", _imbalance)
