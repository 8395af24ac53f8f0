"""The frame of an import dialog: settings left, what the files hold right, work on the thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gradloom.data import FileSource
from gradloom.data.sources.file import Imported
from gradloom.data.waiting import Waiting
from gradloom.document import Document
from gradloom.ui.forms.parts import ElidedLabel, Switch, sentence
from gradloom.ui.jobs import Job
from gradloom.ui.tables import TableService
from gradloom.ui.theme import LARGE, Theme, font
from gradloom.ui.view import View


class ImportFrame(QDialog):
    """Base of dialogs that propose how to read files; OK makes one edit of it.

    Files are looked at on the table service's thread, the newest question first.
    """

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        tables: TableService,
        parent: QWidget,
        name: str,
    ) -> None:
        """`name`: of what is looked at."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._document, self._view, self._theme, self._tables = document, view, theme, tables
        self._job: Job | None = None
        self.title = QLabel(name)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setFont(font(LARGE, strong=True))
        self.keep = Switch()
        self.keep.setAccessibleName("Keep a copy in the project")
        self.keep.setToolTip("The project then works where the files are not; it grows by them.")
        self.trouble = sentence(quiet=False)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.bar.setRange(0, 100)
        self.bar.setAccessibleName("Progress")
        self.bar.hide()
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        self.ok = self.buttons.button(standard.Ok)
        self.buttons.accepted.connect(self.take)
        self.buttons.rejected.connect(self.reject)
        kept = QHBoxLayout()
        kept.addWidget(ElidedLabel("Keep a copy in the project"), 1)
        kept.addWidget(self.keep)
        inside = QWidget()
        self.settings = QVBoxLayout()
        left = QVBoxLayout(inside)
        left.setContentsMargins(0, 0, 8, 0)
        left.addLayout(self.settings)
        left.addLayout(kept)
        left.addStretch(1)
        side = QScrollArea()
        side.setWidgetResizable(True)
        side.setFrameShape(QFrame.Shape.NoFrame)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side.setFixedWidth(20 * self.fontMetrics().averageCharWidth() + 180)
        side.setWidget(inside)
        self.content = QVBoxLayout()
        right = QVBoxLayout()
        right.addLayout(self.content, 1)
        right.addWidget(self.trouble)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(side)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addLayout(middle, 1)
        column.addWidget(self.bar)
        column.addWidget(self.buttons)
        self.resize(1040, 580)

    def take(self) -> None:
        """Read everything and make it the project's data: one edit."""
        raise NotImplementedError

    def enable(self) -> None:
        """What can be done now."""
        raise NotImplementedError

    def reject(self) -> None:
        self._cancel()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._cancel()
        super().closeEvent(event)

    @property
    def busy(self) -> bool:
        """Whether everything is being read."""
        return not self.bar.isHidden()

    def look(self, name: str, work: Callable[[], object], done: Callable[[object], object]) -> None:
        """Quick work: what was asked for before is not wanted any more."""
        self._cancel()
        self._job = self._tables.run(
            f"Looking at {name} …", lambda _: work(), done, self._cannot, shown=False
        )

    def bring(
        self,
        name: str,
        read: Callable[[Waiting], Imported[FileSource]],
        **settings: Any,
    ) -> None:
        """Long work, with its progress: `read`, then one edit that puts the source in.

        `settings` of the data change with it.
        """
        before = self._document.state

        def work(waiting: Waiting) -> Imported[FileSource]:
            made = read(waiting)
            # here, so that the window need not
            _ = before.with_data(source=made.source, **settings).prepared
            return made

        def done(made: Imported[FileSource]) -> None:
            self._document.edit(
                f"Data: {made.source.name}",
                lambda state: state.with_data(source=made.source, **settings),
            )
            if made.notes:
                self._view.say(" ".join(made.notes))
            self.accept()

        def over(call: Callable[[], object]) -> None:
            self._tables.changed.disconnect(self._progressed)
            self.bar.hide()
            call()

        self.say("")
        self.bar.show()
        self._tables.changed.connect(self._progressed)
        self._job = self._tables.run(
            f"Reading {name} …",
            work,
            lambda made: over(lambda: done(made)),
            lambda words: over(lambda: self._cannot(words)),
            shown=False,
        )
        self.enable()

    def say(self, words: str, *, bad: bool = False) -> None:
        """A sentence below, or none."""
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))
        self.trouble.setStyleSheet(f"color: {self._theme.tokens.error};" if bad else "")

    def _cannot(self, words: str) -> None:
        self.enable()
        self.say(words, bad=True)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _progressed(self) -> None:
        self.bar.setValue(round(100 * self._tables.progress))
