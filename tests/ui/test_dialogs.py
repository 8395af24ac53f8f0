"""The small windows of the Help menu."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

from gradloom.data import SOURCES
from gradloom.ui.dialogs import AboutDialog


def test_about_names_every_table_that_is_shipped(qtbot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    said = " ".join(label.text() for label in AboutDialog(parent).findChildren(QLabel))
    for kind in SOURCES.kinds():
        assert (kind.label in said) == kind.shipped


def test_buttons_of_questions_have_no_pictures_of_another_style(qtbot, theme) -> None:
    kinds = QMessageBox.StandardButton
    box = QMessageBox()
    box.setStandardButtons(kinds.Save | kinds.Discard | kinds.Cancel)
    qtbot.addWidget(box)
    box.show()
    buttons = box.buttons()
    assert len(buttons) == 3
    assert all(button.icon().isNull() for button in buttons)
    box.close()
