"""What a person does with the whole window, by real keys and clicks."""

from __future__ import annotations

import dataclasses
import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRectF, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QMessageBox,
    QTabBar,
    QToolButton,
    QTreeWidget,
)

from gradloom.core.errors import UserError
from gradloom.data import SOURCES, DataSpec
from gradloom.data.drawing import blank
from gradloom.document.files import Autosave, data_folder, load_project, recoveries
from gradloom.document.samples import SAMPLES
from gradloom.session.copies import Copies
from gradloom.session.training import Status
from gradloom.ui.actions import ACTIONS
from gradloom.ui.dialogs import ShortcutsDialog
from gradloom.ui.panels.problems import ProblemsPanel


@pytest.fixture
def parts(window_parts, qtbot):
    window_parts.window.add_plots()
    qtbot.waitUntil(lambda: window_parts.bridge.latest is not None, timeout=5000)
    return window_parts


def press(parts, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(parts.window, key, modifier)


def epoch(parts) -> int:
    latest = parts.bridge.latest
    return -1 if latest is None else latest.epoch


def answer(monkeypatch, button) -> None:
    monkeypatch.setattr(QMessageBox, "question", lambda *a, **k: button)


def test_space_trains_the_first_network_and_pauses_it(parts, qtbot) -> None:
    press(parts, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: parts.bridge.status is Status.RUNNING, timeout=3000)
    qtbot.waitUntil(lambda: parts.bridge.latest.epoch > 5, timeout=5000)
    assert parts.window.transport.train.text() == "Pause"
    press(parts, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: parts.bridge.status is Status.PAUSED, timeout=3000)
    assert parts.bridge.latest.loss < 0.9


def test_the_first_network_learns_the_circles(parts, qtbot) -> None:
    press(parts, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: parts.bridge.latest.accuracy > 0.95, timeout=15000)


def test_closing_while_training_ends_cleanly(parts, qtbot) -> None:
    press(parts, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: parts.bridge.status is Status.RUNNING, timeout=3000)
    assert parts.window.close()


def test_no_key_means_two_things() -> None:
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(keys) == len(set(keys))
    assert len({action.name for action in ACTIONS}) == len(ACTIONS)


def test_every_action_says_what_it_does() -> None:
    assert all(action.tip.endswith(".") and action.menu for action in ACTIONS)


def test_the_command_palette_finds_and_runs(parts, qtbot) -> None:
    from gradloom.ui.commands import CommandPalette

    press(parts, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = parts.window.findChild(CommandPalette)
    QTest.keyClicks(palette.search, "add layernorm")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert any(layer.kind.kind == "layer_norm" for layer in parts.document.state.graph)
    press(parts, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(parts.document.state.graph.layers) == 5


def test_the_command_palette_says_when_it_finds_nothing(parts, qtbot) -> None:
    from gradloom.ui.commands import CommandPalette

    parts.window.show_commands()
    palette = parts.window.findChild(CommandPalette)
    QTest.keyClicks(palette.search, "zzz")
    assert palette._nothing.isVisible()
    QTest.keyClick(palette.search, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_save_and_open_go_on_where_they_were(parts, qtbot, monkeypatch, tmp_path) -> None:
    path = tmp_path / "circles.gradloom"
    parts.bridge.step_epoch()
    qtbot.waitUntil(lambda: epoch(parts) == 1, timeout=3000)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    press(parts, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    theta = parts.bridge.latest.snapshot.theta.copy()
    assert json.loads(path.read_text("utf-8"))["run"]
    assert parts.window.windowTitle().startswith("circles.gradloom")
    parts.files.new()
    assert not parts.document.state.graph.layers
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(path), ""))
    press(parts, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: epoch(parts) == 1, timeout=3000)
    assert (parts.bridge.latest.snapshot.theta == theta).all()


def test_the_star_comes_with_an_edit_and_goes_with_a_save(parts, monkeypatch, tmp_path) -> None:
    assert not parts.window.isWindowModified()
    parts.canvas.add_kind("dense")
    assert parts.window.isWindowModified()
    path = tmp_path / "a.gradloom"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    parts.files.save()
    assert not parts.window.isWindowModified()


def test_a_bad_file_leaves_everything_as_it_was(parts, qtbot, monkeypatch, tmp_path) -> None:
    bad = tmp_path / "bad.gradloom"
    bad.write_text('{"format": "gradloom-project", "version": 1, "graph": 3}', "utf-8")
    said = []
    monkeypatch.setattr(QMessageBox, "warning", lambda *a: said.append(a[-1]))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(bad), ""))
    before = parts.document.state
    parts.files.open()
    assert parts.document.state is before
    assert "bad.gradloom" in said[0]


@pytest.mark.parametrize(
    ("button", "leaves"),
    [
        (QMessageBox.StandardButton.Discard, True),
        (QMessageBox.StandardButton.Cancel, False),
    ],
)
def test_unsaved_edits_are_asked_about(parts, monkeypatch, button, leaves) -> None:
    parts.canvas.add_kind("dense")
    answer(monkeypatch, button)
    assert parts.files.may_leave() is leaves


def test_recent_files_are_listed_newest_first(parts, monkeypatch, tmp_path) -> None:
    for name in ("one", "two"):
        path = tmp_path / f"{name}.gradloom"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a, p=path: (str(p), ""))
        parts.files.save_as()
    parts.files.recent.fill()
    texts = [action.text() for action in parts.files.recent.actions()]
    assert texts == ["two.gradloom", "one.gradloom"]


