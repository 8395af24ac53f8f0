"""The arrays of an operation side by side: results first, then what they are made from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gradloom.engine.elements import address_of
from gradloom.layers.expression import Reference
from gradloom.session.explaining import Shown
from gradloom.ui.stepper.matrix import Cell, MatrixView, bar_width, said
from gradloom.ui.theme import SMALL, Theme, font

_NARROWEST, _SHARE = 260, 0.62  # a wide card takes so much, so that its neighbour is seen
_ROW_GAP, _COLUMN_GAP = 6, 16


class _Card(QWidget):
    """A matrix under its title."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.title.setFont(font(SMALL, strong=True))
        self.detail = QLabel()
        self.detail.setFont(font(SMALL))
        self.matrix = MatrixView(theme)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.title)
        head.addWidget(self.detail, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.matrix, 1)

    def wanted(self) -> QSize:
        """The size that shows everything."""
        whole = self.matrix.wanted()
        head = self.title.sizeHint().width() + self.detail.sizeHint().width() + 6
        high = self.title.sizeHint().height() + 4
        return QSize(max(head, whole.width()), whole.height() + high)


class ArraysView(QScrollArea):
    """Cells are told as (number of the array, (row, column))."""

    hovered = Signal(int, object)  # array, Cell | None
    clicked = Signal(int, object)
    edited = Signal(int, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cards: list[_Card] = []
        self._arrays: tuple[Shown, ...] = ()
        self._scale = 1.0
        self._inner = QWidget()
        self.setWidget(self._inner)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Arrays of this operation")
        theme.changed.connect(self._themed)

    @property
    def arrays(self) -> tuple[Shown, ...]:
        """What is shown."""
        return self._arrays

    def matrix(self, number: int) -> MatrixView:
        """The matrix of one array."""
        return self._cards[number].matrix

    def show_arrays(self, arrays: tuple[Shown, ...], row_names: Sequence[str]) -> None:
        """Show these; `row_names` name the rows of the batch."""
        self._arrays = arrays
        self._scale = _scale(arrays)
        while len(self._cards) < len(arrays):
            self._add(len(self._cards))
        for number, card in enumerate(self._cards):
            card.setVisible(number < len(arrays))
            if number >= len(arrays):
                continue
            shown = arrays[number]
            names = row_names if _is_batch(shown, len(row_names)) else ()
            card.matrix.show_array(shown, self._scale, names)
            card.matrix.light(frozenset(), frozenset())
            card.matrix.setAccessibleName(_title(shown))
            card.title.setText(_title(shown))
            card.detail.setText(_detail(shown))
            card.detail.setToolTip(_summary(shown))
        self._arrange()

    def light(
        self,
        pinned: tuple[int, Cell] | None,
        references: Sequence[Reference],
        strong: Sequence[Reference],
    ) -> None:
        """Light the elements that made the pinned number; `strong` are those of one term."""
        soft = self._cells(references)
        hard = self._cells(strong)
        for number in range(len(self._arrays)):
            held = pinned[1] if pinned and pinned[0] == number else None
            self._cards[number].matrix.light(frozenset(soft[number]), frozenset(hard[number]), held)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # arrows walk, they do not scroll

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Cards from left to right; those that fit under each other share a column."""
        room, bar = self.viewport().size(), bar_width(self)
        widest = max(_NARROWEST, round(room.width() * _SHARE))
        columns: list[list[tuple[_Card, QSize]]] = []
        used = 0
        for card in self._cards[: len(self._arrays)]:
            wanted = card.wanted()
            if wanted.width() > widest:
                wanted.setHeight(wanted.height() + bar)
            size = wanted.boundedTo(QSize(widest, max(room.height(), 60)))
            if columns and used + _ROW_GAP + size.height() <= room.height():
                used += _ROW_GAP + size.height()
                columns[-1].append((card, size))
            else:
                used = size.height()
                columns.append([(card, size)])
        x = 0
        for column in columns:
            width, y = max(size.width() for _, size in column), 0
            for card, size in column:
                if card.wanted().height() > size.height():
                    width += bar
                card.setGeometry(x, y, width, size.height())
                y += size.height() + _ROW_GAP
            x += width + _COLUMN_GAP
        self._inner.resize(max(x - _COLUMN_GAP, 0), room.height())

    def _cells(self, references: Sequence[Reference]) -> list[set[Cell]]:
        found: list[set[Cell]] = [set() for _ in self._arrays]
        names = [shown.value.name for shown in self._arrays]
        for reference in references:
            if reference.value.name in names:  # quicker than by the place in memory
                for number, shown in enumerate(self._arrays):
                    if names[number] == reference.value.name and (
                        reference.before == shown.before or not shown.result
                    ):
                        found[number].add(shown.cell_of(reference.index))
                continue
            address: int | None = None
            for number, shown in enumerate(self._arrays):
                if shown.result and reference.before:
                    continue
                value = shown.value
                if value.array is reference.value.array and value.array.ndim == len(
                    reference.index
                ):
                    found[number].add(shown.cell_of(reference.index))
                    continue
                if address is None:
                    address = address_of(reference.value.array, reference.index)
                cell = shown.cell_at(address)
                if cell is not None:
                    found[number].add(cell)
        return found

    def _add(self, number: int) -> None:
        card = _Card(self._theme, self._inner)
        card.matrix.hovered.connect(lambda cell: self.hovered.emit(number, cell))
        card.matrix.clicked.connect(lambda cell: self.clicked.emit(number, cell))
        card.matrix.edited.connect(lambda cell: self.edited.emit(number, cell))
        self._cards.append(card)
        self._themed()

    def _themed(self) -> None:
        quiet = self._theme.tokens.quiet
        for card in self._cards:
            card.detail.setStyleSheet(f"color: {quiet};")


def _is_batch(shown: Shown, rows: int) -> bool:
    return rows > 0 and shown.array.ndim > 1 and shown.array.shape[0] == rows and _flows(shown)


def _flows(shown: Shown) -> bool:
    """Whether the rows are those of the batch: parameters and their slopes have inputs as rows."""
    last = shown.value.name.rsplit(".", 1)[-1]
    return last not in ("W", "dW")


def _title(shown: Shown) -> str:
    return f"{shown.title} before" if shown.before else shown.title


def _detail(shown: Shown) -> str:
    shape = " × ".join(str(n) for n in shown.array.shape)
    text = shape or "1"
    if not shown.known:
        return f"{text} · not computed yet"
    if shown.array.size > 400:
        with np.errstate(all="ignore"):
            text += f" · {said(float(shown.array.min()))} … {said(float(shown.array.max()))}"
    return text


def _summary(shown: Shown) -> str:
    if not shown.known or not shown.array.size:
        return ""
    numbers = shown.array
    with np.errstate(all="ignore"):
        norm = float(np.sqrt(np.square(numbers, dtype=np.float64).sum()))
        mean, deviation = (
            float(numbers.mean(dtype=np.float64)),
            float(numbers.std(dtype=np.float64)),
        )
        low, high = float(numbers.min()), float(numbers.max())
    return (
        f"{numbers.size:,} numbers from {low:.4g} to {high:.4g}, mean {mean:.4g},"
        f" deviation {deviation:.4g}, length {norm:.4g}"
    )


def _scale(arrays: Sequence[Shown]) -> float:
    """The largest finite magnitude of all; single numbers (a count, a rate) do not set it."""
    largest = 0.0
    several = [shown for shown in arrays if shown.known and shown.array.size > 1]
    for shown in several or [shown for shown in arrays if shown.known]:
        if shown.array.size:
            low, high = float(shown.array.min()), float(shown.array.max())
            if not (np.isfinite(low) and np.isfinite(high)):
                finite = shown.array[np.isfinite(shown.array)]
                low, high = (float(finite.min()), float(finite.max())) if finite.size else (0, 0)
            largest = max(largest, -low, high)
    return largest or 1.0
