"""One array under its title."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gradloom.ui.stepper.cells import CellsView
from gradloom.ui.stepper.matrix import MatrixView
from gradloom.ui.stepper.tiles import TilesView
from gradloom.ui.theme import SMALL, Theme, font


class ArrayCard(QWidget):
    """Title and a few words, and below them the array as a matrix or as pictures."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.title.setFont(font(SMALL, strong=True))
        self.detail = QLabel()
        self.detail.setFont(font(SMALL))
        self.view: CellsView = MatrixView(theme)
        self._views: dict[type[CellsView], CellsView] = {MatrixView: self.view}
        self._theme = theme
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.title)
        head.addWidget(self.detail, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addLayout(head)
        self._column.addWidget(self.view, 1)

    @property
    def is_result(self) -> bool:
        """Whether its array is made by the operation."""
        return self.view.shown is not None and self.view.shown.result

    def use(self, kind: type[MatrixView | TilesView]) -> bool:
        """Show such a view; whether it was made just now."""
        new = kind not in self._views
        if new:
            self._views[kind] = kind(self._theme)
            self._column.addWidget(self._views[kind], 1)
        self.view = self._views[kind]
        for view in self._views.values():
            view.setVisible(view is self.view)
        return new

    def wanted(self, room: QSize) -> QSize:
        """The size that shows everything, in this room if that can be."""
        high = self.title.sizeHint().height() + 4
        whole = self.view.wanted(QSize(room.width(), room.height() - high))
        head = self.title.sizeHint().width() + self.detail.sizeHint().width() + 6
        return QSize(max(head, whole.width()), whole.height() + high)
