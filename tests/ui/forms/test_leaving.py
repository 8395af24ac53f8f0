"""How a widget leaves a panel."""

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gradloom.ui.forms.leaving import take_away


def test_the_keyboard_stays_in_the_panel_of_a_widget_that_goes(qtbot, theme):
    window, area, inside = QWidget(), QScrollArea(), QWidget()
    column = QVBoxLayout(inside)
    card, mend = QWidget(), QPushButton("Mend")
    QHBoxLayout(card).addWidget(mend)
    column.addWidget(card)
    area.setWidget(inside)
    row, train = QHBoxLayout(window), QPushButton("Train")
    row.addWidget(area)
    row.addWidget(train)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    mend.setFocus()
    take_away(card)
    assert area.hasFocus()
    assert not card.isVisible()
    train.setFocus()
    take_away(inside)
    assert train.hasFocus()
