"""Flags, text, and what has no better editor inside an Optional."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from gradloom.core.checks import Flag, Optional, Text
from gradloom.ui.forms.field import Field, TypedField
from gradloom.ui.forms.parts import Switch, sentence
from gradloom.ui.forms.steps import start_of


class FlagField(Field):
    """True or False as a switch."""

    def __init__(self, check: Flag) -> None:
        super().__init__(check)
        self.switch = Switch()
        self._shown = False
        self.switch.toggled.connect(self._toggled)
        self.line.addWidget(self.switch)
        self.line.addStretch(1)
        self.setFocusProxy(self.switch)

    def focus_widget(self) -> QWidget:
        return self.switch

    def show_value(self, value: Any, names: tuple[str, ...] = (), automatic: str = "") -> None:
        self._shown = value
        if self.switch.isChecked() != value:
            self.switch.setChecked(value)

    def _toggled(self, value: bool) -> None:
        if value != self._shown:
            self.proposed.emit(value, "")
            self.settled.emit()


class TextField(TypedField[QLineEdit]):
    """A line of text."""

    wide = True

    def __init__(self, check: Text) -> None:
        edit = QLineEdit()
        edit.setMinimumWidth(48)
        edit.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        super().__init__(check, edit)

    def read(self, text: str) -> tuple[Any, str]:
        return text, ""

    def write(self, value: Any) -> str:
        return "" if value is None else str(value)


class OptionalField(Field):
    """A switch that says what None means, and the inner editor under it while it is off."""

    def __init__(self, check: Optional, inner: Field) -> None:
        super().__init__(check)
        self._inner = inner
        self._names: tuple[str, ...] = ()
        self._shown: Any = None
        self._last: Any = None  # what the inner editor had before it was switched off
        self.switch = Switch()
        self._words = sentence()
        self.line.addWidget(self.switch)
        self.line.addWidget(self._words, 1)
        self.setFocusProxy(self.switch)
        self.below = QWidget()
        under = QVBoxLayout(self.below)
        under.setContentsMargins(0, 0, 0, 0)
        under.addWidget(inner)
        if inner.below is not None:
            under.addWidget(inner.below)
        self.switch.toggled.connect(self._toggled)
        inner.proposed.connect(self.proposed)
        inner.refused.connect(self.refused)
        inner.settled.connect(self.settled)

    def focus_widget(self) -> QWidget:
        return self.switch

    def flush(self) -> None:
        self._inner.flush()

    def show_value(self, value: Any, names: tuple[str, ...] = (), automatic: str = "") -> None:
        assert isinstance(self.check, Optional)
        assert self.below is not None
        self._names, self._shown = names, value
        words = f"{self.check.label} ({automatic})" if automatic else self.check.label
        self._words.setText(words)
        if self.switch.isChecked() != (value is None):
            self.switch.setChecked(value is None)
        self.below.setVisible(value is not None)
        if value is not None:
            self._last = value
            self._inner.show_value(value, names)

    def _toggled(self, automatic: bool) -> None:
        assert isinstance(self.check, Optional)
        if automatic == (self._shown is None):
            return
        start = None
        if not automatic:
            start = start_of(self.check.check, self._names) if self._last is None else self._last
        why = self.check.why_not(start)
        if why is not None:
            self.refused.emit(why)
            self.switch.setChecked(True)
            return
        self.proposed.emit(start, "")
        self.settled.emit()
