"""Small editors that open on the canvas itself: a card's name, a weight, and the tip."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QCloseEvent, QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QDoubleSpinBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from gradloom.ui.forms.number import SpinArrows
from gradloom.ui.theme import Tokens


class NameEdit(QLineEdit):
    """Over a card's name. Enter and leaving keep what was typed, Esc does not."""

    def __init__(self, parent: QWidget, text: str, done: Callable[[str | None], None]) -> None:
        super().__init__(text, parent)
        self.setAccessibleName("Name of the layer")
        self.setMaxLength(80)
        self._done: Callable[[str | None], None] | None = done
        self.selectAll()
        self.returnPressed.connect(lambda: self.finish(self.text()))

    def finish(self, text: str | None) -> None:
        """Close, once."""
        done, self._done = self._done, None
        if done is not None:
            done(text)
            self.hide()
            self.deleteLater()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.finish(None)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish(self.text())


class WeightEdit(QFrame):
    """A number field beside a line; every change is tried at once, Esc takes it back.

    While it is open the wheel turns its number, wherever on the parent the pointer is.
    """

    def __init__(
        self,
        parent: QWidget,
        words: str,
        value: float,
        changed: Callable[[float], None],
        closed: Callable[[], None],
    ) -> None:
        super().__init__(parent)
        self.setObjectName("weightedit")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._first, self._changed, self._closed = value, changed, closed
        label = QLabel(words, self)
        self.field = _Field(self)
        self.field.setAccessibleName(words)
        self.field.setRange(-1e6, 1e6)
        self.field.setDecimals(4)
        self.field.setSingleStep(0.05)
        self.field.setValue(value)
        self.field.valueChanged.connect(changed)
        self.field.left.append(self.close)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 4, 4)
        layout.addWidget(label)
        layout.addWidget(self.field)
        self._parent = parent
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.Wheel and self.field.event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.field.value() != round(self._first, 4):
                self.field.valueChanged.disconnect(self._changed)
                self._changed(self._first)
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self._parent.removeEventFilter(self)
        closed, self._closed = self._closed, lambda: None
        closed()

    def dress(self, tokens: Tokens) -> None:
        """The theme's colours, so that it stands out from the cards under it."""
        self.setStyleSheet(
            f"#weightedit {{ background: {tokens.raised}; border: 1px solid {tokens.accent};"
            f" border-radius: 8px; }} #weightedit QLabel {{ color: {tokens.text}; }}"
        )

    def open_at(self, where: QPoint, within: QRect) -> None:
        """Show near this point of the parent, inside it, ready to type."""
        self.adjustSize()
        self.move(_inside(where, self.rect(), within))
        self.show()
        self.raise_()
        self.field.setFocus()
        self.field.selectAll()


class _Field(QDoubleSpinBox):
    """Says when the focus left it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        SpinArrows(self)
        self.left: list[Callable[[], object]] = []

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.interpretText()
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            for listener in self.left:
                listener()


class Tip(QLabel):
    """A few words by the pointer, at once and without stealing the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("canvastip")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.hide()

    def dress(self, tokens: Tokens, *, bad: bool = False) -> None:
        """The theme's colours; a refusal has a border in the error colour."""
        edge = tokens.error if bad else tokens.hairline
        self.setStyleSheet(
            f"#canvastip {{ background: {tokens.raised}; color: {tokens.text};"
            f" border: 1px solid {edge}; border-radius: 6px; padding: 4px 8px; }}"
        )

    def say(self, text: str, where: QPoint, within: QRect) -> None:
        """Show the text below and right of a point; "" hides it."""
        if not text:
            self.hide()
            return
        self.setWordWrap(False)
        self.setText(text)
        self.adjustSize()
        most = 24 * self.fontMetrics().height()
        if self.width() > most:
            self.setWordWrap(True)
            self.setFixedWidth(most)
            self.adjustSize()
            self.setMinimumWidth(0)
            self.setMaximumWidth(16_777_215)
        self.move(_inside(where + QPoint(14, 18), self.rect(), within))
        self.show()
        self.raise_()


def _inside(where: QPoint, size: QRect, within: QRect) -> QPoint:
    x = max(within.left(), min(where.x(), within.right() - size.width()))
    y = max(within.top(), min(where.y(), within.bottom() - size.height()))
    return QPoint(x, y)
