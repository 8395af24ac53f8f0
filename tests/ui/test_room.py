"""Panels behind other tabs rest; they are up to date as soon as they are in front."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabBar

_BEHIND = ("measures", "hidden", "landscape", "table", "sketch", "stepper", "problems", "health")


@pytest.fixture
def parts(window_parts):
    window_parts.window.add_plots()
    return window_parts


def tab(window, title):
    for bar in window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
        for i in range(bar.count()):
            if bar.isVisible() and bar.tabText(i).startswith(title):
                return bar, bar.tabRect(i).center()
    raise AssertionError(title)


def bring(window, title):
    bar, at = tab(window, title)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=at)


def test_a_panel_behind_another_tab_is_hidden_and_keeps_its_size(parts, qtbot):
    docks = parts.window.docks
    qtbot.waitUntil(lambda: not docks.panel("measures").isVisible())
    assert [name for name in _BEHIND if docks.panel(name).isVisible()] == []
    assert docks.panel("loss").isVisible()
    before = docks.panel("loss").size()
    bring(parts.window, "Measures")
    qtbot.waitUntil(docks.panel("measures").isVisible)
    assert not docks.panel("loss").isVisible()
    bring(parts.window, "Loss")
    qtbot.waitUntil(docks.panel("loss").isVisible)
    assert docks.panel("loss").size() == before


def test_a_panel_that_comes_to_the_front_shows_the_run_as_it_is(parts, qtbot):
    measures = parts.window.measures
    QTest.keyClick(parts.window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: parts.bridge.latest.epoch > 5, timeout=5000)
    QTest.keyClick(parts.window, Qt.Key.Key_Space)
    assert measures.service.latest is None, "nobody looks, so nobody measures"
    bring(parts.window, "Measures")
    steps = lambda: measures.service.latest.steps  # noqa: E731
    qtbot.waitUntil(lambda: measures.service.latest is not None, timeout=5000)
    qtbot.waitUntil(lambda: steps() == parts.bridge.latest.steps, timeout=5000)


def test_who_waits_for_a_panel_hears_of_it_afloat_too(parts, qtbot):
    docks, heard = parts.window.docks, []
    docks.when_shown("hidden", lambda: heard.append("hidden"))
    dock = docks._docks["hidden"]
    dock.setFloating(True)
    dock.show()
    qtbot.waitUntil(docks.panel("hidden").isVisible)
    assert heard == ["hidden"]
    dock.setFloating(False)
    bring(parts.window, "Loss")
    bring(parts.window, "Hidden")
    qtbot.waitUntil(docks.panel("hidden").isVisible)
    assert heard[-1] == "hidden"


def test_wherever_a_panel_comes_into_sight_it_is_there(parts, qtbot):
    """Afloat, closed and opened, and when the tabs are laid out anew for a narrow window."""
    docks = parts.window.docks

    def seen():
        return {name for name in docks.names if docks.panel(name).isVisible()}

    first = {"palette", "properties", "map", "loss"}
    qtbot.waitUntil(lambda: seen() == first)
    dock = docks._docks["hidden"]
    dock.setFloating(True)
    dock.show()
    qtbot.waitUntil(lambda: seen() == {*first, "hidden"})
    dock.setFloating(False)
    docks.show("loss")
    qtbot.waitUntil(lambda: seen() == first)
    docks.hide("map")
    assert seen() == first - {"map"}
    docks.show("map")
    assert seen() == first
    parts.window.resize(800, 600)
    qtbot.waitUntil(lambda: seen() == first - {"loss"})
    parts.window.resize(1440, 900)
    qtbot.waitUntil(lambda: seen() == first)
