"""The stepper's panel: choose what is stepped, move through it, see every number explained."""

from __future__ import annotations

from time import perf_counter

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradloom.core.errors import UserError
from gradloom.document import Document, State
from gradloom.layers.expression import Reference
from gradloom.layers.site import Phase
from gradloom.session.explaining import (
    Explanation,
    explain,
    parameter_keys,
    shown_arrays,
    walked_sum,
)
from gradloom.session.stepping import StepMark, Stepping
from gradloom.session.terms import TermWalk
from gradloom.session.training import Status
from gradloom.ui.stepper.arrays import ArraysView
from gradloom.ui.stepper.controls import EndBar, MovesBar, SourceBar
from gradloom.ui.stepper.detail import Detail, reference_of
from gradloom.ui.stepper.editor import edit_cell
from gradloom.ui.stepper.matrix import Cell
from gradloom.ui.stepper.timeline import Timeline
from gradloom.ui.theme import Theme
from gradloom.ui.view import View
from gradloom.ui.worker import TrainingBridge

_INVITE = (
    "Stop time and walk through one training step: forward, loss, backward and update, with every"
    " number, in both directions."
)
_FRAME = 16  # ms


class StepperView(QObject):
    """Tells the canvas where one stands."""

    moved = Signal(object)  # StepMark | None (nothing is stepped)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mark: StepMark | None = None

    def show(self, mark: StepMark | None) -> None:
        """Stand here now."""
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
        self.stepping = Stepping()
        self.steps = StepperView(self)
        self._pinned: tuple[int, Cell] | None = None
        self._hovered: tuple[int, Cell] | None = None
        self._walk: TermWalk | None = None
        self._explanation: Explanation | None = None
        self._shown_at: tuple[object, int] | None = None
        self._build()
        self._wire()
        self._follow_data(document.state)
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
            self.invitation.setText(str(error))
            self.stepping.leave()

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
        self.source.pick_row(number)
        if not self.stepping.active:
            self.enter()

    def to_layer(self, layer: str) -> bool:
        """Go to a layer's first operation in this phase; False if nothing is stepped."""
        return self.stepping.active and self.stepping.to_layer(layer)

    def shutdown(self) -> None:
        """Stop listening; for the window's end."""
        self._timer.stop()
        self._disconnect()

    def _build(self) -> None:
        self.source = SourceBar()
        self.moves = MovesBar(self.stepping, self._theme)
        self.ends = EndBar(self._theme)
        self.start = QPushButton("Step")
        self.start.setToolTip("Stand at the start of this step")
        self.timeline = Timeline(self._theme)
        self.detail = Detail(self._theme)
        self.arrays = ArraysView(self._theme)
        self.parameter = QComboBox()
        self.parameter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.parameter.setAccessibleName("Parameter that is shown")
        self.parameter.setToolTip("The update is over all parameters at once; choose which to see")
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.parameter, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.arrays, 1)
        self.body = QSplitter(Qt.Orientation.Horizontal)
        self.body.addWidget(self.detail)
        self.body.addWidget(right)
        self.body.setStretchFactor(0, 2)
        self.body.setStretchFactor(1, 3)
        self.body.setChildrenCollapsible(False)
        self.body.setSizes([380, 520])
        self.body.setHandleWidth(12)
        walking = QWidget()
        column = QVBoxLayout(walking)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.timeline)
        column.addWidget(self.body, 1)
        self.invitation = QLabel(_INVITE)
        self.invitation.setWordWrap(True)
        self.invitation.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.invitation)
        self.pages.addWidget(walking)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.source)
        top.addWidget(self.start)
        top.addWidget(self.moves)
        top.addStretch(1)
        top.addWidget(self.ends)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 4, 8, 8)
        outer.setSpacing(6)
        outer.addLayout(top)
        outer.addWidget(self.pages, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(320, 180)
        self.setAccessibleName("Stepper")

    def _wire(self) -> None:
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self.stepping.advance(perf_counter()))
        self.stepping.changed.connect(self._refresh)
        self.start.clicked.connect(self.enter)
        self.source.chosen.connect(self._source_changed)
        self.timeline.moved.connect(self.stepping.go)
        self.moves.buttons["play"].clicked.connect(lambda: self._play(1))
        self.ends.take.clicked.connect(self.take)
        self.ends.leave.clicked.connect(self.leave)
        self.arrays.hovered.connect(self._hover)
        self.arrays.clicked.connect(self._click)
        self.arrays.edited.connect(self._edit)
        self.detail.hovered.connect(self._hover_part)
        self.detail.followed.connect(self._follow)
        self.detail.walked.connect(self._walk_terms)
        self.detail.returned.connect(self.stepping.return_)
        self.parameter.activated.connect(lambda _: self._show_arrays())
        self._disconnect = self._document.changed.connect(self._document_changed)
        self._bridge.status_changed.connect(self._status)
        for button in self.findChildren(QAbstractButton):
            if isinstance(button, QToolButton | QPushButton):
                button.installEventFilter(self)

    def _refresh(self) -> None:
        """Show where the stepping stands."""
        stepping = self.stepping
        active = stepping.active
        self.pages.setCurrentIndex(1 if active else 0)
        self.start.setVisible(not active)
        self.moves.setVisible(active)
        self.ends.setVisible(active)
        self.ends.take.setVisible(active and not stepping.forward_only)
        if stepping.playing and not self._timer.isActive():
            self._timer.start()
        elif not stepping.playing:
            self._timer.stop()
        trace = stepping.trace
        if trace is None:
            self._shown_at = None
            self.steps.show(None)
            return
        if self._shown_at is None or self._shown_at[0] is not trace:
            self.timeline.show_step(trace.operations, stepping.groups, self._name)
            self._fill_parameters()
            self._pinned = self._walk = None
        if self._shown_at != (trace, stepping.position):
            self._walk = None
        self._shown_at = (trace, stepping.position)
        self.timeline.set_position(stepping.position)
        self.moves.refresh()
        self._show_operation()
        self._show_arrays()
        self.steps.show(stepping.mark())

    def _show_operation(self) -> None:
        trace = self.stepping.trace
        assert trace is not None
        operation = trace.current
        updating = operation is not None and operation.phase is Phase.UPDATE
        self.parameter.setVisible(updating and self.parameter.count() > 0)
        if operation is None:
            first = trace.operations[0] if trace.operations else None
            latex = first.equation.latex if first else ""
            said = "Nothing is done yet. Press Right for the first operation."
            if trace.forward_only:
                said = (
                    "Inference: no targets, Dropout is off, BatchNorm uses its running values."
                    " Press Right for the first operation."
                )
            self.detail.equation.show_operation("Start", None, latex, said, "")
            return
        equation = operation.equation
        place = self._name(operation.layer) if operation.layer else "All parameters"
        self.detail.equation.show_operation(
            place, operation.phase, equation.latex, equation.words, equation.source
        )

    def _show_arrays(self) -> None:
        trace = self.stepping.trace
        if trace is None or not trace.operations:
            return
        keys = parameter_keys(trace)
        chosen = self.parameter.currentIndex()
        key = keys[chosen] if 0 <= chosen < len(keys) else None
        numbers = trace.rows.numbers
        names = ["typed" if n < 0 else f"#{n + 1}" for n in numbers]
        self.arrays.show_arrays(shown_arrays(trace, key), names)
        self._hovered = None
        if self._pinned is not None and not self._holds(self._pinned):
            self._pinned = None
        if self._pinned is None and self._holds((0, (0, 0))):
            self._pinned = (0, (0, 0))
        self._show_number(self._pinned)

    def _holds(self, place: tuple[int, Cell]) -> bool:
        """Whether this is a computed cell of a result."""
        arrays = self.arrays.arrays
        if place[0] >= len(arrays):
            return False
        shown = arrays[place[0]]
        rows, columns = shown.grid
        return shown.result and shown.known and place[1][0] < rows and place[1][1] < columns

    def _show_number(self, place: tuple[int, Cell] | None) -> None:
        """Explain one number of the results, and light what made it."""
        trace = self.stepping.trace
        assert trace is not None
        if place is None or not self._holds(place):
            self._explanation, self._walk = None, None
            self.detail.show_number(trace, None, None, None, can_return=self.stepping.can_return)
            self.arrays.light(None, (), ())
            return
        shown = self.arrays.arrays[place[0]]
        index = shown.index_of(*place[1])
        self._explanation = explain(trace, shown.value, index)
        whole = walked_sum(self._explanation.expression)
        old = self._walk
        self._walk = None if whole is None else TermWalk(whole, trace.read)
        if old is not None and self._walk is not None and place == self._pinned:
            self._walk.move(old.at)
        self._show_detail()

    def _show_detail(self, part: object = None) -> None:
        trace = self.stepping.trace
        assert trace is not None
        place = self._hovered or self._pinned
        array = self.arrays.arrays[place[0]] if place else None
        self.detail.show_number(
            trace,
            self._explanation,
            array,
            self._walk,
            can_return=self.stepping.can_return,
        )
        self._light(part)

    def _light(self, part: object = None) -> None:
        found = self._explanation
        references: tuple[Reference, ...] = ()
        if found is not None and found.expression is not None:
            references = tuple(found.expression.references())
        term = self._walk.term if self._walk is not None else None
        strong = reference_of(part if part is not None else term)
        self.arrays.light(self._hovered or self._pinned, references, strong)

    def _hover(self, array: int, cell: Cell | None) -> None:
        if self.stepping.trace is None:
            return
        place = None if cell is None else (array, cell)
        if place is not None and not self._holds(place):
            place = None
        if place == self._hovered:
            return
        self._hovered = place
        self._show_number(place or self._pinned)

    def _hover_part(self, part: object) -> None:
        if self.stepping.trace is not None:
            self._light(part)

    def _click(self, array: int, cell: Cell) -> None:
        """Pin a number of a result; of anything else go to where it was made."""
        trace = self.stepping.trace
        if trace is None:
            return
        if self._holds((array, cell)):
            self._pinned = (array, cell)
            self._walk = None
            self._show_number(self._pinned)
            return
        shown = self.arrays.arrays[array]
        if shown.known:
            reference = Reference(shown.value, shown.index_of(*cell), before=shown.before)
            self._follow(reference)

    def _follow(self, reference: Reference) -> None:
        """Where does this number come from?"""
        array, index = reference.value.array, reference.index
        if not self.stepping.why(array, index, before=reference.before):
            more = " Double-click it to change it." if self.stepping.editable(array, index) else ""
            self._view.say(f"This number came into the step from outside.{more}")
            return
        self._pin_number(reference)

    def _pin_number(self, reference: Reference) -> None:
        """Pin the number one has come for, now that its operation is shown."""
        from gradloom.engine.elements import address_of

        address = address_of(reference.value.array, reference.index)
        for number, shown in enumerate(self.arrays.arrays):
            cell = shown.cell_at(address) if shown.result else None
            if cell is not None:
                self._pinned = (number, cell)
                self.arrays.matrix(number).show_cell(cell)
                self._show_number(self._pinned)
                return

    def _edit(self, array: int, cell: Cell) -> None:
        shown = self.arrays.arrays[array]
        index = shown.index_of(*cell)
        if shown.before or not self.stepping.editable(shown.value.array, index):
            return
        edit_cell(
            self.arrays.matrix(array),
            cell,
            float(shown.array[index]),
            lambda number: self.stepping.edit(shown.value.array, index, number),
        )

    def _walk_terms(self, terms: int) -> None:
        if self._walk is None:
            return
        if self._hovered is not None:
            self._pinned, self._hovered = self._hovered, None
        self._walk.move(terms)
        self._show_detail()

    def _play(self, direction: int) -> None:
        stepping = self.stepping
        stepping.play(0 if stepping.playing else direction)

    def _source_changed(self) -> None:
        if self.stepping.active:
            self.enter()

    def _follow_data(self, state: State) -> None:
        self.source.follow(state)

    def _document_changed(self, before: State, after: State) -> None:
        if before.data is not after.data:
            self._follow_data(after)
        parts = ("graph", "data", "plan", "run_edits")
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

    def _fill_parameters(self) -> None:
        trace = self.stepping.trace
        assert trace is not None
        chosen = self.parameter.currentText()
        self.parameter.clear()
        self.parameter.addItems(
            [f"{name} of {self._name(layer)}" for layer, name in parameter_keys(trace)]
        )
        self.parameter.setCurrentIndex(max(0, self.parameter.findText(chosen)))

    def _name(self, layer: str) -> str:
        graph = self._document.state.graph
        return graph[layer].name if layer in graph else layer

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
            Qt.Key.Key_T: lambda: self._walk_terms(-1 if shift else 1),
            Qt.Key.Key_Backspace: stepping.return_,
            Qt.Key.Key_Escape: stepping.leave,
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None:
            return False
        move()
        event.accept()
        return True


_COMMAND = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
