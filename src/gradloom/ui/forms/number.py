"""Numbers: a line edit with steppers, its unit inside, and a slider where steps are factors."""

from __future__ import annotations

from math import log
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSpinBox, QLabel, QLineEdit, QSizePolicy, QSlider, QWidget

from gradloom.core.checks import Optional, Real, Whole
from gradloom.ui.forms.field import TypedField
from gradloom.ui.forms.steps import LADDER_LOW, read, step, stops, write
from gradloom.ui.theme import SMALL, font

_KEYS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_PageUp: 10,
    Qt.Key.Key_PageDown: -10,
}
_ARROWS = 16  # px


class Steppers(QWidget):
    """Two small arrows, held to repeat."""

    stepped = Signal(int)
    released = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._direction = 0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._repeat)

    def _repeat(self) -> None:
        self._timer.setInterval(60)
        self.stepped.emit(self._direction)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._direction = 1 if event.position().y() < self.height() / 2 else -1
        self._timer.start(400)
        self.update()
        self.stepped.emit(self._direction)  # last: what follows from it may take this away

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._stop()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self._let_go()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._let_go()

    def _let_go(self) -> None:
        """Out of reach while held: Qt tells nobody here when the button comes up."""
        if self._timer.isActive():
            self._stop()

    def _stop(self) -> None:
        self._timer.stop()
        self._direction = 0
        self.update()
        self.released.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, middle = self.width() / 2, self.height() / 2
        for direction in (1, -1):
            pressed = self._direction == direction
            role = QPalette.ColorRole.Highlight if pressed else QPalette.ColorRole.PlaceholderText
            painter.setPen(QPen(self.palette().color(role), 1.2))
            tip, foot = middle - 6.5 * direction, middle - 3.5 * direction
            painter.drawPolyline([QPointF(x - 3, foot), QPointF(x, tip), QPointF(x + 3, foot)])


class SpinArrows(Steppers):
    """The same arrows for one of Qt's own spin boxes, over its buttons, which the theme empties."""

    def __init__(self, spin: QAbstractSpinBox) -> None:
        super().__init__(spin)
        spin.installEventFilter(self)
        self.stepped.connect(spin.stepBy)
        self._place(spin)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QAbstractSpinBox):
            self._place(watched)
        return False

    def _place(self, spin: QAbstractSpinBox) -> None:
        self.setGeometry(spin.width() - _ARROWS, 0, _ARROWS, spin.height())


