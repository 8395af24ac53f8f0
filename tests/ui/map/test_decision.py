import dataclasses
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QImage, QPainter, QWheelEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from gradloom.document.samples import first_project
from gradloom.document.samples.build import dense as _dense
from gradloom.graph import Edge
from gradloom.graph.edits import set_kind
from gradloom.graph.model import Layer
from gradloom.layers import LAYERS
from gradloom.session.planes import Look
from gradloom.ui.map.legend import legend_of, shared
from gradloom.ui.plots.chart import face
from gradloom.ui.plots.export import menu_of, save_picture
from gradloom.ui.theme import SMALL
from gradloom.ui.view import Neuron
from projects import project, trained


def different(a, b):
    return a.pixels.shape != b.pixels.shape or (a.colours() != b.colours()).any()


def test_the_plane_is_shaded_by_class(bench, circles):
    shown = bench(first_project(), circles)
    image, field = shown.map.field.sheet.grab().toImage(), shown.map.field
    frame = field.frame()

    def colour(x, y):
        at = frame.at(x, y)
        return image.pixelColor(round(at.x()), round(at.y()))

    inside, corner = colour(0.9, -0.9), colour(4.9, 4.9)
    assert corner.blue() > corner.red(), "class B, outside, is blue"
    assert inside.red() > inside.blue(), "class A, inside, is orange"


def test_hovering_reads_inputs_answer_and_the_nearest_point(bench, circles):
    state = first_project()
    shown = bench(state, circles)
    row = int(state.prepared.split.train[3])
    x, y = state.prepared.dataset.features[row]
    words = shown.hover(x, y)
    assert words.startswith("x1 ")
    name = "AB"[int(state.prepared.targets[row, 0])]
    assert f"→ {name} (A " in words
    assert words.endswith(f"Nearest: train row {row + 1}, target {name}.")
    QTest.mouseMove(shown.map.field.sheet.viewport(), QPoint(2, 2))
    assert shown.map.reading.text().startswith("Point at the map to read it")


def test_points_of_each_part_can_be_hidden(bench):
    shown = bench(first_project())
    assert [b.text() for b in shown.map.controls.parts.buttons] == [
        "Train 150",
        "Validation 50",
        "Test 50",
    ]
    assert sum(len(d.x) for d in shown.map.field.dots) == 250
    QTest.mouseClick(shown.map.controls.parts.buttons[0], Qt.MouseButton.LeftButton)
    assert {d.part for d in shown.map.field.dots} == {"validation", "test"}
    assert sum(len(d.x) for d in shown.map.field.dots) == 100
    words = shown.hover(0, 0)
    assert "train row" not in words


def test_classes_differ_by_marker_too(bench):
    shown = bench(first_project())
    assert len({(d.marker, d.colour) for d in shown.map.field.dots}) == 2
    assert len({d.marker for d in shown.map.field.dots}) == 2


def test_probability_and_class(bench, circles):
    shown = bench(first_project(), circles)
    soft = shown.map.field.grab().toImage()
    shown.shade_by("Class")
    hard = shown.map.field.drawing.shade.colours().reshape(-1, 3)
    assert len(np.unique(hard, axis=0)) == 2
    assert shown.map.field.grab().toImage() != soft
    assert len(shown.map.field.drawing.segments) > 20


def test_a_hovered_neuron_is_shown_and_left_again(bench, circles):
    shown = bench(first_project(), circles)
    assert shown.map.title == ""
    before = shown.map.field.drawing.shade
    shown.view.hover(Neuron("dense_1", 2))
    assert shown.map.title == "Dense, neuron 3"
    assert different(shown.map.field.drawing.shade, before)
    shown.qtbot.waitUntil(lambda: shown.map.field.drawing.shade.pixels.shape[1] == 200)
    shown.view.hover(None)
    assert shown.map.title == ""
    np.testing.assert_array_equal(shown.map.field.drawing.shade.pixels, before.pixels)


def test_three_classes(bench):
    state = project("spiral", _dense(8, "relu"), _dense(3, "softmax"), arms=3)
    shown = bench(state)
    assert len(shown.map.field.drawing.legend.keys) == 3
    assert len({d.marker for d in shown.map.field.dots}) == 3
    assert "(A 0." in shown.hover(1, 1)


def test_a_real_target_has_one_scale_for_surface_and_points(bench):
    state = project("plane", _dense(1, "identity"))
    shown = bench(state, trained(state))
    assert not shown.map.controls.shading.isVisible()
    scale = shown.map.field.drawing.legend.scale
    targets = state.prepared.targets
    assert scale.high == pytest.approx(np.abs(targets).max())
    assert scale.low == -scale.high
    words = shown.hover(4, 4)
    assert "→ y 0." in words


