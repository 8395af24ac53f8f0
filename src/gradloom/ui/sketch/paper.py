"""The paper that one draws on, with the cells that the drawing will come to."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradloom.layers.shapes import Array
from gradloom.session.sketching import Sketch
from gradloom.ui.keys import ARROWS
from gradloom.ui.theme import SMALL, Theme, font

_LEAST_CELL = 6.0  # px, from which on cells have lines between them
_MOST_UNDONE = 30  # strokes
_HINT = "Draw here. The right button rubs out."
Place = tuple[float, float]


class Paper(QWidget):
    """Left button draws, right button (or Shift) rubs out, Esc takes the stroke back.

    With the keyboard: arrows move a pen, Enter draws a cell, Backspace rubs it out.
    """

    drawn = Signal()  # what is on it changed

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sketch: Sketch | None = None
        self._before: list[Sketch] = []  # what strokes were drawn over
        self._last: Place | None = None  # of the stroke that goes on
        self._rubbing = False
        self._pointer: QPointF | None = None
        self._pen: tuple[int, int] | None = None  # the keyboard's cell
        self.brush = 1.0  # times the width of the data's lines
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Paper to draw on")
        self.setAccessibleDescription(
            "Arrow keys move the pen, Enter draws, Backspace rubs out, Delete clears."
        )
        self.setToolTip(
            "Left button: draw. Right button or Shift: rub out. Ctrl+Z: take a stroke back."
            " Arrow keys move a pen, Enter draws a cell, Delete clears."
        )
        theme.changed.connect(self.update)

    @property
    def sketch(self) -> Sketch | None:
        """What is drawn."""
        return self._sketch

    def set_sketch(self, sketch: Sketch | None) -> None:
        """Other paper."""
        self._sketch, self._last, self._pen = sketch, None, None
        self._before = []
        self.update()

    def load(self, raw: Array) -> None:
        """Put a row of the data on the paper."""
        if self._sketch is not None:
            self._remember()
            self._sketch.load(raw)
            self._tell()

    def clear(self) -> None:
        """Take everything off the paper."""
        if self._sketch is not None and not self._sketch.blank:
            self._remember()
            self._sketch.clear()
            self._tell()

    def take_back(self) -> None:
        """What was before the last stroke."""
        if self._sketch is not None and self._before:
            self._sketch = self._before.pop()
            self._last = None
            self._tell()

    def place_of(self, row: float, column: float) -> QPointF:
        """Where a place in cells is in the widget."""
        paper, cell = self._paper(), self._cell()
        return QPointF(paper.x() + column * cell, paper.y() + row * cell)

    def sizeHint(self) -> QSize:
        return QSize(220, 220)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 96)

    # where things are

    def _cells(self) -> tuple[int, int]:
        _, rows, columns = (1, 1, 1) if self._sketch is None else self._sketch.manner.shape
        return rows, columns

    def _cell(self) -> float:
        rows, columns = self._cells()
        return float(min((self.width() - 2) / columns, (self.height() - 2) / rows))

    def _paper(self) -> QRectF:
        rows, columns = self._cells()
        cell = self._cell()
        wide, high = columns * cell, rows * cell
        return QRectF((self.width() - wide) / 2, 1, wide, high)

    def _at(self, event: QMouseEvent) -> Place:
        paper, cell = self._paper(), self._cell()
        at = event.position()
        return (at.y() - paper.y()) / cell, (at.x() - paper.x()) / cell

    # draw

    def _remember(self) -> None:
        assert self._sketch is not None
        self._before.append(self._sketch.copy())
        del self._before[:-_MOST_UNDONE]

    def _tell(self) -> None:
        self.update()
        self.drawn.emit()

    def _stroke(self, to: Place) -> None:
        if self._sketch is not None and self._last is not None:
            self._sketch.draw(self._last, to, self.brush, rub=self._rubbing)
            self._last = to
            self._tell()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        buttons = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)
        if self._sketch is None or event.button() not in buttons or self._last is not None:
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._rubbing = shift or event.button() is Qt.MouseButton.RightButton
        self._remember()
        self._last = self._at(event)
        self._stroke(self._last)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        if event.buttons():
            self._stroke(self._at(event))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._last = None

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self.update()

    def event(self, event: QEvent) -> bool:
        # else these keys mean the project's last edit or its layers
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo = event.matches(QKeySequence.StandardKey.Undo) and bool(self._before)
            if undo or self._owns(Qt.Key(event.key())):
                event.accept()
                return True
        return super().event(event)

    def _owns(self, key: Qt.Key) -> bool:
        if key is Qt.Key.Key_Escape:
            return self._last is not None
        return key in ARROWS or key in (
            Qt.Key.Key_Delete,
            Qt.Key.Key_Backspace,
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self._sketch is None:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Undo) or (
            key is Qt.Key.Key_Escape and self._last is not None
        ):
            self.take_back()
        elif key in ARROWS:
            rows, columns = self._cells()
            row, column = self._pen or (rows // 2, columns // 2)
            if self._pen is not None:
                row, column = row + ARROWS[key][0], column + ARROWS[key][1]
            self._pen = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
            self.update()
        elif key is Qt.Key.Key_Delete:
            self.clear()
        elif self._pen is not None and self._owns(key):
            self._remember()
            self._rubbing = key is Qt.Key.Key_Backspace
            self._last = self._pen[0] + 0.5, self._pen[1] + 0.5
            self._stroke(self._last)
            self._last = None
        else:
            super().keyPressEvent(event)

    # paint

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, sketch = self._theme.tokens, self._sketch
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if sketch is None:
            return
        paper, cell = self._paper(), self._cell()
        painter.fillRect(paper, QColor(tokens.surface))
        painter.drawImage(paper, _image(sketch.ink, QColor(tokens.surface), QColor(tokens.text)))
        rows, columns = self._cells()
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        if cell >= _LEAST_CELL:
            across = [paper.y() + i * cell for i in range(1, rows)]
            down = [paper.x() + i * cell for i in range(1, columns)]
            painter.drawLines(
                [QLineF(paper.left(), y, paper.right(), y) for y in across]
                + [QLineF(x, paper.top(), x, paper.bottom()) for x in down]
            )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.accent if self.hasFocus() else tokens.quiet), 1))
        painter.drawRect(paper)
        if self._pen is not None and self.hasFocus():
            corner = self.place_of(*self._pen)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(QRectF(corner.x(), corner.y(), cell, cell))
        if sketch.blank:
            painter.setPen(QColor(tokens.quiet))
            painter.setFont(font(SMALL))
            how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(paper.adjusted(8, 8, -8, -8), int(how), _HINT)
        if self._pointer is not None and paper.contains(self._pointer):
            painter.setPen(QPen(QColor(tokens.accent), 1))
            radius = sketch.manner.brush * self.brush * cell
            painter.drawEllipse(self._pointer, radius, radius)


def _image(ink: Array, paper: QColor, text: QColor) -> QImage:
    """Ink from 0 to 1 in the colours of paper and text."""
    steps = np.rint(ink * 255).astype(np.uint8)
    height, width = steps.shape
    image = QImage(steps.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
    ends = [(c.red(), c.green(), c.blue()) for c in (paper, text)]
    table = np.rint(np.linspace(ends[0], ends[1], 256)).astype(int).tolist()
    image.setColorTable([0xFF000000 | r << 16 | g << 8 | b for r, g, b in table])
    return image.copy()
