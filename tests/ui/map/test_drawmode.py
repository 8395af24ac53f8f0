"""Drawing data on the map by real mouse and key events."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from gradloom.data import Drawing
from gradloom.data.drawing import add_points, blank
from gradloom.document.fixes import FIXES
from gradloom.document.samples import first_project
from gradloom.document.samples.build import dense
from gradloom.session.planes import Look, ground_of
from gradloom.session.training import Status
from projects import project, trained

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


def drawing(source, *layers):
    """The first project (or other layers) with this drawing for data."""
    state = project("circles", *layers) if layers else first_project()
    return dataclasses.replace(state, data=state.data.replace(source=source))


def scattered(*points, value=0, source=None):
    return add_points(source or blank(), np.array(points, float), value)


class Easel:
    """The map of a bench with the pencil in hand."""

    def __init__(self, shown):
        self.shown, self.map, self.mode = shown, shown.map, shown.map.drawing
        self.document, self.view = shown.document, shown.map.field.sheet.viewport()
        self.map.activateWindow()
        QTest.mouseClick(self.map.controls.tools["pencil"], LEFT)

    @property
    def content(self):
        return self.document.state.data.source.content

    @property
    def points(self):
        return self.content.features.tolist()

    def at(self, x, y):
        return self.map.field.frame().at(x, y).toPoint()

    def brush(self, name):
        QTest.mouseClick(self.mode.tools.buttons[name], LEFT)

    def stroke(self, *places, button=LEFT, keys=NONE, release=True):
        pixels = [self.at(*place) for place in places]
        QTest.mouseMove(self.view, pixels[0])
        QTest.mousePress(self.view, button, keys, pixels[0])
        for a, b in pairwise(pixels):
            for share in (0.5, 1.0):
                # a real pointer holds its keys and button down while it moves
                self.move(a + (b - a) * share, button, keys)
        if release:
            QTest.mouseRelease(self.view, button, keys, pixels[-1])

    def move(self, at, button=LEFT, keys=NONE):
        from PySide6.QtCore import QPointF
        from PySide6.QtGui import QMouseEvent

        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(at),
            QPointF(self.view.mapToGlobal(at)),
            Qt.MouseButton.NoButton,
            button,
            keys,
        )
        QApplication.sendEvent(self.view, event)

    def key(self, key, keys=NONE):
        QTest.keyClick(self.map.field.sheet, key, keys)


@pytest.fixture
def easel(bench):
    return lambda state=None: Easel(bench(drawing(blank()) if state is None else state))


# an empty plane


def test_an_empty_plane_can_be_drawn_on_though_no_network_is_ready(easel):
    e = easel()
    assert e.map.field.notice == ""
    assert e.map.field.extent == (-5, 5, -5, 5)
    assert e.mode.sketch.words == "Draw points here"
    assert [key.name for key in e.map.field.drawing.legend.keys] == ["A", "B"]
    e.brush("point")
    e.stroke((2, 1))
    assert e.points == [[pytest.approx(2, abs=0.05), pytest.approx(1, abs=0.05)]]
    assert e.mode.sketch.words == ""
    assert e.document.undo_label == "Draw 1 point"
    e.document.undo()
    assert e.points == []
    assert e.mode.sketch.words == "Draw points here"


def test_the_plane_stays_as_it_is_while_one_draws(easel):
    e = easel()
    e.brush("point")
    for place in ((0.5, 0.5), (1, -1), (-4.9, 4.9)):
        e.stroke(place)
        assert e.map.field.extent == (-5, 5, -5, 5)
    assert len(e.points) == 3


# each tool


def test_the_brush_draws_points_along_the_line_and_shows_them_at_once(easel):
    e = easel()
    e.stroke((-3, 0), (3, 0), release=False)
    wet = e.mode.sketch.wet
    assert wet > 5
    assert e.points == [], "the document knows nothing of it yet"
    assert e.mode.sketch.words == ""
    QTest.mouseRelease(e.view, LEFT, NONE, e.at(3, 0))
    assert len(e.points) == wet
    assert e.mode.sketch.wet == 0
    assert e.document.undo_label == f"Draw {wet} points"
    x, y = np.array(e.points).T
    gaps = np.diff(x) / e.map.field.frame().unit[0]
    assert gaps == pytest.approx(14, abs=0.01), "two radii, in px"
    assert np.abs(y).max() < 0.1
    e.document.undo()
    assert e.points == [], "a stroke is one step"


def test_shift_draws_a_straight_line(easel):
    e = easel()
    e.stroke((-3, -3), (3, -3), (3, 3), keys=SHIFT)
    x, y = np.array(e.points).T
    assert x == pytest.approx(y, abs=0.1)


def test_the_spray_draws_while_it_is_held(easel, qtbot):
    e = easel()
    e.brush("spray")
    e.stroke((0, 0), release=False)
    qtbot.waitUntil(lambda: e.mode.sketch.wet > 8)
    QTest.mouseRelease(e.view, LEFT, NONE, e.at(0, 0))
    count = len(e.points)
    assert count > 8
    unit = e.map.field.frame().unit
    assert np.hypot(*(np.array(e.points) / unit).T).max() <= 26 + 1
    qtbot.wait(80)
    assert len(e.points) == count


def test_a_map_that_is_closed_while_one_sprays_draws_no_more(easel, qtbot):
    e = easel()
    e.brush("spray")
    e.stroke((0, 0), release=False)
    qtbot.waitUntil(lambda: e.mode.sketch.wet > 2)
    e.map.hide()
    assert e.mode.pen.stroke is None
    assert not e.map.grip.busy
    assert e.points == []


def test_the_eraser_hides_points_at_once_and_takes_them_on_release(easel):
    e = easel(drawing(scattered((-2, 0), (0, 0), (2, 0), (0, 3))))
    e.brush("erase")
    e.stroke((-3, 0), (1, 0), release=False)
    visible = e.map.field._points.data["visible"]
    assert visible.sum() < len(visible)
    assert len(e.points) == 4
    QTest.mouseRelease(e.view, LEFT, NONE, e.at(1, 0))
    assert e.points == [[2, 0], [0, 3]]
    assert e.document.undo_label == "Erase 2 points"
    assert e.map.field._points.data["visible"].all()


def test_the_right_button_erases_with_any_tool_and_opens_no_menu(easel):
    e = easel(drawing(scattered((-2, 0), (2, 0))))
    for name in ("brush", "move"):
        e.brush(name)
        e.stroke((-3, 0), (-1, 0), button=RIGHT)
        assert e.points == [[2, 0]]
        e.document.undo()
    at = e.at(0, 0)
    menu = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, e.view.mapToGlobal(at))
    QApplication.sendEvent(e.view, menu)
    assert e.map.field.findChildren(QMenu) == []


def test_moving_shows_the_point_under_the_pointer_all_the_while(easel):
    e = easel(drawing(scattered((-2, 0), (2, 0))))
    e.brush("move")
    e.stroke((-2, 0), (0, 3), release=False)
    assert e.mode.sketch.wet == 1
    QTest.mouseRelease(e.view, LEFT, NONE, e.at(0, 3))
    (moved, still) = e.points
    assert moved == pytest.approx([0, 3], abs=0.1)
    assert still == [2, 0]
    assert e.document.undo_label == "Move 1 point"


def test_selected_points_move_together_and_are_deleted_by_a_key(easel):
    e = easel(drawing(scattered((-2, 0), (2, 0), (0, 3))))
    e.shown.view.select_rows(frozenset([0, 1]))
    e.brush("move")
    e.stroke((-2, 0), (-2, -2))
    assert np.array(e.points) == pytest.approx(np.array([[-2, -2], [2, -2], [0, 3]]), abs=0.1)
    assert e.shown.view.rows == {0, 1}, "they can be moved on"
    e.key(Qt.Key.Key_Delete)
    assert e.points == [[0, 3]]
    assert e.document.undo_label == "Erase 2 points"
    assert e.shown.view.rows == frozenset(), "their numbers are others' now"


def test_recolouring_gives_points_the_class_in_hand(easel):
    e = easel(drawing(scattered((-2, 0), (2, 0))))
    QTest.mouseClick(e.mode.tools.swatches[1], LEFT)
    e.brush("recolour")
    e.stroke((-3, 0), (-1, 0))
    assert e.content.targets[:, 0].tolist() == [1, 0]
    assert e.document.undo_label == "Recolour 1 point"


def test_all_points_are_erased_by_one_button(easel):
    e = easel(drawing(scattered((-2, 0), (2, 0))))
    QTest.mouseClick(e.mode.tools.clear, LEFT)
    assert e.points == []
    assert not e.mode.tools.clear.isEnabled()
    e.document.undo()
    assert len(e.points) == 2


# leaving out, keys


def test_escape_leaves_a_stroke_out_and_then_lays_the_pencil_down(easel):
    e = easel(drawing(scattered((0, 0))))
    before = e.document.state
    e.stroke((-3, 0), (3, 0), release=False)
    e.key(Qt.Key.Key_Escape)
    assert e.mode.sketch.wet == 0
    QTest.mouseRelease(e.view, LEFT, NONE, e.at(3, 0))
    assert e.document.state is before
    assert e.mode.on
    e.key(Qt.Key.Key_Escape)
    assert not e.mode.on
    assert not e.mode.bar.isVisible()
    assert e.map.controls.tools["pointer"].isChecked()


def test_an_undo_during_a_stroke_leaves_the_stroke_out(easel):
    e = easel(drawing(scattered((0, 0))))
    e.brush("point")
    e.stroke((1, 1))
    e.stroke((2, 2), release=False)
    e.document.undo()
    assert e.mode.sketch.wet == 0
    QTest.mouseRelease(e.view, LEFT, NONE, e.at(2, 2))
    assert e.points == [[0, 0]]


def test_keys_choose_class_tool_and_size(easel):
    e = easel()
    bar = e.mode.tools
    e.key(Qt.Key.Key_2)
    assert bar.swatches[1].isChecked()
    assert bar.ink.value == 1
    e.key(Qt.Key.Key_9)
    assert bar.ink.value == 1, "there is no ninth class"
    for key, name in (("S", "spray"), ("P", "point"), ("E", "erase"), ("M", "move")):
        e.key(getattr(Qt.Key, f"Key_{key}"))
        assert bar.buttons[name].isChecked()
        assert bar.brush.name == name
    e.key(Qt.Key.Key_R)
    radius = bar.ink.radius
    e.key(Qt.Key.Key_BracketRight)
    assert bar.ink.radius > radius
    e.key(Qt.Key.Key_BracketLeft)
    assert bar.ink.radius == pytest.approx(radius, rel=0.1)
    e.key(Qt.Key.Key_B)
    assert bar.ink.radius == 7, "each brush has a size of its own"


def test_the_circle_under_the_pointer_is_the_brush(easel):
    e = easel()
    e.brush("spray")
    e.move(e.at(1, 1), Qt.MouseButton.NoButton)
    assert e.mode.sketch.circle.width() == 52
    e.key(Qt.Key.Key_BracketLeft)
    assert e.mode.sketch.circle.width() < 52
    e.stroke((1, 1), button=RIGHT, release=False)
    assert e.mode.sketch.circle.width() == 28, "the eraser's"
    QTest.mouseRelease(e.view, RIGHT, NONE, e.at(1, 1))
    assert e.mode.sketch.circle.width() > 28
    e.brush("point")
    assert e.mode.sketch.circle is None
    e.brush("erase")
    e.move(QPoint(1, 1), Qt.MouseButton.NoButton)
    assert e.mode.sketch.circle is None, "it is off the plane"


def test_keys_are_the_windows_own_without_the_pencil(easel):
    e = easel()
    QTest.mouseClick(e.map.controls.tools["pointer"], LEFT)
    e.key(Qt.Key.Key_2)
    e.key(Qt.Key.Key_S)
    assert e.mode.tools.ink.value == 0
    assert e.mode.tools.brush.name == "brush"


def test_everything_has_a_name_a_tip_and_the_keyboard(easel):
    e = easel()
    bar = e.mode.tools
    widgets = [*bar.buttons.values(), *bar.swatches, bar.add, bar.more, bar.clear]
    widgets += [bar.size_slider.slider, bar.rate.slider, e.map.controls.tools["pencil"]]
    for widget in widgets:
        assert widget.accessibleName(), widget
        assert widget.toolTip(), widget
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget.accessibleName()
    assert bar.buttons["spray"].toolTip().endswith("(S)")
    assert "key 2" in bar.swatches[1].toolTip()
    e.brush("spray")
    bar.rate.slider.setFocus()
    before = bar.ink.rate
    QTest.keyClick(bar.rate.slider, Qt.Key.Key_Right)
    assert bar.ink.rate > before


def test_buttons_are_pressed_by_space_and_return(bench):
    e = Easel(bench(first_project()))
    e.map.activateWindow()
    e.shown.qtbot.waitUntil(e.map.isActiveWindow)
    assert e.mode.offer.edit.hasFocus(), "what one wants first"
    trained_by_space = []
    space = QAction("Train", e.map)
    space.setShortcut(Qt.Key.Key_Space)
    space.triggered.connect(lambda: trained_by_space.append(1))
    e.map.addAction(space)
    QTest.keyClick(e.mode.offer.edit, Qt.Key.Key_Space)
    assert e.document.undo_label == "Edit these points"
    swatch = e.mode.tools.swatches[1]
    swatch.setFocus()
    QTest.keyClick(swatch, Qt.Key.Key_Return)
    assert e.mode.tools.ink.value == 1
    assert trained_by_space == []
    e.map.field.sheet.setFocus()
    e.key(Qt.Key.Key_Space)
    assert trained_by_space == [1], "elsewhere it is the window's own key"


def test_a_narrow_map_has_room_for_the_tools(easel):
    e = easel()
    e.map.setMinimumSize(200, 150)  # as its dock does
    e.map.resize(320, 360)
    e.brush("spray")
    QTest.qWait(20)
    bar = e.mode.tools
    assert e.map.width() == 320
    assert e.map.controls.minimumSizeHint().width() <= e.map.controls.width()
    for widget in (*bar.buttons.values(), *bar.swatches, bar.size_slider, bar.rate):
        right = widget.mapTo(e.map, widget.rect().topRight()).x()
        assert right < 320, widget.accessibleName()
    assert e.map.field.frame().rect.width() > 120


# classes


def test_a_third_class_is_drawn_and_the_network_mended_with_one_click(easel, qtbot):
    e = easel(drawing(scattered((-2, 0), (2, 0), (0, 3), (3, 3), (1, 1))))
    QTest.mouseClick(e.mode.tools.add, LEFT)
    assert e.document.undo_label == "Add a class"
    assert [swatch.name for swatch in e.mode.tools.swatches] == ["A", "B", "C"]
    assert e.mode.tools.ink.value == 2, "it is what one wants to draw now"
    assert not e.document.state.ready
    e.brush("point")
    e.stroke((4, -4))
    assert e.content.targets[-1, 0] == 2
    assert sum(len(dots.x) for dots in e.map.field.dots) == 6, "the points are shown all the same"
    assert e.map.reading.text().startswith("Colours appear when the network is ready")
    (problem,) = [p for p in e.document.state.analysis.problems if p.fix]
    fix = FIXES[problem.fix]
    e.document.edit("fix", lambda s: fix.apply(s, problem))
    assert e.document.state.ready
    qtbot.waitUntil(lambda: e.map.field.drawing.shade is not None)
    assert len(e.map.field.drawing.legend.keys) == 3


def test_no_more_classes_than_number_keys(easel):
    e = easel()
    for _ in range(7):
        QTest.mouseClick(e.mode.tools.add, LEFT)
    assert len(e.mode.tools.swatches) == 9
    assert not e.mode.tools.add.isEnabled()
    assert "9 classes" in e.mode.tools.add.toolTip()
    e.key(Qt.Key.Key_9)
    assert e.mode.tools.ink.value == 8


def test_classes_are_renamed_and_removed_in_a_panel(easel):
    e = easel(drawing(scattered((-2, 0), (2, 0))))
    QTest.mouseClick(e.mode.tools.add, LEFT)
    QTest.mouseClick(e.mode.tools.more, LEFT)
    popup = e.mode.tools.popup
    name = popup.names[0]
    name.selectAll()
    QTest.keyClicks(name, "B")
    assert popup.fault.text() == "There is a class B already."
    name.selectAll()
    QTest.keyClicks(name, "cats")
    assert popup.fault.text() == ""
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert e.content.target_columns[0].classes == ("cats", "B", "C")
    assert e.document.undo_label == "Rename class A"
    assert e.mode.tools.swatches[0].accessibleName() == "Class cats"
    assert popup.removers[0].toolTip() == "Remove class cats and its 2 points."
    QTest.mouseClick(popup.removers[0], LEFT)
    assert e.content.target_columns[0].classes == ("B", "C")
    assert e.points == []
    assert not popup.removers[0].isEnabled(), "two must stay"
    popup.close()


# regression


def test_a_curve_is_drawn_where_its_points_lie_and_followed(easel, qtbot):
    e = easel(drawing(blank((), 1), dense(8, "tanh"), dense(1, "identity")))
    assert e.map.field.extent == (-5, 5, -5, 5)
    assert not e.mode.tools.swatches
    assert not e.mode.tools.buttons["recolour"].isVisible()
    frame = e.map.field.frame().rect
    e.stroke((-4, -2), (0, 2), (4, 0))
    x, y = e.content.features[:, 0], e.content.targets[:, 0]
    assert y[np.abs(x).argmin()] == pytest.approx(2, abs=0.4)
    qtbot.waitUntil(lambda: len(e.map.field.drawing.curves) == 1)
    assert e.map.field.frame().rect == frame, "the plane does not jump"
    assert e.map.field.extent == (-5, 5, -5, 5)
    for name in ("move", "spray", "point", "erase"):
        e.brush(name)
        QTest.qWait(5)
        assert e.map.field.frame().rect == frame, name


def test_a_surface_is_drawn_in_the_target_that_is_chosen(easel, qtbot):
    e = easel(drawing(blank(()), dense(1, "identity")))
    target = e.mode.tools.target
    assert target.isVisible()
    e.brush("point")
    e.stroke((1, 1))
    assert e.content.targets[:, 0].tolist() == [1]
    target.number.edit.selectAll()
    QTest.keyClicks(target.number.edit, "-3")
    QTest.keyClick(target.number.edit, Qt.Key.Key_Return)
    e.stroke((2, 2))
    assert e.content.targets[:, 0].tolist() == [1, -3]
    assert e.map.shown.levels == (-3, 3)
    y = target.slider.height() // 2
    QTest.mouseClick(target.slider, LEFT, pos=QPoint(target.slider.width() // 2, y))
    e.stroke((3, 3))
    assert e.content.targets[2, 0] == pytest.approx(0, abs=0.1)
    e.brush("recolour")
    e.stroke((1, 1))
    assert e.content.targets[0, 0] == e.content.targets[2, 0]


def test_classes_over_one_feature(easel):
    e = easel(drawing(blank(("A", "B"), 1), dense(1, "sigmoid")))
    QTest.mouseClick(e.mode.tools.swatches[1], LEFT)
    e.stroke((-2, 0.2), (2, 0.2))
    assert set(e.content.targets[:, 0].tolist()) == {1.0}
    (dots,) = {d.marker for d in e.map.field.dots}
    assert dots == 1
    e.stroke((-3, 1), (3, 1), button=RIGHT)
    assert e.points == []


# taking over


def test_other_data_is_taken_over_after_a_sentence(bench, qtbot):
    state = first_project()
    e = Easel(bench(state))
    assert "These 250 points come from Circles." in e.mode.offer.words.text()
    e.stroke((0, 0), (1, 1))
    assert e.document.state is state, "nothing is drawn into data that is not one's own"
    extent = e.map.field.extent
    QTest.mouseClick(e.mode.offer.edit, LEFT)
    assert e.document.undo_label == "Edit these points"
    source = e.document.state.data.source
    assert isinstance(source, Drawing)
    assert source.content.features.tolist() == state.prepared.dataset.features.tolist()
    assert e.document.state.data.shares == state.data.shares
    assert e.map.field.extent == extent, "the plane does not jump"
    assert e.mode.on
    e.brush("erase")
    e.stroke((-5, 0), (5, 0))
    assert len(e.points) < 250
    e.document.undo()
    e.document.undo()
    assert e.document.state == state
    assert not e.mode.on


def test_an_empty_plane_in_place_of_other_data(bench):
    e = Easel(bench(project("spiral", dense(3, "softmax"), arms=3)))
    QTest.mouseClick(e.mode.offer.blank, LEFT)
    assert e.points == []
    assert len(e.mode.tools.swatches) == 3
    assert e.mode.sketch.words == "Draw points here"


def test_a_truth_table_is_taken_over_whole(bench):
    e = Easel(bench(project("gate", dense(1, "sigmoid"), gate="xor")))
    QTest.mouseClick(e.mode.offer.edit, LEFT)
    assert e.document.state.data.shares == (100, 0, 0)
    assert len(e.document.state.prepared.split.train) == 4


def test_training_goes_on_when_data_is_taken_over_and_while_one_draws(bench, qtbot):
    e = Easel(bench(first_project()))
    e.shown.bridge.start()
    qtbot.waitUntil(lambda: e.shown.bridge.status is Status.RUNNING)
    QTest.mouseClick(e.mode.offer.edit, LEFT)
    qtbot.waitUntil(lambda: e.shown.bridge.status is Status.RUNNING)
    latest = e.shown.bridge
    qtbot.waitUntil(lambda: latest.latest is not None and latest.latest.epoch > 2)
    run, steps = latest.latest.run, latest.latest.steps
    e.stroke((-4, -4), (4, -4))
    e.document.undo()
    e.document.redo()
    qtbot.waitUntil(lambda: latest.latest.steps > steps)
    assert latest.latest.run == run
    assert latest.status is Status.RUNNING
    latest.pause()
    qtbot.waitUntil(lambda: latest.status is Status.PAUSED)


def test_data_of_many_features_says_why_it_can_not_be_drawn(bench):
    shown = bench(project("iris", dense(3, "softmax")))
    pencil = shown.map.controls.tools["pencil"]
    assert not pencil.isEnabled()
    assert pencil.toolTip() == "Points are drawn in data of one or two features; this has 4."


def test_a_blank_drawing_puts_the_pencil_in_hand_and_other_data_takes_it_away(bench):
    shown = bench(first_project())
    map_ = shown.map
    before = shown.document.state
    shown.document.edit(
        "blank", lambda s: dataclasses.replace(s, data=s.data.replace(source=blank()))
    )
    assert map_.drawing.on
    assert map_.drawing.bar.isVisible()
    shown.document.edit("back", lambda s: dataclasses.replace(s, data=before.data))
    assert not map_.drawing.on


def test_the_pencil_waits_where_the_network_is_not_ready(bench):
    state = first_project()
    state = dataclasses.replace(state, graph=state.graph.with_edges(state.graph.edges[:-1]))
    e = Easel(bench(state))
    assert e.map.field.notice
    QTest.mouseClick(e.mode.offer.edit, LEFT)
    assert e.map.field.notice == "", "one's own points are shown without a network"
    assert sum(len(dots.x) for dots in e.map.field.dots) == 250
    assert e.map.field.extent == ground_of(state, Look()).extent


def test_the_pencil_is_laid_down_before_data_it_can_not_draw_into(bench):
    e = Easel(bench(first_project()))
    iris = project("iris", dense(3, "softmax"))
    e.document.edit("iris", lambda _: iris)
    assert not e.mode.on
    assert not e.mode.bar.isVisible()


def test_a_curve_is_taken_over_with_its_height(bench):
    e = Easel(bench(project("sine", dense(1, "identity"))))
    extent = e.map.field.extent
    QTest.mouseClick(e.mode.offer.edit, LEFT)
    assert e.map.field.extent == pytest.approx(extent)
    assert len(e.points) == 250


def test_hidden_parts_are_shown_while_one_draws(easel):
    points = np.random.default_rng(0).uniform(-5, 5, (50, 2))
    shown = easel(drawing(add_points(blank(), points, 0)))
    QTest.mouseClick(shown.map.controls.tools["pointer"], LEFT)
    QTest.mouseClick(shown.map.controls.parts.buttons[1], LEFT)
    assert sum(len(dots.x) for dots in shown.map.field.dots) == 40
    QTest.mouseClick(shown.map.controls.tools["pencil"], LEFT)
    assert sum(len(dots.x) for dots in shown.map.field.dots) == 50


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_picture_of_drawing(bench, theme, snapshot, mode):
    theme.set_mode(mode)
    rng = np.random.default_rng(4)
    source = scattered(*rng.normal((-2, 1), 0.7, (25, 2)))
    source = scattered(*rng.normal((2, -1), 0.7, (25, 2)), value=1, source=source)
    state = drawing(source)
    e = Easel(bench(state, trained(state)))
    e.map.setMinimumSize(200, 150)
    e.map.resize(350, 320)
    QTest.qWait(20)
    QTest.mouseMove(e.view, QPoint(1, 1))
    snapshot(e.map, f"map_drawing_{mode}")
