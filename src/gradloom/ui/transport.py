"""The bar above the canvas: train, step, reset, and the numbers one turns most."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
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
        self.epoch = _figure("Epoch", "How many times the training rows have all been seen")
        self.rate = _figure(
            "Learning rate", "In force now: the optimiser's rate times the schedule"
        )
        self.addWidget(self.epoch)
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
        parts.theme.changed.connect(self._paint)
        self._paint()

    def _paint(self) -> None:
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

    def _progress(self, progress: Progress) -> None:
        _show(self.epoch, f"{progress.epoch:,}".replace(",", "\u202f"))
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
