"""The small windows of the Help menu."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QWidget

from gradloom.data import SOURCES
from gradloom.ui.dialogs import AboutDialog


def test_about_names_every_table_that_is_shipped(qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    said = " ".join(label.text() for label in AboutDialog(parent).findChildren(QLabel))
    for kind in SOURCES.kinds():
        assert (kind.label in said) == kind.shipped
