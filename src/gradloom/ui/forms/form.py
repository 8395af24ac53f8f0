"""A form: the settings of one record, each in its row, those that matter little below a fold."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLayout, QVBoxLayout, QWidget

from gradloom.core.settings import Declared, Setting
from gradloom.ui.forms.asking import AskHelp
from gradloom.ui.forms.field import NO_HINTS, Hints
from gradloom.ui.forms.make import has_editor, make_field
from gradloom.ui.forms.parts import Fold
from gradloom.ui.forms.row import Row
from gradloom.ui.theme import Theme


class Form(QWidget):
    """Shows a record and tells which record the user wants instead.

    `only` limits it to these settings (in this order) and shows all of them, advanced or not.
    `ask` is told what a person wants to read about; without it no help is offered.
    """

    edited = Signal(object, str)  # the record after, and the dotted path of the setting
    settled = Signal()  # a series of edits ended: the next one is a step of undo of its own

    def __init__(
        self,
        theme: Theme,
        *,
        only: Collection[str] = (),
        leave_out: Collection[str] = (),
        ask: AskHelp | None = None,
    ) -> None:
        super().__init__()
        self._ask = ask
        self._theme, self._only, self._leave_out = theme, tuple(only), frozenset(leave_out)
        self._record: Declared | None = None
        self._hints = NO_HINTS
        self.rows: dict[str, Row] = {}
        self._turned_down: set[str] = set()  # settings whose proposal broke a rule
        self.fold: Fold | None = None
        self._advanced: list[Row] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)

    @property
    def record(self) -> Declared | None:
        """What is shown."""
        return self._record

    def show_record(
        self, record: Declared, hints: Hints = NO_HINTS, mixed: Collection[str] = frozenset()
    ) -> None:
        """Show another record; only what differs is touched, and nothing is proposed."""
        if type(record) is not type(self._record):
            self._build(type(record))
        if record != self._record and self._turned_down:
            QTimer.singleShot(0, self, self._retry)  # not now: the document is telling its news
        self._record, self._hints = record, hints
        for name, row in self.rows.items():
            row.field.show_value(
                getattr(record, name), hints.names.get(name, ()), hints.automatic.get(name, "")
            )
            row.set_mixed(name in mixed)
            row.setVisible(row.setting.shown(record))  # said even of a new row, else Qt shows it
        if self.fold is not None:
            self.fold.setVisible(any(not row.isHidden() for row in self._advanced))

    def flush(self) -> None:
        """Propose at once what was typed and not proposed yet."""
        for row in self.rows.values():
            row.field.flush()

    def _retry(self) -> None:
        """What broke a rule between settings may be right now that another one has changed."""
        names, self._turned_down = self._turned_down, set()
        for name in names & self.rows.keys():
            self.rows[name].refuse("")
            self.rows[name].field.retry()

    def _build(self, cls: type[Declared]) -> None:
        # first: what a field says as it goes is of a record that is no more
        self.rows, self.fold, self._advanced = {}, None, []
        _clear(self._column)
        for setting in self._settings(cls):
            row = self._row(setting)
            if setting.advanced and not self._only:
                if self.fold is None:
                    self.fold = Fold(self._theme, f"form.{cls.__name__}", "More")
                    self._column.addWidget(self.fold)
                self.fold.content.addWidget(row)
                self._advanced.append(row)
            elif self.fold is not None:
                self._column.insertWidget(self._column.indexOf(self.fold), row)
            else:
                self._column.addWidget(row)

    def _settings(self, cls: type[Declared]) -> list[Setting]:
        by_name = {s.name: s for s in cls.settings() if has_editor(s.check)}
        if self._only:
            return [by_name[name] for name in self._only]
        return [s for s in by_name.values() if s.name not in self._leave_out]

    def _row(self, setting: Setting) -> Row:
        made = partial(Form, self._theme, ask=self._ask)
        field = make_field(setting, self._theme, made, self._ask)
        row = Row(setting, field, self._theme)
        field.proposed.connect(lambda value, path: self._proposed(setting.name, value, path))
        field.settled.connect(self.settled)
        self.rows[setting.name] = row
        return row

    def _proposed(self, name: str, value: Any, path: str) -> None:
        record, row = self._record, self.rows.get(name)
        if record is None or row is None:
            return
        if getattr(record, name) == value:
            row.refuse("")
            return
        why = row.setting.check.why_not(value)
        if why is not None:
            row.refuse(f"{row.setting.label} {why}.")
            return
        after = record.replace(**{name: value})
        problems = after.problems()
        if problems and not record.problems():
            labels = {s.name: s.label for s in record.settings()}
            at, sentence = problems[0]
            self._turned_down.add(name)
            row.refuse(f"{labels.get(at, at)} {sentence}.")
            row.field.turned_down(getattr(record, name))
            return
        row.refuse("")
        self.edited.emit(after, f"{name}.{path}" if path else name)


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
