"""Help in the window: how one gets there, what its links do, and the way back."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from gradloom.session.training import Status
from gradloom.ui.help import links
from gradloom.ui.help.subjects import subject_of
from gradloom.ui.help.topics import spots, topics
from gradloom.ui.view import Selection


@pytest.fixture
def parts(window_parts):
    return window_parts


def press(parts, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(parts.window, key, modifier)


def shown(parts):
    return parts.window.guide.panel().spot


def open_topic(parts, name):
    parts.window.guide.show(name)
    return parts.window.guide.panel()


def click_link(panel, url):
    """Click a link of the page where a person would."""
    from gradloom.ui.help.page import _fragments

    page = panel.page
    runs = [run for block in page._blocks() for run in _fragments(block)]
    at = next(start for start, _, look in runs if look.anchorHref() == url)
    cursor = QTextCursor(page.document())
    cursor.setPosition(at + 1)
    page.setTextCursor(cursor)
    page.ensureCursorVisible()
    place = page.cursorRect(cursor).center() + QPoint(2, 0)
    assert page.anchorAt(place) == url
    QTest.mouseClick(page.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_nothing_of_help_is_loaded_before_it_is_needed():
    """Not by building the window, in a fresh interpreter."""
    import subprocess

    code = (
        "from gradloom.ui.app import application, build\n"
        "import sys; app = application(); parts = build('light'); parts.window.show()\n"
        "app.processEvents()\n"
        "late = ('ui.help.page', 'ui.help.panel', 'ui.help.experiments', 'ziamath')\n"
        "print([n for n in late if n in sys.modules or f'gradloom.{n}' in sys.modules])\n"
        "parts.window.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_f1_opens_help_and_closes_it_again(parts):
    press(parts, Qt.Key.Key_F1)
    panel = parts.window.guide.panel()
    assert panel.isVisible()
    assert panel.search.hasFocus()
    assert shown(parts).topic == ""
    QTest.keyClick(panel.search, Qt.Key.Key_F1)
    assert not panel.isVisible()
    assert parts.canvas.board.hasFocus()


def test_searching_by_keys_opens_the_best_topic_and_esc_goes_back_to_the_page(parts):
    press(parts, Qt.Key.Key_F1)
    panel = parts.window.guide.panel()
    QTest.keyClicks(panel.search, "relu")
    assert panel.results.isVisible()
    titles = [panel.results.item(i).text() for i in range(3)]
    assert titles[0] == "ReLU and its kin"
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert panel.page.topic.title == titles[1]
    assert panel.page.hasFocus()
    QTest.keyClicks(panel.search, "qqq")
    assert panel._nothing.isVisible()
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    assert panel.page.isVisible()
    QTest.keyClick(panel.page, Qt.Key.Key_Escape)
    assert parts.canvas.board.hasFocus()


def test_back_and_forward_by_buttons_keys_and_mouse(parts):
    panel = open_topic(parts, "neuron")
    click_link(panel, "topic:gates")
    assert shown(parts).topic == "gates"
    QTest.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert shown(parts).topic == "neuron"
    assert panel.forward.isEnabled()
    QTest.keyClick(panel.page, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert shown(parts).topic == "gates"
    QTest.mouseClick(panel.page.viewport(), Qt.MouseButton.BackButton)
    assert shown(parts).topic == "neuron"
    QTest.mouseClick(panel.contents, Qt.MouseButton.LeftButton)
    assert shown(parts).topic == ""
    assert not panel.forward.isEnabled()


def test_a_table_has_small_letters_so_that_its_words_stay_whole_in_a_narrow_panel(parts):
    from gradloom.ui.help.page import _fragments
    from gradloom.ui.theme import NORMAL, SMALL

    page = open_topic(parts, "activations").page
    sizes = {True: set(), False: set()}
    for block in page._blocks():
        inside = QTextCursor(block).currentTable() is not None
        sizes[inside] |= {look.font().pixelSize() for *_, look in _fragments(block)}
    assert sizes[True] == {SMALL}
    assert NORMAL in sizes[False]


def test_back_comes_back_to_where_one_was_reading(parts, qtbot):
    panel = open_topic(parts, "activations")
    qtbot.wait(50)
    panel.page.verticalScrollBar().setValue(120)
    panel.show_topic("neuron")
    panel.back.click()
    assert panel.page.verticalScrollBar().value() == 120


def test_another_project_does_not_take_over_what_was_selected(parts):
    parts.view.select(Selection(frozenset({"dense_1"})))
    parts.view.select_rows(frozenset({3, 4}))
    panel = open_topic(parts, "health")
    click_link(panel, "sample:xor_points")
    assert not parts.view.selection
    assert not parts.view.rows


def test_a_sample_an_action_a_setting_and_a_panel(parts, qtbot):
    panel = open_topic(parts, "health")
    click_link(panel, "sample:xor_points")
    assert parts.files.name == "XOR points"
    click_link(panel, "set:dense_1.activation=identity&dense_2.activation=identity")
    assert parts.document.state.graph["dense_1"].kind.activation.kind == "identity"
    assert parts.document.undo_label == "Try It"
    click_link(panel, "panel:health")
    qtbot.waitUntil(lambda: any(f.rule == "linear_stack" for f in parts.health.findings))
    parts.window.guide.show("health")
    click_link(panel, "do:undo")
    assert parts.document.state.graph["dense_1"].kind.activation.kind == "tanh"
    parts.window.guide.show("linear_stack")
    click_link(panel, "do:train")
    qtbot.waitUntil(lambda: parts.bridge.status is Status.RUNNING, timeout=3000)
    click_link(panel, "do:train")
    qtbot.waitUntil(lambda: parts.bridge.status is Status.PAUSED, timeout=3000)


def test_a_sample_asks_before_it_takes_the_place_of_unsaved_work(parts, monkeypatch):
    parts.canvas.add_kind("dense")
    before = parts.document.state
    monkeypatch.setattr(QMessageBox, "question", lambda *a, **k: QMessageBox.StandardButton.Cancel)
    click_link(open_topic(parts, "gates"), "sample:and_gate")
    assert parts.document.state is before


def test_what_can_not_be_done_is_said(parts):
    said = []
    parts.view.message.connect(said.append)
    panel = open_topic(parts, "canvas")
    click_link(panel, "do:undo")
    assert "makes no sense just now" in said[-1]
    parts.window.guide.follow(links.parse("set:dense_9.units=3"))
    assert "open the sample" in said[-1]
    parts.window.guide.follow(links.parse("add:dropout"))
    assert "dropout_1" in parts.document.state.graph


def test_a_small_table_is_shown_as_it_would_be_read(parts, qtbot):
    click_link(open_topic(parts, "rare_class"), "table:rare")
    dialog = parts.window.importer.dialog
    qtbot.waitUntil(dialog.isVisible)
    dialog.reject()


def test_every_panel_has_a_page_and_every_link_to_one_leads_there(parts):
    names = set(parts.window.docks.names)
    for topic in topics().values():
        assert {link.target for link in topic.links if link.scheme == links.PANEL} <= names
    told = {s.removeprefix("panel:") for s in spots() if s.startswith("panel:")}
    assert told == names | {"canvas"}


def test_shift_f1_tells_of_what_is_selected_or_has_the_keyboard(parts):
    shift = Qt.KeyboardModifier.ShiftModifier
    parts.view.select(Selection(frozenset(["dense_1"])))
    press(parts, Qt.Key.Key_F1, shift)
    assert shown(parts).topic == "dense"
    parts.canvas.setFocus()
    parts.view.select(Selection())
    press(parts, Qt.Key.Key_F1, shift)
    assert shown(parts).topic == "canvas"
    parts.window.docks.show("properties")
    plan = parts.window.docks.panel("properties").plan
    optimiser = plan.forms["Optimiser"].rows["optimiser"].field
    optimiser.combo.setFocus()
    QTest.keyClick(optimiser.combo, Qt.Key.Key_F1, shift)
    assert shown(parts) == spots()["optimiser:adam"]
    parts.window.docks.show("properties")
    plan.forms["Batches"].rows["batch_size"].field.focus_widget().setFocus()
    press(parts, Qt.Key.Key_F1, shift)
    assert shown(parts).topic == spots()["panel:properties"].topic


def test_every_question_mark_leads_to_the_page_of_what_stands_beside_it(parts, qtbot):
    page = parts.window.docks.panel("properties")
    parts.view.select(Selection(frozenset(["dense_1"])))
    field = page.layer.form.rows["activation"].field
    assert field.asking.toolTip() == "Help on Tanh"
    QTest.mouseClick(field.asking, Qt.MouseButton.LeftButton)
    assert shown(parts) == spots()["activation:tanh"]
    assert shown(parts).heading == "Tanh"
    parts.window.docks.show("properties")
    start = page.layer.form.rows["kernel_init"].field
    assert start.asking.accessibleName() == "Help on Glorot uniform"  # what Automatic means
    QTest.mouseClick(page.layer.asking, Qt.MouseButton.LeftButton)
    assert shown(parts).topic == "dense"
    parts.view.select(Selection(frozenset(["output_1"])))
    assert page.layer.form.rows["loss"].field.asking.subject == "loss:mse"


def test_a_heading_that_is_asked_for_stands_at_the_top(parts, qtbot):
    parts.window.resize(900, 480)  # else the end of the page comes first
    parts.window.guide.about("loss:mae")
    page = parts.window.guide.panel().page

    def at_top():
        cursor = page.cursorForPosition(QPoint(20, 16))
        return cursor.block().text() == "Mean absolute error"

    qtbot.waitUntil(at_top, timeout=5000)  # and after its formulas have been typeset too


def test_the_command_palette_lists_topics(parts):
    from gradloom.ui.commands import CommandPalette

    press(parts, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = parts.window.findChild(CommandPalette)
    QTest.keyClicks(palette.search, "help dying")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert shown(parts).topic == "dying_relu"


def test_help_stays_beside_a_step_that_is_walked_through(parts):
    parts.window.add_plots()
    panel = open_topic(parts, "walking")
    click_link(panel, "do:walk")
    assert parts.window.stepper.stepping.active
    assert panel.isVisible()
    assert not parts.window.docks._docks["properties"].isVisible()
    parts.window.stepper.leave()


def test_pages_are_painted_in_both_themes_and_narrow(parts, qtbot):
    panel = open_topic(parts, "sigmoid_family")
    page = panel.page
    qtbot.waitUntil(lambda: not page._timer.isActive(), timeout=5000)
    light = page.grab().toImage()
    parts.window.choose_theme("dark")
    qtbot.waitUntil(lambda: not page._timer.isActive(), timeout=5000)
    assert page.grab().toImage() != light
    parts.window.resize(800, 600)
    qtbot.wait(50)
    assert page.document().size().width() <= page.viewport().width() + 1
    parts.window.choose_theme("light")


def test_links_can_be_followed_by_keys(parts):
    panel = open_topic(parts, "neuron")
    page = panel.page
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_Tab)
    QTest.keyClick(page, Qt.Key.Key_Return)
    assert shown(parts).topic == "activations"


def test_an_unknown_subject_opens_the_index(parts):
    parts.window.guide.about("nonsense:x")
    assert shown(parts).topic == ""
    assert subject_of(type(parts.document.state.plan)) == ""
    assert QApplication.focusWidget() is None or isinstance(QApplication.focusWidget(), QWidget)


def test_no_icon_stands_alone_at_the_end_of_a_line(parts, qtbot):
    from gradloom.ui.help.page import _fragments, _is_icon

    panel = open_topic(parts, "rare_class")
    page = panel.page
    for width in range(200, 400, 20):
        page.resize(width, 500)
        page._keep_icons()
        page.document().size()
        for block in page._blocks():
            for start, _, look in _fragments(block):
                at, layout = start - block.position(), block.layout()
                if _is_icon(look):
                    lines = [layout.lineForTextPosition(at + i).lineNumber() for i in (0, 2)]
                    assert lines[0] == lines[1]


def test_no_panel_is_in_two_tab_bars_whatever_is_opened_and_counted(parts, qtbot):
    from PySide6.QtWidgets import QTabBar

    def seen():
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        bars = [b for b in parts.window.findChildren(QTabBar, options=direct) if b.isVisible()]
        return [b.tabText(i) for b in bars for i in range(b.count())]

    docks = parts.window.docks
    for do in (
        lambda: docks.count("health", 2),
        parts.window.guide.toggle,
        lambda: docks.count("problems", 1),
        docks.reset,
        lambda: docks.count("health", 0),
    ):
        do()
        qtbot.wait(60)
        titles = [title.split(" (")[0] for title in seen()]
        assert len(titles) == len(set(titles))
        assert "Properties" in titles
    assert "Health" in seen()
    assert "Problems (1)" in seen()
    assert "Help" not in seen()
