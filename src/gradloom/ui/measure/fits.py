"""Predicted against true numbers, and how the residuals are spread."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gradloom.layers.shapes import Array
from gradloom.session.measuring import Answer, RealPart
from gradloom.ui.measure import words
from gradloom.ui.measure.face import Rows, Spot
from gradloom.ui.measure.plot import PlotFace
from gradloom.ui.plots.frame import Range
from gradloom.ui.plots.scale import figure, percent
from gradloom.ui.theme import Theme

_MOST_DOTS = 600
_REACH = 14.0  # px
_BINS = 24


class PredictedFace(PlotFace):
    """A dot for each row; with a told deviation, bars of one and two sigma through it."""

    def __init__(
        self, theme: Theme, selected: Rows, name: str, answer: Answer, part: RealPart, both: Range
    ) -> None:
        """`both`: the range of predicted and true numbers, the same for all parts."""
        every = max(len(part.rows) // _MOST_DOTS, 1)
        some = "" if every == 1 else f" (1 of {every} rows)"
        super().__init__(theme, selected, f"true {answer.target}{some}", "predicted")
        self.ranges = (both, both)
        self._name, self._part = name, part
        self._shown = slice(None, None, every)

    def paint(self, painter: QPainter) -> None:
        self.paint_axes(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(self.frame.rect.adjusted(-4, -4, 4, 4))
        self.diagonal(painter)
        fit, shown = self._part.fit, self._shown
        truth, told = fit.truth[shown], fit.told[shown]
        if fit.sigma is not None:
            for sigmas, strength, width in ((2, 50, 1.0), (1, 110, 2.0)):
                self._bars(painter, truth, told, sigmas * fit.sigma[shown], strength, width)
        colour = self.theme.colour("positive")
        colour.setAlpha(150 if len(truth) > 60 else 220)
        painter.setPen(QPen(colour, 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints(self.pixels(truth, told))
        if self.selected:
            picked = np.isin(self._part.rows[shown], list(self.selected))
            painter.setPen(QPen(self.theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for x, y in zip(truth[picked].tolist(), told[picked].tolist(), strict=True):
                painter.drawEllipse(self.frame.at(x, y), 5, 5)
        painter.setClipping(False)

    def spots(self) -> list[Spot]:
        return [self._spot(i) for i in range(len(self._part.rows))[self._shown]]

    def spot(self, at: QPointF) -> Spot | None:
        fit = self._part.fit
        if not self.frame.rect.contains(at):
            return None
        away, best = self.nearest(at, fit.truth[self._shown], fit.told[self._shown])
        return self._spot(range(len(fit.truth))[self._shown][best]) if away <= _REACH else None

    def _spot(self, number: int) -> Spot:
        part = self._part
        row = int(part.rows[number])
        here = self.frame.at(float(part.fit.truth[number]), float(part.fit.told[number]))
        return Spot(
            QRectF(here.x() - 4, here.y() - 4, 8, 8),
            words.point(part.fit, row, number),
            lambda: (frozenset([row]), f"Row {row + 1} of the {self._name} rows is selected."),
        )

    def _bars(
        self,
        painter: QPainter,
        x: Array,
        y: Array,
        reach: Array,
        strength: int,
        width: float,
    ) -> None:
        colour = QColor(self.theme.colour("positive"))
        colour.setAlpha(strength)
        painter.setPen(QPen(colour, width))
        columns, low, high = (
            values.tolist()
            for values in (self.frame.xs(x), self.frame.ys(y - reach), self.frame.ys(y + reach))
        )
        painter.drawLines([QLineF(*ends) for ends in zip(columns, low, columns, high, strict=True)])


class ResidualFace(PlotFace):
    """A histogram of true minus predicted; in told deviations where the network tells them."""

    square = False

    def __init__(
        self, theme: Theme, selected: Rows, name: str, part: RealPart, reach: float
    ) -> None:
        """`reach`: how far to the left and right of 0 it goes, the same for all parts."""
        told = part.fit.sigma is not None
        title = "(true − predicted) / σ" if told else "true − predicted"
        super().__init__(theme, selected, title, "rows")
        self._name, self._part, self._told = name, part, told
        self._values = residuals_of(part)
        reach = reach or 1.0
        self._edges = np.linspace(-reach, reach, _BINS + 1)
        self._bin = np.clip(np.searchsorted(self._edges[1:-1], self._values), 0, _BINS - 1)
        self._counts = np.bincount(self._bin, minlength=_BINS)
        self.ranges = ((-reach, reach), (0.0, max(float(self._counts.max()), 1.0) * 1.08))

    def paint(self, painter: QPainter) -> None:
        if self._told:
            for sigmas, strength in ((2, 24), (1, 34)):
                band = QColor(self.theme.colour("positive"))
                band.setAlpha(strength)
                left, right = (self.frame.at(s * sigmas, 0).x() for s in (-1, 1))
                area = self.frame.rect
                strip = QRectF(left, area.top(), right - left, area.height())
                painter.fillRect(strip.intersected(area), band)
        self.paint_axes(painter)
        picked = np.isin(self._part.rows, list(self.selected)) if self.selected else None
        chosen = (
            np.bincount(self._bin[picked], minlength=_BINS)
            if picked is not None
            else np.zeros(_BINS, np.int64)
        )
        painter.setPen(Qt.PenStyle.NoPen)
        plain = self.theme.colour("positive")
        plain.setAlpha(110 if chosen.any() else 255)
        for number in np.flatnonzero(self._counts):
            rect = self._bar(int(number)).adjusted(0.5, 0, -0.5, 0)
            painter.setBrush(plain)
            painter.drawRect(rect)
            part = chosen[number] / self._counts[number]
            if part:
                painter.setBrush(self.theme.colour("accent"))
                painter.drawRect(rect.adjusted(0, rect.height() * (1 - part), 0, 0))
        zero = round(self.frame.at(0, 0).x()) + 0.5
        painter.setPen(QPen(self.theme.colour("quiet"), 1, Qt.PenStyle.DashLine))
        area = self.frame.rect
        painter.drawLine(QPointF(zero, area.top()), QPointF(zero, area.bottom()))

    def spots(self) -> list[Spot]:
        return [self._spot(int(i)) for i in np.flatnonzero(self._counts)]

    def spot(self, at: QPointF) -> Spot | None:
        if not self.frame.rect.contains(at):
            return None
        share = (at.x() - self.frame.rect.left()) / self.frame.rect.width()
        number = min(int(share * _BINS), _BINS - 1)
        return self._spot(number) if self._counts[number] else None

    def _spot(self, number: int) -> Spot:
        low, high = (figure(float(self._edges[i])) for i in (number, number + 1))
        count, of = int(self._counts[number]), len(self._values)
        unit = " told deviations" if self._told else ""
        where = f"with a residual from {low} to {high}{unit}"
        mask = self._bin == number

        def rows() -> tuple[Rows, str]:
            found = frozenset(self._part.rows[mask].tolist())
            return found, words.chosen(len(found), self._name, where)

        said = f"{count} of {words.rows(of)} ({percent(count / of)}) {where}"
        return Spot(self._bar(number), said, rows)

    def _bar(self, number: int) -> QRectF:
        top = self.frame.at(float(self._edges[number]), float(self._counts[number]))
        foot = self.frame.at(float(self._edges[number + 1]), 0)
        return QRectF(top, foot)


def residuals_of(part: RealPart) -> Array:
    """What the histogram is of."""
    fit = part.fit
    if fit.sigma is None:
        return fit.residuals
    with np.errstate(all="ignore"):
        return np.nan_to_num(fit.residuals / fit.sigma)


def reach_of(parts: list[RealPart]) -> float:
    """How far from 0 the residuals of all parts lie; a round number."""
    most = max((float(np.abs(residuals_of(part)).max()) for part in parts), default=0.0)
    if parts and parts[0].fit.sigma is not None:
        most = min(most, 6.0)  # one row far outside must not hide the others
    if not most:
        return 1.0
    step = 10.0 ** math.floor(math.log10(most))
    return next(f * step for f in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if f * step >= most * (1 - 1e-9))


def range_of(parts: list[RealPart]) -> Range:
    """The range of predicted and true numbers of all parts."""
    ends = [
        (float(values.min()), float(values.max()))
        for part in parts
        for values in (part.fit.truth, part.fit.told)
    ]
    low, high = min(a for a, _ in ends), max(b for _, b in ends)
    room = 0.04 * (high - low) or 1.0
    return low - room, high + room
