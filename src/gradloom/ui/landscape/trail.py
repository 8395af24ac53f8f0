"""The path of a run on its landscape: a line, its start, its best point, where it is, downhill."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QPen

from gradloom.layers.shapes import Array
from gradloom.ui.plots.chart import Line, face
from gradloom.ui.theme import SMALL, Theme

_PATH, _ARROW, _MARKS = 2.0, 2.5, 4.0  # lines of equal loss are at 1, curves at 3
START, BEST, NOW, STEP, PICKED = "start", "best", "now", "one step", "picked"
_SYMBOLS = {
    START: ("o", 9),
    NOW: ("o", 11),
    BEST: ("star", 15),
    STEP: ("d", 12),
    PICKED: ("crosshair", 16),
}
_NAMED = (NOW, START, BEST, STEP)  # the first have the right of way
_NEAR = 26.0  # px; names of marks nearer than this would lie over each other
_SMALL = 130.0  # px; on a plane that is no wider names would hide it
_BESIDE = 8.0  # px from a mark to its name
_ARROW_LENGTH = 0.14  # of the width of the plane


class TrailItems:
    """The items of one plot beside its picture; places are in units of the axes."""

    def __init__(self, plot: Any, theme: Theme) -> None:
        self._plot, self._theme = plot, theme
        self._halo, self._line = Line(), Line()
        self._shaft, self._head = Line(), pg.ArrowItem(headLen=11, tipAngle=34, pxMode=True)
        for item, z in (
            (self._halo, _PATH),
            (self._line, _PATH),
            (self._shaft, _ARROW),
            (self._head, _ARROW),
        ):
            item.setZValue(z)
            plot.addItem(item, ignoreBounds=True)
        self._marks = {name: self._mark(*look) for name, look in _SYMBOLS.items()}
        self._names = {name: self._name(name) for name in _NAMED}
        self._spots: dict[str, tuple[float, float]] = {}
        self.clear()
        self.refresh()

    @property
    def now(self) -> tuple[float, float] | None:
        """Where the run is, if it is shown."""
        return self._spots.get(NOW)

    def clear(self) -> None:
        """Show nothing."""
        self.show_path(np.zeros((0, 2)), {})
        self.point(None, None)
        self.pick(None)

    def show_path(self, places: Array, spots: Mapping[str, tuple[float, float]]) -> None:
        """The path (points, 2), and where its marks are, by name."""
        places = places[np.isfinite(places).all(axis=1)]
        for line in (self._halo, self._line):
            line.show_points(places[:, 0], places[:, 1])
            line.setVisible(len(places) > 1)
        self._spots = {name: at for name, at in spots.items() if np.isfinite(at).all()}
        for name in _NAMED:
            self._put(self._marks[name], self._spots.get(name))
        self._name_marks()

    def point(self, at: tuple[float, float] | None, downhill: Array | None) -> None:
        """An arrow from a place down the slope; None: none."""
        length = 0.0 if downhill is None else float(np.hypot(*downhill))
        shown = at is not None and downhill is not None and math.isfinite(length) and length > 0
        self._shaft.setVisible(shown)
        self._head.setVisible(shown)
        if at is None or downhill is None or not shown:
            return
        width = self._line.boundingRect().width()
        tip = np.array(at) + downhill / length * _ARROW_LENGTH * width
        self._shaft.show_points(np.array([at[0], tip[0]]), np.array([at[1], tip[1]]))
        self._head.setPos(*tip)
        self._head.setStyle(angle=180 - math.degrees(math.atan2(downhill[1], downhill[0])))

    def pick(self, at: tuple[float, float] | None) -> None:
        """Mark a place that was clicked."""
        self._put(self._marks[PICKED], at)

    def refresh(self) -> None:
        """Take the colours of the theme."""
        t = self._theme.tokens
        halo = QColor(t.surface)
        halo.setAlphaF(0.75)
        self._halo.setPen(pg.mkPen(halo, width=3))
        self._line.setPen(pg.mkPen(t.text, width=1))
        pen = QPen(QColor(t.negative), 2)
        pen.setCosmetic(True)
        self._shaft.setPen(pen)
        self._head.setStyle(pen=pg.mkPen(t.surface, width=0.5), brush=pg.mkBrush(t.negative))
        rim = pg.mkPen(t.surface, width=1.5)
        looks = {
            START: (pg.mkPen(t.text, width=1.5), t.surface),
            BEST: (rim, t.warning),
            NOW: (rim, t.text),
            STEP: (rim, t.negative),
            PICKED: (pg.mkPen(t.text, width=1.5), "#00000000"),
        }
        for name, (edge, fill) in looks.items():
            self._marks[name].setPen(edge)
            self._marks[name].setBrush(pg.mkBrush(fill))
        back = QColor(t.surface)
        back.setAlphaF(0.85)
        for item in self._names.values():
            item.setColor(t.text)
            item.setFont(face(SMALL, strong=True))
            item.fill = pg.mkBrush(back)

    def _name_marks(self) -> None:
        """Name the marks; those too near to one that is named already share its name."""
        unit = [abs(u) or 1.0 for u in self._plot.vb.viewPixelSize()]
        words: dict[str, str] = {}
        room = self._line.boundingRect()
        small = room.width() < _SMALL * unit[0]
        for name in _NAMED:
            if name not in self._spots or not room.contains(*self._spots[name]) or small:
                continue
            x, y = self._spots[name]
            away = {
                other: math.hypot((u - x) / unit[0], (v - y) / unit[1])
                for other, (u, v) in self._spots.items()
                if other in words
            }
            near = min(away, key=away.__getitem__, default="")
            if near and away[near] < _NEAR:
                words[near] += f", {name}"
            else:
                words[name] = name
        for name, item in self._names.items():
            item.setVisible(name in words)
            if name in words:
                if item.toPlainText() != words[name]:
                    item.setText(words[name])
                self._place(item, *self._spots[name], unit[0])

    def _place(self, item: Any, x: float, y: float, unit: float) -> None:
        """Put a name beside its mark, to the right where there is room."""
        wide = item.boundingRect().width() + _BESIDE
        right = x + wide * unit < self._line.boundingRect().right()
        item.setAnchor(((-_BESIDE if right else wide) / (wide - _BESIDE), 0.5))
        item.setPos(x, y)

    def _mark(self, symbol: str, size: int) -> Any:
        item = pg.ScatterPlotItem(pxMode=True, symbol=symbol, size=size)
        item.setZValue(_MARKS)
        self._plot.addItem(item, ignoreBounds=True)
        return item

    def _name(self, name: str) -> Any:
        item = pg.TextItem(name)
        item.setZValue(_MARKS)
        self._plot.addItem(item, ignoreBounds=True)
        return item

    @staticmethod
    def _put(item: Any, at: tuple[float, float] | None) -> None:
        item.setVisible(at is not None)
        if at is not None:
            item.setData([at[0]], [at[1]])
