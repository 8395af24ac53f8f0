"""Sliders of the drawing bar: a slim one with its name, and one in the colours of a target."""

from __future__ import annotations

from math import exp, log

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from gradloom.core.checks import Real
from gradloom.ui.forms.number import NumberField, RateSlider
from gradloom.ui.theme import SMALL, Theme, font

_STEPS = 60


class SmallSlider(QWidget):
    """A name and a slider over whole numbers low..high, in steps that grow with the number."""

    moved = Signal(float)  # by a person

    def __init__(self, name: str, tip: str, low: float, high: float) -> None:
        super().__init__()
        self._tip, self._low, self._factor = tip, low, log(high / low) / _STEPS
        self._number, self._shown = low, 0
        self.slider = RateSlider(_STEPS + 1)
        self.slider.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.slider.setFixedWidth(46)
        self.slider.setAccessibleName(name)
        self.slider.valueChanged.connect(self._slid)
        label = QLabel(name)
        label.setFont(font(SMALL))
        label.setBuddy(self.slider)
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(label)
        row.addWidget(self.slider)

    @property
    def number(self) -> float:
        """Where it stands."""
        return self._number

    def show_number(self, number: float) -> None:
        """Stand at this number."""
        self._number = number
        self._shown = round(log(number / self._low) / self._factor)
        self.slider.setValue(self._shown)
        self._say()

    def _slid(self, place: int) -> None:
        if place != self._shown:
            self._shown = place
            self._number = float(round(self._low * exp(self._factor * place)))
            self._say()
            self.moved.emit(self._number)

    def _say(self) -> None:
        words = self._tip.format(f"{self.number:.0f}")
        self.slider.setToolTip(words)
        self.slider.setAccessibleDescription(words)


class TargetSlider(RateSlider):
    """Over the colours of a target, low to high."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(2 * _STEPS + 1)
        self._theme = theme
        self.setFixedWidth(84)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Target to draw, by colour")
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, t = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strip = QRectF(8, self.height() / 2 - 3, self.width() - 16, 6)
        shades = QLinearGradient(strip.topLeft(), strip.topRight())
        for at, colour in ((0.0, t.negative), (0.5, t.neutral), (1.0, t.positive)):
            shades.setColorAt(at, QColor(colour))
        painter.setPen(QPen(QColor(t.hairline), 1))
        painter.setBrush(shades)
        painter.drawRoundedRect(strip, 3, 3)
        at = strip.left() + strip.width() * self.value() / max(self.maximum(), 1)
        painter.setPen(QPen(QColor(t.accent if self.hasFocus() else t.text), 1.5))
        painter.setBrush(QColor(t.surface))
        painter.drawEllipse(QRectF(at - 5.5, self.height() / 2 - 5.5, 11, 11))


class TargetField(QWidget):
    """The target that is drawn: a number and a slider in its colours."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.number = NumberField(Real(-1e9, 1e9))
        self.number.edit.setFixedWidth(58)
        self.number.edit.setAccessibleName("Target to draw")
        self.number.set_tip("The target of the points you draw.")
        self.number.proposed.connect(lambda value, _: self.show_value(value))
        self.slider = TargetSlider(theme)
        self.slider.setToolTip("The target of the points you draw, in the colours of the map.")
        self.slider.valueChanged.connect(self._slid)
        self._levels = (-1.0, 1.0)
        self._shown = 0
        self.value = 1.0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.number)
        row.addWidget(self.slider)
        self.show_value(self.value)

    def sizeHint(self) -> QSize:
        return QSize(146, 24)

    def show_levels(self, levels: tuple[float, float]) -> None:
        """The numbers that have the full colours."""
        self._levels = levels
        self.show_value(self.value)

    def show_value(self, value: float) -> None:
        """Draw this target from now on."""
        self.value = float(value)
        self.number.show_value(self.value)
        low, high = self._levels
        share = min(max((self.value - low) / (high - low), 0.0), 1.0)
        self._shown = round(share * self.slider.maximum())
        self.slider.setValue(self._shown)

    def _slid(self, place: int) -> None:
        if place != self._shown:
            low, high = self._levels
            value = low + place / self.slider.maximum() * (high - low)
            self.show_value(float(f"{value:.3g}"))
