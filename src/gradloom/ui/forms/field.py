"""What an editor of one setting is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from gradloom.core.checks import Check

PAUSE = 500  # ms without a key after which what was typed counts

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Hints:
    """What a form can't know from the record alone, by setting name.

    `names`: candidates for column names. `automatic`: what "Automatic" means here ("He normal").
    """

    names: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    automatic: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


NO_HINTS = Hints()


class Field(QWidget):
    """Edits one value. Proposes values that its check takes; the form decides and shows."""

    proposed = Signal(object, str)  # value, and the path inside it that changed ("" for all of it)
    refused = Signal(str)  # why what stands there can't be taken, or "" when it can
    settled = Signal()  # a series of edits ends here
    wide = False  # whether it needs a line of its own under the label
    below: QWidget | None = None  # shown under the row, over its full width

    def __init__(self, check: Check, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check = check
        self.line = QHBoxLayout(self)
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(4)

    def show_value(self, value: Any, names: tuple[str, ...] = (), automatic: str = "") -> None:
        """Show a value; touches only what differs and proposes nothing."""
        raise NotImplementedError

    def focus_widget(self) -> QWidget:
        """The widget that takes the keyboard; carries the accessible name."""
        raise NotImplementedError

    def set_tip(self, tip: str) -> None:
        """What the tool tip says of the setting."""
        self.focus_widget().setToolTip(tip)

    def flush(self) -> None:
        """Propose at once what was typed and has not been proposed yet."""

    def turned_down(self, value: Any) -> None:
        """The form kept `value`: show it again, unless what was typed should stay to be mended."""
        self.show_value(value)

    def retry(self) -> None:
        """Propose again what was turned down: other settings have changed meanwhile."""


W = TypeVar("W", bound=QLineEdit)


class TypedField(Field, Generic[W]):
    """A field one types into: refuses at once, proposes on Enter, on leaving, or after a pause."""

    escaped = Signal()  # Esc was pressed; what was there before is back

    def __init__(self, check: Check, edit: W) -> None:
        super().__init__(check)
        self.edit = edit
        self._shown: Any = None
        self._entered: Any = None  # the value when the keyboard came in; Esc goes back to it
        self._timer = QTimer(self, singleShot=True, interval=PAUSE)
        self._timer.timeout.connect(self._commit)
        edit.textEdited.connect(self._typed)
        edit.installEventFilter(self)
        self.line.addWidget(edit)
        self.setFocusProxy(edit)

    def read(self, text: str) -> tuple[Any, str]:
        """The value that `text` stands for and "", or anything and the end of a refusal."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        """The text of a value."""
        raise NotImplementedError

    def focus_widget(self) -> QWidget:
        return self.edit

    def show_value(self, value: Any, names: tuple[str, ...] = (), automatic: str = "") -> None:
        same = value == self._shown and type(value) is type(self._shown)
        self._shown = value
        if not self.edit.hasFocus():
            self._entered = value
        if same:
            return  # what stands there may be half typed, or refused with its sentence
        self._timer.stop()
        self.refused.emit("")
        # text that already means this value is left as it was typed ("0.0" on the way to "0.03")
        stands, sentence = self.read(self.edit.text())
        if sentence or stands != value or not self.edit.hasFocus():
            self._put(value)

    def _put(self, value: Any) -> None:
        text = self.write(value)
        if text != self.edit.text():
            self.edit.setText(text)
            self.edit.setCursorPosition(len(text) if self.edit.hasFocus() else 0)

    def offer(self, value: Any) -> None:
        """Propose a value that did not come from typing (an arrow key, a slider)."""
        self._timer.stop()
        self.refused.emit("")
        self._put(value)
        self._propose(value)

    def flush(self) -> None:
        if self._timer.isActive():
            self._commit()

    def turned_down(self, value: Any) -> None:
        pass  # the text stays; Esc brings the value back

    def retry(self) -> None:
        self._commit()

    def _typed(self, text: str) -> None:
        value, sentence = self.read(text)
        why = sentence or self.check.why_not(value) or ""
        self.refused.emit(why)
        if why:
            self._timer.stop()
        else:
            self._timer.start()

    def _commit(self) -> None:
        self._timer.stop()
        value, sentence = self.read(self.edit.text())
        if not sentence and self.check.why_not(value) is None:
            self._propose(value)

    def _propose(self, value: Any) -> None:
        if value != self._shown or type(value) is not type(self._shown):
            self.proposed.emit(value, "")

    def _restore(self) -> bool:
        """Back to what it was when the keyboard came in; False if it is that already."""
        standing = self.write(self._entered)
        if self.edit.text() == standing:
            return False
        self.offer(self._entered)
        self.edit.selectAll()
        return True

    def key(self, event: QKeyEvent) -> bool:
        """Whether a key was used; Enter and Esc are."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
            self.settled.emit()
            self._entered = self._shown
            self.edit.selectAll()
            return True
        if event.key() != Qt.Key.Key_Escape:
            return False
        used = self._restore()
        self.escaped.emit()
        return used

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.edit:
            if event.type() == QEvent.Type.KeyPress:
                assert isinstance(event, QKeyEvent)
                if self.key(event):
                    event.accept()
                    return True
            elif event.type() == QEvent.Type.ShortcutOverride:
                assert isinstance(event, QKeyEvent)
                changed = self.edit.text() != self.write(self._entered)
                if event.key() == Qt.Key.Key_Escape and changed:
                    event.accept()  # or a window's Esc shortcut would take it
            elif event.type() == QEvent.Type.FocusIn:
                self._entered = self._shown
            elif event.type() == QEvent.Type.FocusOut:
                assert isinstance(event, QFocusEvent)
                if event.reason() not in (
                    Qt.FocusReason.PopupFocusReason,
                    Qt.FocusReason.ActiveWindowFocusReason,
                ):
                    self.flush()
                    self.settled.emit()
        return super().eventFilter(watched, event)
