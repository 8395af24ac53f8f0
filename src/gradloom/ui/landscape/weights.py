"""Choosing two single weights of one unit: the landscape over just these."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from gradloom.document import State
from gradloom.engine.parameters import Layout, layout_of
from gradloom.session.runs import Number
from gradloom.session.slices import words_of
from gradloom.ui.forms.choice import Combo
from gradloom.ui.forms.popup import Popup
from gradloom.ui.theme import Theme

_MOST = 1000  # numbers of a unit that are offered


def units_of(layout: Layout, layer: str) -> int:
    """How many units (filters, features) of a layer have numbers of their own."""
    return max((p.shape[p.unit_axis] for p in layout.parameters_of(layer) if p.shape), default=0)


def numbers_of(layout: Layout, layer: str, unit: int) -> tuple[Number, ...]:
    """The numbers of one unit: its weights, then what else it learns."""
    found: list[Number] = []
    for parameter in layout.parameters_of(layer):
        axis = parameter.unit_axis % len(parameter.shape)
        if unit >= parameter.shape[axis]:
            continue
        others = (*parameter.shape[:axis], *parameter.shape[axis + 1 :])
        for inside in list(np.ndindex(*others))[:_MOST]:
            index = (*inside[:axis], unit, *inside[axis:])
            found.append((layer, parameter.name, tuple(int(i) for i in index)))
    return tuple(found)


class WeightsPopup(Popup):
    """A layer, one of its units and two of the unit's numbers."""

    chosen = Signal()

    def __init__(self, theme: Theme, button: QToolButton) -> None:
        super().__init__(theme, button, "Two weights of one unit")
        self.setFixedWidth(300)
        self._layout: Layout | None = None
        self._layers: tuple[str, ...] = ()
        self._numbers: tuple[Number, ...] = ()
        self.layer, self.unit, self.along_x, self.along_y = Combo(), Combo(), Combo(), Combo()
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 0, 0)
        for i, (words, tip, box) in enumerate(
            (
                ("Layer", "Whose weights", self.layer),
                ("Unit", "The neuron, filter or feature they belong to", self.unit),
                ("Along x", "The weight that grows to the right", self.along_x),
                ("Along y", "The weight that grows upwards", self.along_y),
            )
        ):
            label = QLabel(words)
            label.setBuddy(box)
            box.setToolTip(f"{tip}.")
            box.setAccessibleName(words)
            grid.addWidget(label, i, 0)
            grid.addWidget(box, i, 1)
        grid.setColumnStretch(1, 1)
        self.add(rows, "The loss as a function of these two, all others as they are.")
        self.layer.activated.connect(self._layer_chosen)
        self.unit.activated.connect(self._unit_chosen)
        self.along_x.activated.connect(self.chosen)
        self.along_y.activated.connect(self.chosen)

    @property
    def weights(self) -> tuple[Number, ...]:
        """The two that are chosen, if there are two."""
        places = [self.along_x.currentIndex(), self.along_y.currentIndex()]
        return tuple(self._numbers[i] for i in places if 0 <= i < len(self._numbers))

    def offer(self, state: State) -> None:
        """What there is to choose in this network."""
        if not state.ready:
            return
        layout = layout_of(state.graph, state.analysis)
        layers = tuple(dict.fromkeys(layer for layer, _ in layout.parameters()))
        names = [state.graph[layer].name for layer in layers]
        if layout == self._layout and names == _texts(self.layer):
            return
        kept = self.weights
        self._layout, self._layers = layout, layers
        _fill(self.layer, names, layers.index(kept[0][0]) if kept and kept[0][0] in layers else 0)
        self._offer_units()
        if len(kept) == 2 and set(kept) <= set(self._numbers):
            self.along_x.setCurrentIndex(self._numbers.index(kept[0]))
            self.along_y.setCurrentIndex(self._numbers.index(kept[1]))

    def _layer_chosen(self) -> None:
        self._offer_units()
        self.chosen.emit()

    def _unit_chosen(self) -> None:
        self._offer_numbers()
        self.chosen.emit()

    def _offer_units(self) -> None:
        layer = self.layer.currentIndex()
        if self._layout is None or layer < 0:
            return
        count = units_of(self._layout, self._layers[layer])
        unit = min(max(self.unit.currentIndex(), 0), count - 1)
        _fill(self.unit, [str(i + 1) for i in range(count)], unit)
        self._offer_numbers()

    def _offer_numbers(self) -> None:
        layer = self._layers[self.layer.currentIndex()]
        assert self._layout is not None
        self._numbers = numbers_of(self._layout, layer, max(self.unit.currentIndex(), 0))
        names = [words_of(number) for number in self._numbers]
        _fill(self.along_x, names, 0)
        _fill(self.along_y, names, min(1, len(names) - 1))


def _texts(box: Combo) -> list[str]:
    return [box.itemText(i) for i in range(box.count())]


def _fill(box: Combo, texts: list[str], current: int) -> None:
    """Offer these; choosing by program asks for nothing, as only `activated` is listened to."""
    if texts != _texts(box):
        box.clear()
        box.addItems(texts)
    box.setCurrentIndex(current)
