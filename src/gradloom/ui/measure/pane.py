"""One part of the data, measured: its numbers at the top, its picture below."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gradloom.ui.measure.face import NOTHING, Face, Spot, Words
from gradloom.ui.theme import NORMAL, SMALL, Theme, font

_MARGIN = 8.0


class Pane(QWidget):
    """Arrow keys walk through its numbers, Return or a click selects the rows behind one.

    With Ctrl they are added to those that are selected.
    """

    pointed = Signal(str)  # what the number under the pointer or the keys is, or ""
    picked = Signal(object, str, bool)  # row numbers, a sentence about them, whether to add

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self.name = theme, name
        self._count = ""
        self._figures: Words | None = None
        self._face: Face | None = None
        self._picture: QPixmap | None = None
        self._hovered: Spot | None = None
        self._pointer: QPointF | None = None
        self._current: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        self.setMinimumWidth(120)
        self.setAccessibleName(f"Measures of the {name} rows")
        theme.changed.connect(self._renew)

    @property
    def face(self) -> Face | None:
        """What is shown."""
        return self._face

    def show_face(self, face: Face, figures: Words, count: str) -> None:
        """Show this picture under these numbers; `count` is how many rows there are, or "".

        Without it there is no title either.
        """
        if type(face) is not type(self._face):
            self._current = None
        self._face, self._figures, self._count = face, figures, count
        self._arrange()
        self.setAccessibleDescription(" ".join(spot.words + "." for spot in figures.spots()))

    def spots(self) -> list[Spot]:
        """Everything that keys walk through: the numbers at the top, then the picture's."""
        if self._figures is None or self._face is None:
            return []
        return [*self._figures.spots(), *self._face.spots()]

    def spot_at(self, at: QPointF) -> Spot | None:
        """The number at a place."""
        if self._figures is None or self._face is None:
            return None
        above = next((s for s in self._figures.spots() if s.rect.contains(at)), None)
        return above or self._face.spot(at)

    def sizeHint(self) -> QSize:
        return QSize(240, math.ceil(self._least()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            # kept, because the ring under the pointer moves far more often than the numbers change
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(self._theme.colour("surface"))
            inner = QPainter(self._picture)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(inner)
            inner.end()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        spot = self._key_spot() if self.hasFocus() else None
        for shown, name, thick in ((self._hovered, "text", 1.0), (spot, "accent", 2.0)):
            if shown is not None:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self._theme.colour(name), thick))
                painter.drawRoundedRect(shown.rect.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)

    def _paint(self, painter: QPainter) -> None:
        t = self._theme
        if self._count:
            painter.setFont(font(NORMAL, strong=True))
            painter.setPen(t.colour("text"))
            painter.drawText(QPointF(_MARGIN, 16), self.name)
            wide = painter.fontMetrics().horizontalAdvance(self.name)
            painter.setFont(font(SMALL))
            painter.setPen(t.colour("quiet"))
            painter.drawText(QPointF(_MARGIN + wide + 8, 16), self._count)
        if self._figures is None or self._face is None:
            return
        self._figures.paint(painter)
        self._face.paint(painter)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._pointer = event.position()
        self._hover()

    def leaveEvent(self, event: QEvent) -> None:
        self._pointer = None
        self._hover()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        spot = self.spot_at(event.position())
        added = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if spot is None or spot.rows is None:
            if not added and spot is None:
                self.picked.emit(NOTHING, "", False)  # noqa: FBT003 - a signal
            return
        self.picked.emit(*spot.rows(), added)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        spots = self.spots()
        columns = self._face.columns if self._face is not None else 1
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
        }
        key = Qt.Key(event.key())
        if key in moves and spots:
            first = len(spots) - len(self._face.spots()) if self._face is not None else 0
            now = self._current
            to = min(first, len(spots) - 1) if now is None else now + moves[key]
            self._current = min(max(to, 0), len(spots) - 1)
            self._tell()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._key_spot() is not None:
            spot = self._key_spot()
            added = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if spot is not None and spot.rows is not None:
                self.picked.emit(*spot.rows(), added)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            spot = self.spot_at(QPointF(event.pos()))
            if spot is not None:
                QToolTip.showText(event.globalPos(), spot.words, self, spot.rect.toAlignedRect())
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def _key_spot(self) -> Spot | None:
        spots = self.spots()
        known = self._current is not None and self._current < len(spots)
        return spots[self._current] if known and self._current is not None else None

    def _tell(self) -> None:
        spot = self._key_spot()
        self.pointed.emit(spot.words if spot is not None else "")
        self.setAccessibleDescription(spot.words if spot is not None else "")
        self.update()

    def _hover(self) -> None:
        before = self._hovered
        self._hovered = self.spot_at(self._pointer) if self._pointer is not None else None
        now = self._hovered
        clickable = now is not None and now.rows is not None
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor
        )
        if (before and before.words) != (now and now.words):
            self.pointed.emit(now.words if now is not None else "")
        if (before and before.rect) != (now and now.rect):
            self.update()

    @Slot()
    def _renew(self) -> None:
        self._picture = None
        self.update()

    def _least(self) -> float:
        face = self._face.least(self.width() - 2 * _MARGIN) if self._face is not None else 60.0
        return self._top() + (self._figures.height if self._figures else 0.0) + face + _MARGIN

    def _top(self) -> float:
        return 22.0 if self._count else 4.0

    def _arrange(self) -> None:
        if self._figures is None or self._face is None:
            return
        area = QRectF(self.rect()).adjusted(_MARGIN, self._top(), -_MARGIN, -4)
        area.setTop(area.top() + self._figures.lay(area) + 2)
        self._face.lay(area)
        self.setMinimumHeight(math.ceil(self._least()))
        self._renew()
        self._hover()
