"""The classes one can draw: a switch for each, and a panel in which they are named and removed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QIcon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from gradloom.data import Drawing
from gradloom.data.drawing import (
    add_class,
    fresh_class,
    removal_words,
    remove_class,
    rename_class,
    why_not_class,
)
from gradloom.ui.forms.parts import sentence
from gradloom.ui.forms.popup import Popup
from gradloom.ui.plots.markers import RADIUS, stamp
from gradloom.ui.theme import SMALL, Theme, class_colours, font

MOST_CLASSES = 9  # as many as there are number keys
_WIDEST = 84  # px of a name

Edit = Callable[[str, Callable[[Drawing], Drawing]], object]


def class_icon(theme: Theme, number: int, ratio: float) -> QIcon:
    """The marker of a class in its colour."""
    tokens = theme.tokens
    colour = class_colours(tokens, number + 1)[number]
    return QIcon(stamp(number, "train", colour, tokens.surface, RADIUS + 0.8, ratio))


class Swatch(QToolButton):
    """Chooses a class to draw."""

    def __init__(self, number: int, name: str) -> None:
        super().__init__()
        self.number, self.name = number, name
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setFont(font(SMALL))
        self.setIconSize(QSize(16, 16))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        metrics = QFontMetrics(self.font())
        self.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, _WIDEST))
        self.setFixedWidth(metrics.horizontalAdvance(self.text()) + 32)
        key = f" (key {number + 1})" if number < MOST_CLASSES else ""
        self.setToolTip(f"Draw points of class {name}{key}.")
        self.setAccessibleName(f"Class {name}")


class ClassesPopup(Popup):
    """A line for each class: its marker, its name to be changed, a button that removes it."""

    def __init__(self, theme: Theme, button: QToolButton, edit: Edit) -> None:
        """`edit` is given what to do with the drawing, and the words for it."""
        super().__init__(theme, button, "Classes")
        self.setFixedWidth(260)
        self._edit = edit
        self._source: Drawing | None = None
        self._lines: list[QWidget] = []
        self.names: list[QLineEdit] = []
        self.removers: list[QToolButton] = []
        self.fault = sentence(quiet=False)
        self.fault.hide()
        self.adder = QPushButton("Add a class")
        self.adder.setFont(font(SMALL))
        self.adder.setAutoDefault(False)
        self.adder.clicked.connect(partial(add_to, edit))
        theme.changed.connect(self._fill)
        self.column.addWidget(self.fault)
        self.column.addWidget(self.adder, 0, Qt.AlignmentFlag.AlignLeft)

    def show_drawing(self, source: Drawing) -> None:
        """Show the classes of this drawing."""
        before, self._source = self._source, source
        classes = source.content.target_columns[0].classes
        self.adder.setEnabled(len(classes) < MOST_CLASSES)
        self.adder.setToolTip(why_no_more(classes) or f"Adds class {fresh_class(classes)}.")
        if before is None or before.content.target_columns[0].classes != classes:
            self._fill()
        for number, remover in enumerate(self.removers):
            tip = removal_words(source, number) if len(classes) > 2 else "Two classes must stay"
            remover.setEnabled(len(classes) > 2)
            remover.setToolTip(f"{tip}.")
            remover.setAccessibleName(tip)

    def _fill(self) -> None:
        if self._source is None:
            return
        classes = self._source.content.target_columns[0].classes
        for line in self._lines:
            self.column.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines, self.names, self.removers = [], [], []
        for number, name in enumerate(classes):
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            marker = QLabel()
            marker.setPixmap(
                class_icon(self._theme, number, self.devicePixelRatioF()).pixmap(16, 16)
            )
            edit = QLineEdit(name)
            edit.setAccessibleName(f"Name of class {number + 1}")
            edit.textEdited.connect(partial(self._typed, number))
            edit.editingFinished.connect(partial(self._rename, number))
            remover = QToolButton()
            remover.setIcon(self._theme.icon("trash-2", "quiet"))
            remover.clicked.connect(partial(self._remove, number))
            for widget in (marker, edit, remover):
                row.addWidget(widget)
            self._lines.append(line)
            self.names.append(edit)
            self.removers.append(remover)
            self.column.insertWidget(self.column.indexOf(self.fault), line)
        self._say("")
        self.adjustSize()

    def _typed(self, number: int, name: str) -> None:
        if self._source is not None:
            self._say(why_not_class(self._source, number, name))

    def _rename(self, number: int) -> None:
        if self._source is None:
            return
        old = self._source.content.target_columns[0].classes[number]
        name = self.names[number].text()
        if why_not_class(self._source, number, name):
            self.names[number].setText(old)
            self._say("")
        elif name.strip() != old:
            self._edit(f"Rename class {old}", lambda source: rename_class(source, number, name))

    def _remove(self, number: int) -> None:
        if self._source is not None:
            words = removal_words(self._source, number)
            self._edit(words, lambda source: remove_class(source, number))

    def _say(self, fault: str) -> None:
        self.fault.setText(fault)
        if self.fault.isHidden() == bool(fault):
            self.fault.setVisible(bool(fault))
            self.adjustSize()


def why_no_more(classes: tuple[str, ...]) -> str:
    """Why no class can be added, or ""."""
    if len(classes) < MOST_CLASSES:
        return ""
    return f"There is a key for {MOST_CLASSES} classes; remove one first."


def add_to(edit: Edit) -> None:
    """Add a class."""
    edit("Add a class", add_class)
