"""Choosing on the map: a click takes the nearest row and opens the card of its place."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Signal, Slot

from gradloom.core.counting import counted
from gradloom.document import Document
from gradloom.layers.shapes import Array
from gradloom.session.planes import Ground
from gradloom.ui.map.card import PlaceCard
from gradloom.ui.map.field import Field
from gradloom.ui.map.inspector import Inspector
from gradloom.ui.map.shown import Shown
from gradloom.ui.map.tools import Lasso, inside
from gradloom.ui.theme import Theme
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

_REACH = 12.0  # px around a point that belong to it


class Picking(QObject):
    """Rows of one map by mouse. While a step is walked through, a click opens no card."""

    row_clicked = Signal(int)  # a row of the dataset, from 0

    def __init__(
        self,
        document: Document,
        bridge: TrainingBridge,
        view: View,
        theme: Theme,
        field: Field,
        shown: Shown,
    ) -> None:
        super().__init__(field)
        self._document, self._bridge, self._view = document, bridge, view
        self._field, self._shown = field, shown
        self.inspector = Inspector(PlaceCard(theme, field))
        self.lasso = Lasso(field, self._lassoed)
        self.walking = False
        field.clicked.connect(self._click)

    def refresh(self) -> None:
        """Bring the card that is open up to date."""
        state, latest = self._document.state, self._bridge.latest
        self.inspector.refresh(state, self._shown.subject, latest)

    @Slot(float, float)
    def _click(self, x: float, y: float) -> None:
        points, ground, frame = self._shown.points, self._shown.ground, self._field.frame()
        if points is None or ground is None:
            return
        at, point, row = frame.at(x, y), self._shown.nearest(x, y), None
        if point is not None:
            there = frame.at(float(points.x[point]), float(points.height[point]))
            if math.hypot(there.x() - at.x(), there.y() - at.y()) <= _REACH:
                at, row = there, int(points.rows[point])
        self._view.select_rows(frozenset() if row is None else frozenset([row]))
        if row is not None:
            self.row_clicked.emit(row)
        if not self.walking:
            self._look_at(ground, (x, y), row, at)

    def _look_at(
        self, ground: Ground, place: tuple[float, float], row: int | None, at: QPointF
    ) -> None:
        """Open the card of a place."""
        raw = ground.plane.lift(np.array([place[: len(ground.plane.along)]]))[0]
        if row is not None:
            raw = self._document.state.prepared.dataset.features[row]
        window = self._field.window()  # the card may hang over the map's edges
        self.inspector.card.setParent(window)
        there = QPointF(self._field.sheet.mapTo(window, at.toPoint()))
        self.inspector.look(raw, row, there, QRectF(window.rect()).adjusted(8, 8, -8, -8))
        self.refresh()

    def _lassoed(self, polygon: Array, adding: bool) -> None:
        points = self._shown.points
        if points is None:
            return
        rows = self._shown.within(inside(points.x, points.height, polygon))
        self._view.select_rows(self._view.rows | rows if adding else rows)
        chosen = len(self._view.rows)
        self._view.say(f"{counted(chosen, 'row is', 'rows are')} selected." if chosen else "")
