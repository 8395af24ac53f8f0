"""The preview's table: the first rows of a file, under what each column is taken for."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from gradloom.data import Column, TableFormat
from gradloom.data.cells import number
from gradloom.data.columns import ROLES, TYPES
from gradloom.data.gathering import why_no_number
from gradloom.ui.theme import SMALL, Theme, font

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_ROLES, _TYPES = dict(ROLES.options), dict(TYPES.options)
_NOWHERE = QModelIndex()
TABLE_SHEET = """
    QTableView::item { padding: 0 6px; }
    QHeaderView { background: palette(window); border: none; }
    QHeaderView::section { background: palette(window); border: none; padding: 0 6px;
        border-bottom: 1px solid palette(mid); }
    QHeaderView::section:vertical { border-bottom: none; border-right: 1px solid palette(mid); }
    QTableCornerButton::section { background: palette(window); border: none; }
"""  # of every table


def words_of(column: Column) -> str:
    """What a column is taken for, in words."""
    return (
        _ROLES[column.role]
        if column.role == "ignore"
        else (f"{_ROLES[column.role]} · {_TYPES[column.type].lower()}")
    )


class SampleModel(QAbstractTableModel):
    """Rows of text; the columns' roles and types stand in the header.

    Cells that count as missing are quiet; those that are no numbers where others are stand out.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.columns: tuple[Column, ...] = ()
        self._rows: tuple[tuple[str, ...], ...] = ()
        self._lines: tuple[int, ...] = ()
        self._form = TableFormat()

    def show(
        self,
        columns: tuple[Column, ...],
        rows: tuple[tuple[str, ...], ...],
        lines: tuple[int, ...],
        form: TableFormat,
    ) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.columns, self._rows, self._lines, self._form = columns, rows, lines, form
        self.endResetModel()

    def set_columns(self, columns: tuple[Column, ...]) -> None:
        """The same rows, with columns taken for something else."""
        self.columns = columns
        if columns and self._rows:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(columns) - 1)
            end = self.index(len(self._rows) - 1, len(columns) - 1)
            self.dataChanged.emit(self.index(0, 0), end)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        column, row = self.columns[index.column()], self._rows[index.row()]
        cell = row[index.column()] if index.column() < len(row) else ""
        if role == Role.DisplayRole:
            return cell
        if role == Role.ToolTipRole:
            return self._why_odd(cell, column) or None
        if role == Role.TextAlignmentRole and column.type == "number":
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Role.ForegroundRole:
            if column.role == "ignore":
                return self._theme.colour("hairline")
            if self._why_odd(cell, column):
                missing = cell.lower() in self._form.marks
                return self._theme.colour("quiet" if missing else "error")
            if column.role == "target":
                return self._theme.colour("accent")
        return None

    def _why_odd(self, cell: str, column: Column) -> str:
        """What there is to say of a cell that is not what its column holds, or ""."""
        if cell.lower() in self._form.marks:
            return "Missing"
        if column.type == "category" or number(cell, self._form) is not None:
            return ""
        return f"{why_no_number(cell, self._form)}."

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return str(self._lines[section]) if role == Role.DisplayRole else None
        column = self.columns[section]
        if role == Role.DisplayRole:
            return f"{column.name}\n{words_of(column)}"
        if role == Role.FontRole:
            return font(SMALL, strong=column.role == "target")
        if role == Role.ForegroundRole:
            if column.role == "target":
                return self._theme.colour("accent")
            if column.role == "ignore":
                return self._theme.colour("quiet")
        if role == Role.ToolTipRole:
            return f"{column.name}: {words_of(column)}. Click to choose it, then say what it is."
        return None
