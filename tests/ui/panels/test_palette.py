"""The palette: searching, choosing by keys and mouse, dragging."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gradloom.layers import LAYERS
from gradloom.ui.panels.palette import MIME, Palette, categories, drag_picture, matches


@pytest.fixture
def palette(qtbot, theme):
    made = Palette(theme)
    qtbot.addWidget(made)
    made.resize(220, 600)
    made.show()
    made.activateWindow()
    return made


def item_of(palette, kind):
    return next(i for i in palette._kind_items() if i.data(0, Qt.ItemDataRole.UserRole) == kind)


def current(palette):
    return palette.tree.currentItem().data(0, Qt.ItemDataRole.UserRole)


def test_every_kind_is_there_once_ends_and_layers_first(palette):
    assert sorted(palette.kinds_shown()) == sorted(kind.kind for kind in LAYERS.kinds())
    assert list(categories())[:2] == ["Ends", "Layers"]
    assert palette.kinds_shown()[:2] == ["input", "output"]


def test_every_kind_has_an_icon_and_a_help(theme):
    for kind in LAYERS.kinds():
        assert not theme.icon(kind.icon).isNull()
        assert kind.help
        assert kind.category


@pytest.mark.parametrize(
    ("query", "found"),
    [("dense", "dense"), ("DROP", "dropout"), ("units", "dense"), ("leaky", "leaky_relu")],
)
def test_names_and_settings_are_searched(query, found):
    assert matches(LAYERS[found], query)


def test_typing_and_enter_adds_the_best_match(palette, qtbot):
    QTest.keyClicks(palette.search, "tanh")
    assert set(palette.kinds_shown()) >= {"tanh", "hard_tanh"}
    with qtbot.waitSignal(palette.chosen) as signal:
        QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert signal.args == ["tanh"]


def test_down_goes_to_the_list_and_enter_chooses_there(palette, qtbot):
    palette.focus_search()
    qtbot.waitUntil(palette.search.hasFocus)
    QTest.keyClick(palette.search, Qt.Key.Key_Down)
    qtbot.waitUntil(palette.tree.hasFocus)
    assert current(palette) == "input"
    QTest.keyClick(palette.tree, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.chosen) as signal:
        QTest.keyClick(palette.tree, Qt.Key.Key_Return)
    assert signal.args == ["output"]
    palette.tree.setCurrentItem(item_of(palette, "input"))
    QTest.keyClick(palette.tree, Qt.Key.Key_Up)
    qtbot.waitUntil(palette.search.hasFocus)


def test_a_double_click_chooses(palette, qtbot):
    rect = palette.tree.visualItemRect(item_of(palette, "dense"))
    view = palette.tree.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=rect.center())
    with qtbot.waitSignal(palette.chosen) as signal:
        QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=rect.center())
    assert signal.args == ["dense"]


def test_nothing_found_says_what_to_do_and_escape_clears(palette, qtbot):
    QTest.keyClicks(palette.search, "zzz")
    assert palette.kinds_shown() == []
    assert "zzz" in palette.nothing.text()
    assert not palette.nothing.isHidden()
    with qtbot.assertNotEmitted(palette.chosen):
        QTest.keyClick(palette.search, Qt.Key.Key_Return)
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.search.text() == ""
    assert len(palette.kinds_shown()) == len(LAYERS.kinds())
    assert palette.nothing.isHidden()


def test_a_drag_carries_the_kind_and_a_card(palette, theme):
    tree = palette.tree
    data = tree.mimeData([item_of(palette, "relu")])
    assert bytes(data.data(MIME)) == b"relu"
    assert tree.mimeTypes() == [MIME]
    assert not tree.mimeData([tree.topLevelItem(0)]).hasFormat(MIME)
    picture = drag_picture(LAYERS["relu"], theme)
    assert picture.width() == 150
    assert picture.toImage().pixelColor(20, 8) == theme.colour("raised")


def test_dragging_starts_from_the_item_under_the_pointer(palette, monkeypatch):
    from gradloom.ui.panels import palette as module

    carried = []
    monkeypatch.setattr(
        module.QDrag, "exec", lambda drag, *_: carried.append(bytes(drag.mimeData().data(MIME)))
    )
    tree = palette.tree
    tree.setCurrentItem(item_of(palette, "dense"))
    tree.startDrag(Qt.DropAction.CopyAction)
    tree.setCurrentItem(tree.topLevelItem(0))
    tree.startDrag(Qt.DropAction.CopyAction)
    assert carried == [b"dense"]


def test_the_current_kind_stays_when_the_theme_changes(palette, theme):
    palette.tree.setCurrentItem(item_of(palette, "dropout"))
    theme.set_mode("dark")
    assert current(palette) == "dropout"
    theme.set_mode("light")


def test_no_horizontal_scrolling(palette):
    assert palette.minimumSizeHint().width() <= 220
    assert palette.tree.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