def test_weights_go_out_and_come_back(parts, qtbot, monkeypatch, tmp_path) -> None:
    path = tmp_path / "w.json"
    parts.bridge.step_epoch()
    qtbot.waitUntil(lambda: epoch(parts) == 1, timeout=3000)
    trained = parts.bridge.latest.snapshot.theta.copy()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(path), ""))
    parts.files.export_weights()
    press(parts, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: epoch(parts) == 0, timeout=3000)
    parts.files.import_weights()

    def is_back() -> bool:
        latest = parts.bridge.latest
        return latest is not None and bool((latest.snapshot.theta == trained).all())

    qtbot.waitUntil(is_back, timeout=3000)


def test_an_import_of_weights_can_be_undone(parts, qtbot, monkeypatch, tmp_path) -> None:
    path = tmp_path / "w.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(path), ""))
    parts.files.export_weights()
    parts.bridge.step_epoch()
    qtbot.waitUntil(lambda: epoch(parts) == 1, timeout=3000)
    trained = parts.bridge.latest.snapshot.theta.copy()
    parts.files.import_weights()
    qtbot.waitUntil(lambda: epoch(parts) == 0, timeout=3000)
    assert parts.document.undo_label == "Import Weights"
    parts.document.undo()
    qtbot.waitUntil(lambda: epoch(parts) == 1, timeout=3000)
    assert (parts.bridge.latest.snapshot.theta == trained).all()


def test_a_copy_is_kept_and_offered_after_a_crash(parts, qtbot, monkeypatch) -> None:
    lost = _crashed(parts, qtbot)
    (left,) = recoveries(data_folder())
    answer(monkeypatch, QMessageBox.StandardButton.Open)
    parts.files.offer_recovery()
    assert parts.document.state == lost
    assert parts.files.unsaved
    own = parts.files.safe.copies._autosave.path
    assert load_project(own)[0] == lost  # it is safe before anything else happens
    assert not left.path.exists()
    assert recoveries(data_folder()) == []


def test_a_recovered_copy_stays_until_there_is_another(parts, qtbot, monkeypatch) -> None:
    lost = _crashed(parts, qtbot)
    (left,) = recoveries(data_folder())

    def full(*args, **kwargs):
        raise UserError("No copy can be kept: no space left on device.")

    monkeypatch.setattr(Autosave, "write", full)
    answer(monkeypatch, QMessageBox.StandardButton.Open)
    parts.files.offer_recovery()
    assert parts.document.state == lost
    assert left.path.exists()


