"""ROC, precision-recall and calibration as small plots."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gradloom.engine.measures import BINS
from gradloom.layers.shapes import Array
from gradloom.session.measuring import Answer, ClassPart, Curves
from gradloom.ui.measure import words
from gradloom.ui.measure.face import Rows, Spot, put
from gradloom.ui.measure.plot import LEAST, PlotFace
from gradloom.ui.theme import SMALL, Theme, class_colours, font

_REACH = 24.0  # px from which a curve is pointed at
_LEGEND = 140.0  # px, beside the plot
_ROOMY = 340.0  # px, from which there is room for it
_LINE = 16.0
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _CurvesFace(PlotFace):
    """A line for each class, with its area in the legend."""

    def __init__(
        self,
        theme: Theme,
        selected: Rows,
        answer: Answer,
        part: ClassPart,
        titles: tuple[str, str],
    ) -> None:
        super().__init__(theme, selected, *titles)
        self._answer, self._part = answer, part
        self._legend: list[QRectF] = []
        small, strong = QFontMetricsF(font(SMALL)), QFontMetricsF(font(SMALL, strong=True))
        names = (small.horizontalAdvance(answer.classes[c.number]) for c in part.curves)
        self._entry = 16 + strong.horizontalAdvance("0.000") + 6 + max(names) + 10

    def points(self, curves: Curves) -> tuple[Array, Array]:
        """What is drawn of a class."""
        raise NotImplementedError

    def entry(self, curves: Curves) -> tuple[float, str]:
        """The number in the legend, and its words."""
        raise NotImplementedError

    def point_words(self, curves: Curves, at: int) -> str:
        """A point of the line in words."""
        raise NotImplementedError

    def least(self, width: float) -> float:
        count = len(self._part.curves)
        if self._beside(width):
            return max(LEAST, _LINE * count + 8)
        return LEAST + _LINE * -(-count // self._abreast(width))

    def lay(self, rect: QRectF) -> None:
        count = len(self._part.curves)
        if self._beside(rect.width()):
            super().lay(rect.adjusted(0, 0, -_LEGEND, 0))
            left, top, abreast = self.frame.rect.right() + 14, self.frame.rect.top(), 1
            wide = min(rect.right() - left, 240.0)
        else:
            abreast = self._abreast(rect.width())
            super().lay(rect.adjusted(0, 0, 0, -_LINE * -(-count // abreast)))
            left, top = rect.left() + 2, self.frame.rect.bottom() + 33
            wide = min(rect.width() / abreast, max(self._entry, 100.0))
        self._legend = [
            QRectF(left + i % abreast * wide, top + i // abreast * _LINE, wide - 4, _LINE)
            for i in range(count)
        ]

    def paint(self, painter: QPainter) -> None:
        self.paint_axes(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for curves in reversed(self._part.curves):
            self.line(painter, *self.points(curves), self._colour(curves), 1.8)
        painter.setFont(font(SMALL))
        for curves, rect in zip(self._part.curves, self._legend, strict=True):
            painter.setPen(QPen(self._colour(curves), 2.5))
            middle = rect.center().y()
            painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.left() + 10, middle))
            number = words.share(self.entry(curves)[0])
            painter.setPen(self.theme.colour("text"))
            painter.setFont(font(SMALL, strong=True))
            wide = painter.fontMetrics().horizontalAdvance(number) + 6
            put(painter, rect.adjusted(16, 0, 0, 0), number, _LEFT)
            painter.setFont(font(SMALL))
            name = self._answer.classes[curves.number]
            put(painter, rect.adjusted(16 + wide, 0, 0, 0), name, _LEFT)

    def spots(self) -> list[Spot]:
        return [
            Spot(rect, self.entry(curves)[1])
            for curves, rect in zip(self._part.curves, self._legend, strict=True)
        ]

    def spot(self, at: QPointF) -> Spot | None:
        found = super().spot(at)
        if found is not None or not self.frame.rect.adjusted(-6, -6, 6, 6).contains(at):
            return found
        near = [(*self.along(at, *self.points(curves)), curves) for curves in self._part.curves]
        away, number, curves = min(near, key=lambda item: item[0])
        if away > _REACH:
            return None
        x, y = self.points(curves)
        here = self.frame.at(float(x[number]), float(y[number]))
        dot = QRectF(here.x() - 4, here.y() - 4, 8, 8)
        return Spot(dot, self.point_words(curves, number))

    def name_of(self, curves: Curves) -> str:
        """The class of a line."""
        return self._answer.classes[curves.number]

    def _beside(self, width: float) -> bool:
        return width >= _ROOMY

    def _abreast(self, width: float) -> int:
        return max(min(int(width / self._entry), len(self._part.curves)), 1)

    def _colour(self, curves: Curves) -> QColor:
        return QColor(class_colours(self.theme.tokens, len(self._answer.classes))[curves.number])


class RocFace(_CurvesFace):
    """True against false positive rate, a line per class against the rest."""

    def __init__(self, theme: Theme, selected: Rows, answer: Answer, part: ClassPart) -> None:
        titles = "false positive rate", "true positive rate"
        super().__init__(theme, selected, answer, part, titles)

    def points(self, curves: Curves) -> tuple[Array, Array]:
        return curves.roc.false_rate, curves.roc.true_rate

    def entry(self, curves: Curves) -> tuple[float, str]:
        found = self._part.confusion
        return curves.roc.area, words.roc_area(curves, found, self.name_of(curves))

    def point_words(self, curves: Curves, at: int) -> str:
        return words.roc_point(curves, self._part.confusion, self.name_of(curves), at)

    def paint(self, painter: QPainter) -> None:
        self.diagonal(painter)
        super().paint(painter)


class PrecisionFace(_CurvesFace):
    """Precision against recall, a line per class against the rest."""

    def __init__(self, theme: Theme, selected: Rows, answer: Answer, part: ClassPart) -> None:
        super().__init__(theme, selected, answer, part, ("recall", "precision"))

    def points(self, curves: Curves) -> tuple[Array, Array]:
        return curves.precision_recall.recall, curves.precision_recall.precision

    def entry(self, curves: Curves) -> tuple[float, str]:
        found = self._part.confusion
        name = self.name_of(curves)
        return curves.precision_recall.average, words.average_precision(curves, found, name)

    def point_words(self, curves: Curves, at: int) -> str:
        return words.precision_point(curves, self._part.confusion, self.name_of(curves), at)


class CalibrationFace(PlotFace):
    """How often something was so, against the probability told; a larger dot has more rows."""

    def __init__(self, theme: Theme, selected: Rows, answer: Answer, part: ClassPart) -> None:
        titles = "predicted probability", "share right"
        if len(answer.classes) <= 2:
            titles = f"probability of {answer.classes[1]}", f"share of {answer.classes[1]}"
        super().__init__(theme, selected, *titles)
        self._answer, self._found = answer, part.calibration

    def paint(self, painter: QPainter) -> None:
        self.paint_axes(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.diagonal(painter)
        found, filled = self._found, np.flatnonzero(self._found.count)
        colour = self.theme.colour("accent")
        for i in filled:  # the gap between told and true
            mean, share = float(found.mean[i]), float(found.share[i])
            painter.setPen(QPen(self.theme.colour("negative"), 2))
            painter.drawLine(self.frame.at(mean, mean), self.frame.at(mean, share))
        self.line(painter, found.mean[filled], found.share[filled], colour, 1.5)
        painter.setPen(QPen(self.theme.colour("surface"), 1))
        painter.setBrush(colour)
        for i in filled:
            radius = self._radius(int(i))
            at = self.frame.at(float(found.mean[i]), float(found.share[i]))
            painter.drawEllipse(at, radius, radius)

    def spots(self) -> list[Spot]:
        return [self._spot(int(i)) for i in np.flatnonzero(self._found.count)]

    def spot(self, at: QPointF) -> Spot | None:
        if not self.frame.rect.adjusted(-6, -6, 6, 6).contains(at):
            return None
        away, best = self.nearest(at, self._found.mean, self._found.share)
        if away <= _REACH:
            return self._spot(best)
        number = min(max(int(self.frame.back(at)[0] * BINS), 0), BINS - 1)
        return self._spot(number)

    def _spot(self, number: int) -> Spot:
        said = words.calibrated(self._answer, self._found, number)
        if not self._found.count[number]:
            area = self.frame.rect
            left, right = (self.frame.at(x / BINS, 0).x() for x in (number, number + 1))
            return Spot(QRectF(left, area.top(), right - left, area.height()), said)
        mean, share = float(self._found.mean[number]), float(self._found.share[number])
        at, radius = self.frame.at(mean, share), self._radius(number) + 2
        return Spot(QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius), said)

    def _radius(self, number: int) -> float:
        return 3 + 4 * math.sqrt(self._found.count[number] / self._found.count.sum())
