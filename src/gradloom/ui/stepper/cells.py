"""What the views of an array have in common: cells that are lit, hovered, clicked, edited."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QStyle, QToolTip, QWidget

from gradloom.session.explaining import Shown
from gradloom.ui.keys import ARROWS
from gradloom.ui.theme import Theme

Cell = tuple[int, int]


class CellsView(QAbstractScrollArea):
    """One array; its cells are (row, column) of `Shown.grid`, from 0."""

    hovered = Signal(object)  # Cell | None
    clicked = Signal(object)  # Cell
    edited = Signal(object)  # Cell: a double click

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: Shown | None = None
        self._scale = 1.0
        self._row_names: Sequence[str] = ()
        self._lit: frozenset[Cell] = frozenset()
        self._strong: frozenset[Cell] = frozenset()
        self._pinned: Cell | None = None
        self._hot: Cell | None = None
        self.cursor_cell: Cell | None = None  # the keyboard's
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        theme.changed.connect(self._lay_out)

    @property
    def shown(self) -> Shown | None:
        """The array it shows."""
        return self._shown

    def show_array(self, shown: Shown, scale: float, row_names: Sequence[str]) -> None:
        """Show an array; `scale` is the magnitude of the strongest colour."""
        other = self._shown is None or self._shown.value.name != shown.value.name
        self._shown, self._scale, self._row_names = shown, scale, row_names
        if other:
            self.horizontalScrollBar().setValue(0)
            self.verticalScrollBar().setValue(0)
            self._hot = self._pinned = self.cursor_cell = None
            self._lit = self._strong = frozenset()
        self._lay_out()

    def light(
        self, lit: frozenset[Cell], strong: frozenset[Cell], pinned: Cell | None = None
    ) -> None:
        """Light the cells that made a number, strongly those of one term; frame the pinned one."""
        if (lit, strong, pinned) != (self._lit, self._strong, self._pinned):
            self._lit, self._strong, self._pinned = lit, strong, pinned
            self.viewport().update()

    @abstractmethod
    def wanted(self, room: QSize) -> QSize:
        """The size that shows everything, in this room if that can be."""

    @abstractmethod
    def cell_at(self, place: QPoint) -> Cell | None:
        """The cell under a point of the viewport."""

    @abstractmethod
    def cell_rect(self, cell: Cell) -> QRect:
        """Where a cell is painted."""

    @abstractmethod
    def show_cell(self, cell: Cell) -> None:
        """Scroll so that a cell is in sight."""

    @abstractmethod
    def _moved(self, cell: Cell | None, down: int, across: int) -> Cell:
        """The cell next to one; from none, the first."""

    @abstractmethod
    def _arrange(self) -> None:
        """Measure, and set what the scroll bars reach."""

    def _lay_out(self) -> None:
        self._arrange()
        self.viewport().update()

    def _reach(self, whole: tuple[int, int], seen: tuple[int, int], step: tuple[int, int]) -> None:
        """What the scroll bars reach: across and down, in px."""
        bars = self.horizontalScrollBar(), self.verticalScrollBar()
        for bar, full, room, one in zip(bars, whole, seen, step, strict=True):
            bar.setPageStep(room)
            bar.setSingleStep(one)
            bar.setRange(0, max(0, full - room))

    def _held(self) -> set[Cell]:
        """Cells with a strong frame."""
        strong = set(self._strong)
        for held in (self._pinned, self._hot, self.cursor_cell if self.hasFocus() else None):
            if held is not None:
                strong.add(held)
        return strong

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._enter(self.cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._enter(None)

    def _enter(self, cell: Cell | None) -> None:
        if cell != self._hot:
            self._hot = cell
            self.viewport().update()
            self.hovered.emit(cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and cell is not None:
            self.cursor_cell = cell
            self.clicked.emit(cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and cell is not None:
            self.edited.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+arrows move the cell under the keyboard; the other keys belong to the walk."""
        key = Qt.Key(event.key())
        if self._shown is None:
            event.ignore()
        elif key in ARROWS and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.cursor_cell = self._moved(self.cursor_cell, *ARROWS[key])
            self.show_cell(self.cursor_cell)
            self.viewport().update()
            self.hovered.emit(self.cursor_cell)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.cursor_cell is not None:
            self.clicked.emit(self.cursor_cell)
        elif key is Qt.Key.Key_F2 and self.cursor_cell is not None:
            self.edited.emit(self.cursor_cell)
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._shown is not None:
            cell = self.cell_at(event.pos())
            if cell is not None and self._shown.known:
                index = self._shown.index_of(*cell)
                places = ", ".join(str(i + 1) for i in index)
                number = self._shown.array[index]
                text = f"{self._shown.title}[{places}] = {float(number)!r}"
                QToolTip.showText(event.globalPos(), text, self.viewport())
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)


def bar_width(widget: QWidget) -> int:
    """How much room a scroll bar takes."""
    return widget.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, widget)
