"""The equation of an operation in proper mathematics, its layer and phase, and what it says."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from gradloom.layers.site import Phase
from gradloom.session.plain import plain
from gradloom.ui.formulas import cached, formula
from gradloom.ui.stepper.timeline import phase_colour
from gradloom.ui.theme import LARGE, NORMAL, SMALL, Theme, font

_GAP = 6.0
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop)


class EquationView(QWidget):
    """Paints at once with what is typeset already; a new formula comes a moment later."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._latex = self._words = self._source = self._place = ""
        self._phase: Phase | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._typeset)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName("Equation")
        theme.changed.connect(self.update)

    def show_operation(
        self, place: str, phase: Phase | None, latex: str, words: str, source: str
    ) -> None:
        """`place` is the layer's name."""
        if (place, phase, latex, words) == (self._place, self._phase, self._latex, self._words):
            return
        self._place, self._phase = place, phase
        self._latex, self._words, self._source = latex, words, source
        self.setToolTip(f"{words}\n{source}".strip())
        self.setAccessibleDescription(f"{place}: {plain(latex)}. {words}")
        if latex and not cached(latex, LARGE + 1, self._theme.tokens.text):
            self._timer.start(0)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        small = QFontMetricsF(font(SMALL))
        return QSize(280, round(small.height() + 50 + self._words_height() + 3 * _GAP))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, round(QFontMetricsF(font(SMALL)).height() + 44 + _GAP))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        small = QFontMetricsF(font(SMALL))
        width, high = float(self.width()), self._words_height()
        painter.setFont(font(SMALL, strong=True))
        if self._phase is not None:
            painter.setPen(phase_colour(self._theme, self._phase))
            phase = str(self._phase).capitalize()
            painter.drawText(QRectF(0, 0, width, small.height()), phase)
            left = QFontMetricsF(font(SMALL, strong=True)).horizontalAdvance(phase + "  ")
        else:
            left = 0.0
        painter.setPen(self._theme.colour("text"))
        painter.drawText(QRectF(left, 0, width - left, small.height()), self._place)
        top = small.height() + _GAP
        words = QRectF(0, self.height() - high - 2, width, high + 2)
        if self.height() < self.sizeHint().height() - 8:  # no room: they are in the tip
            self._formula(painter, QRectF(0, top, width, self.height() - top))
            return
        self._formula(painter, QRectF(0, top, width, words.y() - top - _GAP))
        painter.setFont(font(NORMAL))
        painter.setPen(self._theme.colour("quiet"))
        painter.drawText(words, _WRAP, self._words)

    def _words_height(self) -> float:
        """What the words need in this width: two lines at least, at most four."""
        normal = QFontMetricsF(font(NORMAL))
        room = QRectF(0, 0, max(self.width(), 160), 1000)
        lines = round(normal.boundingRect(room, _WRAP, self._words).height() / normal.height())
        return min(max(lines, 2), 4) * normal.height()

    def _formula(self, painter: QPainter, room: QRectF) -> None:
        if not self._latex:
            return
        colour = self._theme.tokens.text
        picture: QPixmap | None = None
        if cached(self._latex, LARGE + 1, colour):
            picture = formula(self._latex, LARGE + 1, colour)
        elif not self._timer.isActive():
            self._timer.start(0)
        if picture is None:
            painter.setFont(font(LARGE))
            painter.setPen(self._theme.colour("text"))
            text = painter.fontMetrics().elidedText(
                plain(self._latex), Qt.TextElideMode.ElideRight, int(room.width())
            )
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
            return
        size = picture.deviceIndependentSize()
        factor = min(1.0, room.width() / size.width(), room.height() / size.height())
        wide, high = size.width() * factor, size.height() * factor
        place = QRectF(0, room.y() + (room.height() - high) / 2, wide, high)
        painter.drawPixmap(place, picture, QRectF(picture.rect()))

    def _typeset(self) -> None:
        if self._latex:
            formula(self._latex, LARGE + 1, self._theme.tokens.text)
            self.update()
