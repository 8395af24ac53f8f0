"""The few numbers above a picture of the measures, each with its name and its words. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradloom.session.measuring import Answer, ClassPart, Part, RealPart
from gradloom.ui.measure import words
from gradloom.ui.plots.scale import figure, percent

Number = tuple[str, str, str]  # number, name, words


def numbers_of(page: str, answer: Answer, part: Part) -> list[Number]:
    """What a page says of a part of the data in numbers."""
    if isinstance(part, RealPart):
        return _of_fit(part)
    found, count = part.confusion, len(answer.classes)
    if page in ("roc", "pr"):
        return _of_curves(page, answer, part)
    if page == "calibration":
        error = words.calibration_error(part.calibration)
        return [
            (words.share(part.calibration.error), "calibration error", error),
            (words.share(part.brier), "Brier", words.brier(part, count)),
        ]
    mean = words.average(found, "macro", "f1")
    return [
        (percent(found.accuracy), "accuracy", words.accuracy(found)),
        (words.share(found.macro.f1), "macro F1", mean),
    ]


def _of_curves(page: str, answer: Answer, part: ClassPart) -> list[Number]:
    """The area of a single curve, or the mean of them all."""
    roc, found = page == "roc", part.confusion
    areas = [c.roc.area if roc else c.precision_recall.average for c in part.curves]
    if len(areas) == 1:
        curves, say = part.curves[0], words.roc_area if roc else words.average_precision
        name = answer.classes[curves.number]
        kind = "AUC" if roc else "AP"
        return [(words.share(areas[0]), f"{kind} of {name}", say(curves, found, name))]
    mean = words.mean_of_curves(areas, "AUC" if roc else "average precision")
    return [(words.share(mean_area(areas)), f"mean {'AUC' if roc else 'AP'}", mean)] if mean else []


def _of_fit(part: RealPart) -> list[Number]:
    fit = part.fit
    found = [
        (words.share(fit.r2), "R²", words.r2(fit)),
        (figure(fit.mae), "MAE", words.mae(fit)),
        (figure(fit.rmse), "RMSE", words.rmse(fit)),
    ]
    if fit.sigma is not None:
        for sigmas in (1, 2):
            share = percent(fit.within(sigmas) / len(fit.truth))
            found.append((share, f"in {sigmas}σ", words.within(fit, sigmas)))
    return found


def mean_area(values: Sequence[float]) -> float:
    """The mean of those that are numbers."""
    there = [value for value in values if math.isfinite(value)]
    return sum(there) / len(there) if there else math.nan
