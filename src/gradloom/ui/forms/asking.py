"""The "?" that opens help on something."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolButton

from gradloom.core.settings import Declared
from gradloom.ui.help.subjects import subject_of
from gradloom.ui.theme import Theme

AskHelp = Callable[[str], object]  # is told a subject of `ui.help`


class AskButton(QToolButton):
    """Asks for help on a kind; hidden while there is none."""

    def __init__(self, theme: Theme, ask: AskHelp) -> None:
        super().__init__()
        self._theme = theme
        self.subject = ""
        self.setAutoRaise(True)
        self.setIconSize(QSize(14, 14))
        self.setFixedSize(22, 22)
        self.setStyleSheet("QToolButton { padding: 2px; }")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(lambda: ask(self.subject))
        theme.changed.connect(self._paint)
        self._paint()

    def show_subject(self, value: Declared | type[Declared] | None) -> None:
        """Ask about this kind from now on."""
        subject = "" if value is None else subject_of(value)
        self.ask_about(subject, "" if value is None else value.label)

    def ask_about(self, subject: str, words: str) -> None:
        """Ask about this subject, called so, from now on."""
        self.subject = subject
        self.setVisible(bool(subject))
        self.setToolTip(f"Help on {words}")
        self.setAccessibleName(f"Help on {words}")

    def _paint(self) -> None:
        self.setIcon(self._theme.icon("circle-question-mark", "quiet"))
