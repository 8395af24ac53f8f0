"""What the tests of widgets share."""

from __future__ import annotations

import gc

import pytest


@pytest.fixture(autouse=True)
def widgets_deleted(request):
    """Delete what was closed: without an event loop `deleteLater` waits for ever, and every style
    sheet that a later test sets would be worked out for all the widgets left over."""
    yield
    if "qapp" not in request.fixturenames and "qtbot" not in request.fixturenames:
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(autouse=True)
def garbage_collected_here():
    """As in the window (see `ui.garbage`): what Qt left in cycles dies in this thread. Whatever
    outlives a test is not looked at again, which keeps the next collection quick. No widget does:
    a style sheet would be read for each of them again."""
    from PySide6.QtCore import QCoreApplication, QEvent
    from PySide6.QtWidgets import QApplication

    gc.disable()
    yield
    for widget in QApplication.topLevelWidgets():
        if widget.parent() is None:
            widget.close()
            widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture
def window_parts(qtbot, theme, tmp_path):
    """A real window around the first project, without plots, with settings of its own."""
    from PySide6.QtCore import QSettings

    from gradloom.ui.app import build

    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings")
    )
    made = build("light")
    made.window.show()
    qtbot.waitActive(made.window)
    made.window.docks.place()
    made.canvas.fit()
    made.canvas.setFocus()
    qtbot.waitUntil(lambda: made.health.latest is not None, timeout=5000)
    yield made
    made.document.mark_saved(made.document.state)
    made.window.close()
    made.window.deleteLater()
