"""Everything that is wrong, in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gradloom.core.problem import Problem
from gradloom.document import Document, State
from gradloom.document.fixes import FIXES
from gradloom.engine.progress import Broken
from gradloom.session.status import Status
from gradloom.ui.forms.parts import rule, sentence
from gradloom.ui.importing import Importer
from gradloom.ui.panels.fixing import ProblemCard, WordsButton
from gradloom.ui.theme import NORMAL, Theme, font
from gradloom.ui.view import View

if TYPE_CHECKING:
    from gradloom.ui.worker import TrainingBridge

NONE = "No problems: press Space to train."

_PARTS = ("graph", "data", "plan")  # of a state, that this panel depends on


class ProblemsPanel(QScrollArea):
    """Problems of network, data and plan, errors first; each can be shown and many mended.

    With a `bridge`, numbers of its run that ran away are one of them. Without an `importer` nothing
    is offered for problems with files.
    """

    counted = Signal(int)  # how many there are now

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        importer: Importer | None = None,
        bridge: TrainingBridge | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
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
        if bridge is not None:
            bridge.status_changed.connect(self._update)
            bridge.progressed.connect(self._progressed)
        self._rebuild()

    def _follow(self, before: State, after: State) -> None:
        if any(getattr(before, part) is not getattr(after, part) for part in _PARTS):
            self._update()

    def _progressed(self, _: object) -> None:
        if self._bridge is not None and self._bridge.status is Status.BROKEN:
            self._update()

    def _update(self, *_: object) -> None:
        if self._found() != self._shown:
            self._rebuild()

    def _found(self) -> tuple[Problem, ...]:
        """Those of the state, and why the run broke, if it did."""
        broken = self._broken()
        return (*((broken,) if broken is not None else ()), *self._document.state.problems)

    def _broken(self) -> Problem | None:
        bridge = self._bridge
        if bridge is None or bridge.status is not Status.BROKEN:
            return None
        outcome = None if bridge.latest is None else bridge.latest.outcome
        if not isinstance(outcome, Broken):
            return Problem(bridge.message) if bridge.message else None
        return Problem(outcome.sentence, outcome.layer, fix=outcome.fix)

    def _way_back(self, problem: Problem) -> WordsButton | None:
        """For a run that broke: its remedy, and back to where its numbers were still good."""
        bridge, state = self._bridge, self._document.state
        if bridge is None or problem != self._broken() or not bridge.can_go_back:
            return None
        if problem.fix not in FIXES:
            return WordsButton("Go back to good weights", bridge.go_back)
        fix = FIXES[problem.fix]
        words = fix.label(state, problem)

        def mend() -> None:
            bridge.go_back()  # first: once the rate is changed, the run is broken no more
            self._document.edit(words, lambda now: fix.apply(now, problem))

        return WordsButton(f"{words} and go back to good weights", mend)

    def _rebuild(self) -> None:
        self._shown = self._found()
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
                self._document,
                self._view,
                self._theme,
                problem,
                show=True,
                errand=self._errand,
                fix=self._way_back(problem),
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
        self.counted.emit(len(self.cards))
        if had_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
