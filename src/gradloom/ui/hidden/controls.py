"""What one chooses above hidden space: the layer, its axes, a tool, the parts of the data."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QSpinBox, QToolButton, QWidget

from gradloom.ui.forms.choice import Combo, Segmented
from gradloom.ui.forms.number import SpinArrows
from gradloom.ui.forms.parts import ElidedLabel
from gradloom.ui.hidden.trail import Trail
from gradloom.ui.plots.part_buttons import PartButtons
from gradloom.ui.plots.scale import percent
from gradloom.ui.theme import SMALL, Theme

_WIDE = 620  # px from which the buttons of the parts have words
_ONE_ROW = 820  # px from which everything stands in one row
_LOW = 280  # px below which it must
_SHARE = (
    "The plane of the first two principal components shows this share of the variance of the"
    " layer's numbers. It is turned so that the points move as little as possible."
)


class Controls(QWidget):
    """Two rows: which layer, and how it is shown."""

    layer_chosen = Signal(int)  # by a person
    axes_chosen = Signal(object)  # tuple of two units, or None: principal components
    tool_chosen = Signal(str)  # "pointer" or "lasso"
    parts_chosen = Signal()
    play_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._at = -1
        self._units: tuple[int, int] | None = None
        self._trailing = True  # there is room for the way through the layers
        self._first = (0, 1)  # what "Units" means before others are chosen
        self.layer = Combo()
        self.layer.setAccessibleName("Layer that is looked at")
        self.layer.setToolTip("Which layer's numbers are shown.")
        self.layer.currentIndexChanged.connect(self._choose_layer)
        self.pin = self._button("pin", "Stay at this layer, whatever is selected on the canvas.")
        self.play = self._button("play", "Walk from the input to the output, layer by layer.")
        self.play.clicked.connect(self.play_asked)
        self.trail = Trail()
        self.trail.valueChanged.connect(self._choose_layer)
        self.axes = Segmented(["Units", "PCA"])
        self.axes.buttons[0].setToolTip("Two units of the layer, one along each axis.")
        self.axes.buttons[1].setToolTip(
            "Principal components: the two directions in which the rows vary most."
        )
        self.axes.group.idClicked.connect(self._choose_axes)
        kept = self.axes.sizePolicy()  # so that the plane keeps its size
        kept.setRetainSizeWhenHidden(True)
        self.axes.setSizePolicy(kept)
        self.units = tuple(self._spin(axis) for axis in ("x", "y"))
        self.share = ElidedLabel(size=SMALL)
        self.share.set_quiet()
        self.tools = {
            "pointer": self._button("mouse-pointer", "Point, click and zoom."),
            "lasso": self._button("lasso", "Draw around points to select their rows; Shift adds."),
        }
        group = QButtonGroup(self)
        for name, button in self.tools.items():
            group.addButton(button)
            button.clicked.connect(lambda _, name=name: self.tool_chosen.emit(name))
        self.tools["pointer"].setChecked(True)
        self.parts = PartButtons(theme)
        self.parts.chosen.connect(self.parts_chosen)
        self._lay_out()

    def _lay_out(self) -> None:
        self._rows = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(3)
        upper, lower = QHBoxLayout(), QHBoxLayout()
        for row in (upper, lower):
            row.setSpacing(4)
            self._rows.addLayout(row)
        upper.addWidget(self.layer, 3)
        upper.addWidget(self.pin)
        upper.addSpacing(4)
        upper.addWidget(self.play)
        upper.addWidget(self.trail, 2)
        lower.addWidget(self.axes)
        for spin in self.units:
            lower.addWidget(spin)
        lower.addWidget(self.share, 1)
        lower.addStretch(0)
        for button in self.tools.values():
            lower.addWidget(button)
        lower.addWidget(self.parts)

    def arrange(self, width: int, height: int) -> None:
        """One row where the panel (px) is wide, or so low that the way through layers must go."""
        wide, low = width >= _ONE_ROW, height < _LOW
        way = QBoxLayout.Direction.LeftToRight if wide or low else QBoxLayout.Direction.TopToBottom
        self._rows.setDirection(way)
        self._trailing = wide or not low
        self.parts.widen(wide=width >= _WIDE and not low and (not wide or width >= 2 * _WIDE))
        self._show_trail()

    def _show_trail(self) -> None:
        for widget in (self.play, self.trail, self.share):
            widget.setVisible(self._trailing and self.layer.count() > 0)

    def offer(self, layers: Sequence[str], rows: Sequence[int]) -> None:
        """The layers there are, by name, and how many rows each part has."""
        if list(layers) != [self.layer.itemText(i) for i in range(self.layer.count())]:
            self._at = -1
            self.layer.clear()
            self.layer.addItems(list(layers))
        self.parts.offer(rows)
        for widget in (self.layer, self.pin, self.axes):
            widget.setVisible(bool(layers))
        self._show_trail()
        for button in self.tools.values():
            button.setVisible(bool(layers))

    def show_layer(self, at: int, size: int, units: tuple[int, int] | None) -> None:
        """Stand at a layer of so many numbers, along these units."""
        self._at, self._units = at, units
        self.layer.setCurrentIndex(at)
        self.trail.offer(self.layer.count(), at)
        self.axes.setVisible(size > 1)
        self.axes.buttons[units is None].setChecked(True)
        if units is not None:
            self._first = units
        for spin, unit in zip(self.units, units or (0, 0), strict=True):
            spin.setVisible(units is not None and size > 2)
            spin.setMaximum(size)
            spin.setValue(unit + 1)

    def show_share(self, share: float) -> None:
        """How much of the variance is shown; NaN: nothing to say."""
        said = "" if share != share else f"{percent(share)} shown"
        self.share.set_text(said, _SHARE if said else "")

    def repaint_icons(self) -> None:
        """Icons in the colours of the theme."""
        for button in (self.pin, self.play, *self.tools.values()):
            button.setIcon(self._theme.icon(button.property("icon_name"), "text"))
        self.parts.repaint_icons()

    def playing(self, *, on: bool) -> None:
        """Whether the layers are walked through on their own."""
        self.play.setChecked(on)
        self.play.setProperty("icon_name", "pause" if on else "play")
        self.repaint_icons()

    def _choose_layer(self, at: int) -> None:
        if at >= 0 and self._at not in (-1, at):
            self.layer_chosen.emit(at)

    def _choose_axes(self, number: int) -> None:
        wanted = None if number else self._first
        if wanted != self._units:
            self.axes_chosen.emit(wanted)

    def _choose_unit(self) -> None:
        x, y = (spin.value() - 1 for spin in self.units)
        if self._units is not None and (x, y) != self._units:
            self.axes_chosen.emit((x, y))

    def _spin(self, axis: str) -> QSpinBox:
        spin = QSpinBox()
        SpinArrows(spin)
        spin.setMinimum(1)
        spin.setPrefix(f"{axis}: ")
        spin.setAccessibleName(f"Unit along {axis}")
        spin.setToolTip(f"Which unit is shown along {axis}.")
        spin.setKeyboardTracking(False)
        spin.valueChanged.connect(self._choose_unit)
        spin.hide()
        return spin

    def _button(self, icon: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("icon_name", icon)
        button.setIconSize(QSize(14, 14))
        button.setCheckable(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip.rstrip("."))
        return button
