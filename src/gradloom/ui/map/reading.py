"""The place that is pointed at, in words: its inputs, the answer there, the nearest row."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QBoxLayout, QLabel, QWidget

from gradloom.session.mapping import MapResult
from gradloom.ui.map.shown import Shown
from gradloom.ui.map.subject import (
    MOST_SAID,
    Subject,
    lookup,
    words_of_answer,
    words_of_point,
)
from gradloom.ui.plots.scale import figure
from gradloom.ui.theme import SMALL, Theme, font

_LOW = 240  # px of the map below which words under the plane would take its room
_ASIDE, _WIDE = 140, 420  # px of words beside the plane, and of a map with room for them
_FREE = 16777215  # px, Qt's word for no bound


class Reading(QLabel):
    """Always as large, so that the plane does not jump."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWordWrap(True)
        self.setAccessibleName("Reading of the map")
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._paint)
        self._paint()

    def make_room(self, classes: tuple[str, ...], width: int, *, told: bool, most: int = 3) -> None:
        """As many lines as the longest sentence needs; `told`: it says what a row is told."""
        longest = max((len(name) for name in classes), default=8)
        said = min(len(classes), MOST_SAID)
        letters = 75 + said * (longest + 6) + told * (20 + 2 * longest)
        metrics = QFontMetrics(font(SMALL))
        lines = min(max(-(-letters * metrics.averageCharWidth() // max(width, 1)), 1), most)
        self.setFixedHeight(lines * metrics.lineSpacing() + 2)
        self.setMinimumWidth(0)
        self.setMaximumWidth(_FREE)

    def make_column(self, width: int) -> None:
        """As wide as this, and as high as there is room."""
        self.setFixedWidth(width)
        self.setMinimumHeight(0)
        self.setMaximumHeight(_FREE)

    def _paint(self) -> None:
        self.setStyleSheet(f"color: {self._theme.tokens.quiet}; font-size: {SMALL}px;")


class Body(QBoxLayout):
    """The plane with the reading below it, or beside it where the map is low."""

    def __init__(self, plane: QWidget, reading: Reading) -> None:
        super().__init__(QBoxLayout.Direction.TopToBottom)
        self._reading = reading
        self.setSpacing(2)
        self.addWidget(plane, 1)
        self.addWidget(reading)

    def make_room(
        self, classes: tuple[str, ...], room: QSize, *, told: bool, drawing: bool
    ) -> None:
        """Arrange both in a map with this room; no words while one draws on a low one."""
        low = room.height() <= _LOW
        beside = low and room.width() >= _WIDE
        self.setDirection(self.Direction.RightToLeft if beside else self.Direction.TopToBottom)
        self._reading.setVisible(not (drawing and low))
        if beside:
            self._reading.make_column(_ASIDE)
        else:
            self._reading.make_room(classes, room.width(), told=told, most=1 if low else 3)


def words_at(
    subject: Subject, result: MapResult, shown: Shown, place: tuple[float, float], *, told: bool
) -> tuple[str, int | None]:
    """What there is to say of a place, and the point nearest to it.

    `told`: what the network answers to that row itself is something else and is said too.
    """
    points = shown.points
    if points is None:
        return "", None
    x, y = place
    inputs = f"{points.names[0]} {figure(x)}"
    if points.y is not None:
        inputs += f", {points.names[1]} {figure(y)}"
    answer = ""
    if subject.sink in result.outputs:
        output = lookup(result.outputs[subject.sink], result.extent, x, y)
        answer = f" → {words_of_answer(subject, output)}."
    point = shown.nearest(x, y)
    if point is None:
        return inputs + answer, None
    answers = shown.told() if told else None
    to_row = None if answers is None else answers[:, point]
    return f"{inputs}{answer} {words_of_point(subject, points, point, to_row)}", point
