"""The tools over the map while one draws: brushes, what to draw, how large and how dense."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradloom.data import Drawing
from gradloom.data.drawing import fresh_class, is_curve
from gradloom.ui.forms.flow import FlowLayout
from gradloom.ui.forms.parts import sentence
from gradloom.ui.map.brushes import BRUSHES, Brush
from gradloom.ui.map.inks import SmallSlider, TargetField
from gradloom.ui.map.strokes import Ink
from gradloom.ui.map.swatches import (
    ClassesPopup,
    Edit,
    Swatch,
    add_to,
    class_icon,
    why_no_more,
)
from gradloom.ui.theme import SMALL, Theme, font

_HIGH, _NARROW = 24, 20  # px
_SIZES = (2.0, 60.0)  # px
_RATES = (10.0, 400.0)  # points a second


class DrawBar(QWidget):
    """Says with what one draws; `edit` is given what changes the drawing itself.

    `brushes` is a row by itself, for the head of the map.
    """

    changed = Signal()  # another brush, class or size
    cleared = Signal()  # take all points away

    def __init__(self, theme: Theme, edit: Edit) -> None:
        super().__init__()
        self._theme = theme
        self._classes: tuple[str, ...] = ()
        self.brush = BRUSHES[0]
        self.value = 0.0
        self._radii = {brush.name: brush.radius for brush in BRUSHES}
        self.buttons = {brush.name: self._tool(brush) for brush in BRUSHES}
        _exclusive(self, list(self.buttons.values()))
        self.buttons[self.brush.name].setChecked(True)
        self.swatches: list[Swatch] = []
        self._group = QButtonGroup(self)
        self.add = _button("plus", "Add a class")
        self.add.clicked.connect(partial(add_to, edit))
        self.more = _button("pencil", "Names of the classes")
        for button in (self.add, self.more):
            button.setFixedWidth(_NARROW)
        self.popup = ClassesPopup(theme, self.more, edit)
        self.more.setToolTip("Name or remove classes.")
        self.target = TargetField(theme)
        self.size_slider = SmallSlider("Size", "Radius of the brush: {} px ([ and ]).", *_SIZES)
        self.size_slider.moved.connect(self._sized)
        self.rate = SmallSlider("Density", "Spray {} points a second.", *_RATES)
        self.rate.show_number(60.0)
        self.clear = _button("trash-2", "Erase all points")
        self.clear.clicked.connect(self.cleared)
        self._flow = FlowLayout(spacing=2)
        after = (self.add, self.more, self.target, self.size_slider, self.rate)
        for widget in after:
            widget.setFixedHeight(_HIGH)
            self._flow.addWidget(widget)
        self.setLayout(self._flow)
        self.brushes = QWidget()
        row = QHBoxLayout(self.brushes)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for button in (*self.buttons.values(), self.clear):
            row.addWidget(button)
        row.addStretch(1)
        theme.changed.connect(self._paint)
        self._paint()
        self._offer()

    @property
    def ink(self) -> Ink:
        """What one draws with."""
        value = self.value if self._classes else self.target.value
        return Ink(value, self._radii[self.brush.name], self.rate.number)

    def radius_of(self, brush: Brush) -> float:
        """The size of a brush in px."""
        return self._radii[brush.name]

    def show_drawing(self, source: Drawing, levels: tuple[float, float]) -> None:
        """Offer what can be drawn here; `levels` are the targets that have the full colours."""
        classes = source.content.target_columns[0].classes
        if classes != self._classes:
            if self._classes and classes[:-1] == self._classes:  # one was added: to be drawn now
                self.value = len(classes) - 1.0
            self._classes = classes
            self.value = min(self.value, max(len(classes) - 1.0, 0.0))
            self._fill()
        if classes:
            self.popup.show_drawing(source)
        for widget in (self.add, self.more):
            widget.setVisible(bool(classes))
        self.add.setEnabled(not why_no_more(classes))
        self.add.setToolTip(why_no_more(classes) or f"Add class {fresh_class(classes)}.")
        surface = not classes and not is_curve(source)
        if surface:
            self.target.show_levels(levels)
            if self.target.isHidden():
                self.target.show_value(levels[1])
        self.target.setVisible(surface)
        self.buttons["recolour"].setVisible(bool(classes) or surface)
        self.clear.setEnabled(len(source.content) > 0)
        if self.brush.name == "recolour" and not (classes or surface):
            self.take(BRUSHES[0].name)

    def take(self, name: str) -> None:
        """Draw with this brush from now on."""
        self.brush = next(brush for brush in BRUSHES if brush.name == name)
        self.buttons[name].setChecked(True)
        self._offer()
        self.changed.emit()

    def choose(self, number: int) -> None:
        """Draw this class from now on."""
        if 0 <= number < len(self._classes):
            self.value = float(number)
            self.swatches[number].setChecked(True)
            self.changed.emit()

    def resize_brush(self, steps: int) -> None:
        """Make the brush larger or smaller by so many steps of its slider."""
        if self.brush.sized:
            slider = self.size_slider.slider
            slider.setValue(slider.value() + 4 * steps)

    def _offer(self) -> None:
        self.size_slider.setEnabled(self.brush.sized)  # not hidden: the plane must not jump
        if self.brush.sized:
            self.size_slider.show_number(self._radii[self.brush.name])
        self.rate.setVisible(self.brush.held)

    def _sized(self, radius: float) -> None:
        self._radii[self.brush.name] = radius
        self.changed.emit()

    def _fill(self) -> None:
        """A swatch for each class."""
        for swatch in self.swatches:
            self._flow.removeWidget(swatch)
            self._group.removeButton(swatch)
            swatch.hide()
            swatch.deleteLater()
        self.swatches = []
        for number, name in enumerate(self._classes):
            swatch = Swatch(number, name)
            swatch.setFixedHeight(_HIGH)
            swatch.clicked.connect(partial(self.choose, number))
            self._group.addButton(swatch)
            self.swatches.append(swatch)
            self._flow.insert_widget(number, swatch)
        if self.swatches:
            self.swatches[int(self.value)].setChecked(True)
        self._paint_swatches()

    def _tool(self, brush: Brush) -> QToolButton:
        button = _button(brush.icon, brush.label)
        button.setToolTip(f"{brush.label}: {brush.tip} ({brush.key})")
        button.setAccessibleDescription(brush.tip)
        button.setCheckable(True)
        button.clicked.connect(lambda: self.take(brush.name))
        return button

    def _paint(self) -> None:
        for button in (*self.buttons.values(), self.add, self.more, self.clear):
            button.setIcon(self._theme.icon(button.property("icon_name"), "text"))
        self._paint_swatches()

    def _paint_swatches(self) -> None:
        for swatch in self.swatches:
            swatch.setIcon(class_icon(self._theme, swatch.number, self.devicePixelRatioF()))


class OfferBar(QWidget):
    """A sentence about data that is not one's own drawing, with buttons that make it one."""

    def __init__(self) -> None:
        super().__init__()
        self.words = sentence(quiet=False)
        self.edit = _words_button(
            "Edit these points", "Make these points your own and draw among them. Can be undone."
        )
        self.blank = _words_button(
            "Empty plane", "Start a drawing of your own with no points. Can be undone."
        )
        flow = FlowLayout(spacing=4)
        for button in (self.edit, self.blank):
            flow.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(4)
        column.addWidget(self.words)
        column.addLayout(flow)


def _words_button(words: str, tip: str) -> QPushButton:
    button = QPushButton(words)
    button.setFont(font(SMALL))
    button.setToolTip(tip)
    button.setAccessibleDescription(tip)
    return button


def _button(icon: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("icon_name", icon)
    button.setIconSize(QSize(14, 14))
    button.setFixedWidth(_HIGH)
    button.setAccessibleName(name)
    button.setToolTip(f"{name}.")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def _exclusive(owner: QWidget, buttons: Sequence[QToolButton]) -> None:
    group = QButtonGroup(owner)
    for button in buttons:
        group.addButton(button)
