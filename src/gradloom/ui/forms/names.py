"""Column names: a list with check boxes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy, QWidget

from gradloom.core.checks import Names
from gradloom.ui.forms.field import Field

_ROWS = 8


class NamesField(Field):
    """Some of the columns there are, in the order of the data; Space ticks and unticks."""

    wide = True

    def __init__(self, check: Names) -> None:
        super().__init__(check)
        self._shown: tuple[str, ...] = ()
        self._candidates: tuple[str, ...] = ()
        self.list = QListWidget()
        self.list.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._ticked)
        self.line.addWidget(self.list)
        self.setFocusProxy(self.list)

    def focus_widget(self) -> QWidget:
        return self.list

    def show_value(self, value: Any, names: tuple[str, ...] = (), automatic: str = "") -> None:
        gone = tuple(name for name in value if name not in names)
        self._shown = value
        if (*names, *gone) != self._candidates:
            self._candidates = (*names, *gone)
            self.list.clear()
            for name in self._candidates:
                item = QListWidgetItem(name)
                item.setFlags(
                    Qt.ItemFlag.ItemIsEnabled
                    | Qt.ItemFlag.ItemIsUserCheckable
                    | Qt.ItemFlag.ItemIsSelectable
                )
                item.setToolTip(f"{name}: not in this data" if name in gone else name)
                item.setCheckState(_tick(name in value))
                self.list.addItem(item)
            row = max(self.list.sizeHintForRow(0), 18)
            self.list.setFixedHeight(row * min(max(len(self._candidates), 1), _ROWS) + 6)
        for i, name in enumerate(self._candidates):
            item = self.list.item(i)
            if item.checkState() != _tick(name in value):
                item.setCheckState(_tick(name in value))

    def _ticked(self, _: QListWidgetItem) -> None:
        if self.list.count() < len(self._candidates):
            return  # being filled
        ticked = tuple(
            name
            for i, name in enumerate(self._candidates)
            if self.list.item(i).checkState() == Qt.CheckState.Checked
        )
        if set(ticked) == set(self._shown):
            return
        why = self.check.why_not(ticked)
        if why is not None:
            self.refused.emit(why)
            return
        self.refused.emit("")
        self.proposed.emit(ticked, "")
        self.settled.emit()


def _tick(on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
