import dataclasses
import math
from types import SimpleNamespace

import numpy as np
import pytest

from gradloom.document.samples import first_project
from gradloom.engine.trajectory import Trajectory, Waypoint
from gradloom.session.directions import Axes
from gradloom.session.landscape import Landscape, Trail
from gradloom.session.slices import GRADIENT, PATH, RANDOM, WEIGHTS, Wish
from gradloom.ui.landscape import words
from gradloom.ui.landscape.drawing import (
    Scale,
    draw_line,
    draw_plane,
    height_range,
    levels_of,
    line_scale,
    plane_scale,
    unit_words,
)
from gradloom.ui.landscape.schedule import Schedule, within
from gradloom.ui.theme import LIGHT


def landscape(losses, wish=None, **changes):
    """A landscape of known numbers over (-1, 3) x (-2, 2), or a line over (-1, 3)."""
    losses = np.array(losses, float)
    flat = len(losses) > 1
    count = 2 if flat else 1
    axes = Axes(np.zeros(3), np.eye(3)[:count], ("a", "b")[:count], np.zeros(count))
    points = tuple(Waypoint(i, i, np.array([-1.0 + i, 0.0, 0.0])) for i in range(2))
    trail = Trail(points, np.array([[-1.0, 0.0], [0.0, 0.0]])[:, :count], np.array([2.0, 1.0]))
    made = Landscape(
        first_project(), 1, 10, wish or Wish(line=not flat), axes, (0.9, 0.05)[:count], 0.95, trail,
        np.array([1.0, 0.0])[:count], 0.6, 0.25, 150,
        (-1.0, 3.0, *((-2.0, 2.0) if flat else (0.0, 1.0))), losses, whole=True,
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


def test_a_logarithmic_plane_tells_four_powers_of_ten_apart():
    losses = np.geomspace(1e-9, 10, 400).reshape(20, 20)
    scale = plane_scale(losses, log=True)
    assert scale.log
    assert scale.high == pytest.approx(np.quantile(losses, 0.95))
    assert scale.low == pytest.approx(scale.high / 1e4)
    low, high = scale.range
    drawn = scale.of(losses)
    assert drawn.min() == pytest.approx(low)  # what is lower is not told apart
    assert high - low == pytest.approx(4)


def test_losses_of_nothing_or_less_have_a_linear_scale():
    for least in (0.0, -2.0):
        scale = plane_scale(np.array([[least, 1.0], [2.0, 3.0]]), log=True)
        assert not scale.log
        assert scale.low == least


def test_a_flat_plane_and_one_without_numbers_have_a_scale():
    flat = plane_scale(np.full((3, 3), 0.5), log=True)
    assert flat.low < flat.high
    for losses in (np.full((3, 3), np.nan), np.full((3, 3), np.inf)):
        scale = plane_scale(losses, log=True)
        assert (scale.low, scale.high) == (0.0, 1.0)
        assert np.isfinite(scale.of(losses)).all()


@pytest.mark.parametrize(
    ("losses", "log", "unit", "said"),
    [
        ([0.2, 0.9], False, 1.0, ""),
        ([0.2, 9.0], True, 1.0, ""),
        ([2.1e-8, 2.9e-8], False, 1e-8, " × 10⁻⁸"),
        ([0.071, 0.094], False, 1e-2, " × 10⁻²"),
        ([41000.0, 52000.0], False, 1e4, " × 10⁴"),
    ],
)
def test_a_line_has_numbers_that_fit_beside_it(losses, log, unit, said):
    scale = line_scale(np.array(losses), log=True)
    assert scale.log == log
    assert scale.unit == pytest.approx(unit)
    assert unit_words(scale) == said
    low, high = height_range(scale)
    assert low <= scale.of(np.array(losses)).min()
    assert scale.of(np.array(losses)).max() <= high


@pytest.mark.parametrize(
    "scale",
    [
        Scale(1e-4, 1.0, log=True),
        Scale(0.013, 7.5, log=True),
        Scale(0.61, 0.69, log=True),
        Scale(1e-9, 1e9, log=True),
        Scale(-0.3, 2.4, log=False),
    ],
)
def test_lines_of_equal_loss_are_at_few_round_numbers_inside(scale):
    levels = levels_of(scale)
    assert 2 <= len(levels) <= 9
    assert all(scale.low < level < scale.high for level in levels)
    assert levels == sorted(levels)
    for level in levels:
        digits = f"{level:.8e}".split("e")[0].rstrip("0").lstrip("-")
        assert len(digits) <= 4, level  # such as 1., 2.5 or 0.64


def test_a_line_of_equal_loss_runs_where_the_loss_is_that():
    # the loss is x^2 + y^2 + 1 over (-1, 3) x (-2, 2): level 2 is the circle of radius 1
    x, y = np.meshgrid(np.linspace(-1, 3, 81), np.linspace(-2, 2, 81))
    found = landscape(x**2 + y**2 + 1)
    drawing = draw_plane(found, Scale(1.0, 4.5, log=False), LIGHT)
    at_two = next(level for level in drawing.levels if level.words == "2")
    radii = np.hypot(*np.moveaxis(at_two.segments.reshape(-1, 2), -1, 0))
    np.testing.assert_allclose(radii, 1.0, atol=2e-3)
    pixels = drawing.shade.pixels
    assert pixels[40, 20] == pixels.min()  # the accent's end of the colours
    assert pixels[0, 80] == 255


def test_places_without_a_number_are_as_high_as_can_be():
    losses = np.array([[1.0, 2.0], [np.nan, np.inf]])
    pixels = draw_plane(landscape(losses), Scale(1.0, 2.0, log=True), LIGHT).shade.pixels
    np.testing.assert_array_equal(pixels, [[0, 255], [255, 255]])


def test_a_line_is_a_curve_of_the_loss():
    drawing = draw_line(landscape([[100.0, 1.0, 10.0]]), Scale(1.0, 100.0, log=True), LIGHT)
    (curve,) = drawing.curves
    np.testing.assert_allclose(curve.x, [-1, 1, 3])
    np.testing.assert_allclose(curve.y, [2, 0, 1])


def test_words_of_a_place_and_of_the_path():
    found = landscape([[1.0, 2.0], [3.0, 4.0]])
    said = words.place_words(found, np.array([1.0, 0.0]))
    assert said == "Loss 2.50 at a 1.00, b 0; 1.00 from the run."
    nowhere = landscape([[1.0, 2.0], [3.0, np.nan]])
    assert words.place_words(nowhere, np.array([2.0, 1.0])).startswith("No finite loss")
    assert words.point_words(found, 1) == " Epoch 1, step 1: own loss 1.00."


@pytest.mark.parametrize("along", [PATH, RANDOM, GRADIENT, WEIGHTS])
def test_a_slice_says_what_it_is(along):
    found = landscape([[1.0, 2.0], [3.0, 4.0]], Wish(along))
    said, tip = words.slice_words(found), words.slice_tip(found)
    assert "a slice of 3 dimensions" in said
    assert "150 training rows" in tip
    if along == GRADIENT:
        assert "One step of gradient descent goes 0.250 far" in said
    else:
        assert "95.0" in said
        assert "(90.0 + 5.0)" in said
    unknown = dataclasses.replace(found, shown=math.nan, downhill_share=math.nan)
    assert "nan" not in words.slice_words(unknown) + words.slice_tip(unknown)


def progress(theta, run=1, points=20):
    point = Waypoint(0, 0, theta)
    return SimpleNamespace(
        run=run,
        snapshot=SimpleNamespace(theta=theta),
        trajectory=Trajectory((point,) * points),
    )


def test_at_rest_it_is_drawn_once_for_each_place_of_the_run():
    schedule, state, wish = Schedule(), first_project(), Wish()
    here, there = progress(np.zeros(3)), progress(np.ones(3))
    assert schedule.due_at_rest(state, here, wish, None)
    schedule.ask(state, here, wish)
    assert not schedule.due_at_rest(state, here, wish, None)
    assert not schedule.due_at_rest(state, progress(np.zeros(3)), wish, None)
    assert schedule.due_at_rest(state, there, wish, None)
    assert schedule.due_at_rest(state, here, Wish(RANDOM), None)
    assert schedule.due_at_rest(dataclasses.replace(state, graph=state.graph.with_layers(
        list(state.graph))), here, wish, None)  # fmt: skip
    moved = state.with_places({"dense_1": dataclasses.replace(state.places["dense_1"], x=7.0)})
    assert not schedule.due_at_rest(moved, here, wish, None)


def test_in_training_it_is_drawn_when_the_run_has_left_it(monkeypatch):
    import gradloom.ui.landscape.schedule as module

    now = [100.0]
    monkeypatch.setattr(module, "perf_counter", lambda: now[0])
    schedule, run = Schedule(), progress(np.zeros(3))
    found = landscape([[1.0, 2.0], [3.0, 4.0]])
    assert not schedule.due_in_training(progress(np.zeros(3), points=5), found.wish, None, None)
    assert schedule.due_in_training(run, found.wish, None, None)
    schedule.ask(first_project(), run, found.wish)
    now[0] += 2.0
    schedule.end()
    inside, outside = np.array([0.0, 0.0]), np.array([3.5, 0.0])
    assert within(found, inside)
    assert not within(found, outside)
    assert not schedule.due_in_training(run, found.wish, found, outside)  # not yet again
    now[0] += 6.1
    assert schedule.due_in_training(run, found.wish, found, outside)
    assert not schedule.due_in_training(run, found.wish, found, inside)
