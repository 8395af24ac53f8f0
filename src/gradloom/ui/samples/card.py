"""One sample as a card: picture, title, what to do with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from gradloom.document.samples import Sample
from gradloom.session.mapping import MapResult
from gradloom.ui.samples.pictures import sample_picture
from gradloom.ui.samples.previews import Previews
from gradloom.ui.theme import GRID, NORMAL, RADIUS, SMALL, Theme, font

WIDTH, _PICTURE = 264, 112  # px
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class SampleCard(QAbstractButton):
    """A button as large as a card; its picture is made when it is first seen."""

    walked = Signal(int)  # an arrow key
    focused = Signal()

    def __init__(self, sample: Sample, theme: Theme, previews: Previews | None) -> None:
        super().__init__()
        self.sample = sample
        self._theme, self._previews = theme, previews
        self._sentence = sample.sentence.replace(" %", "\u00a0%")  # no line begins with %
        self._picture: QPixmap | None = None
        self._shown: MapResult | None = None
        self.setText(sample.title)
        self.setAccessibleName(sample.title)
        self.setAccessibleDescription(sample.sentence)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._words = 0
        self.set_room(self.words_height())

    def words_height(self) -> int:
        """The height that the sentence needs."""
        metrics = QFontMetrics(font(SMALL))
        wide = WIDTH - 2 * GRID - 2
        return metrics.boundingRect(0, 0, wide, 1000, _WRAP, self._sentence).height()

    def set_room(self, words: int) -> None:
        """Leave so much height for the sentence, the same on every card."""
        self._words = words
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        title = QFontMetrics(font(NORMAL, strong=True)).height()
        return QSize(WIDTH, _PICTURE + title + self._words + 3 * GRID)

    def refresh(self) -> None:
        """Paint the picture anew: in other colours, or because the network has learnt."""
        self._picture = None
        self.update()

    def follow(self) -> None:
        """Paint anew if there is a preview that the picture does not show yet."""
        if self._previews is not None and self._previews.of(self.sample) is not self._shown:
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in _ARROWS:
            self.walked.emit(event.key())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        outline = QPainterPath()
        outline.addRoundedRect(frame, RADIUS, RADIUS)
        painter.fillPath(outline, self._theme.colour("surface"))
        painter.setClipPath(outline)
        painter.drawPixmap(1, 1, self._made())
        hairline = self._theme.colour("hairline")
        painter.fillRect(QRectF(1, _PICTURE, WIDTH - 2, 1), hairline)
        painter.setClipping(False)
        self._write(painter)
        pen = QPen(hairline, 1)
        if self.hasFocus():
            pen = QPen(palette.color(QPalette.ColorRole.Highlight), 2)
        elif self.underMouse():
            pen = QPen(palette.color(QPalette.ColorRole.PlaceholderText), 1)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(outline)

    def _write(self, painter: QPainter) -> None:
        palette = self.palette()
        strong = font(NORMAL, strong=True)
        title = QFontMetrics(strong).height()
        room = QRectF(GRID + 1, _PICTURE + GRID, WIDTH - 2 * GRID - 2, title)
        painter.setFont(strong)
        painter.setPen(palette.color(QPalette.ColorRole.WindowText))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), self.text())
        painter.setFont(font(SMALL))
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        room = QRectF(room.x(), room.bottom() + GRID / 2, room.width(), self._words + 1)
        painter.drawText(room, _WRAP, self._sentence)

    def _made(self) -> QPixmap:
        if self._picture is None:
            if self._previews is not None:
                self._previews.ask(self.sample)
                self._shown = self._previews.of(self.sample)
            size = QSize(WIDTH - 2, _PICTURE - 1)
            ratio = self.devicePixelRatioF()
            tokens = self._theme.tokens
            self._picture = sample_picture(self.sample.state, self._shown, tokens, size, ratio)
        return self._picture