class NumberEdit(QLineEdit):
    """A line edit for a number. Arrow keys, wheel (while focused) and steppers ask for steps."""

    stepped = Signal(int)
    step_done = Signal()

    def __init__(self, unit: str = "") -> None:
        super().__init__()
        self._unit = QLabel(unit, self)
        self._unit.setFont(font(SMALL))
        self._unit.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._unit.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.steppers = Steppers(self)
        self.steppers.stepped.connect(self._step)
        self.steppers.released.connect(self.step_done)
        self.setMinimumWidth(48)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._place()

    def _step(self, count: int) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.stepped.emit(count)

    def _place(self) -> None:
        unit = self._unit.sizeHint().width() if self._unit.text() else 0
        if self.width() - unit < 76:
            unit = 0  # too narrow: the number matters more
        self._unit.setVisible(bool(unit))
        self.setTextMargins(0, 0, 14 + unit, 0)
        self._unit.setGeometry(self.width() - 18 - unit, 0, unit, self.height())
        self.steppers.setGeometry(self.width() - 18, 1, 16, self.height() - 2)

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(QFontMetrics(self.font()).horizontalAdvance("0.000001") + 40, hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        count = _KEYS.get(Qt.Key(event.key()), 0)
        if not count:
            super().keyPressEvent(event)
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            count *= 10
        self.stepped.emit(count)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        turn = event.angleDelta().y()
        if turn:
            self.stepped.emit(1 if turn > 0 else -1)
        event.accept()


class RateSlider(QSlider):
    """A slim slider over the rungs of a ladder: 0.00001, 0.00003 ... 3, 10."""

    def __init__(self, rungs: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, rungs - 1)
        self.setPageStep(2)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # the number field has the same keys
        self.setFixedHeight(18)
        self.setMinimumWidth(40)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._go(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def _go(self, x: float) -> None:
        share = (x - 8) / max(self.width() - 16, 1)
        self.setValue(round(min(max(share, 0.0), 1.0) * self.maximum()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isEnabled() else 0.35)
        palette, middle, span = self.palette(), self.height() / 2, self.width() - 16
        accent = palette.color(QPalette.ColorRole.Highlight)
        at = 8 + span * self.value() / max(self.maximum(), 1)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(QRectF(8, middle - 1.5, span, 3), 1.5, 1.5)
        painter.setBrush(accent)
        painter.drawRoundedRect(QRectF(8, middle - 1.5, at - 8, 3), 1.5, 1.5)
        painter.setBrush(palette.color(QPalette.ColorRole.Base))
        painter.setPen(QPen(accent, 2 if self.hasFocus() else 1.5))
        painter.drawEllipse(QPointF(at, middle), 5.5, 5.5)


class NumberField(TypedField[NumberEdit]):
    """A whole or real number; with `none`, an empty field means None and says so in its place."""

    def __init__(self, check: Whole | Real | Optional, unit: str = "", *, slider: bool = False):
        super().__init__(check, NumberEdit(unit))
        inner = check.check if isinstance(check, Optional) else check
        assert isinstance(inner, Whole | Real)
        self._inner = inner
        self._optional = isinstance(check, Optional)
        self.edit.stepped.connect(self.step)
        self.edit.step_done.connect(self.settled)
        self.slider: RateSlider | None = None
        self._rungs: tuple[float, ...] = ()
        if slider:
            self._rungs = stops(inner)
            self.slider = RateSlider(len(self._rungs))
            self.slider.valueChanged.connect(self._slid)
            self.slider.sliderReleased.connect(self.settled)
            self.wide = True
            self.edit.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self.line.addWidget(self.slider, 1)

    def read(self, text: str) -> tuple[Any, str]:
        if self._optional and not text.strip():
            return None, ""
        found = read(self._inner, text)
        return (None, found) if isinstance(found, str) else (found, "")

    def write(self, value: Any) -> str:
        return "" if value is None else write(value)

    def show_value(self, value: Any, names: tuple[str, ...] = (), automatic: str = "") -> None:
        if isinstance(self.check, Optional):
            label = f"{self.check.label} ({automatic})" if automatic else self.check.label
            if label != self.edit.placeholderText():
                self.edit.setPlaceholderText(label)
        super().show_value(value)
        if self.slider is not None and value is not None:
            nearest = self._nearest(value)
            if nearest != self.slider.value():
                self.slider.setValue(nearest)

    def step(self, count: int) -> None:
        """Move the number by arrow steps; below the lowest, an optional one becomes None."""
        standing, sentence = self.read(self.edit.text())
        if sentence or self.check.why_not(standing) is not None:
            standing = self._shown
        moved: float | None = step(self._inner, standing, count)
        if self._optional and standing is not None and moved == standing and count < 0:
            moved = None
        self.offer(moved)

    def _nearest(self, value: float) -> int:
        """The rung nearest to a value; on a logarithmic slider, nearest by factor."""

        def far(rung: float) -> float:
            if isinstance(self._inner, Whole):
                return abs(rung - value)
            least = 10.0 ** (LADDER_LOW - 1)
            return abs(log(max(rung, least)) - log(max(value, least)))

        return min(range(len(self._rungs)), key=lambda i: far(self._rungs[i]))

    def _slid(self, position: int) -> None:
        # a position that was set to show a value is the nearest one to it: nothing to propose
        if self._shown is not None and position != self._nearest(self._shown):
            self.offer(self._rungs[position])
