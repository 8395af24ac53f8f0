import dataclasses

import numpy as np
import pytest

from gradloom.core.errors import UserError
from gradloom.data import SOURCES, DataSpec
from gradloom.document import State
from gradloom.document.samples import chain
from gradloom.document.samples.build import dense as _dense
from gradloom.engine.parameters import layout_of
from gradloom.engine.trajectory import Trajectory, Waypoint
from gradloom.layers import LAYERS
from gradloom.session.directions import (
    Axes,
    at_right_angles,
    filter_normalised,
    path_components,
    shown_share,
)


def trajectory(*vectors):
    return Trajectory(tuple(Waypoint(i, i, np.array(v, np.float32)) for i, v in enumerate(vectors)))


def test_principal_components_worked_by_hand():
    way = trajectory([-3, 0, 0], [3, 0, 0], [0, 1, 0], [0, -1, 0])
    along, shares = path_components(way, np.zeros(3))
    # the sums of squares are 18, 2 and 0; the start is at negative x
    np.testing.assert_allclose(along, [[1, 0, 0], [0, 1, 0]], atol=1e-12)
    np.testing.assert_allclose(shares, [0.9, 0.1])


def test_principal_components_are_those_of_a_singular_value_decomposition():
    rng = np.random.default_rng(4)
    points = rng.normal(size=(30, 70_000)) * np.linspace(1, 3, 70_000)  # more than one piece
    way = Trajectory(tuple(Waypoint(i, i, p) for i, p in enumerate(points)))
    along, shares = path_components(way, points[-1])
    _, lengths, rows = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs(along @ rows[:2].T), np.eye(2), atol=1e-9)
    np.testing.assert_allclose(shares, lengths[:2] ** 2 / (lengths**2).sum(), rtol=1e-10)
    assert (along @ (points[0] - points[-1]) <= 0).all()  # the start is at the lower left


def test_a_straight_path_has_one_component_and_a_point_none():
    along, shares = path_components(trajectory([0, 0], [1, 1], [3, 3]), np.array([3.0, 3.0]))
    np.testing.assert_allclose(along, [[0.5**0.5, 0.5**0.5]])
    assert shares == (1.0,)
    with pytest.raises(UserError, match="train a little"):
        path_components(trajectory([1, 2]), np.array([1.0, 2.0]))
    with pytest.raises(UserError, match="not moved"):
        path_components(trajectory([1, 2], [1, 2]), np.array([1.0, 2.0]))


def test_places_lift_and_project_on_axes_that_are_neither_long_as_one_nor_at_right_angles():
    centre = np.array([1.0, 2.0, 3.0])
    axes = Axes(centre, np.array([[2.0, 0, 0], [1.0, 1.0, 0]]), ("a", "b"), np.array([0.5, -1.0]))
    np.testing.assert_allclose(axes.lift(axes.origin), centre)
    # one step along a and two along b: (2, 0, 0) + 2 (1, 1, 0)
    np.testing.assert_allclose(axes.lift(np.array([1.5, 1.0])), [5, 4, 3])
    np.testing.assert_allclose(axes.project(np.array([5.0, 4.0, 9.0])), [1.5, 1.0])
    assert axes.distance(np.array([1.5, 1.0])) == pytest.approx(np.hypot(4, 2))
    assert axes.share(np.array([3.0, 0.0, 4.0])) == pytest.approx(0.6)
    assert np.isnan(axes.share(np.zeros(3)))


def test_the_share_that_axes_show():
    way = trajectory([-3, 0, 0], [3, 0, 0], [0, 1, 0], [0, -1, 0])
    skew = Axes(np.zeros(3), np.array([[5.0, 5.0, 0], [0.1, 0, 0]]), ("a", "b"), np.zeros(2))
    assert shown_share(skew, way) == pytest.approx(1.0)
    one = Axes(np.zeros(3), np.array([[0, 2.0, 0]]), ("a",), np.zeros(1))
    assert shown_share(one, way) == pytest.approx(0.1)
    assert np.isnan(shown_share(one, trajectory([1, 1, 1])))


