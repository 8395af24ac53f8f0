"""The operation where one stands: its equation, its arrays, and how single numbers are made."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from gradloom.engine.elements import address_of
from gradloom.engine.trace import Trace
from gradloom.layers.expression import Reference
from gradloom.layers.site import Phase
from gradloom.session.explaining import (
    Explanation,
    Shown,
    explain,
    parameter_keys,
    shown_arrays,
    walked_sum,
)
from gradloom.session.featuring import Specimen
from gradloom.session.lighting import Lit, lit_of
from gradloom.session.stepping import Stepping
from gradloom.session.terms import TermWalk
from gradloom.ui.forms.choice import Combo
from gradloom.ui.stepper.arrays import ArraysView, is_pictures
from gradloom.ui.stepper.cells import Cell
from gradloom.ui.stepper.detail import Detail, references_in
from gradloom.ui.stepper.editor import edit_cell
from gradloom.ui.stepper.looking import Looking
from gradloom.ui.theme import Theme
from gradloom.ui.view import View

Place = tuple[int, Cell]  # number of an array, cell in it
_START = "Nothing is done yet. Press Right for the first operation."
_INFERENCE = (
    "Inference: no targets, Dropout is off, BatchNorm uses its running values. Press Right for"
    " the first operation."
)


class Body(QWidget):
    """Follows a stepping. A number is pinned by a click; the pointer shows others meanwhile."""

    def __init__(
        self, stepping: Stepping, theme: Theme, view: View, name: Callable[[str], str]
    ) -> None:
        super().__init__()
        self._stepping, self._view, self._name = stepping, view, name
        self._pinned: Place | None = None
        self._hovered: Place | None = None
        self._by_hand = False  # whether a person chose what is pinned
        self._walk: TermWalk | None = None
        self._explanation: Explanation | None = None
        self._last: tuple[Trace, int] | None = None
        self.detail = Detail(theme)
        self.arrays = ArraysView(theme)
        self.parameter = Combo(narrow=False)
        self.parameter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.parameter.setAccessibleName("Parameter that is shown")
        self.parameter.setToolTip("The update is over all parameters at once; choose which to see")
        self.looking = Looking()
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        choices = QHBoxLayout()
        choices.addWidget(self.parameter)
        choices.addWidget(self.looking)
        choices.addStretch(1)
        column.addLayout(choices)
        column.addWidget(self.arrays, 1)
        self.halves = QSplitter(Qt.Orientation.Horizontal)
        self.halves.addWidget(self.detail)
        self.halves.addWidget(right)
        self.halves.setStretchFactor(0, 2)
        self.halves.setStretchFactor(1, 3)
        self.halves.setChildrenCollapsible(False)
        self.halves.setSizes([380, 520])
        self.halves.setHandleWidth(12)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.halves)
        self.arrays.hovered.connect(self._hover)
        self.arrays.clicked.connect(self._click)
        self.arrays.edited.connect(self._edit)
        self.detail.hovered.connect(self._hover_part)
        self.detail.followed.connect(self.follow)
        self.detail.walked.connect(self.walk_terms)
        self.detail.returned.connect(stepping.return_)
        self.parameter.activated.connect(lambda _: self._show_arrays())
        self.looking.changed.connect(self._show_arrays)

    @property
    def shown_number(self) -> tuple[Shown, tuple[int, ...]] | None:
        """The array and index of the number that is explained now."""
        place = self._hovered or self._pinned
        if place is None or place[0] >= len(self.arrays.arrays):
            return None
        shown = self.arrays.arrays[place[0]]
        return shown, shown.index_of(*place[1])

    def refresh(self) -> None:
        """Show where the stepping stands."""
        trace = self._stepping.trace
        if trace is None:
            if self._last is not None:
                self._view.show_specimen(None)
            self._last = None
            self._view.light(None)
            return
        here = (trace, trace.position)
        if self._last is None or self._last[0] is not trace:
            self._fill_parameters(trace)
            self._pinned = None
        if self._last != here:
            self._walk = None
        self._last = here
        self._show_operation(trace)
        self._show_arrays()

    def walk_terms(self, terms: int) -> None:
        """Add the next terms of the sum, or take some back."""
        if self._walk is None:
            return
        if self._hovered is not None:
            self._pinned, self._hovered = self._hovered, None
        self._walk.move(terms)
        self._show_detail()

    def follow(self, reference: Reference) -> None:
        """Where does this number come from? Go there, and pin it."""
        array, index = reference.value.array, reference.index
        if not self._stepping.why(array, index, before=reference.before):
            more = ""
            if self._stepping.editable(array, index):
                more = " Double-click it to change it."
            self._view.say(f"This number came into the step from outside.{more}")
            return
        address = address_of(array, index)
        for number, shown in enumerate(self.arrays.arrays):
            cell = shown.cell_at(address) if shown.result else None
            if cell is not None:
                self._pinned, self._by_hand = (number, cell), True
                if not self.arrays.sees(number, cell):
                    self.looking.see(cell[0])
                self.arrays.view(number).show_cell(cell)
                self._show_number(self._pinned)
                return

    def _show_operation(self, trace: Trace) -> None:
        operation = trace.current
        updating = operation is not None and operation.phase is Phase.UPDATE
        self.parameter.setVisible(updating and self.parameter.count() > 0)
        equation = self.detail.equation
        if operation is None:
            latex = trace.operations[0].equation.latex if trace.operations else ""
            words = _INFERENCE if trace.forward_only else _START
            equation.show_operation("Start", None, latex, words, "")
            return
        said = operation.equation
        place = self._name(operation.layer) if operation.layer else "All parameters"
        equation.show_operation(place, operation.phase, said.latex, said.words, said.source)

    def _show_arrays(self) -> None:
        trace = self._stepping.trace
        if trace is None or not trace.operations:
            return
        keys = parameter_keys(trace)
        chosen = self.parameter.currentIndex()
        key = keys[chosen] if 0 <= chosen < len(keys) else None
        names = ["typed" if n < 0 else f"#{n + 1}" for n in trace.rows.numbers]
        arrays = shown_arrays(trace, key)
        self.looking.offer(names, pictures=any(map(is_pictures, arrays)))
        self.arrays.show_arrays(arrays, names, self.looking.sample)
        self._show_specimen(trace)
        self._hovered = None
        pinned = self._pinned
        if pinned is None or not self._holds(pinned) or not self.arrays.sees(*pinned):
            first = (0, self.arrays.first_cell(0)) if arrays else None
            self._pinned = first if first is not None and self._holds(first) else None
            self._by_hand = False
        self._show_number(self._pinned)

    def _show_specimen(self, trace: Trace) -> None:
        """Everyone who shows feature maps shows those of the row that is looked at."""
        sample = self.looking.sample
        number = -1 if sample is None else int(trace.rows.numbers[sample])
        now = self._view.specimen
        if number >= 0 and (now is None or now.number != number):
            data = self._stepping.state.prepared.dataset
            self._view.show_specimen(Specimen(data.features[number], number))

    def _holds(self, place: Place) -> bool:
        """Whether this is a computed cell of a result."""
        arrays = self.arrays.arrays
        if place[0] >= len(arrays):
            return False
        shown = arrays[place[0]]
        rows, columns = shown.grid
        return shown.result and shown.known and place[1][0] < rows and place[1][1] < columns

    def _show_number(self, place: Place | None) -> None:
        """Explain one number of the results, and light what made it."""
        trace = self._stepping.trace
        assert trace is not None
        old, self._explanation, self._walk = self._walk, None, None
        if place is not None and self._holds(place):
            shown = self.arrays.arrays[place[0]]
            self._explanation = explain(trace, shown.value, shown.index_of(*place[1]))
            whole = walked_sum(self._explanation.expression)
            self._walk = None if whole is None else TermWalk(whole, trace.read)
            if old is not None and self._walk is not None and place == self._pinned:
                self._walk.move(old.at)
        self._show_detail()

    def _show_detail(self) -> None:
        trace = self._stepping.trace
        assert trace is not None
        number = self.shown_number
        self.detail.show_number(
            trace,
            self._explanation,
            number[0] if number else None,
            self._walk,
            can_return=self._stepping.can_return,
        )
        self._light()

    def _light(self, part: object = None) -> None:
        found = self._explanation
        if found is None:
            self.arrays.light(None, (), ())
            self._view.light(None)
            return
        term = self._walk.term if self._walk is not None else None
        self._view.light(self._products(found, term if part is None else part))
        self.arrays.light(
            self._hovered or self._pinned,
            references_in(found.expression),
            references_in(term if part is None else part),
        )

    def _products(self, found: Explanation, part: object) -> Lit | None:
        """What the canvas lights: of a number that a person chose, all or one term."""
        trace = self._stepping.trace
        if trace is None or not (self._hovered or self._by_hand or part is not None):
            return None
        strong = references_in(part) or references_in(found.expression)
        return lit_of(trace, [found.reference, *strong])

    def _hover(self, array: int, cell: Cell | None) -> None:
        if self._stepping.trace is None:
            return
        place = None if cell is None else (array, cell)
        if place is not None and not self._holds(place):
            place = None
        if place != self._hovered:
            self._hovered = place
            self._show_number(place or self._pinned)

    def _hover_part(self, part: object) -> None:
        if self._stepping.trace is not None:
            self._light(part)

    def _click(self, array: int, cell: Cell) -> None:
        """Pin a number of a result; of anything else go to where it was made."""
        if self._holds((array, cell)):
            self._pinned, self._walk, self._by_hand = (array, cell), None, True
            self._show_number(self._pinned)
            return
        shown = self.arrays.arrays[array]
        if shown.known:
            self.follow(Reference(shown.value, shown.index_of(*cell), before=shown.before))

    def _edit(self, array: int, cell: Cell) -> None:
        shown = self.arrays.arrays[array]
        index = shown.index_of(*cell)
        if shown.before or not self._stepping.editable(shown.value.array, index):
            return
        edit_cell(
            self.arrays.view(array),
            cell,
            float(shown.array[index]),
            lambda number: self._stepping.edit(shown.value.array, index, number),
        )

    def _fill_parameters(self, trace: Trace) -> None:
        chosen = self.parameter.currentText()
        self.parameter.clear()
        self.parameter.addItems(
            [f"{name} of {self._name(layer)}" for layer, name in parameter_keys(trace)]
        )
        self.parameter.setCurrentIndex(max(0, self.parameter.findText(chosen)))