def test_a_copy_is_written_while_the_window_goes_on(parts, qtbot, monkeypatch) -> None:
    writers: list[str] = []
    going_on = threading.Event()
    write = Autosave.write

    def slow(*args):
        writers.append(threading.current_thread().name)
        assert going_on.wait(5)
        write(*args)

    monkeypatch.setattr(Autosave, "write", slow)
    for kind in ("dropout", "dense", "layer_norm"):
        parts.canvas.add_kind(kind)
        _kept(parts, qtbot)  # waits for ever, if it writes by itself
        qtbot.waitUntil(lambda: bool(writers))
    _kept(parts, qtbot)
    going_on.set()
    parts.files.safe.copies.settle()
    assert writers == ["copies", "copies"]  # the one under way, and the newest
    assert load_project(parts.files.safe.copies._autosave.path)[0] == parts.document.state
    parts.document.mark_saved(parts.document.state)
    parts.files.safe.keep()
    parts.files.safe.copies.settle()
    assert not parts.files.safe.copies._autosave.path.exists()


def test_the_window_does_not_wait_for_a_long_step_to_keep_a_copy(parts, qtbot) -> None:
    going_on = threading.Event()
    parts.bridge._training._loop.post(lambda: going_on.wait(5))
    parts.canvas.add_kind("dropout")
    parts.files.safe.keep()
    assert parts.files.safe.asking, "it has come back before the step was done"
    parts.files.safe.keep()
    going_on.set()
    qtbot.waitUntil(lambda: not parts.files.safe.asking)
    parts.files.safe.copies.settle()
    assert load_project(parts.files.safe.copies._autosave.path)[0] == parts.document.state


def _kept(parts, qtbot) -> None:
    parts.files.safe.keep()
    qtbot.waitUntil(lambda: not parts.files.safe.asking)


def test_saving_a_large_run_shows_that_it_takes_a_while(parts, qtbot, monkeypatch, tmp_path):
    from gradloom.ui import files, recovery

    seen: list[bool] = []
    monkeypatch.setattr(
        files, "save_project", lambda *a: seen.append(QApplication.overrideCursor() is not None)
    )
    parts.files.path = tmp_path / "a.gradloom"
    parts.files.save()
    monkeypatch.setattr(recovery, "_LARGE_RUN", 10)
    parts.files.save()
    assert seen == [False, True]
    assert QApplication.overrideCursor() is None


def _crashed(parts, qtbot):
    """The state that a crash leaves in a copy without a lock; another project is open then."""
    parts.canvas.add_kind("dropout")
    _kept(parts, qtbot)
    parts.files.safe.copies.settle()
    lost = parts.document.state
    dead, parts.files.safe.copies = parts.files.safe.copies, Copies()
    dead._autosave._lock.close()
    dead._autosave = None
    assert dead.close()
    parts.document.mark_saved(lost)
    parts.files.new()
    return lost


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_the_theme_changes_everywhere_and_is_remembered(parts, mode) -> None:
    parts.window.choose_theme(mode)
    image = parts.window.grab().toImage()
    corner = image.pixelColor(image.width() - 4, image.height() - 4).lightnessF()
    assert (corner < 0.5) == (mode == "dark")
    assert QSettings().value("theme", type=str) == mode


def test_every_panel_takes_on_the_theme_also_when_it_was_built_in_another(parts, qtbot) -> None:
    docks = parts.window.docks
    for name in docks.names:
        docks.show(name)
    parts.window.choose_theme("dark")
    for name in docks.names:
        docks.show(name)
        qtbot.wait(1)
        panel = docks._docks[name].widget()
        paper = panel.grab().toImage().pixelColor(2, panel.height() - 3)
        assert paper.lightnessF() < 0.3, name


def test_a_small_window_still_shows_the_canvas(parts, qtbot) -> None:
    parts.window.resize(800, 600)
    qtbot.wait(50)
    assert parts.window.width() <= 800
    assert parts.canvas.width() >= 240


