"""What one chooses above the map (Output, probability or class, points); what is read below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QIcon, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from gradloom.ui.plots.markers import stamp
from gradloom.ui.plots.scale import count
from gradloom.ui.plots.subject import PART_NAMES
from gradloom.ui.theme import SMALL, Theme, font

_WIDE = 420  # px from which the points' buttons have words beside their markers


class Controls(QWidget):
    """One row; the buttons of the points are their legend."""

    subject_chosen = Signal()
    shading_chosen = Signal()
    points_chosen = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.title = QLabel()
        self.title.setFont(font(strong=True))
        self.title.setMinimumWidth(40)
        self.subject = QComboBox()
        self.subject.setAccessibleName("Output shown in the map")
        self.subject.setToolTip("Which answer of the network the map shows.")
        self.subject.currentIndexChanged.connect(self.subject_chosen)
        self.soft = _switch("Probability", "Shade by how sure the network is.")
        self.hard = _switch("Class", "Show the likeliest class everywhere.")
        self.soft.setChecked(True)
        group = QButtonGroup(self)
        group.addButton(self.soft)
        group.addButton(self.hard)
        self.soft.toggled.connect(self.shading_chosen)
        self.parts = tuple(
            _switch(name.capitalize(), f"Show the {name} points.") for name in PART_NAMES
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.title, 1)
        for widget in (self.subject, self.soft, self.hard):
            row.addWidget(widget)
        row.addSpacing(8)
        for button in self.parts:
            button.setChecked(True)
            button.setIconSize(QSize(14, 14))
            button.toggled.connect(self.points_chosen)
            row.addWidget(button)

    @property
    def shown_parts(self) -> list[int]:
        """Indices of the parts whose points are shown."""
        return [i for i, button in enumerate(self.parts) if button.isChecked()]

    def offer(self, labels: list[str], rows: Sequence[int]) -> None:
        """What there is to choose: answers, and parts of so many rows."""
        if labels != [self.subject.itemText(i) for i in range(self.subject.count())]:
            kept = max(0, self.subject.currentIndex())
            self.subject.clear()
            self.subject.addItems(labels)
            self.subject.setCurrentIndex(min(kept, len(labels) - 1))
        self.subject.setVisible(len(labels) > 1)
        for button, name, number in zip(self.parts, PART_NAMES, rows, strict=True):
            button.setText(f"{name.capitalize()} {count(number)}")
            button.setVisible(bool(labels) and number > 0)

    def offer_shading(self, *, on: bool) -> None:
        """Whether probability or class is a question here."""
        self.soft.setVisible(on)
        self.hard.setVisible(on)

    def repaint_icons(self) -> None:
        """Markers in the colours of the theme."""
        t, ratio = self._theme.tokens, self.devicePixelRatioF()
        for button, name in zip(self.parts, PART_NAMES, strict=True):
            button.setIcon(QIcon(stamp(0, name, t.text, t.surface, 4.5, ratio)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        style = Qt.ToolButtonStyle
        wide = style.ToolButtonTextBesideIcon
        for button in self.parts:
            button.setToolButtonStyle(wide if self.width() >= _WIDE else style.ToolButtonIconOnly)


class Reading(QLabel):
    """The place that is pointed at, in words; always as high, so that the plane does not jump."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWordWrap(True)
        self.setAccessibleName("Reading of the map")
        self.setAlignment(Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._paint)
        self._paint()

    def make_room(self, classes: tuple[str, ...], width: int) -> None:
        """One line, or two where the longest sentence needs them."""
        letters = 75 + sum(len(name) + 6 for name in classes)
        metrics = QFontMetrics(font(SMALL))
        lines = 1 if letters * metrics.averageCharWidth() < width else 2
        self.setFixedHeight(lines * metrics.lineSpacing() + 2)

    def _paint(self) -> None:
        self.setStyleSheet(f"color: {self._theme.tokens.quiet}; font-size: {SMALL}px;")


def _switch(text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip.rstrip("."))
    button.setCheckable(True)
    return button
