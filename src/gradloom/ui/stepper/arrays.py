"""The arrays of an operation side by side: results first, then what they are made from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QWidget,
)

from gradloom.engine.elements import address_of
from gradloom.layers.expression import Reference
from gradloom.session.explaining import Shown
from gradloom.ui.stepper.card import ArrayCard
from gradloom.ui.stepper.cells import Cell, CellsView, bar_width
from gradloom.ui.stepper.matrix import MatrixView, said
from gradloom.ui.stepper.tiles import TilesView
from gradloom.ui.theme import Theme

_NARROWEST, _SHARE = 260, 0.62  # a wide card takes so much, so that its neighbour is seen
_ROW_GAP, _COLUMN_GAP = 6, 16


class ArraysView(QScrollArea):
    """Cells are told as (number of the array, (row, column))."""

    hovered = Signal(int, object)  # array, Cell | None
    clicked = Signal(int, object)
    edited = Signal(int, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cards: list[ArrayCard] = []
        self._arrays: tuple[Shown, ...] = ()
        self._row_names: Sequence[str] = ()
        self._sample: int | None = None
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

    def view(self, number: int) -> CellsView:
        """What shows one array."""
        return self._cards[number].view

    def sees(self, number: int, cell: Cell) -> bool:
        """Whether a cell is one of those that are shown: of pictures only one row's are."""
        return self._sample is None or cell[0] == self._sample or not self._is_batch(number)

    def first_cell(self, number: int) -> Cell:
        """The one to explain first: of pictures one in the middle, where most is met."""
        shown = self._arrays[number]
        if self._sample is None or not is_pictures(shown):
            return 0, 0
        _, _, height, width = shown.array.shape
        row = self._sample if self._is_batch(number) else 0
        return row, (height // 2) * width + width // 2

    def show_arrays(
        self, arrays: tuple[Shown, ...], row_names: Sequence[str], sample: int | None = None
    ) -> None:
        """Show these; `row_names` name the rows of the batch.

        `sample`: show what is pictures as pictures, of this row of the batch.
        """
        self._row_names, self._sample = row_names, sample
        self._arrays = arrays
        self._scale = _scale(arrays)
        while len(self._cards) < len(arrays):
            self._add(len(self._cards))
        for number, card in enumerate(self._cards):
            card.setVisible(number < len(arrays))
            if number >= len(arrays):
                continue
            shown = arrays[number]
            batch = self._is_batch(number)
            tiles = sample is not None and is_pictures(shown)
            if card.use(TilesView if tiles else MatrixView):
                self._wire(number)
            view = card.view
            if isinstance(view, TilesView):
                view.show_sample(shown, self._scale, row_names, sample if batch else None)
            else:
                view.show_array(shown, self._scale, row_names if batch else ())
            view.light(frozenset(), frozenset())
            view.setAccessibleName(_title(shown))
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
            self._cards[number].view.light(frozenset(soft[number]), frozenset(hard[number]), held)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # arrows walk, they do not scroll

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Cards from left to right; those that fit under each other share a column."""
        room, bar = self.viewport().size(), bar_width(self)
        widest = max(_NARROWEST, round(room.width() * _SHARE))
        columns: list[list[tuple[ArrayCard, QSize, bool]]] = []
        used = 0
        for card in self._cards[: len(self._arrays)]:
            # pictures that something is made of share a column, so that all are seen together
            parts = 1 if card.is_result else 2
            wanted = card.wanted(QSize(widest, room.height() // parts - _ROW_GAP * (parts - 1)))
            if wanted.width() > widest:
                wanted.setHeight(wanted.height() + bar)
            size = wanted.boundedTo(QSize(widest, max(room.height(), 60)))
            scrolls = wanted.height() > size.height()
            if columns and used + _ROW_GAP + size.height() <= room.height():
                used += _ROW_GAP + size.height()
                columns[-1].append((card, size, scrolls))
            else:
                used = size.height()
                columns.append([(card, size, scrolls)])
        x = 0
        for column in columns:
            width, y = max(size.width() for _, size, _ in column), 0
            for card, size, scrolls in column:
                width += bar * scrolls
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
        card = ArrayCard(self._theme, self._inner)
        self._cards.append(card)
        self._wire(number)
        self._themed()

    def _wire(self, number: int) -> None:
        view = self._cards[number].view
        view.hovered.connect(lambda cell: self.hovered.emit(number, cell))
        view.clicked.connect(lambda cell: self.clicked.emit(number, cell))
        view.edited.connect(lambda cell: self.edited.emit(number, cell))

    def _is_batch(self, number: int) -> bool:
        return _is_batch(self._arrays[number], len(self._row_names))

    def _themed(self) -> None:
        quiet = self._theme.tokens.quiet
        for card in self._cards:
            card.detail.setStyleSheet(f"color: {quiet};")


def is_pictures(shown: Shown) -> bool:
    """Whether an array can be shown as pictures."""
    return shown.array.ndim == 4


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