def test_the_rest_of_the_bar_is_in_sight_in_a_small_dark_window(parts, qtbot) -> None:
    parts.window.choose_theme("dark")
    parts.window.resize(800, 600)
    rest = parts.window.transport.findChild(QToolButton, "qt_toolbar_ext_button")
    qtbot.waitUntil(rest.isVisible)
    image = rest.grab().toImage()
    lights = [
        image.pixelColor(x, y).lightnessF()
        for x in range(image.width())
        for y in range(image.height())
    ]
    assert max(lights) > 0.5
    assert rest.toolTip()


def test_tabs_have_room_again_after_a_window_was_narrow_for_a_while(parts, qtbot) -> None:
    def sheets():
        return {bar.styleSheet() for bar in parts.window.findChildren(QTabBar) if bar.isVisible()}

    for width in (1500, 1000, 1200):
        parts.window.resize(width, 900)
        qtbot.wait(60)
    assert sheets() != {""}
    parts.window.resize(1500, 900)
    qtbot.waitUntil(lambda: sheets() == {""})


def test_tabs_can_be_read_on_a_small_laptop(parts, qtbot) -> None:
    parts.window.resize(1280, 720)
    qtbot.wait(20)
    parts.window.docks.place()
    qtbot.wait(20)
    for bar in parts.window.findChildren(QTabBar):
        for i in range(bar.count() if bar.isVisible() else 0):
            words = bar.fontMetrics().horizontalAdvance(bar.tabText(i))
            assert bar.tabRect(i).width() >= words + 8, bar.tabText(i)  # 4 px on each side


def test_tabs_that_are_cut_off_tell_their_names_and_are_smaller_in_a_narrow_window(parts, qtbot):
    from PySide6.QtWidgets import QTabBar

    direct = Qt.FindChildOption.FindDirectChildrenOnly

    def tabs():
        bars = parts.window.findChildren(QTabBar, options=direct)
        return next(b for b in bars if b.isVisible() and b.tabText(0) == "Properties")

    parts.window.resize(800, 600)
    qtbot.wait(100)
    bar = tabs()
    assert [bar.tabToolTip(i) for i in range(3)] == [bar.tabText(i) for i in range(3)]
    needed = sum(bar.fontMetrics().horizontalAdvance(bar.tabText(i)) + 6 for i in range(3))
    assert needed <= bar.width()


def test_every_control_has_a_name_for_a_screen_reader(parts) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider

    nameless = []
    for kind in (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QSlider):
        for widget in parts.window.findChildren(kind):
            text = getattr(widget, "text", lambda: "")()
            inner = widget.parent()
            own = widget.accessibleName() or text or widget.toolTip()
            outer = not isinstance(inner, QAbstractSpinBox | QComboBox)
            seen = widget.isVisible() and not widget.objectName().startswith("qt_")
            if outer and seen and not own:
                nameless.append(f"{type(widget).__name__} in {type(inner).__name__}")
    assert not nameless


def test_each_group_of_panels_has_one_tab_bar(parts, qtbot) -> None:
    from PySide6.QtWidgets import QTabBar

    direct = Qt.FindChildOption.FindDirectChildrenOnly
    bars = [b for b in parts.window.findChildren(QTabBar, options=direct) if b.isVisible()]
    groups = [tuple(b.tabText(i) for i in range(b.count())) for b in bars]
    assert len(groups) == len(set(groups))


def test_help_lists_every_shortcut(parts, qtbot) -> None:
    from PySide6.QtWidgets import QTreeWidget

    from gradloom.ui.dialogs import ShortcutsDialog

    press(parts, Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    dialog = parts.window.findChild(ShortcutsDialog)
    tree = dialog.findChild(QTreeWidget)
    menus = tree.topLevelItemCount() - 2  # but for drawing points, and the mouse
    listed = sum(tree.topLevelItem(i).childCount() for i in range(menus))
    assert listed == sum(1 for action in ACTIONS if action.keys)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)


def test_typing_a_space_in_a_field_does_not_train(parts, qtbot) -> None:
    parts.window.focus_palette()
    search = parts.window.focusWidget()
    QTest.keyClicks(search, "leaky relu")
    assert search.text() == "leaky relu"
    assert parts.bridge.status is Status.IDLE
    QTest.mouseClick(parts.canvas, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))


