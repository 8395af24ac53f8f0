"""From a setting's check to its editor: the one place that knows which widget suits which check."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gradloom.core.checks import Check, Choice, Flag, Names, Optional, Real, Text, Variant, Whole
from gradloom.core.settings import Setting
from gradloom.ui.forms.asking import AskHelp
from gradloom.ui.forms.choice import ChoiceField
from gradloom.ui.forms.field import Field
from gradloom.ui.forms.fields import FlagField, OptionalField, TextField
from gradloom.ui.forms.names import NamesField
from gradloom.ui.forms.number import NumberField
from gradloom.ui.forms.steps import stops
from gradloom.ui.forms.variant import VariantField
from gradloom.ui.theme import Theme

if TYPE_CHECKING:
    from gradloom.ui.forms.form import Form


_KNOWN = (Choice, Flag, Names, Real, Text, Variant, Whole)


def has_editor(check: Check) -> bool:
    """Whether a person edits such a value in a form (a whole table of numbers is none)."""
    return isinstance(check.check if isinstance(check, Optional) else check, _KNOWN)


def make_field(
    setting: Setting, theme: Theme, make_form: Callable[[], Form], ask: AskHelp | None = None
) -> Field:
    """The editor of a setting; TypeError for a check that no editor is known for."""
    check = setting.check
    inner = check.check if isinstance(check, Optional) else check
    if isinstance(inner, Variant):
        return VariantField(check, theme, make_form, ask)  # type: ignore[arg-type]
    if isinstance(inner, Choice):
        return ChoiceField(check)  # type: ignore[arg-type]
    if isinstance(inner, Whole | Real):
        slides = setting.live and not setting.advanced and bool(stops(check))
        return NumberField(check, setting.unit, slider=slides)  # type: ignore[arg-type]
    plain: Field
    if isinstance(inner, Flag):
        plain = FlagField(inner)
    elif isinstance(inner, Text):
        plain = TextField(inner)
    elif isinstance(inner, Names):
        plain = NamesField(inner)
    else:
        raise TypeError(f"no editor for {inner!r}")
    return OptionalField(check, plain) if isinstance(check, Optional) else plain