def test_one_feature_is_a_curve_through_its_points(bench):
    state = project("sine", _dense(8, "tanh"), _dense(1, "identity"))
    shown = bench(state, trained(state, 200))
    (curve,) = shown.map.field.drawing.curves
    assert len(curve.x) == 400
    x = state.prepared.dataset.features[:, 0]
    error = np.interp(x, curve.x, curve.y) - state.prepared.targets[:, 0]
    assert np.abs(error).mean() < 0.2
    assert shown.map.field.drawing.shade is None
    frame = shown.map.field.frame()
    assert "x1" in shown.hover(float(x.mean()), sum(frame.y) / 2)


def test_several_outputs_can_be_chosen(bench):
    state = first_project()
    extra = Layer("output_2", LAYERS.make("output"), "Early guess")
    side = Layer("dense_9", _dense(1, "tanh"), "Side")
    graph = state.graph.with_layers([*state.graph.layers, side, extra])
    graph = graph.with_edges(
        [*graph.edges, Edge("dense_1", "dense_9"), Edge("dense_9", "output_2")]
    )
    shown = bench(dataclasses.replace(state, graph=graph))
    names = [
        shown.map.controls.subject.itemText(i) for i in range(shown.map.controls.subject.count())
    ]
    assert sorted(names) == ["Early guess", "Output"]
    before = shown.map.field.drawing.shade
    shown.map.controls.subject.setFocus()
    QTest.keyClick(shown.map.controls.subject, Qt.Key.Key_Down)
    assert shown.map.subject.label == names[1]
    assert different(shown.map.field.drawing.shade, before)


def test_the_map_moves_while_it_trains(bench):
    shown = bench(first_project())
    before = shown.map.field.drawing.shade
    shown.bridge.start()
    shown.qtbot.waitUntil(lambda: shown.map.field.drawing.shade.pixels.shape[1] == 100)
    shown.bridge.pause()
    shown.qtbot.waitUntil(lambda: shown.map.field.drawing.shade.pixels.shape[1] == 200)
    assert different(shown.map.field.drawing.shade, before)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_picture_of_the_map(bench, theme, snapshot, circles, mode):
    theme.set_mode(mode)
    shown = bench(first_project(), circles)
    snapshot(shown.map, f"plots_map_{mode}")