def test_at_right_angles():
    found = at_right_angles(np.array([3.0, 4.0]), np.array([2.0, 0.0]))
    np.testing.assert_allclose(found, [0.0, 1.0])


def network(*kinds):
    state = State(chain(kinds), data=DataSpec(source=SOURCES.make("circles")))
    return layout_of(state.graph, state.analysis)


def test_filter_normalisation_worked_by_hand():
    layout = network(_dense(2, "tanh"), LAYERS.make("batch_norm"), _dense(1, "tanh"))
    theta = np.arange(1.0, layout.size + 1)
    w = layout.parameter(theta, "dense_1", "W")
    w[...] = [[3.0, 0.0], [4.0, 0.0]]  # inputs x units: the lengths are 5 and 0
    layout.parameter(theta, "dense_2", "W")[...] = [[-6.0], [8.0]]  # 10
    direction = filter_normalised(theta, layout, 7, 0, 0)
    drawn = layout.parameter(direction, "dense_1", "W")
    np.testing.assert_allclose(np.linalg.norm(drawn, axis=0), [5.0, 0.0])
    assert np.linalg.norm(layout.parameter(direction, "dense_2", "W")) == pytest.approx(10.0)
    for layer, name in (
        ("dense_1", "b"),
        ("dense_2", "b"),
        ("batch_norm_1", "gamma"),
        ("batch_norm_1", "beta"),
    ):
        assert not layout.parameter(direction, layer, name).any()
    # the direction inside a unit is that of the Gaussian numbers
    from gradloom.core.streams import stream

    gauss = stream(7, "landscape", 0, 0, "dense_1", "W").standard_normal((2, 2))  # units x inputs
    np.testing.assert_allclose(drawn[:, 0], 5 * gauss[0] / np.linalg.norm(gauss[0]))


def test_filters_of_a_convolution_are_normalised_one_by_one():
    from gradloom.data import Dataset
    from gradloom.layers.signature import Target

    table = Dataset(
        "pictures", np.zeros((4, 16)), tuple(f"p{i}" for i in range(16)), np.zeros((4, 1)),
        (Target("y", ("a", "b")),),
    )  # fmt: skip
    kinds = (
        LAYERS.make("reshape", shape="1 × 4 × 4"),
        LAYERS.make("conv2d", filters=3, kernel=2),
        LAYERS.make("flatten"),
        _dense(1, "sigmoid"),
    )
    state = State(chain(kinds), data=DataSpec(source=SOURCES.make("table", content=table)))
    assert state.analysis.ready, state.problems
    layout = layout_of(state.graph, state.analysis)
    theta = np.random.default_rng(1).normal(size=layout.size)
    direction = filter_normalised(theta, layout, 0, 0, 0)
    ours, theirs = (layout.parameter(v, "conv2d_1", "W") for v in (direction, theta))
    assert ours.shape == (3, 1, 2, 2)
    lengths = [np.sqrt(np.square(v).sum(axis=(1, 2, 3))) for v in (ours, theirs)]
    np.testing.assert_allclose(*lengths)


def test_the_same_seed_gives_the_same_direction_and_another_draw_another():
    layout = network(_dense(3, "tanh"), _dense(1, "tanh"))
    theta = np.random.default_rng(0).normal(size=layout.size)
    one, again, other, axis = (
        filter_normalised(theta, layout, 5, *key) for key in ((0, 0), (0, 0), (1, 0), (0, 1))
    )
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
    assert (one != axis).any()


def test_what_does_not_learn_stays_and_weights_of_nothing_have_no_direction():
    fixed = dataclasses.replace(_dense(3, "tanh"), learn="nothing")
    layout = network(fixed, _dense(1, "tanh"))
    direction = filter_normalised(np.ones(layout.size), layout, 0, 0, 0)
    assert not layout.parameter(direction, "dense_1", "W").any()
    assert layout.parameter(direction, "dense_2", "W").all()
    with pytest.raises(UserError, match="all weights that learn are 0"):
        filter_normalised(np.zeros(layout.size), layout, 0, 0, 0)
