"""What is stepped (a batch, a row, typed numbers) and how one moves through it."""

from __future__ import annotations

import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from gradloom.document import State
from gradloom.session.picked import DataRows, NextBatch, Picked, Typed
from gradloom.session.playing import FASTEST, SLOWEST
from gradloom.session.stepping import Stepping
from gradloom.ui.forms.choice import Combo
from gradloom.ui.forms.number import SpinArrows
from gradloom.ui.theme import SMALL, Theme, font

_SOURCES = ("Next mini-batch", "A row of the data", "My own numbers")
_STEPS = 400  # of the speed slider


class SourceBar(QWidget):
    """What is stepped. `chosen` is told when the person changes it."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quiet = False
        self.which = Combo(narrow=False)
        self.which.addItems(_SOURCES)
        self.which.setAccessibleName("What is stepped")
        self.which.setToolTip("What goes through the network in this step")
        self.row = QSpinBox()
        SpinArrows(self.row)
        self.row.setPrefix("row ")
        self.row.setAccessibleName("Row of the data")
        self.row.setKeyboardTracking(False)
        self.values = QLineEdit()
        self.values.setAccessibleName("Input values")
        self.values.setClearButtonEnabled(True)
        self.inference = QCheckBox("Inference")
        self.inference.setToolTip(
            "Forward only: no targets, Dropout off, BatchNorm from its running values"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self.which, self.row, self.values, self.inference):
            row.addWidget(widget)
        self.values.setMinimumWidth(90)
        self.which.currentIndexChanged.connect(lambda _: self._changed())
        self.row.valueChanged.connect(lambda _: self._changed())
        self.values.editingFinished.connect(self._typed)
        self.inference.toggled.connect(lambda _: self._changed())
        self._last = ""
        self._show()

    def follow(self, state: State) -> None:
        """Offer the rows and features of this state's data."""
        self._quiet = True
        dataset = state.prepared.dataset
        self.row.setRange(1, max(1, len(dataset)))
        names = ", ".join(dataset.feature_names)
        targets = ", ".join(column.name for column in dataset.target_columns)
        self.values.setPlaceholderText(names)
        self.values.setToolTip(
            f"Values of {names}, with commas between; after a | the targets {targets}, to go"
            " backward too"
        )
        if not self.values.text() and len(dataset):
            self.values.setText(", ".join(f"{x:.4g}" for x in dataset.features[0].tolist()))
            self._last = self.values.text()
        self._quiet = False

    def pick_row(self, number: int) -> None:
        """Step this row of the data (from 0)."""
        self._quiet = True
        self.which.setCurrentIndex(1)
        self.row.setValue(number + 1)
        self._quiet = False
        self._changed()

    def picked(self) -> Picked:
        """What is chosen; ValueError, in a sentence, if the typed numbers can't be read."""
        if self.which.currentIndex() == 0:
            return NextBatch()
        if self.which.currentIndex() == 1:
            return DataRows((self.row.value() - 1,))
        values, _, targets = self.values.text().partition("|")
        return Typed(_numbers(values), _numbers(targets) if targets.strip() else None)

    def _typed(self) -> None:
        if self.values.text() != self._last:
            self._last = self.values.text()
            self._changed()

    def _changed(self) -> None:
        self._show()
        if not self._quiet:
            self.chosen.emit()

    def _show(self) -> None:
        self.row.setVisible(self.which.currentIndex() == 1)
        self.values.setVisible(self.which.currentIndex() == 2)


