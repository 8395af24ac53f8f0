"""The stepper's panel: choose what is stepped, move through it, see every number explained."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gradloom.core.errors import UserError
from gradloom.document import Document, State
from gradloom.engine.trace import Trace
from gradloom.session.blame import targets_of
from gradloom.session.marks import StepMark
from gradloom.session.stepping import Stepping
from gradloom.session.training import Status
from gradloom.ui.forms.flow import FlowLayout
from gradloom.ui.stepper.blame import BlameDialog
from gradloom.ui.stepper.body import Body
from gradloom.ui.stepper.check import CheckDialog
from gradloom.ui.stepper.controls import EndBar, MovesBar, SourceBar
from gradloom.ui.stepper.timeline import Timeline
from gradloom.ui.theme import Theme
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

_INVITE = (
    "Stop time and walk through one training step: forward, loss, backward and update, with every"
    " number, in both directions. Choose what goes through the network and press Step."
)
_FRAME = 16  # ms
_NARROW = 840  # px; below this the buttons at the end show pictures only
_COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class StepperView(QObject):
    """Tells the canvas where one stands."""

    moved = Signal(object)  # StepMark | None (nothing is stepped)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mark: StepMark | None = None

    def show(self, mark: StepMark | None) -> None:
        """Stand here now."""
        if mark is not None or self.mark is not None:
            self.mark = mark
            self.moved.emit(mark)


class StepperPanel(QWidget):
    """Wide and low. `steps.moved` is for the canvas; `step_row`, `to_layer` are for its clicks."""

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        bridge: TrainingBridge,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._view, self._theme, self._bridge = document, view, theme, bridge
        self._trace: Trace | None = None  # the one that the timeline shows
        self.stepping = Stepping()
        self.steps = StepperView(self)
        self.source = SourceBar()
        self.start = QPushButton("Step")
        self.start.setToolTip("Stand at the start of this step")
        self.start.setIcon(theme.icon("step-forward"))
        self.moves = MovesBar(self.stepping, theme)
        self.ends = EndBar(theme)
        self.timeline = Timeline(theme)
        self.body = Body(self.stepping, theme, view, self._name)
        self.check = CheckDialog(theme, self._name, self)
        self.blame = BlameDialog(theme, self._name, self)
        self.invitation = QLabel(_INVITE)
        self.invitation.setWordWrap(True)
        self.invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.invitation.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.pages = QStackedWidget()
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._lay_out()
        self._wire()
        self.source.follow(document.state)
        self._refresh()

    def enter(self) -> None:
        """Stand at the start of the chosen step; says why if that can't be."""
        if self._bridge.status is Status.RUNNING:
            self._bridge.pause()
        try:
            self.stepping.enter(
                self._document.state,
                self._bridge.checkpoint(),
                self.source.picked(),
                forward_only=self.source.inference.isChecked(),
            )
        except (UserError, ValueError) as error:
            self._view.say(str(error))
            self.stepping.leave()
            self.invitation.setText(str(error))

    def leave(self) -> None:
        """Leave everything as it was."""
        self.stepping.leave()

    def take(self) -> None:
        """Make the step real; training goes on from there."""
        try:
            taken = self.stepping.take()
        except (UserError, ValueError) as error:
            self._view.say(str(error))
            return
        self.stepping.leave()
        self._bridge.take(taken)
        self._view.say("The step was taken; training goes on from there.")

    def step_row(self, number: int) -> None:
        """Step one row of the data (from 0), as when a point of the map is clicked."""
        was = self.stepping.active
        self.source.pick_row(number)
        if not was:
            self.enter()

    def to_layer(self, layer: str) -> bool:
        """Go to a layer's first operation in this phase; False if nothing is stepped."""
        return self.stepping.active and self.stepping.to_layer(layer)

    def check_network(self) -> None:
        """Open the gradient check of every weight."""
        self._check(None)

    def check_weight(self) -> None:
        """Check the weight that is explained now."""
        number = self.body.shown_number
        weight = None
        if number is not None:
            weight = self.stepping.weight_of(number[0].value.array, number[1])
        if weight is None:
            self._view.say("Pin a weight or the slope of a weight first, then check it.")
            return
        self._check(weight)

    def show_blame(self) -> None:
        """Open the contributions of the row that is explained now."""
        trace = self.stepping.trace
        if trace is None:
            return
        number = self.body.shown_number
        row = 0
        if number is not None and number[0].array.shape[:1] == (len(trace.rows.numbers),):
            row = number[1][0] if number[1] else 0
        state = self.stepping.state
        targets = targets_of(state)
        if trace.rows.targets is None:
            targets = targets[:-1]
        said = f"row {trace.rows.numbers[row] + 1}"
        features = state.prepared.signature.features
        self.blame.explain(
            said if trace.rows.numbers[row] >= 0 else "your own numbers",
            targets,
            features,
            lambda target: self.stepping.blame(target, row),
        )
        self.blame.show()
        self.blame.raise_()

    def shutdown(self) -> None:
        """Stop listening; for the window's end."""
        self._timer.stop()
        self._disconnect()

    def _check(self, weight: tuple[str, str, tuple[int, ...]] | None) -> None:
        try:
            checker = self.stepping.checker()
        except ValueError as error:
            self._view.say(f"{str(error).capitalize()}; step rows of the data, not an inference.")
            return
        if weight is None:
            self.check.check_all(checker)
        else:
            self.check.check_one(checker, *weight)
        self.check.show()
        self.check.raise_()

    def _lay_out(self) -> None:
        walking = QWidget()
        column = QVBoxLayout(walking)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.timeline)
        column.addWidget(self.body, 1)
        self.pages.addWidget(self.invitation)
        self.pages.addWidget(walking)
        top = FlowLayout(spacing=8)
        for widget in (self.source, self.start, self.moves, self.ends):
            top.addWidget(widget)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 4, 8, 8)
        outer.setSpacing(6)
        outer.addLayout(top)
        outer.addWidget(self.pages, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 180)
        self.setAccessibleName("Stepper")

    def _wire(self) -> None:
        self._timer.timeout.connect(lambda: self.stepping.advance(perf_counter()))
        self.stepping.changed.connect(self._refresh)
        self.start.clicked.connect(self.enter)
        self.source.chosen.connect(self._source_changed)
        self.timeline.moved.connect(self.stepping.go)
        self.moves.buttons["play"].clicked.connect(lambda: self._play(1))
        self.ends.take.clicked.connect(self.take)
        self.ends.leave.clicked.connect(self.leave)
        self.ends.check_all.triggered.connect(self.check_network)
        self.ends.check_one.triggered.connect(self.check_weight)
        self.ends.blame.clicked.connect(self.show_blame)
        self._disconnect = self._document.changed.connect(self._document_changed)
        self._bridge.status_changed.connect(self._status)
        self._theme.changed.connect(lambda: self.start.setIcon(self._theme.icon("step-forward")))
        for button in (*self.findChildren(QAbstractButton), self.moves.speed):
            button.installEventFilter(self)

    def _refresh(self) -> None:
        """Show where the stepping stands."""
        stepping = self.stepping
        trace = stepping.trace
        active = trace is not None
        self.pages.setCurrentIndex(1 if active else 0)
        self.start.setVisible(not active)
        self.moves.setVisible(active)
        self.ends.setVisible(active)
        self.ends.follow(inference=stepping.forward_only)
        if stepping.playing and not self._timer.isActive():
            self._timer.start()
        elif not stepping.playing:
            self._timer.stop()
        if trace is None:
            self._trace = None
            self.check.close()
            self.blame.close()
        else:
            if self._trace is not trace:
                self._trace = trace
                self.timeline.show_step(trace.operations, stepping.groups, self._name)
            self.timeline.set_position(stepping.position)
            self.moves.refresh()
        self.body.refresh()
        self.steps.show(stepping.mark())

    def _play(self, direction: int) -> None:
        stepping = self.stepping
        stepping.play(0 if stepping.playing else direction)

    def _source_changed(self) -> None:
        if self.stepping.active:
            self.enter()

    def _document_changed(self, before: State, after: State) -> None:
        if before.data is not after.data:
            self.source.follow(after)
        parts = ("graph", "data", "plan", "run_edits", "taken")
        if all(getattr(before, part) is getattr(after, part) for part in parts):
            return
        if self.stepping.active:
            self.stepping.leave()
            self._view.say("The project changed, so the step was left as it was.")
        self.invitation.setText(_INVITE)

    def _status(self, status: Status) -> None:
        if status is Status.RUNNING and self.stepping.active:
            self.stepping.leave()
            self._view.say("Training goes on, so the step was left as it was.")

    def _name(self, layer: str) -> str:
        graph = self._document.state.graph
        return graph[layer].name if layer in graph else layer

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.ends.set_compact(compact=self.width() < _NARROW)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the walk work on its buttons too."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key(event):
            super().keyPressEvent(event)

    def _key(self, event: QKeyEvent) -> bool:
        """Carry out a key of the walk; False if it is none."""
        stepping = self.stepping
        if not stepping.active or event.modifiers() & _COMMAND:
            return False
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        moves = {
            Qt.Key.Key_Right: stepping.next_phase if shift else stepping.forward,
            Qt.Key.Key_Left: stepping.previous_phase if shift else stepping.back,
            Qt.Key.Key_Down: stepping.next_layer,
            Qt.Key.Key_Up: stepping.previous_layer,
            Qt.Key.Key_Home: stepping.home,
            Qt.Key.Key_End: stepping.to_end,
            Qt.Key.Key_P: lambda: self._play(-1 if shift else 1),
            Qt.Key.Key_T: lambda: self.body.walk_terms(-1 if shift else 1),
            Qt.Key.Key_B: stepping.return_,
            Qt.Key.Key_Escape: stepping.leave,
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None:
            return False
        move()
        event.accept()
        return True
