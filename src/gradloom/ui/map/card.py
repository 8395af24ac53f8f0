"""The card of a clicked place: its inputs, what the network answers there, and the loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gradloom.ui.forms.parts import ElidedLabel
from gradloom.ui.plots.scale import figure
from gradloom.ui.theme import SMALL, Theme, class_colours, font

_MOST_INPUTS, _MOST_SHARES = 6, 8
_WIDE = 208


@dataclass(frozen=True)
class Told:
    """What a card says. `shares` {class: share}; `right` is the true answer of a row, or "".

    `losses`: name and loss, of the row itself or of each class that could be right.
    """

    title: str
    inputs: tuple[tuple[str, float], ...]
    answer: str
    shares: tuple[tuple[str, float], ...] = ()
    right: str = ""
    wrong: bool = False
    losses: tuple[tuple[str, float], ...] = ()
    row: int | None = None


class PlaceCard(QFrame):
    """Stands beside its place until it is closed; Esc closes it."""

    closed = Signal()
    walk_asked = Signal(int)  # a row of the dataset

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("place_card")
        self._theme = theme
        self._told: Told | None = None
        self.title = QLabel()
        self.title.setFont(font(strong=True))
        self.close_button = QToolButton()
        self.close_button.setToolTip("Close (Esc)")
        self.close_button.setAccessibleName("Close")
        self.close_button.clicked.connect(self.dismiss)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(1)
        self._rows: list[tuple[ElidedLabel, QLabel]] = []
        self.bars = ShareBars(theme)
        self.walk = QToolButton()
        self.walk.setText("Walk through it")
        self.walk.setToolTip("Go through the forward and the backward pass of this row.")
        self.walk.setFont(font(SMALL))
        self.walk.clicked.connect(self._walk)
        self._answer, self._loss = QGridLayout(), QGridLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 8, 8)
        column.setSpacing(5)
        column.addLayout(head)
        column.addLayout(self._grid)
        column.addWidget(self.bars)
        column.addWidget(self.walk, 0, Qt.AlignmentFlag.AlignLeft)
        self.setFixedWidth(_WIDE)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        theme.changed.connect(self._paint)
        self._paint()
        self.hide()

    @property
    def told(self) -> Told | None:
        """What is said, or None while it is closed."""
        return self._told

    def tell(self, told: Told) -> None:
        """Say this; the card keeps its place."""
        before, self._told = self._told, told
        self.title.setText(told.title)
        lines = [(name, figure(value)) for name, value in told.inputs[:_MOST_INPUTS]]
        hidden = len(told.inputs) - len(lines)
        if hidden > 0:
            lines.append((f"and {hidden} more", ""))
        lines.append(("Answer", told.answer))
        if told.right:
            lines.append(("Target", f"{told.right}, wrong" if told.wrong else told.right))
        lines += [(name, figure(loss)) for name, loss in told.losses[:_MOST_SHARES]]
        self._show_lines(lines)
        self.bars.show_shares(told.shares[:_MOST_SHARES])
        self.walk.setVisible(told.row is not None)
        if before is None or _shape(before) != _shape(told):
            self.adjustSize()
        self.show()

    def place(self, at: QPointF, room: QRectF) -> None:
        """Stand beside a place (px of the parent) within a room, not over it."""
        self.adjustSize()
        right = at.x() + 14 + self.width() <= room.right()
        x = at.x() + 14 if right else at.x() - 14 - self.width()
        y = min(max(at.y() - self.height() / 2, room.top()), room.bottom() - self.height())
        self.move(round(max(x, room.left())), round(max(y, 0.0)))
        self.raise_()

    def dismiss(self) -> None:
        """Close it."""
        if self._told is not None:
            self._told = None
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def _walk(self) -> None:
        if self._told is not None and self._told.row is not None:
            self.walk_asked.emit(self._told.row)

    def _show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        while len(self._rows) < len(lines):
            name, value = ElidedLabel(size=SMALL), QLabel()
            name.set_quiet()
            value.setFont(font(SMALL))
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            row = len(self._rows)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(value, row, 1)
            self._rows.append((name, value))
        for i, (name, value) in enumerate(self._rows):
            there = i < len(lines)
            name.setVisible(there)
            value.setVisible(there)
            if there:
                name.set_text(lines[i][0])
                value.setText(lines[i][1])

    def _paint(self) -> None:
        t = self._theme.tokens
        self.close_button.setIcon(self._theme.icon("x", "quiet"))
        self.setStyleSheet(
            f"QFrame#place_card {{ background: {t.raised}; border: 1px solid {t.hairline};"
            " border-radius: 10px; }"
        )


def _shape(told: Told) -> object:
    """What the size hangs on."""
    return len(told.inputs), len(told.shares), bool(told.right), len(told.losses), told.row is None


class ShareBars(QWidget):
    """Class shares as bars with names and numbers, in the colours of the classes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shares: Sequence[tuple[str, float]] = ()
        self.setFont(font(SMALL))
        theme.changed.connect(self.update)

    def show_shares(self, shares: Sequence[tuple[str, float]]) -> None:
        """Show these shares; none: nothing."""
        self._shares = shares
        self.setVisible(bool(shares))
        self.setFixedHeight(max(17 * len(shares), 1))
        said = ", ".join(f"{name} {share:.2f}" for name, share in shares)
        self.setAccessibleName(said)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, t = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = painter.fontMetrics()
        names = max((metrics.horizontalAdvance(n) for n, _ in self._shares), default=0)
        names = min(names, self.width() // 3)
        numbers = metrics.horizontalAdvance("0.00") + 8
        room = max(self.width() - names - numbers - 8, 10)
        colours = class_colours(t, len(self._shares))
        for i, (name, share) in enumerate(self._shares):
            y = 17.0 * i
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names)
            painter.setPen(QColor(t.quiet))
            base = y + 13
            painter.drawText(QPointF(0, base), shown)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.hairline))
            painter.drawRoundedRect(QRectF(names + 8, y + 5, room, 7), 3.5, 3.5)
            width = room * min(max(share, 0.0), 1.0)
            if width > 0:
                painter.setBrush(QColor(colours[i]))
                painter.drawRoundedRect(QRectF(names + 8, y + 5, max(width, 3.0), 7), 3.5, 3.5)
            painter.setPen(QColor(t.text))
            painter.drawText(QPointF(self.width() - numbers + 8, base), f"{share:.2f}")
