"""Where each measured number comes from: its formula with the numbers put in, and what it says."""

from __future__ import annotations

import math

from gradloom.engine.measures import BINS, Calibration, Confusion, Fit
from gradloom.session.measuring import Answer, ClassPart, Curves
from gradloom.ui.plots.scale import figure, percent

_AVERAGES = {
    "macro": "the plain mean over the classes that occur",
    "weighted": "the mean over the classes, each counting as often as it has rows",
}


def share(number: float) -> str:
    """A number from 0 to 1 in three decimals; "–" if there is none."""
    return f"{number:.3f}" if math.isfinite(number) else "–"


def rows(count: int) -> str:
    """A number of rows."""
    return f"{count} row{'' if count == 1 else 's'}"


def accuracy(found: Confusion) -> str:
    """The accuracy in words."""
    right = int(found.right.sum())
    return (
        f"accuracy = right / all = {right} / {found.total} = {share(found.accuracy)}:"
        " the share of rows whose class is told right"
    )


def precision(found: Confusion, number: int, name: str) -> str:
    """A class's precision in words."""
    right, told = int(found.right[number]), int(found.told[number])
    if not told:
        return f"precision of {name}: no row is predicted as {name}, so it counts as 0"
    return (
        f"precision of {name} = {right} / ({right} + {told - right})"
        f" = {share(found.precision[number])}: of the rows predicted as {name},"
        " the share that is"
    )


def recall(found: Confusion, number: int, name: str) -> str:
    """A class's recall in words."""
    right, support = int(found.right[number]), int(found.support[number])
    if not support:
        return f"recall of {name}: no row is {name}, so it counts as 0"
    return (
        f"recall of {name} = {right} / ({right} + {support - right})"
        f" = {share(found.recall[number])}: of the rows that are {name},"
        " the share predicted so"
    )


def f1(found: Confusion, number: int, name: str) -> str:
    """A class's F1 in words."""
    right = int(found.right[number])
    wrong, missed = int(found.told[number]) - right, int(found.support[number]) - right
    if not right + wrong + missed:
        return f"F1 of {name}: no row is {name} or predicted so, so it counts as 0"
    return (
        f"F1 of {name} = 2·{right} / (2·{right} + {wrong} + {missed})"
        f" = {share(found.f1[number])}: the harmonic mean of precision and recall"
    )


def support(found: Confusion, number: int, name: str) -> str:
    """How many rows a class has."""
    return f"{rows(int(found.support[number]))} of this part {_is(found, number)} {name}"


def average(found: Confusion, name: str, measure: str) -> str:
    """A mean over classes in words; `name` is "macro" or "weighted"."""
    values, weights = getattr(found, measure), found.support
    at = found.present
    value = getattr(getattr(found, name), measure)
    label = "F1" if measure == "f1" else measure
    terms = [
        share(values[i]) if name == "macro" else f"{int(weights[i])}·{share(values[i])}"
        for i in at[:4]
    ]
    more = " + …" if len(at) > 4 else ""
    below = len(at) if name == "macro" else int(weights.sum())
    return (
        f"{name} {label} = ({' + '.join(terms)}{more}) / {below} = {share(value)}:"
        f" {_AVERAGES[name]}"
    )


def cell(part: ClassPart, classes: tuple[str, ...], true: int, told: int, picked: int) -> str:
    """A cell of the confusion matrix in words; `picked` of its rows are selected."""
    count, of = int(part.confusion.counts[true, told]), int(part.confusion.support[true])
    is_, was = classes[true], classes[told]
    text = f"{rows(count)} of class {is_} predicted as {was}"
    if of:
        text += f" = {count} / {of} = {percent(count / of)} of all {is_}"
    if picked:
        text += f"; {picked} selected"
    return text


def chosen(count: int, part: str, what: str) -> str:
    """Which rows a click selected."""
    if not count:
        return f"No {part} row is {what}."
    return f"{count} {part} row{'' if count == 1 else 's'} {what} selected."


def roc_area(curves: Curves, found: Confusion, name: str) -> str:
    """The area under a ROC curve in words."""
    number = curves.number
    yes = int(found.support[number])
    no = found.total - yes
    if not yes or not no:
        return f"no ROC curve of {name}: this part needs rows of {name} and others"
    pairs = round(curves.roc.area * yes * no * 2) / 2
    return (
        f"AUC of {name} = {pairs:g} / ({yes}·{no}) = {share(curves.roc.area)}: the share of pairs"
        f" of a {name} and another row in which the {name} has the higher score, ties half"
    )


def roc_point(curves: Curves, found: Confusion, name: str, at: int) -> str:
    """A point of a ROC curve in words."""
    curve, yes = curves.roc, int(found.support[curves.number])
    no = found.total - yes
    true, false = round(curve.true_rate[at] * yes), round(curve.false_rate[at] * no)
    return (
        f"{name} from a score of {_score(float(curve.thresholds[at]))} on:"
        f" true positive rate {true} / {yes} = {share(curve.true_rate[at])},"
        f" false positive rate {false} / {no} = {share(curve.false_rate[at])}"
    )


