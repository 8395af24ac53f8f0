"""The gradient check in a window of its own: largest errors first, with verdicts and excuses."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gradloom.engine.gradcheck import FORMULA, Compared, GradientChecker, Verdict
from gradloom.session.plain import plain
from gradloom.ui.formulas import formula
from gradloom.ui.theme import LARGE, Theme

_HEADERS = ("Layer", "Weight", "By backpropagation", "Measured", "Relative error", "Verdict")
_SLICE = 0.008  # seconds of checking between two looks at the event loop
_MOST = 1000  # rows in the table
_COLOURS = {Verdict.EXCUSED: "warning", Verdict.DOUBTFUL: "warning", Verdict.WRONG: "error"}

Index = QModelIndex | QPersistentModelIndex


class _Table(QAbstractTableModel):
    """Comparisons as rows."""

    def __init__(self, name: Callable[[str], str], theme: Theme) -> None:
        super().__init__()
        self._name, self._theme = name, theme
        self.rows: list[Compared] = []

    def show_rows(self, rows: list[Compared]) -> None:
        """Show these instead."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(_HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return _HEADERS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.reason or "Both ways give the same slope."
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (2, 3, 4):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole and column == 5 and row.verdict in _COLOURS:
            return QColor(getattr(self._theme.tokens, _COLOURS[row.verdict]))
        return None

    def _text(self, row: Compared, column: int) -> str:
        places = ", ".join(str(i + 1) for i in row.index)
        texts = (
            self._name(row.layer),
            f"{plain(row.parameter)}[{places}]",
            f"{row.analytic:.8g}",
            f"{row.numeric:.8g}",
            f"{row.error:.1e}",
            str(row.verdict),
        )
        return texts[column].replace("-", "−")


class CheckDialog(QDialog):
    """Checks in slices between events, so that nothing freezes; Cancel keeps what was found."""

    def __init__(
        self, theme: Theme, name: Callable[[str], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._checker: GradientChecker | None = None
        self._todo: Iterator[Compared] = iter(())
        self._found: list[Compared] = []
        self._count = 0
        self.setWindowTitle("Gradient check")
        self.setModal(False)
        self.resize(720, 420)
        self.picture = QLabel()
        self.picture.setAccessibleName(plain(FORMULA))
        self.picture.setToolTip(
            "h = ε^⅓ · max(1, |θ|) with ε of 64-bit numbers; τ = 10⁻⁴ |L|."
            " Up to 10⁻⁶ both ways agree, above 10⁻³ they differ."
        )
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        self.table = _Table(name, theme)
        self.view = QTableView()
        self.view.setModel(self.table)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.verticalHeader().hide()
        self.view.setShowGrid(False)
        self.view.setAccessibleName("Weights, largest error first")
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.view.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        self.view.selectionModel().currentRowChanged.connect(self._chosen)
        self.reason = QLabel()
        self.reason.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self._cancelled)
        self.shut = QPushButton("Close")
        self.shut.clicked.connect(self.close)
        for button in (self.cancel, self.shut):
            button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.bar, 1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.shut)
        column = QVBoxLayout(self)
        for widget in (self.picture, self.sentence, self.view, self.reason, self.notes):
            column.addWidget(widget)
        column.addLayout(buttons)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._work)
        theme.changed.connect(self._themed)
        self._themed()

    @property
    def running(self) -> bool:
        """Whether there are weights to check still."""
        return self._timer.isActive()

    def check_all(self, checker: GradientChecker) -> None:
        """Check every weight."""
        self._begin(checker, checker.each(), checker.count)

    def check_one(
        self, checker: GradientChecker, layer: str, parameter: str, index: tuple[int, ...]
    ) -> None:
        """Check one weight."""
        self._begin(checker, iter((checker.one(layer, parameter, index),)), 1)

    def _begin(self, checker: GradientChecker, todo: Iterator[Compared], count: int) -> None:
        self._checker, self._todo, self._count = checker, todo, count
        self._found = []
        self.bar.setRange(0, count)
        self.notes.setText(" ".join(checker.notes()))
        self.notes.setVisible(bool(checker.notes()))
        self.reason.setText("")
        self.cancel.setEnabled(True)
        self._next_picture = 0.0
        self._timer.start(0)

    def _work(self) -> None:
        end = perf_counter() + _SLICE
        for compared in self._todo:
            self._found.append(compared)
            if perf_counter() >= end:
                break
        else:
            self._timer.stop()
        now = perf_counter()
        if now >= self._next_picture or not self.running:
            self._show()
            self._next_picture = now + 0.25
        self.bar.setValue(len(self._found))

    def _show(self) -> None:
        checker = self._checker
        assert checker is not None
        self.table.show_rows(heapq.nlargest(_MOST, self._found, key=_size))
        report = checker.report(self._found)
        self.sentence.setText(
            report.sentence() if self._count > 1 else self._found[0].reason or "Both agree."
        )
        self.cancel.setEnabled(self.running)
        if not self.running and self.table.rows:
            self.view.selectRow(0)

    def _cancelled(self) -> None:
        self._timer.stop()
        self._show()

    def _chosen(self, index: QModelIndex) -> None:
        row = self.table.rows[index.row()] if 0 <= index.row() < len(self.table.rows) else None
        self.reason.setText(row.reason if row is not None else "")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._themed()

    def _themed(self) -> None:
        self.notes.setStyleSheet(f"color: {self._theme.tokens.quiet};")
        self.table.layoutChanged.emit()
        if not self.isVisible():
            return  # the first formula takes half a second
        picture = formula(FORMULA, LARGE, self._theme.tokens.text)
        if picture is not None:
            self.picture.setPixmap(picture)
        else:
            self.picture.setText(plain(FORMULA))

    def done(self, code: int) -> None:
        self._timer.stop()
        super().done(code)


def _size(compared: Compared) -> float:
    return compared.error if math.isfinite(compared.error) else math.inf
