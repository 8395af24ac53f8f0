"""Buttons that mend a problem with one click."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gradloom.core.problem import Problem, Severity
from gradloom.document import Document, State
from gradloom.document.document import Change
from gradloom.document.fixes import ERRANDS, FIXES
from gradloom.ui.forms.asking import AskButton
from gradloom.ui.forms.parts import sentence
from gradloom.ui.help.subjects import subject_of
from gradloom.ui.theme import SMALL, Theme, font, icon_pixmap
from gradloom.ui.view import Selection, View

_TOP = Qt.AlignmentFlag.AlignTop


def _flexible() -> QSizePolicy:
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    policy.setHeightForWidth(True)
    return policy


class WordsButton(QPushButton):
    """Does what it says; its words are broken into lines."""

    def __init__(self, words: str, do: Callable[[], object]) -> None:
        super().__init__()
        self.words = words
        self._do = do
        self.setToolTip(f"{self.words}.")
        self.setAccessibleName(self.words)
        self.setFont(font(SMALL))
        self.setSizePolicy(_flexible())
        self.clicked.connect(self.mend)

    def mend(self) -> None:
        """Do it."""
        self._do()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        lines = self._broken(width).count("\n") + 1
        return lines * self.fontMetrics().lineSpacing() + 12

    def sizeHint(self) -> QSize:
        return QSize(80, self.heightForWidth(max(self.width(), 80)))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.fontMetrics().lineSpacing() + 12)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(self._broken(self.width()))

    def _broken(self, width: int) -> str:
        """The words in lines that fit into a button of this width."""
        room, metrics, lines = width - 26, self.fontMetrics(), [""]
        for word in self.words.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and metrics.horizontalAdvance(longer) > room:
                lines.append(word)
            else:
                lines[-1] = longer
        return "\n".join(lines)


class EditButton(WordsButton):
    """Does what it says, as an edit."""

    def __init__(self, document: Document, words: str, change: Change) -> None:
        super().__init__(words, lambda: document.edit(words, change))
        self.setToolTip(f"{words}. Can be undone.")


class FixButton(EditButton):
    """Mends one problem."""

    def __init__(self, document: Document, problem: Problem) -> None:
        fix = FIXES[problem.fix]
        words = fix.label(document.state, problem)
        super().__init__(document, words, lambda state: fix.apply(state, problem))


def _subject(state: State, problem: Problem) -> str:
    """What help on a problem is about: its remedy, else the kind of its layer."""
    if problem.fix:
        return f"fix:{problem.fix}"
    return subject_of(state.graph[problem.layer].kind) if problem.layer in state.graph else ""


class ProblemCard(QWidget):
    """A problem: severity, sentence, its remedy, and if wanted a way to its layer.

    `errand` runs the remedies that are no edits (`document.fixes.ERRANDS`), by name. `fix` is a
    button in place of the remedy's own.
    """

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        problem: Problem,
        *,
        show: bool,
        errand: Callable[[str], object] | None = None,
        fix: WordsButton | None = None,
    ) -> None:
        super().__init__()
        self.problem = problem
        error = problem.severity is Severity.ERROR
        colour = theme.tokens.error if error else theme.tokens.warning
        icon = QLabel()
        icon.setPixmap(icon_pixmap("circle-alert" if error else "triangle-alert", colour, 14))
        icon.setFixedWidth(18)
        icon.setToolTip("Stops training" if error else "Does not stop training")
        icon.setAccessibleName("Error" if error else "Warning")
        icon.setAlignment(_TOP)
        words = sentence(problem.text, quiet=False)
        words.setToolTip(icon.toolTip())
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(icon)
        line.addWidget(words, 1)
        self.asking = AskButton(theme, view.ask_help)
        self.asking.ask_about(_subject(document.state, problem), "this problem")
        line.addWidget(self.asking, 0, _TOP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        self.fix = fix
        self.show_button: QPushButton | None = None
        buttons = QHBoxLayout()
        buttons.setContentsMargins(22, 0, 0, 0)
        buttons.setSpacing(4)
        if self.fix is None and problem.fix in FIXES:
            self.fix = FixButton(document, problem)
        elif self.fix is None and problem.fix in ERRANDS and errand is not None:
            self.fix = WordsButton(ERRANDS[problem.fix], lambda: errand(problem.fix))
        if self.fix is not None:
            buttons.addWidget(self.fix, 1)
        if show and problem.layer in document.state.graph:
            self.show_button = QPushButton("Show")
            self.show_button.setFont(font(SMALL))
            name = document.state.graph[problem.layer].name
            self.show_button.setToolTip(f"Selects {name}.")
            self.show_button.setAccessibleName(f"Show {name}")
            self.show_button.clicked.connect(
                lambda: view.select(Selection(frozenset([problem.layer])))
            )
            buttons.addWidget(self.show_button)
            if self.fix is None:
                buttons.addStretch(1)
        if buttons.count():
            column.addLayout(buttons)
        self.setAccessibleName(f"{icon.accessibleName()}: {problem.text}")