def average_precision(curves: Curves, found: Confusion, name: str) -> str:
    """An average precision in words."""
    curve, yes = curves.precision_recall, int(found.support[curves.number])
    if not yes:
        return f"no precision-recall curve of {name}: no row of this part is {name}"
    return (
        f"average precision of {name} = Σ (R − R before)·P = {share(curve.average)};"
        f" area under straight lines {share(curve.area)};"
        f" by chance {yes} / {found.total} = {share(yes / found.total)}"
    )


def precision_point(curves: Curves, found: Confusion, name: str, at: int) -> str:
    """A point of a precision-recall curve in words."""
    curve, yes = curves.precision_recall, int(found.support[curves.number])
    if at >= len(curve.thresholds):
        return f"{name}: the curve ends at recall 0 and precision 1, where nothing is predicted so"
    true = round(curve.recall[at] * yes)
    told = round(true / curve.precision[at]) if curve.precision[at] else 0
    below = f"{true} / {told}" if told else "0"
    return (
        f"{name} from a score of {_score(float(curve.thresholds[at]))} on:"
        f" precision {below} = {share(curve.precision[at])},"
        f" recall {true} / {yes} = {share(curve.recall[at])}"
    )


def mean_of_curves(values: list[float], label: str) -> str:
    """The mean over the classes of an area, of those that have one."""
    there = [value for value in values if math.isfinite(value)]
    if len(values) == 1 or not there:
        return ""
    terms = " + ".join(share(value) for value in there[:4]) + (" + …" if len(there) > 4 else "")
    mean = sum(there) / len(there)
    return f"mean {label} = ({terms}) / {len(there)} = {share(mean)}: each class against the rest"


def calibrated(answer: Answer, found: Calibration, at: int) -> str:
    """A bin of a calibration plot in words."""
    low, high = at / BINS, (at + 1) / BINS
    count = int(found.count[at])
    what = f"the class was {answer.classes[1]}" if len(answer.classes) <= 2 else "it was right"
    where = f"probability from {low:g} to {high:g}"
    if not count:
        return f"{where}: no row"
    so = round(found.share[at] * count)
    return (
        f"{where}: {rows(count)}, {share(found.mean[at])} in the mean;"
        f" {what} in {so} / {count} = {share(found.share[at])}"
    )


def calibration_error(found: Calibration) -> str:
    """The expected calibration error in words."""
    filled = [i for i in range(BINS) if found.count[i]]
    terms = [
        f"{int(found.count[i])}·|{share(found.mean[i])} − {share(found.share[i])}|"
        for i in filled[:2]
    ]
    more = " + …" if len(filled) > 2 else ""
    return (
        f"expected calibration error = ({' + '.join(terms)}{more}) / {int(found.count.sum())}"
        f" = {share(found.error)}: how far the probabilities are off, in the mean"
    )


def brier(part: ClassPart, classes: int) -> str:
    """The Brier score in words."""
    inside = "(p − y)²" if classes <= 2 else "Σ over classes (p − y)²"
    most = 1 if classes <= 2 else 2
    return (
        f"Brier score = mean of {inside} over {rows(len(part.rows))} = {share(part.brier)},"
        f" 0 is best, {most} worst"
    )


def r2(fit: Fit) -> str:
    """R² in words."""
    if not fit.total_squares:
        return "R² is not defined: the true numbers do not vary"
    return (
        f"R² = 1 − Σ(y − ŷ)² / Σ(y − mean)² = 1 − {figure(fit.residual_squares)} /"
        f" {figure(fit.total_squares)} = {share(fit.r2)}: 1 is perfect, 0 as good as the mean"
    )


def mae(fit: Fit) -> str:
    """The mean absolute error in words."""
    total = fit.mae * len(fit.truth)
    return (
        f"MAE = Σ|y − ŷ| / rows = {figure(total)} / {len(fit.truth)} = {figure(fit.mae)}:"
        " the mean distance"
    )


def rmse(fit: Fit) -> str:
    """The root of the mean squared error in words."""
    return (
        f"RMSE = √(Σ(y − ŷ)² / rows) = √({figure(fit.residual_squares)} / {len(fit.truth)})"
        f" = {figure(fit.rmse)}: large misses count more"
    )


def within(fit: Fit, sigmas: int) -> str:
    """The share of rows within so many told deviations, in words."""
    count, of = fit.within(sigmas), len(fit.truth)
    right = {1: "68.3", 2: "95.4"}[sigmas]
    return (
        f"within {sigmas}σ: {count} / {of} = {percent(count / of if of else math.nan)} of the true"
        f" numbers lie no farther than {sigmas} told deviation{'s' if sigmas > 1 else ''} from the"
        f" prediction; a normal distribution has {right} %"
    )


def point(fit: Fit, row: int, at: int) -> str:
    """One row of a regression in words; `row` is its number in the dataset."""
    told, truth = float(fit.told[at]), float(fit.truth[at])
    text = (
        f"row {row + 1}: true {figure(truth)}, predicted {figure(told)},"
        f" residual {figure(truth)} − {figure(told)} = {figure(truth - told)}".replace("− −", "+ ")
    )
    if fit.sigma is not None:
        sigma = float(fit.sigma[at])
        away = abs(truth - told) / sigma if sigma else math.inf
        text += f", σ {figure(sigma)}, {figure(away)}σ away"
    return text


def _score(threshold: float) -> str:
    return "∞" if math.isinf(threshold) else figure(threshold)


def _is(found: Confusion, number: int) -> str:
    return "is" if int(found.support[number]) == 1 else "are"
