"""Everything that is wrong, in one list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gradloom.core.problem import Problem
from gradloom.document import Document, State
from gradloom.ui.forms.parts import rule, sentence
from gradloom.ui.importing import Importer
from gradloom.ui.panels.fixing import ProblemCard
from gradloom.ui.theme import NORMAL, Theme, font
from gradloom.ui.view import View

NONE = "No problems: press Space to train."

_PARTS = ("graph", "data", "plan")  # of a state, that this panel depends on


class ProblemsPanel(QScrollArea):
    """Problems of network, data and plan, errors first; each can be shown and many mended.

    Without an `importer` nothing is offered for problems with files.
    """

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        importer: Importer | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._errand = importer.run if importer is not None else None
        self._document, self._view, self._theme = document, view, theme
        self._shown: tuple[Problem, ...] | None = None
        self.cards: list[ProblemCard] = []
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Problems")
        self._disconnect = document.changed.connect(self._follow)
        self.destroyed.connect(lambda *_, disconnect=self._disconnect: disconnect())
        theme.changed.connect(self._rebuild)
        self._rebuild()

    def _follow(self, before: State, after: State) -> None:
        if any(getattr(before, part) is not getattr(after, part) for part in _PARTS):
            self._update()

    def _update(self) -> None:
        if self._document.state.problems != self._shown:
            self._rebuild()

    def _rebuild(self) -> None:
        self._shown = self._document.state.problems
        had_focus = self.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        self.cards = []
        for problem in sorted(self._shown, key=lambda p: not p.stops_training):
            if self.cards:
                column.addWidget(rule())
            card = ProblemCard(
                self._document, self._view, self._theme, problem, show=True, errand=self._errand
            )
            self.cards.append(card)
            column.addWidget(card)
        self.empty = None
        if not self.cards:
            self.empty = sentence(NONE)
            self.empty.setFont(font(NORMAL))
            column.addWidget(self.empty)
        column.addStretch(1)
        old = self.takeWidget()
        if old is not None:
            old.hide()
            old.deleteLater()  # not at once: the click that mended may come from inside it
        self.setWidget(inside)
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
