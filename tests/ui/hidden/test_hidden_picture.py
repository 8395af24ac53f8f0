"""What hidden space shows, as values."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from gradloom.data import SOURCES, DataSpec
from gradloom.document import State
from gradloom.document.samples import chain, first_project, samples
from gradloom.document.samples.build import dense as _dense
from gradloom.engine.trainer import Trainer
from gradloom.graph.edits import set_kind
from gradloom.layers import LAYERS
from gradloom.session.hidden import HiddenSpace, HiddenWish
from gradloom.ui.hidden.picture import mixed, picture_of, strands_of, table_of, unit_name
from gradloom.ui.map.subject import subjects_of


def project(source, *layers, **settings):
    return State(chain(layers), data=DataSpec(source=SOURCES.make(source, **settings)))


class Course:
    """A training, and the pictures of a layer on the way."""

    def __init__(self, state, wish):
        self.state, self.wish = state, wish
        self.trainer = Trainer(state.graph, state.prepared, state.plan)
        self.space = HiddenSpace(state)
        (self.subject,) = subjects_of(state)
        self.picture = None

    def hidden(self, wish=None):
        return self.space.look(self.trainer.progress(run=1), wish or self.wish)

    def next(self, wish=None):
        self.trainer.step_epoch()
        self.picture = picture_of(self.state, self.subject, self.hidden(wish), self.picture)
        return self.picture


@pytest.mark.parametrize(
    ("state", "wish"),
    [
        (first_project(), HiddenWish("dense_1")),
        (samples()["iris"], HiddenWish("dense_1")),
        (samples()["xor_points"], HiddenWish("dense_1", (0, 1))),
    ],
    ids=["circles", "iris", "without bounds"],
)
def test_ranges_keep_still_and_hold_every_point(state, wish):
    course = Course(state, wish)
    extents = []
    for _ in range(100):
        picture = course.next()
        x0, x1, y0, y1 = picture.extent
        assert (picture.points.x >= x0).all()
        assert (picture.points.x <= x1).all()
        assert (picture.points.height >= y0).all()
        assert (picture.points.height <= y1).all()
        extents.append(picture.extent)
        if wish.units is None:
            assert x1 - x0 == pytest.approx(y1 - y0), "distances count alike on both axes"
    assert sum(a != b for a, b in pairwise(extents)) <= 12


def test_the_bounds_of_an_activation_are_the_range():
    course = Course(first_project(), HiddenWish("dense_2", (0, 1)))
    assert course.next().extent == pytest.approx((-1.1, 1.1, -1.1, 1.1))


def test_a_weave_far_away_does_not_shrink_the_points_to_a_spot():
    course = Course(first_project(), HiddenWish("input_1", (0, 1)))
    hidden = course.hidden()
    far = dataclasses.replace(hidden, weave=100 * hidden.weave)
    picture = picture_of(course.state, course.subject, far, None)
    width = picture.extent[1] - picture.extent[0]
    assert np.ptp(picture.points.x) > 0.2 * width


def test_half_way_points_and_lines_are_half_way_on_the_screen():
    course = Course(first_project(), HiddenWish("input_1", (0, 1)))
    start = course.next()
    end = picture_of(course.state, course.subject, course.hidden(HiddenWish("dense_1")), start)

    def screen(picture, x, y):
        x0, x1, y0, y1 = picture.extent
        return np.stack([(x - x0) / (x1 - x0), (y - y0) / (y1 - y0)], axis=-1)

    a, b = (screen(p, p.points.x, p.points.height) for p in (start, end))
    for share in (0.0, 0.5, 1.0):
        between = mixed(start, end, share)
        assert between.extent == end.extent
        found = screen(between, between.points.x, between.points.height)
        np.testing.assert_allclose(found, a + share * (b - a), atol=1e-9)
        found = screen(between, between.weave[..., 0], between.weave[..., 1])
        lines = [screen(p, p.weave[..., 0], p.weave[..., 1]) for p in (start, end)]
        np.testing.assert_allclose(found, lines[0] + share * (lines[1] - lines[0]), atol=1e-9)


def test_from_a_layer_of_one_unit_there_are_no_lines_to_bend():
    course = Course(first_project(), HiddenWish("dense_3"))
    start = course.next()
    assert start.weave.size == 0
    end = picture_of(course.state, course.subject, course.hidden(HiddenWish("dense_1")), start)
    np.testing.assert_array_equal(mixed(start, end, 0.3).weave, end.weave)


def test_pieces_of_the_weave_have_the_class_that_is_told_there():
    course = Course(first_project(), HiddenWish("input_1", (0, 1)))
    course.next()
    hidden = course.hidden()
    strands = strands_of(course.subject, hidden)
    assert strands.shape == (hidden.weave.shape[0], hidden.weave.shape[1] - 1)
    told = hidden.woven["output_1"][0, :, 1:] > 0  # tanh: above zero is class B
    np.testing.assert_array_equal(strands, told)
    real = Course(project("plane", _dense(2, "tanh"), _dense(1, "identity")), HiddenWish())
    assert not strands_of(real.subject, real.hidden()).any()


def test_the_straight_boundary_lies_where_the_scores_meet():
    course = Course(first_project(), HiddenWish("dense_2", (0, 1)))
    picture = course.next()
    assert picture.segments.shape == (1, 2, 2), "one straight line"
    readout = course.hidden().readout
    scores = readout.scores(picture.segments.reshape(-1, 2))
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-6)
    x0, x1, y0, y1 = picture.extent
    for x, y in picture.segments[0]:
        on_edge = np.isclose(x, [x0, x1]).any() or np.isclose(y, [y0, y1]).any()
        assert on_edge, "from one edge of the plane to another"
    one = Course(first_project(), HiddenWish("dense_3"))
    assert np.ptp(one.next().segments[..., 0]) < 1e-6, "upright over a single unit"


def test_three_classes_meet_in_straight_boundaries():
    state = project("spiral", _dense(2, "tanh"), _dense(3, "softmax"), arms=3)
    course = Course(state, HiddenWish("dense_1", (0, 1)))
    picture = course.next()
    scores = np.sort(course.hidden().readout.scores(picture.segments.reshape(-1, 2)), axis=0)
    assert np.quantile(scores[-1] - scores[-2], 0.9) < 1e-6
    assert len(picture.scores) == 3


def test_names_of_units():
    state = first_project()
    assert unit_name(state, "input_1", 1) == "x2"
    assert unit_name(state, "dense_1", 2) == "unit 3"
    chosen = state.with_graph(
        set_kind(state.graph, "input_1", LAYERS.make("input", columns=("x2",)))
    )
    assert unit_name(chosen, "input_1", 0) == "x2"
    layers = [LAYERS.make("conv2d", filters=2), LAYERS.make("flatten"), _dense(10, "softmax")]
    digits = project("digits", *layers)
    digits = digits.with_graph(
        set_kind(digits.graph, "input_1", LAYERS.make("input", shape="picture"))
    )
    assert unit_name(digits, "conv2d_1", 0) == "channel 1 at 1, 1"
    channels, height, width = digits.analysis.shapes["conv2d_1"]
    last = unit_name(digits, "conv2d_1", channels * height * width - 1)
    assert last == f"channel 2 at {height}, {width}"


def test_the_table():
    course = Course(first_project(), HiddenWish("dense_2", (1, 0)))
    table = table_of(course.next())
    assert list(table) == ["row", "target", "unit 2", "unit 1"]
    np.testing.assert_array_equal(table["row"], np.arange(1, 251))
    one = Course(first_project(), HiddenWish("dense_3"))
    assert list(table_of(one.next())) == ["row", "target", "unit 1"], "heights are no numbers"
