"""The equation of one number with its numbers put in: terms and numbers light up and can be hit."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFont,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from gradloom.layers.compound import Sum
from gradloom.layers.expression import Expression, Read, Reference
from gradloom.session.explaining import Explanation, walked_sum
from gradloom.session.plain import plain
from gradloom.ui.stepper.boxes import Box, Setter
from gradloom.ui.theme import NORMAL, Theme, font

_EDGE = 4.0
_LEADING = 6.0
_RESULT = 7  # digits, as many as a worked example prints; what enters has fewer


class NumbersView(QAbstractScrollArea):
    """`z₁,₂ = 0.05·0.15 + 0.1·0.2 + 0.35 = 0.3775`, in as many lines as it takes."""

    hovered = Signal(object)  # Expression | None: the term or number under the pointer
    followed = Signal(object)  # Reference: a number was clicked

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._explanation: Explanation | None = None
        self._read: Read | None = None
        self._term: int | None = None
        self._empty = ""
        self._boxes: list[Box] = []
        self._tall = 0.0
        self._hot: Expression | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.setAccessibleName("The equation with its numbers")
        theme.changed.connect(self.viewport().update)

    def show_number(
        self, explanation: Explanation | None, read: Read | None, term: int | None, empty: str
    ) -> None:
        """Show how a number is made; `term` of its sum is lit; `empty` is said without one."""
        self._explanation, self._read = explanation, read
        self._term, self._empty = term, empty
        self._hot = None
        self._lay_out()

    def text(self) -> str:
        """The equation as plain text, for people who read by ear."""
        found = self._explanation
        if found is None or self._read is None:
            return self._empty
        middle = ""
        if found.expression is not None:
            middle = f" = {plain(found.expression.latex(read=self._read, most=12))}"
        return f"{found.name()}{middle} = {found.number:.{_RESULT}g}"

    def box_at(self, place: QPointF) -> Box | None:
        """The innermost reference or term that was painted here."""
        best: Box | None = None
        for line in self._boxes:
            for box in line.all():
                wanted = isinstance(box.tag, Reference) or box.term is not None
                hit = wanted and box.place.adjusted(-1, -2, 1, 2).contains(place)
                if hit and (best is None or box.place.width() <= best.place.width()):
                    best = box
        return best

    def sizeHint(self) -> QSize:
        return QSize(260, 60)

    def _lay_out(self) -> None:
        self._boxes, self._tall = [], 0.0
        found, read = self._explanation, self._read
        if found is not None and read is not None:
            self._boxes = self._wrapped(self._pieces(found, read))
        if QAccessible.isActive():
            self.setAccessibleDescription(self.text())
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, round(self._tall) - self.viewport().height()))
        self.viewport().update()

    def _pieces(self, found: Explanation, read: Read) -> list[Box]:
        setter = Setter(_font(), read)
        walked = walked_sum(found.expression)
        setter.focus, setter.term = walked, self._term
        pieces = [setter.text(f"{found.name()} = ")]
        expression = found.expression
        if isinstance(expression, Sum):
            pieces += [setter.row(list(piece)) for piece in setter.terms(expression)]
        elif expression is not None:
            pieces.append(setter.of(expression))
        if expression is not None:
            pieces.append(setter.text(" = "))
        pieces.append(setter.number(found.number, digits=_RESULT))
        return pieces

    def _wrapped(self, pieces: list[Box]) -> list[Box]:
        room = max(80.0, self.viewport().width() - 2 * _EDGE)
        lines: list[list[Box]] = [[]]
        used = 0.0
        for piece in pieces:
            if used and used + piece.width > room:
                lines.append([])
                used = 24.0
            lines[-1].append(piece)
            used += piece.width
        made: list[Box] = []
        y = _EDGE
        for number, line in enumerate(lines):
            x = _EDGE + (24.0 if number else 0.0)
            above = max((box.above for box in line), default=0.0)
            below = max((box.below for box in line), default=0.0)
            for box in line:
                box.x, box.y = x, y + above
                x += box.width
                made.append(box)
            y += above + below + _LEADING
        self._tall = y
        return made

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = self._theme.colour("text")
        if not self._boxes:
            painter.setPen(self._theme.colour("quiet"))
            painter.setFont(font(NORMAL))
            painter.drawText(
                QRectF(self.viewport().rect()).adjusted(_EDGE, _EDGE, -_EDGE, 0),
                int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap),
                self._empty,
            )
            return
        shift = QPointF(0, -self.verticalScrollBar().value())
        self._glow(painter, shift)
        sight = QRectF(self.viewport().rect())
        for box in self._boxes:
            if box.place.intersects(sight):
                box.paint(painter, shift, text)

    def _glow(self, painter: QPainter, shift: QPointF) -> None:
        """The ground under the lit term and under what the pointer is on."""
        _place(self._boxes, shift)
        painter.setPen(Qt.PenStyle.NoPen)
        accent = self._theme.colour("accent")
        for line in self._boxes:
            for box in line.all():
                strength = 0
                if box.term is not None and box.term == self._term:
                    strength = 70
                elif self._hot is not None and box.tag is self._hot:
                    strength = 45
                if strength:
                    painter.setBrush(_faded(accent, strength))
                    painter.drawRoundedRect(box.place.adjusted(-2, -1, 2, 1), 3, 3)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        box = self.box_at(event.position())
        tag = box.tag if box else None
        if tag is not self._hot:
            self._hot = tag
            pointing = isinstance(tag, Reference)
            shape = Qt.CursorShape.PointingHandCursor if pointing else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self.viewport().update()
            self.hovered.emit(tag)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if self._hot is not None:
            self._hot = None
            self.viewport().update()
            self.hovered.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        box = self.box_at(event.position())
        tag = box.tag if box is not None else None
        if event.button() is Qt.MouseButton.LeftButton and isinstance(tag, Reference):
            self.followed.emit(tag)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            box = self.box_at(QPointF(event.pos()))
            if box is not None and isinstance(box.tag, Reference) and self._read is not None:
                name, number = plain(box.tag.latex()), self._read(box.tag)
                said = f"{name} = {number!r}. Click: where it comes from."
                QToolTip.showText(event.globalPos(), said, self.viewport())
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)


def _place(boxes: list[Box], shift: QPointF) -> None:
    """Say where each box will be painted."""
    for box in boxes:
        here = QPointF(shift.x() + box.x, shift.y() + box.y)
        box.place = QRectF(here.x(), here.y() - box.above, box.width, box.above + box.below)
        _place(box.parts, here)


def _font() -> QFont:
    return font(NORMAL)


def _faded(colour: QColor, alpha: int) -> QColor:
    made = QColor(colour)
    made.setAlpha(alpha)
    return made
