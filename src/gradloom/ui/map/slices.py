"""Where the map looks in data of more than two features: which axes, and what holds the rest."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gradloom.document import State
from gradloom.session.planes import Ground, Look
from gradloom.ui.forms.choice import Combo
from gradloom.ui.forms.parts import ElidedLabel
from gradloom.ui.map.held import HeldPopup
from gradloom.ui.plots.scale import percent
from gradloom.ui.theme import SMALL, Theme

_COMPONENTS = ("component 1", "component 2")


class SliceBar(QWidget):
    """Two axes to choose, the sliders of the others behind a button, and a line that says it."""

    chosen = Signal(object)  # Look

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._look = Look()
        self._names: tuple[str, ...] = ()
        self.axes = (Combo(), Combo())
        for box, name in zip(self.axes, ("x", "y"), strict=True):
            box.setAccessibleName(f"Feature along {name}")
            box.setToolTip(f"The feature along {name}, or a principal component.")
            box.activated.connect(self._axis_chosen)
        self.button = QToolButton()
        self.button.setIconSize(QSize(14, 14))
        self.button.setToolTip("Hold the other features at numbers of your choice.")
        self.button.setAccessibleName("The other features")
        self.held = HeldPopup(theme, self.button)
        self.held.edited.connect(self._choose)
        self.words = ElidedLabel(size=SMALL)
        self.words.set_quiet()
        self._theme = theme
        theme.changed.connect(self._repaint)
        self._repaint()
        line = QHBoxLayout()
        line.setSpacing(4)
        for box, name in zip(self.axes, ("x", "y"), strict=True):
            line.addWidget(QLabel(name))
            line.addWidget(box, 1)
        line.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addLayout(line)
        column.addWidget(self.words)

    @property
    def look(self) -> Look:
        """Where it looks."""
        return self._look

    def show_state(self, state: State, look: Look, rows: frozenset[int]) -> None:
        """Show a look at this data; one selected row may be looked through."""
        names = state.prepared.dataset.feature_names
        if names != self._names:
            self._names = names
            for box, component in zip(self.axes, _COMPONENTS, strict=True):
                box.clear()
                box.addItems([component, *names])
        self._look = look
        for box, name in zip(self.axes, (look.x, look.y), strict=True):
            box.setCurrentIndex(0 if look.principal else 1 + names.index(name))
        self.held.show_state(state, look, rows)

    def show_ground(self, ground: Ground) -> None:
        """Say how much of the data this plane shows."""
        row = "the values chosen" if self._look.at else "the mean of the training rows"
        some = len(ground.rows) < ground.count
        drawn = f" {len(ground.rows):,} rows are drawn." if some else ""
        if self._look.principal:
            shown = percent(ground.plane.share)
            words = f"Shows {shown} of the variance; the colours are a slice through {row}."
            tip = (
                "The plane of the first two principal components of the standardised training"
                " rows. Pale points lie far off it."
            )
        else:
            words = f"The colours are a slice: the other features are held at {row}."
            tip = "Pale points have other features far from those values."
        self.words.set_text(words + drawn, tip)

    def _repaint(self) -> None:
        self.button.setIcon(self._theme.icon("sliders-horizontal"))

    def _axis_chosen(self) -> None:
        first, second = (box.currentIndex() for box in self.axes)
        before = self._look
        if before.principal and first != second and 0 in (first, second):
            # one axis was turned to a feature: the other takes the next one
            taken = max(first, second)
            free = 2 if taken == 1 else 1
            first, second = (taken, free) if first else (free, taken)
        if 0 in (first, second):
            self._choose(Look(at=before.at))
            return
        if first == second:  # the other axis gives way
            was = [1 + self._names.index(name) for name in (before.x, before.y)]
            moved = 0 if first != was[0] else 1
            other = was[moved]
            first, second = (first, other) if moved == 0 else (other, second)
        self._choose(Look(self._names[first - 1], self._names[second - 1], before.at))

    def _choose(self, look: Look) -> None:
        self.chosen.emit(look)