def test_the_picture_command_paints_the_window(qapp, tmp_path: Path) -> None:
    from PySide6.QtGui import QImage

    from gradloom.core.resources import resource_path
    from gradloom.ui.picture import save_picture

    sample = min(resource_path("samples").glob("*.gradloom"))
    out = tmp_path / "picture.png"
    save_picture(sample, out, (1000, 700), "dark")
    image = QImage(str(out))
    assert (image.width(), image.height()) == (1000, 700)


def test_a_run_that_went_on_is_asked_about(parts, qtbot, monkeypatch, tmp_path) -> None:
    path = tmp_path / "trained.gradloom"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(path), ""))
    parts.files.save()
    assert not parts.window.isWindowModified()
    parts.bridge.step_batch()
    qtbot.waitUntil(parts.window.isWindowModified, timeout=3000)
    answer(monkeypatch, QMessageBox.StandardButton.Cancel)
    assert not parts.files.may_leave()
    parts.files.save()
    assert not parts.window.isWindowModified()


def test_a_new_project_starts_from_nothing(parts, qtbot) -> None:
    parts.bridge.step_batch()
    qtbot.waitUntil(lambda: parts.window.transport.step.findChild(QLabel, "value").text() == "1")
    parts.files.new()
    assert parts.window.transport.step.findChild(QLabel, "value").text() == "0"


def test_a_small_network_for_the_data_is_begun_by_one_click_and_seen_whole(parts, qtbot) -> None:
    parts.files.new()
    parts.canvas.board.centerOn(900, 700)
    parts.window.docks.show("problems")
    panel = parts.window.findChild(ProblemsPanel)
    (button,) = [card.fix for card in panel.cards if card.fix is not None]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert parts.document.state.ready
    seen = parts.canvas.board.viewport().rect()
    shown = [
        parts.canvas.board.viewportTransform().mapRect(QRectF(*box)).toRect()
        for box in parts.canvas.board.sheet.boxes().values()
    ]
    assert len(shown) == 4
    assert all(seen.contains(rect) for rect in shown)


