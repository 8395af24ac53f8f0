"""One of a few: segmented buttons for up to three short words, else a combo box."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QToolButton,
    QWidget,
)

from gradloom.core.checks import Choice, Optional
from gradloom.ui.forms.field import Field

MOST_SEGMENTS, MOST_LETTERS = 3, 26


class Combo(QComboBox):
    """A combo box that the wheel changes only while it has the keyboard; `narrow`: it may elide."""

    def __init__(self, *, narrow: bool = True) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if not narrow:
            return
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(24)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        style, parts = self.style(), QStyle.SubControl
        room = style.subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, parts.SC_ComboBoxEditField, self
        )
        option.currentText = option.fontMetrics.elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room.width() - 2
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        # the style sheet takes the arrow away with the button's frame
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.PlaceholderText), 1.4))
        x, y = self.width() - 13.0, self.height() / 2
        painter.drawPolyline([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)])

    def showPopup(self) -> None:
        # as wide as its longest entry, though the box itself may be narrow
        view = self.view()
        view.setMinimumWidth(min(view.sizeHintForColumn(0) + 40, 360))
        super().showPopup()


class Segmented(QWidget):
    """Buttons side by side of which one is down; arrow keys move along."""

    def __init__(self, labels: list[str]) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        self.group = QButtonGroup(self)
        self.buttons: list[QToolButton] = []
        for i, label in enumerate(labels):
            button = QToolButton()
            button.setText(label)
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setAccessibleName(label)
            button.setStyleSheet(
                "QToolButton { border: 1px solid palette(mid); padding: 2px 3px; min-height: 18px;"
                " }"
                "QToolButton:checked { border-color: palette(highlight); color: palette(highlight);"
                " font-weight: 600; }"
                "QToolButton:focus { border-color: palette(highlight); }"
            )
            button.installEventFilter(self)
            self.group.addButton(button, i)
            line.addWidget(button, 1)
            self.buttons.append(button)
        self.setFocusProxy(self.buttons[0])

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and watched in self.buttons:
            assert isinstance(event, QKeyEvent)
            by = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
            if by:
                to = min(max(self.buttons.index(watched) + by, 0), len(self.buttons) - 1)
                self.buttons[to].setFocus(Qt.FocusReason.TabFocusReason)
                self.buttons[to].click()
                return True
        return super().eventFilter(watched, event)


class ChoiceField(Field):
    """One of the options of a Choice, or of an Optional Choice whose None comes first."""

    def __init__(self, check: Choice | Optional) -> None:
        super().__init__(check)
        inner = check.check if isinstance(check, Optional) else check
        assert isinstance(inner, Choice)
        self._values: list[Any] = [name for name, _ in inner.options]
        labels = [label for _, label in inner.options]
        if isinstance(check, Optional):
            self._values.insert(0, None)
            labels.insert(0, check.label)
        self._shown: Any = self
        self.combo: Combo | None = None
        self.segments: Segmented | None = None
        fits = len(labels) <= MOST_SEGMENTS and sum(map(len, labels)) <= MOST_LETTERS
        if fits and not isinstance(check, Optional):
            self.segments = Segmented(labels)
            self.wide = sum(map(len, labels)) > 12
            self.segments.group.idClicked.connect(self._chosen)
            self.line.addWidget(self.segments)
            self.setFocusProxy(self.segments)
        else:
            self.combo = Combo()
            self.combo.addItems(labels)
            self.combo.currentIndexChanged.connect(self._chosen)
            self.line.addWidget(self.combo)
            self.setFocusProxy(self.combo)

    def focus_widget(self) -> QWidget:
        found = self.combo or (self.segments and self.segments.buttons[0])
        assert found
        return found

    def show_value(self, value: Any, names: tuple[str, ...] = (), automatic: str = "") -> None:
        self._shown = value
        at = self._values.index(value) if value in self._values else -1
        if self.segments is not None:
            for i, button in enumerate(self.segments.buttons):
                if button.isChecked() != (i == at):
                    button.setChecked(i == at)
            return
        assert self.combo is not None
        if isinstance(self.check, Optional):
            label = f"{self.check.label} ({automatic})" if automatic else self.check.label
            if self.combo.itemText(0) != label:
                self.combo.setItemText(0, label)
        if self.combo.currentIndex() != at:
            self.combo.setCurrentIndex(at)

    def _chosen(self, index: int) -> None:
        if index < 0 or self._values[index] == self._shown:
            return
        self.proposed.emit(self._values[index], "")
        self.settled.emit()