class MovesBar(QWidget):
    """Home, layer and operation back, play, operation and layer forward, end; the speed."""

    def __init__(self, stepping: Stepping, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stepping, self._theme = stepping, theme
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        self.buttons: dict[str, QToolButton] = {}
        for name, icon, tip in (
            ("home", "skip-back", "To the start (Home)"),
            ("previous_layer", "chevrons-left", "One layer back (Up)"),
            ("back", "step-back", "One operation back (Left)"),
            ("play", "play", "Play or pause (P); with Shift backwards"),
            ("forward", "step-forward", "One operation on (Right)"),
            ("next_layer", "chevrons-right", "One layer on (Down)"),
            ("to_end", "skip-forward", "To the end (End)"),
        ):
            button = QToolButton()
            button.setIconSize(QSize(16, 16))
            button.setToolTip(tip)
            button.setAccessibleName(tip.split(" (")[0])
            button.setProperty("glyph", icon)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAutoRepeat(name in ("back", "forward"))
            row.addWidget(button)
            self.buttons[name] = button
            if name != "play":
                button.clicked.connect(getattr(stepping, name))
        self.speed = QSlider(Qt.Orientation.Horizontal)
        self.speed.setRange(0, _STEPS)
        self.speed.setAccessibleName("Speed of the play")
        self.speed.setFixedWidth(72)
        self.figure = QLabel()
        self.figure.setFont(font(SMALL))
        self.figure.setMinimumWidth(self.figure.fontMetrics().horizontalAdvance("1000/s"))
        row.addSpacing(4)
        row.addWidget(self.speed)
        row.addWidget(self.figure)
        self.speed.valueChanged.connect(self._sped)
        self.speed.setValue(round(_STEPS * _slide(stepping.speed)))
        theme.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what can be done now."""
        stepping = self._stepping
        for name, button in self.buttons.items():
            icon = str(button.property("glyph"))
            if name == "play" and stepping.playing:
                icon = "pause"
            button.setIcon(self._theme.icon(icon))
            back = name in ("home", "previous_layer", "back")
            free = stepping.position > 0 if back else stepping.position < stepping.end
            button.setEnabled(stepping.active and (free or name == "play"))

    def _sped(self, value: int) -> None:
        speed = SLOWEST * (FASTEST / SLOWEST) ** (value / _STEPS)
        self._stepping.set_speed(speed)
        self.figure.setText(f"{speed:.2g}/s" if speed < 10 else f"{speed:.0f}/s")
        self.speed.setToolTip(f"{self.figure.text().removesuffix('/s')} operations a second")


class EndBar(QWidget):
    """Take the step, or leave everything as it was."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._compact = False
        self.blame = _tool("Contributions: who moved the output, and the loss, of this row")
        self.check = _tool("Gradient check: backpropagation against measured slopes")
        self.check.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.check)
        self.check_all = menu.addAction("Check the Whole Network")
        self.check_one = menu.addAction("Check the Pinned Weight")
        self.check.setMenu(menu)
        self.take = QPushButton("Take step")
        self.take.setToolTip("Make the update real: training goes on from there; can be undone")
        self.take.setAccessibleName("Take step")
        self.leave = QPushButton("Leave")
        self.leave.setAccessibleName("Leave")
        self.leave.setToolTip("Leave everything as it was (Esc)")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button in (self.blame, self.check, self.take, self.leave):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        theme.changed.connect(self._themed)
        self._themed()

    def follow(self, *, inference: bool) -> None:
        """An inference has nothing to take and no slopes to check."""
        self.take.setVisible(not inference)
        self.check.setVisible(not inference)

    def set_compact(self, *, compact: bool) -> None:
        """Pictures instead of words, where there is little room."""
        self._compact = compact
        self.take.setText("" if compact else "Take step")
        self.leave.setText("" if compact else "Leave")
        self._themed()

    def _themed(self) -> None:
        self.take.setIcon(self._theme.icon("check") if self._compact else QIcon())
        self.leave.setIcon(self._theme.icon("x") if self._compact else QIcon())
        self.blame.setIcon(self._theme.icon("chart-bar"))
        self.check.setIcon(self._theme.icon("scale"))


def _tool(tip: str) -> QToolButton:
    button = QToolButton()
    button.setIconSize(QSize(16, 16))
    button.setToolTip(tip)
    button.setAccessibleName(tip.split(":", maxsplit=1)[0])
    return button


def _slide(speed: float) -> float:
    return math.log(speed / SLOWEST) / math.log(FASTEST / SLOWEST)


def _numbers(text: str) -> tuple[float, ...]:
    found = []
    for word in text.replace(";", ",").replace(",", " ").split():
        try:
            number = float(word)
        except ValueError:
            raise ValueError(f"{word!r} is not a number; write them as 0.5, -1.2.") from None
        found.append(number)
    return tuple(found)
