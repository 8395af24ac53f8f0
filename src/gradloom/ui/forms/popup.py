"""A small panel that opens below a button and closes when one clicks elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QVBoxLayout, QWidget

from gradloom.ui.forms.parts import sentence
from gradloom.ui.theme import Theme, font


class Popup(QFrame):
    """Its rows are put into `column`."""

    def __init__(self, theme: Theme, button: QToolButton, title: str) -> None:
        super().__init__(button, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAccessibleName(title)
        self._theme, self._button = theme, button
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 10, 12, 12)
        self.column.setSpacing(8)
        heading = QLabel(title)
        heading.setFont(font(strong=True))
        self.column.addWidget(heading)
        button.clicked.connect(self.open)
        theme.changed.connect(self._paint)
        self._paint()

    def open(self) -> None:
        """Show it below its button, or above where there is no room."""
        self.adjustSize()
        at = self._button.mapToGlobal(QPoint(0, self._button.height() + 2))
        screen = self._button.screen().availableGeometry()
        x = min(at.x(), screen.right() - self.width())
        y = at.y()
        if y + self.height() > screen.bottom():
            y = max(screen.top(), at.y() - self._button.height() - 4 - self.height())
        self.move(max(screen.left(), x), y)
        self.show()

    def add(self, widget: QWidget, words: str) -> None:
        """A row of its own with a sentence that explains it."""
        self.column.addWidget(widget)
        self.column.addWidget(sentence(words))

    def _paint(self) -> None:
        t = self._theme.tokens
        self.setStyleSheet(
            f"QFrame#popup {{ background: {t.raised}; border: 1px solid {t.hairline}; }}"
        )
