"""A value of one of a registry's kinds: a combo of the kinds, and that kind's form under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from gradloom.core.checks import Optional, Variant
from gradloom.core.settings import Declared
from gradloom.ui.forms.asking import AskButton, AskHelp
from gradloom.ui.forms.choice import Combo
from gradloom.ui.forms.field import Field
from gradloom.ui.theme import Theme

if TYPE_CHECKING:
    from gradloom.ui.forms.form import Form


class VariantField(Field):
    """The kind in a combo box (None first, where it is allowed); settings indented below.

    Going back to a kind brings its settings back as they were.
    """

    def __init__(
        self,
        check: Variant | Optional,
        theme: Theme,
        make_form: Callable[[], Form],
        ask: AskHelp | None = None,
    ) -> None:
        super().__init__(check)
        inner = check.check if isinstance(check, Optional) else check
        assert isinstance(inner, Variant)
        self._theme = theme
        self._kinds: list[type[Declared] | None] = list(inner.registry.kinds())
        if isinstance(check, Optional):
            self.wide = True  # "Automatic (Glorot uniform)" is long
            self._kinds.insert(0, None)
        self._shown: Any = self
        self._last: dict[type, Any] = {}
        self._tip = ""
        self._meant: type[Declared] | None = None  # what Automatic means here
        self.combo = Combo()
        for i, kind in enumerate(self._kinds):
            label = check.label if kind is None and isinstance(check, Optional) else ""
            self.combo.addItem(kind.label if kind is not None else label)
            if kind is not None:
                self.combo.setItemData(i, kind.help, Qt.ItemDataRole.ToolTipRole)
        self.combo.currentIndexChanged.connect(self._chosen)
        self.line.addWidget(self.combo)
        self.asking: AskButton | None = None
        if ask is not None:
            self.asking = AskButton(theme, ask)
            self.line.addWidget(self.asking)
        self.setFocusProxy(self.combo)
        self.form = make_form()
        self.form.edited.connect(self._edited)
        self.form.settled.connect(self.settled)
        frame = QFrame()
        indent = QHBoxLayout(frame)
        indent.setContentsMargins(6, 0, 0, 0)
        indent.setSpacing(8)
        line = QFrame()
        line.setFixedWidth(2)
        line.setAutoFillBackground(True)
        line.setBackgroundRole(line.palette().ColorRole.Mid)
        indent.addWidget(line)
        indent.addWidget(self.form, 1)
        self.below = frame
        self.below.setVisible(False)
        theme.changed.connect(self._icons)
        self._icons()

    @property
    def help_subject(self) -> str:
        """What help on this field is about."""
        return "" if self.asking is None else self.asking.subject

    def focus_widget(self) -> QWidget:
        return self.combo

    def flush(self) -> None:
        self.form.flush()

    def show_value(self, value: Any, names: tuple[str, ...] = (), automatic: str = "") -> None:
        assert self.below is not None
        self._shown = value
        if isinstance(self.check, Optional):
            label = f"{self.check.label} ({automatic})" if automatic else self.check.label
            if self.combo.itemText(0) != label:
                self.combo.setItemText(0, label)
        self._meant = next((k for k in self._kinds if k and k.label == automatic), None)
        kind = None if value is None else type(value)
        at = self._kinds.index(kind)
        if self.combo.currentIndex() != at:
            self.combo.setCurrentIndex(at)
        self._say(value)
        shown = value is not None and bool(value.settings())
        if shown:
            self._last[type(value)] = value
            self.form.show_record(value)
        self.below.setVisible(shown)

    def set_tip(self, tip: str) -> None:
        self._tip = tip
        self._say(self._shown)

    def _say(self, value: Any) -> None:
        said = f"{value.label}: {value.help}" if isinstance(value, Declared) else ""
        self.combo.setToolTip("\n".join(part for part in (self._tip, said) if part))
        if self.asking is not None:
            self.asking.show_subject(value if isinstance(value, Declared) else self._meant)

    def _icons(self) -> None:
        for i, kind in enumerate(self._kinds):
            name = getattr(kind, "icon", "")
            if name:
                self.combo.setItemIcon(i, self._theme.icon(name, "quiet"))

    def _chosen(self, index: int) -> None:
        kind = self._kinds[index] if index >= 0 else None
        if index < 0 or kind is (None if self._shown is None else type(self._shown)):
            return
        value = None if kind is None else self._last.get(kind) or kind()
        why = self.check.why_not(value)
        if why is not None:
            self.refused.emit(why)
            return
        self.refused.emit("")
        self.proposed.emit(value, "")
        self.settled.emit()

    def _edited(self, record: Declared, path: str) -> None:
        self.proposed.emit(record, path)
