"""The numbers that the features beside the two of the map are held at."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSlider,
    QToolButton,
    QWidget,
)

from gradloom.data import Prepared
from gradloom.document import State
from gradloom.layers.shapes import Array
from gradloom.session.planes import Look, ranges_of, typical
from gradloom.ui.forms.choice import Combo
from gradloom.ui.forms.parts import ElidedLabel, sentence
from gradloom.ui.forms.popup import Popup
from gradloom.ui.plots.scale import figure
from gradloom.ui.theme import SMALL, Theme, font

_STEPS = 200
_MOST = 40  # rows that are shown at once; the search finds the others


class HeldPopup(Popup):
    """A slider for each feature that is no axis (words of a column: a choice of one of them)."""

    edited = Signal(object)  # Look

    def __init__(self, theme: Theme, button: QToolButton) -> None:
        super().__init__(theme, button, "The other features")
        self.setFixedWidth(340)
        self._state: State | None = None
        self._prepared: Prepared | None = None
        self._ranges: tuple[Array, Array] | None = None  # of its training rows, once asked for
        self._look = Look()
        self._row: int | None = None
        self.note = sentence("A map shows two features; the others are held at these numbers.")
        self.column.addWidget(self.note)
        self.typical = QPushButton("Typical")
        self.typical.setToolTip("Back to the means of the training rows.")
        self.from_row = QPushButton("From the selected row")
        self.typical.clicked.connect(lambda: self._hold({}))
        self.from_row.clicked.connect(self._hold_row)
        line = QHBoxLayout()
        for button_ in (self.typical, self.from_row):
            button_.setFont(font(SMALL))
            line.addWidget(button_)
        self.column.addLayout(line)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a feature")
        self.search.setAccessibleName("Find a feature")
        self.search.textChanged.connect(self._fill)
        self.column.addWidget(self.search)
        self.sliders: dict[str, ResetSlider] = {}
        self.choices: dict[str, Combo] = {}
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.column.addWidget(self._area, 1)
        self.more = sentence()
        self.column.addWidget(self.more)

    def sizeHint(self) -> QSize:
        rows = min(len(self.sliders) + len(self.choices), 12)
        return QSize(340, 190 + 28 * max(rows, 1))

    def show_state(self, state: State, look: Look, rows: frozenset[int]) -> None:
        """The numbers of this look; the one row that is selected can be taken over."""
        prepared, axes = state.prepared, self._axes()
        same = self._prepared is prepared
        if not same:
            self._ranges = None
        self._state, self._prepared, self._look = state, prepared, look
        self._row = next(iter(rows)) if len(rows) == 1 else None
        self.from_row.setEnabled(self._row is not None)
        self.from_row.setToolTip(
            "Hold the other features at the numbers of the selected row."
            if self._row is not None
            else "Select one row first: click a point of the map or a row of the data table."
        )
        if not self.isVisible():
            return
        if same and axes == self._axes():
            self._show_numbers()
        else:
            self._fill()

    def open(self) -> None:
        self._fill()
        super().open()

    def _axes(self) -> tuple[str, ...]:
        return (self._look.x, self._look.y)

    def _numbers(self) -> dict[str, float]:
        assert self._state is not None
        names = self._state.prepared.dataset.feature_names
        return {
            **dict(zip(names, typical(self._state).tolist(), strict=True)),
            **dict(self._look.at),
        }

    def _fill(self) -> None:
        """Make the rows anew."""
        state, prepared = self._state, self._prepared
        if state is None or prepared is None:
            return
        names = prepared.dataset.feature_names
        low, high = self._ranges = self._ranges or ranges_of(prepared)
        wanted = self.search.text().strip().lower()
        self.search.setVisible(len(names) > 12)
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setVerticalSpacing(4)
        self.sliders, self.choices, left_out = {}, {}, 0
        words_of = _words_of(state)
        for i, name in enumerate(names):
            words = words_of.get(name)
            if words is not None and (words[0] != name or set(words) & set(self._axes())):
                continue  # one choice stands for all words of a column
            if name in self._axes() or wanted not in name.lower():
                continue
            row = len(self.sliders) + len(self.choices)
            if row >= _MOST:
                left_out += 1
            elif words is not None:
                self._add_choice(grid, row, words)
            else:
                self._add_slider(grid, row, name, float(low[i]), float(high[i]))
        grid.setRowStretch(grid.rowCount(), 1)
        self._area.setWidget(body)
        body.setAutoFillBackground(False)  # Qt switches it on
        self.more.setVisible(left_out > 0)
        self.more.setText(f"{left_out} more; search for them by name.")
        self._show_numbers()
        self.adjustSize()

    def _add_slider(self, grid: QGridLayout, row: int, name: str, low: float, high: float) -> None:
        slider = ResetSlider(low, high, lambda: self._hold_one(name, None))
        slider.setAccessibleName(name)
        slider.moved.connect(lambda number: self._hold_one(name, number))
        self.sliders[name] = slider
        label = ElidedLabel(name, SMALL)
        label.setFixedWidth(104)
        slider.said.setFixedWidth(56)
        grid.addWidget(label, row, 0)
        grid.addWidget(slider, row, 1)
        grid.addWidget(slider.said, row, 2)

    def _add_choice(self, grid: QGridLayout, row: int, group: tuple[str, ...]) -> None:
        column = group[0].rpartition("=")[0] or group[0]
        box = Combo()
        box.setAccessibleName(column)
        box.addItems([name.removeprefix(f"{column}=") for name in group])
        box.activated.connect(partial(self._hold_word, group))
        self.choices[column] = box
        label = ElidedLabel(column, SMALL)
        label.setFixedWidth(104)
        grid.addWidget(label, row, 0)
        grid.addWidget(box, row, 1, 1, 2)
        box.setProperty("features", list(group))

    def _show_numbers(self) -> None:
        numbers = self._numbers()
        for name, slider in self.sliders.items():
            slider.show_number(numbers[name])
        for box in self.choices.values():
            values = [numbers[name] for name in box.property("features")]
            box.setCurrentIndex(int(np.argmax(values)))

    def _hold(self, numbers: dict[str, float]) -> None:
        self.edited.emit(Look(self._look.x, self._look.y, tuple(numbers.items())))

    def _hold_one(self, name: str, value: float | None) -> None:
        kept = dict(self._look.at)
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
        self._hold(kept)

    def _hold_word(self, group: tuple[str, ...], index: int) -> None:
        self._hold(dict(self._look.at) | {n: float(i == index) for i, n in enumerate(group)})

    def _hold_row(self) -> None:
        if self._prepared is not None and self._row is not None:
            dataset = self._prepared.dataset
            row = dataset.features[self._row].tolist()
            self._hold(dict(zip(dataset.feature_names, row, strict=True)))


def _words_of(state: State) -> dict[str, tuple[str, ...]]:
    """The features that stand for the words of one column, for each of them."""
    names = state.prepared.dataset.feature_names
    found: dict[str, tuple[str, ...]] = {}
    for group in state.data.source.groups:
        found |= dict.fromkeys(names[group], names[group])
    return found


class ResetSlider(QSlider):
    """From the least to the greatest training value; a double click gives it back."""

    moved = Signal(float)  # by a person

    def __init__(self, low: float, high: float, reset: Callable[[], object]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._low, self._span = low, (high - low) or 1.0
        self._reset = reset
        self._shown = 0
        self.said = QLabel()
        self.said.setFont(font(SMALL))
        self.said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setRange(0, _STEPS)
        self.valueChanged.connect(self._changed)
        self.setToolTip(f"{figure(low)} to {figure(high)}; double-click: typical.")

    def show_number(self, number: float) -> None:
        """Stand at this number, or at the nearest end."""
        self.said.setText(figure(number))
        place = round((number - self._low) / self._span * _STEPS)
        self._shown = min(max(place, 0), _STEPS)
        self.setValue(self._shown)

    def _changed(self, place: int) -> None:
        if place != self._shown:
            self._shown = place
            self.moved.emit(self._low + self._span * place / _STEPS)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._reset()
