import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest

from gradloom.ui.app import build


@pytest.fixture
def make(qtbot, tmp_path):
    made = []
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings")
    )

    def window():
        made.append(build("light"))
        made[-1].window.show()
        return made[-1]

    yield window
    for parts in made:
        parts.document.mark_saved(parts.document.state)
        parts.window.close()
        parts.window.deleteLater()


def test_a_window_trains_at_a_pace_one_can_watch(make):
    parts = make()
    assert parts.bridge.pace == 60
    assert parts.window.transport.pace.currentText() == "60 epochs/s"


def test_the_pace_is_chosen_and_remembered(make):
    parts = make()
    chooser = parts.window.transport.pace
    chooser.setFocus()
    QTest.keyClick(chooser, Qt.Key.Key_End)
    assert chooser.currentText() == "Full speed"
    assert parts.bridge.pace is None
    assert make().bridge.pace is None
    QTest.keyClick(chooser, Qt.Key.Key_Home)
    assert parts.bridge.pace == 0.2
    assert make().bridge.pace == 0.2


def test_the_chooser_follows_the_bridge(make):
    parts = make()
    parts.bridge.set_pace(5.0)
    assert parts.window.transport.pace.currentText() == "5 epochs/s"


def test_a_pace_nobody_offers_is_forgotten(make, qapp):
    QSettings().setValue("training/pace", 3.5)
    assert make().bridge.pace == 60
