"""Findings as cards: what is wrong, what speaks for it, what to do, and why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gradloom.diagnosis import REMEDIES, Finding
from gradloom.diagnosis.collapse import Collapsed
from gradloom.document import Document, State
from gradloom.ui.forms.flow import FlowLayout
from gradloom.ui.forms.parts import sentence
from gradloom.ui.health import HealthService
from gradloom.ui.panels.fixing import EditButton
from gradloom.ui.theme import NORMAL, SMALL, Theme, font, icon_pixmap
from gradloom.ui.view import Selection, View

_INDENT = 22


class FindingCard(QWidget):
    """One finding. Its numbers may change while it stands; remedies and reason stay."""

    def __init__(
        self, document: Document, view: View, theme: Theme, health: HealthService, finding: Finding
    ) -> None:
        super().__init__()
        self.finding = finding
        self.shape = shape_of(document.state, finding)
        self._health = health
        icon = QLabel()
        icon.setPixmap(icon_pixmap("triangle-alert", theme.tokens.warning, 14))
        icon.setFixedWidth(18)
        icon.setToolTip("Does not stop training, but keeps it from going well")
        icon.setAccessibleName("Finding")
        self.title = QLabel(finding.title)
        self.title.setFont(font(NORMAL, strong=True))
        self.title.setWordWrap(True)
        self.text = sentence(finding.sentence, quiet=False)
        self.evidence = sentence(finding.evidence)
        self.why = sentence(finding.why)
        self.why.setVisible(False)
        self.shown = sentence("", quiet=False)
        self.shown.setVisible(False)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(icon)
        head.addWidget(self.title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        inner = QVBoxLayout()
        inner.setContentsMargins(_INDENT, 0, 0, 0)
        inner.setSpacing(5)
        inner.addWidget(self.text)
        inner.addWidget(self.evidence)
        state = document.state
        self.remedies: list[EditButton] = []
        for name in finding.remedies:
            remedy = REMEDIES[name]
            if not remedy.fits(state, finding):
                continue
            button = EditButton(
                document,
                remedy.label(state, finding),
                lambda now, remedy=remedy: remedy.mend(now, finding),  # type: ignore[misc]
            )
            self.remedies.append(button)
            inner.addWidget(button)
        self.buttons = QWidget()
        small = FlowLayout(self.buttons)
        self.show_button: QPushButton | None = None
        places = [layer for layer in finding.places if layer in state.graph]
        if places:
            named = state.graph[places[0]].name if len(places) == 1 else f"{len(places)} layers"
            self.show_button = _small("Show", f"Selects {named} on the canvas.", f"Show {named}")
            self.show_button.clicked.connect(lambda: view.select(Selection(frozenset(places))))
            small.addWidget(self.show_button)
        self.proof: QPushButton | None = None
        if finding.rule == "linear_stack":
            tip = "Multiplies the matrices of the run and compares the outputs."
            self.proof = _small("Proof", tip, "Show that they are one layer")
            self.proof.clicked.connect(self._prove)
            small.addWidget(self.proof)
            health.collapsed.connect(self._proved)
        self.why_button = _small("Why?", "The reason, and where it is from.", "Why?")
        self.why_button.setCheckable(True)
        self.why_button.toggled.connect(self._unfold)
        small.addWidget(self.why_button)
        tip = "Opens the page of the help on this, with something to try."
        self.more_button = _small("Learn more", tip, f"Learn more about {finding.title}")
        self.more_button.clicked.connect(lambda: view.ask_help(f"rule:{finding.rule}"))
        small.addWidget(self.more_button)
        inner.addWidget(self.buttons)
        inner.addWidget(self.shown)
        inner.addWidget(self.why)
        column.addLayout(inner)
        self._speak()

    def update_numbers(self, finding: Finding) -> None:
        """The same finding with other numbers."""
        self.finding = finding
        for label, text in ((self.text, finding.sentence), (self.evidence, finding.evidence)):
            if label.text() != text:
                label.setText(text)
        self._speak()

    def _speak(self) -> None:
        self.setAccessibleName(f"{self.finding.title}: {self.finding.sentence}")
        self.setAccessibleDescription(self.finding.evidence)

    def _unfold(self, on: bool) -> None:
        self.why.setVisible(on)

    def _prove(self) -> None:
        if not self._health.show_collapse(self.finding):
            self._tell("There are no weights yet; mend what stops training first.")

    def _proved(self, finding: Finding, collapsed: Collapsed) -> None:
        if finding.layers == self.finding.layers:
            self._tell(collapsed.sentence)

    def _tell(self, text: str) -> None:
        self.shown.setText(text)
        self.shown.setVisible(True)


def shape_of(state: State, finding: Finding) -> tuple[object, ...]:
    """What a card is built from; a change of anything else is a change of its numbers."""
    fitting = [REMEDIES[name] for name in finding.remedies]
    labels = tuple(r.label(state, finding) for r in fitting if r.fits(state, finding))
    names = tuple(state.graph[la].name for la in finding.places if la in state.graph)
    return finding.key, finding.layers, finding.names, labels, names


def _small(text: str, tip: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setFont(font(SMALL))
    button.setToolTip(tip)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
