"""The theme is put on the application once for every change of look, and not oftener."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from gradloom.ui.theme import DARK, LIGHT


def test_a_look_that_is_there_is_not_put_on_again(theme, monkeypatch):
    told, sheets = [], []
    theme.changed.connect(lambda: told.append(theme.tokens))
    monkeypatch.setattr(QApplication, "setStyleSheet", lambda _, sheet: sheets.append(sheet))
    theme.set_mode("light")
    assert (told, sheets) == ([], [])
    theme.set_mode("dark")
    theme.set_mode("light")
    assert told == [DARK, LIGHT]
    assert len(sheets) == 2