def wheel(view, at, steps):
    """Turn the wheel over a place of a view."""
    none = Qt.MouseButton.NoButton
    event = QWheelEvent(
        at.toPointF(), view.mapToGlobal(at).toPointF(), QPoint(), QPoint(0, 120 * steps), none,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QCoreApplication.sendEvent(view, event)


def click(field, x, y):
    at = field.frame().at(x, y).toPoint()
    QTest.mouseMove(field.sheet.viewport(), at)
    QTest.mouseClick(field.sheet.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_click_on_a_point_names_its_row(bench):
    state = first_project()
    shown, rows = bench(state), []
    shown.map.row_clicked.connect(rows.append)
    features = state.prepared.dataset.features
    away = np.hypot(*(features[:, None] - features[None]).T) + 99 * np.eye(len(features))
    row = int(away.min(axis=0).argmax())  # the loneliest one
    click(shown.map.field, *features[row])
    assert rows == [row]
    extent = shown.map.field.extent
    click(shown.map.field, extent[0] + 0.02, extent[2] + 0.02)
    assert rows == [row], "there is no point in the corner"


def test_the_wheel_zooms_at_the_pointer_and_a_double_click_fits(bench):
    shown = bench(first_project())
    field, view = shown.map.field, shown.map.field.sheet.viewport()
    whole, at = field.frame(), field.frame().at(2, 2).toPoint()
    wheel(view, at, 5)
    near = field.frame()
    assert near.x[1] - near.x[0] < 0.8 * (whole.x[1] - whole.x[0])
    assert near.back(at.toPointF()) == pytest.approx(whole.back(at.toPointF()), abs=0.05)
    assert field.sheet.fit_button.isVisible()
    assert "x1 2.0" in shown.hover(2.04, 2), "reading follows the zoom"
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert field.frame().x == pytest.approx(whole.x)
    assert not field.sheet.fit_button.isVisible()


def test_dragging_pans_a_zoomed_map_not_beyond_its_edge(bench):
    shown = bench(first_project())
    field, view = shown.map.field, shown.map.field.sheet.viewport()
    wheel(view, view.rect().center(), 8)
    before, start = field.frame(), view.rect().center()

    def drag(by):
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
        for share in (1, 2, 3, 4):
            QTest.mouseMove(view, start + by * share / 4, delay=12)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + by)

    drag(QPoint(40, 0))
    assert field.frame().x[0] < before.x[0]
    for _ in range(6):
        drag(QPoint(90, 0))
    assert field.frame().x[0] == pytest.approx(field.extent[0])
    QTest.mouseClick(field.sheet.fit_button, Qt.MouseButton.LeftButton)
    assert field.frame().x == pytest.approx(field.extent[:2])


def test_training_leaves_a_zoomed_map_where_it_is(bench):
    shown = bench(first_project())
    field = shown.map.field
    wheel(field.sheet.viewport(), field.sheet.viewport().rect().center(), 4)
    before, steps = field.frame(), shown.maps.latest.steps
    shown.bridge.start()
    shown.qtbot.waitUntil(lambda: shown.maps.latest.steps > steps)
    shown.bridge.pause()
    assert field.frame() == before


def test_what_the_map_shows_can_be_copied(bench, circles):
    shown = bench(first_project(), circles)
    menu = menu_of(shown.map.field, "map", shown.map.field.sheet.fit, shown.map.columns)
    words = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert words == ["View All", "Export as PNG…", "Export as SVG…", "Copy Data"]
    menu.actions()[-1].trigger()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "x1\tx2\tA\tB"
    assert len(lines) == 1 + 200 * 200
    x, y, a, b = map(float, lines[1].split("\t"))
    assert (x, y) == (shown.map.field.extent[0], shown.map.field.extent[2])
    assert a + b == pytest.approx(1)


def test_a_curve_is_copied_as_one_row_per_place(bench):
    state = project("sine", _dense(8, "tanh"), _dense(1, "identity"))
    columns = bench(state).map.columns()
    assert list(columns) == ["x1", "y"]
    assert len(columns["x1"]) == len(columns["y"]) == 400


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_of_the_map_is_written(bench, circles, tmp_path, kind):
    shown, path = bench(first_project(), circles), tmp_path / f"map.{kind}"
    save_picture(shown.map.field, path)
    if kind == "png":
        image = QImage(str(path))
        assert image.width() == 2 * shown.map.field.width()
    else:
        renderer = QSvgRenderer(str(path))
        assert renderer.isValid()
        image = QImage(shown.map.field.size(), QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
    colours = {image.pixel(i, j) for i in range(0, image.width(), 7) for j in range(0, 90, 7)}
    assert len(colours) > 20


def test_a_picture_that_can_not_be_written_says_so(bench, tmp_path):
    shown = bench(first_project())
    for kind in ("png", "svg"):
        with pytest.raises(OSError, match="could not be written"):
            save_picture(shown.map.field, tmp_path / "nowhere" / f"map.{kind}")


def test_a_narrow_map_has_its_legend_below(bench):
    field = bench(first_project()).map.field
    field.resize(520, 260)
    assert not field.legend_below
    field.resize(260, 400)
    assert field.legend_below
    frame = field.frame().rect
    assert frame.width() == pytest.approx(frame.height(), abs=2)
    assert frame.width() > 190


def test_the_name_of_an_axis_stands_beside_its_numbers(bench):
    """Latitudes: 42.06 is longer than most."""
    shown = bench(project("houses", _dense(1, "identity"), scaling="standard"))
    shown.map.look(Look("longitude", "latitude"))
    axis = shown.map.field.plot.getAxis("left")
    shown.qtbot.waitUntil(lambda: axis.labelText == "latitude")
    name = axis.label.mapRectToItem(axis, axis.label.boundingRect())
    metrics = QFontMetricsF(face(SMALL))
    low, high = shown.map.field.extent[2:]
    words = axis.tickStrings(axis.tickValues(low, high, axis.height())[0][1], 1, 1)
    longest = max(metrics.horizontalAdvance(word) for word in words)
    assert longest > metrics.horizontalAdvance("42.0")
    assert name.right() - 4 <= axis.width() - 6 - longest  # the name has a margin of its own
    assert shown.map.field.frame().rect.width() > 150


def test_classes_for_which_the_legend_has_no_room_are_counted_not_cut_in_half(bench, theme):
    legend = bench(first_project()).map.field._legend
    names = tuple("0123456789")
    legend.show_legend(legend_of(names, theme.tokens, shades=False))
    legend.resize(90, 10 * 20 + 4)
    whole = legend.grab().toImage()
    assert legend.toolTip() == ""
    legend.resize(90, 109)
    cut = legend.grab().toImage()
    assert legend.toolTip() == ", ".join(names)
    # 4 classes as before, then words in the colour of quiet text: nothing below them
    assert cut.copy(0, 0, 90, 78) == whole.copy(0, 0, 90, 78)
    assert cut.copy(0, 80, 90, 20) != whole.copy(0, 80, 90, 20)
    rest = cut.copy(0, 101, 90, 8)
    assert len({rest.pixel(x, y) for x in range(90) for y in range(8)}) == 1


def test_no_picture_of_other_data_stands_under_the_points(bench, circles):
    shown = bench(first_project(), circles)
    assert shown.map.field.drawing.shade is not None
    other = project("spiral", _dense(4, "tanh"), _dense(3, "softmax"), arms=3)
    shown.document.replace(other)
    assert shown.map.field.drawing.shade is None
    assert [key.name for key in shown.map.field._legend.legend.keys] == ["A", "B", "C"]
    shown.qtbot.waitUntil(lambda: shown.map.field.drawing.shade is not None)
    edited = set_kind(other.graph, "dense_1", other.graph["dense_1"].kind.replace(units=5))
    shown.document.edit("Units", lambda state: state.with_graph(edited))
    assert shown.map.field.drawing.shade is not None  # the picture from before the edit stays
    shown.document.replace(project("iris", _dense(3, "softmax"), scaling="standard"))
    assert shown.map.field.notice == "The map is being drawn."  # on which plane is not known yet
    shown.qtbot.waitUntil(lambda: shown.map.field.drawing.shade is not None)
    assert shown.map.field.notice == ""


@pytest.mark.parametrize(("wide", "high"), [(500, 190), (520, 400), (300, 211)])
def test_no_words_are_printed_over_the_plane_however_low_the_map_is(bench, wide, high):
    shown = bench(project("iris", _dense(3, "softmax"), scaling="standard"))
    map_ = shown.map
    map_.setMinimumSize(200, 150)  # as its dock does
    map_.resize(wide, high)
    QCoreApplication.processEvents()
    rooms = [map_.controls, map_.slices, map_.field, map_.reading]
    places = [w.geometry() for w in rooms]
    assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[i + 1 :])
    assert all(map_.rect().contains(place) for place in places)
    assert map_.field.side >= 70


def test_many_marks_do_not_bury_the_points(bench, circles):
    shown = bench(first_project(), circles)
    field = shown.map.field
    at = field.frame().at(*(float(v[0]) for v in (field.dots[0].x, field.dots[0].y))).toPoint()
    plain = field.sheet.grab().toImage().pixelColor(at)
    shown.view.select_rows(frozenset(range(250)))
    marked = field.sheet.grab().toImage()
    assert field.overlay.chosen == 250
    assert marked.pixelColor(at) == plain
    halo = QColor(shown.map._theme.tokens.accent)
    around = [(at.x() + dx, at.y() + dy) for dx in range(-9, 10) for dy in range(-9, 10)]
    assert any(marked.pixelColor(*place) == halo for place in around)
    shown.view.select_rows(frozenset([int(field.dots[0].rows[0])]))
    single = field.sheet.grab().toImage()  # of one the whole ring is seen
    ring = [single.pixelColor(*place) for place in around].count(halo)
    assert ring > 12


@pytest.mark.parametrize("width", [290, 330, 520])
def test_what_is_chosen_above_a_map_does_not_overlap(bench, circles, width):
    shown = bench(first_project(), circles)
    shown.map.setMinimumSize(200, 150)  # as in its dock
    shown.map.resize(width, 300)
    shown.map.grab()
    row = shown.map.controls
    children = row.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    places = sorted((c.geometry().left(), c.geometry().right()) for c in children if c.isVisible())
    assert all(right < left for (_, right), (left, _) in pairwise(places))
    assert places[-1][1] < row.width()


def test_in_a_low_panel_nothing_lies_on_the_plane(bench):
    shown = bench(project("iris", _dense(3, "softmax")))
    shown.map.setMinimumSize(200, 150)
    shown.map.resize(360, 205)  # as in a window of 800 × 600
    shown.qtbot.wait(10)
    field, reading = shown.map.field, shown.map.reading
    assert field.geometry().bottom() < reading.geometry().top()
    assert field.sheet.geometry().bottom() <= field.height()
    assert reading.geometry().bottom() <= shown.map.height()


def test_names_in_one_line_share_its_room():
    assert shared([10.0, 20.0], 100.0) == [10.0, 20.0]
    assert shared([300.0, 10.0, 200.0], 100.0) == [45.0, 10.0, 45.0]
    assert shared([50.0, 50.0], -5.0) == [0.0, 0.0]


def test_a_zoomed_map_is_exported_whole_and_stays_zoomed(bench, tmp_path):
    field = bench(first_project()).map.field
    save_picture(field, tmp_path / "whole.svg")
    wheel(field.sheet.viewport(), field.sheet.viewport().rect().center(), 6)
    before = field.frame()
    save_picture(field, tmp_path / "map.svg")
    texts = [(tmp_path / f"{name}.svg").read_text() for name in ("whole", "map")]
    assert texts[0] == texts[1]
    assert field.frame().x == pytest.approx(before.x)
    assert field.sheet.fit_button.isVisible()
