"""Cables: an edge between two cards, and the loose one that is being pulled."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gradloom.graph import Edge
from gradloom.layers.site import Phase
from gradloom.ui.canvas.geometry import CABLE_REACH, Point, curve
from gradloom.ui.canvas.ink import Ink


class Cable(QGraphicsItem):
    """One cubic curve with a cosmetic pen; `edge` is None while it is pulled."""

    def __init__(self, edge: Edge | None, ink: Ink) -> None:
        super().__init__()
        self.edge = edge
        self.ink = ink
        self.selected = self.hovered = self.target = self.refused = False
        self.phase: Phase | None = None
        self._against = False
        self.ends: tuple[float, ...] = (0.0,) * 8
        self._path = QPainterPath()
        self.setZValue(0 if edge is not None else 5)

    def join(self, start: Point, end: Point) -> None:
        """Run from an output's centre to an input's centre."""
        ends = curve(start, end)
        if ends == self.ends:
            return
        self.prepareGeometryChange()
        self.ends = ends
        x0, y0, x1, y1, x2, y2, x3, y3 = ends
        self._path = QPainterPath(QPointF(x0, y0))
        self._path.cubicTo(QPointF(x1, y1), QPointF(x2, y2), QPointF(x3, y3))
        self._bounds = self._path.boundingRect().adjusted(-8, -8, 8, 8)

    def set_state(self, **flags: bool) -> None:
        """Set `selected`, `hovered`, `target` (of a drop), `refused`."""
        for name, value in flags.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
                self.update()

    def set_flow(self, phase: Phase | None, *, against: bool = False) -> None:
        """Numbers of this phase of a step are on it, along it or against it; None: nothing is."""
        if (phase, against) != (self.phase, self._against):
            self.phase, self._against = phase, against
            self.update()

    def point(self, share: float) -> Point:
        """Where a thing is that has run this share of the curve."""
        x0, y0, x1, y1, x2, y2, x3, y3 = self.ends
        t, u = share, 1 - share
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        return a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3

    def boundingRect(self) -> QRectF:
        return getattr(self, "_bounds", QRectF())

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        reach = CABLE_REACH
        path.addRect(self.boundingRect().adjusted(-reach, -reach, reach, reach))
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._pen())
        painter.drawPath(self._path)
        if self.phase is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.ink.flows[self.phase].color())
            painter.drawPolygon(self._arrow())

    def _arrow(self) -> QPolygonF:
        """A head at the middle that says which way the numbers go, where nothing moves."""
        (xa, ya), (xb, yb) = self.point(0.46), self.point(0.54)
        sign = -1 if self._against else 1
        length = max(math.hypot(xb - xa, yb - ya), 1e-9)
        dx, dy = sign * (xb - xa) / length, sign * (yb - ya) / length
        x, y = self.point(0.5)
        return QPolygonF(
            [
                QPointF(x + 6 * dx, y + 6 * dy),
                QPointF(x - 4 * dx - 5 * dy, y - 4 * dy + 5 * dx),
                QPointF(x - 4 * dx + 5 * dy, y - 4 * dy - 5 * dx),
            ]
        )

    def _pen(self) -> QPen:
        if self.edge is None:
            return self.ink.cable_bad if self.refused else self.ink.cable_held
        if self.selected or self.hovered or self.target:
            return self.ink.cable_hot
        if self.phase is not None:
            return self.ink.flows[self.phase]
        return self.ink.cable
