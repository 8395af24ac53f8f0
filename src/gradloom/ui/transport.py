"""The bar above the canvas: train, step, reset, and the numbers one turns most."""

from __future__ import annotations

from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QWidget,
)

from gradloom.engine.progress import Progress
from gradloom.session.training import Status
from gradloom.ui.forms.choice import Combo
from gradloom.ui.menus import Menus
from gradloom.ui.parts import Parts
from gradloom.ui.theme import LARGE, SMALL, font

_WORDS = {
    Status.IDLE: "Ready",
    Status.RUNNING: "Training",
    Status.PAUSED: "Paused",
    Status.FINISHED: "Finished",
    Status.BROKEN: "Stopped",
}

_PACES: tuple[tuple[float | None, str], ...] = (
    (0.2, "1 epoch in 5 s"),
    (1.0, "1 epoch/s"),
    (5.0, "5 epochs/s"),
    (20.0, "20 epochs/s"),
    (60.0, "60 epochs/s"),
    (200.0, "200 epochs/s"),
    (None, "Full speed"),
)
_FIRST_PACE = 60.0  # a small network at full speed is done before one has looked
_PACE_KEY = "training/pace"


class Transport(QToolBar):
    """Train or pause, single steps, reset; the epoch in large figures; what state the run is in."""

    def __init__(self, parts: Parts, menus: Menus) -> None:
        super().__init__("Training")
        self.setObjectName("transport")
        self.setMovable(False)
        self.setIconSize(QSize(18, 18))
        self._parts = parts
        self._menus = menus
        self.train = QPushButton("Train")
        self.train.setDefault(True)
        self.train.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.train.setMinimumWidth(96)
        self.train.clicked.connect(parts.bridge.toggle)
        self.train.setToolTip("Train, or pause the training (Space)")
        self.addWidget(self.train)
        for name in ("step_batch", "step_epoch", "walk", "reset", "reseed"):
            button = QToolButton()
            button.setDefaultAction(menus.actions[name])
            button.setAccessibleName(menus.actions[name].text())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.addWidget(button)
        self.addWidget(_line())
        self.pace = self._make_pace()
        self.epoch = _figure("Epoch", "How many times the training rows have all been seen")
        self.step = _figure("Step", "How many mini-batches have been trained on in all")
        self.rate = _figure(
            "Learning rate", "In force now: the optimiser's rate times the schedule"
        )
        self.addWidget(self.epoch)
        self.addWidget(self.step)
        self.addWidget(self.rate)
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(space)
        self.state = QLabel()
        self.state.setAccessibleName("State of the training")
        self.addWidget(self.state)
        self.addWidget(_line())
        for name in ("undo", "redo", "fit", "commands"):
            button = QToolButton()
            button.setDefaultAction(menus.actions[name])
            button.setAccessibleName(menus.actions[name].text())
            self.addWidget(button)
        parts.bridge.status_changed.connect(self._status)
        parts.bridge.progressed.connect(self._progress)
        parts.document.changed.connect(self._replaced)
        parts.theme.changed.connect(self._paint)
        self._paint()

    def _make_pace(self) -> QComboBox:
        """How fast to train while one watches; remembered, but not part of the project."""
        chooser = Combo(narrow=False)
        for value, words in _PACES:
            chooser.addItem(words, value)
        chooser.setAccessibleName("Pace")
        chooser.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tip = (
            "Pace: how fast to train while you watch. The numbers come out the same at any pace;"
            " it can be changed while training."
        )
        chooser.setToolTip(tip)
        label = QLabel("Pace")
        label.setFont(font(SMALL))
        label.setBuddy(chooser)
        label.setToolTip(tip)
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 16, 0)
        row.setSpacing(6)
        row.addWidget(label)
        row.addWidget(chooser)
        self.addWidget(box)
        bridge = self._parts.bridge
        stored = QSettings().value(_PACE_KEY, _FIRST_PACE, type=float)
        pace = float(stored) if isinstance(stored, (int, float)) else _FIRST_PACE
        known = [value or 0.0 for value, _ in _PACES]
        bridge.set_pace((pace if pace in known else _FIRST_PACE) or None)
        self._show_pace(chooser, bridge.pace)
        chooser.activated.connect(lambda index: self._choose_pace(chooser.itemData(index)))
        bridge.pace_changed.connect(lambda pace: self._show_pace(chooser, pace))
        return chooser

    def _choose_pace(self, pace: float | None) -> None:
        QSettings().setValue(_PACE_KEY, pace or 0.0)
        self._parts.bridge.set_pace(pace)

    @staticmethod
    def _show_pace(chooser: QComboBox, pace: float | None) -> None:
        chooser.setCurrentIndex([value for value, _ in _PACES].index(pace))

    def _paint(self) -> None:
        rest = self.findChild(QToolButton, "qt_toolbar_ext_button")
        assert isinstance(rest, QToolButton)
        rest.setIcon(self._parts.theme.icon("chevrons-right"))  # Qt's is black in the dark
        rest.setToolTip("The rest of this bar")
        rest.setAccessibleName("The rest of this bar")
        self._status(self._parts.bridge.status)

    def _status(self, status: Status) -> None:
        theme = self._parts.theme
        running = status is Status.RUNNING
        self.train.setText("Pause" if running else "Train")
        self.train.setIcon(theme.icon("pause" if running else "play", "on_accent"))
        colour = {Status.BROKEN: "error", Status.FINISHED: "good"}.get(status, "quiet")
        self.state.setText(_WORDS[status])
        self.state.setStyleSheet(f"color: {getattr(theme.tokens, colour)};")
        self._menus.refresh()

    def _replaced(self, *_: object) -> None:
        """A network that can't be trained has no numbers."""
        if not self._parts.document.state.ready:
            _show(self.epoch, "0")
            _show(self.step, "0")

    def _progress(self, progress: Progress) -> None:
        _show(self.epoch, f"{progress.epoch:,}".replace(",", "\u202f"))
        _show(self.step, f"{progress.steps:,}".replace(",", "\u202f"))
        _show(self.rate, f"{progress.rate:.4g}")


def _line() -> QFrame:
    line = QFrame()
    line.setFrameShape(QFrame.Shape.NoFrame)
    line.setFixedWidth(12)
    return line


def _figure(label: str, tip: str) -> QWidget:
    """A number in large tabular figures beside its name."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 16, 0)
    row.setSpacing(6)
    name = QLabel(label)
    name.setFont(font(SMALL))
    name.setForegroundRole(name.foregroundRole())
    value = QLabel("0")
    value.setObjectName("value")
    value.setFont(font(LARGE, strong=True))
    value.setMinimumWidth(value.fontMetrics().horizontalAdvance("00000"))
    row.addWidget(name, 0, Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(value)
    box.setToolTip(tip)
    value.setAccessibleName(label)
    return box


def _show(figure: QWidget, text: str) -> None:
    value = figure.findChild(QLabel, "value")
    if isinstance(value, QLabel) and value.text() != text:
        value.setText(text)
