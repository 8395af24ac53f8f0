"""The import dialog: how a table would be read, changeable, before it is."""

from __future__ import annotations

import dataclasses

from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableView, QWidget

from gradloom.data import Column, FileTable, TableFormat
from gradloom.data.columns import ROLES, TYPES, Columns
from gradloom.data.loading import Preview
from gradloom.document import Document
from gradloom.ui.forms import Form
from gradloom.ui.forms.choice import Segmented
from gradloom.ui.forms.parts import ElidedLabel
from gradloom.ui.importing.frame import ImportFrame
from gradloom.ui.importing.heads import ColumnHeads
from gradloom.ui.importing.origin import Origin
from gradloom.ui.importing.sample import TABLE_SHEET, SampleModel
from gradloom.ui.importing.sheets import SheetChoice
from gradloom.ui.tables import TableService
from gradloom.ui.theme import SMALL, Theme, font
from gradloom.ui.view import View

_ROWS = 50
_WIDEST = 200  # px of a column at first
_WORKBOOK = ("header", "skip", "missing")
_NO_TEXT = ("sheet",)  # it is chosen, from those that are there
_HINT = "Click a column to say what it is; Shift and Ctrl choose several."
_NO_TARGET = "No column is a target: choose the one that the network shall tell."


class ImportDialog(ImportFrame):
    """Proposes how to read a table; whatever is changed here shows at once."""

    def __init__(
        self,
        document: Document,
        view: View,
        theme: Theme,
        tables: TableService,
        origin: Origin,
        before: FileTable | None,
        parent: QWidget,
    ) -> None:
        """`before`: the same table as the project has it already, whose choices are kept."""
        super().__init__(document, view, theme, tables, parent, origin.name)
        self.setWindowTitle("Open table")
        self._origin = origin
        self._form: TableFormat | None = None
        self._guessed: tuple[Column, ...] = ()
        self._said: dict[str, Column] = {}  # columns that a person said something of, by name
        if before is not None:
            self._said = {c.name: c for c in before.columns}
        self._preview: Preview | None = None
        self._lay_out(before)
        self.say("Looking at the table …")
        if before is not None:
            self._look(before.format)
        else:
            self.look(origin.name, origin.sniff, self._look)

    def _lay_out(self, before: FileTable | None) -> None:
        self.model = SampleModel(self._theme)
        self.table = _table(self.model)
        self.table.selectionModel().selectionChanged.connect(self._chosen)
        self.which = ElidedLabel(_HINT, SMALL)
        self.roles = Segmented([label for _, label in ROLES.options])
        self.types = Segmented([label for _, label in TYPES.options])
        for buttons, names, setting in (
            (self.roles, [n for n, _ in ROLES.options], "role"),
            (self.types, [n for n, _ in TYPES.options], "type"),
        ):
            buttons.group.setExclusive(False)
            buttons.group.idClicked.connect(
                lambda i, names=names, setting=setting: self._set(setting, names[i])
            )
        self.sheets = SheetChoice()
        self.sheets.chosen.connect(self._turn_to)
        only = _WORKBOOK if self._origin.workbook else ()
        self.form = Form(self._theme, only=only, leave_out=_NO_TEXT)
        self.form.edited.connect(lambda record, _: self._look(record))
        self.policy = Form(self._theme, only=("missing",))
        self.policy.edited.connect(lambda record, _: self.policy.show_record(record))
        self.policy.show_record(before or FileTable())
        self.settings.addWidget(self.sheets)
        self.settings.addWidget(self.form)
        self.settings.addWidget(self.policy)
        self.keep.setChecked(bool(before and before.embedded) or self._origin.path is None)
        self.keep.setEnabled(self._origin.path is not None and not self._origin.workbook)
        self.ok.setText("Use this table")
        choices = QHBoxLayout()
        choices.addWidget(self.which, 1)
        choices.addWidget(self.roles)
        choices.addSpacing(8)
        choices.addWidget(self.types)
        self.content.addLayout(choices)
        self.content.addWidget(self.table, 1)
        self.enable()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns as they would be taken."""
        found = []
        for column in self._guessed:
            said = self._said.get(column.name)
            if said is not None:
                column = dataclasses.replace(column, role=said.role, type=said.type)
            found.append(column)
        return tuple(found)

    @property
    def problems(self) -> tuple[str, ...]:
        """What has to be mended before the table can be used."""
        if self._preview is None:
            return ()
        columns = self.columns
        if self._preview.problems or not columns:
            return self._preview.problems
        # words are found when the whole file is read: any will do here
        tried = tuple(
            dataclasses.replace(c, categories=("a", "b")) if c.type == "category" else c
            for c in columns
        )
        why = Columns().why_not(tried)
        if why is not None:
            return (f"The table {why}.",)
        return () if any(c.role == "target" for c in columns) else (_NO_TARGET,)

    def take(self) -> None:
        form = self._form
        if form is None or self.problems or self._preview is None or self.busy:
            return
        policy = self.policy.record
        missing = policy.missing if isinstance(policy, FileTable) else "drop"
        columns, folder, embed = self.columns, self._tables.folder(), self.keep.isChecked()
        self.bring(
            self._origin.name,
            lambda waiting: self._origin.bring(
                form, columns, folder, missing, waiting, embed=embed
            ),
        )

    def _look(self, form: object) -> None:
        assert isinstance(form, TableFormat)
        self._form = form
        self.form.show_record(form)
        self.look(self._origin.name, lambda: self._origin.preview(form, _ROWS), self._found)

    def _turn_to(self, sheet: str) -> None:
        assert self._form is not None
        self._said.clear()  # of another table's columns
        self._look(self._form.replace(sheet=sheet))

    def _found(self, found: object) -> None:
        assert isinstance(found, Preview)
        self.sheets.offer(found.sheets, self._form.sheet if self._form else "")
        same = [c.name for c in found.columns] == [c.name for c in self._guessed]
        self._preview, self._guessed = found, found.columns
        chosen = self._selected() if same else []
        self.model.show(self.columns, found.rows, found.lines, self._form or TableFormat())
        self._fit_widths()
        if not chosen and found.columns:
            roles = [c.role for c in self.columns]
            chosen = [roles.index("target") if "target" in roles else len(roles) - 1]
        for i in chosen:
            self.table.selectionModel().select(
                self.model.index(0, i),
                self.table.selectionModel().SelectionFlag.Select
                | self.table.selectionModel().SelectionFlag.Columns,
            )
        self.enable()

    # what the columns are

    def _selected(self) -> list[int]:
        return sorted({i.column() for i in self.table.selectionModel().selectedIndexes()})

    def _chosen(self) -> None:
        columns, chosen = self.columns, self._selected()
        some = [columns[i] for i in chosen if i < len(columns)]
        for buttons, options, setting in (
            (self.roles, ROLES.options, "role"),
            (self.types, TYPES.options, "type"),
        ):
            values = {getattr(c, setting) for c in some}
            for button, (name, _) in zip(buttons.buttons, options, strict=True):
                button.setChecked(values == {name})
                button.setEnabled(bool(some))
        names = ", ".join(c.name for c in some[:4]) + (" …" if len(some) > 4 else "")
        told = self._preview.told if self._preview is not None else ()
        if len(chosen) == 1 and chosen[0] < len(told) and told[chosen[0]]:
            names += f": {told[chosen[0]]}"
        self.which.set_text(names or _HINT, _HINT)

    def _set(self, setting: str, value: str) -> None:
        columns = self.columns
        for i in self._selected():
            column = columns[i]
            role, type_ = (value, column.type) if setting == "role" else (column.role, value)
            self._said[column.name] = dataclasses.replace(column, role=role, type=type_)
        self.model.set_columns(self.columns)
        self._chosen()
        self.enable()

    def enable(self) -> None:
        problems = self.problems
        self.ok.setEnabled(
            self._preview is not None and bool(self._guessed) and not problems and not self.busy
        )
        for widget in (
            self.sheets,
            self.form,
            self.policy,
            self.roles,
            self.types,
            self.table,
        ):
            widget.setEnabled(not self.busy)
        if self._preview is not None and not self.busy:
            self.say("\n".join(problems[:4]), bad=True)
        self._chosen()

    def _fit_widths(self) -> None:
        small = QFontMetrics(font(SMALL, strong=True))
        text = self.table.fontMetrics()
        header = self.table.horizontalHeader()
        for i, column in enumerate(self.columns[:100]):
            cells = [row[i] for row in self._preview_rows() if i < len(row)]
            widest = max((text.horizontalAdvance(cell) for cell in cells[:20]), default=0)
            head = max(small.horizontalAdvance(w) for w in (column.name, "Feature · category"))
            header.resizeSection(i, min(max(widest, head) + 20, _WIDEST))

    def _preview_rows(self) -> tuple[tuple[str, ...], ...]:
        return self._preview.rows if self._preview is not None else ()


def _table(model: SampleModel) -> QTableView:
    table = QTableView()
    table.setHorizontalHeader(ColumnHeads())
    table.setModel(model)
    table.setAccessibleName("The first rows of the table")
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectColumns)
    table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setShowGrid(False)
    table.setStyleSheet(TABLE_SHEET)
    table.setWordWrap(False)
    lines = table.verticalHeader()
    lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    lines.setDefaultSectionSize(table.fontMetrics().height() + 6)
    lines.setFont(font(SMALL))
    lines.setToolTip("The line of the file.")
    return table
