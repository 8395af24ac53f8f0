"""A network as a small drawing: a column of dots for each layer, squares where pictures flow."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gradloom.document import State
from gradloom.layers.base import Sink
from gradloom.layers.shapes import Shape
from gradloom.ui.canvas.ink import Ink

_MOST = 6  # dots in a column
_RADIUS, _APART = 3.0, 13.0  # px, at most
_SQUARE = 20.0  # px, of the largest picture
_STACK = 2.0  # px from one channel to the next
_BESIDE = 0.2  # of the height, for a layer that stands off the middle


@dataclass(frozen=True)
class _Column:
    """Where a layer's dots are; or its squares, if they have a `side`."""

    dots: tuple[QPointF, ...]
    colour: QColor
    side: float = 0.0


def paint_network(painter: QPainter, room: QRectF, state: State, ink: Ink) -> None:
    """The layers of a network as they stand on the canvas, but for its Outputs."""
    columns = _columns(room, state, ink)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(ink.tokens.quiet), 1))
    painter.setOpacity(0.35)
    for edge in state.graph.edges:
        if edge.source in columns and edge.target in columns:
            for a, b in product(columns[edge.source].dots, columns[edge.target].dots):
                painter.drawLine(a, b)
    painter.setOpacity(1.0)
    for column in columns.values():
        _paint_column(painter, column, ink)
    painter.restore()


def _columns(room: QRectF, state: State, ink: Ink) -> dict[str, _Column]:
    layers = {
        layer.id: state.places[layer.id]
        for layer in state.graph
        if not isinstance(layer.kind, Sink) and layer.id in state.places
    }
    if not layers:
        return {}
    shapes = state.analysis.shapes
    pictures = [shapes[id_][-1] for id_ in layers if len(shapes.get(id_, ())) == 3]
    if pictures:
        room = room.adjusted(_SQUARE / 2, 0, 0, 0)
    xs, ys = (sorted({getattr(place, axis) for place in layers.values()}) for axis in "xy")
    square = min(_SQUARE, room.width() / max(len(xs) - 1, 1)) / max(pictures, default=1)
    found = {}
    for id_, place in layers.items():
        centre = QPointF(
            room.x() + _share(place.x, xs) * room.width(),
            room.center().y() + (2 * _share(place.y, ys) - 1) * _BESIDE * room.height(),
        )
        colour = ink.stripe(state.graph[id_].kind.category)
        shape = shapes.get(id_, ())
        if len(shape) == 3:
            found[id_] = _Column((centre,), colour, max(square * shape[-1], 4.0))
        else:
            found[id_] = _Column(_dots(shape, centre, room.height()), colour)
    return found


def _share(at: float, every: list[float]) -> float:
    """How far `at` lies from the first to the last; the middle where all are one."""
    return (at - every[0]) / (every[-1] - every[0]) if len(every) > 1 else 0.5


def _dots(shape: Shape, centre: QPointF, high: float) -> tuple[QPointF, ...]:
    count = min(shape[0] if len(shape) == 1 else 1, _MOST)
    apart = min(_APART, high / (_MOST + 1))
    top = centre.y() - (count - 1) * apart / 2
    return tuple(QPointF(centre.x(), top + i * apart) for i in range(count))


def _paint_column(painter: QPainter, column: _Column, ink: Ink) -> None:
    if not column.side:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(column.colour)
        for dot in column.dots:
            painter.drawEllipse(dot, _RADIUS, _RADIUS)
        return
    painter.setPen(QPen(column.colour, 1))
    painter.setBrush(ink.surface)
    square = QRectF(0, 0, column.side, column.side)
    for shift in (_STACK, 0.0, -_STACK):  # a stack of channels, the nearest last
        square.moveCenter(column.dots[0] + QPointF(shift, shift))
        painter.drawRect(square)
