"""Small widgets that forms and panels are made of."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSettings, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from gradloom.ui.theme import NORMAL, SMALL, Theme, font


class ElidedLabel(QWidget):
    """One line of text that is shortened with … where it does not fit; the tip has all of it."""

    def __init__(self, text: str = "", size: int = NORMAL, *, strong: bool = False) -> None:
        super().__init__()
        self._text, self._tip, self._quiet = "", "", False
        self.setFont(font(size, strong=strong))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(16)
        self.set_text(text)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str, tip: str = "") -> None:
        """Show `text`; `tip` explains it."""
        if (text, tip) != (self._text, self._tip):
            self._text, self._tip = text, tip
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def set_quiet(self, quiet: bool = True) -> None:
        """In the quiet colour or not."""
        self._quiet = quiet
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(16, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            assert isinstance(event, QHelpEvent)
            cut = self.sizeHint().width() > self.width() + 2
            lines = [self._text] if cut else []
            tip = "\n".join([*lines, *([self._tip] if self._tip else [])])
            if tip:
                QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        role = QPalette.ColorRole.PlaceholderText if self._quiet else QPalette.ColorRole.WindowText
        painter.setPen(self.palette().color(role))
        shown = painter.fontMetrics().elidedText(
            self._text, Qt.TextElideMode.ElideRight, self.width()
        )
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.rect(), int(flags), shown)


def sentence(text: str = "", *, quiet: bool = True) -> QLabel:
    """A label for a wrapped sentence in the small size."""
    label = QLabel(text)
    label.setFont(font(SMALL))
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    if quiet:
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    return label


class StillText(QWidget):
    """A small wrapped sentence that changes often.

    It grows when it must but never shrinks, so that what is below it stands still and nothing is
    laid out again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.setFont(font(SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(QFontMetrics(self.font()).lineSpacing() + 1)

    def text(self) -> str:
        """What is said."""
        return self._text

    def setText(self, text: str) -> None:
        """Say something else."""
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self._grow(self.height())
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._grow(0)

    def _grow(self, least: int) -> None:
        room = QRect(0, 0, max(self.width(), 16), 1000)
        wanted = QFontMetrics(self.font()).boundingRect(room, int(_WRAPPED), self._text or "0")
        if self.height() != max(least, wanted.height() + 1):
            self.setFixedHeight(max(least, wanted.height() + 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(self.rect(), int(_WRAPPED), self._text)


_WRAPPED = Qt.TextFlag.TextWordWrap


def small_button(text: str, tip: str) -> QPushButton:
    """A push button in the small size that explains itself."""
    button = QPushButton(text)
    button.setFont(font(SMALL))
    explain(button, tip)
    return button


def explain(widget: QWidget, tip: str) -> None:
    """Say what a widget does, to eyes and ears."""
    widget.setToolTip(tip)
    widget.setAccessibleDescription(tip)


def rule() -> QFrame:
    """A hairline across."""
    line = QFrame()
    line.setFixedHeight(1)
    line.setAutoFillBackground(True)
    line.setBackgroundRole(QPalette.ColorRole.Mid)
    return line


class Switch(QCheckBox):
    """A check box painted as a switch."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(34, 22)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        track = QRectF(2, self.height() / 2 - 8, 30, 16)
        on = self.isChecked()
        accent = palette.color(QPalette.ColorRole.Highlight)
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        if self.hasFocus():
            painter.setPen(QPen(accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(track.adjusted(-1.5, -1.5, 1.5, 1.5), 9.5, 9.5)
        painter.setPen(Qt.PenStyle.NoPen if on else QPen(quiet, 1))
        base = palette.color(QPalette.ColorRole.Base)
        painter.setBrush(accent if on else base)
        painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 7.5, 7.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(QPalette.ColorRole.HighlightedText) if on else QColor(quiet))
        x = track.right() - 13 if on else track.left() + 3
        painter.drawEllipse(QRectF(x, track.center().y() - 5, 10, 10))


# which folds are open; shared by all forms, so that a fold stays as one left it
_open: dict[str, bool] = {}


def save_folds(settings: QSettings) -> None:
    """Write which folds are open."""
    settings.setValue("folds", [f"{key}={int(is_open)}" for key, is_open in _open.items()])


def restore_folds(settings: QSettings) -> None:
    """Read what `save_folds` wrote."""
    found = settings.value("folds", [], type=list)
    for item in found if isinstance(found, list) else []:
        key, _, is_open = str(item).rpartition("=")
        _open[key] = is_open == "1"


class Fold(QWidget):
    """A heading that folds what is under it; remembers its state by `key`."""

    toggled = Signal(bool)

    def __init__(
        self, theme: Theme, key: str, title: str, *, opened: bool = False, strong: bool = False
    ) -> None:
        super().__init__()
        self._theme, self._key = theme, key
        self.button = QToolButton()
        self.button.setText(title)
        self.button.setCheckable(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setAutoRaise(True)
        self.button.setIconSize(QSize(14, 14))
        self.button.setFont(font(NORMAL if strong else SMALL, strong=strong))
        self.button.setStyleSheet(
            "QToolButton { border-color: transparent; padding: 2px 4px 2px 0; }"
            "QToolButton:checked { background: transparent; border-color: transparent; }"
            "QToolButton:focus { border-color: palette(highlight); }"
        )
        self.button.setAccessibleName(title)
        self.body = QWidget()
        inner = QVBoxLayout(self.body)
        inner.setContentsMargins(0, 2, 0, 4)
        inner.setSpacing(6)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(2)
        outer.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        outer.addWidget(self.body)
        self.button.toggled.connect(self._toggle)
        theme.changed.connect(self._paint)
        is_open = _open.get(key, opened)
        self.button.setChecked(is_open)
        self.body.setVisible(is_open)
        self._paint()

    @property
    def content(self) -> QLayout:
        """Where the folded widgets go."""
        layout = self.body.layout()
        assert layout is not None
        return layout

    def _toggle(self, is_open: bool) -> None:
        _open[self._key] = is_open
        self.body.setVisible(is_open)
        self._paint()
        self.toggled.emit(is_open)

    def _paint(self) -> None:
        name = "chevron-down" if self.button.isChecked() else "chevron-right"
        self.button.setIcon(self._theme.icon(name, "quiet"))
        words = "Folds this away" if self.button.isChecked() else "Shows what is folded away"
        self.button.setToolTip(words)
