"""Cables: an edge between two cards, and the loose one that is being pulled."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gradloom.graph import Edge
from gradloom.ui.canvas.geometry import CABLE_REACH, Point, curve
from gradloom.ui.canvas.ink import Ink


class Cable(QGraphicsItem):
    """One cubic curve with a cosmetic pen; `edge` is None while it is pulled."""

    def __init__(self, edge: Edge | None, ink: Ink) -> None:
        super().__init__()
        self.edge = edge
        self.ink = ink
        self.selected = self.hovered = self.target = self.refused = False
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
        self._bounds = self._path.boundingRect().adjusted(-4, -4, 4, 4)

    def set_state(self, **flags: bool) -> None:
        """Set `selected`, `hovered`, `target` (of a drop), `refused`."""
        for name, value in flags.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
                self.update()

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

    def _pen(self) -> QPen:
        if self.edge is None:
            return self.ink.cable_bad if self.refused else self.ink.cable_held
        if self.selected or self.hovered or self.target:
            return self.ink.cable_hot
        return self.ink.cable
