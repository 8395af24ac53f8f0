"""The loss plot: curves, the switch of their scale, and the way back when numbers broke."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradloom.document import Document, State
from gradloom.engine.progress import Progress
from gradloom.session.training import Status
from gradloom.ui.plots.best import BestPossible
from gradloom.ui.plots.curves import Curves
from gradloom.ui.theme import Theme, small_buttons
from gradloom.ui.worker import TrainingBridge

_EMPTY = "Press Space to train."
_NOT_READY = "The network can't be trained yet; the problems panel says why."


class LossPlot(QWidget):
    """Train and validation loss over accuracy (or R²), the numbers now in large figures."""

    def __init__(self, document: Document, bridge: TrainingBridge, theme: Theme) -> None:
        super().__init__()
        self._document, self._bridge, self._theme = document, bridge, theme
        self.setObjectName("loss_plot")
        self.curves = Curves(theme)
        self.best = BestPossible(document, self)
        self.best.changed.connect(self.curves.show_bound)
        self.log = QToolButton(self)
        self.log.setText("Log scale")
        self.log.setCheckable(True)
        self.log.setToolTip("Show the loss on a logarithmic axis: equal factors, equal steps.")
        self.log.setAccessibleName("Logarithmic loss axis")
        self.log.toggled.connect(self.curves.set_log)
        self._banner, self._sentence = self._make_banner()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._banner)
        column.addWidget(self.curves, 1)
        self.log.raise_()
        bridge.progressed.connect(self._progress)
        bridge.status_changed.connect(self._status)
        self._disconnect = document.changed.connect(self._changed)
        self.destroyed.connect(self._disconnect)
        theme.changed.connect(self._paint)
        self._paint()
        self._changed(document.state, document.state)
        self._progress(bridge.latest)
        self._status(bridge.status)

    def shutdown(self) -> None:
        """End the thread that works out the best possible; for closeEvent."""
        self._disconnect()
        self.best.shutdown()

    def sizeHint(self) -> QSize:
        return QSize(560, 340)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place_switch()

    @Slot(object)
    def _progress(self, progress: Progress | None) -> None:
        self.curves.show_progress(progress)

    @Slot(object)
    def _status(self, status: Status) -> None:
        broken = status is Status.BROKEN
        self._sentence.setText(self._bridge.message if broken else "")
        self._back.setEnabled(self._bridge.can_go_back)
        self._banner.setVisible(broken)
        self._place_switch()

    def _changed(self, before: State, after: State) -> None:
        self.curves.notice = _EMPTY if after.ready else _NOT_READY
        if self._bridge.latest is None:
            self.curves.show_progress(None)

    def _make_banner(self) -> tuple[QFrame, QLabel]:
        banner = QFrame(self)
        banner.setObjectName("broken")
        sentence = QLabel()
        sentence.setWordWrap(True)
        sentence.setAccessibleName("Why training stopped")
        sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._back = QPushButton("Go back")
        self._back.setToolTip("Take the weights of the best moment before the numbers ran away.")
        self._back.clicked.connect(self._bridge.go_back)
        row = QHBoxLayout(banner)
        row.setContentsMargins(10, 6, 10, 6)
        row.addWidget(sentence, 1)
        row.addWidget(self._back, 0, Qt.AlignmentFlag.AlignTop)
        banner.hide()
        return banner, sentence

    def _place_switch(self) -> None:
        self.log.adjustSize()
        top = self._banner.sizeHint().height() if self._banner.isVisibleTo(self) else 0
        self.log.move(self.width() - self.log.width() - 6, top + 2)

    def _paint(self) -> None:
        t = self._theme.tokens
        self.setStyleSheet(
            f"QFrame#broken {{ background: {t.raised}; border-bottom: 1px solid {t.error}; }}"
            f"QFrame#broken QLabel {{ color: {t.error}; }}" + small_buttons(t, 6, t.accent)
        )
        self._place_switch()
