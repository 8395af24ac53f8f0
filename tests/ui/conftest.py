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
    outlives a test is not looked at again, which keeps the next collection quick."""
    gc.disable()
    yield
    gc.collect()
    gc.freeze()
    gc.enable()
