"""Every declared record gets a form whose every setting can be changed by keys and mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gradloom.core.checks import Optional, Real, Whole
from gradloom.data import SOURCES, DataSpec
from gradloom.engine.optimisers import OPTIMISERS
from gradloom.engine.plan import Plan
from gradloom.engine.schedules import SCHEDULES
from gradloom.layers import INITIALISERS, LAYERS, LOSSES
from gradloom.ui.forms import Form, Hints
from gradloom.ui.forms.choice import ChoiceField
from gradloom.ui.forms.fields import FlagField, OptionalField, TextField
from gradloom.ui.forms.make import has_editor
from gradloom.ui.forms.names import NamesField
from gradloom.ui.forms.number import NumberField
from gradloom.ui.forms.variant import VariantField

REGISTRIES = (LAYERS, LOSSES, INITIALISERS, OPTIMISERS, SCHEDULES, SOURCES)
RECORDS = [Plan, DataSpec, *(kind for registry in REGISTRIES for kind in registry.kinds())]
HINTS = Hints(names={"columns": ("x1", "x2", "x3")})
# settings that are no row of a form, with the reason
NO_ROW = {
    ("table", "content"): "a whole table of numbers comes from a file",
    ("drawing", "content"): "points are drawn on the map",
    ("file", "embedded"): "the bytes of a file",
    ("file", "format"): "a form of its own, in the import preview",
    ("file", "columns"): "the table of the data page edits them",
    ("file_pictures", "embedded"): "the bytes of files",
}


def name_of(cls):
    return cls.kind or cls.__name__


@pytest.fixture
def shown(qtbot, theme):
    """`shown(record)`: a form that follows its own edits, as a panel would make it."""

    def make(record):
        form = Form(theme)
        qtbot.addWidget(form)
        form.edits = []

        def follow(after, path):
            form.edits.append((after, path))
            form.show_record(after, HINTS)

        form.edited.connect(follow)
        form.show_record(record, HINTS)
        form.resize(300, 600)
        form.show()
        if form.fold is not None:
            form.fold.button.setChecked(True)
        return form

    return make


def change_by_hand(field):
    """Change a field's value with keys or the mouse, whatever editor it is."""
    if isinstance(field, NumberField):
        before = field.edit.text()
        QTest.keyClick(field.edit, Qt.Key.Key_Up)
        if field.edit.text() == before:
            QTest.keyClick(field.edit, Qt.Key.Key_Down)
    elif isinstance(field, FlagField | OptionalField):
        QTest.mouseClick(field.switch, Qt.MouseButton.LeftButton)
    elif isinstance(field, TextField):
        QTest.keyClicks(field.edit, " 1")
        QTest.keyClick(field.edit, Qt.Key.Key_Return)
    elif isinstance(field, ChoiceField) and field.segments is not None:
        off = next(b for b in field.segments.buttons if not b.isChecked())
        QTest.mouseClick(off, Qt.MouseButton.LeftButton)
    elif isinstance(field, ChoiceField | VariantField):
        last = field.combo.currentIndex() == field.combo.count() - 1
        QTest.keyClick(field.combo, Qt.Key.Key_Up if last else Qt.Key.Key_Down)
    elif isinstance(field, NamesField):
        field.list.setCurrentRow(0)
        QTest.keyClick(field.list, Qt.Key.Key_Space)
    else:
        raise TypeError(f"no hand for {field!r}")


@pytest.mark.parametrize("cls", RECORDS, ids=name_of)
def test_default_is_shown_without_any_proposal(cls, shown):
    record = cls()
    form = shown(record)
    assert form.record is record
    for _ in range(2):
        form.show_record(cls(), HINTS)
    assert form.edits == []
    assert all(row.refusal == "" for row in form.rows.values())
    for setting in cls.settings():
        if (name_of(cls), setting.name) in NO_ROW:
            assert not has_editor(setting.check)
            continue
        row = form.rows[setting.name]
        assert row.isHidden() is not setting.shown(record)
        entry = row.field.focus_widget()
        assert setting.label in entry.accessibleName()
        assert entry.toolTip().startswith(setting.help or setting.label)


@pytest.mark.parametrize("cls", [c for c in RECORDS if c.settings()], ids=name_of)
def test_every_setting_can_be_changed_by_hand(cls, shown):
    for setting in cls.settings():
        if (name_of(cls), setting.name) in NO_ROW:
            continue
        record = cls()
        form = shown(record)
        row = form.rows[setting.name]
        row.setVisible(True)  # also those that matter only for other values
        change_by_hand(row.field)
        if row.refusal:  # a rule between settings, such as Nesterov without momentum
            assert form.edits == []
            assert form.record is record
            assert record.replace(**{setting.name: True}).problems()
            continue
        ((after, path),) = form.edits
        assert path == setting.name
        assert getattr(after, path) != getattr(record, path)
        assert after.problems() == []
        assert form.record is after


@pytest.mark.parametrize("cls", [c for c in RECORDS if c.settings()], ids=name_of)
def test_numbers_that_are_refused_say_so_and_leave_the_record(cls, shown):
    record = cls()
    form = shown(record)
    for name, row in form.rows.items():
        if not isinstance(row.field, NumberField):
            continue
        edit, check = row.field.edit, row.setting.check
        inner = check.check if isinstance(check, Optional) else check
        assert isinstance(inner, Whole | Real)
        standing = edit.text()
        for text in ("abc", str(inner.high + 1), str(inner.low - 1)):
            if "inf" in text:
                continue
            edit.selectAll()
            QTest.keyClicks(edit, text)
            assert row.refusal.startswith(row.setting.label), (name, text)
            assert row.refusal.endswith("."), (name, text)
            assert row.trouble.text() == row.refusal
            assert not row.trouble.isHidden()
            QTest.keyClick(edit, Qt.Key.Key_Return)
            assert form.edits == []
        QTest.keyClick(edit, Qt.Key.Key_Escape)
        assert edit.text() == standing
        assert row.refusal == ""
        assert row.trouble.isHidden()
    assert form.record is record
    assert form.edits == []


@pytest.mark.parametrize("width", [220, 300])
@pytest.mark.parametrize("cls", [Plan, DataSpec, LAYERS["dense"], LAYERS["output"]], ids=name_of)
def test_nothing_sticks_out_of_a_narrow_panel(cls, width, shown):
    form = shown(cls())
    assert form.minimumSizeHint().width() <= width - 40
    form.resize(width - 24, 700)
    for row in form.rows.values():
        entry = row.field.focus_widget()
        if entry.isVisible():
            assert entry.mapTo(form, QPoint(entry.width(), 0)).x() <= form.width()