def test_reseeding_keeps_the_data(parts, qtbot) -> None:
    before = parts.document.state.prepared.dataset.features
    press(
        parts, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    after = parts.document.state
    assert after.plan.seed == 1
    assert (after.prepared.dataset.features == before).all()
    parts.bridge.redraw()
    assert not (parts.document.state.prepared.dataset.features == before).all()


def test_the_command_palette_opens_samples(parts, qtbot) -> None:
    from gradloom.ui.commands import CommandPalette

    parts.window.show_commands()
    palette = parts.window.findChild(CommandPalette)
    QTest.keyClicks(palette.search, "sample spiral")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert parts.window.windowTitle().startswith("Spiral")


def test_the_gallery_opens_a_sample_as_a_new_project(parts, qtbot) -> None:
    gallery = _gallery(parts, qtbot)
    QTest.keyClicks(gallery.search, "xor, one")
    QTest.keyClick(gallery.search, Qt.Key.Key_Return)
    assert not gallery.isVisible()
    assert parts.files.path is None
    assert parts.document.state == SAMPLES["xor_neuron"].state
    assert parts.window.windowTitle().startswith("XOR, one neuron")
    assert "Press Space" in parts.window._message.text
    assert not parts.files.unsaved
    parts.document.edit("spiral", lambda s: s.with_data(source=SOURCES.make("spiral")))
    assert parts.window._message.text == ""  # the hint was about other data
    parts.document.mark_saved(parts.document.state)


def test_the_gallery_asks_about_unsaved_work(parts, qtbot, monkeypatch) -> None:
    parts.canvas.add_kind("dense")
    mine = parts.document.state
    gallery = _gallery(parts, qtbot)
    answer(monkeypatch, QMessageBox.StandardButton.Cancel)
    QTest.keyClick(gallery.search, Qt.Key.Key_Return)
    assert parts.document.state is mine
    assert gallery.isVisible()
    answer(monkeypatch, QMessageBox.StandardButton.Discard)
    QTest.keyClick(gallery.search, Qt.Key.Key_Return)
    assert parts.document.state == SAMPLES["circles"].state
    assert not gallery.isVisible()


def test_the_empty_canvas_opens_the_gallery(parts, qtbot) -> None:
    from gradloom.ui.samples import SamplesDialog

    parts.files.new()
    QTest.mouseClick(parts.canvas._hint.button, Qt.MouseButton.LeftButton)
    gallery = parts.window.findChild(SamplesDialog)
    qtbot.waitActive(gallery)
    QTest.keyClick(gallery.search, Qt.Key.Key_Return)
    qtbot.waitActive(parts.window)
    assert QApplication.focusWidget() is parts.canvas.board
    press(parts, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: parts.bridge.status is Status.RUNNING, timeout=3000)
    parts.bridge.pause()


def _gallery(parts, qtbot):
    from gradloom.ui.samples import SamplesDialog

    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    press(parts, Qt.Key.Key_O, both)
    gallery = parts.window.findChild(SamplesDialog)
    qtbot.waitActive(gallery)
    return gallery


def test_a_window_that_was_small_for_a_while_is_as_before(parts, qtbot) -> None:
    docks = parts.window.docks._docks
    before = {name: dock.width() for name, dock in docks.items() if name in ("palette", "map")}
    parts.window.resize(800, 600)
    qtbot.waitUntil(lambda: docks["loss"] in parts.window.tabifiedDockWidgets(docks["map"]))
    parts.window.resize(1440, 900)
    qtbot.waitUntil(lambda: docks["loss"] not in parts.window.tabifiedDockWidgets(docks["map"]))
    qtbot.wait(50)
    after = {name: docks[name].width() for name in before}
    assert after == {name: pytest.approx(width, abs=40) for name, width in before.items()}


def test_the_pencil_has_a_key_and_a_menu_entry(parts, qtbot) -> None:
    action = parts.window.menus.actions["draw"]
    press(parts, Qt.Key.Key_D)
    assert parts.window.drawing
    parts.window.menus.refresh()
    assert action.isChecked()
    parts.canvas.setFocus()
    press(parts, Qt.Key.Key_D)
    assert not parts.window.drawing
    wide = dataclasses.replace(parts.document.state, data=DataSpec(source=SOURCES.make("iris")))
    parts.document.edit("iris", lambda _: wide)
    parts.window.menus.refresh()
    assert not action.isEnabled(), "four features are no plane"
    press(parts, Qt.Key.Key_D)
    assert not parts.window.drawing


def test_strokes_are_undone_by_the_keys_of_the_window_while_the_map_has_the_focus(
    parts, qtbot
) -> None:
    blank_plane = dataclasses.replace(parts.document.state, data=DataSpec(source=blank()))
    parts.document.edit("blank", lambda _: blank_plane)
    parts.window.activateWindow()
    qtbot.waitUntil(parts.window.isActiveWindow)
    field = parts.window.map.field
    view = field.sheet.viewport()
    QTest.keyClick(field.sheet, Qt.Key.Key_P)
    for place in ((-2, 0), (2, 0)):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=field.frame().at(*place).toPoint())
    assert len(parts.document.state.data.source.content) == 2
    assert QApplication.focusWidget() is field.sheet
    qtbot.wait(10)  # the menus read what can be undone
    QTest.keyClick(field.sheet, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(parts.document.state.data.source.content) == 1
    qtbot.wait(10)
    QTest.keyClick(
        field.sheet,
        Qt.Key.Key_Z,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert len(parts.document.state.data.source.content) == 2


def test_keys_of_the_pencil_are_in_the_list_of_keys(parts) -> None:
    parts.window.show_shortcuts()
    dialog = parts.window.findChild(ShortcutsDialog)
    tree = dialog.findChild(QTreeWidget)
    items = tree.findItems("Spray", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
    assert [item.text(1) for item in items] == ["S"]
    dialog.reject()
