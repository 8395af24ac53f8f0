"""The operation in words and mathematics: its equation, the numbers put in, term by term."""

from __future__ import annotations

from itertools import islice

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradloom.engine.trace import Trace
from gradloom.layers.expression import Expression, Reference
from gradloom.session.explaining import Explanation, Shown
from gradloom.session.terms import TermWalk
from gradloom.ui.stepper.equation import EquationView
from gradloom.ui.stepper.numbers import NumbersView
from gradloom.ui.theme import SMALL, Theme, font

_UNTOLD = (
    "The numbers of this operation are shown beside it; where a single one comes from is not"
    " told yet."
)
_MOST_LIT = 600  # a sum may have millions of terms
_NOTHING = "Point at a number of the result to see how it is made."


class Detail(QWidget):
    """Left half of the panel's body."""

    walked = Signal(int)  # one term on (1) or back (-1)
    followed = Signal(object)  # Reference
    returned = Signal()
    hovered = Signal(object)  # Expression | None

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._trace: Trace | None = None
        self._explanation: Explanation | None = None
        self._array: Shown | None = None
        self.equation = EquationView(theme)
        self.numbers = NumbersView(theme)
        self.numbers.hovered.connect(self.hovered)
        self.numbers.followed.connect(self.followed)
        self.back = self._button("arrow-left", "Back to where the question came from (B)")
        self.back.clicked.connect(self.returned)
        self.before = self._button("chevron-left", "One term back (Shift+T)")
        self.before.clicked.connect(lambda: self.walked.emit(-1))
        self.after = self._button("sigma", "Term by term: add the next term (T)")
        self.after.clicked.connect(lambda: self.walked.emit(1))
        self.partial = QLabel()
        self.partial.setFont(font(SMALL))
        self.partial.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.partial.setAccessibleName("Sum so far")
        self.copy = self._button("copy", "Copy this number as LaTeX, NumPy code or a table")
        self.copy.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.copy)
        self.copy_latex = menu.addAction("Copy as LaTeX")
        self.copy_latex.triggered.connect(lambda: _put(self.latex()))
        self.copy_code = menu.addAction("Copy as NumPy Code")
        self.copy_code.triggered.connect(lambda: _put(self.code()))
        self.copy_table = menu.addAction("Copy as Table")
        self.copy_table.triggered.connect(lambda: _put(self.table()))
        self.copy.setMenu(menu)
        bar = QHBoxLayout()
        bar.setSpacing(2)
        for widget in (self.back, self.before, self.after):
            bar.addWidget(widget)
        bar.addWidget(self.partial, 1)
        bar.addWidget(self.copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.equation)
        column.addWidget(self.numbers, 1)
        column.addLayout(bar)
        theme.changed.connect(self._themed)
        self._themed()

    def show_number(
        self,
        trace: Trace,
        explanation: Explanation | None,
        array: Shown | None,
        walk: TermWalk | None,
        *,
        can_return: bool,
    ) -> None:
        """Show how one number of the current operation is made."""
        self._trace, self._explanation, self._array = trace, explanation, array
        operation = trace.current
        empty = _NOTHING if operation is not None and operation.writes else ""
        if operation is not None and operation.explain is None and operation.writes:
            empty = _UNTOLD
        term = None if walk is None or walk.at == 0 else walk.at - 1
        told = explanation if explanation is not None and explanation.expression else None
        self.numbers.show_number(told, trace.read, term, empty)
        count = 0 if walk is None else len(walk)
        self.after.setEnabled(walk is not None and walk.at < count)
        self.before.setEnabled(walk is not None and walk.at > 0)
        self.back.setEnabled(can_return)
        self.copy.setEnabled(explanation is not None)
        self.copy_code.setEnabled(told is not None)
        said = ""
        if walk is not None:
            said = f"{count} terms" if walk.at == 0 else walk.said()
        self.partial.setText(said)
        self.partial.setToolTip(said)

    def latex(self) -> str:
        """The number's equation as LaTeX."""
        if self._trace is None or self._explanation is None:
            return ""
        return self._explanation.latex(self._trace)

    def code(self) -> str:
        """Python that reproduces the number."""
        if self._trace is None or self._explanation is None:
            return ""
        return self._explanation.code(self._trace) or ""

    def table(self) -> str:
        """The array of the number, tabs between columns."""
        shown = self._array
        if shown is None or not shown.known:
            return ""
        rows = shown.rows(0, shown.grid[0]).tolist()
        return "\n".join("\t".join(repr(float(x)) for x in row) for row in rows)

    def _button(self, icon: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setIconSize(QSize(16, 16))
        button.setToolTip(tip)
        button.setAccessibleName(tip.split(" (", maxsplit=1)[0])
        button.setProperty("glyph", icon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _themed(self) -> None:
        for button in (self.back, self.before, self.after, self.copy):
            button.setIcon(self._theme.icon(str(button.property("glyph"))))
        self.partial.setStyleSheet(f"color: {self._theme.tokens.quiet};")


def _put(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def references_in(part: object) -> tuple[Reference, ...]:
    """The first elements inside an expression (of anything else: none)."""
    return tuple(islice(part.references(), _MOST_LIT)) if isinstance(part, Expression) else ()
