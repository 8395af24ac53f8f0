"""Planes of more than two features, and what one may add to the map."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPolygonF
from PySide6.QtTest import QTest

from gradloom.document.samples import first_project
from gradloom.document.samples.build import dense as _dense
from gradloom.graph.edits import set_kind
from gradloom.layers import LAYERS, LOSSES
from gradloom.session.planes import Look, ranges_of
from gradloom.ui.map.drawing import Level
from gradloom.ui.map.options import levels_in
from gradloom.ui.map.tools import inside
from gradloom.ui.plots.shading import doubt_of
from projects import project, trained

LEFT = Qt.MouseButton.LeftButton


def iris():
    return project("iris", _dense(6, "tanh"), _dense(3, "softmax"), scaling="standard")


def gaussian():
    state = project("sine", _dense(8, "tanh"), _dense(2, "identity"), noise=10)
    output = LAYERS.make("output", loss=LOSSES.make("gaussian_nll"))
    return dataclasses.replace(state, graph=set_kind(state.graph, "output_1", output))


# more than two features


def test_four_features_are_shown_on_principal_components(bench):
    shown = bench(iris(), trained(iris()))
    slices = shown.map.slices
    assert slices.isVisible()
    assert [box.currentText() for box in slices.axes] == ["component 1", "component 2"]
    assert slices.words.text.startswith("Shows 95.")
    assert "slice through the mean" in slices.words.text
    assert shown.map.field.drawing.shade is not None
    assert sum(len(d.x) for d in shown.map.field.dots) == 150
    words = shown.hover(0.3, 0.1)
    assert words.startswith("component 1 0.")
    assert "Nearest: " in words
    assert ", told " in words


def test_points_far_off_the_plane_are_paler(bench):
    shown = bench(iris())
    assert {d.strength for d in shown.map.field.dots} == {1.0, 0.55, 0.28}
    plane = bench(first_project())
    assert {d.strength for d in plane.map.field.dots} == {1.0}


def test_two_features_are_chosen_and_the_rest_is_held(bench):
    state = iris()
    shown = bench(state, trained(state))
    slices = shown.map.slices
    shown.choose(slices.axes[0], "petal_length")
    assert slices.look == Look("petal_length", "sepal_length")
    shown.choose(slices.axes[1], "petal_width")
    assert slices.look == Look("petal_length", "petal_width")
    shown.qtbot.waitUntil(lambda: shown.map.field.extent[0] > 0)
    features = state.prepared.dataset.features
    low, high = features[:, 2].min(), features[:, 2].max()
    assert shown.map.field.extent[0] == pytest.approx(low - 0.08 * (high - low))
    assert "held at the mean" in slices.words.text
    shown.choose(slices.axes[1], "petal_length")
    assert slices.look == Look("petal_width", "petal_length"), "the other axis gives way"
    shown.choose(slices.axes[0], "component 1")
    assert slices.look.principal


def test_the_answers_on_a_slice_are_the_networks_at_the_held_values(bench):
    state = iris()
    shown = bench(state, trained(state))
    shown.map.look(Look("petal_length", "petal_width", (("sepal_length", 7.0),)))
    shown.qtbot.waitUntil(lambda: shown.maps.latest.ground.plane.names[0] == "petal_length")
    shown.click(2.5, 2.3)
    told = shown.map.inspector.card.told
    assert dict(told.inputs)["sepal_length"] == 7.0
    learnt = state.prepared.dataset.features[state.prepared.split.train]
    assert dict(told.inputs)["sepal_width"] == pytest.approx(learnt[:, 1].mean())


def test_a_slider_moves_the_slice(bench):
    shown = bench(iris(), trained(iris()))
    slices = shown.map.slices
    shown.choose(slices.axes[0], "petal_length")
    QTest.mouseClick(slices.button, LEFT)
    held = slices.held
    assert held.isVisible()
    assert set(held.sliders) == {"sepal_width", "petal_width"}
    before = shown.map.field.drawing.shade
    slider = held.sliders["petal_width"]
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_End)
    assert dict(slices.look.at) == pytest.approx({"petal_width": 2.5})
    assert slider.said.text() == "2.50"
    shown.qtbot.waitUntil(
        lambda: bool((shown.map.field.drawing.shade.colours() != before.colours()).any())
    )
    assert "values chosen" in slices.words.text
    QTest.mouseClick(held.typical, LEFT)
    assert slices.look.at == ()
    assert not held.from_row.isEnabled()
    shown.view.select_rows(frozenset([100]))
    QTest.mouseClick(held.from_row, LEFT)
    features = iris().prepared.dataset
    assert dict(slices.look.at) == dict(
        zip(features.feature_names, features.features[100].tolist(), strict=True)
    )
    held.hide()


def test_far_from_data_the_plane_fades_where_features_are_hidden(bench):
    shown = bench(iris())
    shown.qtbot.waitUntil(lambda: shown.maps.latest.veil is not None)
    assert shown.map.controls.popup.veil.isChecked()
    QTest.mouseClick(shown.map.controls.popup.veil, LEFT)
    shown.qtbot.waitUntil(lambda: shown.maps.latest.veil is None)
    plane = bench(first_project())
    assert plane.maps.latest.veil is None
    assert not plane.map.controls.popup.veil.isChecked()


def test_other_data_turns_the_map_back(bench):
    shown = bench(iris())
    shown.choose(shown.map.slices.axes[0], "petal_length")
    circles = first_project()
    shown.document.edit("Circles", lambda s: circles)
    shown.qtbot.waitUntil(lambda: shown.map.field.drawing.shade is not None)
    assert not shown.map.slices.isVisible()
    assert shown.map.slices.look == Look()
    shown.document.undo()
    shown.qtbot.waitUntil(lambda: sum(len(d.x) for d in shown.map.field.dots) == 150)
    assert shown.map.slices.isVisible()


# what is added


def test_wrong_points_are_ringed(bench):
    state = first_project()
    shown = bench(state, trained(state, 3))
    overlay = shown.map.field.overlay
    assert overlay.ringed == 0
    QTest.mouseClick(shown.map.controls.popup.rings, LEFT)
    (told,) = shown.maps.latest.told.values()
    wrong = (told[0] > 0) != (state.prepared.targets[:, 0] == 1)
    assert overlay.ringed == wrong.sum() > 0
    QTest.mouseClick(shown.map.controls.parts.buttons[0], LEFT)
    parts = np.concatenate([state.prepared.split.validation, state.prepared.split.test])
    assert overlay.ringed == wrong[parts].sum()


def test_lines_are_drawn_at_chosen_probabilities(bench, circles):
    shown = bench(first_project(), circles)
    popup, field = shown.map.controls.popup, shown.map.field
    assert field.drawing.levels == ()
    QTest.mouseClick(popup.lines, LEFT)
    words = [level.words.replace("\u202f", " ") for level in field.drawing.levels]
    assert words == ["10 %", "25 %", "75 %", "90 %"]
    popup.percentages.selectAll()
    QTest.keyClicks(popup.percentages, "40; 60%")
    assert len(field.drawing.levels) == 2
    QTest.keyClicks(popup.percentages, " x")
    assert "“x” is no percentage" in popup.fault.text()
    assert len(field.drawing.levels) == 2, "what was good stays"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("25, 75", (0.25, 0.75)),
        ("75 25 25%", (0.25, 0.75)),
        ("12.5;50", (0.125, 0.5)),
        ("", "Type at least one percentage, such as 25, 75."),
        ("100", "100 % has no line; type numbers between 0 and 100."),
        ("nan", "nan % has no line; type numbers between 0 and 100."),
        ("1 2 3 4 5 6 7 8 9 10", "At most 9 lines are drawn."),
    ],
)
def test_percentages_as_typed(text, found):
    assert levels_in(text) == found


def test_lines_of_a_real_target_are_at_round_numbers(bench):
    state = project("plane", _dense(1, "identity"))
    shown = bench(state, trained(state))
    QTest.mouseClick(shown.map.controls.popup.lines, LEFT)
    words = [level.words for level in shown.map.field.drawing.levels]
    assert len(words) >= 3
    assert not shown.map.controls.popup.rings.isVisibleTo(shown.map.controls.popup)


def test_numbers_of_lines_are_not_cut_off_at_an_edge(bench):
    state = project("plane", _dense(1, "identity"))  # its lines go from edge to edge
    shown = bench(state, trained(state))
    QTest.mouseClick(shown.map.controls.popup.lines, LEFT)
    low, high = shown.map.field.extent[:2]
    places = [words.pos().x() for _, words in shown.map.field.overlay._levels if words.isVisible()]
    assert len(places) >= 3
    assert all(abs(x - (low + high) / 2) <= 0.42 * (high - low) for x in places)


def test_numbers_of_close_lines_do_not_lie_on_each_other(bench, circles):
    shown = bench(first_project(), circles)
    low, high, bottom, _ = shown.map.field.extent
    side = high - low
    near = [0.5 * side, 0.501 * side, 0.502 * side]  # lines across, one hardly above the other
    ends = [[[low + 0.4 * side, bottom + y], [low + 0.6 * side, bottom + y]] for y in near]
    levels = [Level(np.array([line]), str(i)) for i, line in enumerate(ends)]
    overlay = shown.map.field.overlay
    overlay.show_levels(levels)
    boxes = [words.sceneBoundingRect() for _, words in overlay._levels if words.isVisible()]
    assert len(boxes) == 2
    assert not boxes[0].intersects(boxes[1])


def test_nothing_is_offered_that_a_curve_can_not_show(bench):
    state = project("sine", _dense(4, "tanh"), _dense(1, "identity"))
    shown = bench(state)
    popup = shown.map.controls.popup
    for switch in (popup.rings, popup.lines, popup.veil):
        assert not switch.isVisibleTo(popup)
    assert not shown.map.controls.more.isVisible()


def test_uncertainty_is_dark_at_the_boundary(bench, circles):
    shown = bench(first_project(), circles)
    shown.shade_by("Uncertainty")
    drawing = shown.map.field.drawing
    assert drawing.legend.scale.greys
    (x, y), _ = drawing.segments[len(drawing.segments) // 2]
    x0, x1, y0, y1 = shown.map.field.extent
    pixels = drawing.shade.pixels
    there = pixels[
        round((y - y0) / (y1 - y0) * (pixels.shape[0] - 1)),
        round((x - x0) / (x1 - x0) * (pixels.shape[1] - 1)),
    ]
    assert there > 230
    assert pixels.min() < 60


def test_doubt_is_the_entropy_over_its_largest():
    shares = np.array([[[0.5, 1.0, 0.9]], [[0.5, 0.0, 0.1]]])
    by_hand = -(0.9 * np.log2(0.9) + 0.1 * np.log2(0.1))
    np.testing.assert_allclose(doubt_of(shares), [[1.0, 0.0, by_hand]], atol=1e-12)
    np.testing.assert_allclose(doubt_of(np.full((4, 1, 1), 0.25)), [[1.0]])
    assert doubt_of(np.ones((1, 1, 1))).tolist() == [[0.0]], "of a single class"


def test_the_gaussian_loss_has_bands_of_one_and_two_sigma(bench):
    state = gaussian()
    shown = bench(state, trained(state, 60))
    two, one = shown.map.field.drawing.bands
    (curve,) = shown.map.field.drawing.curves
    np.testing.assert_allclose(one.high + one.low, 2 * curve.y, rtol=1e-6)
    np.testing.assert_allclose(two.high - two.low, 2 * (one.high - one.low), rtol=1e-6)
    assert (one.high > one.low).all()


# places


def test_a_clicked_place_has_a_card_with_the_loss_of_each_answer(bench, circles):
    shown = bench(first_project(), circles)
    card = shown.map.inspector.card
    x0, x1, y0, y1 = shown.map.field.extent
    shown.click(x0 + 0.03 * (x1 - x0), y0 + 0.03 * (y1 - y0))
    assert card.isVisible()
    told = card.told
    assert told.title == "This place"
    assert [name for name, _ in told.inputs] == ["x1", "x2"]
    assert told.answer == "B"
    assert [name for name, _ in told.losses] == ["Loss if A", "Loss if B"]
    assert told.losses[0][1] > told.losses[1][1]
    assert not card.walk.isVisible()
    shown.map.setFocus()
    QTest.keyClick(shown.map, Qt.Key.Key_Escape)
    assert not card.isVisible()


def test_a_clicked_row_is_selected_and_its_loss_is_that_of_the_program(bench, circles):
    state = first_project()
    shown = bench(state, circles)
    row = int(state.prepared.split.validation[4])
    shown.click(*state.prepared.dataset.features[row])
    (row,) = shown.view.rows  # a neighbour may lie on top
    told = shown.map.inspector.card.told
    assert told.row == row
    assert shown.map.field.overlay.chosen == 1
    label = state.prepared.targets[row, 0]
    (output,) = shown.maps.latest.told.values()
    coded = 2 * label - 1  # tanh: mean squared error against -1 and 1
    assert told.losses[0][1] == pytest.approx((output[0, row] - coded) ** 2, rel=1e-4)
    asked = []
    shown.map.walk_asked.connect(asked.append)
    QTest.mouseClick(shown.map.inspector.card.walk, LEFT)
    assert asked == [row]
    QTest.mouseClick(shown.map.inspector.card.close_button, LEFT)
    assert shown.map.inspector.card.told is None


def test_the_card_follows_the_training(bench):
    shown = bench(first_project())
    shown.click(0.0, 0.0)
    before = shown.map.inspector.card.told
    shown.bridge.step_epoch()
    shown.qtbot.waitUntil(lambda: shown.map.inspector.card.told.shares != before.shares)
    shown.document.edit("Cut", lambda s: s.with_graph(s.graph.with_edges(s.graph.edges[1:])))
    shown.qtbot.waitUntil(lambda: bool(shown.map.field.notice))


def test_a_hidden_map_draws_nothing_and_is_up_to_date_when_it_comes_back(bench):
    shown = bench(first_project())
    before = shown.map.field.drawing
    shown.map.hide()
    shown.bridge.step_epoch()
    shown.qtbot.waitUntil(lambda: shown.maps.latest.steps > 0)
    assert shown.map.field.drawing is before
    assert shown.maps.wish.finish is None
    shown.map.show()
    assert shown.map.field.drawing is not before
    assert shown.maps.wish.finish is not None


def test_the_card_of_a_row_follows_its_data(bench):
    state = first_project()
    shown = bench(state)
    shown.click(*state.prepared.dataset.features[-1])
    before = shown.map.inspector.card.told
    assert before.row is not None

    def other(**settings):
        shown.document.edit("Data", lambda s: s.with_data(source=s.data.source.replace(**settings)))

    other(noise=30)  # the same row, elsewhere
    shown.qtbot.waitUntil(lambda: shown.map.inspector.card.told.inputs != before.inputs)
    told = shown.map.inspector.card.told
    moved = shown.document.state.prepared.dataset.features[before.row]
    assert [number for _, number in told.inputs] == moved.tolist()
    other(count=before.row)  # there is no such row any more
    shown.qtbot.waitUntil(lambda: shown.map.inspector.card.told is None)
    assert not shown.map.inspector.open


def test_a_row_clicked_while_no_run_is_there_yet_is_forgotten(bench):
    state = first_project()
    shown = bench(state)
    row = len(state.prepared.dataset) - 1
    inspector, raw = shown.map.inspector, state.prepared.dataset.features[row]
    inspector.look(raw, row, QPointF(), QRectF())
    inspector.refresh(state, shown.map.subject, None)
    assert not inspector.open
    few = state.with_data(source=state.data.source.replace(count=20))
    inspector.refresh(few, shown.map.subject, shown.bridge.latest)
    assert inspector.card.told is None


def test_no_card_while_a_step_is_walked_through(bench):
    shown = bench(first_project())
    shown.map.walking(on=True)
    shown.click(0.0, 0.0)
    assert not shown.map.inspector.card.isVisible()


# selecting


def test_a_lasso_selects_what_it_surrounds(bench):
    state = first_project()
    shown = bench(state)
    QTest.mouseClick(shown.map.controls.tools["lasso"], LEFT)
    square = [(-1.5, -1.5), (1.5, -1.5), (1.5, 1.5), (-1.5, 1.5)]
    shown.drag(*square)
    features = state.prepared.dataset.features
    expected = np.flatnonzero((np.abs(features) < 1.5).all(axis=1))
    assert abs(len(shown.view.rows) - len(expected)) <= 2, "but for the width of a pixel"
    assert len(shown.view.rows & set(expected.tolist())) >= len(expected) - 2
    first = shown.view.rows
    assert shown.map.field.overlay.chosen == len(first)
    shift = Qt.KeyboardModifier.ShiftModifier
    shown.drag((2, 2), (5, 2), (5, 5), (2, 5), keys=shift)
    assert shown.view.rows > first
    x0 = shown.map.field.extent[0]
    shown.drag((x0 + 0.1, 5), (x0 + 0.4, 5), (x0 + 0.4, 5.3))
    assert shown.view.rows == frozenset()


def test_escape_ends_a_lasso_without_effect(bench):
    shown = bench(first_project())
    QTest.mouseClick(shown.map.controls.tools["lasso"], LEFT)
    shown.drag((-1.5, -1.5), (1.5, -1.5), (1.5, 1.5), release=False)
    assert shown.map.grip.busy
    QTest.keyClick(shown.map.field.sheet, Qt.Key.Key_Escape)
    assert not shown.map.grip.busy
    view = shown.map.field.sheet.viewport()
    QTest.mouseRelease(view, LEFT, pos=view.rect().center())
    assert shown.view.rows == frozenset()
    QTest.mouseClick(shown.map.controls.tools["pointer"], LEFT)
    assert shown.map.grip.tool is None


def test_rows_selected_elsewhere_are_marked(bench):
    shown = bench(first_project())
    shown.view.select_rows(frozenset(range(40)))
    assert shown.map.field.overlay.chosen == 40


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=3, max_size=9),
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda p: (p[0] + 0.37, p[1] + 0.21)),
        max_size=20,
    ),
)
def test_inside_is_what_qt_calls_inside(polygon, points):
    path = QPolygonF([QPointF(*p) for p in polygon])
    expected = [path.containsPoint(QPointF(*p), Qt.FillRule.OddEvenFill) for p in points]
    x, y = np.array(points).reshape(-1, 2).T
    found = inside(x, y, np.array(polygon, float))
    on_an_edge = np.abs(_distance(x, y, np.array(polygon, float))) < 1e-9
    assert (found == np.array(expected, bool))[~on_an_edge].all()


def _distance(x, y, polygon):
    """The least distance of points from the lines of a polygon's sides."""
    ends = np.roll(polygon, -1, axis=0) - polygon
    length = np.hypot(*ends.T)
    length[length == 0] = 1
    cross = ends[:, 0] * (y[:, None] - polygon[:, 1]) - ends[:, 1] * (x[:, None] - polygon[:, 0])
    return np.abs(cross / length).min(axis=1, initial=9)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_picture_of_a_slice(bench, theme, snapshot, mode):
    theme.set_mode(mode)
    shown = bench(iris(), trained(iris()))
    shown.qtbot.waitUntil(lambda: shown.maps.latest.veil is not None)
    for switch in (shown.map.controls.popup.rings, shown.map.controls.popup.lines):
        QTest.mouseClick(switch, LEFT)
    shown.view.select_rows(frozenset([60, 61, 62]))
    snapshot(shown.map, f"map_slice_{mode}")


def test_the_numbers_of_the_others_are_looked_for_once(bench, monkeypatch):
    """Of large data it takes a while, and every letter of the search asks for them."""
    asked = []
    monkeypatch.setattr("gradloom.ui.map.held.ranges_of", lambda p: asked.append(p) or ranges_of(p))
    state = project("wine", _dense(4, "tanh"), _dense(3, "softmax"), scaling="standard")
    shown = bench(state, trained(state))
    held = shown.map.slices.held
    QTest.mouseClick(shown.map.slices.button, LEFT)
    QTest.keyClicks(held.search, "alc")
    assert set(held.sliders) == {"alcohol", "alcalinity_of_ash"}
    assert asked == [state.prepared]
    held.hide()
